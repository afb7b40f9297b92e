"""A second storage, as plain as can be: lists that are searched from their beginning.

It shares no code with the one in `mock_autopilot.storage.memory`. It runs each operation twice:
first on a copy, which is thrown away, as a database does that undoes an operation and repeats it.
"""

from collections.abc import Callable, Mapping, Sequence
from copy import deepcopy
from threading import RLock
from typing import TypeVar

from msgspec.structs import replace

from mock_autopilot.account.contact import Contact
from mock_autopilot.account.journey import Entry, Journey
from mock_autopilot.storage.base import AccountState, Transaction

T = TypeVar("T")


class PlainStorage:
    def __init__(self) -> None:
        self._accounts: dict[str, PlainAccount] = {}
        self._lock = RLock()

    def transact(self, api_key: str, operation: Callable[[Transaction], T]) -> T:
        with self._lock:
            account = self._accounts.setdefault(api_key, PlainAccount())
            operation(deepcopy(account))
            return operation(account)

    def forget(self, api_key: str) -> None:
        with self._lock:
            self._accounts.pop(api_key, None)


class PlainAccount:
    def __init__(self) -> None:
        self.restore(AccountState())

    def restore(self, state: AccountState) -> None:
        self.stored = list(state.contacts)
        self.titles = dict(state.lists)
        self.defined = list(state.journeys)
        self.entered = [(key, entry) for key, many in state.entries.items() for entry in many]
        self.removed: list[str] = []
        self.merged = {old: one.contact_id for one in self.stored for old in one.merged_ids}

    def snapshot(self) -> AccountState:
        entries = {one.trigger_id: self.entries(one.trigger_id) for one in self.defined}
        return AccountState(self.contacts(), self.lists(), self.journeys(), entries)

    def find(
        self,
        *,
        email: str | None = None,
        new_email: str | None = None,
        contact_id: str | None = None,
        user_id: str | None = None,
    ) -> list[Contact]:
        found = [
            *(self.with_address(email)[:1] if email else ()),
            *(self.with_address(new_email)[:1] if new_email else ()),
            *(one for one in self.stored if contact_id and contact_id in one.ids),
            *(one for one in self.stored if user_id and one.user_id == user_id),
        ]
        return [one for at, one in enumerate(found) if one not in found[:at]]

    def with_address(self, email: str) -> list[Contact]:
        same = [one for one in self.stored if (one.email or "").lower() == email.lower()]
        return [one for one in same if one.email]

    def put(self, contact: Contact) -> None:
        ids = [one.contact_id for one in self.stored]
        if contact.contact_id in ids:
            self.stored[ids.index(contact.contact_id)] = contact
        else:
            self.stored.append(contact)
        self.merged |= dict.fromkeys(contact.merged_ids, contact.contact_id)

    def remove(self, contact_id: str) -> None:
        (gone,) = [one for one in self.stored if one.contact_id == contact_id]
        self.stored.remove(gone)
        self.removed.append(contact_id)

    def contacts(self) -> Sequence[Contact]:
        return list(self.stored)

    def count(self) -> int:
        return len(self.stored)

    def is_bookmark(self, bookmark: str) -> bool:
        return bookmark in [*(one.contact_id for one in self.stored), *self.removed]

    def page(self, bookmark: str | None, limit: int) -> tuple[list[Contact], str | None]:
        first = bookmark if bookmark and self.is_bookmark(bookmark) else ""
        following = sorted(
            (one for one in self.stored if one.contact_id >= first),
            key=lambda one: one.contact_id,
        )
        more = following[limit].contact_id if len(following) > limit else None
        return following[:limit], more

    def custom_fields(self) -> Mapping[str, str]:
        order = ("string", "integer", "float", "boolean", "date")
        types: dict[str, list[str]] = {}
        for contact in self.stored:
            for kind, field in contact.custom.items():
                types.setdefault(kind, []).append(field.type)
        return {kind: max(order, key=given.count) for kind, given in types.items()}

    def lists(self) -> Mapping[str, str]:
        return dict(self.titles)

    def journey(self, trigger_or_journey_id: str) -> Journey | None:
        by_trigger = [one for one in self.defined if one.trigger_id == trigger_or_journey_id]
        by_id = [one for one in self.defined if one.journey_id == trigger_or_journey_id]
        return next(iter([*by_trigger, *by_id]), None)

    def journeys(self) -> Sequence[Journey]:
        return list(self.defined)

    def define(self, journey: Journey) -> None:
        triggers = [one.trigger_id for one in self.defined]
        if journey.trigger_id in triggers:
            self.defined[triggers.index(journey.trigger_id)] = journey
        else:
            self.defined.append(journey)

    def enter(self, trigger_id: str, entry: Entry) -> None:
        self.entered.append((trigger_id, entry))

    def eject(self, trigger_id: str, contact: Contact, at: str) -> int:
        ended = 0
        for number, (trigger, entry) in enumerate(self.entered):
            there = trigger == trigger_id and entry.contact_id in contact.ids
            if there and entry.ejected_at is None:
                self.entered[number] = trigger, replace(entry, ejected_at=at)
                ended += 1
        return ended

    def entries(self, trigger_id: str) -> Sequence[Entry]:
        return [
            replace(entry, contact_id=self.merged.get(entry.contact_id, entry.contact_id))
            for trigger, entry in self.entered
            if trigger == trigger_id
        ]
