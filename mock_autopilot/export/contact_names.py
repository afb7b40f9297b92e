"""Names for contact ids, which the fake makes anew in each run: `person_1`, `person_2`, ….

They stand in the order of creation, as in fixture cases. Pure.
"""

import re
from collections.abc import Callable, Iterable, Mapping
from typing import Any

from mock_autopilot.account.ids import CONTACT_PREFIX

_UUID = "[0-9A-F]{8}(?:-[0-9A-F]{4}){3}-[0-9A-F]{12}"
_MADE = re.compile(f"{CONTACT_PREFIX}{_UUID}", re.ASCII)
"""A contact's id as the fake makes it."""
NAME = re.compile(rf"{CONTACT_PREFIX}[1-9][0-9]*(?!\w)", re.ASCII)
"""A contact's name in place of its id."""


class ContactNames:
    """The names of contact ids, and back."""

    def __init__(self, contact_ids: Iterable[str] = ()) -> None:
        self._names: dict[str, str] = {}
        self._ids: dict[str, str] = {}
        for contact_id in contact_ids:
            self.add(contact_id)

    def add(self, contact_id: str) -> None:
        """Give the next name to a contact's id."""
        name = f"{CONTACT_PREFIX}{len(self._names) + 1}"
        self._ids[self._names.setdefault(contact_id, name)] = contact_id

    def of(self, contact_id: str) -> str:
        """Return the name of an id, also of one that a state gives and the fake did not make."""
        return self._names.get(contact_id, contact_id)

    def other(self, text: str) -> str | None:
        """Return the first name in a text, as it was sent, that stands for another id here."""
        return next((one for one in NAME.findall(text) if self._ids.get(one, one) != one), None)

    def put_names(self, text: str) -> str:
        """Return a text with names in place of the ids in it that the fake made."""
        return _MADE.sub(lambda found: self._names.get(found[0], found[0]), text)

    def put_ids(self, text: str) -> str:
        """Return a text with the ids of the names in it."""
        return NAME.sub(lambda found: self._ids.get(found[0], found[0]), text)


def ids_in_state(state: Mapping[str, Any]) -> list[str]:
    """Return the contact ids of a state in the order in which they are named."""
    contacts = state["contacts"]
    merged = (merged_id for one in contacts for merged_id in one["merged_contact_ids"])
    return [*(one["contact_id"] for one in contacts), *merged]


def map_texts(value: Any, change: Callable[[str], str]) -> Any:
    """Return a JSON value with every text in it changed, keys too."""
    match value:
        case str():
            return change(value)
        case dict():
            return {change(key): map_texts(inner, change) for key, inner in value.items()}
        case list() | tuple():
            return [map_texts(inner, change) for inner in value]
        case _:
            return value
