"""`wait_for`: for code that sends in the background."""

import asyncio
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from threading import Event
from time import monotonic
from typing import Any

import pytest

from mock_autopilot import AccountView, MockAutopilot
from mock_autopilot.assertions.contacts import ContactCheck
from mock_autopilot.assertions.explanation import Failure
from mock_autopilot.assertions.seen import Seen
from mock_autopilot.assertions.waiting import wait_until
from mock_autopilot.recording.journal import Journal
from mock_autopilot.views import ContactView
from tests.assertions.conftest import Explain
from tests.conftest import ask

ADA = {"contact": {"Email": "ada@example.com", "FirstName": "Ada"}}
LONG = 60.0
"""Seconds that no test waits: what it waits for comes."""


@pytest.fixture
def threads() -> Iterator[ThreadPoolExecutor]:
    with ThreadPoolExecutor() as threads:
        yield threads


def test_what_holds_already_is_returned_at_once(account: AccountView) -> None:
    ask(account, "POST", "contact", ADA)
    found = account.wait_for(lambda seen: seen.assert_contact("ada@example.com"), timeout=0)
    assert found["FirstName"] == "Ada"
    assert account.wait_for(lambda seen: seen.assert_no_rejections()) is None
    assert account.wait_for(lambda seen: len(seen.calls), timeout=3600) == 1


def test_it_wakes_for_each_call_and_ends_with_the_one_that_is_waited_for(
    account: AccountView, threads: ThreadPoolExecutor
) -> None:
    looked = Event()
    tried: list[int] = []

    def condition(seen: AccountView) -> object:
        tried.append(len(seen.calls))
        looked.set()
        return seen.assert_contact("ada@example.com")

    waiting = threads.submit(account.wait_for, condition, LONG)
    for body in ({"contact": {"Email": "bob@example.com"}}, ADA):
        assert looked.wait(LONG)
        looked.clear()
        ask(account, "POST", "contact", body)
    assert waiting.result(LONG) == account.contacts["ada@example.com"]
    assert tried in ([0, 1, 2], [0, 2], [0, 1, 1, 2])  # never without a call in between


def test_a_failure_is_explained_only_at_the_end(
    account: AccountView, threads: ThreadPoolExecutor, monkeypatch: pytest.MonkeyPatch
) -> None:
    explained: list[object] = []
    looked = Event()
    explanation = ContactCheck.failure

    def failure(check: ContactCheck, seen: Seen) -> Failure:
        explained.append(check)
        return explanation(check, seen)

    def condition(seen: AccountView) -> ContactView:
        looked.set()
        return seen.assert_contact("ada@example.com")

    monkeypatch.setattr(ContactCheck, "failure", failure)
    waiting = threads.submit(account.wait_for, condition, LONG)
    assert looked.wait(LONG)
    ask(account, "POST", "contact", ADA)
    assert waiting.result(LONG).email == "ada@example.com"
    assert not explained
    with pytest.raises(AssertionError, match="No contact has"):
        account.wait_for(lambda seen: seen.assert_contact("bob@example.com"), 0)
    assert len(explained) == 1


@pytest.mark.parametrize(
    ("condition", "last"),
    [
        (lambda seen: seen.assert_called("POST", "/v1/contact"), "Expected at least 1 call POST"),
        (lambda seen: seen.contacts["ada@example.com"], "KeyError: no contact has the address"),
        (lambda seen: [][len(seen.calls)], "IndexError: list index out of range"),
        (lambda seen: seen.calls, "The condition returned <Calls: 0 calls>."),
        (lambda _: False, "The condition returned False."),
    ],
)
def test_what_does_not_come_fails_with_the_last_reason(
    account: AccountView, explain: Explain, condition: Any, last: str
) -> None:
    first = explain(account.wait_for, condition, timeout=0.01)[0]
    assert first.startswith(f"Not within 0.01 s. {last}")


def test_an_assertion_without_a_text_fails_with_its_name(
    account: AccountView, explain: Explain
) -> None:
    def condition(seen: AccountView) -> None:
        raise AssertionError

    assert explain(account.wait_for, condition, timeout=0) == ["Not within 0 s. AssertionError()"]


def test_another_error_of_the_condition_is_not_waited_for(account: AccountView) -> None:
    with pytest.raises(ZeroDivisionError):
        account.wait_for(lambda _: 1 / 0, timeout=LONG)


@pytest.mark.parametrize("timeout", [-1, float("nan"), float("inf"), 3601])
def test_a_wrong_timeout_is_an_error(account: AccountView, timeout: float) -> None:
    with pytest.raises(ValueError, match="timeout must be from 0 to 3600 seconds, got"):
        account.wait_for(lambda _: True, timeout)


def test_a_timeout_that_is_no_number_is_an_error(account: AccountView) -> None:
    with pytest.raises(TypeError, match="timeout must be a number of seconds, got '5'"):
        account.wait_for(lambda _: True, "5")  # type: ignore[arg-type]  # that is the mistake


def test_an_async_condition_is_an_error(account: AccountView) -> None:
    """It returns a coroutine, which is true."""

    async def condition(seen: AccountView) -> None:
        seen.assert_contact("ada@example.com")

    with pytest.raises(TypeError, match="wait_for needs a condition that is not async, got <func"):
        account.wait_for(condition, timeout=LONG)  # type: ignore[unused-coroutine]  # that is the mistake


def test_a_coroutine_waits_in_a_thread(account: AccountView) -> None:
    async def main() -> str | None:
        def condition(seen: AccountView) -> ContactView:
            return seen.assert_contact("ada@example.com")

        waiting = asyncio.create_task(asyncio.to_thread(account.wait_for, condition, LONG))
        await asyncio.to_thread(ask, account, "POST", "contact", ADA)
        return (await waiting).email

    assert asyncio.run(main()) == "ada@example.com"


def test_nobody_waits_for_a_fake_that_was_closed(threads: ThreadPoolExecutor) -> None:
    looked = Event()
    with MockAutopilot() as autopilot:

        def condition(seen: MockAutopilot) -> bool:
            looked.set()
            return False

        waiting = threads.submit(autopilot.wait_for, condition, LONG)
        assert looked.wait(LONG)
    assert isinstance(waiting.exception(LONG), AssertionError)
    with pytest.raises(AssertionError):
        autopilot.wait_for(lambda seen: seen.calls, LONG)


def test_the_time_ends_although_calls_keep_coming() -> None:
    journal = Journal()
    times = iter(range(100))

    def attempt() -> int:
        journal.clear()  # a change, as a call is
        return next(attempts)

    attempts = iter(range(100))
    began = monotonic()
    last = wait_until(lambda _: False, attempt, journal, 3, lambda: float(next(times)))
    assert last == 2
    assert monotonic() - began < LONG


def test_waiting_in_the_thread_of_an_event_loop_is_told(account: AccountView) -> None:
    async def test() -> None:
        account.wait_for(lambda seen: seen.calls, timeout=0)

    fix = r"await asyncio\.to_thread\(autopilot\.wait_for, \.\.\.\)\. The condition returned"
    with pytest.raises(AssertionError, match=fix):
        asyncio.run(test())
