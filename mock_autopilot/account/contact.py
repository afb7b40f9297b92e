"""A stored contact: what an update or a merge makes of it, and its document.

Pure: plain values in, plain values out. A contact is never changed in place: what changes it
returns another one. Which stored contact a body means is decided in `upsert`.
"""

from collections.abc import Iterator, Mapping
from typing import TypeVar

from msgspec import Struct
from msgspec.structs import replace

from mock_autopilot.account import call_warnings as warn
from mock_autopilot.account.call_warnings import CallWarning
from mock_autopilot.account.contact_body import ContactUpdate, CustomField
from mock_autopilot.account.effects import FieldChange, changes

Value = TypeVar("Value")


class Contact(Struct, frozen=True, kw_only=True):
    """One stored contact. Times are ISO-8601 texts of whole seconds.

    `updated_at` is None as long as nothing beside its address was ever given. `api_originated` is
    false for a contact that something else than the API made (a state can say so). `merged_ids`
    are those of contacts that were merged into this one: they go on naming it.
    """

    contact_id: str
    created_at: str
    updated_at: str | None = None
    api_originated: bool = True
    fields: Mapping[str, object] = {}
    custom: Mapping[str, CustomField] = {}
    lists: tuple[str, ...] = ()
    merged_ids: tuple[str, ...] = ()

    @property
    def email(self) -> str | None:
        """The address as it was last written, or None."""
        return self.fields.get("Email")  # type: ignore[return-value]  # checked on the way in

    @property
    def user_id(self) -> str | None:
        """The user id, or None."""
        return self.fields.get("user_id")  # type: ignore[return-value]  # checked on the way in

    @property
    def ids(self) -> tuple[str, ...]:
        """All ids that name it."""
        return (self.contact_id, *self.merged_ids)


def apply(contact: Contact, update: ContactUpdate, now: str) -> tuple[Contact, list[FieldChange]]:
    """Return the contact with an update written onto it, and what that changed.

    Given fields overwrite, absent ones stay (`doc`). The early edition excepts the names and the
    address from overwriting (`doc`); later clients rename contacts freely (`client`), and so do we.
    Recorded contacts have `updated_at` as soon as something beside their address was given, and
    not before (`observed`).
    """
    identifiers = {"Email": update.new_email or update.email, "user_id": update.user_id}
    given = {name: value for name, value in identifiers.items() if value}
    changed = [
        *changes(contact.fields, given),
        *changes(contact.fields, update.fields),
        *_custom_changes(contact.custom, update.custom),
    ]
    lists = contact.lists
    if update.list_id and update.list_id not in lists:
        lists = (*lists, update.list_id)
    is_new = contact.updated_at is None and not contact.fields
    touched = update.says_more_than_its_address or (changed and not is_new)
    written = replace(
        contact,
        fields=_overwritten(contact.fields, {**given, **update.fields}),
        custom=_overwritten(contact.custom, update.custom),
        lists=lists,
        updated_at=now if touched else contact.updated_at,
    )
    return written, changed


def _overwritten(
    stored: Mapping[str, Value], given: Mapping[str, Value | None]
) -> Mapping[str, Value]:
    """Return what is stored with what is given over it; None removes."""
    if not given:
        return stored
    merged = {**stored, **given}
    return {name: value for name, value in merged.items() if value is not None}


def _custom_changes(
    stored: Mapping[str, CustomField], given: Mapping[str, CustomField | None]
) -> Iterator[FieldChange]:
    """Yield the changes of values, and of types where the value stays."""
    for kind, new in given.items():
        old = stored.get(kind)
        before = {kind: old.value} if old else {}
        yield from changes(before, {kind: new.value if new else None}, "custom_fields.")
        if old and new and old.type != new.type:
            yield FieldChange(f"custom_fields.{kind}.fieldType", old.type, new.type)


def unsubscribed(contact: Contact, now: str) -> tuple[Contact, tuple[FieldChange, ...]]:
    """Return the contact marked as unsubscribed, and what that changed."""
    given = {"unsubscribed": True}
    changed = tuple(changes(contact.fields, given))
    return replace(contact, fields={**contact.fields, **given}, updated_at=now), changed


def merge(winner: Contact, loser: Contact, now: str) -> tuple[Contact, list[FieldChange]]:
    """Return the winner with another contact merged into it, and what that changed of it.

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
    merged = replace(
        winner,
        fields={**winner.fields, **gained},
        custom={**winner.custom, **gained_custom},
        lists=tuple(dict.fromkeys((*winner.lists, *loser.lists))),
        created_at=min(winner.created_at, loser.created_at),
        updated_at=now,
        merged_ids=(*winner.merged_ids, *loser.ids),
    )
    return merged, changed


def type_changes(contact: Contact, update: ContactUpdate) -> list[CallWarning]:
    """Return a warning for each custom field that the update would give another type.

    JSON does not tell a float from a whole number, so a change between these is none.
    """
    return [
        warn.CUSTOM_TYPE_CHANGED(f"{update.path}.custom", kind=kind, old=old.type)
        for kind, new in update.custom.items()
        if new
        and (old := contact.custom.get(kind))
        and old.type != new.type
        and not (old.type in _NUMBERS and new.type in _NUMBERS)
    ]


_NUMBERS = ("integer", "float")


def says_nothing(contact: Contact | None, update: ContactUpdate) -> bool:
    """Return whether the contact, with this update, would have nothing but its identifiers."""
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
