"""The command `engage` when it cannot begin."""

import json
import socket
from pathlib import Path

import pytest

from mock_autopilot import AccountView
from tests.engage.commands import engage, target
from tests.engage.definitions import VIP_SPACE, definition


class TestWhatCannotBegin:
    @pytest.mark.parametrize(
        ("raw", "expected"),
        [
            (b"", "the definition is not JSON: Expecting value at line 1, column 1"),
            (b"{}", "the definition lacks the field `start`"),
            (
                json.dumps(definition(**{"a\n\x1b[31mb": 1})).encode(),
                "the definition has the unknown field `a\\n\\x1b[31mb`",
            ),
        ],
    )
    def test_an_invalid_definition(
        self, raw: bytes, expected: str, tmp_path: Path, account: AccountView
    ) -> None:
        result = engage(tmp_path, raw, *target(account))
        assert result.exit_code == 1
        assert result.output == f"Error: {tmp_path / 'space.json'}: {expected}\n"

    @pytest.mark.parametrize(
        ("option", "value", "expected"),
        [
            ("--days", "0", "0.0 is not in the range 0<x<=36500"),
            ("--days", "nan", "not a number"),
            ("--days", "inf", "inf is not in the range"),
            ("--speed", "0.5", "0.5 is not in the range x>=1"),
            ("--speed", "nan", "not a number"),
            ("--seed", "x", "'x' is not a valid integer"),
            ("--api-key", " ", "api_key is missing"),
            ("--base-url", "", "base_url is missing: start `mock-autopilot serve`"),
            ("--base-url", "ftp://example.com", "base_url is not an http or https URL"),
            ("--state", ".", "is a directory"),
        ],
    )
    def test_an_invalid_option(
        self, option: str, value: str, expected: str, tmp_path: Path, account: AccountView
    ) -> None:
        result = engage(tmp_path, VIP_SPACE, *target(account), option, value)
        assert result.exit_code == 2
        assert expected in result.output
        assert account.calls == []

    def test_a_state_file_needs_a_base_url(self, tmp_path: Path) -> None:
        result = engage(tmp_path, VIP_SPACE, "--state", str(tmp_path / "state"))
        assert result.exit_code == 2
        assert "--state needs --base-url" in result.output
        assert not (tmp_path / "state").exists()

    def test_a_state_file_that_is_not_a_regular_file(
        self, tmp_path: Path, account: AccountView, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.chdir(tmp_path)  # a socket's path has to be short
        with socket.socket(socket.AF_UNIX) as other:
            other.bind("state")
            result = engage(tmp_path, VIP_SPACE, *target(account), "--state", "state")
        assert result.exit_code == 2
        assert "Invalid value for '--state': state is not a regular file." in result.output
        assert account.calls == []

    @pytest.mark.parametrize("folder", [False, True])
    def test_an_unwritable_state_file_is_reported_before_anything_is_sent(
        self, folder: bool, tmp_path: Path, account: AccountView
    ) -> None:
        state = tmp_path / ("state" if folder else "missing/state")
        if folder:
            (tmp_path / "state.new").mkdir()
        result = engage(tmp_path, VIP_SPACE, *target(account), "--state", str(state))
        assert result.exit_code == 1
        assert result.output.startswith(f"Error: {state}: the state cannot be written: ")
        assert account.calls == []

    @pytest.mark.parametrize(
        "content",
        [
            "",
            "[]",
            "{}",
            "[" * 9999,
            "\ud800",
            '{"now": "2026-01-01T00:00:00Z"}',
            '{"now": "2026-01-01T00:00:00", "sync_states": {}}',
            '{"now": "0001-01-01T00:00:00+05:00", "sync_states": {}}',
            '{"now": "2026-01-01T00:00:00Z", "sync_states": {"vip": {}}}',
        ],
    )
    def test_another_file_is_not_overwritten(
        self, content: str, tmp_path: Path, account: AccountView
    ) -> None:
        state, raw = tmp_path / "state", content.encode("utf-8", "surrogatepass")
        state.write_bytes(raw)
        result = engage(tmp_path, VIP_SPACE, *target(account), "--state", str(state))
        assert result.exit_code == 1
        assert result.output.startswith(f"Error: {state}: was not written by --state (")
        assert result.output.count("\n") == 1
        assert state.read_bytes() == raw
        assert account.calls == []
