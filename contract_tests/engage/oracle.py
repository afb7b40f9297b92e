"""The oracle of the state machine: which updates a sync must send, which it may, and when."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from contract_tests.protocol import Message, Person

#: From and to how long after an audience is made its first sync is due. Segment's page says six
#: hours or more; the limit of a day is ours.
FIRST_SYNC = (timedelta(hours=6), timedelta(hours=24))
#: The same for a sync after another.
LATER_SYNC = (timedelta(hours=2), timedelta(hours=3))

Update = tuple[str, str, bool]
"""A key, an identifier, and the value that is sent."""


@dataclass
class User:
    """A user that the state machine made up."""

    name: str
    person: Person
    #: Whether Autopilot has a contact of it.
    has_contact: bool = False
    #: The trait that something else than Engage sent.
    plan: str | None = None

    @property
    def identifiers(self) -> list[str]:
        """All its identifiers, as messages have them."""
        return [str(one) for one in (self.person.user_id, self.person.email) if one is not None]


@dataclass
class AudienceOracle:
    """One audience: its members, the values that were sent, and when the next sync may be due."""

    name: str
    key: str
    earliest: datetime
    latest: datetime
    members: set[str] = field(default_factory=set)
    #: The value that was sent last for each identifier, the latest at the end.
    sent: dict[str, bool] = field(default_factory=dict)
    #: Users who gained an identifier since the last sync.
    gained_identifier: set[str] = field(default_factory=set)

    def required_updates(self, users: Iterable[User]) -> set[Update]:
        """Return what a sync must send: changed memberships, and nothing of who never was in."""
        return {
            (self.key, identifier, user.name in self.members)
            for user in users
            for identifier in user.identifiers
            if self.sent.get(identifier, False) is not (user.name in self.members)
        }

    def optional_updates(self, users: Iterable[User]) -> set[Update]:
        """Return what a sync may send as well: all of users who gained an identifier."""
        return {
            (self.key, identifier, user.name in self.members)
            for user in users
            if user.name in self.gained_identifier
            and any(one in self.sent for one in user.identifiers)
            for identifier in user.identifiers
        }

    def record_sync(self, now: datetime, updates: Iterable[Update]) -> None:
        """Record that a sync sent these updates."""
        self._record(updates)
        self.gained_identifier.clear()
        self.earliest, self.latest = now + LATER_SYNC[0], now + LATER_SYNC[1]

    def record_interrupted_sync(self, now: datetime, updates: Iterable[Update]) -> None:
        """Record that a sync ended after these: the next may be due at once, or as after a sync."""
        self._record(updates)
        self.latest = max(self.latest, now + LATER_SYNC[1])

    def expected_property(self, user: User) -> bool | None:
        """Return what a user's property must be; None when there must be none."""
        sent = [member for one, member in self.sent.items() if one in user.identifiers]
        return sent[-1] if sent else None

    def _record(self, updates: Iterable[Update]) -> None:
        # After an interrupted sync the identifiers of a user differ, and the latest counts.
        for _, identifier, member in updates:
            self.sent.pop(identifier, None)
            self.sent[identifier] = member


def parse_update(message: Message) -> Update | str:
    """Return the update in a message of Engage's, or what is wrong with the message."""
    traits = dict(message.get("traits") or {})
    identifiers = [name for name in (message.get("userId"), traits.pop("email", None)) if name]
    if message.get("type") != "identify":
        return f"a message of type {message.get('type')!r}, not identify"
    if len(identifiers) != 1:
        return f"{len(identifiers)} identifiers, not one: {identifiers}"
    if len(traits) != 1:
        return f"{len(traits)} properties, not one: {traits}"
    ((key, member),) = traits.items()
    if not isinstance(member, bool):
        return f"{member!r} for {key!r}, neither true nor false"
    return key, str(identifiers[0]), member
