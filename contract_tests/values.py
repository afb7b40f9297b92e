"""When a value that arrived is the value that was sent."""

import math
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Missing:
    """Stands for a value that did not arrive."""

    def __repr__(self) -> str:
        return "nothing"


def same(expected: Any, arrived: Any) -> bool:
    """Compare as JSON does not tell apart: 5 and 5.0 are the same, true and 1 are not."""
    if isinstance(expected, dict) and isinstance(arrived, dict):
        return expected.keys() == arrived.keys() and all(
            same(value, arrived[key]) for key, value in expected.items()
        )
    if isinstance(expected, list) and isinstance(arrived, list):
        return len(expected) == len(arrived) and all(map(same, expected, arrived))
    if isinstance(expected, bool) or isinstance(arrived, bool):
        return expected is arrived
    if isinstance(expected, float) and isinstance(arrived, int):
        return expected == _float(arrived)  # 1.5e300 may be written with all its digits
    if isinstance(expected, int | float) and isinstance(arrived, int | float):
        return expected == arrived
    return type(expected) is type(arrived) and bool(expected == arrived)


def matching(
    contacts: Iterable[dict[str, Any]], identifiers: Mapping[str, str]
) -> list[dict[str, Any]]:
    """Give the contacts that have all of these identifiers; the letter case counts of a user id."""

    def told(name: str, value: object) -> str:
        return str(value).lower() if name == "Email" else str(value)

    return [
        contact
        for contact in contacts
        if all(told(name, contact.get(name)) == told(name, v) for name, v in identifiers.items())
    ]


def named(contact: dict[str, Any], name: str) -> Any:
    """Give a contact's value under a trait's name: its custom field, or its field of that name."""
    custom = _custom_field(contact, name)
    return custom["value"] if custom else contact.get(name, Missing())


def type_named(contact: dict[str, Any], name: str) -> str | None:
    """Give the type of a trait's custom field; None when there is no such field."""
    custom = _custom_field(contact, name)
    return custom["fieldType"] if custom else None


def _custom_field(contact: dict[str, Any], name: str) -> dict[str, Any] | None:
    kind = re.sub(r"\s", " ", name)  # white space goes in as --, and comes out as a space
    return next((field for field in contact["custom_fields"] if field["kind"] == kind), None)


def types(value: object) -> list[str]:
    """Give the types that a custom field of this value may have."""
    if isinstance(value, bool):
        return ["boolean"]
    if isinstance(value, int | float):
        return ["integer", "float"] if float(value).is_integer() else ["float"]
    dated = isinstance(value, str) and re.fullmatch(r"\d{4}-\d\d-\d\d(T.*)?", value)
    return ["string", "date"] if dated else ["string"]


def _float(number: int) -> float:
    try:
        return float(number)
    except OverflowError:
        return math.copysign(math.inf, number)
