"""An account's state as one JSON value: what `GET state` gives and `PUT state`, `--seed` take.

`{"contacts": […], "lists": […], "journeys": […]}`; a round trip is exact. A contact is the
document that the API answers, with the `merged_contact_ids` beside it. By hand one may write less:
everything that Autopilot makes (ids, times) is made when absent, and `custom` is taken as in a
call. What looks wrong is warned of as in a call, and refused where the account is strict. The form
is `ours`.
"""

from collections.abc import Iterable, Mapping
from typing import Any

from mock_autopilot.account import call_warnings as warn
from mock_autopilot.account import contact as contacts
from mock_autopilot.account import json_text as jsonbody
from mock_autopilot.account.account import Account
from mock_autopilot.account.call_warnings import CallWarning
from mock_autopilot.account.clock import iso_second
from mock_autopilot.account.contact import Contact
from mock_autopilot.account.contact_body import CustomField, check
from mock_autopilot.account.fields import CUSTOM_TYPES, date_value
from mock_autopilot.account.journeys import Entry, Journey, new_journey_id
from mock_autopilot.account.json_text import wrong_type
from mock_autopilot.account.validation import (
    object_at,
    objects_at,
    only_keys,
    text_in,
    texts_in,
    time_in,
    wrong,
)
from mock_autopilot.storage import MemoryContacts

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
        "journey_id": journey.journey_id,
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


def parse(raw: bytes) -> tuple[dict[str, Any], list[CallWarning]]:
    """Parse a state's JSON text; return it with a warning for each key that stands twice.

    Raises `ApiError` (400) when it is no JSON object.
    """
    return jsonbody.parse_object(raw, DEPTH, "The state")


def load(
    account: Account, state: Mapping[str, Any], parsed: Iterable[CallWarning] = ()
) -> list[CallWarning]:
    """Replace the account's state, all or nothing; return what looks wrong about it.

    `parsed` are the warnings that reading its text gave. Raises `ApiError` (400) that names the
    field when the state is not valid, and where the account is strict also for a warning. The
    journal stays.
    """
    only_keys(state, PARTS, "the state")
    warnings = list(parsed)
    with account.lock:
        lists = _load_lists(state.get("lists"))
        loaded = _load_contacts(account, state.get("contacts"), lists, warnings)
        journeys = _load_journeys(account, state.get("journeys"))
        account.accept(warnings)
        account.contacts, account.lists, account.journeys = loaded, lists, journeys
    return warnings


def _load_lists(given: object) -> dict[str, str]:
    lists: dict[str, str] = {}
    for path, item in objects_at(given, "lists"):
        only_keys(item, ("list_id", "title"), path)
        list_id = text_in(item, "list_id", path)
        if list_id in lists:
            raise wrong(f"{path}.list_id", f"stands twice: {list_id!r}.")
        lists[list_id] = text_in(item, "title", path)
    return lists


def _load_contacts(
    account: Account, given: object, lists: dict[str, str], warnings: list[CallWarning]
) -> MemoryContacts:
    loaded = MemoryContacts()
    for path, item in objects_at(given, "contacts"):
        contact = _load_contact(account, item, path, warnings)
        for list_id in contact.lists:
            if list_id not in lists:
                raise wrong(f"{path}.lists", f"names {list_id!r}, which is not among the lists.")
        for contact_id in (contact.contact_id, *contact.merged_ids):
            if loaded.get(contact_id):
                raise wrong(f"{path}.contact_id", f"stands twice: {contact_id!r}.")
        if contact.email and loaded.by_email(contact.email):
            warnings.append(warn.SHARED_ADDRESS(f"{path}.Email", value=contact.email))
        if contact.user_id and loaded.by_user_id(contact.user_id):
            raise wrong(f"{path}.user_id", f"stands twice: {contact.user_id!r}.")
        loaded.put(contact)
    return loaded


def _load_contact(
    account: Account, item: dict[str, Any], path: str, warnings: list[CallWarning]
) -> Contact:
    update = check(item, path, warnings, in_state=True)
    if not (update.email or update.user_id):
        raise wrong(path, "has neither Email nor user_id; one of them must be there.")
    created_at = time_in(item, "created_at", path, account.second(), iso_second)
    contact = Contact(
        contact_id=text_in(item, "contact_id", path, account.new_contact_id()),
        created_at=created_at,
        api_originated=_is_api_originated(item, path),
        merged_ids=texts_in(item, "merged_contact_ids", path),
    )
    contacts.apply(contact, update, created_at)
    for list_id in texts_in(item, "lists", path):
        if list_id in contact.lists:
            warnings.append(warn.LIST_TWICE(f"{path}.lists", value=list_id))
        else:
            contact.lists.append(list_id)
    for at, field in objects_at(item.get("custom_fields"), f"{path}.custom_fields"):
        field_type = text_in(field, "fieldType", at, "string")
        if field_type not in CUSTOM_TYPES:
            raise wrong(f"{at}.fieldType", f"must be one of {', '.join(CUSTOM_TYPES)}.")
        kind, value = field.get("kind"), field.get("value")
        if not isinstance(kind, str):
            raise wrong_type(f"{at}.kind", "a string", kind)
        if value is None:
            raise wrong(f"{at}.value", "must be there, and not null.")
        if field_type == "date" and isinstance(value, str):
            value = date_value(value) or value
        contact.custom[kind] = CustomField(field_type, value)
    if contact.lists or contact.custom:
        contact.updated_at = created_at
    if item.get("updated_at") is not None:
        contact.updated_at = time_in(item, "updated_at", path, created_at, iso_second)
    return contact


def _is_api_originated(item: dict[str, Any], path: str) -> bool:
    """Say who made a contact: the API, unless the state says that something else did."""
    made_by_api = item.get("api_originated", "type" not in item)
    if not isinstance(made_by_api, bool):
        raise wrong_type(f"{path}.api_originated", "true or false", made_by_api)
    return made_by_api


def _load_journeys(account: Account, given: object) -> dict[str, Journey]:
    journeys: dict[str, Journey] = {}
    journey_ids: set[str] = set()
    for path, item in objects_at(given, "journeys"):
        only_keys(item, ("trigger_id", "journey_id", "name", "entries"), path)
        trigger_id = text_in(item, "trigger_id", path)
        if "/" in trigger_id:
            raise wrong(f"{path}.trigger_id", "must stand in a path: it may hold no slash.")
        if trigger_id in journeys:
            raise wrong(f"{path}.trigger_id", f"stands twice: {trigger_id!r}.")
        name = text_in(item, "name", path, trigger_id)
        journey_id = text_in(item, "journey_id", path, new_journey_id(account.new_id))
        if journey_id in journey_ids:
            raise wrong(f"{path}.journey_id", f"stands twice: {journey_id!r}.")
        journey_ids.add(journey_id)
        entries = [
            _load_entry(account, at, entry)
            for at, entry in objects_at(item.get("entries"), f"{path}.entries")
        ]
        journeys[trigger_id] = Journey(trigger_id, name, journey_id, entries)
    return journeys


def _load_entry(account: Account, path: str, item: dict[str, Any]) -> Entry:
    only_keys(item, ("contact_id", "entered_at", "properties", "ejected_at"), path)
    entered_at = time_in(item, "entered_at", path, account.now())
    ejected = time_in(item, "ejected_at", path, "") or None
    properties = object_at(item.get("properties", {}), f"{path}.properties")
    return Entry(text_in(item, "contact_id", path), entered_at, properties, ejected)
