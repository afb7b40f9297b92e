"""What a call says of a contact: check it, take it apart, and doubt it.

Pure: nothing is known here of the contacts that are stored.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from difflib import get_close_matches

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
from mock_autopilot.jsonbody import describe, wrong_type


@dataclass(frozen=True, slots=True)
class CustomField:
    """A custom field's value with its type, one of `fields.CUSTOM_TYPES`."""

    type: str
    value: object


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


MOST_HINTS = 20
"""Unknown names of one call for which a near known one is looked for."""


def check(
    body: object, path: str = "contact", warnings: list[CallWarning] | None = None
) -> ContactUpdate:
    """Check a `contact` object and take it apart; `path` is how errors name it.

    Warnings are added to the call's, when those are given. Raises `ApiError` (400, `ours`) that
    names the field when a value has the wrong type. Whether the contact is identified at all is
    asked by `require_identifier`.
    """
    if not isinstance(body, dict):
        raise wrong_type(path, "an object", body)
    update = ContactUpdate(path, warnings=[] if warnings is None else warnings)
    for name, value in body.items():
        _check_field(update, name, value)
    return update


def _check_field(update: ContactUpdate, name: str, value: object) -> None:
    path = f"{update.path}.{name}"
    known = FIELDS.get(name)
    if known is None:
        # Looking for near names takes its time: a body full of unknown ones is not looked through.
        hint = _did_you_mean(name, FIELDS) if len(update.warnings) < MOST_HINTS else ""
        update.warnings.append(warn.UNKNOWN_FIELD(path, hint=hint))
        update.fields[name] = value
        return
    if known.role is Role.READ_ONLY:
        update.warnings.append(warn.READ_ONLY(path))
        return
    if not _accepted(value, known.accepts):
        raise wrong_type(path, known.accepts.value, value)
    if known.accepts is Accepts.ID and is_number(value):
        value = id_text(value)
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


def require_identifier(update: ContactUpdate, *, bulk: bool) -> None:
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


def unknown_keys(body: Mapping[str, object], known: Iterable[str]) -> list[CallWarning]:
    """Warn of the keys of a call's body that the call does not take."""
    known = tuple(known)
    unknown = [name for name in body if name not in known]
    return [
        warn.UNKNOWN_BODY_FIELD(name, hint=_did_you_mean(name, known) if at < MOST_HINTS else "")
        for at, name in enumerate(unknown)
    ]


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


def id_text(value: object) -> str:
    """Write an identifier as text: the number 5.0 is `5`."""
    return str(int(value) if isinstance(value, float) and value.is_integer() else value)


def _did_you_mean(name: str, known: Iterable[str]) -> str:
    folded = {candidate.lower(): candidate for candidate in known}
    near = get_close_matches(name.lower(), folded, n=1, cutoff=0.75)
    return f"; did you mean {folded[near[0]]}?" if near else ""
