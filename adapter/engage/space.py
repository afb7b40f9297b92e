"""A space: its profiles, its audiences and computed traits, and the syncs that are due."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import datetime
from typing import Any, get_args

from adapter.engage.computation import (
    Audience,
    Computation,
    ComputedTrait,
    Form,
    Predicate,
    Value,
    audience_key,
    trait_key,
)
from adapter.engage.identifier_index import IdentifierIndex
from adapter.engage.messages import Message, message_of
from adapter.engage.profile import Identifier, Profile
from adapter.engage.schedule import Schedule
from adapter.engage.sync_state import SyncState, load, save
from adapter.engage.times import aware, utc_now
from adapter.engage.values import copied, same
from adapter.errors import InvalidSpace

_UNTOLD = object()


class Space:
    """Plays Segment Engage: says which messages its profiles cause, and when (`seed`, `spec`).

    Not for two threads at once.

    Args:
        space_id: its id in messages.
        schedule: when syncs are due.
        clock: the present time, for what is not told one.

    """

    def __init__(
        self,
        space_id: str = "spa_1",
        *,
        schedule: Schedule | None = None,
        clock: Callable[[], datetime] = utc_now,
    ) -> None:
        self.space_id = space_id
        self._schedule = schedule or Schedule()
        self._clock = clock
        self._roster = IdentifierIndex()
        self._computations: dict[str, Computation] = {}
        self._memories: dict[str, SyncState] = {}
        self._turn = object()

    # --- who -----------------------------------------------------------------------------------

    @property
    def profiles(self) -> tuple[Profile, ...]:
        """All profiles, in the order in which they were added."""
        return tuple(self._roster.profiles)

    def add_profile(
        self,
        *,
        user_ids: Iterable[str] = (),
        emails: Iterable[str] = (),
        anonymous_ids: Iterable[str] = (),
        traits: Mapping[str, Any] | None = None,
    ) -> Profile:
        """Add a profile; one identifier at least.

        Raises:
            InvalidSpace: it has none, or a blank one, or one that another profile has.

        """
        return self._roster.add(user_ids, emails, anonymous_ids, traits)

    def add_identifiers(
        self,
        profile: Profile,
        *,
        user_ids: Iterable[str] = (),
        emails: Iterable[str] = (),
        anonymous_ids: Iterable[str] = (),
    ) -> None:
        """Let a profile gain identifiers: the next syncs tell them what they have not been told.

        Raises:
            InvalidSpace: one is blank, or is another profile's.

        """
        self._roster.gain(profile, user_ids, emails, anonymous_ids)

    def profile(self, identifier: str) -> Profile:
        """Give the profile that has this user id, or else this address, or else anonymous id.

        Raises:
            InvalidSpace: there is none.

        """
        return self._roster.find(identifier)

    # --- what is computed ----------------------------------------------------------------------

    @property
    def computations(self) -> tuple[Computation, ...]:
        """All audiences and computed traits, in the order in which they were added."""
        return tuple(self._computations.values())

    def add_audience(
        self,
        name: str,
        when: Predicate | None = None,
        *,
        form: Form = "identify",
        created_at: datetime | None = None,
    ) -> Audience:
        """Add an audience; its key is its name in snake_case.

        Args:
            name: as people read it, such as `Order Completed Last 30days`.
            when: tells of a profile and an instant whether it is in; without it profiles `enter`
                and `leave`.
            form: `identify`, or `track` for `Audience Entered` and `Audience Exited`.
            created_at: now, if it is not said.

        Raises:
            InvalidSpace: no key can be made of the name, or the key is another's.

        """
        audience = Audience(name, audience_key(name), form, when)
        self._add(audience, created_at)
        return audience

    def add_trait(
        self,
        key: str,
        compute: Value,
        *,
        form: Form = "identify",
        created_at: datetime | None = None,
    ) -> ComputedTrait:
        """Add a computed trait.

        Args:
            key: the name of the property, in snake_case.
            compute: gives a profile's value at an instant, None for no value; a value that is gone
                is sent once as null.
            form: `identify`, or `track` for `Trait Computed`.
            created_at: now, if it is not said.

        Raises:
            InvalidSpace: the key cannot be one, or is another's.

        """
        trait = ComputedTrait(trait_key(key), form, compute)
        self._add(trait, created_at)
        return trait

    def audience(self, name: str) -> Audience:
        """Give the audience of that name.

        Raises:
            InvalidSpace: there is none.

        """
        for computation in self._computations.values():
            if isinstance(computation, Audience) and computation.name == name:
                return computation
        raise InvalidSpace(f"audience {name!r}", "is none of this space's: add it first")

    def _add(self, computation: Computation, created_at: datetime | None) -> None:
        key = computation.key
        if key in self._computations:
            both = f"{self._computations[key]} and {computation}"
            raise InvalidSpace(both, f"have the same key {key}: rename one of them")
        if computation.form not in get_args(Form):
            forms = " or ".join(map(repr, get_args(Form)))
            raise InvalidSpace(f"{computation}", f"has the form {computation.form!r}: use {forms}")
        if computation.form == "track" and key == computation.key_property:
            raise InvalidSpace(f"{computation}", f"has the key of a track's own property {key}")
        due = self._schedule.first_due(key, self._now("created_at", created_at))
        self._computations[key] = computation
        # One that a state was loaded for goes on where it stood.
        self._memories.setdefault(key, SyncState(due))

    # --- syncs ---------------------------------------------------------------------------------

    @property
    def next_due(self) -> datetime | None:
        """When the next sync is due; None when there is nothing to compute."""
        return min((self._memories[key].due for key in self._computations), default=None)

    def sync(self, now: datetime | None = None) -> Iterator[Message]:
        """Yield the messages that are due at `now`, the clock's time if it is not said.

        A message counts as sent when the next one is asked for. Whoever stops at one that did not
        get through (`break`, an exception) gets that one and those after it from the next `sync`,
        as far as they still hold then. What was rejected counts as sent: it does not come again
        until it changes. Who begins another sync has ended this one.

        Raises:
            InvalidSpace: `now` has no time zone, or a computed trait is not what JSON can carry;
                of that trait nothing was sent then.

        """
        return self._sync(self._now("now", now))

    def _sync(self, now: datetime) -> Iterator[Message]:
        self._turn = turn = object()
        for key in sorted(self._computations, key=lambda key: self._memories[key].due):
            memory = self._memories[key]
            if memory.due > now:
                return
            for who, value in self._news(self._computations[key], memory, now):
                yield message_of(self._computations[key], who, value, self.space_id)
                if self._turn is not turn:  # another sync has said since what there was to say
                    return
                memory.told[who] = value
            memory.syncs += 1
            memory.due = self._schedule.next_due(key, now, memory.syncs)

    def _news(
        self, computation: Computation, memory: SyncState, now: datetime
    ) -> list[tuple[Identifier, Any]]:
        """Give what has changed since each identifier was told, all of it as it is at `now`."""
        news = []
        told = memory.told
        profiles = self._roster.profiles
        for profile, value in zip(profiles, computation.values(profiles, now), strict=True):
            for who in profile.addressed_by:
                before = told.get(who, _UNTOLD)
                if before is value:  # the quick way for most
                    continue
                if before is _UNTOLD:
                    is_news = computation.is_first_news(value)
                else:
                    is_news = not same(before, value)
                if is_news:
                    news.append((who, copied(f"{computation} of {profile}", value)))
        return news

    # --- what it remembers ---------------------------------------------------------------------

    def save(self) -> dict[str, Any]:
        """Give what Autopilot has been told so far, for `load`, as JSON has it.

        Profiles and computations are not in it: they are for whoever makes the space to make.
        """
        return save(self._memories)

    def load(self, state: Mapping[str, Any]) -> None:
        """Go on where the space that was saved stood. What is of no computation here is kept.

        Raises:
            InvalidSpace: `state` is none that `save` gave; nothing was changed.

        """
        self._memories.update(load(state))

    def _now(self, name: str, instant: datetime | None) -> datetime:
        return aware(name, self._clock() if instant is None else instant)
