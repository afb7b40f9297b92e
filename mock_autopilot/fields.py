"""The fields of a contact: the table of standard ones, and the grammar of custom keys.

Evidence: the standard fields are `doc` and `client`; the custom keys going in are `client` and
`observed`; what a key with no type prefix becomes is `ours`.
"""

import re
from dataclasses import dataclass
from datetime import datetime
from enum import Enum, auto
from typing import TypeGuard


class Accepts(Enum):
    """What a standard field takes; anything else is refused with a 400 (`ours`)."""

    TEXT = "a string"
    TEXT_OR_INTEGER = "a string or a whole number"
    BOOLEAN = "true or false"
    ID = "a string (or a number)"
    OBJECT = "an object"
    ANYTHING = "anything"


class Role(Enum):
    """What a field does to the contact."""

    STORED = auto()
    IDENTIFIER = auto()
    """Says which contact is meant."""
    INSTRUCTION = auto()
    """Acts, and is not part of the document."""
    READ_ONLY = auto()
    """Made by Autopilot."""


@dataclass(frozen=True, slots=True)
class Field:
    """One standard field of a contact."""

    name: str
    accepts: Accepts = Accepts.TEXT
    role: Role = Role.STORED


_TEXT = (
    *("Twitter", "FirstName", "LastName", "Salutation", "Company", "Title", "Industry"),
    *("Phone", "MobilePhone", "Fax", "Website", "LinkedIn", "LeadSource", "Status", "owner_name"),
    *("MailingStreet", "MailingCity", "MailingState", "MailingPostalCode", "MailingCountry"),
    "_autopilot_session_id",
)
_READ_ONLY = (
    *("created_at", "updated_at", "Name", "lists", "custom_fields", "api_originated", "type"),
    "merged_contact_ids",  # the fake's own, in the state that it shows
)

FIELDS: dict[str, Field] = {
    field.name: field
    for field in (
        Field("Email", role=Role.IDENTIFIER),
        Field("user_id", Accepts.ID, Role.IDENTIFIER),  # `seed`: the Segment side's identifier
        Field("contact_id", role=Role.IDENTIFIER),
        *(Field(name) for name in _TEXT),
        Field("anonymous_id", Accepts.ID),  # `help`: comes along, identifies nobody here
        Field("NumberOfEmployees", Accepts.TEXT_OR_INTEGER),
        Field("unsubscribed", Accepts.BOOLEAN),
        Field("notify", Accepts.ANYTHING),
        Field("custom", Accepts.OBJECT, Role.INSTRUCTION),
        Field("_autopilot_list", role=Role.INSTRUCTION),
        Field("_NewEmail", role=Role.INSTRUCTION),
        *(Field(name, Accepts.ANYTHING, Role.READ_ONLY) for name in _READ_ONLY),
    )
}

CUSTOM_TYPES = ("string", "integer", "float", "boolean", "date")
SEPARATOR = "--"
"""Stands between a custom key's type and name, and for each space of the name."""

_DATE = re.compile(r"\d{4}-\d{2}-\d{2}(T.+)?", re.ASCII)


@dataclass(frozen=True, slots=True)
class CustomKey:
    """A custom key taken apart: the field's name, and its type if the key has a known one."""

    kind: str
    type: str | None


def parse_custom_key(key: str) -> CustomKey:
    """Take `integer--Lucky--Number` apart into the kind `Lucky Number` and the type `integer`.

    A key without a known type is all name (`ours`: one popular forwarder sends such keys).
    """
    prefix, separator, name = key.partition(SEPARATOR)
    if separator and prefix in CUSTOM_TYPES:
        return CustomKey(name.replace(SEPARATOR, " "), prefix)
    return CustomKey(key.replace(SEPARATOR, " "), None)


def custom_type_of(value: object) -> str:
    """Guess the type of a value whose key names none (`ours`)."""
    if isinstance(value, bool):
        return "boolean"
    if isinstance(value, int):
        return "integer"
    if isinstance(value, float):
        return "float"
    return "string"


def fits(value: object, custom_type: str) -> bool:
    """Say whether a JSON value fits a custom type. JSON does not tell 5 from 5.0, nor do we."""
    match custom_type:
        case "boolean":
            return isinstance(value, bool)
        case "integer":
            return is_number(value) and (isinstance(value, int) or value.is_integer())
        case "float":
            return is_number(value)
        case "date":
            return isinstance(value, str) and is_date(value)
        case _:
            return isinstance(value, str)


def is_number(value: object) -> TypeGuard[int | float]:
    """Say whether a JSON value is a number (true and false are none)."""
    return isinstance(value, int | float) and not isinstance(value, bool)


def is_date(text: str) -> bool:
    """Say whether a text is an ISO-8601 date, or date and time, in the extended format."""
    if not _DATE.fullmatch(text):
        return False
    try:
        datetime.fromisoformat(text)
    except ValueError:
        return False
    return True
