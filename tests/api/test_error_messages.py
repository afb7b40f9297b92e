"""What the fake says of wrong input, word for word: what was meant, and what came instead."""

from typing import Any

import pytest

from mock_autopilot import AccountView, ApiError
from mock_autopilot.account.accounts import Accounts
from mock_autopilot.account.errors import MISSING_IDENTIFIERS
from mock_autopilot.account.fields import CUSTOM_TYPES
from mock_autopilot.recording.faults import Faults
from tests.api.calls import ADA
from tests.api.conftest import Call

FAULTS: list[tuple[dict[str, Any], str]] = [
    ({}, "respond is missing."),
    ({"respond": {}}, "respond must say either a status or drop_connection."),
    (
        {"respond": {"status": 199}},
        "respond.status must be a whole number of at least 200, got the number 199.",
    ),
    (
        {"respond": {"drop_connection": 1}},
        "respond.drop_connection must be true or false, got the number 1.",
    ),
    (
        {"respond": {"status": 500, "headers": {"X": 5}}},
        "respond.headers.X must be a printable string, got the number 5.",
    ),
    (
        {"respond": {"status": 500}, "times": 0},
        "times must be a whole number of at least 1, got the number 0.",
    ),
    (
        {"respond": {"status": 500}, "match": {"path": 5}},
        "match.path must be a string, got the number 5.",
    ),
    (
        {"respond": {"status": 500}, "match": {"x": 5}},
        "match.x is unknown; known are method, path, contact.",
    ),
    ({"respond": {"status": 500}, "x": 5}, "x is unknown; known are match, respond, times."),
]


@pytest.mark.parametrize(("wanted", "words"), FAULTS)
def test_what_is_wrong_with_a_fault(wanted: dict[str, Any], words: str) -> None:
    with pytest.raises(ApiError) as caught:
        Faults().add(wanted)
    assert str(caught.value) == words


ENTRY = {"contact_id": "p"}
ENTRY_PARTS = "known are contact_id, entered_at, properties, ejected_at."
TIME = "must be an ISO-8601 date and time, as in 2016-02-14T12:02:49.000Z."
STATES: list[tuple[Any, str]] = [
    ({"contact": []}, "contact is unknown; known are contacts, lists, journeys."),
    ({"contacts": {}}, "contacts must be an array, got an object."),
    ({"contacts": [5]}, "contacts[0] must be an object, got the number 5."),
    ({"contacts": [{"user_id": "u"}] * 2}, "contacts[1].user_id stands twice: 'u'."),
    (
        {"contacts": [{}]},
        "contacts[0] has neither Email nor user_id; one of them must be there.",
    ),
    ({"contacts": [{**ADA, "created_at": "x"}]}, f"contacts[0].created_at {TIME}"),
    (
        {"contacts": [{**ADA, "lists": ["l"]}]},
        "contacts[0].lists names 'l', which is not among the lists.",
    ),
    (
        {"contacts": [{**ADA, "custom_fields": [{"kind": "a"}]}]},
        "contacts[0].custom_fields[0].value is missing.",
    ),
    (
        {"contacts": [{**ADA, "custom_fields": [{"kind": 5, "value": 1}]}]},
        "contacts[0].custom_fields[0].kind must be a string, got the number 5.",
    ),
    (
        {"contacts": [{**ADA, "custom_fields": [{"kind": "n", "value": 1, "fieldType": "x"}]}]},
        f"contacts[0].custom_fields[0].fieldType must be one of {', '.join(CUSTOM_TYPES)}.",
    ),
    ({"lists": [{"list_id": "l"}]}, "lists[0].title is missing."),
    ({"lists": [{"list_id": "l", "title": "x"}] * 2}, "lists[1].list_id stands twice: 'l'."),
    (
        {"lists": [{"list_id": "l", "title": "x", "y": 1}]},
        "lists[0].y is unknown; known are list_id, title.",
    ),
    ({"journeys": [{"trigger_id": "x"}] * 2}, "journeys[1].trigger_id stands twice: 'x'."),
    (
        {"journeys": [{"trigger_id": "/"}]},
        "journeys[0].trigger_id must stand in a path: it may hold no slash.",
    ),
    (
        {"journeys": [{"trigger_id": one, "journey_id": "campaign_1"} for one in ("a", "b")]},
        "journeys[1].journey_id stands twice: 'campaign_1'.",
    ),
    (
        {"contacts": [{**ADA, "api_originated": "yes"}]},
        "contacts[0].api_originated must be true or false, got the string 'yes'.",
    ),
    (
        {"journeys": [{"x": "x"}]},
        "journeys[0].x is unknown; known are trigger_id, journey_id, name, entries.",
    ),
    (
        {"journeys": [{"trigger_id": "x", "entries": [{"x": 1}]}]},
        f"journeys[0].entries[0].x is unknown; {ENTRY_PARTS}",
    ),
    (
        {"journeys": [{"trigger_id": "x", "entries": [{**ENTRY, "properties": []}]}]},
        "journeys[0].entries[0].properties must be an object, got an array.",
    ),
]


@pytest.mark.parametrize(("state", "words"), STATES)
def test_what_is_wrong_with_a_state(account: AccountView, state: Any, words: str) -> None:
    with pytest.raises(ApiError) as caught:
        account.seed(state)
    assert str(caught.value) == words


CALLS: list[tuple[str, str, Any, str]] = [
    ("POST", "contact", {}, "contact is missing from the request body."),
    ("POST", "contact", {"contact": 5}, "contact must be an object, got the number 5."),
    ("POST", "contacts", {"contacts": {}}, "contacts must be an array, got an object."),
    (
        "POST",
        "trigger/0001/contact/x",
        {"property": 5},
        "property must be an object, got the number 5.",
    ),
    (
        "POST",
        "contacts",
        {"contacts": [{}]},
        f"contacts[0]: {MISSING_IDENTIFIERS.message}",
    ),
    (
        "POST",
        "contacts",
        {"contacts": [ADA] * 101},
        "contacts has 101 items; a bulk call takes 100 at most.",
    ),
]


@pytest.mark.parametrize(("method", "path", "body", "words"), CALLS)
def test_what_is_wrong_with_a_call(
    call: Call, method: str, path: str, body: Any, words: str
) -> None:
    refused = call(method, path, body)
    assert refused.status_code == 400
    assert refused.json() == {"error": "Bad Request", "message": words}


CONTROLS: list[tuple[str, str, Any, str]] = [
    ("GET", "calls?status=ok", None, "status must be a status as in 404, or 4xx."),
    ("GET", "calls?after=x", None, "after must be a whole number, got 'x'."),
    ("GET", "calls?limit=-1", None, "limit must be a whole number, got '-1'."),
    ("GET", f"calls?limit={'9' * 50}", None, f"limit must be a whole number, got '{'9' * 40}'."),
    ("GET", "calls?x=1", None, "x is no filter; use method, path, status, after, before, limit."),
    ("POST", "journeys", {}, "name is missing."),
    ("POST", "journeys", {"name": " "}, "name must not be blank."),
    (
        "POST",
        "journeys",
        {"name": "x", "trigger_id": 5},
        "trigger_id must be a string, got the number 5.",
    ),
    (
        "POST",
        "journeys",
        {"name": "x", "trigger_id": "a/b"},
        "trigger_id must stand in a path: it may not be empty, nor hold a slash.",
    ),
    ("PUT", "state", [], "The state must be a JSON object, got an array."),
]


@pytest.mark.parametrize(("method", "path", "body", "words"), CONTROLS)
def test_what_is_wrong_with_a_control_call(
    control: Call, method: str, path: str, body: Any, words: str
) -> None:
    refused = control(method, path, body)
    assert refused.status_code == 400
    assert refused.json() == {"error": "Bad Request", "message": words}


@pytest.mark.parametrize("key", ["", " ", " a", "a\n"])
def test_a_key_has_no_white_space_around_it(key: str) -> None:
    with pytest.raises(ApiError) as caught:
        Accounts(keys=[key])
    assert str(caught.value) == "api_key must be there, without white space around it."


def test_only_the_accounts_that_were_named_have_a_key() -> None:
    accounts = Accounts(keys=["a", "b", "a"])
    assert [account.api_key for account in accounts] == ["a", "b"]
    assert accounts.get("c") is None
