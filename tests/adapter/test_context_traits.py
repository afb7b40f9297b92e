"""Which traits and properties of a message are sent with the contact."""

from typing import Any

import pytest

from adapter import plan
from tests.adapter.support import SETTINGS, contact, identify, journey, noted, track


@pytest.mark.parametrize("own", [{}, {"traits": None}, {"traits": {}}, {"traits": []}])
def test_without_traits_an_identify_has_those_of_its_context(own: dict[str, Any]) -> None:
    traits = {"plan": "gold", "email": "ada@example.com", "firstName": "Ada", "unsubscribed": True}
    message = {"type": "identify", **own, "context": {"traits": traits}}
    planned = plan(message, SETTINGS)
    assert contact(planned) == {
        "Email": "ada@example.com",
        "FirstName": "Ada",
        "unsubscribed": True,
        "custom": {"string--plan": "gold"},
    }
    assert ("context-traits-used", "context.traits") in noted(planned)


def test_notes_about_them_have_their_path_in_the_context() -> None:
    message = {**identify(), "context": {"traits": {"plan": None, "phone": True}}}
    assert noted(plan(message, SETTINGS)) == [
        ("context-traits-used", "context.traits"),
        ("cannot-hold", "context.traits.phone"),
        ("null", "context.traits.plan"),
    ]


def test_with_traits_an_identify_leaves_those_of_its_context_out() -> None:
    there = {"plan": "old", "score": 5, "same": [1], "true": 1, "email": "a@example.com"}
    traits: dict[str, Any] = {"plan": "gold", "same": [1], "true": True, "email": "a@example.com"}
    planned = plan({**identify(**traits), "context": {"traits": there}}, SETTINGS)
    assert "integer--score" not in contact(planned)["custom"]
    assert contact(planned)["custom"]["string--plan"] == "gold"
    assert [path for kind, path in noted(planned) if kind == "context-trait"] == [
        "context.traits.plan",
        "context.traits.score",
        "context.traits.true",
    ]


@pytest.mark.parametrize(
    ("there", "note"),
    [
        ("b@example.com", "other-address"),
        ("A@example.com", "other-address"),
        (5, "identifier-type"),
        ("n/a", "placeholder"),
        (" ", "blank-identifier"),
        ("a@example.com", ""),
        (None, ""),
    ],
)
def test_another_address_in_an_identifys_context_is_noted(there: object, note: str) -> None:
    context = {"traits": {"email": there}}
    planned = plan({**identify(email="a@example.com"), "context": context}, SETTINGS)
    assert contact(planned)["Email"] == "a@example.com"
    assert noted(planned) == ([(note, "context.traits.email")] if note else [])


def test_a_second_address_of_a_track_is_a_custom_field() -> None:
    context = {"traits": {"email": "b@example.com"}}
    planned = plan({**track(email="a@example.com"), "context": context}, SETTINGS)
    assert contact(planned)["custom"] == {"string--email": "b@example.com"}
    assert ("field-taken", "context.traits.email") in noted(planned)


@pytest.mark.parametrize(
    ("message", "part"),
    [
        ({**identify(), "properties": {"plan": "pro"}}, "properties"),
        ({**track(), "traits": {"plan": "pro"}}, "traits"),
    ],
)
def test_a_part_that_belongs_to_the_other_type_is_noted(message: dict[str, Any], part: str) -> None:
    planned = plan(message, SETTINGS)
    assert "custom" not in contact(planned)
    assert noted(planned) == [("unused-part", part)]


@pytest.mark.parametrize("key", ["unsubscribed", "Unsubscribed", "UNSUBSCRIBED", "un_subscribed"])
@pytest.mark.parametrize("value", [False, True, "false", 0])
def test_an_event_does_not_change_the_subscription(key: str, value: object) -> None:
    planned = plan({**track(), "context": {"traits": {key: value, "plan": "pro"}}}, SETTINGS)
    assert contact(planned) == {"user_id": "u", "custom": {"string--plan": "pro"}}
    assert noted(planned) == [("track-unsubscribed", f"context.traits.{key}")]


def test_a_property_called_unsubscribed_arrives_with_the_event() -> None:
    planned = plan(track(unsubscribed=False), SETTINGS)
    assert journey(planned).properties == {"unsubscribed": False}
    assert contact(planned) == {"user_id": "u"}


def test_a_property_that_identifies_is_sent_with_the_contact_and_noted() -> None:
    planned = plan(track(email="a@example.com", _NewEmail="b@example.com", n=1), SETTINGS)
    assert journey(planned).properties == {"n": 1}
    assert [str(note) for note in planned.notes] == [
        "properties.email is sent as Email of the contact, not with the event",
        "properties._NewEmail is sent as _NewEmail of the contact, not with the event",
    ]
