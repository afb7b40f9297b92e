"""The format of a file that defines a space: its parts, and what they mean.

docs/engage.md has an example of each part.
"""

import math
from collections.abc import Callable
from datetime import datetime, timedelta
from functools import partial
from typing import Annotated, Any

import msgspec

from adapter.engage.computation import Compute, Form, Predicate
from adapter.engage.profile import Profile, to_utc
from adapter.engage.simulation import Change
from adapter.engage.space import Space
from adapter.errors import InvalidSpace
from adapter.json_values import json_copy, json_equal, json_text

Instant = Annotated[datetime, msgspec.Meta(tz=True)]
MAX_DAYS = 36_500
"""A hundred years, so that computed times stay within the range of `datetime`."""
Days = Annotated[float, msgspec.Meta(gt=0, le=MAX_DAYS)]
Name = Annotated[str, msgspec.Meta(pattern=r"\S")]


class Part(msgspec.Struct, forbid_unknown_fields=True, kw_only=True):
    """A part of the file; an unknown field in it is an error."""


class ProfileIdentifiers(Part):
    """Identifiers of a profile."""

    user_ids: list[Name] = []
    emails: list[Name] = []
    anonymous_ids: list[Name] = []

    @property
    def by_type(self) -> dict[str, list[str]]:
        """The identifiers by type, as `Space` takes them."""
        return {
            "user_ids": self.user_ids,
            "emails": self.emails,
            "anonymous_ids": self.anonymous_ids,
        }


class ProfilePart(ProfileIdentifiers):
    """A profile with its traits at the start."""

    traits: dict[str, Any] = {}

    def __post_init__(self) -> None:
        json_copy("traits", self.traits)


class Events(Part):
    """Events of one name, all up to now or only those of the last days."""

    event: Name
    within_days: Days | None = None

    @property
    def within(self) -> timedelta | None:
        """`within_days` as a timedelta."""
        return _days(self.within_days)


class Condition(Part):
    """The condition for membership of an audience: on events or on a trait."""

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
        """Return the condition as a function."""
        if self.event is not None:
            name, within, minimum = self.event, _days(self.within_days), self.at_least
            return lambda profile, now: profile.count(name, now, within) >= minimum
        trait, value = str(self.trait), self.equals
        if value is msgspec.UNSET:
            return lambda profile, _: profile.traits.get(trait) is not None
        return lambda profile, _: (
            trait in profile.traits and json_equal(profile.traits[trait], value)
        )


class Count(Events):
    """The number of events; None for a profile without any, ever."""

    def value(self, profile: Profile, now: datetime) -> int | None:
        """Return the value of a profile."""
        if not profile.count(self.event, now):
            return None
        return profile.count(self.event, now, self.within)


class PropertyValues(Events, kw_only=True):
    """A property of events of one name."""

    property: Name

    def values(self, profile: Profile, now: datetime) -> list[Any]:
        """Return the values in a profile's events, the latest last, without null."""
        events = profile.events(self.event, now, self.within)
        found = (event.properties.get(self.property) for event in events)
        return [value for value in found if value is not None]


class Sum(PropertyValues):
    """The sum of a property's numbers; None for a profile without any event, ever."""

    def value(self, profile: Profile, now: datetime) -> float | None:
        """Return the value of a profile."""
        if not profile.count(self.event, now):
            return None
        total: float
        try:
            total = sum(number for number in self.values(profile, now) if _is_number(number))
        except OverflowError:  # an integer too large to be added to a float
            total = math.inf
        return total


class Last(PropertyValues):
    """A property's latest value."""

    def value(self, profile: Profile, now: datetime) -> Any:
        """Return the value of a profile."""
        return next(reversed(self.values(profile, now)), None)


class ComputationPart(Part):
    """The fields that audiences and computed traits share."""

    created_at: Instant | None = None
    form: Form = "identify"

    def __post_init__(self) -> None:
        if self.created_at is not None:
            self.created_at = to_utc("created_at", self.created_at)


class AudiencePart(ComputationPart, kw_only=True):
    """An audience, defined by a condition or by its members at the start."""

    name: str
    when: Condition | None = None
    members: list[Name] = []

    def __post_init__(self) -> None:
        super().__post_init__()
        if self.when is not None and self.members:
            raise ValueError("takes either `when` or `members`")


class TraitPart(ComputationPart, kw_only=True):
    """A computed trait, with no value for a profile without the event."""

    key: str
    count: Count | None = None
    sum: Sum | None = None
    last: Last | None = None

    def __post_init__(self) -> None:
        super().__post_init__()
        if len(self._rules) != 1:
            raise ValueError("needs one of `count`, `sum` and `last`")

    def compute(self) -> Compute:
        """Return the rule as a function."""
        return self._rules[0].value

    @property
    def _rules(self) -> list[Count | Sum | Last]:
        return [rule for rule in (self.count, self.sum, self.last) if rule is not None]


class ChangePart(Part, kw_only=True):
    """One change of a profile."""

    at: Instant
    profile: Name
    track: Name | None = None
    properties: dict[str, Any] = {}
    traits: dict[str, Any] | None = None
    enter: Name | None = None
    leave: Name | None = None
    gain: ProfileIdentifiers | None = None

    def __post_init__(self) -> None:
        self.at = to_utc("at", self.at)
        kinds = (self.track, self.traits, self.enter, self.leave, self.gain)
        if sum(kind is not None for kind in kinds) != 1:
            raise ValueError("needs one of `track`, `traits`, `enter`, `leave` and `gain`")
        if self.properties and self.track is None:
            raise ValueError("`properties` go with `track`")
        if self.traits == {} or (self.gain and not any(self.gain.by_type.values())):
            raise ValueError("`traits` and `gain` must not be empty")
        json_copy("properties", self.properties)
        json_copy("traits", self.traits)

    def change(self, space: Space) -> Change:
        """Return the change, to be applied to a space.

        Raises:
            InvalidSpace: the space has no such profile or audience, or its members cannot change.

        """
        profile = space.profile(self.profile)
        if self.track is not None:
            properties = f" ({_listed(self.properties)})" if self.properties else ""
            apply = partial(profile.track, self.track, self.at, self.properties)
            return self._change(f"{self.track}{properties}", apply)
        if self.traits is not None:
            return self._change(_listed(self.traits), partial(profile.traits.update, self.traits))
        if self.gain is not None:
            gained = self.gain.by_type
            listed = ", ".join(value for values in gained.values() for value in values)
            return self._change(
                f"gains {listed}", partial(space.add_identifiers, profile, **gained)
            )
        name = self.enter or str(self.leave)
        audience = space.audience(name)
        if audience.when is not None:
            raise InvalidSpace(f"audience {name!r}", "has a condition, which decides its members")
        if self.enter is not None:
            return self._change(f"enters {name}", partial(audience.enter, profile))
        return self._change(f"leaves {name}", partial(audience.leave, profile))

    def _change(self, description: str, apply: Callable[[], object]) -> Change:
        return Change(self.at, f"{self.profile}: {description}", apply)


class SpaceFile(Part, kw_only=True):
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
        self.start = to_utc("start", self.start)


def _days(days: float | None) -> timedelta | None:
    return None if days is None else timedelta(days=days)


def _listed(traits: dict[str, Any]) -> str:
    return ", ".join(f"{name} = {json_text(value)}" for name, value in traits.items())


def _is_number(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)
