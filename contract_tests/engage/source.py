"""Who plays Segment Engage: what is asked of whoever does, and the suite's own, a plain model."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Protocol

from contract_tests.engage.messages import AUDIENCES, membership
from contract_tests.protocol import Message, Person


class Engage(Protocol):
    """Somebody who plays Segment Engage for one space; users have a name of no other meaning."""

    def add_audience(self, name: str, now: datetime) -> None:
        """Begin an audience that nobody is in."""

    def add_user(self, user: str, person: Person) -> None:
        """Begin to know a user, by a user id, an address or both."""

    def add_identifier(self, user: str, person: Person) -> None:
        """Let a user gain the one identifier that `person` has."""

    def enter(self, audience: str, user: str, now: datetime) -> None:
        """Let a user who is not in an audience enter it; both are named."""

    def leave(self, audience: str, user: str, now: datetime) -> None:
        """Let a user who is in an audience leave it."""

    def next_due(self) -> datetime | None:
        """Say when the next sync is due; None while there is no audience."""

    def sync(self, now: datetime) -> Iterable[Message]:
        """Give the messages that are due now; to take the next is to say that one arrived."""


@dataclass
class Audience:
    """An audience: when its next sync is due, who is in it, and what Autopilot was told."""

    key: str
    due: datetime
    members: set[str] = field(default_factory=set)
    told: dict[Person, bool] = field(default_factory=dict)


class Space:
    """The suite's own Engage. What is a method of one line here is what others get wrong."""

    first = timedelta(hours=6)
    later = timedelta(hours=2, minutes=30)

    def __init__(self) -> None:
        self.audiences: dict[str, Audience] = {}
        self.identifiers: dict[str, list[Person]] = {}

    def add_audience(self, name: str, now: datetime) -> None:
        """Begin an audience."""
        self.audiences[name] = Audience(self.key_of(name), now + self.first)

    def key_of(self, name: str) -> str:
        """Give the key that is made of an audience's name."""
        return AUDIENCES[name]

    def add_user(self, user: str, person: Person) -> None:
        """Begin to know a user."""
        alone = (Person(user_id=person.user_id), Person(email=person.email))
        self.identifiers[user] = [one for one in alone if one != Person()]

    def add_identifier(self, user: str, person: Person) -> None:
        """Let a user gain an identifier."""
        self.identifiers[user].append(person)

    def enter(self, audience: str, user: str, now: datetime) -> None:  # noqa: ARG002  # others look at it
        """Let a user enter."""
        self.audiences[audience].members.add(user)

    def leave(self, audience: str, user: str, now: datetime) -> None:  # noqa: ARG002  # likewise
        """Let a user leave."""
        self.audiences[audience].members.discard(user)

    def next_due(self) -> datetime | None:
        """Say when the next sync is due."""
        return min((audience.due for audience in self.audiences.values()), default=None)

    def sync(self, now: datetime) -> Iterable[Message]:
        """Give the messages that are due now."""
        for audience in self.audiences.values():
            if self.is_due(audience, now):
                for person, member in self.news(audience, now):
                    yield membership(person, audience.key, member)
                    audience.told[person] = member
                audience.due = now + self.later

    def is_due(self, audience: Audience, now: datetime) -> bool:
        """Say whether it is an audience's time."""
        return audience.due <= now

    def news(self, audience: Audience, now: datetime) -> list[tuple[Person, bool]]:  # noqa: ARG002  # likewise
        """Give whom to tell what: what they are and were not told; who was told nothing is out."""
        return [
            (person, user in audience.members)
            for user, people in self.identifiers.items()
            for person in people
            if audience.told.get(person, False) is not (user in audience.members)
        ]
