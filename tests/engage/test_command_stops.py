"""The command `engage` when it cannot begin, when it stops in the middle, and when it goes on."""

import errno
import json
import socket
from collections.abc import Callable
from pathlib import Path
from typing import Any

import click
import pytest

from adapter import Destination
from mock_autopilot import AccountView, MockAutopilot
from tests.engage.commands import MODULE, Waits, engage, sent, target
from tests.engage.definitions import ada, definition

USERS = ("ada", "bob", "eve")
SPACE = definition(
    profiles=[{"user_ids": [user]} for user in USERS],
    audiences=[{"name": "VIP", "members": list(USERS)}],
    changes=[ada(30, leave="VIP"), ada(60, enter="VIP")],
    days=4,
)
FORWARD = [(user, True) for user in USERS]
ALL = [*FORWARD, ("ada", False), ("ada", True)]


def told(account: AccountView) -> list[tuple[str, bool]]:
    return [(one["user_id"], one["custom"]["boolean--vip"]) for one in sent(account)]


@pytest.fixture
def wait_for(monkeypatch: pytest.MonkeyPatch) -> Callable[..., Waits]:
    """Let something happen when it waits for that instant; give what it waited for."""

    def wait_for(number: int, happen: Callable[[], object]) -> Waits:
        waits = Waits(number, happen)
        monkeypatch.setattr(MODULE, "_pace", waits)
        return waits

    return wait_for


def interrupt() -> None:
    raise KeyboardInterrupt


class TestWhatCannotBegin:
    @pytest.mark.parametrize(
        ("raw", "said"),
        [
            (b"", "the definition is not JSON: Expecting value at line 1, column 1"),
            (b"{}", "the definition lacks the field `start`"),
            (
                json.dumps(definition(**{"a\n\x1b[31mb": 1})).encode(),
                "the definition has the unknown field `a\\n\\x1b[31mb`",
            ),
        ],
    )
    def test_a_definition_that_is_none(
        self, raw: bytes, said: str, tmp_path: Path, account: AccountView
    ) -> None:
        result = engage(tmp_path, raw, *target(account))
        assert result.exit_code == 1
        assert result.output == f"Error: {tmp_path / 'space.json'}: {said}\n"

    @pytest.mark.parametrize(
        ("option", "value", "said"),
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
    def test_an_option_that_cannot_work(
        self, option: str, value: str, said: str, tmp_path: Path, account: AccountView
    ) -> None:
        result = engage(tmp_path, SPACE, *target(account), option, value)
        assert result.exit_code == 2
        assert said in result.output
        assert account.calls == []

    def test_a_state_of_an_account_that_will_be_gone(self, tmp_path: Path) -> None:
        result = engage(tmp_path, SPACE, "--state", str(tmp_path / "state"))
        assert result.exit_code == 2
        assert "--state needs --base-url" in result.output
        assert not (tmp_path / "state").exists()

    def test_a_state_that_is_no_file(
        self, tmp_path: Path, account: AccountView, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.chdir(tmp_path)  # a socket's path has to be short
        with socket.socket(socket.AF_UNIX) as other:
            other.bind("state")
            result = engage(tmp_path, SPACE, *target(account), "--state", "state")
        assert result.exit_code == 2
        assert "Invalid value for '--state': state is not a regular file." in result.output
        assert account.calls == []

    @pytest.mark.parametrize("folder", [False, True])
    def test_a_state_that_cannot_be_written_is_told_before_anything_is_sent(
        self, folder: bool, tmp_path: Path, account: AccountView
    ) -> None:
        state = tmp_path / ("state" if folder else "missing/state")
        if folder:
            (tmp_path / "state.new").mkdir()
        result = engage(tmp_path, SPACE, *target(account), "--state", str(state))
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
    def test_a_state_that_is_none_is_left_as_it_is(
        self, content: str, tmp_path: Path, account: AccountView
    ) -> None:
        state, raw = tmp_path / "state", content.encode("utf-8", "surrogatepass")
        state.write_bytes(raw)
        result = engage(tmp_path, SPACE, *target(account), "--state", str(state))
        assert result.exit_code == 1
        assert result.output.startswith(f"Error: {state}: was not written by --state (")
        assert result.output.count("\n") == 1
        assert state.read_bytes() == raw
        assert account.calls == []


class TestGoingOn:
    @pytest.fixture
    def play(self, tmp_path: Path, account: AccountView) -> Callable[..., Any]:
        def play(*options: str) -> Any:
            state = ("--state", str(tmp_path / "state"))
            return engage(tmp_path, SPACE, *target(account), *state, *options)

        return play

    def test_several_runs_tell_what_one_does(
        self, play: Callable[..., Any], tmp_path: Path, server: MockAutopilot, account: AccountView
    ) -> None:
        for days in ("0.1", "0.5", "1.5", "4", "4"):
            assert play("--days", days).exit_code == 0
        whole = server.new_account()
        engage(tmp_path, SPACE, *target(whole))
        assert told(account) == told(whole) == ALL
        assert [path.name for path in sorted(tmp_path.iterdir())] == ["space.json", "state"]

    @pytest.mark.parametrize("number", range(4))
    def test_after_a_failure_nobody_is_told_twice_or_skipped(
        self, number: int, play: Callable[..., Any], account: AccountView
    ) -> None:
        if number == 3:
            play("--days", "1")
        user, value = ALL[number]
        account.fail_next(307, contact=user)
        failed = play()
        assert failed.exit_code == 1
        row = f"{user}: vip = {str(value).lower()}, failed (307): "
        assert f"\n                  {row}" in failed.output
        assert (
            "\n                  stopped: the next sync sends this message again" in failed.output
        )
        assert told(account) == ALL[:number]
        assert play().exit_code == 0
        assert told(account) == ALL

    def test_the_failure_is_shown_even_when_many_went_before_it(
        self, tmp_path: Path, account: AccountView
    ) -> None:
        users = [f"u{number}" for number in range(22)]
        profiles = [{"user_ids": [user]} for user in users]
        space = definition(profiles=profiles, audiences=[{"name": "VIP", "members": users}])
        account.fail_next(307, contact="u21")
        *_, hidden, failure, stopped = (
            engage(tmp_path, space, *target(account)).output.split("\n\n")[1].splitlines()
        )
        assert hidden == "                  and 1 more: 1 delivered"
        assert failure.startswith("                  u21: vip = true, failed (307): ")
        assert stopped.startswith(
            "                  stopped: the next sync sends this message again"
        )

    def test_a_key_that_was_wrong_has_told_nobody(
        self, play: Callable[..., Any], account: AccountView
    ) -> None:
        assert play("--api-key", "nobodys").exit_code == 1
        assert play().exit_code == 0
        assert told(account) == ALL

    def test_a_base_url_that_was_wrong_has_told_nobody(
        self, play: Callable[..., Any], account: AccountView
    ) -> None:
        wrong = account.base_url.removesuffix("v1/")
        assert play("--base-url", wrong).exit_code == 1
        assert play().exit_code == 0
        assert told(account) == ALL

    def test_each_sync_is_kept_before_the_next(
        self, play: Callable[..., Any], tmp_path: Path, wait_for: Callable[..., Waits]
    ) -> None:
        kept = []
        waits = wait_for(0, interrupt)
        real = waits.wait_until

        def look(instant: Any) -> None:
            kept.append(
                json.loads((tmp_path / "state").read_text())["sync_states"]["vip"]["last_sent"]
            )
            real(instant)

        waits.wait_until = look  # type: ignore[method-assign]
        play()
        assert {} in kept
        assert {"userId": dict(FORWARD)} in kept

    def test_a_state_that_stands_later_than_the_end(
        self, play: Callable[..., Any], account: AccountView
    ) -> None:
        play("--days", "4")
        before = len(account.calls)
        result = play("--days", "0.5")
        assert result.exit_code == 1
        assert "the state has already reached 2026-01-0" in result.stderr
        assert ": use more --days" in result.stderr
        assert len(account.calls) == before

    @pytest.mark.parametrize(
        "other",
        [
            definition(space_id="spa_2", audiences=[{"name": "VIP", "members": ["ada"]}]),
            definition(audiences=[{"name": "Other", "members": ["ada"]}]),
        ],
    )
    def test_a_state_of_another_space(
        self, other: Any, play: Callable[..., Any], tmp_path: Path, account: AccountView
    ) -> None:
        play()
        state = (tmp_path / "state").read_bytes()
        result = engage(tmp_path, other, *target(account), "--state", str(tmp_path / "state"))
        assert result.exit_code == 1
        assert "the state belongs to another space: name another file" in result.output
        assert (tmp_path / "state").read_bytes() == state

    @pytest.mark.parametrize("number", [1, 2, 15, 30])
    def test_after_ctrl_c_it_goes_on(
        self,
        number: int,
        play: Callable[..., Any],
        wait_for: Callable[..., Waits],
        account: AccountView,
    ) -> None:
        wait_for(number, interrupt)
        stopped = play()
        assert stopped.exit_code == 130
        assert stopped.stderr == "Stopped. What was sent last may or may not have arrived.\n"
        assert "\nAt Autopilot, " in stopped.output
        wait_for(0, interrupt)
        assert play().exit_code == 0
        assert told(account) == ALL

    def test_what_was_sent_before_ctrl_c_in_a_sync_is_counted(
        self, play: Callable[..., Any], account: AccountView, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        real = Destination.deliver

        def second(self: Destination, message: Any) -> Any:
            if message["userId"] == "bob":
                raise KeyboardInterrupt
            return real(self, message)

        with monkeypatch.context() as patched:
            patched.setattr(Destination, "deliver", second)
            stopped = play()
        assert stopped.exit_code == 130
        assert stopped.output.endswith("\n0 syncs, 1 message: 1 delivered\n")
        assert play().exit_code == 0
        assert told(account) == ALL

    def test_a_reader_who_has_gone_takes_nothing_along(
        self, play: Callable[..., Any], account: AccountView, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        real = click.echo

        def echo(text: str = "", **options: Any) -> None:
            if text.endswith("  sync"):
                raise BrokenPipeError(errno.EPIPE, "Broken pipe")
            real(text, **options)

        with monkeypatch.context() as patched:
            patched.setattr(click, "echo", echo)
            assert play().exit_code == 1
        assert told(account) == FORWARD
        assert play().exit_code == 0
        assert told(account) == ALL
