"""How the command starts pytest: what may surround it, and what keeps it from a verdict."""

import importlib.util
from importlib.machinery import ModuleSpec
from pathlib import Path
from types import SimpleNamespace
from typing import Any, NoReturn

import pytest
from click.testing import CliRunner, Result

from contract_tests import plugin
from mock_autopilot.cli import main
from mock_autopilot.cli.contract import contract as command
from tests.contract.running import REFERENCE, python


def run(*arguments: str) -> Result:
    return CliRunner().invoke(main, ["contract", *REFERENCE, *arguments])


def raising(error: BaseException) -> Any:
    def main(*_: object) -> NoReturn:
        raise error

    return main


def test_an_interrupt_while_pytest_starts(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pytest, "main", raising(KeyboardInterrupt()))
    done = run()
    assert (done.exit_code, done.output) == (2, "cannot judge: it was interrupted\n")


def test_an_unforeseen_error_is_no_verdict(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pytest, "main", raising(ZeroDivisionError("a defect")))
    done = run()
    assert done.exit_code == 2
    assert "Traceback" in done.output
    assert "ZeroDivisionError: a defect" in done.output
    assert done.output.endswith("cannot judge: an error that was not foreseen, see above\n")


def test_an_unforeseen_error_of_the_plugin_is_no_verdict(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(plugin, "open_harness", raising(ZeroDivisionError("a defect")))
    option = SimpleNamespace(
        help=False, version=False, collectonly=False, known_failures=None, clause=[], report=[]
    )
    config: Any = SimpleNamespace(option=option, stash={})
    assert plugin.pytest_cmdline_main(config) == 2
    shown = capsys.readouterr().err
    assert "ZeroDivisionError: a defect" in shown
    assert shown.endswith("cannot judge: an error that was not foreseen, see above\n")


@pytest.mark.parametrize("number", ["foo", "0", "-1", ""])
def test_a_number_of_processes_is_a_number(number: str) -> None:
    done = run("-n", number)
    assert done.exit_code == 2
    assert "Invalid value for '-n'" in done.output


def test_processes_need_pytest_xdist(monkeypatch: pytest.MonkeyPatch) -> None:
    def find_spec(name: str) -> ModuleSpec | None:
        return None if name == "xdist" else importlib.util.find_spec(name)

    monkeypatch.setitem(command.callback.__globals__, "find_spec", find_spec)  # type: ignore[union-attr]  # it has one
    done = run("-n", "2")
    assert (done.exit_code, done.output) == (
        2,
        "Error: needs pytest-xdist (for -n). In the checkout: pip install '.[contract]'\n",
    )


VARIABLES = {
    "PYTEST_ADDOPTS": "--no-such-option",
    "PYTEST_PLUGINS": "no_such_plugin",
    "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1",
}


@pytest.mark.parametrize("more", [(), ("-n", "2")])
def test_variables_for_pytest_change_nothing(tmp_path: Path, more: tuple[str, ...]) -> None:
    code = f"import os; os.environ |= {VARIABLES}; from mock_autopilot.cli import main; main()"
    done = python(tmp_path, "-c", code, "contract", *REFERENCE, "--clause", "TYP", *more)
    assert done.returncode == 0, done.stdout
    assert "partial: 2 of" in done.stdout


def test_pytest_without_other_plugins(tmp_path: Path) -> None:
    code = "import os, sys; os.environ['PYTEST_DISABLE_PLUGIN_AUTOLOAD'] = '1'; import pytest; "
    code += "sys.exit(pytest.main())"
    loaded = ("-p", "contract_tests.plugin", "--pyargs", "contract_tests")
    done = python(tmp_path, "-c", code, *loaded, *REFERENCE, "--clause", "TYP")
    assert done.returncode == 0, done.stdout


#: An installed plugin that does all that a plugin can do to a run.
INTRUDER = """
import random
import pytest
def pytest_addoption(parser):
    parser.addoption("--seed", default="theirs")
def pytest_collection_modifyitems(items):
    items.reverse()
    for item in items:
        item.add_marker(pytest.mark.skip("theirs"))
@pytest.fixture(autouse=True)
def theirs():
    raise RuntimeError("theirs")
"""


@pytest.mark.parametrize("more", [(), ("-n", "2")])
def test_installed_plugins_change_nothing(tmp_path: Path, more: tuple[str, ...]) -> None:
    (tmp_path / "intruder.py").write_text(INTRUDER)
    information = tmp_path / "intruder-1.0.dist-info"
    information.mkdir()
    (information / "METADATA").write_text("Metadata-Version: 2.1\nName: intruder\nVersion: 1.0\n")
    (information / "entry_points.txt").write_text("[pytest11]\nintruder = intruder\n")
    code = f"import sys; sys.path.insert(0, {str(tmp_path)!r}); "
    code += "from mock_autopilot.cli import main; main()"
    done = python(tmp_path, "-c", code, "contract", *REFERENCE, "--clause", "TYP", *more)
    assert done.returncode == 0, done.stdout
    assert "partial: 2 of" in done.stdout


def test_no_temporary_folder_is_one_line(tmp_path: Path) -> None:
    code = "import tempfile; tempfile.tempdir = '/dev/null'; "
    code += "from mock_autopilot.cli import main; main()"
    done = python(tmp_path, "-c", code, "contract", *REFERENCE, "--clause", "TYP")
    assert (done.returncode, done.stdout) == (
        2,
        "cannot judge: no temporary folder can be made: Not a directory\n",
    )


def test_one_address_has_one_account(tmp_path: Path) -> None:
    url = ("--adapter-url", "http://127.0.0.1:1/", "--mock-port", "18196", "-n", "2")
    loaded = ("-m", "pytest", "-p", "contract_tests.plugin", "--pyargs", "contract_tests")
    done = python(tmp_path, *loaded, *url)
    assert done.returncode == 2
    assert "cannot judge: one address has one account: leave out -n" in done.stdout


def test_a_failing_test_that_is_about_no_clause_fails_the_run(tmp_path: Path) -> None:
    (tmp_path / "test_own.py").write_text("def test_own() -> None:\n    raise ValueError\n")
    loaded = ("-m", "pytest", "-p", "contract_tests.plugin", "--pyargs", "test_own.py")
    few = ("contract_tests.test_filtering", *REFERENCE, "-k", "own or page")
    done = python(tmp_path, *loaded, *few)
    assert done.returncode == 1, done.stdout
    assert "failed: a test of the suite that is about no clause" in done.stdout
    assert "TYP-01  MUST    passed" in done.stdout
