"""Format what the account holds after a simulation, compared with what was delivered."""

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping
from typing import Any

from adapter.engage import Identifier, Space
from adapter.json_values import json_equal, json_text
from adapter.naming import name_in_key, spelling
from adapter.traits import FIELDS
from mock_autopilot.cli._text import INDENT, count

Fields = dict[str, Any]

CUSTOM = "custom "
"""Prefix of a custom field's name, which may also be the name of a standard field."""
NOT_COMPARED = ("Email", "user_id", "anonymous_id", "custom")
"""Keys of a sent contact that identify it, or hold the custom fields."""


def account_lines(
    space: Space, state: Mapping[str, Any], delivered: Mapping[Identifier, Fields]
) -> Iterator[tuple[str, bool]]:
    """Yield a line for each identifier with its properties and journeys at the account.

    With each line comes whether all values are as they were delivered.
    """
    contacts = _contacts_by_identifier(state)
    entries = _entries_by_contact(state)
    keys = [computation.key for computation in space.computations if computation.form == "identify"]
    for identifier in (one for profile in space.profiles for one in profile.identifiers):
        contact = contacts.get(identifier.folded())
        if contact is None:
            fields, journeys = {}, Counter[str]()
        else:
            fields, journeys = _account_fields(contact), entries[contact["contact_id"]]
        shown = [text for key in keys for text in _shown_fields(fields, key)]
        shown += [f"entered {name} {count(times, 'time')}" for name, times in journeys.items()]
        line = ", ".join(shown) or ("none of them" if contact else "no contact")
        wrong = [
            f"{name.removeprefix(CUSTOM)} was delivered as {json_text(value)}"
            for name, value in delivered.get(identifier, {}).items()
            if not json_equal(value, fields.get(name))
        ]
        yield f"{INDENT}{identifier}: {'; but '.join([line, *wrong])}", not wrong


def _contacts_by_identifier(state: Mapping[str, Any]) -> dict[Identifier, Mapping[str, Any]]:
    contacts = {}
    for contact in state["contacts"]:
        if contact.get("Email"):
            contacts[Identifier("email", contact["Email"]).folded()] = contact
        if contact.get("user_id"):
            contacts[Identifier("userId", contact["user_id"])] = contact
    return contacts


def _entries_by_contact(state: Mapping[str, Any]) -> Mapping[str, Counter[str]]:
    """Return the number of entries into each journey, by the contact's id."""
    entries: defaultdict[str, Counter[str]] = defaultdict(Counter)
    for journey in state["journeys"]:
        for entry in journey["entries"]:
            entries[entry["contact_id"]][journey["name"]] += 1
    return entries


def sent_fields(contact: Mapping[str, Any]) -> Fields:
    """Return the fields of a sent contact by their name at Autopilot, without its identifiers."""
    custom = contact.get("custom", {})
    return {
        **{name: value for name, value in contact.items() if name not in NOT_COMPARED},
        **{f"{CUSTOM}{name_in_key(key)}": value for key, value in custom.items()},
    }


def _account_fields(contact: Mapping[str, Any]) -> Fields:
    """Return the fields of a contact in the account, with the names that `sent_fields` gives."""
    return {
        **{name: value for name, value in contact.items() if name in FIELDS or name == "Name"},
        **{f"{CUSTOM}{one['kind']}": one["value"] for one in contact.get("custom_fields", ())},
    }


def _shown_fields(fields: Mapping[str, Any], key: str) -> list[str]:
    """Return what a property has become: a custom field, several for an object, or a field."""
    custom = f"{CUSTOM}{key}"
    own = [
        f"{name.removeprefix(CUSTOM)} = {json_text(value)}"
        for name, value in fields.items()
        if name == custom or name.startswith(f"{custom}.")
    ]
    return own or [
        f"{key} = {json_text(value)}"
        for name, value in fields.items()
        if spelling(name) == spelling(key)
    ]
