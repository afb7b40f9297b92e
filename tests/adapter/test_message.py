"""Which messages are valid."""

import math
import pickle
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import pytest

from adapter import (
    InvalidMessage,
    plan,
)
from tests.adapter.support import (
    LONE_SURROGATE,
    SETTINGS,
    identify,
)


def with_traits(traits: object) -> dict[str, Any]:
    return {"type": "identify", "userId": "u", "traits": traits}


@pytest.mark.parametrize("kind", ["identify", "page", "screen", "group", "alias"])
def test_only_the_type_is_required(kind: str) -> None:
    plan({"type": kind}, SETTINGS)


def test_null_is_the_same_as_absent() -> None:
    plan({"type": "identify", "traits": None, "context": None, "integrations": None}, SETTINGS)
    plan({"type": "track", "event": "E", "properties": None, "context": {"traits": None}}, SETTINGS)


def test_unknown_fields_and_odd_ids_are_fine() -> None:
    plan({"type": "identify", "userId": {"a": 1}, "anonymousId": None, "x": object()}, SETTINGS)


@pytest.mark.parametrize(
    ("message", "field", "text"),
    [
        (None, "message", "message must be an object, got null"),
        ([], "message", "message must be an object, got a list"),
        ({}, "type", "type must be one of identify, track, page"),
        ({"type": "Identify"}, "type", "got 'Identify'"),
        ({"type": ["identify"]}, "type", "must be one of"),
        (with_traits([1]), "traits", "traits must be an object, got a list"),
        (with_traits("x"), "traits", "traits must be an object, got a string"),
        (with_traits(False), "traits", "traits must be an object, got a boolean"),
        ({"type": "identify", "context": 1}, "context", "must be an object, got a number"),
        ({"type": "identify", "context": {"traits": [1]}}, "context.traits", "must be an object"),
        ({"type": "identify", "integrations": [1]}, "integrations", "must be an object"),
        ({"type": "track", "event": "E", "properties": 0}, "properties", "must be an object"),
        ({"type": "track"}, "event", "must be the event's name"),
        ({"type": "track", "event": "  "}, "event", "must be the event's name"),
        ({"type": "track", "event": 7}, "event", "must be the event's name"),
        ({"type": "track", "event": "\ud800"}, "event", "a lone surrogate"),
        ({"type": "identify", "userId": "\ud800"}, "userId", "a lone surrogate"),
        ({"type": "identify", "userId": 10**400}, "userId", "too large"),
        (with_traits({"score": math.nan}), "traits.score", "traits.score is nan"),
        (with_traits({"a": {"b": [1, -math.inf]}}), "traits.a.b[1]", "is -inf"),
        (with_traits({"big": 10**400}), "traits.big", "too large"),
        (with_traits({1: 1}), "traits", "has the key 1: keys must be text"),
        (with_traits({"at": date(2024, 1, 1)}), "traits.at", "a date: send it as ISO 8601 text"),
        (with_traits({"at": datetime(2024, 1, 1, tzinfo=UTC)}), "traits.at", "a datetime: send"),
        (with_traits({"n": Decimal(1)}), "traits.n", "is a Decimal, not a JSON value"),
    ],
)
def test_the_error_names_the_field_and_the_fix(message: Any, field: str, text: str) -> None:
    with pytest.raises(InvalidMessage) as caught:
        plan(message, SETTINGS)
    assert caught.value.field == field
    assert text in str(caught.value)


def test_nesting_has_a_limit_and_an_endless_object_ends() -> None:
    nested: dict[str, Any] = {}
    for _ in range(64):
        nested = {"a": nested}
    plan(with_traits(nested), SETTINGS)
    with pytest.raises(InvalidMessage, match="deeper than 64"):
        plan(with_traits({"a": nested}), SETTINGS)
    endless: dict[str, Any] = {}
    endless["a"] = endless["b"] = endless
    with pytest.raises(InvalidMessage, match="deeper than 64"):
        plan(with_traits(endless), SETTINGS)


def test_the_error_survives_pickling() -> None:
    error = pickle.loads(pickle.dumps(InvalidMessage("traits", "must be an object")))
    assert str(error) == "traits must be an object"


@pytest.mark.parametrize(
    ("value", "path"),
    [
        (float("nan"), "traits.a"),
        ({"b": [float("inf")]}, "traits.a.b[0]"),
        ([1, {"c": 10**400}], "traits.a[1].c"),
        ([{"b": float("-inf"), LONE_SURROGATE: 1}], "traits.a[0].b"),
    ],
)
def test_a_number_that_json_cannot_express_is_an_error(value: object, path: str) -> None:
    with pytest.raises(InvalidMessage) as caught:
        plan(identify(a=value), SETTINGS)
    assert caught.value.field == path


def problem(message: Any) -> tuple[str, str]:
    with pytest.raises(InvalidMessage) as caught:
        plan(message, SETTINGS)
    return caught.value.field, caught.value.problem


def test_lists_have_the_limit_of_objects_and_an_endless_list_ends() -> None:
    nested: list[Any] = []
    for _ in range(63):
        nested = [nested]
    plan(identify(a=nested), SETTINGS)
    field, why = problem(identify(a=[nested]))
    assert field == "traits.a" + "[0]" * 64
    assert why == "is nested deeper than 64 levels: send it flatter"
    endless: list[Any] = []
    endless.append(endless)
    assert problem(identify(a=endless))[1] == why


def test_the_largest_number() -> None:
    plan(identify(n=2**1023 - 1, low=1 - 2**1023), SETTINGS)
    why = "is too large a number for JSON: send it as text"
    assert problem(identify(n=2**1023)) == ("traits.n", why)


@pytest.mark.parametrize(
    ("message", "field", "why"),
    [
        ({}, "type", "got nothing"),
        ({"type": "identify", "traits": (1,)}, "traits", "an object, got a list"),
        ({"type": "identify", "context": 1.5}, "context", "must be an object, got a number"),
        ({"type": "identify", "userId": float("nan")}, "userId", "is nan"),
        ({"type": "identify", "anonymousId": "\ud800"}, "anonymousId", "contains a lone surrogate"),
        (identify(a=(1, float("nan"))), "traits.a[1]", "is nan"),
        (identify(a=b"b"), "traits.a", "is a bytes"),
    ],
)
def test_invalid_messages(message: object, field: str, why: str) -> None:
    got_field, got = problem(message)
    assert got_field == field
    assert why in got
