"""When a value that arrived is the value that was sent."""

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
    if isinstance(expected, int | float) and isinstance(arrived, int | float):
        return expected == arrived
    return type(expected) is type(arrived) and bool(expected == arrived)


def matching(
    contacts: Iterable[dict[str, Any]], identifiers: Mapping[str, str]
) -> list[dict[str, Any]]:
    """Give the contacts that have all of these identifiers, in any letter case."""
    return [
        contact
        for contact in contacts
        if all(str(contact.get(name)).lower() == v.lower() for name, v in identifiers.items())
    ]


def named(contact: dict[str, Any], name: str) -> Any:
    """Give a contact's value under a trait's name: its custom field, or its field of that name.

    White space of a name becomes `--` on the way in, and a space on the way out.
    """
    wanted = re.sub(r"\s", " ", name)
    for field in contact["custom_fields"]:
        if field["kind"] == wanted:
            return field["value"]
    return contact.get(name, Missing())
