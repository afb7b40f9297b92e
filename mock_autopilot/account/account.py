"""One account: its contacts, lists and journeys, and everything that can be done to them.

No HTTP here. The clock and the source of ids are parameters. Each operation holds the account's
lock from its first look to its last write, raises `ApiError` before it writes anything, and notes
what it changed in the `Effects` that it is given.
"""

from collections.abc import Callable, Iterable, Sequence
from threading import RLock
from typing import Any
from uuid import UUID, uuid4

from mock_autopilot.account import call_warnings as warn
from mock_autopilot.account import contact as contacts
from mock_autopilot.account import errors, journeys
from mock_autopilot.account.call_warnings import CallWarning
from mock_autopilot.account.clock import Clock, iso, iso_second, utc_now
from mock_autopilot.account.contact import Contact, Page
from mock_autopilot.account.contact_body import ContactUpdate, require_identifier
from mock_autopilot.account.effects import ContactChange, Effects, JourneyChange
from mock_autopilot.account.journeys import Entry, Journey
from mock_autopilot.account.upsert import candidates, write
from mock_autopilot.options import Options
from mock_autopilot.recording.faults import Faults
from mock_autopilot.recording.journal import Journal
from mock_autopilot.storage import MemoryContacts

PAGE = 100
"""Contacts on a page (`client`, `observed`)."""
BULK = 100
"""Contacts that a bulk call takes at most (`doc`)."""
ID_PREFIX = "person_"
"""How the contact ids begin that the service makes (`doc`, `client`)."""
WorkOrder = dict[str, Any]


class Account:
    """The state behind one API key."""

    def __init__(
        self,
        api_key: str,
        options: Options,
        *,
        clock: Clock = utc_now,
        new_id: Callable[[], UUID] = uuid4,
    ) -> None:
        self.api_key = api_key
        self.options = options
        self.journal = Journal(options.journal_size)
        self.faults = Faults()
        self.lock = RLock()
        self.contacts = MemoryContacts()
        self.lists: dict[str, str] = {}
        """Titles by list id."""
        self.journeys: dict[str, Journey] = {}
        """Journeys by trigger id."""
        self._clock = clock
        self.new_id = new_id
        self.instance_id = new_id().hex
        """What the service calls the account in its answers."""

    # --- contacts ----------------------------------------------------------------------------

    def upsert(self, update: ContactUpdate, effects: Effects) -> str:
        """Add a contact, or update the one that the body identifies; return its id."""
        with self.lock:
            self._check(update)
            return self._write(update, effects).contact_id

    def upsert_many(self, updates: Sequence[ContactUpdate], effects: Effects) -> list[str]:
        """Add or update each in turn; all or nothing (`ours`). Returns the ids in that order.

        All are checked, and warned about, against what is stored before the first is written.
        """
        if len(updates) > BULK:
            raise errors.TOO_MANY_CONTACTS(count=len(updates), limit=BULK)
        with self.lock:
            for update in updates:
                self._check(update, bulk=True)
            return [self._write(update, effects).contact_id for update in updates]

    def find(self, contact_id_or_email: str) -> Contact:
        """Find a contact as a path names it (`doc`: id and address are interchangeable)."""
        found = self.contacts.get(contact_id_or_email) or self.contacts.by_email(
            contact_id_or_email.strip()
        )
        if found:
            return found
        if "@" not in contact_id_or_email and not contact_id_or_email.startswith(ID_PREFIX):
            raise errors.INVALID_CONTACT()
        raise errors.NO_CONTACT()

    def document(self, contact_id_or_email: str) -> dict[str, object]:
        """Return the document of a contact."""
        with self.lock:
            return contacts.render(self.find(contact_id_or_email))

    def delete(self, contact_id_or_email: str, effects: Effects) -> None:
        """Delete a contact; by an address all that have it (`doc`).

        What they did on journeys stays on record.
        """
        with self.lock:
            found = [self.find(contact_id_or_email)]
            if not self.contacts.get(contact_id_or_email):
                found = self.contacts.all_by_email(contact_id_or_email.strip())
            for contact in found:
                self.contacts.remove(contact)
            effects.contacts_deleted += tuple(contact.contact_id for contact in found)

    def unsubscribe(self, contact_id_or_email: str, effects: Effects) -> None:
        """Mark a contact as unsubscribed."""
        with self.lock:
            contact = self.find(contact_id_or_email)
            changed = contacts.unsubscribe(contact, self.second())
            self.contacts.put(contact)
            if changed:
                effects.contacts_updated += (ContactChange(contact.contact_id, changed),)

    def page(self, bookmark: str | None, warnings: list[CallWarning]) -> Page:
        """Return the page of contacts that the bookmark names, or the first one.

        One client sends a word that is no bookmark for the first page (`client`): it is warned of.
        """
        with self.lock:
            if bookmark and not self.contacts.knows(bookmark):
                warnings.append(warn.BOOKMARK("bookmark", value=bookmark))
                self.accept(warnings)
            found, more = self.contacts.page(bookmark, PAGE)
            return Page([contacts.render(contact) for contact in found], len(self.contacts), more)

    def custom_fields(self) -> list[dict[str, str]]:
        """Return the custom fields that contacts have, with their types.

        Where contacts differ in the type, that of the contact added last counts (`ours`).
        """
        with self.lock:
            known = {
                kind: field.type
                for contact in self.contacts
                for kind, field in contact.custom.items()
            }
        return [{"name": kind, "fieldType": known[kind]} for kind in known]

    # --- journeys ----------------------------------------------------------------------------

    def triggers(self) -> list[Journey]:
        """Give all journeys, in the order in which they were defined."""
        with self.lock:
            return list(self.journeys.values())

    def define_journey(self, name: str, trigger_id: str | None = None) -> Journey:
        """Define a journey; its trigger gets the next free number when no id is given.

        A trigger that is defined already is given the name, and keeps its entries. Raises
        `ApiError` when the name is blank, or the trigger's id cannot stand in a path.
        """
        if not name.strip():
            raise errors.BAD_FIELD(field="name", problem="must not be blank.")
        if trigger_id is not None and (not trigger_id or "/" in trigger_id):
            problem = "must stand in a path: it may not be empty, nor hold a slash."
            raise errors.BAD_FIELD(field="trigger_id", problem=problem)
        with self.lock:
            if trigger_id is None:
                numbers = range(1, len(self.journeys) + 2)
                free = (f"{number:04}" for number in numbers)
                trigger_id = next(number for number in free if number not in self.journeys)
            journey = self.journeys.get(trigger_id)
            if journey is None:
                journey = Journey(trigger_id, name, journeys.new_journey_id(self.new_id))
                self.journeys[trigger_id] = journey
            journey.name = name
            return journey

    def enter(
        self,
        trigger_id: str,
        contact_id_or_email: str,
        properties: dict[str, Any],
        effects: Effects,
    ) -> WorkOrder:
        """Let a contact enter a journey; return the work order."""
        with self.lock:
            self._require_trigger(trigger_id)
            contact = self.find(contact_id_or_email)
            return self._enter(trigger_id, contact_id_or_email, contact, properties, effects)

    def upsert_and_enter(
        self,
        trigger_id: str,
        update: ContactUpdate,
        properties: dict[str, Any],
        effects: Effects,
    ) -> tuple[str, WorkOrder]:
        """Add or update a contact and let it enter a journey; return its id and the work order."""
        with self.lock:
            self._require_trigger(trigger_id)
            self._check(update, entering=True)
            contact = self._write(update, effects)
            entered = self._enter(trigger_id, contact.contact_id, contact, properties, effects)
            return contact.contact_id, entered

    def find_journey(self, trigger_or_journey_id: str) -> Journey:
        """Find a journey by its own id, or by its trigger's (`ours`: no call tells the former)."""
        for journey in self.journeys.values():
            if trigger_or_journey_id in (journey.trigger_id, journey.journey_id):
                return journey
        raise errors.NO_JOURNEY()

    def eject(self, journey_id: str, contact_id_or_email: str, effects: Effects) -> None:
        """Take a contact off a journey: all of its entries that are still on it."""
        with self.lock:
            journey = self.find_journey(journey_id)
            try:
                contact_id = self.find(contact_id_or_email).contact_id
            except errors.ApiError as error:
                # Nobody is not on that journey either (`ours`).
                absent = error.kind is errors.NO_CONTACT
                raise (errors.NOT_ON_JOURNEY() if absent else error) from None
            there = [
                entry
                for entry in journey.entries
                if entry.ejected_at is None
                and self.contacts.current_id(entry.contact_id) == contact_id
            ]
            if not there:
                raise errors.NOT_ON_JOURNEY()
            now = self.now()
            for entry in there:
                entry.ejected_at = now
            ended = JourneyChange(journey.trigger_id, contact_id)
            effects.entries_ended += (ended,) * len(there)

    def all_names(self, names: Iterable[str]) -> set[str]:
        """Give all names (ids, address, user id) of the contacts that these names belong to."""
        found: set[str] = set()
        with self.lock:
            for name in names:
                store = self.contacts
                contact = store.get(name) or store.by_email(name) or store.by_user_id(name)
                known = (contact.contact_id, contact.email, contact.user_id) if contact else ()
                found |= {name, *(other for other in known if other)}
        return found

    # --- inside ------------------------------------------------------------------------------

    def now(self) -> str:
        """Return the present moment, with milliseconds."""
        return iso(self._clock())

    def new_contact_id(self) -> str:
        """Make a contact's id (`client`: `person_` and an upper-case UUID)."""
        return f"{ID_PREFIX}{str(self.new_id()).upper()}"

    def second(self) -> str:
        """Return the present moment as a contact's times have it."""
        return iso_second(self._clock())

    def accept(self, doubts: Iterable[CallWarning]) -> None:
        """Raise a 400 that lists the warnings, if the account is strict."""
        if self.options.strict and (problems := [str(doubt) for doubt in doubts]):
            raise errors.STRICT(problems="; ".join(problems))

    def _check(self, update: ContactUpdate, *, bulk: bool = False, entering: bool = False) -> None:
        """Do all that can fail, and add the warnings that need the stored contacts."""
        if update.contact_id and not self.contacts.get(update.contact_id):
            field = f"{update.path}.contact_id"
            update.warnings.append(warn.UNKNOWN_CONTACT_ID(field))
            update.contact_id = None
        require_identifier(update, bulk=bulk)
        if update.list_id and update.list_id not in self.lists:
            raise errors.NO_LIST()
        known = next(iter(candidates(self.contacts, update)), None)
        if known:
            update.warnings += contacts.type_changes(known, update)
        if not entering and contacts.says_nothing(known, update):
            update.warnings.append(warn.ONLY_IDENTIFIER(update.path))
        self.accept(update.warnings)

    def _write(self, update: ContactUpdate, effects: Effects) -> Contact:
        return write(self.contacts, update, self.second(), self.new_contact_id, effects)

    def _require_trigger(self, trigger_id: str) -> None:
        if trigger_id not in self.journeys and not self.options.auto_journeys:
            raise errors.NO_TRIGGER()

    def _enter(
        self,
        trigger_id: str,
        contact_id_or_email: str,
        contact: Contact,
        properties: dict[str, Any],
        effects: Effects,
    ) -> WorkOrder:
        journey = self.journeys.get(trigger_id) or self.define_journey(trigger_id, trigger_id)
        journey.entries.append(Entry(contact.contact_id, self.now(), properties))
        effects.entries_made += (JourneyChange(trigger_id, contact.contact_id),)
        return journeys.work_order(
            self.instance_id, trigger_id, contact_id_or_email, contact, self.new_id
        )
