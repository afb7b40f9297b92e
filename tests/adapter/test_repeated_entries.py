"""Journey entries that may have been made twice, or although the call failed."""

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
    requests.ConnectionError(),
    requests.ReadTimeout("slow"),
    requests.exceptions.ChunkedEncodingError("half"),
    500,
    502,
    503,
    504,
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
def test_a_repeated_entry_may_have_been_made_twice(
    to: Make, autopilot: responses.RequestsMock, lost: Any
) -> None:
    add(autopilot, lost, 200)
    assert notes(to) == ("delivered", [("maybe-entered-twice", "event")])


@pytest.mark.parametrize("attempt", NEVER_SENT)
def test_an_attempt_that_never_arrived_made_no_entry(
    to: Make, autopilot: responses.RequestsMock, attempt: Any
) -> None:
    add(autopilot, attempt, attempt, 200)
    assert notes(to) == ("delivered", [])


def test_one_such_attempt_among_several_is_enough(
    to: Make, autopilot: responses.RequestsMock
) -> None:
    add(autopilot, REFUSED, 503, 429, 200)
    delivery = to().deliver(track())
    (note,) = delivery.notes
    assert str(note) == (
        "event may have entered the contact twice: the call was repeated after an attempt that got "
        "the answer 503"
    )


def test_a_note_of_an_attempt_without_an_answer_says_so(
    to: Make, autopilot: responses.RequestsMock
) -> None:
    add(autopilot, requests.ReadTimeout("slow"))
    (note,) = to(retry=Retry(total=0)).deliver(track()).notes
    assert str(note) == (
        "event may have entered the contact, although the call failed: an attempt got no answer"
    )


@pytest.mark.parametrize("lost", LOST)
def test_a_failed_entry_may_have_been_made(
    to: Make, autopilot: responses.RequestsMock, lost: Any
) -> None:
    add(autopilot, lost)
    assert notes(to, retry=Retry(total=0)) == ("failed", [("maybe-entered", "event")])


@pytest.mark.parametrize(
    ("attempts", "outcome"),
    [
        ([503, 404], "rejected"),
        ([requests.ReadTimeout("slow"), 400], "rejected"),
        ([408], "rejected"),
        ([500, 429], "failed"),
        ([503, REFUSED], "failed"),
    ],
)
def test_an_entry_refused_after_such_an_attempt_may_have_been_made(
    to: Make, autopilot: responses.RequestsMock, attempts: list[Any], outcome: str
) -> None:
    add(autopilot, *attempts)
    assert notes(to, retry=Retry(total=1)) == (outcome, [("maybe-entered", "event")])


def test_an_entry_with_an_unreadable_answer_may_have_been_made(
    to: Make, autopilot: responses.RequestsMock
) -> None:
    autopilot.post(BASE + "contact", json={"contact_id": "p"})
    autopilot.post(TRIGGER, body="<html>")
    assert notes(to) == ("failed", [("maybe-entered", "event")])


@pytest.mark.parametrize("attempt", [404, 400, 401, 302, *NEVER_SENT])
def test_an_entry_that_was_refused_or_never_sent_was_not_made(
    to: Make, autopilot: responses.RequestsMock, attempt: Any
) -> None:
    add(autopilot, attempt)
    assert notes(to, retry=Retry(total=0))[1] == []


def test_a_repeated_upsert_is_not_noted(to: Make, autopilot: responses.RequestsMock) -> None:
    add(autopilot, 503, requests.ConnectionError("aborted"), 200, url=BASE + "contact")
    assert to().deliver(identify()).notes == ()
