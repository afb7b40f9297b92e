"""The state machine of the contract suite, applied to our Engage."""

from collections.abc import Iterable
from datetime import datetime

import pytest

from adapter.contract import factory
from adapter.engage import Profile, Space
from contract_tests.engage.source import Engage
from contract_tests.protocol import Message, Person
from tests.contract.suite import engage_failure, harness_for


class BySet(Engage):
    """Audiences that profiles enter and leave."""

    def __init__(self) -> None:
        self.space = Space()
        self.profiles: dict[str, Profile] = {}

    def add_audience(self, name: str, now: datetime) -> None:
        self.space.add_audience(name, created_at=now)

    def add_user(self, user: str, person: Person) -> None:
        self.profiles[user] = self.space.add_profile(
            user_ids=user_ids(person), emails=emails(person)
        )

    def add_identifier(self, user: str, person: Person) -> None:
        self.space.add_identifiers(
            self.profiles[user], user_ids=user_ids(person), emails=emails(person)
        )

    def enter(self, audience: str, user: str, now: datetime) -> None:
        self.space.audience(audience).enter(self.profiles[user])

    def leave(self, audience: str, user: str, now: datetime) -> None:
        self.space.audience(audience).leave(self.profiles[user])

    def next_due(self) -> datetime | None:
        return self.space.next_due

    def sync(self, now: datetime) -> Iterable[Message]:
        return self.space.sync(now)


class ByEvents(BySet):
    """Audiences of the users with more `In` than `Out` events."""

    def add_audience(self, name: str, now: datetime) -> None:
        def is_in(profile: Profile, at: datetime) -> bool:
            return profile.count(f"{name} In", at) > profile.count(f"{name} Out", at)

        self.space.add_audience(name, is_in, created_at=now)

    def enter(self, audience: str, user: str, now: datetime) -> None:
        self.profiles[user].track(f"{audience} In", now)

    def leave(self, audience: str, user: str, now: datetime) -> None:
        self.profiles[user].track(f"{audience} Out", now)


class InAnotherProcess(BySet):
    """Before every sync the state is saved, and loaded by a new space."""

    def __init__(self) -> None:
        super().__init__()
        self.created: dict[str, datetime] = {}

    def add_audience(self, name: str, now: datetime) -> None:
        self.created[name] = now
        super().add_audience(name, now)

    def sync(self, now: datetime) -> Iterable[Message]:
        before, users = self.space, self.profiles
        self.space, self.profiles = Space(), {}
        for name, at in self.created.items():
            self.space.add_audience(name, created_at=at)
        for user, profile in users.items():
            again = self.space.add_profile(
                user_ids=[name.value for name in profile.identifiers if name.type == "userId"],
                emails=[name.value for name in profile.identifiers if name.type == "email"],
            )
            self.profiles[user] = again
            for name in self.created:
                if profile in before.audience(name).members:
                    self.space.audience(name).enter(again)
        self.space.load(before.save())
        return super().sync(now)


def user_ids(person: Person) -> list[str]:
    return [str(person.user_id)] if person.user_id else []


def emails(person: Person) -> list[str]:
    return [person.email] if person.email else []


@pytest.mark.parametrize("engage", [BySet, ByEvents, InAnotherProcess])
@pytest.mark.parametrize("seed", [1, 2])
def test_engage_fulfils_the_contract(engage: type[BySet], seed: int) -> None:
    with harness_for(factory) as harness:
        assert engage_failure(harness, engage, seed) == ""
