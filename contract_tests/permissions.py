"""What one message may change in an account; everything else has to stay as it is.

A permission is no prediction: which values come out is what the clauses are about. From a message
and the account before it follows who may be written to, which of their fields, and which journey
they may enter. Where the sources leave a choice, each choice is permitted.
"""

import json
import unicodedata
from collections.abc import Iterable, Iterator, Mapping, Set
from dataclasses import dataclass
from typing import Any

from contract_tests.protocol import Message, Settings

MAILING = frozenset(
    {"MailingStreet", "MailingCity", "MailingState", "MailingPostalCode", "MailingCountry"}
)
COMPANY = frozenset({"Company", "Industry", "NumberOfEmployees"})
FIELDS: Mapping[str, frozenset[str]] = {
    **{
        field.lower().replace("_", ""): frozenset({field})
        for field in (
            "FirstName", "LastName", "Salutation", "NumberOfEmployees", "Title", "Industry",
            "Phone", "MobilePhone", "Fax", "Website", "Twitter", "LinkedIn", "LeadSource",
            "Status", "owner_name", "unsubscribed", "notify", *MAILING,
        )
    },
    "name": frozenset({"FirstName", "LastName"}),
    "company": COMPANY,
    "employees": frozenset({"NumberOfEmployees"}),
    "employeecount": frozenset({"NumberOfEmployees"}),
    "address": MAILING,
    "street": frozenset({"MailingStreet"}),
    "city": frozenset({"MailingCity"}),
    "state": frozenset({"MailingState"}),
    "postalcode": frozenset({"MailingPostalCode"}),
    "country": frozenset({"MailingCountry"}),
}  # fmt: skip
"""The standard fields that a trait may touch, by the letters of its name in any spelling.

Besides these it may touch the custom field of its name.
"""
PARTS: Mapping[str, Mapping[str, Set[str]]] = {
    "address": {
        name: FIELDS[name] for name in ("street", "city", "state", "postalcode", "country")
    },
    "company": {
        "name": frozenset({"Company"}),
        **{name: {"Company", *FIELDS[name]} for name in ("industry", "employees", "employeecount")},
    },
}
"""The same for the parts of a trait that is an object; another part may touch all of its fields.

An object may stand as JSON text in the field of its name.
"""


@dataclass(frozen=True)
class Permission:
    """What a message may change: all of it on the contacts that `names` tells to be its own."""

    addresses: frozenset[str] = frozenset()
    """The addresses that may identify its contact, in lower case."""
    user_ids: frozenset[str] = frozenset()
    contact_ids: frozenset[str] = frozenset()
    fields: frozenset[str] = frozenset()
    """Standard fields that it may touch."""
    custom: frozenset[str] = frozenset()
    """The letters of the names of the custom fields that it may touch."""
    trigger: str | None = None
    """The trigger id of the journey that its contact may enter."""

    def names(self, contact: Mapping[str, Any]) -> bool:
        """Return whether the message may mean this contact."""
        return (
            address(contact.get("Email")) in self.addresses
            or text(contact.get("user_id")) in self.user_ids
            or contact["contact_id"] in self.contact_ids
        )

    def may_make(self, contact: Mapping[str, Any]) -> bool:
        """Return whether the message may bring a contact into being: it has all that names it."""
        named = (
            (address(contact.get("Email")), self.addresses),
            (text(contact.get("user_id")), self.user_ids),
        )
        given = [(name, known) for name, known in named if name]
        return bool(given) and all(name in known for name, known in given)


NOTHING = Permission()
"""Of a message that is not for Autopilot, or that identifies nobody."""


def permission(message: Message, settings: Settings) -> Permission:
    """Return what a message may change."""
    kind = message.get("type")
    if kind not in ("identify", "track") or _is_off(message.get("integrations")):
        return NOTHING
    own = _object(message.get("traits" if kind == "identify" else "properties"))
    context = _object(_object(message.get("context")).get("traits"))
    addresses = frozenset(_addresses(own, context, message.get("userId")))
    user_ids = frozenset(_user_ids(message, own, context))
    if not addresses and not user_ids:
        return NOTHING
    event = message.get("event")
    return Permission(
        addresses=addresses,
        user_ids=user_ids,
        contact_ids=frozenset(map(str, _spelled((own, context), "contactid"))),
        fields=frozenset(field for named in (own, context) for field in _fields(named)),
        custom=frozenset(_names(message)),
        trigger=trigger_of(str(event), settings) if kind == "track" else None,
    )


def trigger_of(event: str, settings: Settings) -> str:
    """Return the trigger id that the settings give an event."""
    journeys: Mapping[str, str] = settings["journeys"]
    trigger: str = journeys.get(event, settings["default_trigger"])
    return trigger


# --- whom it names ---


def address(value: object) -> str:
    """Return an address as addresses are compared: letter case does not count."""
    return text(value).lower()


def text(value: object) -> str:
    """Return an identifier as text, without white space around it, in one normal form."""
    if value is None:
        return ""
    if not isinstance(value, str):
        value = json.dumps(value, ensure_ascii=False)
    return unicodedata.normalize("NFKC", value).strip()


def _addresses(own: Mapping[str, Any], context: Mapping[str, Any], user: object) -> Iterator[str]:
    """Yield the addresses that may identify the contact.

    The first that is an address ends the search. What stands before it and is none (`n/a`, 5) may
    count as missing or not.
    """
    for where in (own, context):
        values = [where.get("email"), *_spelled([where], "email")]
        yield from filter(None, map(address, values))
        if _is_address(where.get("email")):
            break
    else:
        if _is_address(user):
            yield address(user)
    yield from filter(None, map(address, _spelled((own, context), "newemail")))


def _is_address(value: object) -> bool:
    return isinstance(value, str) and "@" in value


def _user_ids(
    message: Message, own: Mapping[str, Any], context: Mapping[str, Any]
) -> Iterator[str]:
    """Yield the user ids that may identify the contact; a number may be written in two ways."""
    for value in (message.get("userId"), *_spelled((own, context), "userid")):
        if found := text(value):
            yield found
        if isinstance(value, bool) or not isinstance(value, str | None):
            yield str(value)
        if isinstance(value, float) and value.is_integer():
            yield str(int(value))


def _spelled(where: Iterable[Mapping[str, Any]], wanted: str) -> list[Any]:
    """Return the values whose name has these letters, in any spelling."""
    return [value for one in where for name, value in one.items() if letters(name) == wanted]


# --- what it names ---


def _fields(traits: Mapping[str, Any]) -> Iterator[str]:
    """Yield the standard fields that traits may touch."""
    for name, value in traits.items():
        spelling = letters(name)
        fields = FIELDS.get(spelling, frozenset())
        parts = PARTS.get(spelling, {})
        if parts and isinstance(value, dict):
            for part in value:
                yield from parts.get(letters(part), fields)
        else:
            yield from fields


def letters(name: str) -> str:
    """Return the letters and digits of a name, in lower case: what its spellings share."""
    return "".join(char for char in unicodedata.normalize("NFKC", name) if char.isalnum()).lower()


def _names(value: object, around: tuple[str, ...] = ()) -> Iterator[str]:
    """Yield the letters of each name in a message, alone and behind those that it stands in.

    A forwarder may write a nested value under its path, with any separator, or under its own name.
    """
    if isinstance(value, dict):
        for name, inner in value.items():
            path = (*around, letters(name))
            yield from ("".join(path[start:]) for start in range(len(path)))
            yield from _names(inner, path)
    elif isinstance(value, list):
        for number, inner in enumerate(value):
            yield from _names(inner, around)
            if around:
                yield from _names(inner, (*around, str(number)))
                yield "".join((*around, str(number)))


def _object(value: object) -> dict[str, Any]:
    return value if isinstance(value, dict) else {}


def _is_off(integrations: object) -> bool:
    """Return whether a message says that it is not for Autopilot."""
    chosen = _object(integrations)
    return chosen.get("AutopilotHQ", chosen.get("All")) is False
