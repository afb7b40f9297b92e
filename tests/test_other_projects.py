"""In a project that has packages called `adapter` and `contract_tests` of its own."""

import json
import shutil
import subprocess
from collections.abc import Callable, Mapping
from pathlib import Path

import pytest

from mock_autopilot import AccountView
from tests.installed import ROOT, Done, Installed

FORWARDER = (ROOT / "docs" / "forwarders" / "factory.py").read_text("utf-8")
FILES = {
    "adapter/__init__.py": '"""The project\'s own."""\n',
    "adapter/forwarder.py": FORWARDER,
    "contract_tests/__init__.py": '"""The project\'s own."""\n',
    "contract_tests/test_theirs.py": "def test_theirs() -> None:\n    assert True\n",
    "tests/test_unit.py": "from adapter.forwarder import factory\n\n\n"
    "def test_it() -> None:\n    assert callable(factory)\n",
}
PYTHONPATH = {"PYTHONPATH": "."}
OWN_FACTORY = ("--adapter", "adapter.forwarder:factory", "--clause", "INT", "--examples", "3")
IDENTIFY = {"type": "identify", "userId": "u1", "traits": {"email": "ada@example.com"}}
Way = tuple[tuple[str, ...], Mapping[str, str]]
COMMAND: dict[str, Way] = {
    "console script": (("mock-autopilot",), {}),
    "python -m": (("python", "-m", "mock_autopilot"), {}),
    "PYTHONPATH": (("mock-autopilot",), PYTHONPATH),
    "python -m and PYTHONPATH": (("python", "-m", "mock_autopilot"), PYTHONPATH),
}
PYTEST: dict[str, Way] = {
    "pytest": (("pytest",), PYTHONPATH),
    "python -m pytest": (("python", "-m", "pytest"), {}),
}


@pytest.fixture
def project(tmp_path: Path) -> Path:
    for name, text in FILES.items():
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text(text, "utf-8")
    return tmp_path


Run = Callable[..., Done]


@pytest.fixture
def run(installed: Installed, project: Path) -> Run:
    """Run a program in the project, in one of the ways."""

    def run(way: Way, *arguments: str) -> Done:
        (program, *before), environment = way
        return installed.run(project, program, *before, *arguments, more=environment)

    return run


def passes(done: Done) -> None:
    assert done.returncode == 0, done.stdout + done.stderr
    assert "Warning" not in done.stdout + done.stderr
    assert "Traceback" not in done.stdout + done.stderr


# --- pytest runs the project's tests ---


@pytest.mark.parametrize("conftest", [None, "from adapter import forwarder\n"])
@pytest.mark.parametrize("way", PYTEST)
def test_its_tests_run(way: str, conftest: str | None, project: Path, run: Run) -> None:
    if conftest is not None:
        (project / "conftest.py").write_text(conftest)
    done = run(PYTEST[way], "-W", "error")
    passes(done)
    assert "2 passed" in done.stdout


@pytest.mark.parametrize("arguments", [("contract_tests",), ("--pyargs", "contract_tests")])
@pytest.mark.parametrize("way", PYTEST)
def test_contract_tests_are_its_own(way: str, arguments: tuple[str, ...], run: Run) -> None:
    done = run(PYTEST[way], *arguments)
    passes(done)
    assert "1 passed" in done.stdout


def test_pytest_imports_no_package_of_ours(project: Path, run: Run) -> None:
    (project / "tests" / "test_unit.py").write_text(
        "import sys\n\n\n"
        "def test_modules() -> None:\n"
        "    ours = ('adapter', 'contract_tests', 'mock_autopilot')\n"
        "    loaded = {name for name in sys.modules if name.partition('.')[0] in ours}\n"
        "    assert loaded == {'mock_autopilot', 'mock_autopilot.pytest_plugin'}\n"
    )
    passes(run((("pytest",), {}), "tests"))


# --- the commands find their own packages ---


@pytest.mark.parametrize("way", COMMAND)
class TestCommands:
    def test_demo(self, way: str, run: Run) -> None:
        done = run(COMMAND[way], "demo")
        passes(done)
        assert "All as specified" in done.stdout

    def test_send(self, way: str, project: Path, account: AccountView, run: Run) -> None:
        (project / "messages.json").write_text(json.dumps(IDENTIFY))
        to = ("--base-url", account.base_url, "--api-key", account.api_key)
        passes(run(COMMAND[way], "send", *to, "messages.json"))
        assert "ada@example.com" in account.contacts

    def test_engage(self, way: str, run: Run) -> None:
        space = str(ROOT / "fixtures" / "spaces" / "orders.json")
        done = run(COMMAND[way], "engage", space, "--days", "5")
        assert "At Autopilot, " in done.stdout, done.stderr
        assert done.stderr == ""

    def test_serve(self, way: str, project: Path, installed: Installed) -> None:
        (program, *before), environment = COMMAND[way]
        with subprocess.Popen(
            installed.command(program, *before, "serve", "--port", "0"),
            cwd=project,
            env=installed.environment(environment),
            stdout=subprocess.PIPE,
            text=True,
        ) as process:
            try:
                assert process.stdout
                assert process.stdout.readline().startswith("Autopilot API  http://127.0.0.1:")
            finally:
                process.terminate()

    def test_contract_with_its_own_factory(self, way: str, run: Run) -> None:
        done = run(COMMAND[way], "contract", *OWN_FACTORY)
        passes(done)
        assert "6 of 6 clauses hold" in done.stdout

    def test_contract_in_processes(self, way: str, run: Run) -> None:
        done = run(COMMAND[way], "contract", *OWN_FACTORY, "-n", "2")
        passes(done)
        assert "6 of 6 clauses hold" in done.stdout


WAY = COMMAND["python -m"]
REFERENCE = ("--adapter", "adapter.contract:factory", "--clause", "INT", "--examples", "3")


def test_a_conftest_above_the_environment_is_not_loaded(
    installed: Installed, tmp_path: Path
) -> None:
    above = installed.folder / "conftest.py"  # it must not disturb tests that run meanwhile
    above.write_text("import os\nif 'RAISE' in os.environ:\n    raise RuntimeError('loaded')\n")
    arguments = ("mock-autopilot", "contract", *REFERENCE)
    passes(installed.run(tmp_path, *arguments, more={"RAISE": "1"}))


def test_a_module_beside_is_not_taken_for_one_that_a_command_needs(project: Path, run: Run) -> None:
    (project / "click.py").write_text("raise RuntimeError('imported')\n")
    passes(run(WAY, "demo"))


# --- whose factory it is ---


def test_its_package_hides_the_reference_forwarder(run: Run) -> None:
    done = run(WAY, "contract", *REFERENCE)
    assert done.returncode == 2
    assert "ModuleNotFoundError: No module named 'adapter.contract'" in done.stderr


def test_a_folder_without_init_is_its_package_too(project: Path, run: Run) -> None:
    (project / "adapter" / "__init__.py").unlink()
    passes(run(WAY, "contract", *OWN_FACTORY))


@pytest.fixture
def editable(project: Path) -> Way:
    """Move its package to `src`, which the path has after site-packages, as a .pth file does."""
    (project / "src").mkdir()
    (project / "adapter").rename(project / "src" / "adapter")
    startup = project / "startup"
    startup.mkdir()
    (startup / "sitecustomize.py").write_text("import site\nsite.addsitedir('startup')\n")
    (startup / "editable.pth").write_text(f"{project / 'src'}\n")
    return WAY[0], {"PYTHONPATH": "startup"}


@pytest.mark.parametrize("init", [True, False])
def test_an_editable_package_is_its_own(init: bool, editable: Way, project: Path, run: Run) -> None:
    if not init:
        (project / "src" / "adapter" / "__init__.py").unlink()
    passes(run(editable, "contract", *OWN_FACTORY))


@pytest.mark.parametrize("init", [True, False])
def test_a_module_beside_gets_its_own_package(init: bool, project: Path, run: Run) -> None:
    if not init:
        (project / "adapter" / "__init__.py").unlink()
    (project / "app.py").write_text("from adapter.forwarder import factory\n")
    passes(run(WAY, "contract", "--adapter", "app:factory", *OWN_FACTORY[2:]))


@pytest.mark.parametrize(
    ("factory", "reason"),
    [
        ("adapter.forwarder:factory", "No module named 'adapter.forwarder'"),
        ("adapter:factory", "module 'adapter' has no attribute 'factory'"),
        ("app:factory", "No module named 'adapter.forwarder'"),
    ],
)
def test_a_package_that_is_not_found_is_said_to_be_ours(
    factory: str, reason: str, project: Path, installed: Installed, run: Run
) -> None:
    (project / "adapter").rename(project / "elsewhere")
    (project / "app.py").write_text("from adapter.forwarder import factory\n")
    done = run(WAY, "contract", "--adapter", factory)
    assert done.returncode == 2
    assert reason in done.stderr
    (ours,) = (installed.folder / "lib").glob("*/site-packages/adapter")
    assert f"; `adapter` is {ours}; name the folder of yours with PYTHONPATH=…\n" in done.stderr


def test_without_such_a_package_the_reference_forwarder_is_found(project: Path, run: Run) -> None:
    shutil.rmtree(project / "adapter")
    passes(run(WAY, "contract", *REFERENCE))


@pytest.mark.parametrize("way", PYTEST)
def test_the_suite_by_its_name(way: str, project: Path, run: Run) -> None:
    shutil.rmtree(project / "contract_tests")
    done = run(PYTEST[way], "--pyargs", "contract_tests", *OWN_FACTORY)
    passes(done)
    assert "6 of 6 clauses hold" in done.stdout


def test_the_suite_by_its_name_takes_pytests_paths(project: Path, run: Run) -> None:
    shutil.rmtree(project / "contract_tests")
    (project / "src").mkdir()
    (project / "adapter").rename(project / "src" / "adapter")
    (project / "pytest.ini").write_text("[pytest]\npythonpath = src\n")
    passes(run((("pytest",), {}), "--pyargs", "contract_tests", *OWN_FACTORY))
