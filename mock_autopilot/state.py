"""An account's state as one JSON value: what `GET state` gives and `PUT state`, `--seed` take.

`{"contacts": […], "lists": […], "journeys": […]}`; a round trip is exact. A contact is the
document that the API answers, with the `merged_contact_ids` beside it. By hand one may write less:
everything that Autopilot makes (ids, times) is made when absent, and `custom` is taken as in a
call. The form is `ours`.
"""

from collections.abc import Mapping
from typing import Any

from mock_autopilot import contacts, jsonbody
from mock_autopilot.account import Account
from mock_autopilot.contact_update import CustomField, check
from mock_autopilot.contacts import Contact
from mock_autopilot.fields import CUSTOM_TYPES
from mock_autopilot.journeys import Entry, Journey
from mock_autopilot.jsonbody import wrong_type
from mock_autopilot.shapes import (
    object_at,
    objects_at,
    only_keys,
    text_in,
    texts_in,
    time_in,
    wrong,
)
from mock_autopilot.storage import MemoryContacts
from mock_autopilot.storage.memory import address_key

PARTS = ("contacts", "lists", "journeys")
DEPTH = jsonbody.MAX_DEPTH + 8
"""Levels that a state may have: what a call's body may hold stands a little deeper here."""


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
    only_keys(state, PARTS, "the state")
    with account.lock:
        lists = _load_lists(state.get("lists"))
        loaded = _load_contacts(account, state.get("contacts"), lists)
        journeys = _load_journeys(account, state.get("journeys"))
        account.contacts, account.lists, account.journeys = loaded, lists, journeys


def _load_lists(given: object) -> dict[str, str]:
    lists: dict[str, str] = {}
    for path, item in objects_at(given, "lists"):
        only_keys(item, ("list_id", "title"), path)
        list_id = text_in(item, "list_id", path)
        if list_id in lists:
            raise wrong(f"{path}.list_id", f"stands twice: {list_id!r}.")
        lists[list_id] = text_in(item, "title", path)
    return lists


def _load_contacts(account: Account, given: object, lists: dict[str, str]) -> MemoryContacts:
    loaded = MemoryContacts()
    for path, item in objects_at(given, "contacts"):
        contact = _load_contact(account, item, path)
        for list_id in contact.lists:
            if list_id not in lists:
                raise wrong(f"{path}.lists", f"names {list_id!r}, which is not among the lists.")
        for contact_id in (contact.contact_id, *contact.merged_ids):
            if loaded.get(contact_id):
                raise wrong(f"{path}.contact_id", f"stands twice: {contact_id!r}.")
        if contact.email and loaded.by_email(contact.email):
            raise wrong(f"{path}.Email", f"stands twice: {address_key(contact.email)!r}.")
        if contact.user_id and loaded.by_user_id(contact.user_id):
            raise wrong(f"{path}.user_id", f"stands twice: {contact.user_id!r}.")
        loaded.put(contact)
    return loaded


def _load_contact(account: Account, item: dict[str, Any], path: str) -> Contact:
    update = check(item, path)  # what a call may not write is warned of there, and taken below
    if not (update.email or update.user_id):
        raise wrong(path, "has neither Email nor user_id; one of them must be there.")
    now = account.now()
    contact = Contact(
        contact_id=text_in(item, "contact_id", path, account.new_contact_id()),
        created_at=time_in(item, "created_at", path, now),
        updated_at="",
        lists=texts_in(item, "lists", path),
        merged_ids=texts_in(item, "merged_contact_ids", path),
    )
    contacts.apply(contact, update, time_in(item, "updated_at", path, contact.created_at))
    for at, field in objects_at(item.get("custom_fields"), f"{path}.custom_fields"):
        field_type = text_in(field, "fieldType", at, "string")
        if field_type not in CUSTOM_TYPES:
            raise wrong(f"{at}.fieldType", f"must be one of {', '.join(CUSTOM_TYPES)}.")
        kind, value = field.get("kind"), field.get("value")
        if not isinstance(kind, str):
            raise wrong_type(f"{at}.kind", "a string", kind)
        if value is None:
            raise wrong(f"{at}.value", "must be there, and not null.")
        contact.custom[kind] = CustomField(field_type, value)
    return contact


def _load_journeys(account: Account, given: object) -> dict[str, Journey]:
    journeys: dict[str, Journey] = {}
    for path, item in objects_at(given, "journeys"):
        only_keys(item, ("trigger_id", "name", "entries"), path)
        trigger_id = text_in(item, "trigger_id", path)
        if "/" in trigger_id:
            raise wrong(f"{path}.trigger_id", "must stand in a path: it may hold no slash.")
        if trigger_id in journeys:
            raise wrong(f"{path}.trigger_id", f"stands twice: {trigger_id!r}.")
        name = text_in(item, "name", path, trigger_id)
        entries = [
            _load_entry(account, at, entry)
            for at, entry in objects_at(item.get("entries"), f"{path}.entries")
        ]
        journeys[trigger_id] = Journey(trigger_id, name, entries)
    return journeys


def _load_entry(account: Account, path: str, item: dict[str, Any]) -> Entry:
    only_keys(item, ("contact_id", "entered_at", "properties", "ejected_at"), path)
    entered_at = time_in(item, "entered_at", path, account.now())
    ejected = time_in(item, "ejected_at", path, "") or None
    properties = object_at(item.get("properties", {}), f"{path}.properties")
    return Entry(text_in(item, "contact_id", path), entered_at, properties, ejected)
