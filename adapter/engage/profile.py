"""The profiles of a space, with their identifiers, traits and events."""

from bisect import bisect_left, bisect_right
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any, Literal, NamedTuple

from adapter.errors import InvalidSpace

IdentifierType = Literal["userId", "email", "anonymousId"]


class Identifier(NamedTuple):
    """One identifier of a profile. Only user ids and e-mail addresses identify at Autopilot."""

    type: IdentifierType
    value: str

    def __str__(self) -> str:
        return f"anonymous {self.value}" if self.type == "anonymousId" else self.value

    def folded(self) -> "Identifier":
        """Return it for comparisons: an address in lower case, as Autopilot ignores the case."""
        return self._replace(value=self.value.lower()) if self.type == "email" else self


@dataclass(frozen=True, slots=True)
class Event:
    """Something that a profile did, and when."""

    name: str
    at: datetime
    properties: Mapping[str, Any] = field(default_factory=dict)


class Profile:
    """One user of a space. Made by `Space.add_profile`, which keeps identifiers unique.

    Attributes:
        traits: its traits; read and change them freely.
        identifiers: all its identifiers.
        synced_identifiers: those that a sync sends messages for, one message each (`spec`): its
            user ids and addresses. A profile that has only anonymous ids is sent with these, and
            Autopilot rejects it.

    """

    def __init__(self, traits: Mapping[str, Any] | None = None) -> None:
        self.traits: dict[str, Any] = dict(traits or {})
        self.identifiers: tuple[Identifier, ...] = ()
        self.synced_identifiers: tuple[Identifier, ...] = ()
        self._events: dict[str, _EventList] = {}

    def __repr__(self) -> str:
        return f"Profile({', '.join(map(str, self.identifiers))})"

    def add_identifier(self, identifier: Identifier) -> None:
        """Add an identifier. Call `Space.add_identifiers` instead, which keeps them unique."""
        self.identifiers += (identifier,)
        known = tuple(one for one in self.identifiers if one.type != "anonymousId")
        self.synced_identifiers = known or self.identifiers

    def track(self, event: str, at: datetime, properties: Mapping[str, Any] | None = None) -> None:
        """Record an event. An event in the future counts from its time on.

        Raises:
            InvalidSpace: `event` is blank, or `at` has no time zone.

        """
        if not event.strip():
            raise InvalidSpace("event", "is blank: give the event a name")
        recorded = Event(event, to_utc("at", at), dict(properties or {}))
        self._events.setdefault(event, _EventList()).add(recorded)

    def events(self, name: str, now: datetime, within: timedelta | None = None) -> list[Event]:
        """Return the events of that name up to `now`, the latest last; with `within`, no older."""
        if name not in self._events:
            return []
        end = self.count(name, now)
        return self._events[name].events[end - self.count(name, now, within) : end]

    def count(self, name: str, now: datetime, within: timedelta | None = None) -> int:
        """Return the number of `events`."""
        if name not in self._events:
            return 0
        times = self._events[name].times
        end = bisect_right(times, now)
        return end if within is None else end - bisect_left(times, now - within)


class _EventList:
    """The events of one name in the order of time, with a list of the times for quick counting."""

    __slots__ = ("events", "times")

    def __init__(self) -> None:
        self.events: list[Event] = []
        self.times: list[datetime] = []

    def add(self, event: Event) -> None:
        index = bisect_right(self.times, event.at)
        self.times.insert(index, event.at)
        self.events.insert(index, event)


def to_utc(name: str, instant: object) -> datetime:
    """Return `instant` in UTC.

    Raises:
        InvalidSpace: it is not a datetime with a time zone, or so far from now that computed times
            may be outside the range of `datetime`; `name` is the field in the error.

    """
    if not isinstance(instant, datetime) or instant.tzinfo is None:
        raise InvalidSpace(name, "must be a datetime with a time zone, such as datetime.now(UTC)")
    if not 1900 <= instant.year < 3000:
        raise InvalidSpace(name, "must be between the years 1900 and 2999")
    return instant.astimezone(UTC)
