"""What Python code sees of an account: its calls, its contacts, its journeys."""

from collections.abc import Iterator, Mapping
from copy import deepcopy
from dataclasses import dataclass
from difflib import get_close_matches
from typing import Any

from mock_autopilot.account import contact as contacts
from mock_autopilot.account.account import Account
from mock_autopilot.account.contact import Contact


class ContactView(Mapping[str, Any]):
    """A contact as it stood when it was looked up: the document that the API answers.

    `view["FirstName"]` is a field of the document; `custom` has the custom fields by name.
    """

    def __init__(self, contact: Contact) -> None:
        self._document = deepcopy(contacts.render(contact))
        self.contact_id = contact.contact_id
        self.email = contact.email
        self.user_id = contact.user_id
        self.custom: dict[str, Any] = {
            kind: deepcopy(f.value) for kind, f in contact.custom.items()
        }

    def __getitem__(self, name: str) -> Any:
        return self._document[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self._document)

    def __len__(self) -> int:
        return len(self._document)

    def __repr__(self) -> str:
        return f"ContactView({self._document!r})"


class ContactsView(Mapping[str, ContactView]):
    """The contacts of an account, looked up by address, user id or contact id; iterates the ids."""

    def __init__(self, account: Account) -> None:
        self._account = account

    def __getitem__(self, who: str) -> ContactView:
        with self._account.lock:
            store = self._account.contacts
            found = store.get(who) or store.by_email(who) or store.by_user_id(who)
            if found:
                return ContactView(found)
            known = [key for c in store for key in (c.email, c.user_id, c.contact_id) if key]
        near = get_close_matches(who, known, n=3, cutoff=0.5)
        hint = f"nearest: {', '.join(near)}" if near else f"there are {len(self)} contacts"
        raise KeyError(f"no contact has the address, user id or contact id {who!r}; {hint}")

    def __contains__(self, who: object) -> bool:
        with self._account.lock:
            store = self._account.contacts
            return isinstance(who, str) and any(
                (store.get(who), store.by_email(who), store.by_user_id(who))
            )

    def __iter__(self) -> Iterator[str]:
        with self._account.lock:
            return iter([contact.contact_id for contact in self._account.contacts])

    def __len__(self) -> int:
        return len(self._account.contacts)


@dataclass(frozen=True)
class EntryView:
    """One entry into a journey. Times are ISO-8601 texts."""

    contact: ContactView | None
    """The contact as it stands now; None when it was deleted."""
    contact_id: str
    properties: dict[str, Any]
    entered_at: str
    ejected_at: str | None


@dataclass(frozen=True)
class JourneyView:
    """A journey as it stood when it was looked up, with its entries, oldest first."""

    trigger_id: str
    journey_id: str
    name: str
    entries: tuple[EntryView, ...]


class JourneysView(Mapping[str, JourneyView]):
    """The journeys of an account, by trigger id, journey id or name; iterates the trigger ids."""

    def __init__(self, account: Account) -> None:
        self._account = account

    def __getitem__(self, trigger: str) -> JourneyView:
        account = self._account
        with account.lock:
            journeys = account.journeys.values()
            named = (j for j in journeys if trigger in (j.journey_id, j.name))
            journey = account.journeys.get(trigger) or next(named, None)
            if journey is None:
                known = ", ".join(account.journeys) or "none"
                raise KeyError(
                    f"no journey has the trigger id or name {trigger!r}; there are: {known}"
                )
            entries = []
            for entry in journey.entries:
                contact = account.contacts.get(entry.contact_id)
                view = ContactView(contact) if contact else None
                current = account.contacts.current_id(entry.contact_id)
                entries.append(
                    EntryView(
                        view,
                        current,
                        deepcopy(entry.properties),
                        entry.entered_at,
                        entry.ejected_at,
                    )
                )
            return JourneyView(journey.trigger_id, journey.journey_id, journey.name, tuple(entries))

    def __iter__(self) -> Iterator[str]:
        with self._account.lock:
            return iter(list(self._account.journeys))

    def __len__(self) -> int:
        return len(self._account.journeys)
