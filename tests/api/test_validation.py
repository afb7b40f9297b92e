"""Errors of msgspec in JSON's words: which field, what it must be, what was given."""

from typing import Any

import pytest
from msgspec import Struct

from mock_autopilot import AccountView, ApiError
from mock_autopilot.account.validation import convert


class Inner(Struct, forbid_unknown_fields=True):
    """A struct within another."""

    n: str | None = None
    b: str | bool | None = None


class Outer(Struct, forbid_unknown_fields=True):
    """A struct with fields of several types."""

    inner: Inner | None = None
    many: list[Inner] = []
    names: dict[str, str] = {}


@pytest.mark.parametrize(
    ("value", "message"),
    [
        (5, "The body must be an object, got the number 5."),
        ({"inner": {"n": 1.5}}, "inner.n must be a string, or null, got the number 1.5."),
        (
            {"inner": {"b": []}},
            "inner.b must be a string or true or false, or null, got an array.",
        ),
        ({"many": [{}, {"n": []}]}, "many[1].n must be a string, or null, got an array."),
        ({"names": {5: "x"}}, "names has a key that is not a string."),
        ({"inner": {"x": 1}}, "inner.x is unknown; known are n, b."),
        # Names that look like the end of one of msgspec's messages.
        (
            {"a - at `$.inner.x": 1, "inner": {}},
            "a - at `$.inner.x is unknown; known are inner, many, names.",
        ),
        (
            {"a - at `$.inner[0]": 1, "inner": [1]},
            "a - at `$.inner[0] is unknown; known are inner, many, names.",
        ),
        (
            {"a - at `$.inner[0]": 1, "inner": 5},
            "a - at `$.inner[0] is unknown; known are inner, many, names.",
        ),
        (
            {"inner": {"a - at `$.inner": 1}},
            "inner.a - at `$.inner is unknown; known are n, b.",
        ),
    ],
)
def test_an_error_names_the_field_and_what_it_must_be(value: Any, message: str) -> None:
    with pytest.raises(ApiError) as error:
        convert(value, Outer)
    assert error.value.message == message


def test_a_header_name_of_a_fault_that_is_no_text(account: AccountView) -> None:
    with pytest.raises(ApiError, match=r"^headers has a key that is not a string\.$"):
        account.fail_next(503, headers={5: "x"})  # type: ignore[dict-item]  # the wrong type is the point
