"""The fields of a contact: the table of standard ones, and the grammar of custom keys.

Evidence: each standard field says its own; the custom keys going in are `client` and `observed`;
what a key with no type prefix becomes is `ours`.
"""

import re
from dataclasses import dataclass
from enum import Enum, auto
from typing import TypeGuard

from mock_autopilot.account.clock import iso, parse_iso
from mock_autopilot.account.evidence import Evidence
from mock_autopilot.account.similar import similar


class Accepts(Enum):
    """What a standard field takes; anything else is refused with a 400 (`ours`)."""

    TEXT = "a string"
    SCALAR = "a string, a number, true or false"
    NUMBER = "a string or a number"
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
    """Made by Autopilot, from what the account holds."""
    SERVICE = auto()
    """Made by Autopilot, and not by this fake: kept and shown when a state defines it."""


@dataclass(frozen=True, slots=True)
class Field:
    """One standard field of a contact, with where it is known from.

    `attribute` is where a `ContactUpdate` keeps it, None for a field among its `fields`.
    """

    name: str
    evidence: tuple[Evidence, ...] = (Evidence.DOC, Evidence.CLIENT)
    accepts: Accepts = Accepts.SCALAR
    role: Role = Role.STORED
    attribute: str | None = None


_TEXT = (
    "Twitter", "FirstName", "LastName", "Salutation", "Company", "Title", "Industry", "Phone",
    "MobilePhone", "Fax", "Website", "LinkedIn", "LeadSource", "Status", "owner_name",
    "MailingStreet", "MailingCity", "MailingState", "MailingPostalCode", "MailingCountry",
    "_autopilot_session_id",
)  # fmt: skip
_READ_ONLY = (
    "created_at", "updated_at", "Name", "lists", "custom_fields", "api_originated", "type",
)  # fmt: skip
_SERVICE = (
    "company_priority", "employeesRange", "first_visit_at", "first_conversion_at",
    "anywhere_page_visits", "anywhere_form_submits", "anywhere_utm", "mail_received",
    "mail_opened", "mail_clicked", "mail_bounced", "mail_hardbounced", "mail_complained",
    "mail_unsubscribed",
)  # fmt: skip
_BOTH = (Evidence.DOC, Evidence.CLIENT)
_NEW_EMAIL = (Evidence.CLIENT, Evidence.HELP)
_RECORDED = (Evidence.DOC, Evidence.CLIENT, Evidence.OBSERVED)

FIELDS: dict[str, Field] = {
    field.name: field
    for field in (
        Field("Email", _BOTH, Accepts.TEXT, Role.IDENTIFIER, "email"),
        Field("user_id", (Evidence.SEED,), Accepts.ID, Role.IDENTIFIER, "user_id"),
        Field("contact_id", _BOTH, Accepts.TEXT, Role.IDENTIFIER, "contact_id"),
        *(Field(name) for name in _TEXT),
        # Comes along, and identifies nobody here.
        Field("anonymous_id", (Evidence.HELP,), Accepts.ID),
        Field("NumberOfEmployees", _BOTH, Accepts.NUMBER),
        Field("unsubscribed", _BOTH, Accepts.BOOLEAN),
        Field("notify", _BOTH, Accepts.ANYTHING),
        Field("custom", (Evidence.CLIENT, Evidence.OBSERVED), Accepts.OBJECT, Role.INSTRUCTION),
        Field("_autopilot_list", _BOTH, Accepts.TEXT, Role.INSTRUCTION, "list_id"),
        Field("_NewEmail", _NEW_EMAIL, Accepts.TEXT, Role.INSTRUCTION, "new_email"),
        *(Field(name, _RECORDED, Accepts.ANYTHING, Role.READ_ONLY) for name in _READ_ONLY),
        *(
            Field(name, (Evidence.OBSERVED, Evidence.CLIENT), Accepts.ANYTHING, Role.SERVICE)
            for name in _SERVICE
        ),
        # The fake's own, in the state that it shows.
        Field("merged_contact_ids", (Evidence.OURS,), Accepts.ANYTHING, Role.READ_ONLY),
    )
}

CUSTOM_TYPES = ("string", "integer", "float", "boolean", "date")
SEPARATOR = "--"
"""Stands between a custom key's type and name, and for each space of the name."""

_NEARLY_TYPED = re.compile("([A-Za-z]{3,20})(--|[-:])([^-].*)", re.DOTALL)
"""A custom key that begins with a word which may stand for a type: `str--Plan`, `string-Plan`."""
_DATE = re.compile(r"\d{4}-\d{2}-\d{2}(T.+)?", re.ASCII)


@dataclass(frozen=True, slots=True)
class CustomKey:
    """The parts of a custom key: the field's name, and its type if the key has a known one."""

    kind: str
    type: str | None


def parse_custom_key(key: str) -> CustomKey:
    """Split `integer--Lucky--Number` into the kind `Lucky Number` and the type `integer`.

    A key without a known type is all name (`ours`: one popular forwarder sends such keys).
    """
    prefix, separator, name = key.partition(SEPARATOR)
    if separator and prefix in CUSTOM_TYPES:
        return CustomKey(name.replace(SEPARATOR, " "), prefix)
    return CustomKey(key.replace(SEPARATOR, " "), None)


def custom_key_for(key: str, value: object) -> str:
    """Return the custom key that may be meant by one without a known type: `str--Plan`, `Plan`.

    Its type is the one that is nearly written in it, else that of its value.
    """
    if written := _NEARLY_TYPED.fullmatch(key):
        word, separator, name = written.groups()
        types = [one for one in CUSTOM_TYPES if one.startswith(word.lower())]
        for near in types or similar(word, CUSTOM_TYPES, most=1, cutoff=0.75):
            if separator == SEPARATOR or fits(value, near):
                return f"{near}{SEPARATOR}{name}"
    return f"{custom_type_of(value)}{SEPARATOR}{key}"


def custom_type_of(value: object) -> str:
    """Return the type of a value whose key names none (`ours`)."""
    if isinstance(value, bool):
        return "boolean"
    if isinstance(value, int):
        return "integer"
    if isinstance(value, float):
        return "float"
    return "string"


def fits(value: object, custom_type: str) -> bool:
    """Return whether a JSON value fits a custom type. In JSON 5 and 5.0 are the same number."""
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
    """Return whether a JSON value is a number (true and false are none)."""
    return isinstance(value, int | float) and not isinstance(value, bool)


def stored_value(value: object, accepts: Accepts) -> object:
    """Return a value as a field stores it; None when the field does not take it.

    Forms send numbers as Phone or MailingPostalCode, and a cron job sends `unsubscribed` as text
    (`client`); what the live API made of them is not known.
    """
    match accepts:
        case Accepts.TEXT:
            return value if isinstance(value, str) else None
        case Accepts.SCALAR:
            return scalar_text(value)
        case Accepts.ID:
            return None if isinstance(value, bool) else scalar_text(value)
        case Accepts.NUMBER:
            return value if is_number(value) else scalar_text(value)
        case Accepts.BOOLEAN:
            if isinstance(value, bool):
                return value
            return _BOOLEANS.get((scalar_text(value) or "").strip().lower())
        case Accepts.OBJECT:
            return value if isinstance(value, dict) else None
        case Accepts.ANYTHING:
            return value


_BOOLEANS = {"true": True, "yes": True, "1": True, "false": False, "no": False, "0": False}


def scalar_text(value: object) -> str | None:
    """Return a string, number or boolean as text: 5.0 is `5`, true is `true`; None for another."""
    if isinstance(value, str):
        return value
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, int | float):
        return str(int(value) if isinstance(value, float) and value.is_integer() else value)
    return None


def is_date(text: str) -> bool:
    """Return whether a text is an ISO-8601 date, or date and time, in the extended format."""
    return date_value(text) is not None


def date_value(text: str) -> str | None:
    """Return a date as a custom field of type date shows it, None for what is no date.

    `2016-11-22T00:00:00.000Z` is recorded (`observed`); UTC where the text says no zone is `ours`.
    """
    if not _DATE.fullmatch(text):
        return None
    try:
        return iso(parse_iso(text))
    except (ValueError, OverflowError):
        return None
