import math
import pickle
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import pytest

from adapter import InvalidMessage, plan
from tests.adapter.support import SETTINGS


def identify(traits: object) -> dict[str, Any]:
    return {"type": "identify", "userId": "u", "traits": traits}


@pytest.mark.parametrize("kind", ["identify", "page", "screen", "group", "alias"])
def test_a_type_is_all_that_most_messages_need(kind: str) -> None:
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
        (identify([1]), "traits", "traits must be an object, got a list"),
        (identify("x"), "traits", "traits must be an object, got a string"),
        (identify(False), "traits", "traits must be an object, got a boolean"),
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
        (identify({"score": math.nan}), "traits.score", "traits.score is nan"),
        (identify({"a": {"b": [1, -math.inf]}}), "traits.a.b[1]", "is -inf"),
        (identify({"big": 10**400}), "traits.big", "too large"),
        (identify({1: 1}), "traits", "has the key 1: keys must be text"),
        (identify({"at": date(2024, 1, 1)}), "traits.at", "a date: send it as ISO 8601 text"),
        (identify({"at": datetime(2024, 1, 1, tzinfo=UTC)}), "traits.at", "a datetime: send"),
        (identify({"n": Decimal(1)}), "traits.n", "is a Decimal, not a JSON value"),
    ],
)
def test_what_is_not_a_message_is_named_with_its_fix(message: Any, field: str, text: str) -> None:
    with pytest.raises(InvalidMessage) as caught:
        plan(message, SETTINGS)
    assert caught.value.field == field
    assert text in str(caught.value)


def test_nesting_has_a_limit_and_an_endless_object_ends() -> None:
    nested: dict[str, Any] = {}
    for _ in range(64):
        nested = {"a": nested}
    plan(identify(nested), SETTINGS)
    with pytest.raises(InvalidMessage, match="deeper than 64"):
        plan(identify({"a": nested}), SETTINGS)
    endless: dict[str, Any] = {}
    endless["a"] = endless["b"] = endless
    with pytest.raises(InvalidMessage, match="deeper than 64"):
        plan(identify(endless), SETTINGS)


def test_the_error_survives_pickling() -> None:
    error = pickle.loads(pickle.dumps(InvalidMessage("traits", "must be an object")))
    assert str(error) == "traits must be an object"
