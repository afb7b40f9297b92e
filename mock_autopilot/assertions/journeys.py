"""The check that a contact is in a journey. Pure."""

from dataclasses import dataclass
from typing import Any

from mock_autopilot.assertions.background import background
from mock_autopilot.assertions.contacts import absent
from mock_autopilot.assertions.explanation import Failure, Section, counted, section, shown
from mock_autopilot.assertions.matching import differences
from mock_autopilot.assertions.seen import Seen
from mock_autopilot.views import EntryView, JourneyView

MOST_ENTRIES = 4
MOST_ENTRY_LINES = 12


@dataclass(frozen=True)
class JourneyCheck:
    """A contact is in a journey: it has entries that have not ended.

    `journey` is a name, trigger id or journey id. `properties` is what the entries that count
    have, None for any. `times` is how many there must be, None for one or more. The journey must
    be there also when `times` is 0, since that would hold for any misspelt name.
    """

    journey: str
    identifier: str
    properties: Any = None
    times: int | None = None

    def holds(self, seen: Seen) -> bool:
        """Return whether there are so many entries."""
        if self.journey not in seen.journeys:
            return False
        count = len(self.entries(seen))
        return count > 0 if self.times is None else count == self.times

    def failure(self, seen: Seen) -> Failure:
        """Return which entries there are instead."""
        journey = seen.journeys.get(self.journey)
        if journey is None:
            return self._no_journey(seen)
        return self._wrong_count(seen, journey, len(self.entries(seen)))

    def entries(self, seen: Seen) -> list[EntryView]:
        """Return the entries that count."""
        return [
            entry
            for entry in self._of_contact(seen, seen.journeys[self.journey])
            if entry.ejected_at is None and self._matches(entry)
        ]

    def _of_contact(self, seen: Seen, journey: JourneyView) -> list[EntryView]:
        contact = seen.contacts.get(self.identifier)
        contact_id = contact.contact_id if contact else self.identifier  # a deleted one, perhaps
        return [one for one in journey.entries if one.contact_id == contact_id]

    def _matches(self, entry: EntryView) -> bool:
        return self.properties is None or not differences(self.properties, entry.properties)

    def _no_journey(self, seen: Seen) -> Failure:
        known = list(seen.journeys.values())
        near = ", ".join(seen.journeys.nearest(self.journey))
        return Failure(
            f"No journey has the name, trigger id or journey id {self.journey!r}"
            f"{'; nearest: ' if near else ''}{near}.",
            (
                *self._entered(seen),
                *section("journeys", known, MOST_ENTRIES),
                *background(seen),
            ),
        )

    def _wrong_count(self, seen: Seen, journey: JourneyView, count: int) -> Failure:
        name = f"{journey.name!r} (trigger id {journey.trigger_id})"
        expected = "at least 1" if self.times is None else str(self.times)
        properties = "" if self.properties is None else f" with {shown(self.properties)}"
        entries = counted(count, "entry", "entries")
        summary = (
            f"{self.identifier} has {entries} in the journey {name}{properties}, "
            f"expected {expected}."
        )
        own = [line for one in self._of_contact(seen, journey) for line in self._lines(one)]
        return Failure(
            summary,
            (
                *section("its entries", own, MOST_ENTRY_LINES),
                *(() if own else self._entered(seen)),
                *(() if own else self._others(seen, journey)),
                *background(seen),
            ),
        )

    def _entered(self, seen: Seen) -> tuple[Section, ...]:
        """Return a section about the journeys that the contact did enter."""
        entered = [
            _titled(journey)
            for journey in seen.journeys.values()
            if self._of_contact(seen, journey)
        ]
        return section("it entered", entered, MOST_ENTRIES)

    def _others(self, seen: Seen, journey: JourneyView) -> tuple[Section, ...]:
        """Return sections about why the contact may have no entry at all."""
        unknown: tuple[Section, ...] = ()
        if self.identifier not in seen.contacts:
            near = seen.contacts.nearest(self.identifier)
            unknown = (
                Section("the contact", (absent(seen, self.identifier),)),
                *section("nearest contacts", near, MOST_ENTRIES),
            )
        return (
            *unknown,
            *section(
                "entries of others, the newest first",
                journey.entries[::-1],
                MOST_ENTRIES,
                _of_other,
            ),
        )

    def _lines(self, entry: EntryView) -> list[str]:
        ended = f", ended at {entry.ejected_at}" if entry.ejected_at else ""
        unlike = []
        if self.properties is not None:
            found = differences(self.properties, entry.properties, "properties")
            unlike = [f"  {one}" for one in found[:MOST_ENTRIES]]
        return [f"entered at {entry.entered_at}{ended}, {shown(entry.properties)}", *unlike]


def _titled(journey: JourneyView) -> str:
    """Return how a journey that was entered is called, and that it was not defined."""
    if journey.name == journey.trigger_id:
        return f"{journey.trigger_id}, made on its first use"
    return f"{journey.name!r} (trigger id {journey.trigger_id})"


def _of_other(entry: EntryView) -> str:
    who = entry.contact.identifier if entry.contact else entry.contact_id
    return f"{who}, {shown(entry.properties)}"
