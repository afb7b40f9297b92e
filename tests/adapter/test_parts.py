"""Which part of a message is carried, and what of it UTF-8 cannot carry."""

from typing import Any

import pytest

from adapter import EnterJourney, InvalidMessage, Plan, UpsertContact, plan
from tests.adapter.support import SETTINGS, identify, noted, track

HALF = "\ud83d"


def contact(planned: Plan) -> dict[str, Any]:
    call = planned.calls[0]
    assert isinstance(call, UpsertContact)
    return call.contact


def properties(planned: Plan) -> dict[str, Any]:
    call = planned.calls[1]
    assert isinstance(call, EnterJourney)
    return call.properties


# --- an identify's traits ---------------------------------------------------------------------


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


def test_what_is_wrong_with_them_is_said_of_where_they_stand() -> None:
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
        *[("b@example.com", "other-address"), ("A@example.com", "other-address")],
        *[(5, "identifier-type"), ("n/a", "placeholder"), (" ", "blank-identifier")],
        *[("a@example.com", ""), (None, "")],
    ],
)
def test_a_second_address_in_an_identifys_context_is_noted(there: object, note: str) -> None:
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


# --- a track ----------------------------------------------------------------------------------


@pytest.mark.parametrize("key", ["unsubscribed", "Unsubscribed", "UNSUBSCRIBED", "un_subscribed"])
@pytest.mark.parametrize("value", [False, True, "false", 0])
def test_an_event_resubscribes_and_unsubscribes_nobody(key: str, value: object) -> None:
    planned = plan({**track(), "context": {"traits": {key: value, "plan": "pro"}}}, SETTINGS)
    assert contact(planned) == {"user_id": "u", "custom": {"string--plan": "pro"}}
    assert noted(planned) == [("track-unsubscribed", f"context.traits.{key}")]


def test_a_property_called_unsubscribed_arrives_with_the_event() -> None:
    planned = plan(track(unsubscribed=False), SETTINGS)
    assert properties(planned) == {"unsubscribed": False}
    assert contact(planned) == {"user_id": "u"}


def test_the_property_that_identifies_is_told_where_it_went() -> None:
    planned = plan(track(email="a@example.com", _NewEmail="b@example.com", n=1), SETTINGS)
    assert properties(planned) == {"n": 1}
    assert [str(note) for note in planned.notes] == [
        "properties.email is sent as Email of the contact, not with the event",
        "properties._NewEmail is sent as _NewEmail of the contact, not with the event",
    ]


# --- half a surrogate pair --------------------------------------------------------------------


@pytest.mark.parametrize(
    ("traits", "custom", "path"),
    [
        ({"bio": f"hi {HALF}", "n": 1}, {"integer--n": 1}, "traits.bio"),
        ({f"b{HALF}": 1, "n": 1}, {"integer--n": 1}, r"traits.b\ud83d"),
        ({"a": {"b": HALF, "c": 2}}, {"integer--a.c": 2}, "traits.a.b"),
        ({"a": {"b": {HALF: 1, "d": 3}}}, {"integer--a.b.d": 3}, r"traits.a.b.\ud83d"),
        ({"tags": ["ok", HALF], "n": 1}, {"integer--n": 1}, "traits.tags"),
        ({"tags": [[{"a": [HALF]}], "ok"], "n": 1}, {"integer--n": 1}, "traits.tags"),
        ({"a": {"tags": ["ok", {HALF: 1}], "n": 1}}, {"integer--a.n": 1}, "traits.a.tags"),
        ({"phone": HALF, "n": 1}, {"integer--n": 1}, "traits.phone"),
        ({"name": f"Ada {HALF}", "n": 1}, {"integer--n": 1}, "traits.name"),
    ],
)
def test_a_trait_with_half_a_character_is_left_out_and_the_rest_goes(
    traits: dict[str, Any], custom: dict[str, Any], path: str
) -> None:
    planned = plan(identify(**traits), SETTINGS)
    assert contact(planned) == {"user_id": "u", "custom": custom}
    assert ("lone-surrogate", path) in noted(planned)
    for note in planned.notes:
        str(note).encode()


def test_a_property_with_half_a_character_is_left_out_and_the_rest_goes() -> None:
    planned = plan(track(a={"b": HALF, "c": [1, None]}, l=[HALF], n=None), SETTINGS)
    assert properties(planned) == {"a": {"c": [1, None]}, "n": None}
    assert noted(planned) == [
        ("lone-surrogate", "properties.a.b"),
        ("lone-surrogate", "properties.l"),
    ]


@pytest.mark.parametrize("make", [identify, track])
def test_in_the_contexts_traits_it_is_the_same(make: Any) -> None:
    message = {**make(), "context": {"traits": {"x": HALF, "y": 1}}}
    planned = plan(message, SETTINGS)
    assert contact(planned)["custom"] == {"integer--y": 1}
    assert ("lone-surrogate", "context.traits.x") in noted(planned)


def test_an_address_with_half_a_character_is_missing() -> None:
    planned = plan(identify(email=f"a{HALF}@example.com"), SETTINGS)
    assert contact(planned) == {"user_id": "u"}
    assert noted(planned) == [("lone-surrogate", "traits.email")]


@pytest.mark.parametrize(
    ("message", "field"),
    [
        ({**track(), "event": f"E{HALF}"}, "event"),
        (identify(f"u{HALF}"), "userId"),
        ({**identify(), "anonymousId": HALF}, "anonymousId"),
    ],
)
def test_in_an_events_name_or_an_id_it_is_no_message(message: dict[str, Any], field: str) -> None:
    with pytest.raises(InvalidMessage, match=rf"^{field} contains a lone surrogate"):
        plan(message, SETTINGS)


@pytest.mark.parametrize(
    ("value", "path"),
    [
        (float("nan"), "traits.a"),
        ({"b": [float("inf")]}, "traits.a.b[0]"),
        ([1, {"c": 10**400}], "traits.a[1].c"),
        ([{"b": float("-inf"), HALF: 1}], "traits.a[0].b"),
    ],
)
def test_a_number_that_json_has_not_stays_an_error(value: object, path: str) -> None:
    with pytest.raises(InvalidMessage) as caught:
        plan(identify(a=value), SETTINGS)
    assert caught.value.field == path
