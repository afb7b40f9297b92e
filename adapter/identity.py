"""The identifiers of a message: e-mail address, user id, anonymous id."""

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from adapter.json_values import kind_of, shown
from adapter.message import Parts
from adapter.naming import number_text, spelling
from adapter.notes import (
    BLANK_IDENTIFIER,
    IDENTIFIER_TYPE,
    NUMBER_AS_TEXT,
    PLACEHOLDER,
    TRIMMED,
    USER_ID_IS_ADDRESS,
    Note,
)

#: What programs send in place of a missing user id, in any letter case (`ours`).
PLACEHOLDERS = frozenset({"null", "undefined", "none", "nan", "[object object]"})

_ADDRESS_PATTERN = re.compile(r"[^@\s]+@[^@\s]+\.[^@\s]+")


@dataclass(frozen=True)
class Identifiers:
    """The identifiers of a message; None for each that it does not have.

    The e-mail address or the user id identify a contact (`seed`). The anonymous id is sent too, but
    identifies nobody (`help`).
    """

    email: str | None = None
    user_id: str | None = None
    anonymous_id: str | None = None


def read_identifiers(parts: Parts, notes: list[Note]) -> Identifiers:
    """Return the identifiers of a message (`seed`).

    The e-mail address is `traits.email` (for a track `properties.email`), else
    `context.traits.email`, else the user id when it is an address (`ours`); the user id is
    `userId`. A blank, null, a placeholder or a value of another type counts as missing, and the
    next of these places is tried. Numbers are ids too, and become text. White space around a value
    is removed.
    """
    user_id = _id_at("userId", parts.user_id, notes, _is_not_placeholder)
    email = _email_in(parts.own_path, parts.own, notes)
    email = email or _email_in("context.traits", parts.context_traits, notes)
    if not email and user_id and _ADDRESS_PATTERN.fullmatch(user_id):
        notes.append(USER_ID_IS_ADDRESS("userId"))
        email = user_id
    return Identifiers(
        email=email,
        user_id=user_id,
        anonymous_id=_id_at("anonymousId", parts.anonymous_id, notes, bool),
    )


def is_email(key: str) -> bool:
    """Return whether a trait of that name is the e-mail address: `email`, `Email`, `EMAIL`."""
    return spelling(key) == "email"


def address(value: object) -> str | None:
    """Return an e-mail address as it is sent, or None if the value cannot be one."""
    return value.strip() if isinstance(value, str) and "@" in value else None


def address_at(path: str, value: object, notes: list[Note]) -> str | None:
    """Return the e-mail address at `path`, or None and a note that says why not."""
    return _identifier_at(path, value, notes, lambda text: "@" in text)


def id_text(value: object) -> str | None:
    """Return an id as text, or None if the value cannot be one."""
    if isinstance(value, str):
        return value.strip()
    if isinstance(value, bool) or not isinstance(value, int | float):
        return None
    return number_text(value)


def _email_in(path: str, traits: Mapping[str, Any], notes: list[Note]) -> str | None:
    found = (address_at(f"{path}.{key}", traits[key], notes) for key in _email_keys(traits))
    return next(filter(None, found), None)


def _email_keys(traits: Mapping[str, Any]) -> Iterator[str]:
    if "email" in traits:
        yield "email"
    yield from (key for key in traits if key != "email" and is_email(key))


def _id_at(
    path: str, value: object, notes: list[Note], usable: Callable[[str], bool]
) -> str | None:
    if isinstance(value, int | float) and not isinstance(value, bool):
        text = number_text(value)
        notes.append(NUMBER_AS_TEXT(path, text=shown(text)))
        return text
    return _identifier_at(path, value, notes, usable)


def _identifier_at(
    path: str, value: object, notes: list[Note], usable: Callable[[str], bool]
) -> str | None:
    if value is None:
        return None
    if not isinstance(value, str):
        notes.append(IDENTIFIER_TYPE(path, kind=kind_of(value)))
        return None
    text = value.strip()
    if not text:
        notes.append(BLANK_IDENTIFIER(path))
        return None
    if not usable(text):
        notes.append(PLACEHOLDER(path, value=shown(text)))
        return None
    if text != value:
        notes.append(TRIMMED(path))
    return text


def _is_not_placeholder(user_id: str) -> bool:
    return user_id.lower() not in PLACEHOLDERS
