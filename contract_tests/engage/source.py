"""The source: what the suite asks of an implementation of Engage, and the suite's own, a model."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Protocol

from contract_tests.engage.messages import AUDIENCES, membership
from contract_tests.protocol import Message, Person


class Engage(Protocol):
    """An implementation of Segment Engage for one space; the names of users mean nothing."""

    def add_audience(self, name: str, now: datetime) -> None:
        """Create an audience without members."""

    def add_user(self, user: str, person: Person) -> None:
        """Create a user with a user id, an address or both."""

    def add_identifier(self, user: str, person: Person) -> None:
        """Add the one identifier of `person` to a user."""

    def enter(self, audience: str, user: str, now: datetime) -> None:
        """Add a user, who is not a member, to an audience."""

    def leave(self, audience: str, user: str, now: datetime) -> None:
        """Remove a member from an audience."""

    def next_due(self) -> datetime | None:
        """Return when the next sync is due; None while there is no audience."""

    def sync(self, now: datetime) -> Iterable[Message]:
        """Yield the messages that are due; to take the next one confirms the one before."""


@dataclass
class Audience:
    """An audience: when its next sync is due, its members, and the values that were sent."""

    key: str
    due: datetime
    members: set[str] = field(default_factory=set)
    sent: dict[Person, bool] = field(default_factory=dict)


class Space:
    """The suite's own Engage. Its small methods are overridden to make broken ones in tests."""

    first_sync = timedelta(hours=6)
    later_sync = timedelta(hours=2, minutes=30)

    def __init__(self) -> None:
        self.audiences: dict[str, Audience] = {}
        self.identifiers: dict[str, list[Person]] = {}

    def add_audience(self, name: str, now: datetime) -> None:
        """Create an audience."""
        self.audiences[name] = Audience(self.key_of(name), now + self.first_sync)

    def key_of(self, name: str) -> str:
        """Return the key that is made of an audience's name."""
        return AUDIENCES[name]

    def add_user(self, user: str, person: Person) -> None:
        """Create a user."""
        alone = (Person(user_id=person.user_id), Person(email=person.email))
        self.identifiers[user] = [one for one in alone if one != Person()]

    def add_identifier(self, user: str, person: Person) -> None:
        """Add an identifier to a user."""
        self.identifiers[user].append(person)

    def enter(self, audience: str, user: str, now: datetime) -> None:  # noqa: ARG002  # Engage has it
        """Add a member."""
        self.audiences[audience].members.add(user)

    def leave(self, audience: str, user: str, now: datetime) -> None:  # noqa: ARG002  # Engage has it
        """Remove a member."""
        self.audiences[audience].members.discard(user)

    def next_due(self) -> datetime | None:
        """Return when the next sync is due."""
        return min((audience.due for audience in self.audiences.values()), default=None)

    def sync(self, now: datetime) -> Iterable[Message]:
        """Yield the messages that are due."""
        for audience in self.audiences.values():
            if self.is_due(audience, now):
                for person, member in self.updates(audience, now):
                    yield membership(person, audience.key, member)
                    audience.sent[person] = member
                audience.due = now + self.later_sync

    def is_due(self, audience: Audience, now: datetime) -> bool:
        """Return whether an audience's sync is due."""
        return audience.due <= now

    def updates(self, audience: Audience, now: datetime) -> list[tuple[Person, bool]]:  # noqa: ARG002  # used by overrides
        """Return the memberships that differ from what was sent; who was never in is left out."""
        return [
            (person, user in audience.members)
            for user, people in self.identifiers.items()
            for person in people
            if audience.sent.get(person, False) is not (user in audience.members)
        ]
