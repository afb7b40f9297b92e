"""The snippets of `GET /_mock/quickstart`: each is run as a user would, and reaches the account."""

import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from mock_autopilot import AccountView, MockAutopilot
from mock_autopilot.api.quickstart import quickstart
from tests.api.conftest import Call
from tests.conftest import ask

COMMANDS = {
    "curl": ["sh", "-c"],
    "node": ["node", "--input-type=module", "-e"],
    "python": [sys.executable, "-c"],
}


@pytest.mark.parametrize("name", COMMANDS)
def test_a_snippet_reaches_the_account(control: Call, account: AccountView, name: str) -> None:
    command = COMMANDS[name]
    if name != "python" and not shutil.which(name):
        pytest.skip(f"{name} is not on the PATH")
    snippet = control("GET", f"quickstart?for={name}").text
    done = subprocess.run([*command, snippet], capture_output=True, text=True, timeout=60)
    assert (done.returncode, done.stderr) == (0, "")
    assert account.contacts["ada@example.com"]["FirstName"] == "Ada"
    assert "contact_id" in done.stdout


@pytest.mark.parametrize("name", COMMANDS)
def test_a_key_with_quotes_is_quoted(name: str) -> None:
    key = """a'b"c$d e"""
    with MockAutopilot(key) as autopilot:
        command = COMMANDS[name]
        if name != "python" and not shutil.which(name):
            pytest.skip(f"{name} is not on the PATH")
        root = autopilot.base_url.removesuffix("/v1/")
        snippet = quickstart(root, key, None, name)
        done = subprocess.run([*command, snippet], capture_output=True, text=True, timeout=60)
        assert (done.returncode, done.stderr) == (0, "")
        assert "ada@example.com" in autopilot.contacts


def test_all_snippets_together_have_headings(control: Call) -> None:
    text = control("GET", "quickstart").text
    assert "Authorization" not in text  # this server needs no token
    heads = re.findall("(?m)^--- ([a-z]+) ---$", text)
    assert heads == ["environment", "curl", "verify", "python", "pytest", "node"]
    assert "XX" not in text


def test_an_unknown_snippet_is_named_shortened(control: Call) -> None:
    refused = control("GET", f"quickstart?for={'x' * 41}")
    assert refused.status_code == 400
    assert refused.json()["message"].endswith(f"got {'x' * 40!r}.")


def test_the_verification_holds_once_the_contact_is_there(
    control: Call, account: AccountView
) -> None:
    if not shutil.which("curl"):
        pytest.skip("curl is not on the PATH")
    snippet = control("GET", "quickstart?for=verify").text
    ask(account, "POST", "contact", {"contact": {"Email": "ada@example.com", "FirstName": "Ada"}})
    done = subprocess.run(["sh", "-c", snippet], capture_output=True, text=True, timeout=60)
    assert (done.returncode, done.stderr, done.stdout) == (0, "", '{"ok": true}')


def test_the_pytest_file_passes(control: Call, tmp_path: Path) -> None:
    (tmp_path / "test_signup.py").write_text(control("GET", "quickstart?for=pytest").text)
    command = [sys.executable, "-m", "pytest", "-q", "-W", "error", "-p", "no:hypothesispytest"]
    done = subprocess.run(command, capture_output=True, text=True, cwd=tmp_path, timeout=60)
    assert "1 passed" in done.stdout, done.stdout


def test_the_environment_names_server_and_key(control: Call, account: AccountView) -> None:
    snippet = control("GET", "quickstart?for=environment").text
    done = subprocess.run(
        ["sh", "-c", f"{snippet} env"], capture_output=True, text=True, check=True
    )
    assert {
        f"AUTOPILOT_BASE_URL={account.base_url}",
        f"AUTOPILOT_API_KEY={account.api_key}",
    } <= set(done.stdout.splitlines())


def test_without_a_name_all_snippets_come_with_headings(control: Call) -> None:
    answer = control("GET", "quickstart")
    assert answer.headers["Content-Type"] == "text/plain; charset=utf-8"
    for name in ("environment", "verify", "pytest", *COMMANDS):
        assert f"--- {name} ---\n" + control("GET", f"quickstart?for={name}").text in answer.text


def test_an_unknown_snippet_is_refused_with_the_names_of_those_there_are(control: Call) -> None:
    answer = control("GET", "quickstart?for=cobol")
    assert (answer.status_code, answer.json()["message"]) == (
        400,
        "for must be one of environment, curl, verify, python, pytest, node, got 'cobol'.",
    )


def test_control_calls_in_a_snippet_show_the_token() -> None:
    for name, path in (("curl", "calls"), ("verify", "verify")):
        shown = quickstart("http://fake.test:8025", "key", "secret", name)
        assert f"-H 'Authorization: Bearer secret' http://fake.test:8025/_mock/{path}" in shown
