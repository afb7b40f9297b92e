"""States that are refused, each with what is wrong, in Python and over HTTP."""

from typing import Any

import pytest

from mock_autopilot import AccountView, ApiError
from mock_autopilot.account.fields import CUSTOM_TYPES
from tests.api.calls import ADA, Call


def contact(**fields: Any) -> dict[str, Any]:
    return {"contacts": [{**ADA, **fields}]}


def custom_field(**parts: Any) -> dict[str, Any]:
    return contact(custom_fields=[parts])


def journey(**parts: Any) -> dict[str, Any]:
    return {"journeys": [{"trigger_id": "x", **parts}]}


def entry(**parts: Any) -> dict[str, Any]:
    return journey(entries=[{"contact_id": "p", **parts}])


TIME = "must be an ISO-8601 date and time, as in 2016-02-14T12:02:49.000Z."
NO_IDENTIFIER = "has neither Email nor user_id; one of them must be there."
JOURNEY_PARTS = "known are trigger_id, journey_id, name, entries."
ENTRY_PARTS = "known are contact_id, entered_at, properties, ejected_at."
NEW = {"list_id": "l", "title": "x"}
MERGED = {"user_id": "u", "contact_id": "q", "merged_contact_ids": ["p"]}
STATES: list[tuple[Any, str]] = [
    ({"contact": []}, "contact is unknown; known are contacts, lists, journeys."),
    ({"contacts": {}}, "contacts must be an array, or null, got an object."),
    ({"contacts": [5]}, "contacts[0] must be an object, got the number 5."),
    ({"contacts": [{}]}, f"contacts[0] {NO_IDENTIFIER}"),
    ({"contacts": [{"contact_id": "p"}]}, f"contacts[0] {NO_IDENTIFIER}"),
    ({"contacts": [ADA, {"Title": "x"}]}, f"contacts[1] {NO_IDENTIFIER}"),
    ({"contacts": [ADA, {"Email": 5}]}, "contacts[1].Email must be a string, got the number 5."),
    ({"contacts": [{"user_id": "u"}] * 2}, "contacts[1].user_id stands twice: 'u'."),
    (
        {"contacts": [{"user_id": f"{n}", "contact_id": "p"} for n in range(2)]},
        "contacts[1].contact_id stands twice: 'p'.",
    ),
    (
        {"contacts": [{**ADA, "contact_id": "p"}, MERGED]},
        "contacts[1].contact_id stands twice: 'p'.",
    ),
    (
        contact(contact_id=""),
        "contacts[0].contact_id must be a string that is not empty, or null, got the string ''.",
    ),
    (
        contact(merged_contact_ids="p"),
        "contacts[0].merged_contact_ids must be an array, or null, got the string 'p'.",
    ),
    (contact(created_at="x"), f"contacts[0].created_at {TIME}"),
    (contact(updated_at="x"), f"contacts[0].updated_at {TIME}"),
    (
        contact(api_originated="yes"),
        "contacts[0].api_originated must be true or false, got the string 'yes'.",
    ),
    (contact(lists="l"), "contacts[0].lists must be an array, or null, got the string 'l'."),
    (contact(lists=[1]), "contacts[0].lists[0] must be a string, got the number 1."),
    (contact(lists=["l"]), "contacts[0].lists names 'l', which is not among the lists."),
    (
        contact(custom_fields={}),
        "contacts[0].custom_fields must be an array, or null, got an object.",
    ),
    (custom_field(kind="a"), "contacts[0].custom_fields[0].value is missing."),
    (
        custom_field(kind=5, value=1),
        "contacts[0].custom_fields[0].kind must be a string, got the number 5.",
    ),
    (
        custom_field(kind="n", value=1, fieldType="x"),
        f"contacts[0].custom_fields[0].fieldType must be one of {', '.join(CUSTOM_TYPES)}.",
    ),
    ({"lists": [{"list_id": "l"}]}, "lists[0].title is missing."),
    ({"lists": [NEW, NEW]}, "lists[1].list_id stands twice: 'l'."),
    ({"lists": [{**NEW, "y": 1}]}, "lists[0].y is unknown; known are list_id, title."),
    (
        {"lists": [{**NEW, "list_id": ""}]},
        "lists[0].list_id must be a string that is not empty, got the string ''.",
    ),
    ({"journeys": [{"name": "x"}]}, "journeys[0].trigger_id is missing."),
    ({"journeys": [{"x": "x"}]}, f"journeys[0].x is unknown; {JOURNEY_PARTS}"),
    (journey(colour=1), f"journeys[0].colour is unknown; {JOURNEY_PARTS}"),
    ({"journeys": [{"trigger_id": "x"}] * 2}, "journeys[1].trigger_id stands twice: 'x'."),
    (
        {"journeys": [{"trigger_id": one, "journey_id": "campaign_1"} for one in ("a", "b")]},
        "journeys[1].journey_id stands twice: 'campaign_1'.",
    ),
    (
        journey(trigger_id="/"),
        "journeys[0].trigger_id must stand in a path: it may hold no slash.",
    ),
    (
        journey(name=""),
        "journeys[0].name must be a string that is not empty, or null, got the string ''.",
    ),
    (journey(entries=[{}]), "journeys[0].entries[0].contact_id is missing."),
    (journey(entries=[{"x": 1}]), f"journeys[0].entries[0].x is unknown; {ENTRY_PARTS}"),
    (
        entry(properties=[]),
        "journeys[0].entries[0].properties must be an object, got an array.",
    ),
    (entry(entered_at="x"), f"journeys[0].entries[0].entered_at {TIME}"),
    (
        entry(ejected_at=5),
        "journeys[0].entries[0].ejected_at must be a string, or null, got the number 5.",
    ),
    (entry(ejected_at="x"), f"journeys[0].entries[0].ejected_at {TIME}"),
]


@pytest.mark.parametrize(("state", "message"), STATES)
def test_a_wrong_state_is_refused_with_the_reason_and_changes_nothing(
    control: Call, account: AccountView, state: Any, message: str
) -> None:
    account.seed({"contacts": [ADA]})
    before = account.state
    with pytest.raises(ApiError) as caught:
        account.seed(state)
    refused = control("PUT", "state", state)
    assert refused.status_code == 400
    assert str(caught.value) == refused.json()["message"] == message
    assert account.state == before
