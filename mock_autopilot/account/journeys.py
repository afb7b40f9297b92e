"""What can be done with the journeys of an account; each operation as in `contacts`."""

from collections.abc import Sequence
from typing import Any

from mock_autopilot.account import call_warnings as warn
from mock_autopilot.account import errors
from mock_autopilot.account.account import Account
from mock_autopilot.account.call_warnings import Warnings
from mock_autopilot.account.clock import http_date, parse_iso
from mock_autopilot.account.contact import Contact, render
from mock_autopilot.account.contact_body import ContactUpdate
from mock_autopilot.account.contact_writing import check_update, write_update
from mock_autopilot.account.effects import Effects, JourneyChange
from mock_autopilot.account.journey import Entry, Journey
from mock_autopilot.account.lookup import contact_of_path, journey_of_trigger, new_journey_id
from mock_autopilot.account.similar import similar
from mock_autopilot.storage.base import Transaction

WorkOrder = dict[str, Any]
MOST_SEARCHED = 1_000
"""Journeys among which the one that may be meant is searched for: that takes its time."""


def define(account: Account, name: str, trigger_id: str | None = None) -> Journey:
    """Define a journey; its trigger gets the next free number when no id is given.

    A trigger that was made by its first use, and so is called by its id, is given the name and
    keeps its entries. Raises `ApiError` when the name is blank, or the trigger's id cannot stand in
    a path or is another journey's.
    """
    if not name.strip():
        raise errors.BAD_FIELD(field="name", problem="must not be blank.")
    if trigger_id is not None and (not trigger_id or "/" in trigger_id):
        problem = "must stand in a path: it may not be empty, nor hold a slash."
        raise errors.BAD_FIELD(field="trigger_id", problem=problem)

    def operation(stored: Transaction) -> Journey:
        known = {journey.trigger_id: journey for journey in stored.journeys()}
        numbers = (f"{number:04}" for number in range(1, len(known) + 2))
        trigger = trigger_id or next(number for number in numbers if number not in known)
        same = known.get(trigger)
        if same and same.name not in (name, trigger):
            problem = f"{trigger!r} is that of the journey {same.name!r} already; take another id."
            raise errors.BAD_FIELD(field="trigger_id", problem=problem)
        journey_id = same.journey_id if same else new_journey_id(account.ids, stored)
        journey = Journey(trigger_id=trigger, journey_id=journey_id, name=name)
        stored.define(journey)
        return journey

    journey = account.transact(operation)
    account.replay_start = account.replay_start.with_journey(journey)
    return journey


def triggers(account: Account, warnings: Warnings) -> Sequence[Journey]:
    """Return the journeys that have an API trigger: all."""
    return account.perform(warnings, lambda stored: stored.journeys(), lambda _, found: found)


def enter(
    account: Account,
    trigger_id: str,
    contact_id_or_email: str,
    properties: dict[str, Any],
    warnings: Warnings,
) -> tuple[WorkOrder, Effects]:
    """Add an entry of a contact into a journey; return the work order."""

    def check(stored: Transaction) -> Contact:
        _require_trigger(account, stored, trigger_id)
        contact = contact_of_path(stored, contact_id_or_email)
        _warn_of_new_journey(stored, trigger_id, warnings)
        return contact

    def write(stored: Transaction, contact: Contact) -> tuple[Contact, Effects]:
        return contact, _enter(account, stored, trigger_id, contact, properties)

    contact, effects = account.perform(warnings, check, write)
    return _work_order(account, trigger_id, contact_id_or_email, contact), effects


def upsert_and_enter(
    account: Account,
    trigger_id: str,
    update: ContactUpdate,
    properties: dict[str, Any],
    warnings: Warnings,
) -> tuple[str, WorkOrder, Effects]:
    """Add or update a contact, and add an entry of it; return its id and the work order."""

    def check(stored: Transaction) -> Sequence[Contact]:
        _require_trigger(account, stored, trigger_id)
        found = check_update(update, stored, warnings, entering=True)
        _warn_of_new_journey(stored, trigger_id, warnings)
        return found

    def write(stored: Transaction, found: Sequence[Contact]) -> tuple[Contact, Effects]:
        contact, effects = write_update(update, stored, found, account)
        return contact, effects + _enter(account, stored, trigger_id, contact, properties)

    contact, effects = account.perform(warnings, check, write)
    contact_id = contact.contact_id
    return contact_id, _work_order(account, trigger_id, contact_id, contact), effects


def eject(
    account: Account, trigger_or_journey_id: str, contact_id_or_email: str, warnings: Warnings
) -> Effects:
    """Take a contact off a journey: all of its entries that are still on it.

    The journey is named by its own id, or by its trigger's (`ours`: no call tells the former).
    """

    def check(stored: Transaction) -> tuple[Journey, Contact]:
        journey = stored.journey(trigger_or_journey_id)
        if journey is None:
            raise errors.NO_JOURNEY()
        try:
            return journey, contact_of_path(stored, contact_id_or_email)
        except errors.ApiError as error:
            # A contact that does not exist is not on the journey either (`ours`).
            absent = error.kind is errors.NO_CONTACT
            raise (errors.NOT_ON_JOURNEY() if absent else error) from None

    def write(stored: Transaction, checked: tuple[Journey, Contact]) -> Effects:
        journey, contact = checked
        ended = stored.eject(journey.trigger_id, contact, account.now())
        if not ended:
            raise errors.NOT_ON_JOURNEY()
        change = JourneyChange(journey.trigger_id, contact.contact_id)
        return Effects(entries_ended=(change,) * ended)

    return account.perform(warnings, check, write)


def _require_trigger(account: Account, stored: Transaction, trigger_id: str) -> None:
    """Raise the 404 for an unknown trigger, unless its journey is made when it is entered."""
    if not account.options.auto_journeys and not journey_of_trigger(stored, trigger_id):
        raise errors.NO_TRIGGER()


def _warn_of_new_journey(stored: Transaction, trigger_id: str, warnings: Warnings) -> None:
    """Warn of a trigger that is unknown in an account with journeys that were defined.

    Without any, it is the plain way that each journey is made by its first use.
    """
    if journey_of_trigger(stored, trigger_id):
        return
    defined = [journey for journey in stored.journeys() if not journey.made_on_use]
    if defined:
        hint = _meant_trigger(trigger_id, defined)
        warnings.add(warn.UNKNOWN_TRIGGER("trigger_id", value=trigger_id, hint=hint))


def _meant_trigger(trigger_id: str, defined: Sequence[Journey]) -> str:
    """Return which of the defined journeys may be meant by an unknown trigger's id."""
    for journey in defined:
        if trigger_id == journey.name:
            return f"; there is a journey of that name with the trigger {journey.trigger_id}"
    by_name = {
        text: journey
        for journey in defined[:MOST_SEARCHED]
        for text in (journey.name, journey.trigger_id)
    }
    near = similar(trigger_id, by_name, cutoff=0.75)
    if not near:
        return ""
    meant = by_name[near[0]]
    return f"; did you mean the trigger {meant.trigger_id} of the journey {meant.name!r}?"


def _enter(
    account: Account,
    stored: Transaction,
    trigger_id: str,
    contact: Contact,
    properties: dict[str, Any],
) -> Effects:
    """Add an entry, into a journey that is made if it is not there yet."""
    if account.options.auto_journeys and not journey_of_trigger(stored, trigger_id):
        journey_id = new_journey_id(account.ids, stored)
        stored.define(Journey(trigger_id=trigger_id, journey_id=journey_id, name=trigger_id))
    contact_id = contact.contact_id
    entry = Entry(contact_id=contact_id, entered_at=account.now(), properties=properties)
    stored.enter(trigger_id, entry)
    return Effects(entries_made=(JourneyChange(trigger_id, contact_id),))


def _work_order(
    account: Account, trigger_id: str, contact_id_or_email: str, contact: Contact
) -> WorkOrder:
    """Return what the API answers when a contact enters a journey (`observed`).

    `contact_id_or_email` is the contact as the call's path names it. That the contact's revision is
    always its first is `ours`: nothing here counts revisions.
    """
    document = render(contact)
    contact_id = document.pop("contact_id")
    revision = f"1-{account.ids.hexadecimal()}"
    for name in ("created_at", "updated_at"):
        if name in document:
            document[name] = http_date(parse_iso(str(document[name])))
    return {
        "bislr_identifier": account.instance_id,
        "trigger_id": trigger_id,
        "contact_id_or_email": contact_id_or_email,
        "rqType": "API",
        "terminated": False,
        "taskCounter": 0,
        "chunkUuid": account.ids.version_1(),
        "previousSteps": [],
        "stepUuid": account.ids.version_1(),
        "apiContact": {
            "_id": f"contacts_{contact_id}",
            "_rev": revision,
            **document,
        },
    }
