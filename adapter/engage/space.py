"""A space: profiles, audiences and computed traits, and the syncs that are due."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import UTC, datetime
from typing import Any, get_args

from adapter.engage.computation import (
    Audience,
    Computation,
    Compute,
    ComputedTrait,
    Form,
    Predicate,
    audience_key,
    trait_key,
)
from adapter.engage.identifier_index import IdentifierIndex
from adapter.engage.messages import Message, build_message
from adapter.engage.profile import Identifier, Profile, to_utc
from adapter.engage.schedule import Schedule
from adapter.engage.sync_state import SyncState, load, save
from adapter.errors import InvalidMessage, InvalidSpace
from adapter.json_values import json_copy, json_equal

_NEVER_SENT = object()


class Space:
    """A space of Segment Engage: its messages, and when they are due (`seed`, `spec`).

    Not thread-safe.

    Args:
        space_id: its id in messages.
        schedule: when syncs are due.
        clock: returns the present time, for calls without an explicit one.

    """

    def __init__(
        self,
        space_id: str = "spa_1",
        *,
        schedule: Schedule | None = None,
        clock: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        self.space_id = space_id
        self._schedule = schedule or Schedule()
        self._clock = clock
        self._index = IdentifierIndex()
        self._computations: dict[str, Computation] = {}
        self._audiences: dict[str, Audience] = {}
        self._states: dict[str, SyncState] = {}
        self._current_sync = object()

    # --- profiles ------------------------------------------------------------------------------

    @property
    def profiles(self) -> tuple[Profile, ...]:
        """All profiles in the order in which they were added."""
        return tuple(self._index.profiles)

    def add_profile(
        self,
        *,
        user_ids: Iterable[str] = (),
        emails: Iterable[str] = (),
        anonymous_ids: Iterable[str] = (),
        traits: Mapping[str, Any] | None = None,
    ) -> Profile:
        """Add a profile with at least one identifier.

        Raises:
            InvalidSpace: it has none, or one that is blank or another profile's.

        """
        return self._index.add_profile(user_ids, emails, anonymous_ids, traits)

    def add_identifiers(
        self,
        profile: Profile,
        *,
        user_ids: Iterable[str] = (),
        emails: Iterable[str] = (),
        anonymous_ids: Iterable[str] = (),
    ) -> None:
        """Add identifiers to a profile; the next syncs send its present values for them.

        Raises:
            InvalidSpace: one is blank, or is another profile's.

        """
        self._index.add_identifiers(profile, user_ids, emails, anonymous_ids)

    def profile(self, identifier: str) -> Profile:
        """Return the profile with this user id, or else this address, or else this anonymous id.

        Raises:
            InvalidSpace: there is none.

        """
        return self._index.find(identifier)

    # --- computations --------------------------------------------------------------------------

    @property
    def computations(self) -> tuple[Computation, ...]:
        """All audiences and computed traits in the order in which they were added."""
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
            when: returns whether a profile is a member at an instant; without it profiles `enter`
                and `leave`.
            form: `identify`, or `track` for `Audience Entered` and `Audience Exited`.
            created_at: the clock's time by default.

        Raises:
            InvalidSpace: the name has no letter or digit, or the key is taken.

        """
        audience = Audience(name, audience_key(name), form, when)
        self._add(audience, created_at)
        self._audiences[name] = audience
        return audience

    def add_trait(
        self,
        key: str,
        compute: Compute,
        *,
        form: Form = "identify",
        created_at: datetime | None = None,
    ) -> ComputedTrait:
        """Add a computed trait.

        Args:
            key: the name of the property, in snake_case.
            compute: returns a profile's value at an instant, None for no value; when a value has
                become None, null is sent once.
            form: `identify`, or `track` for `Trait Computed`.
            created_at: the clock's time by default.

        Raises:
            InvalidSpace: the key is not in snake_case, or is taken.

        """
        trait = ComputedTrait(trait_key(key), form, compute)
        self._add(trait, created_at)
        return trait

    def audience(self, name: str) -> Audience:
        """Return the audience of that name.

        Raises:
            InvalidSpace: there is none.

        """
        if name not in self._audiences:
            raise InvalidSpace(f"audience {name!r}", "is not in this space: add it first")
        return self._audiences[name]

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
        # A computation whose state was loaded continues from that.
        self._states.setdefault(key, SyncState(due))

    # --- syncs ---------------------------------------------------------------------------------

    @property
    def next_due(self) -> datetime | None:
        """When the next sync is due, or None without computations."""
        return min((self._states[key].due for key in self._computations), default=None)

    def sync(self, now: datetime | None = None) -> Iterator[Message]:
        """Yield the messages that are due at `now`, by default the clock's time.

        A message counts as sent when the next one is requested. So if a message did not get
        through, stop the iteration at it (`break`, an exception): the next `sync` yields it and
        those after it, with the values of that time. A rejected message counts as sent, and is not
        yielded again until its value changes. Starting another sync ends this one.

        Raises:
            InvalidSpace: `now` has no time zone, or JSON cannot carry the value of a computed
                trait, of which then nothing was sent.

        """
        return self._sync(self._now("now", now))

    def _sync(self, now: datetime) -> Iterator[Message]:
        self._current_sync = this_sync = object()
        for key in sorted(self._computations, key=lambda key: self._states[key].due):
            computation, state = self._computations[key], self._states[key]
            if state.due > now:
                return
            for identifier, value in self._changed_values(computation, state, now):
                yield build_message(computation, identifier, value, self.space_id)
                if self._current_sync is not this_sync:
                    return
                state.last_sent[identifier] = value
            state.syncs += 1
            state.due = self._schedule.next_due(key, now, state.syncs)

    def _changed_values(
        self, computation: Computation, state: SyncState, now: datetime
    ) -> list[tuple[Identifier, Any]]:
        """Return the values at `now` that differ from the last sent, each with its identifier."""
        changed = []
        last_sent = state.last_sent
        profiles = self._index.profiles
        for profile, value in zip(profiles, computation.values(profiles, now), strict=True):
            for identifier in profile.synced_identifiers:
                before = last_sent.get(identifier, _NEVER_SENT)
                if before is value:  # quick, and true of most
                    continue
                if before is _NEVER_SENT:
                    is_sent = computation.is_sent_first(value)
                else:
                    is_sent = not json_equal(before, value)
                if is_sent:
                    changed.append((identifier, _copy(f"{computation} of {profile}", value)))
        return changed

    # --- state ---------------------------------------------------------------------------------

    def save(self) -> dict[str, Any]:
        """Return what has been sent so far as a JSON object, for `load`.

        It does not contain profiles and computations: add these to the new space as before.
        """
        return save(self._states)

    def load(self, state: Mapping[str, Any]) -> None:
        """Continue from a saved state. The state of computations not yet added here is kept.

        Raises:
            InvalidSpace: `state` was not returned by `save`; nothing was changed.

        """
        self._states.update(load(state))

    def _now(self, name: str, instant: datetime | None) -> datetime:
        return to_utc(name, self._clock() if instant is None else instant)


def _copy(description: str, value: Any) -> Any:
    """Return a copy, which later changes of the value in place do not affect.

    Raises:
        InvalidSpace: JSON cannot carry the value.

    """
    try:
        return json_copy(description, value, depth=1)  # in a message it stands one level deep
    except InvalidMessage as error:
        raise InvalidSpace(error.field, error.problem) from None
