"""An account's state as one JSON value: what `GET state` gives and `PUT state`, `--seed` take.

`{"contacts": […], "lists": […], "journeys": […]}`; a round trip is exact. A contact is the
document that the API answers, with the `merged_contact_ids` beside it. By hand one may write less:
everything that Autopilot makes (ids, times) is made when absent, and `custom` is taken as in a
call. The form is `ours`.
"""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from mock_autopilot import contacts, errors, jsonbody
from mock_autopilot.account import Account
from mock_autopilot.clock import iso
from mock_autopilot.contact_update import CustomField, check, require_identifier
from mock_autopilot.contacts import Contact
from mock_autopilot.fields import CUSTOM_TYPES
from mock_autopilot.journeys import Entry, Journey
from mock_autopilot.storage import MemoryContacts
from mock_autopilot.storage.memory import address_key

PARTS = ("contacts", "lists", "journeys")
DEPTH = jsonbody.MAX_DEPTH + 8
"""Levels that a state may have: what a call's body may hold stands a little deeper here."""
_OURS = ("contact_id", "created_at", "updated_at", "custom_fields", "lists", "merged_contact_ids")
_DERIVED = ("Name", "api_originated", "type")


def dump(account: Account) -> dict[str, Any]:
    """Give the account's state."""
    with account.lock:
        return {
            "contacts": [
                {**contacts.render(contact), "merged_contact_ids": list(contact.merged_ids)}
                for contact in account.contacts
            ],
            "lists": [{"list_id": key, "title": title} for key, title in account.lists.items()],
            "journeys": [dump_journey(account, journey) for journey in account.journeys.values()],
        }


def dump_journey(account: Account, journey: Journey) -> dict[str, Any]:
    """Give a journey with its entries; a merged contact's entries name the one it is now."""
    return {
        "trigger_id": journey.trigger_id,
        "name": journey.name,
        "entries": [
            {
                "contact_id": account.contacts.current_id(entry.contact_id),
                "entered_at": entry.entered_at,
                "properties": entry.properties,
                "ejected_at": entry.ejected_at,
            }
            for entry in journey.entries
        ],
    }


def parse(raw: bytes) -> dict[str, Any]:
    """Parse a state's JSON text. Raises `ApiError` (400) when it is no JSON object."""
    return jsonbody.parse_object(raw, DEPTH, "The state")[0]


def load(account: Account, state: Mapping[str, Any]) -> None:
    """Replace the account's state; all or nothing.

    Raises `ApiError` (400) that names the field when the state is not valid. The journal stays.
    """
    _only(state, PARTS, "the state")
    with account.lock:
        lists = _load_lists(state.get("lists"))
        loaded = _load_contacts(account, state.get("contacts"), lists)
        journeys = _load_journeys(account, state.get("journeys"))
        account.contacts, account.lists, account.journeys = loaded, lists, journeys


def _load_lists(given: object) -> dict[str, str]:
    lists: dict[str, str] = {}
    for path, item in _items(given, "lists"):
        _only(item, ("list_id", "title"), path)
        list_id = _text(item, "list_id", path)
        if list_id in lists:
            raise _wrong(f"{path}.list_id", f"stands twice: {list_id!r}.")
        lists[list_id] = _text(item, "title", path)
    return lists


def _load_contacts(account: Account, given: object, lists: dict[str, str]) -> MemoryContacts:
    loaded = MemoryContacts()
    for path, item in _items(given, "contacts"):
        contact = _load_contact(account, item, path)
        for list_id in contact.lists:
            if list_id not in lists:
                raise _wrong(f"{path}.lists", f"names {list_id!r}, which is not among the lists.")
        for contact_id in (contact.contact_id, *contact.merged_ids):
            if loaded.get(contact_id):
                raise _wrong(f"{path}.contact_id", f"stands twice: {contact_id!r}.")
        if contact.email and loaded.by_email(contact.email):
            raise _wrong(f"{path}.Email", f"stands twice: {address_key(contact.email)!r}.")
        if contact.user_id and loaded.by_user_id(contact.user_id):
            raise _wrong(f"{path}.user_id", f"stands twice: {contact.user_id!r}.")
        loaded.put(contact)
    return loaded


def _load_contact(account: Account, item: dict[str, Any], path: str) -> Contact:
    given = {key: value for key, value in item.items() if key not in (*_OURS, *_DERIVED)}
    update = check(given, path)
    require_identifier(update, bulk=True)
    now = account.now()
    contact = Contact(
        contact_id=_text(item, "contact_id", path, account.new_contact_id()),
        created_at=_time(item, "created_at", path, now),
        updated_at="",
        lists=_texts(item, "lists", path),
        merged_ids=_texts(item, "merged_contact_ids", path),
    )
    contacts.apply(contact, update, _time(item, "updated_at", path, contact.created_at))
    for at, field in _items(item.get("custom_fields"), f"{path}.custom_fields"):
        field_type = _text(field, "fieldType", at, "string")
        if field_type not in CUSTOM_TYPES:
            raise _wrong(f"{at}.fieldType", f"must be one of {', '.join(CUSTOM_TYPES)}.")
        kind, value = field.get("kind"), field.get("value")
        if not isinstance(kind, str):
            raise jsonbody.wrong_type(f"{at}.kind", "a string", kind)
        if value is None:
            raise _wrong(f"{at}.value", "must be there, and not null.")
        contact.custom[kind] = CustomField(field_type, value)
    return contact


def _load_journeys(account: Account, given: object) -> dict[str, Journey]:
    journeys: dict[str, Journey] = {}
    for path, item in _items(given, "journeys"):
        _only(item, ("trigger_id", "name", "entries"), path)
        trigger_id = _text(item, "trigger_id", path)
        if trigger_id in journeys:
            raise _wrong(f"{path}.trigger_id", f"stands twice: {trigger_id!r}.")
        name = _text(item, "name", path, trigger_id)
        entries = [
            _load_entry(account, at, entry)
            for at, entry in _items(item.get("entries"), f"{path}.entries")
        ]
        journeys[trigger_id] = Journey(trigger_id, name, entries)
    return journeys


def _load_entry(account: Account, path: str, item: dict[str, Any]) -> Entry:
    _only(item, ("contact_id", "entered_at", "properties", "ejected_at"), path)
    entered_at = _time(item, "entered_at", path, account.now())
    ejected = item.get("ejected_at") and _time(item, "ejected_at", path, entered_at)
    properties = _object(item.get("properties", {}), f"{path}.properties")
    return Entry(_text(item, "contact_id", path), entered_at, properties, ejected or None)


# --- what a state is made of -----------------------------------------------------------------


def _object(value: object, path: str) -> dict[str, Any]:
    if not isinstance(value, dict):
        raise jsonbody.wrong_type(path, "an object", value)
    return value


def _items(value: object, path: str) -> list[tuple[str, dict[str, Any]]]:
    if value is None:
        return []
    if not isinstance(value, list):
        raise jsonbody.wrong_type(path, "an array", value)
    places = (f"{path}[{index}]" for index in range(len(value)))
    return [(place, _object(item, place)) for place, item in zip(places, value, strict=True)]


def _text(item: Mapping[str, Any], key: str, path: str, default: str | None = None) -> str:
    value = item.get(key)
    if value is None and default is not None:
        return default
    if key not in item:
        raise _wrong(f"{path}.{key}", "is missing.")
    if not isinstance(value, str) or not value:
        raise jsonbody.wrong_type(f"{path}.{key}", "a non-blank string", value)
    return value


def _texts(item: Mapping[str, Any], key: str, path: str) -> list[str]:
    values = item.get(key) or []
    if not isinstance(values, list) or not all(isinstance(value, str) for value in values):
        raise _wrong(f"{path}.{key}", "must be an array of strings.")
    return list(values)


def _time(item: Mapping[str, Any], key: str, path: str, default: str) -> str:
    value = item.get(key)
    if value is None:
        return default
    try:
        moment = datetime.fromisoformat(value)
        return iso(moment if moment.tzinfo else moment.replace(tzinfo=UTC))
    except (TypeError, ValueError, OverflowError):
        text = "must be an ISO-8601 date and time, as in 2016-02-14T12:02:49.000Z."
        raise _wrong(f"{path}.{key}", text) from None


def _only(item: Mapping[str, Any], known: tuple[str, ...], path: str) -> None:
    for key in item:
        if key not in known:
            raise _wrong(f"{path}.{key}", f"is unknown; known are {', '.join(known)}.")


def _wrong(field: str, problem: str) -> errors.ApiError:
    return errors.BAD_FIELD(field=field, problem=problem)
