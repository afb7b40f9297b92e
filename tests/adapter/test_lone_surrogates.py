"""Text with a lone surrogate, which UTF-8 cannot encode."""

from typing import Any

import pytest

from adapter import InvalidMessage, plan
from tests.adapter.support import LONE_SURROGATE as HALF
from tests.adapter.support import SETTINGS, contact, identify, journey, noted, track


@pytest.mark.parametrize(
    ("traits", "custom", "path"),
    [
        ({"bio": f"hi {HALF}", "n": 1}, {"integer--n": 1}, "traits.bio"),
        ({f"b{HALF}": 1, "n": 1}, {"integer--n": 1}, r"traits.b\ud83d"),
        ({"a": {"b": HALF, "c": 2}}, {"integer--a.c": 2}, "traits.a.b"),
        ({"a": {"b": {HALF: 1, "d": 3}}}, {"integer--a.b.d": 3}, r"traits.a.b.\ud83d"),
        ({"tags": ["ok", HALF], "n": 1}, {"integer--n": 1}, "traits.tags"),
        ({"tags": [[{"a": [HALF]}], "ok"], "n": 1}, {"integer--n": 1}, "traits.tags"),
        (
            {"a": {"tags": ["ok", {HALF: 1}], "n": 1}},
            {"integer--a.n": 1},
            "traits.a.tags",
        ),
        ({"phone": HALF, "n": 1}, {"integer--n": 1}, "traits.phone"),
        ({"name": f"Ada {HALF}", "n": 1}, {"integer--n": 1}, "traits.name"),
    ],
)
def test_a_trait_with_a_lone_surrogate_is_left_out_and_the_rest_goes(
    traits: dict[str, Any], custom: dict[str, Any], path: str
) -> None:
    planned = plan(identify(**traits), SETTINGS)
    assert contact(planned) == {"user_id": "u", "custom": custom}
    assert ("lone-surrogate", path) in noted(planned)
    for note in planned.notes:
        str(note).encode()


def test_a_property_with_a_lone_surrogate_is_left_out_and_the_rest_goes() -> None:
    planned = plan(track(a={"b": HALF, "c": [1, None]}, l=[HALF], n=None), SETTINGS)
    assert journey(planned).properties == {"a": {"c": [1, None]}, "n": None}
    assert noted(planned) == [
        ("lone-surrogate", "properties.a.b"),
        ("lone-surrogate", "properties.l"),
    ]


@pytest.mark.parametrize("make", [identify, track])
def test_the_traits_of_the_context_are_treated_in_the_same_way(make: Any) -> None:
    message = {**make(), "context": {"traits": {"x": HALF, "y": 1}}}
    planned = plan(message, SETTINGS)
    assert contact(planned)["custom"] == {"integer--y": 1}
    assert ("lone-surrogate", "context.traits.x") in noted(planned)


def test_an_address_with_a_lone_surrogate_is_missing() -> None:
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
def test_in_an_events_name_or_an_id_it_makes_the_message_invalid(
    message: dict[str, Any], field: str
) -> None:
    with pytest.raises(InvalidMessage, match=rf"^{field} contains a lone surrogate"):
        plan(message, SETTINGS)
