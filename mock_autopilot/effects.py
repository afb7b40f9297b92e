"""What a call changed in its account. The account notes it as it writes; the call's record has it.

All of it is `ours`: the live API told nothing of the kind.
"""

from collections.abc import Iterable, Mapping
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


@dataclass(slots=True)
class Effects:
    """All that one call changed, each kind in the order in which it happened.

    An update that says what is there already changes nothing and is not listed.
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

    def to_json(self) -> dict[str, Any]:
        """Return the form in which the control calls show it: every kind, empty ones too."""
        return asdict(self)


def changes(
    before: Mapping[str, Any], given: Mapping[str, Any], prefix: str = ""
) -> Iterable[FieldChange]:
    """Name the fields that writing `given` over `before` changes; None as a value removes one."""
    for name, after in given.items():
        old = before.get(name)
        # True equals 1 for Python, and 1 equals 1.0: for JSON the first two differ.
        if old != after or isinstance(old, bool) is not isinstance(after, bool):
            yield FieldChange(f"{prefix}{name}", old, after)


def combined(changed: Iterable[FieldChange]) -> list[FieldChange]:
    """Make one change of several of the same field; leave out what ended as it began."""
    by_field: dict[str, FieldChange] = {}
    for change in changed:
        first = by_field.get(change.field, change)
        by_field[change.field] = FieldChange(change.field, first.before, change.after)
    return [one for one in by_field.values() if one.before != one.after]
