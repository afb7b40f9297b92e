"""Stored contacts: write an update onto one, merge two, render the document.

Pure: plain values in, plain values out. Which stored contact a body means is decided by
`mock_autopilot.account`, which knows them all.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from mock_autopilot import call_warnings as warn
from mock_autopilot.call_warnings import CallWarning
from mock_autopilot.contact_update import ContactUpdate, CustomField


@dataclass(slots=True)
class Contact:
    """One stored contact. Times are ISO-8601 texts with milliseconds and `Z`."""

    contact_id: str
    created_at: str
    updated_at: str
    fields: dict[str, object] = field(default_factory=dict)
    custom: dict[str, CustomField] = field(default_factory=dict)
    lists: list[str] = field(default_factory=list)
    merged_ids: list[str] = field(default_factory=list)
    """Ids of contacts that were merged into this one: they go on naming it."""

    @property
    def email(self) -> str | None:
        """The address as it was last written, or None."""
        return self.fields.get("Email")  # type: ignore[return-value]  # checked at the door

    @property
    def user_id(self) -> str | None:
        """The user id, or None."""
        return self.fields.get("user_id")  # type: ignore[return-value]  # checked at the door


def apply(contact: Contact, update: ContactUpdate, now: str) -> None:
    """Write an update onto a contact: given fields overwrite, absent ones stay (`doc`).

    The early edition excepts the names and the address from overwriting (`doc`); later clients
    rename contacts freely (`client`), and so do we.
    """
    if email := update.new_email or update.email:
        contact.fields["Email"] = email
    if update.user_id:
        contact.fields["user_id"] = update.user_id
    _overwrite(contact.fields, update.fields)
    _overwrite(contact.custom, update.custom)
    if update.list_id and update.list_id not in contact.lists:
        contact.lists.append(update.list_id)
    contact.updated_at = now


def _overwrite(stored: dict[str, Any], given: Mapping[str, Any]) -> None:
    for name, value in given.items():
        if value is None:
            stored.pop(name, None)
        else:
            stored[name] = value


def merge(winner: Contact, loser: Contact) -> None:
    """Merge a contact into the one that wins; its id goes on naming the winner.

    `help` says that the one with the e-mail address wins. That the loser fills the winner's gaps,
    and that the older `created_at` stays, is `ours`.
    """
    winner.fields = {**loser.fields, **winner.fields}
    winner.custom = {**loser.custom, **winner.custom}
    winner.lists += [list_id for list_id in loser.lists if list_id not in winner.lists]
    if loser.fields.get("unsubscribed"):  # nobody is written to again because of a merge (`ours`)
        winner.fields["unsubscribed"] = True
    winner.created_at = min(winner.created_at, loser.created_at)
    winner.merged_ids += [loser.contact_id, *loser.merged_ids]


def type_changes(contact: Contact, update: ContactUpdate) -> list[CallWarning]:
    """Say which custom fields the update would give another type than they have.

    JSON does not tell a float from a whole number, so a change between these is none.
    """
    numbers = {"integer", "float"}
    return [
        warn.CUSTOM_TYPE_CHANGED(f"{update.path}.custom", kind=kind, old=old.type)
        for kind, new in update.custom.items()
        if new
        and (old := contact.custom.get(kind))
        and old.type != new.type
        and not {old.type, new.type} <= numbers
    ]


def says_nothing(contact: Contact | None, update: ContactUpdate) -> bool:
    """Say whether the contact, with this update, would be nothing but its identifier."""
    return not (
        update.fields.keys() - {"anonymous_id"}
        or update.custom
        or update.list_id
        or (contact and (contact.custom or contact.fields.keys() - _IDENTIFYING))
    )


_IDENTIFYING = {"Email", "user_id", "anonymous_id"}


def render(contact: Contact) -> dict[str, object]:
    """Give the contact's document as the API answers it."""
    fields = contact.fields
    document: dict[str, object] = {"contact_id": contact.contact_id, **fields}
    name = " ".join(str(part) for part in (fields.get("FirstName"), fields.get("LastName")) if part)
    if name:
        document["Name"] = name
    document["custom_fields"] = [
        {"kind": kind, "value": custom.value, "fieldType": custom.type, "deleted": False}
        for kind, custom in contact.custom.items()
    ]
    document["lists"] = list(contact.lists)
    document["created_at"] = contact.created_at
    document["updated_at"] = contact.updated_at
    document["api_originated"] = True
    document["type"] = "contact"
    return document
