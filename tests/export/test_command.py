"""`mock-autopilot record`: the files that it writes, and its errors."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from mock_autopilot import AccountView, MockAutopilot
from tests.conftest import Served, StartServe, ask
from tests.export.support import run_pytest

ADA = {"contact": {"Email": "ada@example.com", "FirstName": "Zo\u00eb"}}


def run(folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "mock_autopilot", *arguments],
        cwd=folder,
        capture_output=True,
        text=True,
        encoding="utf-8",
        timeout=60,
        check=False,
    )


def record(folder: Path, *options: str) -> subprocess.CompletedProcess[str]:
    return run(folder, "record", *options)


def of(account: AccountView) -> tuple[str, ...]:
    return "--base-url", account.base_url, "--api-key", account.api_key


def test_it_writes_both_files(tmp_path: Path, start_serve: StartServe) -> None:
    served: Served = start_serve("--journey", "Welcome=0001")
    served.call("POST", "/v1/trigger/0001/contact", ADA)
    served.call("GET", "/v1/contacts", key="wrong")
    written = ("--pytest", "test_recorded.py", "--case", "ada.json")
    done = record(tmp_path, "--base-url", served.base_url, *written)
    assert (done.returncode, done.stdout) == (0, ""), done.stderr
    assert done.stderr.splitlines() == [
        "1 call written to test_recorded.py and ada.json",
        "left out: call 2, GET /v1/contacts: its key is not this account's",
    ]
    assert "1 passed" in run_pytest(tmp_path, (tmp_path / "test_recorded.py").read_text("utf-8"))
    case = json.loads((tmp_path / "ada.json").read_text("utf-8"))
    assert case["id"] == "ada"
    assert case["account"]["state"]["journeys"][0]["name"] == "Welcome"
    assert case["calls"][0]["body"] == ADA


def test_the_case_is_one_that_contract_replays(tmp_path: Path, account: AccountView) -> None:
    ask(account, "POST", "contact", ADA)
    done = record(tmp_path, *of(account), "--case", "ada.json")
    assert done.returncode == 0, done.stderr
    replayed = run(tmp_path, "contract", "--case", "ada.json")
    assert replayed.returncode == 0, replayed.stdout
    assert "ada  holds" in replayed.stdout


def test_standard_output(tmp_path: Path, account: AccountView) -> None:
    ask(account, "POST", "contact", ADA)
    done = record(tmp_path, *of(account), "--case", "-")
    assert json.loads(done.stdout) == account.export().case
    assert done.stderr == ""
    done = record(tmp_path, *of(account), "--pytest", "-", "--anonymise")
    assert done.stdout == account.export(anonymise=True).pytest_source
    assert "ada" not in done.stdout


def test_a_file_that_is_there_is_overwritten(tmp_path: Path, account: AccountView) -> None:
    (tmp_path / "ada.json").write_text("[]")
    ask(account, "POST", "contact", ADA)
    assert record(tmp_path, *of(account), "--case", "ada.json").returncode == 0
    assert json.loads((tmp_path / "ada.json").read_text("utf-8"))["id"] == "ada"


def test_a_control_token(tmp_path: Path) -> None:
    with MockAutopilot(control_token="the-token") as autopilot:
        ask(autopilot, "POST", "contact", ADA)
        written = (*of(autopilot), "--case", "-")
        assert "need its control token" in record(tmp_path, *written).stderr
        done = record(tmp_path, *written, "--control-token", "the-token")
    assert done.returncode == 0, done.stderr


@pytest.mark.parametrize(
    ("options", "expected"),
    [
        ((), "Name a file to write: --pytest FILE, --case FILE, or both."),
        (("--case", "-", "--pytest", "-"), "--pytest and --case name the same file: name two."),
        (("--case", "a", "--pytest", "./a"), "--pytest and --case name the same file: name two."),
    ],
)
def test_wrong_options(tmp_path: Path, options: tuple[str, ...], expected: str) -> None:
    done = record(tmp_path, *options)
    assert done.returncode == 2
    assert done.stderr.endswith(f"Error: {expected}\n")


def test_the_help_says_what_must_be_installed_to_replay(tmp_path: Path) -> None:
    shown = " ".join(record(tmp_path, "--help").stdout.split())
    assert "this package and pytest are installed" in shown
    assert "the extra `contract` of this package is installed" in shown


def test_errors_are_one_line(tmp_path: Path, account: AccountView) -> None:
    done = record(tmp_path, *of(account), "--case", "ada.json")
    assert done.returncode == 1
    assert done.stderr.startswith(
        "Error: What was received cannot be exported: it was no call that could be made again. (409"
    )
    wrong = record(tmp_path, *of(account), "--api-key", "wrong-key", "--case", "ada.json")
    assert wrong.stderr.startswith(
        "Error: No account has the key …-key. Give the account's key by --api-key. (404 for "
    )
    ask(account, "POST", "contact", ADA)
    done = record(tmp_path, *of(account), "--case", "none/ada.json")
    assert done.stderr == (
        "Error: --case none/ada.json cannot be written: No such file or directory.\n"
    )
    nobody = record(tmp_path, "--base-url", "http://127.0.0.1:1/v1/", "--case", "ada.json")
    assert "no server answers at http://127.0.0.1:1/v1/" in nobody.stderr
    assert [*tmp_path.iterdir()] == []
