"""The wheel: what is in it, and that it works where the checkout is not."""

import os
import subprocess
import sys
import venv
from collections.abc import Callable
from importlib.metadata import version
from pathlib import Path
from zipfile import ZipFile

import pytest

from contract_tests.clauses import CLAUSES

ROOT = Path(__file__).resolve().parent.parent

Run = Callable[..., subprocess.CompletedProcess[str]]


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("wheel")
    build = [sys.executable, "-m", "build", "--wheel", "--no-isolation", "--outdir", str(folder)]
    result = subprocess.run(
        [*build, str(ROOT)], capture_output=True, text=True, timeout=120, check=False
    )
    assert result.returncode == 0, result.stdout + result.stderr
    (built,) = folder.glob("*.whl")
    return built


@pytest.fixture(scope="module")
def run_installed(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Run:
    """Run a program of a clean environment that has the wheel, in an empty folder."""
    folder, empty = tmp_path_factory.mktemp("venv"), tmp_path_factory.mktemp("empty")
    venv.create(folder, with_pip=False, symlinks=os.name != "nt")
    programs = folder / ("Scripts" if os.name == "nt" else "bin")
    python = programs / "python"
    install = [sys.executable, "-m", "pip", "--python", str(python), "install", "--quiet"]
    result = subprocess.run(
        [*install, f"{wheel}[contract]"], capture_output=True, text=True, timeout=300, check=False
    )
    if result.returncode:
        told = f"pip install failed: {result.stderr.strip()}"
        (pytest.fail if os.environ.get("CI") else pytest.skip)(told)
    environment = {k: v for k, v in os.environ.items() if k not in ("PYTHONPATH", "VIRTUAL_ENV")}

    def run(program: str, *arguments: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [str(programs / program), *arguments],
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
            cwd=empty,
            env=environment,
        )

    return run


def test_it_holds_the_packages_their_types_and_the_fixtures(wheel: Path) -> None:
    with ZipFile(wheel) as archive:
        held = set(archive.namelist())
    for package in ("mock_autopilot", "adapter", "contract_tests"):
        assert f"{package}/py.typed" in held
        assert {
            path.relative_to(ROOT).as_posix() for path in (ROOT / package).rglob("*.py")
        } <= held
    assert "contract_tests/templates/report.html" in held
    fixtures = ROOT / "fixtures"
    assert {
        f"mock_autopilot/_fixtures/{path.relative_to(fixtures).as_posix()}"
        for path in fixtures.rglob("*.json")
    } <= held
    assert not [name for name in held if name.startswith(("tests/", "bench/", "docs/"))]
    assert any(name.endswith(".dist-info/licenses/LICENSE") for name in held)


def test_it_works_once_installed(run_installed: Run) -> None:
    demo = run_installed("mock-autopilot", "demo")
    assert (demo.returncode, demo.stderr) == (0, "")
    assert demo.stdout.splitlines()[-1].startswith("All as specified: ")
    told = run_installed("python", "-m", "mock_autopilot", "--version")
    assert (told.returncode, told.stderr) == (0, "")
    assert version("mock-autopilot") in told.stdout
    code = (
        "import mock_autopilot; from mock_autopilot import MockAutopilot\n"
        "from adapter import Destination\n"
        "print(mock_autopilot.__file__)\n"
        "with MockAutopilot() as autopilot:\n"
        "    with Destination(api_key=autopilot.api_key, base_url=autopilot.base_url) as out:\n"
        "        out.deliver({'type': 'identify', 'userId': 'u', 'traits': {'email': 'a@b.c'}})\n"
        "    print(autopilot.contacts['a@b.c'].user_id)\n"
    )
    result = run_installed("python", "-W", "error", "-c", code)
    assert (result.returncode, result.stderr) == (0, "")
    where, user_id = result.stdout.splitlines()
    assert user_id == "u"
    assert not Path(where).is_relative_to(ROOT)


def test_the_contract_suite_runs_in_an_empty_folder(run_installed: Run) -> None:
    arguments = ("--adapter", "adapter.contract:factory", "--examples", "3", "--level", "should")
    result = run_installed("mock-autopilot", "contract", *arguments)
    assert result.returncode == 0, result.stdout + result.stderr
    assert f"{len(CLAUSES)} of {len(CLAUSES)} clauses hold" in result.stdout
    same = run_installed("pytest", "--pyargs", "contract_tests", *arguments)
    assert same.returncode == 0, same.stdout + same.stderr
    assert f"{len(CLAUSES)} of {len(CLAUSES)} clauses hold" in same.stdout
