"""A call that enters somebody into a journey, and may have done so twice, or all the same."""

from typing import Any

import pytest
import requests
import responses
from urllib3.exceptions import ConnectTimeoutError, MaxRetryError, NewConnectionError

from adapter import Retry
from tests.adapter.support import BASE, Make, identify, track

TRIGGER = BASE + "trigger/e/contact/p"


def never(reason: Exception) -> requests.ConnectionError:
    """A failure of requests for want of a connection, as it makes them."""
    return requests.ConnectionError(MaxRetryError(None, TRIGGER, reason))  # type: ignore[arg-type]


REFUSED = never(NewConnectionError(None, "refused"))  # type: ignore[arg-type]
LOST: list[Any] = [
    requests.ConnectionError("Connection aborted."),
    requests.ReadTimeout("slow"),
    requests.exceptions.ChunkedEncodingError("half"),
    *[500, 502, 503, 504],
]
NEVER_SENT: list[Any] = [
    REFUSED,
    requests.ConnectTimeout(MaxRetryError(None, TRIGGER, ConnectTimeoutError())),  # type: ignore[arg-type]
    requests.exceptions.ProxyError("Unable to connect to proxy"),
    429,
]


def add(mock: responses.RequestsMock, *attempts: Any, url: str = TRIGGER) -> None:
    """Let the attempts at the call end so, one after the other."""
    if url == TRIGGER:
        mock.post(BASE + "contact", json={"contact_id": "p"})
    for attempt in attempts:
        if isinstance(attempt, Exception):
            mock.post(url, body=attempt)
        else:
            mock.post(url, status=attempt, json={})


def notes(to: Make, **options: Any) -> tuple[str, list[tuple[str, str]]]:
    delivery = to(**options).deliver(track())
    return delivery.outcome.value, [(note.id, note.path) for note in delivery.notes]


@pytest.mark.parametrize("lost", LOST)
def test_an_entry_that_is_repeated_may_be_two(
    to: Make, autopilot: responses.RequestsMock, lost: Any
) -> None:
    add(autopilot, lost, 200)
    assert notes(to) == ("delivered", [("maybe-entered-twice", "event")])


@pytest.mark.parametrize("attempt", NEVER_SENT)
def test_an_attempt_that_never_arrived_or_was_put_off_is_no_entry(
    to: Make, autopilot: responses.RequestsMock, attempt: Any
) -> None:
    add(autopilot, attempt, attempt, 200)
    assert notes(to) == ("delivered", [])


def test_of_several_attempts_one_suffices(to: Make, autopilot: responses.RequestsMock) -> None:
    add(autopilot, REFUSED, 503, 429, 200)
    delivery = to().deliver(track())
    (note,) = delivery.notes
    assert str(note) == (
        "event may have entered the contact twice: the call was repeated after an attempt that got "
        "the answer 503"
    )


@pytest.mark.parametrize("lost", LOST)
def test_an_entry_that_failed_may_be_one_all_the_same(
    to: Make, autopilot: responses.RequestsMock, lost: Any
) -> None:
    add(autopilot, lost)
    assert notes(to, retry=Retry(total=0)) == ("failed", [("maybe-entered", "event")])


@pytest.mark.parametrize(
    ("attempts", "outcome"),
    [
        *[([503, 404], "rejected"), ([requests.ReadTimeout("slow"), 400], "rejected")],
        *[([408], "rejected"), ([500, 429], "failed"), ([503, REFUSED], "failed")],
    ],
)
def test_an_entry_that_is_told_otherwise_after_such_an_attempt_may_be_one(
    to: Make, autopilot: responses.RequestsMock, attempts: list[Any], outcome: str
) -> None:
    add(autopilot, *attempts)
    assert notes(to, retry=Retry(total=1)) == (outcome, [("maybe-entered", "event")])


def test_an_answer_that_cannot_be_read_may_be_an_entry(
    to: Make, autopilot: responses.RequestsMock
) -> None:
    autopilot.post(BASE + "contact", json={"contact_id": "p"})
    autopilot.post(TRIGGER, body="<html>")
    assert notes(to) == ("failed", [("maybe-entered", "event")])


@pytest.mark.parametrize("attempt", [404, 400, 401, 302, *NEVER_SENT])
def test_an_entry_that_was_refused_or_never_sent_is_none(
    to: Make, autopilot: responses.RequestsMock, attempt: Any
) -> None:
    add(autopilot, attempt)
    assert notes(to, retry=Retry(total=0))[1] == []


def test_a_contact_that_is_written_twice_is_one_contact(
    to: Make, autopilot: responses.RequestsMock
) -> None:
    add(autopilot, 503, requests.ConnectionError("aborted"), 200, url=BASE + "contact")
    assert to().deliver(identify()).notes == ()
