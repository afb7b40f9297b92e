"""Checks about contacts. Pure."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from itertools import islice
from typing import Any

from mock_autopilot.account.fields import FIELDS, parse_custom_key
from mock_autopilot.assertions.background import background, no_calls
from mock_autopilot.assertions.explanation import Failure, Section, counted, section, shown
from mock_autopilot.assertions.matching import MISSING, Difference, differences
from mock_autopilot.assertions.seen import Seen
from mock_autopilot.views import ContactView

MOST_LINES = 18
MOST_EXPECTED = 6
MOST_NEAREST = 3
MOST_NEAREST_LINES = 12
MOST_COMPARED = 1_000
"""How many contacts are compared with the expected fields, to find the nearest."""


@dataclass(frozen=True)
class ContactCheck:
    """There is a contact with this address, user id or contact id, and with these fields.

    None as a field's value means that the contact does not have it. The names in `custom` may have
    their type before them, as in a call (`string--Plan`): then the type must be the same too.
    """

    identifier: str
    fields: Mapping[str, Any] = field(default_factory=dict)
    custom: Mapping[str, Any] = field(default_factory=dict)

    def holds(self, seen: Seen) -> bool:
        """Return whether there is such a contact."""
        contact = seen.contacts.get(self.identifier)
        return contact is not None and not self.differences(contact)

    def failure(self, seen: Seen) -> Failure:
        """Return why there is no such contact."""
        contact = seen.contacts.get(self.identifier)
        if contact is None:
            return self._not_there(seen)
        found = self.differences(contact)
        return Failure(
            f"The contact {self.identifier} differs in {counted(len(found), 'field')}.",
            (
                *section("differences", found, MOST_LINES),
                *_writers(seen, contact),
                *background(seen),
            ),
        )

    def differences(self, contact: ContactView) -> list[Difference]:
        """Return where a contact is not as expected."""
        return [
            *(one for name, value in self.fields.items() for one in _field(contact, name, value)),
            *(one for name, value in self.custom.items() for one in _custom(contact, name, value)),
        ]

    def _not_there(self, seen: Seen) -> Failure:
        expected = [f"{name}: {shown(value)}" for name, value in self.fields.items()]
        expected += [f"custom.{name}: {shown(value)}" for name, value in self.custom.items()]
        return Failure(
            absent(seen, self.identifier),
            (
                *section("it was expected with", expected, MOST_EXPECTED),
                *section("nearest contacts", list(self._nearest(seen)), MOST_NEAREST_LINES),
                *background(seen),
            ),
        )

    def _nearest(self, seen: Seen) -> Iterable[str]:
        """Yield lines about the contacts with a similar identifier, or with the most fields."""
        views = {
            view.contact_id: view
            for view in map(seen.contacts.get, seen.contacts.nearest(self.identifier))
            if view
        }
        wanted = len(self.fields) + len(self.custom)
        if wanted:
            compared = list(islice(seen.contacts.values(), MOST_COMPARED))
            alike = [(len(self.differences(view)), view) for view in compared]
            alike.sort(key=lambda one: one[0])
            views |= {view.contact_id: view for count, view in alike if count < wanted}
        for view in list(views.values())[:MOST_NEAREST]:
            found = self.differences(view)
            yield f"{named(view)}{' has these fields' if wanted and not found else ''}"
            yield from (f"  {one}" for one in found[:MOST_NEAREST])


@dataclass(frozen=True)
class NoContactCheck:
    """There is no contact with this address, user id or contact id."""

    identifier: str

    def holds(self, seen: Seen) -> bool:
        """Return whether there is no such contact."""
        return self.identifier not in seen.contacts

    def failure(self, seen: Seen) -> Failure:
        """Return which contact there is."""
        contact = seen.contacts.get(self.identifier)
        if contact is None:
            return Failure(f"There was a contact {self.identifier}, which is gone by now.")
        fields = [f"{name}: {shown(value)}" for name, value in contact.items()]
        return Failure(
            f"There is a contact {self.identifier}, and there should be none.",
            (*section(named(contact), fields, MOST_LINES), *_writers(seen, contact)),
        )


def absent(seen: Seen, identifier: str) -> str:
    """Return that there is no such contact, and how many there are."""
    there = f"the account has {counted(len(seen.contacts), 'contact')}"
    called = "address, user id or contact id"
    return f"No contact has the {called} {identifier!r}; {there}. {no_calls(seen)}".rstrip()


def named(contact: ContactView) -> str:
    """Return a contact's identifiers."""
    known = (contact.email, contact.user_id and f"user id {contact.user_id}", contact.contact_id)
    return ", ".join(one for one in known if one)


def _writers(seen: Seen, contact: ContactView) -> tuple[Section, ...]:
    """Return the newest calls that wrote a contact."""
    calls = [
        call
        for call in reversed(seen.calls)
        for change in (*call.effects.contacts_created, *call.effects.contacts_updated)
        if change.contact_id == contact.contact_id
    ]
    return section("calls that wrote it, the newest first", calls, MOST_NEAREST)


def _field(contact: ContactView, name: str, expected: object) -> list[Difference]:
    """Return how a field of the document differs."""
    if name in contact:
        return differences(expected, contact[name], name)
    if name not in FIELDS:  # also where its absence is expected: that would hold for any typo
        for kind in contact.custom:
            if kind.lower() == name.lower():
                note = f"it is a custom field: custom={{{kind!r}: …}}"
                return [Difference(name, expected, MISSING, note)]
        return [Difference(name, expected, MISSING, "no such field", [*contact, *FIELDS])]
    return [] if _may_be_missing(expected) else [Difference(name, expected, MISSING)]


def _custom(contact: ContactView, name: str, expected: object) -> list[Difference]:
    """Return how a custom field differs, in its type too where the name says one."""
    kind, wanted_type = name, None
    if name not in contact.custom:
        key = parse_custom_key(name)
        kind, wanted_type = key.kind, key.type
    path = f"custom.{kind}"
    if kind not in contact.custom:
        missing = [] if _may_be_missing(expected) else [Difference(path, expected, MISSING)]
        return [
            Difference(one.path, one.expected, one.got, known=[*contact.custom, *contact])
            for one in missing
        ]
    found = differences(expected, contact.custom[kind], path)
    has_type = contact.custom_types[kind]
    if wanted_type and wanted_type != has_type:
        found.append(Difference(f"{path}, its type", wanted_type, has_type))
    return found


def _may_be_missing(expected: object) -> bool:
    """Return whether None matches; a predicate is not asked about what is not there."""
    return not callable(expected) and not differences(expected, None)
