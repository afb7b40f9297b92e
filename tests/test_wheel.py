"""The wheel: what is in it, and that it works where the checkout is not."""

from importlib.metadata import version
from pathlib import Path
from zipfile import ZipFile

from contract_tests.clauses import CLAUSES
from tests.installed import ROOT, Installed


def test_it_holds_the_packages_their_types_and_the_fixtures(installed: Installed) -> None:
    with ZipFile(installed.wheel) as archive:
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


def test_it_works_once_installed(installed: Installed, tmp_path: Path) -> None:
    demo = installed.run(tmp_path, "mock-autopilot", "demo")
    assert (demo.returncode, demo.stderr) == (0, "")
    assert demo.stdout.splitlines()[-1].startswith("All as specified: ")
    told = installed.run(tmp_path, "python", "-m", "mock_autopilot", "--version")
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
    result = installed.run(tmp_path, "python", "-W", "error", "-c", code)
    assert (result.returncode, result.stderr) == (0, "")
    where, user_id = result.stdout.splitlines()
    assert user_id == "u"
    assert not Path(where).is_relative_to(ROOT)


def test_the_contract_suite_runs_in_an_empty_folder(installed: Installed, tmp_path: Path) -> None:
    arguments = ("--adapter", "adapter.contract:factory", "--examples", "3", "--level", "should")
    result = installed.run(tmp_path, "mock-autopilot", "contract", *arguments)
    assert result.returncode == 0, result.stdout + result.stderr
    assert f"{len(CLAUSES)} of {len(CLAUSES)} clauses hold" in result.stdout
    same = installed.run(tmp_path, "pytest", "--pyargs", "contract_tests", *arguments)
    assert same.returncode == 0, same.stdout + same.stderr
    assert f"{len(CLAUSES)} of {len(CLAUSES)} clauses hold" in same.stdout
    for done in (result, same):
        assert "Warning" not in done.stdout + done.stderr


def test_its_fixtures_need_no_more_than_pytest(installed: Installed, tmp_path: Path) -> None:
    (tmp_path / "test_it.py").write_text(
        "import os\n\nimport requests\n\n\n"
        "def test_passes(autopilot_settings):\n"
        "    url = os.environ['AUTOPILOT_BASE_URL'] + 'contacts'\n"
        "    headers = {'autopilotapikey': os.environ['AUTOPILOT_API_KEY']}\n"
        "    assert requests.get(url, headers=headers, timeout=20).status_code == 200\n\n\n"
        "def test_fails(autopilot):\n"
        "    assert autopilot.calls\n"
    )
    done = installed.run(tmp_path, "pytest", "-W", "error", "--strict-markers", "-n", "2")
    assert "1 failed, 1 passed" in done.stdout
    assert "No call came." in done.stdout
