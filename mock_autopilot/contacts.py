"""Contacts: check what a call says of one, merge it into the stored one, render the document.

Pure: plain values in, plain values out. Which stored contact a body means is decided by
`mock_autopilot.account`, which knows them all.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from difflib import get_close_matches
from typing import Any

from mock_autopilot import call_warnings as warn
from mock_autopilot import errors
from mock_autopilot.call_warnings import CallWarning
from mock_autopilot.fields import (
    CUSTOM_TYPES,
    FIELDS,
    Accepts,
    Role,
    custom_type_of,
    fits,
    is_number,
    parse_custom_key,
)


@dataclass(frozen=True, slots=True)
class CustomField:
    """A custom field's value with its type, one of `fields.CUSTOM_TYPES`."""

    type: str
    value: object


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


@dataclass(slots=True)
class ContactUpdate:
    """What one `contact` object of a call says, checked. None as a value clears the field."""

    path: str
    email: str | None = None
    new_email: str | None = None
    user_id: str | None = None
    contact_id: str | None = None
    list_id: str | None = None
    fields: dict[str, object] = field(default_factory=dict)
    custom: dict[str, CustomField | None] = field(default_factory=dict)
    warnings: list[CallWarning] = field(default_factory=list)


def check(
    body: object, path: str = "contact", warnings: list[CallWarning] | None = None
) -> ContactUpdate:
    """Check a `contact` object and take it apart; `path` is how errors name it.

    Warnings are added to the call's, when those are given. Raises `ApiError` (400, `ours`) that
    names the field when a value has the wrong type. Whether the contact is identified at all is
    asked by `require_identifier`.
    """
    if not isinstance(body, dict):
        raise errors.BAD_FIELD(field=path, problem=f"must be an object, got {describe(body)}.")
    update = ContactUpdate(path, warnings=[] if warnings is None else warnings)
    for name, value in body.items():
        _check_field(update, name, value)
    return update


def _check_field(update: ContactUpdate, name: str, value: object) -> None:
    path = f"{update.path}.{name}"
    known = FIELDS.get(name)
    if known is None:
        hint = _did_you_mean(name, FIELDS)
        update.warnings.append(warn.UNKNOWN_FIELD(path, hint=hint))
        update.fields[name] = value
        return
    if known.role is Role.READ_ONLY:
        update.warnings.append(warn.READ_ONLY(path))
        return
    if not _accepted(value, known.accepts):
        problem = f"must be {known.accepts.value}, got {describe(value)}."
        raise errors.BAD_FIELD(field=path, problem=problem)
    if known.accepts is Accepts.ID and is_number(value):
        value = _id_text(value)
        update.warnings.append(warn.ID_NUMBER(path, value=value))
    if known.role is Role.STORED:
        if value is None:
            update.warnings.append(warn.NULL(path))
        update.fields[name] = value
    elif name == "custom":
        _check_custom(update, path, value)
    else:
        _check_identity(update, name, path, value)


def _check_identity(update: ContactUpdate, name: str, path: str, value: object) -> None:
    """Take an identifier, `_NewEmail` or `_autopilot_list`: blank and null count as not given."""
    if value is None:
        update.warnings.append(warn.NULL_IDENTIFIER(path))
        return
    text = str(value).strip()
    if not text:
        update.warnings.append(warn.BLANK(path))
        return
    match name:
        case "Email":
            update.email = text
        case "_NewEmail":
            update.new_email = text
        case "user_id":
            update.user_id = text
        case "contact_id":
            update.contact_id = text
        case "_autopilot_list":
            update.list_id = text
    if name in ("Email", "_NewEmail") and "@" not in text:
        update.warnings.append(warn.ADDRESS(path, value=text))


def _check_custom(update: ContactUpdate, path: str, custom: object) -> None:
    if custom is None:
        update.warnings.append(warn.EMPTY(path))
        return
    assert isinstance(custom, dict)  # noqa: S101  # _accepted has seen to it
    for key, value in custom.items():
        at = f"{path}.{key}"
        parsed = parse_custom_key(key)
        if parsed.type is None:
            types = ", ".join(CUSTOM_TYPES)
            update.warnings.append(warn.CUSTOM_PREFIX(at, types=types, name=key))
        if not parsed.kind.strip():
            update.warnings.append(warn.CUSTOM_NAME(at))
        if parsed.kind in update.custom:
            update.warnings.append(warn.CUSTOM_TWICE(at, kind=parsed.kind))
        if value is None:
            update.warnings.append(warn.NULL(at))
            update.custom[parsed.kind] = None
            continue
        if parsed.type and not fits(value, parsed.type):
            said = describe(value)
            update.warnings.append(warn.CUSTOM_VALUE(at, value=said, type=parsed.type))
        update.custom[parsed.kind] = CustomField(parsed.type or custom_type_of(value), value)


def require_identifier(update: ContactUpdate, *, bulk: bool = False) -> None:
    """Apply the identifier rule (`seed`): raise the 400 when there is no address and no user id.

    A `contact_id` that names a contact identifies too (`ours`); the account drops one that does
    not before it asks.
    """
    if update.email or update.user_id or update.contact_id:
        return
    if bulk:
        problem = errors.MISSING_IDENTIFIERS.message
        raise errors.MISSING_IDENTIFIERS_AT(field=update.path, problem=problem)
    raise errors.MISSING_IDENTIFIERS()


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
    winner.created_at = min(winner.created_at, loser.created_at)
    winner.merged_ids += [loser.contact_id, *loser.merged_ids]


def type_changes(contact: Contact, update: ContactUpdate) -> list[CallWarning]:
    """Say which custom fields the update would give another type than they have."""
    return [
        warn.CUSTOM_TYPE_CHANGED(f"{update.path}.custom", kind=kind, old=old.type)
        for kind, new in update.custom.items()
        if new and (old := contact.custom.get(kind)) and old.type != new.type
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


def unknown_keys(body: Mapping[str, object], known: Iterable[str]) -> list[CallWarning]:
    """Warn of the keys of a call's body that the call does not take."""
    known = tuple(known)
    return [
        warn.UNKNOWN_BODY_FIELD(name, hint=_did_you_mean(name, known))
        for name in body
        if name not in known
    ]


def describe(value: object) -> str:
    """Name a JSON value for an error message, without repeating all of it."""
    match value:
        case None:
            return "null"
        case bool():
            return str(value).lower()
        case int() | float():
            return f"the number {value}" if abs(value) < 1e15 else "a number"
        case str():
            return f"the string {value!r}" if len(value) <= 40 else "a long string"
        case list():
            return "an array"
        case _:
            return "an object"


def _accepted(value: object, accepts: Accepts) -> bool:
    if value is None:
        return True  # clears a field, or counts as an identifier not given: never an error
    match accepts:
        case Accepts.TEXT:
            return isinstance(value, str)
        case Accepts.TEXT_OR_INTEGER:
            return isinstance(value, str | int) and not isinstance(value, bool)
        case Accepts.BOOLEAN:
            return isinstance(value, bool)
        case Accepts.ID:
            return isinstance(value, str) or is_number(value)
        case Accepts.OBJECT:
            return isinstance(value, dict)
        case Accepts.ANYTHING:
            return True


def _id_text(value: object) -> str:
    return str(int(value) if isinstance(value, float) and value.is_integer() else value)


def _did_you_mean(name: str, known: Iterable[str]) -> str:
    folded = {candidate.lower(): candidate for candidate in known}
    near = get_close_matches(name.lower(), folded, n=1, cutoff=0.8)
    return f"; did you mean {folded[near[0]]}?" if near else ""
