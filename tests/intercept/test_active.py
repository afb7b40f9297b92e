"""Which of the active interceptions answers: apart from any client library."""

from collections import deque
from contextlib import ExitStack
from contextvars import Context

import pytest

from mock_autopilot.account.accounts import Accounts
from mock_autopilot.api.dispatch import Dispatcher
from mock_autopilot.interception.active import (
    ActiveInterceptions,
    Interception,
    Refused,
    original_of,
    replace,
)
from mock_autopilot.interception.urls import DEFAULT_BASE_URL, BaseUrl, Passthrough, Url
from mock_autopilot.recording.refused_calls import RefusedCall
from mock_autopilot.storage.memory import MemoryStorage

URL = Url.parse(f"{DEFAULT_BASE_URL}contact")


def interception(base_url: str = DEFAULT_BASE_URL) -> Interception:
    dispatcher = Dispatcher(Accounts(storage=MemoryStorage()))
    base_urls = (BaseUrl.parse(base_url),)
    return Interception(dispatcher, base_urls, Passthrough(), deque[RefusedCall]())


@pytest.fixture
def changes() -> list[str]:
    return []


@pytest.fixture
def active(changes: list[str]) -> ActiveInterceptions:
    def change(_: ActiveInterceptions, undo: ExitStack) -> None:
        changes.append("changed")
        undo.callback(changes.append, "put back")

    return ActiveInterceptions(change)


def test_the_clients_are_changed_by_the_first_and_put_back_after_the_last(
    active: ActiveInterceptions, changes: list[str]
) -> None:
    one, other = interception(), interception()
    assert active.route("GET", URL) is None
    active.start(one)
    active.start(other)
    assert active.route("GET", URL) == (other, "/v1/contact")
    active.stop(other)
    assert (changes, other.active) == (["changed"], False)
    assert active.route("GET", URL) == (one, "/v1/contact")
    active.stop(one)
    active.stop(one)
    assert changes == ["changed", "put back"]
    assert active.route("GET", URL) is None


def test_code_that_entered_none_of_several_is_refused(active: ActiveInterceptions) -> None:
    both = interception(), interception()
    for one in both:  # neither is inside the other
        Context().run(active.start, one)
    with pytest.raises(Refused) as caught:
        active.route("GET", URL)
    assert str(caught.value) == (
        "GET https://api2.autopilothq.com/v1/contact was not answered: 2 interceptions of this URL "
        "are active, and none of them was entered by this thread. Run the thread's function with "
        "contextvars.copy_context().run, or give each interception a base URL of its own."
    )
    caught.value.keep()
    expected = RefusedCall("GET", str(URL), "2 interceptions of it")
    assert [list(one.refused) for one in both] == [[expected], [expected]]
    for one in both:
        active.stop(one)


def test_code_that_goes_on_after_its_interception_is_refused(active: ActiveInterceptions) -> None:
    ended, later = interception(), interception()
    context = Context()
    context.run(active.start, ended)
    active.stop(ended)
    Context().run(active.start, later)
    with pytest.raises(Refused) as caught:
        context.run(active.route, "POST", URL)
    assert str(caught.value) == (
        "POST https://api2.autopilothq.com/v1/contact was not answered: the interception in which "
        "this code was started has ended. Wait for it, or close its client, before the "
        "interception ends."
    )
    caught.value.keep()
    assert [*ended.refused] == [RefusedCall("POST", str(URL), "its interception has ended")]
    assert not later.refused
    active.stop(later)


def test_a_method_without_attributes_is_its_own_original() -> None:
    class Owner:
        send = len

    assert original_of(Owner, "send") is len
    with ExitStack() as undo:
        replace(undo, Owner, "send", lambda _: 0)
        assert original_of(Owner, "send") is len
    assert Owner.send is len
