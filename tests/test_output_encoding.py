"""Output to a stream whose encoding lacks a character: it is escaped, and the exit status stays."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from mock_autopilot import AccountView

HAN = "漢"
ESCAPED = r"\u6f22"
VALID = {"type": "identify", "userId": HAN, "traits": {HAN: None}}
INVALID = {"type": HAN}


def run(encoding: str, *arguments: str | Path) -> tuple[int, str]:
    """Run a command in a process whose streams have that encoding; return status and output."""
    ran = subprocess.run(
        [sys.executable, "-m", "mock_autopilot", *arguments],
        env={**os.environ, "PYTHONIOENCODING": encoding},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        timeout=60,
        check=False,
    )
    output = ran.stdout.decode(encoding)
    assert "Traceback" not in output
    return ran.returncode, output


def options(account: AccountView) -> list[str]:
    return ["--base-url", account.base_url, "--api-key", account.api_key]


@pytest.mark.parametrize("encoding", ["ascii", "cp1252", "latin-1", "cp437"])
@pytest.mark.parametrize(("message", "status"), [(VALID, 0), (INVALID, 1)])
def test_send(
    encoding: str,
    message: dict[str, object],
    status: int,
    tmp_path: Path,
    account: AccountView,
) -> None:
    file = tmp_path / f"{HAN}.json"
    file.write_text(json.dumps(message), "utf-8")
    result, output = run(encoding, "send", file, *options(account))
    assert result == status
    assert f"{ESCAPED}.json" in output
    assert len(account.contacts) == 1 - status


def test_send_to_an_encoding_that_has_the_character(tmp_path: Path, account: AccountView) -> None:
    (tmp_path / "one.json").write_text(json.dumps(VALID), "utf-8")
    result, output = run("utf-8", "send", tmp_path / "one.json", *options(account))
    assert (result, HAN in output, ESCAPED in output) == (0, True, False)


@pytest.mark.parametrize("encoding", ["ascii", "cp1252"])
def test_the_lines_of_send_output_are_always_utf_8(
    encoding: str, tmp_path: Path, account: AccountView
) -> None:
    (tmp_path / "one.json").write_text(json.dumps(VALID), "utf-8")
    written = tmp_path / "out.jsonl"
    run(encoding, "send", tmp_path / "one.json", "--output", written, *options(account))
    assert json.loads(written.read_text("utf-8"))["notes"][0]["path"] == f"traits.{HAN}"


@pytest.mark.parametrize("encoding", ["ascii", "cp1252"])
def test_engage(encoding: str, tmp_path: Path, account: AccountView) -> None:
    space = {
        "start": "2026-01-01T00:00:00Z",
        "days": 1,
        "profiles": [{"user_ids": [HAN]}],
        "audiences": [{"name": "VIP", "members": [HAN]}],
    }
    (tmp_path / "space.json").write_text(json.dumps(space), "utf-8")
    result, output = run(encoding, "engage", tmp_path / "space.json", *options(account))
    assert result == 0
    assert f"{ESCAPED}: vip = true, delivered" in output
    assert HAN in account.contacts


def test_serve(tmp_path: Path) -> None:
    seed = tmp_path / f"{HAN}.json"
    seed.write_text("{", "utf-8")
    result, output = run("ascii", "serve", "--seed", seed, "--port", "0")
    assert result == 1
    assert f"{ESCAPED}.json" in output


def test_contract() -> None:
    result, output = run("ascii", "contract", "--adapter", f"{HAN}:factory")
    assert result == 2
    assert ESCAPED in output


@pytest.mark.parametrize("command", ["send", "engage"])
def test_an_error_about_an_argument(command: str) -> None:
    result, output = run("ascii", command, f"{HAN}.json")
    assert result in (1, 2)
    assert ESCAPED in output


def test_demo() -> None:
    result, output = run("ascii", "demo")
    assert result == 0
    assert "All as specified" in output
