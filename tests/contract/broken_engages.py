"""Broken Engages, each the suite's own with one mistake, and correct ones that differ from it."""

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from random import Random

from contract_tests.engage.source import Audience, Space
from contract_tests.protocol import Message, Person


@dataclass(frozen=True)
class BrokenEngage:
    """A mistake in one sentence, and the class that makes it."""

    mistake: str
    make: type[Space]


BROKEN_ENGAGES: dict[str, BrokenEngage] = {}


def broken(mistake: str) -> Callable[[type[Space]], type[Space]]:
    """Enter a class into the table, under its own name."""

    def enter(make: type[Space]) -> type[Space]:
        BROKEN_ENGAGES[make.__name__] = BrokenEngage(mistake, make)
        return make

    return enter


@broken("The first sync sends everybody; those who are not in get false.")
class EverybodyAtFirst(Space):
    def updates(self, audience: Audience, now: datetime) -> list[tuple[Person, bool]]:
        everybody = [
            (person, user in audience.members)
            for user, people in self.identifiers.items()
            for person in people
        ]
        return super().updates(audience, now) if audience.sent else everybody


@broken("Who has left is forgotten: exits are never sent.")
class ForgetsExits(Space):
    def updates(self, audience: Audience, now: datetime) -> list[tuple[Person, bool]]:
        return [one for one in super().updates(audience, now) if one[1]]


@broken("Every sync sends all members, changed or not.")
class SendsAllMembers(Space):
    def updates(self, audience: Audience, now: datetime) -> list[tuple[Person, bool]]:
        updates = super().updates(audience, now)
        members = [(person, True) for user in audience.members for person in self.identifiers[user]]
        return [*updates, *(one for one in members if one not in updates)]


@broken("The first sync is due after five hours.")
class FirstTooEarly(Space):
    first_sync = timedelta(hours=5)


@broken("Later syncs are due every four hours.")
class LaterTooLate(Space):
    later_sync = timedelta(hours=4)


@broken("Whoever asks gets what has changed, due or not.")
class NeverWaits(Space):
    def is_due(self, audience: Audience, now: datetime) -> bool:
        return True


@broken("The first sync of an audience comes with the next one of another.")
class FirstWithOthers(Space):
    def sync(self, now: datetime) -> Iterable[Message]:
        self.ready = any(audience.due <= now for audience in self.audiences.values())
        return super().sync(now)

    def is_due(self, audience: Audience, now: datetime) -> bool:
        return self.ready


@broken("The key is split at digits: last_30_days.")
class SplitsKeys(Space):
    def key_of(self, name: str) -> str:
        return re.sub(r"(?<=\d)(?=[^\W\d_])|(?<=[^\W\d_])(?=\d)", "_", super().key_of(name))


@broken("The property is the audience's name in lower case, not in snake_case.")
class KeepsSpaces(Space):
    def key_of(self, name: str) -> str:
        return name.lower()


class Timed(Space):
    """Base of broken ones: remembers when each membership changed last."""

    def __init__(self) -> None:
        super().__init__()
        self.changed: dict[tuple[str, str], datetime] = {}
        self.synced: dict[str, datetime] = {}

    def enter(self, audience: str, user: str, now: datetime) -> None:
        super().enter(audience, user, now)
        self.changed[self.audiences[audience].key, user] = now

    def leave(self, audience: str, user: str, now: datetime) -> None:
        super().leave(audience, user, now)
        self.changed[self.audiences[audience].key, user] = now

    def user_of(self, person: Person) -> str:
        return next(user for user, people in self.identifiers.items() if person in people)

    def changes(self, audience: Audience, now: datetime) -> list[tuple[Person, bool, datetime]]:
        """Return the updates, each with the time of the change."""
        return [
            (person, member, self.changed[audience.key, self.user_of(person)])
            for person, member in super().updates(audience, now)
        ]


@broken("A change at the instant of a sync is taken for the next one's, which begins after it.")
class LosesTheInstant(Timed):
    def updates(self, audience: Audience, now: datetime) -> list[tuple[Person, bool]]:
        since = self.synced.get(audience.key)
        self.synced[audience.key] = now
        return [
            (person, member)
            for person, member, when in self.changes(audience, now)
            if when < now and (since is None or when > since)
        ]


@broken("What comes after a sync was due, but before it is asked for, is lost.")
class LosesWhileLate(Timed):
    def sync(self, now: datetime) -> Iterable[Message]:
        self.due = {audience.key: audience.due for audience in self.audiences.values()}
        yield from super().sync(now)

    def updates(self, audience: Audience, now: datetime) -> list[tuple[Person, bool]]:
        return [
            (person, member)
            for person, member, when in self.changes(audience, now)
            if when <= self.due[audience.key]
        ]


@broken("Changes are sent as they were made: who left and came back is sent as well.")
class SendsThereAndBack(Timed):
    def updates(self, audience: Audience, now: datetime) -> list[tuple[Person, bool]]:
        since = self.synced.get(audience.key)
        self.synced[audience.key] = now
        return [
            (person, user in audience.members)
            for user, people in self.identifiers.items()
            for person in people
            if (when := self.changed.get((audience.key, user))) and (since is None or when > since)
        ]


@broken("Of a profile with several identifiers only the first gets updates.")
class OneIdentifier(Space):
    def updates(self, audience: Audience, now: datetime) -> list[tuple[Person, bool]]:
        first = [people[0] for people in self.identifiers.values()]
        return [one for one in super().updates(audience, now) if one[0] in first]


@broken("An identifier that a member gains is not sent what the others were.")
class ForgetsTheGained(Space):
    def add_identifier(self, user: str, person: Person) -> None:
        for audience in self.audiences.values():
            if any(audience.sent.get(one) for one in self.identifiers[user]):
                audience.sent[person] = True
        super().add_identifier(user, person)


@broken("A user and an address of it are in one message.")
class BothInOne(Space):
    def add_user(self, user: str, person: Person) -> None:
        self.identifiers[user] = [person]


@broken("What was sent of one audience counts for all.")
class OneMemory(Space):
    def __init__(self) -> None:
        super().__init__()
        self.sent: dict[Person, bool] = {}

    def add_audience(self, name: str, now: datetime) -> None:
        super().add_audience(name, now)
        self.audiences[name].sent = self.sent


@broken("Leaving sends null, so that the property is erased.")
class SendsNull(Space):
    def sync(self, now: datetime) -> Iterable[Message]:
        for message in super().sync(now):
            traits = {key: value or None for key, value in message["traits"].items()}
            yield {**message, "traits": traits}


@broken("A sync sends everything twice.")
class SendsTwice(Space):
    def updates(self, audience: Audience, now: datetime) -> list[tuple[Person, bool]]:
        return super().updates(audience, now) * 2


@broken("What did not get through counts as sent, and is not sent again.")
class ForgetsTheLost(Space):
    def sync(self, now: datetime) -> Iterable[Message]:
        return iter(list(super().sync(now)))


class AtAnyTime(Space):
    """Is due at random, as long as it is in time."""

    def __init__(self) -> None:
        super().__init__()
        self.chance = Random(1)

    def add_audience(self, name: str, now: datetime) -> None:
        super().add_audience(name, now)
        self.audiences[name].due = now + timedelta(minutes=self.chance.randint(360, 480))

    def sync(self, now: datetime) -> Iterable[Message]:
        self.later_sync = timedelta(minutes=self.chance.randint(120, 180))
        return super().sync(now)


class SendsTheGainedAgain(Space):
    """Sends all of a user who gained an identifier once more."""

    def __init__(self) -> None:
        super().__init__()
        self.gained: dict[str, set[str]] = {}

    def add_identifier(self, user: str, person: Person) -> None:
        super().add_identifier(user, person)
        for audience in self.audiences.values():
            self.gained.setdefault(audience.key, set()).add(user)

    def updates(self, audience: Audience, now: datetime) -> list[tuple[Person, bool]]:
        again = [
            (person, user in audience.members)
            for user in self.gained.pop(audience.key, set())
            for person in self.identifiers[user]
            if any(one in audience.sent for one in self.identifiers[user])
        ]
        return list(dict.fromkeys([*super().updates(audience, now), *again]))


CORRECT_ENGAGES: dict[str, type[Space]] = {
    "the suite's own": Space,
    "at any time": AtAnyTime,
    "sends the gained again": SendsTheGainedAgain,
}
