"""Stored contacts: write an update onto one, merge two, render the document.

Pure: plain values in, plain values out. Which stored contact a body means is decided by
`mock_autopilot.account`, which knows them all.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from mock_autopilot.account import call_warnings as warn
from mock_autopilot.account.call_warnings import CallWarning
from mock_autopilot.account.contact_body import ContactUpdate, CustomField
from mock_autopilot.account.effects import FieldChange, changes


@dataclass(slots=True)
class Contact:
    """One stored contact. Times are ISO-8601 texts of whole seconds.

    `updated_at` is None as long as nothing beside its address was ever given. `api_originated` is
    false for a contact that something else than the API made (a state can say so).
    """

    contact_id: str
    created_at: str
    updated_at: str | None = None
    api_originated: bool = True
    fields: dict[str, object] = field(default_factory=dict)
    custom: dict[str, CustomField] = field(default_factory=dict)
    lists: list[str] = field(default_factory=list)
    merged_ids: list[str] = field(default_factory=list)
    """Ids of contacts that were merged into this one: they go on naming it."""

    @property
    def email(self) -> str | None:
        """The address as it was last written, or None."""
        return self.fields.get("Email")  # type: ignore[return-value]  # checked on the way in

    @property
    def user_id(self) -> str | None:
        """The user id, or None."""
        return self.fields.get("user_id")  # type: ignore[return-value]  # checked on the way in


@dataclass(frozen=True, slots=True)
class Page:
    """One page of contacts: their documents, how many there are in all, and how to go on."""

    documents: list[dict[str, object]]
    total: int
    bookmark: str | None


def apply(contact: Contact, update: ContactUpdate, now: str) -> list[FieldChange]:
    """Write an update onto a contact, and return what it changed.

    Given fields overwrite, absent ones stay (`doc`). The early edition excepts the names and the
    address from overwriting (`doc`); later clients rename contacts freely (`client`), and so do we.
    Recorded contacts have `updated_at` as soon as something beside their address was given, and
    not before (`observed`).
    """
    given = {"Email": update.new_email or update.email, "user_id": update.user_id}
    identifiers = {name: value for name, value in given.items() if value}
    changed = [
        *changes(contact.fields, identifiers),
        *changes(contact.fields, update.fields),
        *_custom_changes(contact.custom, update.custom),
    ]
    gained = bool(update.list_id) and update.list_id not in contact.lists
    is_new = contact.updated_at is None and not contact.fields
    contact.fields.update(identifiers)
    _overwrite(contact.fields, update.fields)
    _overwrite(contact.custom, update.custom)
    if update.list_id and gained:
        contact.lists.append(update.list_id)
    if update.says_more_than_its_address or (changed and not is_new):
        contact.updated_at = now
    return changed


def _overwrite(stored: dict[str, Any], given: Mapping[str, Any]) -> None:
    for name, value in given.items():
        if value is None:
            stored.pop(name, None)
        else:
            stored[name] = value


def _custom_changes(
    stored: Mapping[str, CustomField], given: Mapping[str, CustomField | None]
) -> Iterator[FieldChange]:
    """Name the changes of values, and of types where the value stays."""
    for kind, new in given.items():
        old = stored.get(kind)
        before, after = (None if one is None else one.value for one in (old, new))
        yield from changes({kind: before}, {kind: after}, "custom_fields.")
        if old and new and old.type != new.type:
            yield FieldChange(f"custom_fields.{kind}.fieldType", old.type, new.type)


def unsubscribe(contact: Contact, now: str) -> tuple[FieldChange, ...]:
    """Mark a contact as unsubscribed, and return what that changed."""
    given = {"unsubscribed": True}
    changed = tuple(changes(contact.fields, given))
    contact.fields.update(given)
    contact.updated_at = now
    return changed


def merge(winner: Contact, loser: Contact, now: str) -> list[FieldChange]:
    """Merge a contact into the one that wins, and return what that changes of the winner.

    The loser's id goes on naming the winner. `help` says that the one with the e-mail address
    wins. That the loser fills the winner's gaps, and that the older `created_at` stays, is `ours`.
    """
    gained = {name: v for name, v in loser.fields.items() if name not in winner.fields}
    if loser.fields.get("unsubscribed"):  # nobody is written to again because of a merge (`ours`)
        gained["unsubscribed"] = True
    gained_custom = {kind: v for kind, v in loser.custom.items() if kind not in winner.custom}
    changed = [
        *changes(winner.fields, gained),
        *_custom_changes(winner.custom, gained_custom),
    ]
    winner.fields.update(gained)
    winner.custom.update(gained_custom)
    winner.lists += [list_id for list_id in loser.lists if list_id not in winner.lists]
    winner.created_at = min(winner.created_at, loser.created_at)
    winner.updated_at = now
    winner.merged_ids += [loser.contact_id, *loser.merged_ids]
    return changed


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
    """Return the contact's document as the API answers it.

    Recorded documents decide which keys there are, and their order (`observed`): what the service
    makes stands behind the address, `contact_id` last; `custom_fields` and `lists` are absent when
    empty; `api_originated` stands only on contacts that the API made, `type` only on others. The
    order of the fields that no recording has is `ours`.
    """
    fields = contact.fields
    document: dict[str, object] = {}
    if "Email" in fields:
        document["Email"] = fields["Email"]
    document["created_at"] = contact.created_at
    if contact.updated_at:
        document["updated_at"] = contact.updated_at
    if contact.api_originated:
        document["api_originated"] = True
    else:
        document["type"] = "Contact"
    if contact.custom:
        document["custom_fields"] = [
            {"kind": kind, "value": custom.value, "fieldType": custom.type, "deleted": False}
            for kind, custom in contact.custom.items()
        ]
    if contact.lists:
        document["lists"] = list(contact.lists)
    first, last = fields.get("FirstName"), fields.get("LastName")
    if first or last:
        document["Name"] = " ".join(str(part) for part in (first, last) if part)
    for name in ("LastName", "FirstName"):
        if name in fields:
            document[name] = fields[name]
    document.update(fields)
    document["contact_id"] = contact.contact_id
    return document
