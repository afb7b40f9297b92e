"""What a call changed in its account; the record of the call shows it.

All of it is `ours`: the live API reported nothing of the kind.
"""

from collections.abc import Iterable, Mapping
from copy import deepcopy
from dataclasses import asdict, dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class FieldChange:
    """One field of a contact, before and after; None stands for a field that is not there.

    `field` is the name in the contact's document, or `custom_fields.<kind>`.
    """

    field: str
    before: Any
    after: Any


@dataclass(frozen=True, slots=True)
class ContactChange:
    """A contact that was created or updated, and each field that differs from before."""

    contact_id: str
    fields: tuple[FieldChange, ...]


@dataclass(frozen=True, slots=True)
class Merge:
    """A contact that is now part of another one: its id goes on naming that one."""

    contact_id: str
    into: str


@dataclass(frozen=True, slots=True)
class AddressChange:
    """A contact that has another address than before (None: it had none).

    Another letter case is no other address: it stands among the contact's fields alone.
    """

    contact_id: str
    before: str | None
    after: str


@dataclass(frozen=True, slots=True)
class JourneyChange:
    """An entry into a journey that was made, or has ended."""

    trigger_id: str
    contact_id: str


@dataclass(frozen=True, slots=True)
class ListChange:
    """A contact that was put on a list."""

    list_id: str
    contact_id: str


@dataclass(frozen=True, slots=True)
class Effects:
    """All that one call changed, each kind in the order in which it happened.

    An update that says what is there already changes nothing and is not listed. `a + b` is what
    two operations changed, one after the other.
    """

    contacts_created: tuple[ContactChange, ...] = ()
    contacts_updated: tuple[ContactChange, ...] = ()
    contacts_merged: tuple[Merge, ...] = ()
    contacts_deleted: tuple[str, ...] = ()
    """Ids of the contacts."""
    addresses_changed: tuple[AddressChange, ...] = ()
    entries_made: tuple[JourneyChange, ...] = ()
    entries_ended: tuple[JourneyChange, ...] = ()
    list_members_added: tuple[ListChange, ...] = ()

    def __bool__(self) -> bool:
        """Whether anything changed."""
        return any(getattr(self, name) for name in self.__slots__)

    def __add__(self, later: "Effects") -> "Effects":
        both = {name: getattr(self, name) + getattr(later, name) for name in self.__slots__}
        return Effects(**both)

    def to_json(self) -> dict[str, Any]:
        """Return the effects as control calls show them: every kind, empty ones too."""
        return asdict(self)


NO_EFFECTS = Effects()
"""Nothing changed."""


def changes(
    before: Mapping[str, Any], given: Mapping[str, Any], prefix: str = ""
) -> Iterable[FieldChange]:
    """Yield a change for each field that differs when `given` is written over `before`.

    None as a value removes a field.
    """
    for name, after in given.items():
        old = before.get(name)
        if old is not after and not _same(old, after):
            yield FieldChange(f"{prefix}{name}", _copied(old), _copied(after))


def combined(changed: Iterable[FieldChange]) -> list[FieldChange]:
    """Return one change for several of the same field, and none for what ended as it began."""
    by_field: dict[str, FieldChange] = {}
    for change in changed:
        first = by_field.get(change.field, change)
        by_field[change.field] = FieldChange(change.field, first.before, change.after)
    return [one for one in by_field.values() if not _same(one.before, one.after)]


def _same(one: object, other: object) -> bool:
    """Return whether two JSON values are the same. True equals 1 for Python, but not for JSON."""
    if isinstance(one, dict) and isinstance(other, dict):
        return one.keys() == other.keys() and all(_same(one[key], other[key]) for key in one)
    if isinstance(one, list) and isinstance(other, list):
        return len(one) == len(other) and all(map(_same, one, other))
    return one == other and isinstance(one, bool) is isinstance(other, bool)


def _copied(value: Any) -> Any:
    """Return a copy of a JSON value; what cannot be changed is its own."""
    return deepcopy(value) if isinstance(value, dict | list) else value
