"""Check a call's `contact` object, and turn it into a `ContactUpdate` with warnings.

Pure: nothing is known here of the contacts that are stored.
"""

from collections.abc import Iterable, Mapping
from typing import Any

from msgspec import Struct

from mock_autopilot.account import call_warnings as warn
from mock_autopilot.account import errors
from mock_autopilot.account.call_warnings import MOST_HINTS, CallWarning, Warnings
from mock_autopilot.account.fields import (
    CUSTOM_TYPES,
    FIELDS,
    Accepts,
    Field,
    Role,
    custom_key_for,
    custom_type_of,
    date_value,
    fits,
    parse_custom_key,
    stored_value,
)
from mock_autopilot.account.similar import did_you_mean
from mock_autopilot.account.validation import as_object, describe, wrong_type


class CustomField(Struct, frozen=True):
    """A custom field's value with its type, one of `fields.CUSTOM_TYPES`."""

    type: str
    value: object


class ContactUpdate(Struct, frozen=True, kw_only=True):
    """What one `contact` object of a call says, checked. None as a value clears the field.

    `path` is how errors and warnings name the object.
    """

    path: str
    email: str | None = None
    new_email: str | None = None
    user_id: str | None = None
    contact_id: str | None = None
    list_id: str | None = None
    fields: Mapping[str, object] = {}
    custom: Mapping[str, CustomField | None] = {}

    @property
    def says_more_than_its_address(self) -> bool:
        """Whether anything is given beside the address (or contact id)."""
        return bool(self.user_id or self.new_email or self.list_id or self.fields or self.custom)


PLACEHOLDERS = frozenset({"null", "undefined", "none", "nan", "[object object]"})
"""What programs send as a user id for somebody who has none."""


def read_contact(
    body: object, path: str, warnings: Warnings, *, in_state: bool = False
) -> ContactUpdate:
    """Return what a `contact` object says; `path` is how errors name it.

    `in_state` is for a contact of a state, which may have what Autopilot makes. Raises `ApiError`
    (400, `ours`) that names the field when a value has the wrong type. Whether the contact is
    identified at all is asked by `require_identifier`.
    """
    identifiers: dict[str, str] = {}
    fields: dict[str, object] = {}
    custom: dict[str, CustomField | None] = {}
    for name, value in as_object(body, path, warnings).items():
        at = f"{path}.{name}"
        known = FIELDS.get(name)
        if known is None:
            hint = _field_hint(name, value) if warnings.take_hint() else ""
            warnings.add(warn.UNKNOWN_FIELD(at, hint=hint))
            fields[name] = value
            continue
        if known.role is Role.READ_ONLY or (known.role is Role.SERVICE and not in_state):
            if not in_state:
                warnings.add(warn.READ_ONLY(at))
            continue
        accepted = _accepted(at, value, known.accepts, warnings)
        if known.attribute:
            if text := _identifier(known, at, accepted, warnings):
                identifiers[known.attribute] = text
        elif known.role is Role.INSTRUCTION:
            custom = _custom(at, accepted, warnings)
        else:
            if accepted is None:
                warnings.add(warn.NULL(at))
            fields[name] = accepted
    return ContactUpdate(path=path, fields=fields, custom=custom, **identifiers)


def _field_hint(name: str, value: object) -> str:
    """Return what may be meant by an unknown field: a standard one, else a custom one."""
    typed = parse_custom_key(name).type is not None
    if not typed and (near := did_you_mean(name, FIELDS)):
        return near
    key = name if typed else custom_key_for(name, value)
    return f'; a custom field goes into custom: {{"custom": {{"{key}": …}}}}'


def _identifier(field: Field, path: str, value: object, warnings: Warnings) -> str:
    """Return the text of a field with an attribute of its own; empty when it counts as not given.

    These are the identifiers, `_NewEmail` and `_autopilot_list`.
    """
    if value is None:
        warnings.add(warn.NULL_IDENTIFIER(path))
        return ""
    text = str(value).strip()
    if not text:
        warnings.add(warn.BLANK(path))
    elif field.attribute in ("email", "new_email") and "@" not in text:
        warnings.add(warn.ADDRESS(path, value=text))
    elif field.attribute == "user_id" and text.lower() in PLACEHOLDERS:
        warnings.add(warn.PLACEHOLDER(path, value=text))
    return text


def _custom(path: str, keys: Any, warnings: Warnings) -> dict[str, CustomField | None]:
    """Return the custom fields by name; `keys` is the `custom` object, None when it was null."""
    if keys is None:
        warnings.add(warn.EMPTY(path))
        return {}
    fields: dict[str, CustomField | None] = {}
    for key, value in keys.items():
        at = f"{path}.{key}"
        parsed = parse_custom_key(key)
        if parsed.type is None:
            types = ", ".join(CUSTOM_TYPES)
            example = custom_key_for(key, value) if warnings.take_hint() else f"string--{key}"
            warnings.add(warn.CUSTOM_PREFIX(at, types=types, example=example))
        if not parsed.kind.strip():
            warnings.add(warn.CUSTOM_NAME(at))
        if parsed.kind in fields:
            warnings.add(warn.CUSTOM_TWICE(at, kind=parsed.kind))
        if value is None:
            warnings.add(warn.NULL(at))
            fields[parsed.kind] = None
            continue
        if parsed.type and not fits(value, parsed.type):
            warnings.add(warn.CUSTOM_VALUE(at, value=describe(value), type=parsed.type))
        if parsed.type == "date" and isinstance(value, str):
            value = date_value(value) or value
        fields[parsed.kind] = CustomField(parsed.type or custom_type_of(value), value)
    return fields


def require_identifier(update: ContactUpdate, *, has_contact_id: bool, bulk: bool) -> None:
    """Apply the identifier rule (`seed`): raise the 400 when there is no address and no user id.

    A `contact_id` that names a contact identifies too (`ours`): `has_contact_id` says so.
    """
    if update.email or update.user_id or has_contact_id:
        return
    if bulk:
        problem = errors.MISSING_IDENTIFIERS.message
        raise errors.MISSING_IDENTIFIERS_AT(field=update.path, problem=problem)
    raise errors.MISSING_IDENTIFIERS()


def unknown_keys(
    body: Mapping[str, object], known: Iterable[str], others: str | None = None
) -> list[CallWarning]:
    """Return a warning for each key of a call's body that the call does not take.

    `others` is the key of the object into which anything else goes, if there is one.
    """
    known = tuple(known)

    def hint(name: str) -> str:
        into = f'; it goes into {others}: {{"{others}": {{"{name}": …}}}}' if others else ""
        return did_you_mean(name, known) or into

    unknown = [name for name in body if name not in known]
    return [
        warn.UNKNOWN_BODY_FIELD(name, hint=hint(name) if at < MOST_HINTS else "")
        for at, name in enumerate(unknown)
    ]


def _accepted(path: str, value: object, accepts: Accepts, warnings: Warnings) -> object:
    """Return a value as its field stores it; warn when that is not what was given.

    null is no error anywhere: it clears a field, or counts as an identifier that is not given.
    """
    if value is None:
        return None
    if accepts is Accepts.OBJECT:
        return as_object(value, path, warnings)
    stored = stored_value(value, accepts)
    if stored is None:
        raise wrong_type(path, accepts.value, value)
    if accepts is Accepts.ID and stored is not value:
        warnings.add(warn.ID_NUMBER(path, value=stored))
    elif stored is not value:
        said = {"value": describe(value), "stored": describe(stored)}
        warnings.add(warn.ACCEPTED_AS(path, **said))
    return stored
