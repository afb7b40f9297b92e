"""What matches an expected value, and what a difference says."""

from functools import partial
from typing import Any
from unittest.mock import ANY

import pytest
from dirty_equals import Contains, IsInt, IsPartialDict, IsStr
from hypothesis import given
from hypothesis import strategies as st

from mock_autopilot.assertions.matching import differences, leaves, unlikeness

JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text() | st.floats(allow_nan=False),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
)


def is_positive(value: Any) -> bool:
    if isinstance(value, str):
        raise TypeError("no number")
    return bool(value > 0)


class Near:
    """Compares itself, as a matcher does."""

    def __init__(self, number: float) -> None:
        self.number = number

    def __eq__(self, other: object) -> bool:
        return isinstance(other, float) and abs(self.number - other) < 0.1

    __hash__ = None  # type: ignore[assignment]  # it is equal to many


@given(value=JSON)
def test_every_value_matches_itself(value: Any) -> None:
    assert differences(value, value) == []


@pytest.mark.parametrize(
    ("expected", "got"),
    [
        ({"a": 1}, {"a": 1, "b": 2}),
        ({"a": {"b": 1}}, {"a": {"b": 1, "c": 2}, "d": 3}),
        ({}, {"a": 1}),
        ([1, {"a": 1}], [1, {"a": 1, "b": 2}]),
        ((1, 2), [1, 2]),
        (5, 5.0),
        (None, None),
        (IsInt, 5),
        (IsStr(regex="A.*"), "Ada"),
        ({"a": IsPartialDict(b=1)}, {"a": {"b": 1, "c": 2}}),
        (ANY, None),
        (Near(1.0), 1.05),
        (is_positive, 5),
        (partial(isinstance, 5), int),
        ("abc".startswith, "ab"),
        ([is_positive, IsStr], [1, "a"]),
    ],
)
def test_what_matches(expected: object, got: object) -> None:
    assert differences(expected, got) == []


@pytest.mark.parametrize(
    ("expected", "got", "told"),
    [
        ("Ann", "Anne", ["value: expected 'Ann', got 'Anne'"]),
        (True, 1, ["value: expected True, got 1"]),
        (0, False, ["value: expected 0, got False"]),
        ("5", 5, ["value: expected '5', got 5"]),
        ({"a": 1}, [], ["value: expected {'a': 1}, got []"]),
        ([1], {"a": 1}, ["value: expected [1], got {'a': 1}"]),
        ({"a": {"b": 1}}, {"a": {"b": 2}}, ["a.b: expected 1, got 2"]),
        ({"a": 1, "b": 2}, {"a": 2, "b": 1}, ["a: expected 1, got 2", "b: expected 2, got 1"]),
        ({"a": [1, {"b": 2}]}, {"a": [1, {"b": 3}]}, ["a[1].b: expected 2, got 3"]),
        ([1], [1, 2], ["value: expected [1], got [1, 2] (2 items, not 1)"]),
        ([1, 2], [1], ["value: expected [1, 2], got [1] (1 item, not 2)"]),
        ([1, 2], [2, 1], ["[0]: expected 1, got 2", "[1]: expected 2, got 1"]),
        ({"x": None}, {}, ["x: expected None, it is missing"]),
        ({"name": 1}, {"Name": 1}, ["name: expected 1, it is missing; did you mean Name?"]),
        (IsInt(gt=5), 5, ["value: expected IsInt(gt=5), got 5"]),
        (Contains("x"), ["y"], ["value: expected Contains('x'), got ['y']"]),
        (is_positive, -1, ["value: expected is_positive, got -1"]),
        (
            is_positive,
            "a",
            ["value: expected is_positive, got 'a' (TypeError: no number)"],
        ),
    ],
)
def test_what_differs_is_told_field_by_field(expected: Any, got: Any, told: list[str]) -> None:
    assert [*map(str, differences(expected, got))] == told


def test_a_lambda_is_told_with_its_place() -> None:
    (one,) = differences({"a": lambda value: value == 1}, {"a": 2})
    assert str(one).startswith("a: expected lambda at test_matching.py:")
    assert str(one).endswith(", got 2")


def test_a_predicate_without_a_name_is_told_as_it_shows_itself() -> None:
    class Even:
        def __call__(self, value: int) -> bool:
            return value % 2 == 0

        def __repr__(self) -> str:
            return "an even number"

    assert differences(Even(), 2) == []
    (one,) = differences(Even(), 3)
    assert str(one) == "value: expected an even number, got 3"


def test_a_predicate_may_assert() -> None:
    def is_one(value: object) -> bool:
        assert value == 1, "not one"
        return True

    assert differences(is_one, 1) == []
    (one,) = differences(is_one, 2)
    assert "(AssertionError: not one" in str(one)


def test_a_class_is_no_predicate() -> None:
    with pytest.raises(TypeError, match=r"a: the class str is no predicate; write lambda value: "):
        differences({"a": str}, {"a": "x"})
    with pytest.raises(TypeError, match=r"^value: the class int is no predicate; "):
        differences(int, 5)


@pytest.mark.parametrize(
    ("expected", "count"),
    [(1, 1), ({}, 1), ([], 1), ({"a": 1, "b": [2, 3, {"c": 4}]}, 4), ((1, 2), 2)],
)
def test_leaves_are_counted(expected: object, count: int) -> None:
    assert leaves(expected) == count


@pytest.mark.parametrize(
    ("expected", "got", "far"),
    [("ab", "ac", 0.5), ("ab", 5, 1), (5, 6, 1), ("x" * 100 + "a", "x" * 100 + "b", 0)],
)
def test_texts_may_be_nearly_alike(expected: object, got: object, far: float) -> None:
    (one,) = differences(expected, got)
    assert unlikeness(one) == far
