"""RET: what is refused, lost and tried again."""

from typing import Any

import pytest

from contract_tests.example import Example
from contract_tests.harness import Harness, clause
from contract_tests.protocol import Result
from contract_tests.strategies import identify, track
from contract_tests.text import Prose

of_both_types = pytest.mark.parametrize("kind", ["identify", "track"])
#: Refusals that are final, but for the 401 (SET-01), and the 404 of a contact not yet made.
FINAL = [400, 403, 409, 413, 422]
#: A fault for more calls than anybody tries in a test, for one, and for two. A track takes two
#: calls as a rule, so the fault is set for all calls or for the last one.
FAULTS = pytest.mark.parametrize(
    ("kind", "times", "path"),
    [
        *(("identify", times, None) for times in (20, 1, 2)),
        *(("track", times, path) for times in (20, 1, 2) for path in (None, "/v1/trigger/*")),
    ],
)
SOON = {"Retry-After": "0"}
#: So many refusals in a row pass: who answers before it delivers has to bring the message through.
PASSING = 2


def refused(
    harness: Harness, kind: str, times: int, respond: dict[str, Any], path: str | None
) -> None:
    """Require that what the forwarder reports is what happened, and happened once at most."""
    with harness.example() as example:
        example.fail(times, respond, path=path if kind == "track" else None)
        result = send(harness, example, kind)
        delivered = result.delivered
        person = example.person("ada@example.com", "u1")
        if kind == "identify":
            there = bool(example.contacts())
            if delivered and there:
                example.has_traits(person, {"plan": "gold"})
        else:
            entries = example.entries()
            there = bool(entries)
            if len(entries) > 1:
                example.differs("journey entries", Prose("one at most"), entries)
        if result.early and times > PASSING:
            # What becomes of a message that it has taken it cannot report. Its own attempts must
            # not reach the next example's account.
            harness.recover()
            return
        if delivered and not there:
            expected = Prose("not delivered: nothing arrived")
            example.differs("reported outcome", expected, Prose("delivered"))


def send(harness: Harness, example: Example, kind: str) -> Result:
    person = example.person("ada@example.com", "u1")
    if kind == "identify":
        result = example.deliver(identify(person, {"plan": "gold"}))
        example.if_delivered(person, traits={"plan": "gold"})
    else:
        result = example.deliver(track(person, "Step Activated", {"property": "test"}))
        example.if_delivered(
            person, entries={harness.trigger_of("Step Activated"): [{"property": "test"}]}
        )
    return result


@clause("RET-01")
@FAULTS
def test_service_unavailable(harness: Harness, kind: str, times: int, path: str | None) -> None:
    refused(harness, kind, times, {"status": 503, "headers": SOON}, path)


@clause("RET-01")
@of_both_types
@pytest.mark.parametrize("status", [500, 502, 504])
def test_other_server_errors(harness: Harness, kind: str, status: int) -> None:
    refused(harness, kind, 20, {"status": status, "headers": SOON}, None)


@clause("RET-02")
@FAULTS
def test_too_many_requests(harness: Harness, kind: str, times: int, path: str | None) -> None:
    refused(harness, kind, times, {"status": 429, "headers": SOON}, path)


@clause("RET-03")
@FAULTS
def test_dropped_connections(harness: Harness, kind: str, times: int, path: str | None) -> None:
    refused(harness, kind, times, {"drop_connection": True}, path)


@clause("RET-04")
@of_both_types
@pytest.mark.parametrize("status", FINAL)
def test_other_refusals_are_final(harness: Harness, kind: str, status: int) -> None:
    with harness.example() as example:
        body = {"error": "Refused", "message": "No."}
        example.fail(100, {"status": status, "body": body}, method="POST")
        example.was_not_delivered(send(harness, example, kind))
        made = [call for call in example.calls() if call["method"] == "POST"]
        again = [call["path"] for number, call in enumerate(made) if repeats(call, made[:number])]
        example.compare("calls that were made again", [], again)


def repeats(call: dict[str, Any], earlier: list[dict[str, Any]]) -> bool:
    """Return whether an earlier call had the same body, or the same only contact.

    A contact that was refused alone is not tried again in a bulk call; the contacts of a bulk call
    may be tried one by one.
    """
    return any(
        (one["path"], one["body"]) == (call["path"], call["body"])
        or said(one, "contact") in (said(call, "contacts") or ())
        for one in earlier
    )


def said(call: dict[str, Any], name: str) -> Any:
    """Return what a call's body has under a name."""
    return call["body"].get(name) if isinstance(call["body"], dict) else None


@clause("RET-05")
@pytest.mark.parametrize("status", [429, 500, 503])
@pytest.mark.parametrize("times", [1, 2])
@pytest.mark.parametrize("path", [None, "/v1/trigger/*"])
def test_a_retried_track_enters_once(
    harness: Harness, status: int, times: int, path: str | None
) -> None:
    with harness.example() as example:
        example.fail(times, {"status": status, "headers": SOON}, path=path)
        result = send(harness, example, "track")
        expected = 1 if result.delivered else 0
        example.compare("number of journey entries", expected, len(example.entries()))


@clause("RET-06")
@pytest.mark.parametrize("event", ["Step Activated", "Order Completed"])
def test_a_journey_that_is_not_there(harness: Harness, event: str) -> None:
    with harness.example() as example:
        person = example.person("ada@example.com", "u1")
        path = f"/v1/trigger/{harness.trigger_of(event)}/*"
        body = {"error": "Not Found", "message": "No trigger by that id."}
        example.fail(100, {"status": 404, "body": body}, path=path)
        example.was_not_delivered(example.deliver(track(person, event, {"property": "test"})))
        example.compare("journey entries", [], example.entries())


@clause("RET-07")
@of_both_types
@pytest.mark.parametrize("status", [400, 422])
@pytest.mark.parametrize("times", [1, 2])
def test_a_contact_that_was_refused(harness: Harness, kind: str, status: int, times: int) -> None:
    with harness.example() as example:
        body = {"error": "Refused", "message": "No."}
        example.fail(times, {"status": status, "body": body}, path="/v1/contact*")
        result = send(harness, example, kind)
        if result.delivered and not result.early:
            person = example.person("ada@example.com", "u1")
            example.has_traits(person, {"plan": "gold"} if kind == "identify" else {})
