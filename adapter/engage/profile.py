"""Whom a space knows: a profile with its identifiers, traits and events."""

from bisect import bisect_left, bisect_right
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, Literal, NamedTuple

from adapter.engage.times import aware
from adapter.errors import InvalidSpace

Kind = Literal["userId", "email", "anonymousId"]


class Identifier(NamedTuple):
    """One name of a profile. Only a user id or an e-mail address identifies at Autopilot."""

    kind: Kind
    value: str

    def __str__(self) -> str:
        return f"anonymous {self.value}" if self.kind == "anonymousId" else self.value


@dataclass(frozen=True, slots=True)
class Event:
    """Something a profile did, and when."""

    name: str
    at: datetime
    properties: Mapping[str, Any] = field(default_factory=dict)


class Profile:
    """One user of a space. Made by `Space.add_profile`, which sees that no two share a name.

    Attributes:
        traits: its traits, to be read and changed freely.
        names: all its identifiers.
        addressed_by: those that a message goes out for: user ids and addresses, one message each
            (`spec`). A profile with nothing but anonymous ids is addressed by them, which
            Autopilot rejects.

    """

    def __init__(self, traits: Mapping[str, Any] | None = None) -> None:
        self.traits: dict[str, Any] = dict(traits or {})
        self.names: tuple[Identifier, ...] = ()
        self.addressed_by: tuple[Identifier, ...] = ()
        self._events: dict[str, _History] = {}

    def __repr__(self) -> str:
        return f"Profile({', '.join(map(str, self.names))})"

    def gain(self, name: Identifier) -> None:
        """Take an identifier; through `Space.add_identifiers` only, which knows everybody's."""
        self.names += (name,)
        known = tuple(name for name in self.names if name.kind != "anonymousId")
        self.addressed_by = known or self.names

    def track(self, event: str, at: datetime, properties: Mapping[str, Any] | None = None) -> None:
        """Record an event. One in the future counts from its time on.

        Raises:
            InvalidSpace: `event` is blank, or `at` has no time zone.

        """
        if not event.strip():
            raise InvalidSpace("event", "is blank: give the event a name")
        made = Event(event, aware("at", at), dict(properties or {}))
        self._events.setdefault(event, _History()).add(made)

    def events(self, name: str, now: datetime, within: timedelta | None = None) -> list[Event]:
        """Give the events of that name up to `now`, the latest last; with `within`, no older."""
        if name not in self._events:
            return []
        end = self.count(name, now)
        return self._events[name].events[end - self.count(name, now, within) : end]

    def count(self, name: str, now: datetime, within: timedelta | None = None) -> int:
        """Give how many `events` there are."""
        if name not in self._events:
            return 0
        times = self._events[name].times
        end = bisect_right(times, now)
        return end if within is None else end - bisect_left(times, now - within)


class _History:
    """The events of one name, and their times apart: syncs ask for these a million times."""

    __slots__ = ("events", "times")

    def __init__(self) -> None:
        self.events: list[Event] = []
        self.times: list[datetime] = []

    def add(self, event: Event) -> None:
        place = bisect_right(self.times, event.at)
        self.times.insert(place, event.at)
        self.events.insert(place, event)
