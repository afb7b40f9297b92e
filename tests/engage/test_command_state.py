"""The command `engage` when it stops in the middle, and the next run continues."""

import errno
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import click
import pytest

from adapter import Destination
from mock_autopilot import AccountView, MockAutopilot
from tests.engage.commands import MODULE, Waits, engage, sent, target
from tests.engage.definitions import USERS, VIP_SPACE, definition

FORWARD = [(user, True) for user in USERS]
ALL = [*FORWARD, ("ada", False), ("ada", True)]


def sent_values(account: AccountView) -> list[tuple[str, bool]]:
    return [(one["user_id"], one["custom"]["boolean--vip"]) for one in sent(account)]


@pytest.fixture
def wait_for(monkeypatch: pytest.MonkeyPatch) -> Callable[..., Waits]:
    """Do something at the wait of that number; return the waits."""

    def wait_for(number: int, happen: Callable[[], object]) -> Waits:
        waits = Waits(number, happen)
        monkeypatch.setattr(MODULE, "_pace", waits)
        return waits

    return wait_for


def interrupt() -> None:
    raise KeyboardInterrupt


class TestContinuing:
    @pytest.fixture
    def play(self, tmp_path: Path, account: AccountView) -> Callable[..., Any]:
        def play(*options: str) -> Any:
            state = ("--state", str(tmp_path / "state"))
            return engage(tmp_path, VIP_SPACE, *target(account), *state, *options)

        return play

    def test_several_runs_send_what_one_run_does(
        self, play: Callable[..., Any], tmp_path: Path, server: MockAutopilot, account: AccountView
    ) -> None:
        for days in ("0.1", "0.5", "1.5", "4", "4"):
            assert play("--days", days).exit_code == 0
        whole = server.new_account()
        engage(tmp_path, VIP_SPACE, *target(whole))
        assert sent_values(account) == sent_values(whole) == ALL
        assert [path.name for path in sorted(tmp_path.iterdir())] == ["space.json", "state"]

    @pytest.mark.parametrize("number", range(4))
    def test_after_a_failure_no_value_is_sent_twice_or_skipped(
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
        assert sent_values(account) == ALL[:number]
        assert play().exit_code == 0
        assert sent_values(account) == ALL

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

    def test_after_a_wrong_key_everything_is_sent(
        self, play: Callable[..., Any], account: AccountView
    ) -> None:
        assert play("--api-key", "nobodys").exit_code == 1
        assert play().exit_code == 0
        assert sent_values(account) == ALL

    def test_after_a_wrong_base_url_everything_is_sent(
        self, play: Callable[..., Any], account: AccountView
    ) -> None:
        wrong = account.base_url.removesuffix("v1/")
        assert play("--base-url", wrong).exit_code == 1
        assert play().exit_code == 0
        assert sent_values(account) == ALL

    def test_the_state_is_saved_after_each_sync(
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

    def test_a_state_later_than_the_end(
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
    def test_the_next_run_continues_after_ctrl_c(
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
        assert sent_values(account) == ALL

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
        assert sent_values(account) == ALL

    def test_the_state_is_saved_when_the_output_is_closed(
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
        assert sent_values(account) == FORWARD
        assert play().exit_code == 0
        assert sent_values(account) == ALL
