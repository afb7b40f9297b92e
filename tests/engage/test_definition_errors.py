"""What is wrong with a definition is reported with its place and the fix."""

import json
from codecs import BOM_UTF16
from datetime import timedelta
from typing import Any

import pytest

from adapter.engage import InvalidSpace
from adapter.engage.scenario import read_scenario
from tests.engage.definitions import ADA, ada, at, definition, scenario

MEMBERS = {"name": "VIP"}
CONDITION = {"name": "Gold", "when": {"trait": "plan"}}
AUDIENCES = {"audiences": [MEMBERS, CONDITION]}
NOT_UTC = "must say its time zone, as 2026-01-31T12:00:00Z does"
NO_TIME = "must be a time such as 2026-01-31T12:00:00Z"
ONE_THING = "needs one of `track`, `traits`, `enter`, `leave` and `gain`"
TAKEN = "already belongs to another profile: a profile is one user"
SAME_KEY = "have the same key a: rename one of them"
DEEP = "is nested deeper than 64 levels: send it flatter"
IS_THE_ADDRESS = "which is the e-mail address: rename it"
YEARS = "must be between the years 1900 and 2999"


def deep(levels: int) -> Any:
    return [deep(levels - 1)] if levels else 1


def when(**condition: Any) -> dict[str, Any]:
    return {"audiences": [{"name": "A", "when": condition}]}


def change(**parts: Any) -> dict[str, Any]:
    return {**AUDIENCES, "changes": [ada(1, **parts)]}


def trait(**parts: Any) -> dict[str, Any]:
    return {"computed_traits": [{"key": "a", **parts}]}


@pytest.mark.parametrize(
    ("parts", "expected"),
    [
        ({"start": "2026-01-01"}, f"start {NO_TIME}"),
        ({"start": "2026-01-01T00:00:00"}, f"start {NOT_UTC}"),
        ({"start": 5}, "start must be `datetime`, got `int`"),
        ({"start": "0001-01-01T00:00:00+05:00"}, f"the definition start {YEARS}"),
        ({"days": 0}, "days must be `float` > 0.0"),
        ({"days": 1e300}, "days must be `float` <= 36500.0"),
        ({"seed": "x"}, "seed must be `int`, got `str`"),
        ({"space_id": " "}, "space_id must not be blank"),
        ({"audience": []}, "the definition has the unknown field `audience`"),
        ({"audiences": None}, "audiences must be `array`, got `null`"),
    ],
)
def test_the_top_level(parts: dict[str, Any], expected: str) -> None:
    refused(parts, expected)


@pytest.mark.parametrize(
    ("profiles", "expected"),
    [
        ([{}], "profiles[0]: a profile has no identifier: give it a user id or an address"),
        (
            [ADA, {"user_ids": ["u", "ada"]}],
            f"profiles[1]: userId 'ada' {TAKEN}",
        ),
        (
            [{"emails": ["A@example.com"]}, {"emails": ["a@EXAMPLE.com"]}],
            f"profiles[1]: email 'a@EXAMPLE.com' {TAKEN}",
        ),
        ([{"user_ids": "ada"}], "profiles[0].user_ids must be `array`, got `str`"),
        ([{"user_ids": [7]}], "profiles[0].user_ids[0] must be `str`, got `int`"),
        ([{"emails": ["a@b.c", " "]}], "profiles[0].emails[1] must not be blank"),
        ([{"email": "a@b.c"}], "profiles[0] has the unknown field `email`"),
        (
            [{**ADA, "traits": {"x": [10**400]}}],
            "profiles[0] traits.x[0] is too large a number for JSON: send it as text",
        ),
    ],
)
def test_profiles(profiles: list[Any], expected: str) -> None:
    refused({"profiles": profiles}, expected)


@pytest.mark.parametrize(
    ("parts", "expected"),
    [
        ({"audiences": [{}]}, "audiences[0] lacks the field `name`"),
        (
            {"audiences": [{"name": "B"}, {"name": "-b-"}]},
            "audiences[1]: audience 'B' and audience '-b-' have the same key b: rename one of them",
        ),
        (
            {"audiences": [{"name": "A"}], **trait(count={"event": "E"})},
            f"computed_traits[0]: audience 'A' and computed trait 'a' {SAME_KEY}",
        ),
        (
            {"audiences": [{"name": "E-Mail"}]},
            f"audiences[0]: audience 'E-Mail' has the key e_mail, {IS_THE_ADDRESS}",
        ),
        (
            {"audiences": [{"name": "A", "members": ["eve"]}]},
            "audiences[0]: profile 'eve' is not in this space: add it first",
        ),
        (
            {"audiences": [{"name": "A", "form": "page"}]},
            "audiences[0].form must be `identify` or `track`, not 'page'",
        ),
        (
            {"audiences": [{**CONDITION, "members": ["ada"]}]},
            "audiences[0] takes either `when` or `members`",
        ),
        (
            {"audiences": [{"name": "A", "created_at": "9999-12-31T23:00:00Z"}]},
            f"audiences[0] created_at {YEARS}",
        ),
        (when(), "audiences[0].when needs either `event` or `trait`"),
        (when(event="E", trait="t"), "audiences[0].when needs either `event` or `trait`"),
        (when(event=""), "audiences[0].when.event must not be blank"),
        (when(event="E", equals=1), "audiences[0].when `equals` goes with `trait`"),
        (
            when(trait="t", at_least=2),
            "audiences[0].when `within_days` and `at_least` go with `event`",
        ),
        (when(event="E", at_least=0), "audiences[0].when.at_least must be `int` >= 1"),
        (
            when(event="E", within_days=1e9),
            "audiences[0].when.within_days must be `float` <= 36500.0",
        ),
        (
            when(trait="t", equals=deep(65)),
            f"audiences[0].when equals{'[0]' * 65} {DEEP}",
        ),
        (trait(), "computed_traits[0] needs one of `count`, `sum` and `last`"),
        (
            trait(count={"event": "E"}, last={"event": "E", "property": "p"}),
            "computed_traits[0] needs one of `count`, `sum` and `last`",
        ),
        (trait(sum={"event": "E"}), "computed_traits[0].sum lacks the field `property`"),
        (
            {"computed_traits": [{"key": "orderCount", "count": {"event": "E"}}]},
            "computed_traits[0]: computed trait 'orderCount' must be in snake_case: order_count",
        ),
    ],
)
def test_computations(parts: dict[str, Any], expected: str) -> None:
    refused(parts, expected)


@pytest.mark.parametrize(
    ("parts", "expected"),
    [
        (change(), f"changes[0] {ONE_THING}"),
        (change(track="E", enter="VIP"), f"changes[0] {ONE_THING}"),
        (change(track=" "), "changes[0].track must not be blank"),
        (change(enter=""), "changes[0].enter must not be blank"),
        (change(enter="VIPs"), "changes[0]: audience 'VIPs' is not in this space: add it first"),
        (
            change(leave="Gold"),
            "changes[0]: audience 'Gold' has a condition, which decides its members",
        ),
        (change(gain={}), "changes[0] `traits` and `gain` must not be empty"),
        (change(traits={}), "changes[0] `traits` and `gain` must not be empty"),
        (change(enter="VIP", properties={"a": 1}), "changes[0] `properties` go with `track`"),
        (
            change(track="E", properties={"a": deep(64)}),
            f"changes[0] properties.a{'[0]' * 64} {DEEP}",
        ),
        (
            {"changes": [ada(1, track="E"), {"at": at(1), "profile": "eve", "track": "E"}]},
            "changes[1]: profile 'eve' is not in this space: add it first",
        ),
        ({"changes": [{**ada(1, track="E"), "at": "2026-01-02T00:00:00"}]},
         f"changes[0].at {NOT_UTC}"),
        ({"changes": [{**ada(1, track="E"), "at": "2026-02-30T00:00:00Z"}]},
         f"changes[0].at {NO_TIME}"),
        ({"changes": [{**ada(1, track="E"), "at": "1899-12-31T23:59:59Z"}]},
         f"changes[0] at {YEARS}"),
        (change(traits={"a": deep(64)}), f"changes[0] traits.a{'[0]' * 64} {DEEP}"),
        (
            {
                "profiles": [ADA, {"user_ids": ["bob"]}],
                "changes": [
                    {"at": at(9), "profile": "bob", "gain": {"emails": ["x@example.com"]}},
                    ada(1, gain={"emails": ["X@example.com"]}),
                ],
            },
            f"changes[1]: email 'X@example.com' {TAKEN}",
        ),
    ],
)  # fmt: skip
def test_changes(parts: dict[str, Any], expected: str) -> None:
    refused(parts, expected)


@pytest.mark.parametrize(
    ("raw", "expected"),
    [
        ("", "is not JSON: Expecting value at line 1, column 1"),
        ('{\n "start": }', "is not JSON: Expecting value at line 2, column 11"),
        ('{"days": NaN}', "is not JSON: it contains NaN, Infinity or a lone surrogate"),
        ('{"space_id": "\\ud800"}', "is not JSON: it contains NaN, Infinity or a lone surrogate"),
        ('{"space_id": "\ud800"}', "is not UTF-8: surrogates not allowed"),
        (b'{"space_id": "\xff"}', "is not UTF-8: invalid start byte"),
        (BOM_UTF16 + "{}".encode("utf-16-le"), "is not UTF-8: invalid start byte"),
        ("[]", "must be `object`, got `array`"),
        ("{}", "lacks the field `start`"),
        (json.dumps(definition(profiles=[{"traits": {"x": 0}}])).replace("0}", "[" * 9999),
         "is nested too deep"),
    ],
)  # fmt: skip
def test_other_files(raw: str | bytes, expected: str) -> None:
    with pytest.raises(InvalidSpace) as caught:
        read_scenario(raw)
    assert str(caught.value).startswith(f"the definition {expected}")


def test_a_hundred_years_are_not_too_many() -> None:
    read = read_scenario(json.dumps(definition()), days=36_500)
    assert read.until - read.start == timedelta(days=36_500)


@pytest.mark.parametrize("days", [0, -1, 36_501, float("nan"), float("inf")])
def test_invalid_days(days: float) -> None:
    with pytest.raises(InvalidSpace, match=r"^days must be more than 0, and 36500 at most$"):
        read_scenario(json.dumps(definition()), days=days)


def refused(parts: dict[str, Any], expected: str) -> None:
    with pytest.raises(InvalidSpace) as caught:
        scenario(**parts)
    assert str(caught.value) == expected
