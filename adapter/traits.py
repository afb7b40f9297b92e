"""The table of traits: which trait of a user becomes which field of a contact.

A trait that is not in the table becomes a custom field. So does one that has the name of a
read-only or structural field of a contact (`contact_id`, `custom`, `lists`, `type`, …).
"""

from collections.abc import Callable, Mapping
from typing import Any

from adapter.identity import address
from adapter.naming import custom_type, number_text, spelling

_BOOLEANS = {"true": True, "yes": True, "1": True, "false": False, "no": False, "0": False}


def _text(value: object) -> str | None:
    if isinstance(value, bool):
        return None
    if isinstance(value, int | float):
        return number_text(value)
    return value if isinstance(value, str) else None


def _count(value: object) -> int | str | None:
    if isinstance(value, str):
        return value
    if not isinstance(value, int | float) or custom_type(value) != "integer":
        return None
    return int(value)


def _boolean(value: object) -> bool | None:
    # Forms and exports write booleans as text or numbers (`ours`).
    if isinstance(value, int | float):
        return bool(value) if value in (0, 1) else None
    return _BOOLEANS.get(value.strip().lower()) if isinstance(value, str) else None


def _scalar(value: object) -> bool | int | float | str | None:
    return value if isinstance(value, bool | int | float | str) else None


#: The writable fields of a contact (`doc`, `client`), each with a function that returns a value
#: as it is sent, or None if the field cannot hold it.
FIELDS: Mapping[str, Callable[[object], Any]] = {
    "Email": address,
    "_NewEmail": address,
    "FirstName": _text,
    "LastName": _text,
    "Salutation": _text,
    "Title": _text,
    "Company": _text,
    "Industry": _text,
    "NumberOfEmployees": _count,
    "Phone": _text,
    "MobilePhone": _text,
    "Fax": _text,
    "Website": _text,
    "Twitter": _text,
    "LinkedIn": _text,
    "LeadSource": _text,
    "Status": _text,
    "MailingStreet": _text,
    "MailingCity": _text,
    "MailingState": _text,
    "MailingPostalCode": _text,
    "MailingCountry": _text,
    "owner_name": _text,
    "unsubscribed": _boolean,
    "notify": _scalar,
    "_autopilot_list": _text,
    "_autopilot_session_id": _text,
}

#: Traits in Segment's own spelling (`spec`, `client`); other spellings are recognised too.
TRAITS: Mapping[str, str] = {
    "email": "Email",
    "firstName": "FirstName",
    "lastName": "LastName",
    "salutation": "Salutation",
    "title": "Title",
    "company": "Company",
    "industry": "Industry",
    "phone": "Phone",
    "mobilePhone": "MobilePhone",
    "fax": "Fax",
    "website": "Website",
    "twitter": "Twitter",
    "linkedIn": "LinkedIn",
    "leadSource": "LeadSource",
    "status": "Status",
    "unsubscribed": "unsubscribed",
}

#: Traits that may be objects, and the fields that their parts fill (`ours`).
OBJECTS: Mapping[str, Mapping[str, str]] = {
    "company": {
        "name": "Company",
        "industry": "Industry",
        "employee_count": "NumberOfEmployees",
        "employees": "NumberOfEmployees",
    },
    "address": {
        "street": "MailingStreet",
        "city": "MailingCity",
        "state": "MailingState",
        "postalCode": "MailingPostalCode",
        "country": "MailingCountry",
    },
}


def in_any_spelling(table: Mapping[str, str]) -> Mapping[str, str]:
    """Return `table` with each name reduced to the form that all its spellings share."""
    return {spelling(name): field for name, field in table.items()}
