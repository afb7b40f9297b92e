"""What Python code sees of an account: its contacts, its journeys and its calls."""

from collections.abc import Iterable, Iterator, Mapping
from copy import deepcopy
from dataclasses import dataclass
from functools import cached_property
from itertools import chain, islice
from typing import Any, TypeVar

from mock_autopilot.account.account import Account
from mock_autopilot.account.contact import Contact, render
from mock_autopilot.account.fields import FIELDS
from mock_autopilot.account.journey import Entry, Journey
from mock_autopilot.account.similar import did_you_mean, similar
from mock_autopilot.printable import printable
from mock_autopilot.recording.journal import Call
from mock_autopilot.storage.base import Transaction

MOST_SEARCHED = 5_000
"""How many identifiers an error's hint is searched for in, which takes up to 0.1 s."""
MOST_NAMED = 20
"""How many journeys an error names."""
MOST_SHOWN = 5
"""How many contacts, journeys or calls a view's `repr` shows."""

Value = TypeVar("Value")


class _View(Mapping[str, Value]):
    """A mapping whose KeyError says what is near; `get` and `in` do not search for that."""

    def _find(self, name: str) -> Value | None:
        """Return the value with this name; None when there is none."""
        raise NotImplementedError

    def _why_not(self, name: object) -> str:
        """Return what a KeyError says about a name that is not there."""
        raise NotImplementedError

    def _found(self, name: object) -> Value | None:
        return self._find(name) if isinstance(name, str) else None

    def __getitem__(self, name: str) -> Value:
        found = self._found(name)
        if found is None:
            raise KeyError(self._why_not(name))
        return found

    def get(self, name: object, default: Any = None) -> Any:
        """Return what has this name, or the default."""
        found = self._found(name)
        return default if found is None else found

    def __contains__(self, name: object) -> bool:
        return self._found(name) is not None


class ContactView(_View[Any]):
    """A contact as it stood when it was looked up: the document that the API answers.

    `view["FirstName"]` is a field of the document; `custom` has the custom fields by name. What is
    done to the view does not change the account.
    """

    def __init__(self, contact: Contact) -> None:
        self._contact = contact
        self.contact_id = contact.contact_id
        self.email = contact.email
        self.user_id = contact.user_id

    # A stored contact is never changed in place, so that both can be made when they are wanted.
    @cached_property
    def _document(self) -> dict[str, Any]:
        return deepcopy(render(self._contact))

    @cached_property
    def custom(self) -> dict[str, Any]:
        """The values of the custom fields by name."""
        return {kind: deepcopy(field.value) for kind, field in self._contact.custom.items()}

    @property
    def custom_types(self) -> dict[str, str]:
        """The types of the custom fields by name: `string`, `integer` and so on."""
        return {kind: field.type for kind, field in self._contact.custom.items()}

    @property
    def identifier(self) -> str:
        """What it is best called: its address, else its user id, else its contact id."""
        return self.email or self.user_id or self.contact_id

    def _find(self, name: str) -> Any:
        return self._document.get(name)

    def _why_not(self, name: object) -> str:
        if name in self.custom:
            return f"{name!r} is a custom field: contact.custom[{name!r}]"
        if name in FIELDS:
            return f"the contact {self.identifier} has no {name}"
        near = did_you_mean(str(name), [*self._document, *FIELDS])
        hint = near or f"; it has {', '.join(self)}"
        return f"a contact has no field {name!r}{hint}"

    def __iter__(self) -> Iterator[str]:
        return iter(self._document)

    def __len__(self) -> int:
        return len(self._document)

    def __repr__(self) -> str:
        return f"ContactView({self._document!r})"


class ContactsView(_View[ContactView]):
    """The contacts of an account, looked up by address, user id or contact id; iterates the ids."""

    def __init__(self, account: Account) -> None:
        self._account = account

    def _find(self, name: str) -> ContactView | None:
        found = self._account.look_up(name)
        return ContactView(found) if found else None

    def _why_not(self, name: object) -> str:
        near = self.nearest(str(name))
        hint = f"nearest: {', '.join(near)}" if near else f"there are {len(self)} contacts"
        return f"no contact has the address, user id or contact id {name!r}; {hint}"

    def nearest(self, name: str) -> list[str]:
        """Return up to three identifiers of contacts that are most like a name."""
        known = ((one.email, one.user_id, one.contact_id) for one in self._stored())
        searched = islice((one for one in chain.from_iterable(known) if one), MOST_SEARCHED)
        return similar(name, searched, cutoff=0.5)

    def _stored(self) -> Iterable[Contact]:
        return self._account.transact(lambda stored: stored.contacts())

    def __iter__(self) -> Iterator[str]:
        return iter([contact.contact_id for contact in self._stored()])

    def __len__(self) -> int:
        return self._account.transact(lambda stored: stored.count())

    def __repr__(self) -> str:
        first = [ContactView(one).identifier for one in islice(self._stored(), MOST_SHOWN)]
        return _summary(self, "contact", first, len(self))


@dataclass(frozen=True)
class EntryView:
    """One entry into a journey. Times are ISO-8601 texts."""

    contact: ContactView | None
    """The contact as it stands now; None when it was deleted."""
    contact_id: str
    properties: dict[str, Any]
    entered_at: str
    ejected_at: str | None


@dataclass(frozen=True, repr=False)
class JourneyView:
    """A journey as it stood when it was looked up, with its entries, oldest first."""

    trigger_id: str
    journey_id: str
    name: str
    entries: tuple[EntryView, ...]

    def __repr__(self) -> str:
        entries = _counted(len(self.entries), "entry", "entries")
        return f"<JourneyView {self.name!r}, trigger id {self.trigger_id}: {entries}>"


class JourneysView(_View[JourneyView]):
    """The journeys of an account, by trigger id, journey id or name; iterates the trigger ids.

    The name of a journey that was defined goes before the trigger id of one that was made by its
    first use; where they are the same, the latter is iterated by its journey id.
    """

    def __init__(self, account: Account) -> None:
        self._account = account

    def _find(self, name: str) -> JourneyView | None:
        return self._account.transact(lambda stored: _journey_view(stored, name))

    def _why_not(self, name: object) -> str:
        journeys = self._stored()
        more = ["…"] if len(journeys) > MOST_NAMED else []
        known = ", ".join([*map(_named, journeys[:MOST_NAMED]), *more]) or "none"
        near = self.nearest(str(name))
        hint = f"nearest: {', '.join(near)}; " if near else ""
        wanted = f"the trigger id, journey id or name {name!r}"
        return f"no journey has {wanted}; {hint}there are: {known}"

    def nearest(self, name: str) -> list[str]:
        """Return up to three names or ids of journeys that are most like a name."""
        known = ((one.name, one.trigger_id, one.journey_id) for one in self._stored())
        return similar(name, chain.from_iterable(known))

    def _stored(self) -> list[Journey]:
        return list(self._account.transact(lambda stored: stored.journeys()))

    def __iter__(self) -> Iterator[str]:
        journeys = self._stored()
        names = {journey.name for journey in journeys if not journey.made_on_use}
        return iter(
            [
                one.journey_id if one.made_on_use and one.name in names else one.trigger_id
                for one in journeys
            ]
        )

    def __len__(self) -> int:
        return len(self._stored())

    def __repr__(self) -> str:
        return _summary(self, "journey", [*map(_named, self._stored()[:MOST_SHOWN])], len(self))


class Calls(list[Call]):
    """Recorded calls, oldest first. `dropped` is how many older ones the record has dropped."""

    def __init__(self, calls: Iterable[Call] = (), dropped: int = 0) -> None:
        super().__init__(calls)
        self.dropped = dropped

    def __repr__(self) -> str:
        older = f"; {self.dropped} older ones were dropped" if self.dropped else ""
        return _summary(self, "call", [*map(str, self[:MOST_SHOWN])], len(self), older)


def _summary(view: object, what: str, first: list[str], count: int, more: str = "") -> str:
    """Return a view's `repr`: how many there are, and the first ones."""
    shown = [*first, "…"] if count > len(first) else first
    listed = printable(f": {', '.join(shown)}") if shown else ""
    return f"<{type(view).__name__}: {_counted(count, what)}{listed}{more}>"


def _counted(count: int, one: str, many: str = "") -> str:
    return f"{count} {one if count == 1 else many or f'{one}s'}"


def _named(journey: Journey) -> str:
    return journey.trigger_id if journey.made_on_use else f"{journey.trigger_id} {journey.name!r}"


def _journey_view(stored: Transaction, name: str) -> JourneyView | None:
    """Return a journey, and its entries with their contacts as they are now."""
    journey = stored.journey(name)
    if journey is None or (journey.made_on_use and journey.trigger_id == name):
        named = (one for one in stored.journeys() if one.name == name and not one.made_on_use)
        journey = next(named, journey)
    if journey is None:
        return None
    entries = tuple(_entry_view(stored, entry) for entry in stored.entries(journey.trigger_id))
    return JourneyView(journey.trigger_id, journey.journey_id, journey.name, entries)


def _entry_view(stored: Transaction, entry: Entry) -> EntryView:
    contact = next(iter(stored.find(contact_id=entry.contact_id)), None)
    return EntryView(
        contact=ContactView(contact) if contact else None,
        contact_id=entry.contact_id,
        properties=deepcopy(entry.properties),
        entered_at=entry.entered_at,
        ejected_at=entry.ejected_at,
    )
