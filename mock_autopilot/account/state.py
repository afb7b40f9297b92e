"""An account's state as one JSON value: what `GET state` gives and `PUT state`, `--seed` take.

`{"contacts": […], "lists": […], "journeys": […]}`; a round trip is exact. A contact is the
document that the API answers, with the `merged_contact_ids` beside it. By hand one may write less:
everything that Autopilot makes (ids, times) is made when absent, and `custom` is taken as in a
call. What looks wrong is warned about as in a call, and refused where the account is strict. The
form is `ours`.
"""

from collections import Counter
from collections.abc import Callable, Container, Mapping, Sequence
from datetime import datetime
from typing import Annotated, Any, TypeVar

from msgspec import UNSET, Meta, Struct, UnsetType
from msgspec.structs import replace

from mock_autopilot.account import call_warnings as warn
from mock_autopilot.account.account import Account, ReplayStart
from mock_autopilot.account.call_warnings import Warnings
from mock_autopilot.account.clock import iso, iso_second, parse_iso
from mock_autopilot.account.contact import Contact, apply, render
from mock_autopilot.account.contact_body import CustomField, read_contact
from mock_autopilot.account.fields import CUSTOM_TYPES, date_value
from mock_autopilot.account.journey import Entry, Journey
from mock_autopilot.account.json_text import MAX_DEPTH, parse_object
from mock_autopilot.account.validation import bad_field, convert
from mock_autopilot.storage.base import AccountState, Transaction, address_key

DEPTH = MAX_DEPTH + 8
"""Levels that a state may have: what a call's body may hold stands a little deeper here."""
T = TypeVar("T")
Text = Annotated[str, Meta(min_length=1)]


class _List(Struct, forbid_unknown_fields=True):
    list_id: Text
    title: Text


class _Entry(Struct, forbid_unknown_fields=True):
    contact_id: Text
    entered_at: str | None = None
    properties: dict[str, Any] = {}
    ejected_at: str | None = None


class _Journey(Struct, forbid_unknown_fields=True):
    trigger_id: Text
    journey_id: Text | None = None
    name: Text | None = None
    entries: list[_Entry] | None = None


class _State(Struct, forbid_unknown_fields=True):
    contacts: list[dict[str, Any]] | None = None
    lists: list[_List] | None = None
    journeys: list[_Journey] | None = None


class _CustomField(Struct):
    kind: str
    value: Any
    fieldType: Text | None = None  # noqa: N815  # Autopilot's name


class _Contact(Struct):
    """What Autopilot makes of a contact; `read_contact` takes the rest of the document."""

    contact_id: Text | None = None
    created_at: str | None = None
    updated_at: str | None = None
    api_originated: bool | UnsetType = UNSET
    type: Any = None
    lists: list[str] | None = None
    custom_fields: list[_CustomField] | None = None
    merged_contact_ids: list[str] | None = None


def dump(account: Account) -> dict[str, Any]:
    """Return the account's state."""
    return dump_state(account.transact(lambda stored: stored.snapshot()))


def dump_state(state: AccountState) -> dict[str, Any]:
    """Return what an account stores, or stored, as a state."""
    return {
        "contacts": [
            {**render(contact), "merged_contact_ids": list(contact.merged_ids)}
            for contact in state.contacts
        ],
        "lists": [{"list_id": key, "title": title} for key, title in state.lists.items()],
        "journeys": [
            {
                "trigger_id": journey.trigger_id,
                "journey_id": journey.journey_id,
                "name": journey.name,
                "entries": [
                    {
                        "contact_id": entry.contact_id,
                        "entered_at": entry.entered_at,
                        "properties": entry.properties,
                        "ejected_at": entry.ejected_at,
                    }
                    for entry in state.entries[journey.trigger_id]
                ],
            }
            for journey in state.journeys
        ],
    }


def parse(raw: bytes, warnings: Warnings) -> dict[str, Any]:
    """Return a state's JSON text as a value; warn of each key that stands twice in an object.

    Raises `ApiError` (400) when it is no JSON object.
    """
    return parse_object(raw, warnings, DEPTH, "The state")


def load(account: Account, state: Mapping[str, Any], warnings: Warnings) -> None:
    """Replace the account's state, all or nothing; warn of what looks wrong about it.

    Raises `ApiError` (400) that names the field when the state is not valid, and where the account
    is strict also for a warning. The record of calls stays.
    """
    parts = convert(dict(state), _State)
    lists = _lists(parts.lists or ())
    loaded = _contacts(account, parts.contacts or (), lists, warnings)
    journeys, entries = _journeys(account, parts.journeys or ())
    warnings.reject_if_strict()
    new = AccountState(loaded, lists, journeys, entries)

    def operation(stored: Transaction) -> None:
        stored.restore(new)
        account.replay_start = ReplayStart(new, account.journal.newest())

    account.transact(operation)


def _lists(parts: Sequence[_List]) -> dict[str, str]:
    lists: dict[str, str] = {}
    for index, part in enumerate(parts):
        _require_new(part.list_id, lists, f"lists[{index}].list_id")
        lists[part.list_id] = part.title
    return lists


def _require_new(value: str, known: Container[str], path: str) -> None:
    if value in known:
        raise bad_field(path, f"stands twice: {value!r}.")


def _contacts(
    account: Account,
    items: Sequence[dict[str, Any]],
    lists: Mapping[str, str],
    warnings: Warnings,
) -> list[Contact]:
    loaded, ids, addresses, user_ids = [], set[str](), set[str](), set[str]()
    for index, item in enumerate(items):
        path = f"contacts[{index}]"
        contact = _contact(account, item, path, warnings)
        for list_id in contact.lists:
            if list_id not in lists:
                raise bad_field(
                    f"{path}.lists", f"names {list_id!r}, which is not among the lists."
                )
        for contact_id in filter(None, contact.ids):
            _require_new(contact_id, ids, f"{path}.contact_id")
        if contact.email and address_key(contact.email) in addresses:
            warnings.add(warn.SHARED_ADDRESS(f"{path}.Email", value=contact.email))
        if contact.user_id:
            _require_new(contact.user_id, user_ids, f"{path}.user_id")
            user_ids.add(contact.user_id)
        addresses.add(address_key(contact.email or ""))
        ids.update(contact.ids)
        loaded.append(contact)
    return [
        contact
        if contact.contact_id
        else replace(contact, contact_id=account.ids.unused(account.ids.contact, ids.__contains__))
        for contact in loaded
    ]


def _contact(account: Account, item: dict[str, Any], path: str, warnings: Warnings) -> Contact:
    """Return a contact; its id is empty where the state gives none."""
    update = read_contact(item, path, warnings, in_state=True)
    if not (update.email or update.user_id):
        raise bad_field(path, "has neither Email nor user_id; one of them must be there.")
    made = convert(item, _Contact, path)
    created_at = _time(made.created_at, f"{path}.created_at", account.second(), iso_second)
    by_api = made.type is None if made.api_originated is UNSET else made.api_originated
    new = Contact(
        contact_id=made.contact_id or "",
        created_at=created_at,
        api_originated=by_api,
        merged_ids=tuple(made.merged_contact_ids or ()),
    )
    contact, _ = apply(new, update, created_at)
    lists = [*contact.lists, *(made.lists or ())]
    for list_id in (one for one, times in Counter(lists).items() if times > 1):
        warnings.add(warn.LIST_TWICE(f"{path}.lists", value=list_id))
    custom = {**contact.custom, **_custom(made.custom_fields or (), f"{path}.custom_fields")}
    updated_at = created_at if lists or custom else contact.updated_at
    return replace(
        contact,
        lists=tuple(dict.fromkeys(lists)),
        custom=custom,
        updated_at=_time(made.updated_at, f"{path}.updated_at", updated_at, iso_second),
    )


def _custom(parts: Sequence[_CustomField], path: str) -> dict[str, CustomField]:
    fields = {}
    for index, part in enumerate(parts):
        field_type = part.fieldType or "string"
        if field_type not in CUSTOM_TYPES:
            known = ", ".join(CUSTOM_TYPES)
            raise bad_field(f"{path}[{index}].fieldType", f"must be one of {known}.")
        if part.value is None:
            raise bad_field(f"{path}[{index}].value", "must be there, and not null.")
        value = part.value
        if field_type == "date" and isinstance(value, str):
            value = date_value(value) or value
        fields[part.kind] = CustomField(field_type, value)
    return fields


def _time(
    text: str | None, path: str, default: T, write: Callable[[datetime], str] = iso
) -> str | T:
    """Return a date and time as `write` writes it; `default` where there is none."""
    if text is None:
        return default
    try:
        return write(parse_iso(text))
    except (ValueError, OverflowError):
        problem = "must be an ISO-8601 date and time, as in 2016-02-14T12:02:49.000Z."
        raise bad_field(path, problem) from None


def _journeys(
    account: Account, parts: Sequence[_Journey]
) -> tuple[list[Journey], dict[str, list[Entry]]]:
    journeys, entries, ids = [], dict[str, list[Entry]](), set[str]()
    for index, part in enumerate(parts):
        path = f"journeys[{index}]"
        if "/" in part.trigger_id:
            raise bad_field(f"{path}.trigger_id", "must stand in a path: it may hold no slash.")
        _require_new(part.trigger_id, entries, f"{path}.trigger_id")
        if part.journey_id:
            _require_new(part.journey_id, ids, f"{path}.journey_id")
            ids.add(part.journey_id)
        name = part.name or part.trigger_id
        journeys.append(
            Journey(trigger_id=part.trigger_id, journey_id=part.journey_id or "", name=name)
        )
        entries[part.trigger_id] = [
            _entry(account, entry, f"{path}.entries[{number}]")
            for number, entry in enumerate(part.entries or ())
        ]
    made = [
        journey
        if journey.journey_id
        else replace(journey, journey_id=account.ids.unused(account.ids.journey, ids.__contains__))
        for journey in journeys
    ]
    return made, entries


def _entry(account: Account, part: _Entry, path: str) -> Entry:
    return Entry(
        contact_id=part.contact_id,
        entered_at=_time(part.entered_at, f"{path}.entered_at", account.now()),
        properties=part.properties,
        ejected_at=_time(part.ejected_at, f"{path}.ejected_at", None),
    )
