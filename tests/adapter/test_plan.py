"""From a message to its calls."""

import json
from copy import deepcopy
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from adapter import (
    EnterJourney,
    InvalidMessage,
    Settings,
    UpsertContact,
    plan,
)
from tests.adapter.support import (
    BASE,
    SETTINGS,
    contact,
    journey,
    noted,
    track,
)


def track_event(event: str = "Step Activated", **fields: Any) -> dict[str, Any]:
    return {"type": "track", "event": event, "userId": "u", **fields}


def test_the_seeds_identify() -> None:
    message = {
        "type": "identify",
        "userId": "12091906-01011992",
        "traits": {"name": "John Joe", "email": "john.doe@example.com"},
    }
    (call,) = plan(message, SETTINGS).calls
    assert isinstance(call, UpsertContact)
    assert (call.path, call.body) == (
        "contact",
        {
            "contact": {
                "Email": "john.doe@example.com",
                "user_id": "12091906-01011992",
                "FirstName": "John",
                "LastName": "Joe",
            }
        },
    )


def test_the_seeds_track() -> None:
    planned = plan(track_event(properties={"property": "test"}), SETTINGS)
    assert contact(planned) == {"user_id": "u"}
    assert journey(planned).path_for("person_1") == "trigger/step_activated/contact/person_1"
    assert journey(planned).body == {"property": {"property": "test"}}


def test_the_fields_of_a_contact_come_in_one_order() -> None:
    message = {
        "type": "identify",
        "anonymousId": "a",
        "userId": 7,
        "traits": {"plan": "pro", "phone": "1", "email": "a@example.com"},
    }
    assert list(contact(plan(message, SETTINGS))) == [
        "Email", "user_id", "anonymous_id", "Phone", "custom",
    ]  # fmt: skip


def test_a_message_that_identifies_nobody_is_left_for_the_account_to_reject() -> None:
    assert contact(plan({"type": "identify", "anonymousId": "a"}, SETTINGS)) == {
        "anonymous_id": "a"
    }
    planned = plan({"type": "track", "event": "E"}, SETTINGS)
    assert contact(planned) == {}
    assert len(planned.calls) == 2


def test_a_journey_is_that_of_the_event_else_the_default_else_the_events_name() -> None:
    settings = Settings("key", BASE, journeys={"Signed Up": "0001"}, default_trigger="0002")
    assert journey(plan(track_event("Signed Up"), settings)).trigger_id == "0001"
    assert journey(plan(track_event("signed up"), settings)).trigger_id == "0002"
    assert journey(plan(track_event("Signed Up"), SETTINGS)).trigger_id == "signed_up"


def test_an_event_of_which_no_trigger_id_can_be_made_is_rejected_with_the_fix() -> None:
    planned = plan(track_event("!!!"), SETTINGS)
    assert planned.calls == ()
    assert planned.rejected == "No trigger id can be made of the event '!!!': map it in journeys"
    assert (
        journey(plan(track_event("!!!"), Settings("key", BASE, journeys={"!!!": "1"}))).trigger_id
        == "1"
    )


def test_a_trigger_id_and_a_contact_id_are_one_segment_of_the_path_each() -> None:
    call = EnterJourney("a/b ü?", {})
    assert call.path_for("p#1/2") == "trigger/a%2Fb%20%C3%BC%3F/contact/p%231%2F2"


def test_properties_go_whole_and_as_they_are() -> None:
    properties = {"n": None, "f": 5.0, "o": {"x": [1, None]}, "plan": "pro", "name": "Ann Lee"}
    planned = plan(track_event(properties=properties), SETTINGS)
    assert journey(planned).properties == properties
    assert type(journey(planned).properties["f"]) is float
    assert planned.notes == ()


def test_a_plan_keeps_its_properties_when_the_message_changes() -> None:
    message = track_event(properties={"o": {"x": 1}})
    planned = plan(message, SETTINGS)
    message["properties"]["o"]["x"] = 2
    assert journey(planned).properties == {"o": {"x": 1}}


def test_the_address_that_identifies_is_not_a_property_too() -> None:
    properties = {"email": " a@example.com", "EMAIL": "a@example.com", "e_mail": "b@example.com"}
    planned = plan(track_event(properties=properties), SETTINGS)
    assert contact(planned)["Email"] == "a@example.com"
    assert journey(planned).properties == {"e_mail": "b@example.com"}


def test_an_address_that_cannot_identify_stays_a_property() -> None:
    assert journey(plan(track_event(properties={"email": None}), SETTINGS)).properties == {
        "email": None
    }


def test_a_new_address_in_the_properties_is_the_contacts() -> None:
    properties = {"email": "a@example.com", "_NewEmail": "b@example.com"}
    planned = plan(track_event(properties=properties), SETTINGS)
    assert contact(planned) == {
        "Email": "a@example.com",
        "user_id": "u",
        "_NewEmail": "b@example.com",
    }
    assert journey(planned).properties == {}


def test_the_contexts_traits_of_a_track_are_the_contacts() -> None:
    context = {"traits": {"email": "a@example.com", "first_name": "Ann", "plan": None}}
    planned = plan(track_event(context=context), SETTINGS)
    assert contact(planned) == {"Email": "a@example.com", "user_id": "u", "FirstName": "Ann"}
    assert noted(planned) == [("null", "context.traits.plan")]


@pytest.mark.parametrize("kind", ["page", "screen"])
def test_pages_and_screens_never_cause_a_call(kind: str) -> None:
    planned = plan({"type": kind, "userId": "u", "integrations": {"AutopilotHQ": True}}, SETTINGS)
    assert planned.calls == ()
    assert planned.filtered is not None
    for words in ("page views, form submissions, Headsup", "tracking code", "does not imitate"):
        assert words in planned.filtered


@pytest.mark.parametrize("kind", ["group", "alias"])
def test_groups_and_aliases_never_cause_a_call(kind: str) -> None:
    planned = plan({"type": kind, "userId": "u"}, SETTINGS)
    assert planned.calls == ()
    assert planned.filtered == "only identify and track calls are sent to Autopilot"


@pytest.mark.parametrize(
    ("integrations", "on"),
    [
        (None, True),
        ({}, True),
        ({"All": True}, True),
        ({"All": False}, False),
        ({"AutopilotHQ": False}, False),
        ({"All": True, "AutopilotHQ": False}, False),
        ({"All": False, "AutopilotHQ": True}, True),
        ({"All": False, "AutopilotHQ": {}}, True),
        ({"AutopilotHQ": {"a": 1}}, True),
        ({"All": False, "autopilothq": True}, False),
        ({"autopilothq": False}, True),
        ({"Autopilot": False, "Mixpanel": False}, True),
        ({"all": False}, True),
        ({"AutopilotHQ": None}, True),
        ({"AutopilotHQ": "false"}, True),
        ({"AutopilotHQ": 0}, True),
        ({"All": None}, True),
        ({"All": 0}, True),
        ({"All": False, "AutopilotHQ": None}, False),
        ({"All": False, "AutopilotHQ": "true"}, False),
        ({"All": False, "AutopilotHQ": 1}, False),
    ],
)
@pytest.mark.parametrize("kind", ["identify", "track"])
def test_the_integrations_object(kind: str, integrations: Any, on: bool) -> None:
    planned = plan({"type": kind, "event": "E", "integrations": integrations}, SETTINGS)
    assert bool(planned.calls) is on
    assert (planned.filtered is None) is on


def test_a_message_is_filtered_before_its_identifiers_or_journey_matter() -> None:
    planned = plan({"type": "track", "event": "!!!", "integrations": {"All": False}}, SETTINGS)
    assert planned.rejected is None
    assert planned.filtered is not None


def test_calls_can_be_read() -> None:
    planned = plan(track_event(properties={"property": "tést"}), SETTINGS)
    assert [str(call) for call in planned.calls] == [
        'POST contact {"contact": {"user_id": "u"}}',
        'POST trigger/step_activated/contact/{contact_id} {"property": {"property": "tést"}}',
    ]


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=6),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=6), inner),
    max_leaves=8,
)
MESSAGES = st.fixed_dictionaries(
    {"type": st.sampled_from(["identify", "track", "page", "group", "nonsense"])},
    optional={
        "userId": JSON,
        "anonymousId": JSON,
        "integrations": JSON,
        "traits": st.dictionaries(
            st.sampled_from(["email", "name", "company", "address", "Phone", "_NewEmail", "x"]),
            JSON,
        ),
        "properties": st.dictionaries(st.text(max_size=6), JSON),
        "context": JSON | st.fixed_dictionaries({"traits": JSON}),
        "event": st.text(),
    },
)


@given(MESSAGES | JSON)
def test_any_json_is_planned_or_is_an_invalid_message_and_is_never_changed(message: Any) -> None:
    before = deepcopy(message)
    try:
        planned = plan(message, SETTINGS)
    except InvalidMessage as error:
        str(error).encode()
        return
    finally:
        assert repr(message) == repr(before)
    for call in planned.calls:
        json.dumps(call.body, ensure_ascii=False, allow_nan=False).encode()


def test_only_what_is_on_the_contact_is_taken_from_the_properties() -> None:
    sent_by = {"email": "a@example.com", "sender": "a@example.com", "n": 1, "_NewEmail": "b@e"}
    planned = plan(track(**sent_by), SETTINGS)
    assert journey(planned).properties == {"sender": "a@example.com", "n": 1}
    planned = plan(track(_NewEmail=None, n=1), SETTINGS)
    assert journey(planned).properties == {"_NewEmail": None, "n": 1}
