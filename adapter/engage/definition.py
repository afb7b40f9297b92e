"""The grammar of a file that defines a space: what its parts may hold, and what they mean.

docs/engage.md has an example of each.
"""

import json
import math
from collections.abc import Callable
from datetime import datetime, timedelta
from functools import partial
from typing import Annotated, Any

import msgspec

from adapter.engage.computation import Form, Predicate, Value
from adapter.engage.profile import Profile
from adapter.engage.simulation import Change
from adapter.engage.space import Space
from adapter.engage.times import aware
from adapter.engage.values import same
from adapter.errors import InvalidSpace
from adapter.message import json_copy

Instant = Annotated[datetime, msgspec.Meta(tz=True)]
MOST_DAYS = 36_500
"""A hundred years: with them every time that is computed stays one that Python has."""
Days = Annotated[float, msgspec.Meta(gt=0, le=MOST_DAYS)]
Name = Annotated[str, msgspec.Meta(pattern=r"\S")]


class Strict(msgspec.Struct, forbid_unknown_fields=True, kw_only=True):
    """A part of the file: what it does not know is an error."""


class Names(Strict):
    """Identifiers of a profile."""

    user_ids: list[Name] = []
    emails: list[Name] = []
    anonymous_ids: list[Name] = []

    @property
    def all(self) -> dict[str, list[str]]:
        """Give them by their kind, as `Space` takes them."""
        return {
            "user_ids": self.user_ids,
            "emails": self.emails,
            "anonymous_ids": self.anonymous_ids,
        }


class ProfilePart(Names):
    """A profile as it is at the start."""

    traits: dict[str, Any] = {}

    def __post_init__(self) -> None:
        json_copy("traits", self.traits)


class Events(Strict):
    """Events of one name, all up to now or those of the last days."""

    event: Name
    within_days: Days | None = None

    @property
    def within(self) -> timedelta | None:
        """The last days as a time."""
        return _span(self.within_days)


class Condition(Strict):
    """Who is in an audience: by events, or by a trait."""

    event: Name | None = None
    within_days: Days | None = None
    at_least: Annotated[int, msgspec.Meta(ge=1)] = 1
    trait: Name | None = None
    equals: Any = msgspec.UNSET

    def __post_init__(self) -> None:
        if (self.event is None) == (self.trait is None):
            raise ValueError("needs either `event` or `trait`")
        if self.event is None and (self.within_days is not None or self.at_least != 1):
            raise ValueError("`within_days` and `at_least` go with `event`")
        if self.trait is None and self.equals is not msgspec.UNSET:
            raise ValueError("`equals` goes with `trait`")
        if self.equals is not msgspec.UNSET:
            json_copy("equals", self.equals)

    def predicate(self) -> Predicate:
        """Give it as a function."""
        if self.event is not None:
            name, within, least = self.event, _span(self.within_days), self.at_least
            return lambda profile, now: profile.count(name, now, within) >= least
        trait, wanted = str(self.trait), self.equals
        if wanted is msgspec.UNSET:
            return lambda profile, _: profile.traits.get(trait) is not None
        return lambda profile, _: trait in profile.traits and same(profile.traits[trait], wanted)


class Count(Events):
    """How many events there were; none for whoever never did it."""

    def value(self, profile: Profile, now: datetime) -> int | None:
        """Compute it."""
        ever = profile.count(self.event, now)
        return profile.count(self.event, now, self.within) if ever else None


class Values(Events, kw_only=True):
    """A property of events of one name."""

    property: Name

    def of(self, profile: Profile, now: datetime) -> list[Any]:
        """Give a profile's values, the latest last; an event without one has none."""
        events = profile.events(self.event, now, self.within)
        found = (event.properties.get(self.property) for event in events)
        return [value for value in found if value is not None]


class Sum(Values):
    """The sum of a property's numbers; none for whoever never did the event."""

    def value(self, profile: Profile, now: datetime) -> float | None:
        """Compute it."""
        if not profile.count(self.event, now):
            return None
        total: float
        try:
            total = sum(number for number in self.of(profile, now) if _is_number(number))
        except OverflowError:  # whole numbers beyond those that a float can be added to
            total = math.inf
        return total


class Last(Values):
    """A property's latest value; none where there is none."""

    def value(self, profile: Profile, now: datetime) -> Any:
        """Compute it."""
        return next(reversed(self.of(profile, now)), None)


class Computed(Strict):
    """What audiences and computed traits have in common."""

    created_at: Instant | None = None
    form: Form = "identify"

    def __post_init__(self) -> None:
        if self.created_at is not None:
            self.created_at = aware("created_at", self.created_at)


class AudiencePart(Computed, kw_only=True):
    """An audience: by a condition, or by its first members."""

    name: str
    when: Condition | None = None
    members: list[Name] = []

    def __post_init__(self) -> None:
        super().__post_init__()
        if self.when is not None and self.members:
            raise ValueError("takes either `when` or `members`")


class TraitPart(Computed, kw_only=True):
    """A computed trait. Whoever never did the event has none."""

    key: str
    count: Count | None = None
    sum: Sum | None = None
    last: Last | None = None

    def __post_init__(self) -> None:
        super().__post_init__()
        if len(self._parts) != 1:
            raise ValueError("needs one of `count`, `sum` and `last`")

    def compute(self) -> Value:
        """Give it as a function."""
        return self._parts[0].value

    @property
    def _parts(self) -> list[Count | Sum | Last]:
        return [part for part in (self.count, self.sum, self.last) if part is not None]


class ChangePart(Strict, kw_only=True):
    """Something that happens to a profile: one thing each."""

    at: Instant
    profile: Name
    track: Name | None = None
    properties: dict[str, Any] = {}
    traits: dict[str, Any] | None = None
    enter: Name | None = None
    leave: Name | None = None
    gain: Names | None = None

    def __post_init__(self) -> None:
        self.at = aware("at", self.at)
        things = (self.track, self.traits, self.enter, self.leave, self.gain)
        if sum(thing is not None for thing in things) != 1:
            raise ValueError("needs one of `track`, `traits`, `enter`, `leave` and `gain`")
        if self.properties and self.track is None:
            raise ValueError("`properties` go with `track`")
        if self.traits == {} or (self.gain and not any(self.gain.all.values())):
            raise ValueError("`traits` and `gain` must not be empty")
        json_copy("properties", self.properties)
        json_copy("traits", self.traits)

    def change(self, space: Space) -> Change:
        """Give it as a change of a space. Raises `InvalidSpace` when it names what is not there."""
        profile = space.profile(self.profile)
        if self.track is not None:
            happen = partial(profile.track, self.track, self.at, self.properties)
            properties = f" ({_listed(self.properties)})" if self.properties else ""
            return self._change(f"{self.track}{properties}", happen)
        if self.traits is not None:
            return self._change(_listed(self.traits), partial(profile.traits.update, self.traits))
        if self.gain is not None:
            gained = self.gain.all
            what = ", ".join(name for names in gained.values() for name in names)
            return self._change(f"gains {what}", partial(space.add_identifiers, profile, **gained))
        name = self.enter or str(self.leave)
        audience = space.audience(name)
        if audience.when is not None:
            raise InvalidSpace(f"audience {name!r}", "has a condition, which says who is in")
        if self.enter is not None:
            return self._change(f"enters {name}", partial(audience.enter, profile))
        return self._change(f"leaves {name}", partial(audience.leave, profile))

    def _change(self, what: str, happen: Callable[[], object]) -> Change:
        return Change(self.at, f"{self.profile}: {what}", happen)


class SpaceFile(Strict, kw_only=True):
    """The whole file."""

    start: Instant
    days: Days = 30
    seed: int = 0
    space_id: Name = "spa_1"
    profiles: list[ProfilePart]
    audiences: list[AudiencePart] = []
    computed_traits: list[TraitPart] = []
    changes: list[ChangePart] = []

    def __post_init__(self) -> None:
        self.start = aware("start", self.start)


def _span(days: float | None) -> timedelta | None:
    return None if days is None else timedelta(days=days)


def _listed(traits: dict[str, Any]) -> str:
    return ", ".join(f"{name} = {json.dumps(value)}" for name, value in traits.items())


def _is_number(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)
