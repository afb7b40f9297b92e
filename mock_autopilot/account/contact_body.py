"""What a call says of a contact: check it, take it apart, and doubt it.

Pure: nothing is known here of the contacts that are stored.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from difflib import get_close_matches

from mock_autopilot.account import call_warnings as warn
from mock_autopilot.account import errors
from mock_autopilot.account.call_warnings import CallWarning
from mock_autopilot.account.fields import (
    CUSTOM_TYPES,
    FIELDS,
    Accepts,
    Role,
    custom_type_of,
    date_value,
    fits,
    parse_custom_key,
    stored_value,
)
from mock_autopilot.account.json_text import as_object, describe, wrong_type


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

    @property
    def says_more_than_its_address(self) -> bool:
        """Whether anything beside the address (or contact id) that it has is given."""
        return bool(self.user_id or self.new_email or self.list_id or self.fields or self.custom)


PLACEHOLDERS = frozenset({"null", "undefined", "none", "nan", "[object object]"})
"""What programs send as a user id for somebody who has none."""
MOST_HINTS = 20
"""Unknown names of one call for which a near known one is looked for."""


def check(
    body: object,
    path: str = "contact",
    warnings: list[CallWarning] | None = None,
    *,
    in_state: bool = False,
) -> ContactUpdate:
    """Check a `contact` object and take it apart; `path` is how errors name it.

    Warnings are added to the call's, when those are given. `in_state` is for a contact of a state,
    which may say what Autopilot makes. Raises `ApiError` (400, `ours`) that names the field when a
    value has the wrong type. Whether the contact is identified at all is asked by
    `require_identifier`.
    """
    update = ContactUpdate(path, warnings=[] if warnings is None else warnings)
    for name, value in as_object(body, path, update.warnings).items():
        _check_field(update, name, value, in_state)
    return update


def _check_field(update: ContactUpdate, name: str, value: object, in_state: bool) -> None:
    path = f"{update.path}.{name}"
    known = FIELDS.get(name)
    if known is None:
        # Looking for near names takes its time: a body full of unknown ones is not looked through.
        hint = _did_you_mean(name, FIELDS) if len(update.warnings) < MOST_HINTS else ""
        update.warnings.append(warn.UNKNOWN_FIELD(path, hint=hint))
        update.fields[name] = value
        return
    if known.role is Role.READ_ONLY or (known.role is Role.SERVICE and not in_state):
        if not in_state:
            update.warnings.append(warn.READ_ONLY(path))
        return
    value = _accepted(path, value, known.accepts, update.warnings)
    if known.role in (Role.STORED, Role.SERVICE):
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
    elif name == "user_id" and text.lower() in PLACEHOLDERS:
        update.warnings.append(warn.PLACEHOLDER(path, value=text))


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
        if parsed.type == "date" and isinstance(value, str):
            value = date_value(value) or value
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


def _accepted(path: str, value: object, accepts: Accepts, warnings: list[CallWarning]) -> object:
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
        warnings.append(warn.ID_NUMBER(path, value=stored))
    elif stored is not value:
        said = {"value": describe(value), "stored": describe(stored)}
        warnings.append(warn.ACCEPTED_AS(path, **said))
    return stored


def _did_you_mean(name: str, known: Iterable[str]) -> str:
    folded = {candidate.lower(): candidate for candidate in known}
    near = get_close_matches(name.lower(), folded, n=1, cutoff=0.75)
    return f"; did you mean {folded[near[0]]}?" if near else ""
