"""What Python code sees of an account: its contacts and its journeys."""

from collections.abc import Iterator, Mapping
from copy import deepcopy
from dataclasses import dataclass
from difflib import get_close_matches
from itertools import islice
from typing import Any

from mock_autopilot.account.account import Account
from mock_autopilot.account.contact import Contact, render
from mock_autopilot.account.journey import Entry, Journey
from mock_autopilot.storage.base import Transaction

MOST_SEARCHED = 5_000
"""How many identifiers an error's hint is searched for in, which takes up to 0.1 s."""


class ContactView(Mapping[str, Any]):
    """A contact as it stood when it was looked up: the document that the API answers.

    `view["FirstName"]` is a field of the document; `custom` has the custom fields by name.
    """

    def __init__(self, contact: Contact) -> None:
        self._document = deepcopy(render(contact))
        self.contact_id = contact.contact_id
        self.email = contact.email
        self.user_id = contact.user_id
        self.custom: dict[str, Any] = {
            kind: deepcopy(field.value) for kind, field in contact.custom.items()
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

    def __getitem__(self, identifier: str) -> ContactView:
        found = self._found(identifier)
        if found is None:
            raise KeyError(self._why_not(identifier))
        return ContactView(found)

    def get(self, identifier: object, default: Any = None) -> Any:
        """Return the contact, or the default; unlike an error, that searches for no near ones."""
        found = self._found(identifier)
        return default if found is None else ContactView(found)

    def __contains__(self, identifier: object) -> bool:
        return self._found(identifier) is not None

    def _why_not(self, identifier: object) -> str:
        stored = self._account.transact(lambda stored: stored.contacts())
        known = (key for c in stored for key in (c.email, c.user_id, c.contact_id) if key)
        searched = list(islice(known, MOST_SEARCHED))
        near = get_close_matches(str(identifier), searched, n=3, cutoff=0.5)
        hint = f"nearest: {', '.join(near)}" if near else f"there are {len(stored)} contacts"
        return f"no contact has the address, user id or contact id {identifier!r}; {hint}"

    def _found(self, identifier: object) -> Contact | None:
        return self._account.look_up(identifier) if isinstance(identifier, str) else None

    def __iter__(self) -> Iterator[str]:
        stored = self._account.transact(lambda stored: stored.contacts())
        return iter([contact.contact_id for contact in stored])

    def __len__(self) -> int:
        return self._account.transact(lambda stored: stored.count())


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

    def __getitem__(self, name: str) -> JourneyView:
        journey, entries = self._account.transact(lambda stored: _entered(stored, name))
        views = tuple(_entry_view(entry, contact) for entry, contact in entries)
        return JourneyView(journey.trigger_id, journey.journey_id, journey.name, views)

    def __iter__(self) -> Iterator[str]:
        journeys = self._account.transact(lambda stored: stored.journeys())
        return iter([journey.trigger_id for journey in journeys])

    def __len__(self) -> int:
        return len(self._account.transact(lambda stored: stored.journeys()))


Entries = list[tuple[Entry, Contact | None]]


def _entered(stored: Transaction, name: str) -> tuple[Journey, Entries]:
    """Return a journey, and its entries with their contacts as they are now."""
    journeys = stored.journeys()
    named = (journey for journey in journeys if journey.name == name)
    journey = stored.journey(name) or next(named, None)
    if journey is None:
        known = ", ".join(journey.trigger_id for journey in journeys) or "none"
        raise KeyError(f"no journey has the trigger id or name {name!r}; there are: {known}")
    entries = stored.entries(journey.trigger_id)
    return journey, [
        (entry, next(iter(stored.find(contact_id=entry.contact_id)), None)) for entry in entries
    ]


def _entry_view(entry: Entry, contact: Contact | None) -> EntryView:
    return EntryView(
        contact=ContactView(contact) if contact else None,
        contact_id=entry.contact_id,
        properties=deepcopy(entry.properties),
        entered_at=entry.entered_at,
        ejected_at=entry.ejected_at,
    )
