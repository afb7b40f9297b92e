"""Accounts in memory: the storage that is used when no other is asked for."""

from collections import Counter, defaultdict
from collections.abc import Callable, Mapping, Sequence
from itertools import islice
from threading import Lock
from typing import TypeVar

from msgspec.structs import replace
from sortedcontainers import SortedList

from mock_autopilot.account.contact import Contact
from mock_autopilot.account.contact_body import CustomField
from mock_autopilot.account.fields import CUSTOM_TYPES
from mock_autopilot.account.journey import Entry, Journey
from mock_autopilot.storage.base import AccountState, Transaction, address_key

T = TypeVar("T")


class MemoryStorage:
    """Keeps the accounts of one process. Each has a lock, held while an operation runs."""

    def __init__(self) -> None:
        self._accounts: dict[str, tuple[Lock, MemoryAccount]] = {}

    def transact(self, api_key: str, operation: Callable[[Transaction], T]) -> T:
        """Run an operation on the account with this key, as `Storage` says."""
        found = self._accounts.get(api_key)
        lock, account = found or self._accounts.setdefault(api_key, (Lock(), MemoryAccount()))
        with lock:
            return operation(account)

    def forget(self, api_key: str) -> None:
        """Forget all that is stored for this key."""
        self._accounts.pop(api_key, None)


class MemoryAccount:
    """The state of one account, with the indexes that find things in it.

    No operation but `contacts`, `entries`, `snapshot` and `restore` takes a time that grows with
    the number of contacts or entries (that of `put`, `remove` and `page` with its logarithm).
    """

    def __init__(self) -> None:
        self.restore(AccountState())

    def restore(self, state: AccountState) -> None:
        """Replace all that is stored."""
        self._by_id: dict[str, Contact] = {}
        self._ids: SortedList[str] = SortedList()
        self._removed: set[str] = set()
        self._merged: dict[str, str] = {}
        self._by_email: dict[str, list[str]] = {}
        """Several contacts have one address only where a state says so."""
        self._by_user_id: dict[str, str] = {}
        self._custom_types: dict[str, Counter[str]] = {}
        """How many contacts have a custom field with each type, by the field's name."""
        self._lists = dict(state.lists)
        self._journeys: dict[str, Journey] = {}
        self._triggers: dict[str, str] = {}
        """Trigger ids by the journeys' own ids."""
        self._entries: defaultdict[str, list[Entry]] = defaultdict(list)
        self._open: defaultdict[tuple[str, str], list[int]] = defaultdict(list)
        """Where the entries that are not ended stand, by trigger id and contact id."""
        for contact in state.contacts:
            self.put(contact)
        for journey in state.journeys:
            self.define(journey)
        for trigger_id, entries in state.entries.items():
            for entry in entries:
                self.enter(trigger_id, entry)

    def snapshot(self) -> AccountState:
        """Return all that is stored."""
        entries = {trigger_id: self.entries(trigger_id) for trigger_id in self._journeys}
        return AccountState(self.contacts(), self.lists(), self.journeys(), entries)

    # --- contacts ----------------------------------------------------------------------------

    def find(
        self,
        *,
        email: str | None = None,
        new_email: str | None = None,
        contact_id: str | None = None,
        user_id: str | None = None,
    ) -> list[Contact]:
        """Return the contacts that these name, in this order, each once."""
        ids: list[str] = []
        for address in (email, new_email):
            if address:
                ids += self._by_email.get(address_key(address), ())[:1]
        if contact_id and (current := self._merged.get(contact_id, contact_id)) in self._by_id:
            ids.append(current)
        if user_id and (found := self._by_user_id.get(user_id)):
            ids.append(found)
        return [self._by_id[one] for one in dict.fromkeys(ids)]

    def with_address(self, email: str) -> list[Contact]:
        """Return all contacts that have an address, in any letter case."""
        return [self._by_id[one] for one in self._by_email.get(address_key(email), ())]

    def put(self, contact: Contact) -> None:
        """Add a contact, or replace the one with its id."""
        contact_id = contact.contact_id
        old = self._by_id.get(contact_id)
        self._by_id[contact_id] = contact
        if old is None:
            self._ids.add(contact_id)
        self._merged.update(dict.fromkeys(contact.merged_ids, contact_id))
        self._index(old, contact)
        self._count_types(old.custom if old else {}, contact.custom)

    def remove(self, contact_id: str) -> None:
        """Remove a contact; no id finds it afterwards."""
        contact = self._by_id.pop(contact_id)
        self._ids.remove(contact_id)
        self._removed.add(contact_id)
        self._index(contact, None)
        self._count_types(contact.custom, {})

    def contacts(self) -> Sequence[Contact]:
        """Return all contacts in the order in which they were added."""
        return list(self._by_id.values())

    def count(self) -> int:
        """Return how many contacts there are."""
        return len(self._by_id)

    def is_bookmark(self, bookmark: str) -> bool:
        """Return whether a bookmark is, or once was, the id of a contact."""
        return bookmark in self._by_id or bookmark in self._removed

    def page(self, bookmark: str | None, limit: int) -> tuple[list[Contact], str | None]:
        """Return `limit` contacts by ascending id, and the next bookmark if there are more."""
        begin = bookmark if bookmark and self.is_bookmark(bookmark) else None
        ids = islice(self._ids.irange(minimum=begin), limit + 1)
        found = [self._by_id[contact_id] for contact_id in ids]
        more = found[limit].contact_id if len(found) > limit else None
        return found[:limit], more

    def custom_fields(self) -> Mapping[str, str]:
        """Return the types of the custom fields that contacts have, by the field's name."""
        return {
            kind: max(CUSTOM_TYPES, key=counts.__getitem__)
            for kind, counts in self._custom_types.items()
        }

    def _index(self, old: Contact | None, new: Contact | None) -> None:
        """Replace the entries of a contact in the indexes of addresses and user ids."""
        before, after = (address_key(one.email) if one and one.email else "" for one in (old, new))
        if old and before and before != after:
            sharing = self._by_email[before]
            sharing.remove(old.contact_id)
            if not sharing:
                del self._by_email[before]
        if new and after and before != after:
            self._by_email.setdefault(after, []).append(new.contact_id)
        if old and old.user_id and self._by_user_id.get(old.user_id) == old.contact_id:
            del self._by_user_id[old.user_id]
        if new and new.user_id:
            self._by_user_id[new.user_id] = new.contact_id

    def _count_types(self, old: Mapping[str, CustomField], new: Mapping[str, CustomField]) -> None:
        """Replace the types of a contact's custom fields in the counts of types."""
        if old is new:
            return
        for kind, field in new.items():
            if old.get(kind) is not field:
                self._custom_types.setdefault(kind, Counter())[field.type] += 1
        for kind, field in old.items():
            if new.get(kind) is not field:
                counts = self._custom_types[kind]
                counts[field.type] -= 1
                if not any(counts.values()):
                    del self._custom_types[kind]

    # --- lists and journeys ------------------------------------------------------------------

    def lists(self) -> Mapping[str, str]:
        """Return the titles of the lists by their ids."""
        return dict(self._lists)

    def journey(self, trigger_or_journey_id: str) -> Journey | None:
        """Return the journey with this trigger, else the one with this id of its own."""
        by_trigger = self._journeys.get(trigger_or_journey_id)
        return by_trigger or self._journeys.get(self._triggers.get(trigger_or_journey_id, ""))

    def journeys(self) -> Sequence[Journey]:
        """Return all journeys in the order in which they were defined."""
        return list(self._journeys.values())

    def define(self, journey: Journey) -> None:
        """Add a journey, or replace the one with its trigger; its entries stay."""
        self._journeys[journey.trigger_id] = journey
        self._triggers[journey.journey_id] = journey.trigger_id

    def enter(self, trigger_id: str, entry: Entry) -> None:
        """Add an entry into a journey."""
        entries = self._entries[trigger_id]
        if entry.ejected_at is None:
            self._open[trigger_id, entry.contact_id].append(len(entries))
        entries.append(entry)

    def eject(self, trigger_id: str, contact: Contact, at: str) -> int:
        """End the entries of a contact that are not ended yet, and return how many there were."""
        entries = self._entries[trigger_id]
        found = [n for one in contact.ids for n in self._open.pop((trigger_id, one), ())]
        for number in found:
            entries[number] = replace(entries[number], ejected_at=at)
        return len(found)

    def entries(self, trigger_id: str) -> Sequence[Entry]:
        """Return the entries into a journey, oldest first."""
        return [
            replace(entry, contact_id=self._merged[entry.contact_id])
            if entry.contact_id in self._merged
            else entry
            for entry in self._entries.get(trigger_id, ())
        ]
