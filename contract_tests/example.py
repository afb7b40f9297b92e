"""One example: an empty account, some messages, and what must have come of them."""

from collections.abc import Collection, Mapping
from typing import Any

from contract_tests.comparison import (
    Missing,
    agrees,
    entries_agree,
    named,
    part_arrived,
    trait_agrees,
    type_named,
    types,
)
from contract_tests.deliveries import Deliveries, Json, brief
from contract_tests.protocol import Person, Result

MISSING_IDENTIFIERS = (
    "Missing unique identifier traits. Either `email` or `user_id` traits must be provided"
)


class Example(Deliveries):
    """Requires what a clause demands of the messages that were delivered."""

    def was_delivered(self, result: Result) -> None:
        """Require that the forwarder reported success."""
        self._case.delivery(delivered=True)
        if not result.delivered:
            reported = f"{result.status} {result.message}".strip()
            self.differs("reported outcome", "delivered (2xx)", reported)

    def was_not_delivered(self, result: Result, why: str) -> None:
        """Require that the forwarder did not report success."""
        self._case.delivery(delivered=False)
        if result.delivered:
            self.differs("reported outcome", f"not delivered ({why})", "delivered")

    def if_delivered(self, person: Person, **parts: dict[str, Any]) -> None:
        """Say for the fixture case what must be there of a person if the last was delivered."""
        self._case.person(person, **parts, if_delivered=True)

    def was_rejected(self, result: Result) -> None:
        """Require the 400 of the identifier rule, with its text among what was reported."""
        self.was_reported(result, 400)
        self._case.delivery(message=MISSING_IDENTIFIERS)
        if MISSING_IDENTIFIERS not in result.message:
            self.differs("reported message", MISSING_IDENTIFIERS, result.message)

    def was_reported(self, result: Result, status: int) -> None:
        """Require the status that the forwarder reported."""
        self._case.delivery(status=status)
        self.compare("reported status", status, result.status)

    def nothing_sent(self) -> None:
        """Require that no call reached the account but such as only read."""
        calls = [call for call in self.calls() if call["method"] not in ("GET", "HEAD")]
        self.compare("calls that write", [], [f"{one['method']} {one['path']}" for one in calls])

    def nothing_written(self) -> None:
        """Require that the account is empty."""
        self._case.account(contacts=[], journeys={})
        self.compare("contacts", [], [brief(contact) for contact in self.contacts()])
        entries = [entry for journey in self.state()["journeys"] for entry in journey["entries"]]
        self.compare("journey entries", [], entries)

    def people(self, count: int) -> None:
        """Require that there are so many contacts."""
        self._case.account(number_of_contacts=count)
        contacts = self.contacts()
        if len(contacts) != count:
            self.differs("contacts", f"{count} in all", [brief(one) for one in contacts])

    def has_traits(
        self, person: Person, traits: Mapping[str, Any], strict: Collection[str] = ()
    ) -> None:
        """Require traits of a person's contact, as custom fields or as fields of that name.

        None is for a trait that must not be there. `strict` is as in `values`.
        """
        self._case.person(person, strict, traits=dict(traits))
        contact = self.contact_of(person)
        for name, value in traits.items() if contact else ():
            if not trait_agrees(value, contact, name, strict):
                self._misses(f"trait {name!r} of {_name(person)}", value, named(contact, name))

    def has_or_lacks(self, person: Person, traits: Mapping[str, Any]) -> None:
        """Require of each trait, or field of that name, that it has this value or is not there.

        A fixture case cannot say that.
        """
        contact = self.contact_of(person)
        for name, value in traits.items() if contact else ():
            arrived = named(contact, name)
            if not isinstance(arrived, Missing) and not trait_agrees(value, contact, name):
                self.differs(f"{name!r} of {_name(person)}", value, arrived)

    def has_parts(self, person: Person, parts: Mapping[str, Json]) -> None:
        """Require parts of objects, or traits, each at one of the places that it may have.

        A part is named by its path, `address.city`; it has a `value`, and the standard `fields`,
        with their values, that may hold it instead of a custom field.
        """
        self._case.person(person, parts=dict(parts))
        contact = self.contact_of(person)
        for path, part in parts.items() if contact else ():
            if not part_arrived(contact, path, **part):
                self.differs(f"{path!r} of {_name(person)}", part["value"], brief(contact))

    def has_types(self, person: Person, traits: Mapping[str, Any]) -> None:
        """Require that the types of a person's custom fields are those of the values sent."""
        expected = {name: types(value) for name, value in traits.items()}
        self._case.person(person, types=expected)
        contact = self.contact_of(person)
        for name, fitting in expected.items() if contact else ():
            arrived = type_named(contact, name)
            if arrived and arrived not in fitting:
                what = f"type of trait {name!r} of {_name(person)}"
                self.differs(what, " or ".join(fitting), arrived)

    def has_fields(self, person: Person, **fields: Any) -> None:
        """Require standard fields of a person's contact; None is for one that must not be there."""
        self._case.person(person, fields=fields)
        contact = self.contact_of(person)
        for name, value in fields.items() if contact else ():
            arrived = contact.get(name, Missing())
            there = not isinstance(arrived, Missing)
            if there if value is None else not agrees(value, arrived):
                self._misses(f"field {name} of {_name(person)}", value, arrived)

    def _misses(self, what: str, expected: Any, arrived: Any) -> None:
        self.differs(what, "nothing" if expected is None else expected, arrived)

    def entered(
        self, person: Person, entries: dict[str, list[Json]], strict: Collection[str] = ()
    ) -> None:
        """Require the journeys that a person is on: the properties of each entry by trigger.

        There may be more properties than these, unless `strict` says otherwise (as in `values`).
        """
        self._case.person(person, strict, entries=entries)
        contact = self.contact_of(person)
        if not contact:
            return
        there = {
            journey["trigger_id"]: properties
            for journey in self.state()["journeys"]
            if (properties := _entries_of(contact["contact_id"], journey))
        }
        for trigger_id in sorted(entries.keys() | there.keys()):
            expected, arrived = entries.get(trigger_id, []), there.get(trigger_id, [])
            if not entries_agree(expected, arrived, strict):
                what = f"entries of {_name(person)} into the journey of trigger {trigger_id}"
                self.differs(what, expected, arrived)


def _entries_of(contact_id: str, journey: dict[str, Any]) -> list[dict[str, Any]]:
    return [
        entry["properties"] for entry in journey["entries"] if entry["contact_id"] == contact_id
    ]


def _name(person: Person) -> str:
    return " and ".join(reversed(person.identifiers.values()))
