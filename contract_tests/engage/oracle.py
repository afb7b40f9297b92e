"""What an Engage owes: when an audience's next sync may be, and whom it has to tell what."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from contract_tests.protocol import Message, Person

#: After an audience was made, and after a sync. The page says six hours or more: a day is ours.
FIRST = (timedelta(hours=6), timedelta(hours=24))
LATER = (timedelta(hours=2), timedelta(hours=3))

News = tuple[str, str, bool]
"""A key, an identifier, and what it is told."""


@dataclass
class User:
    """A user that the machine made up."""

    name: str
    person: Person
    #: Whether Autopilot has a contact of it, and the trait that something else than Engage sent.
    known: bool = False
    plan: str | None = None

    @property
    def identifiers(self) -> list[str]:
        """All its identifiers, as messages have them."""
        return [str(one) for one in (self.person.user_id, self.person.email) if one is not None]


@dataclass
class AudienceOracle:
    """One audience: who is in it now, what Autopilot was told, and when it may be told next."""

    name: str
    key: str
    earliest: datetime
    latest: datetime
    members: set[str] = field(default_factory=set)
    #: What each identifier was told last.
    told: dict[str, bool] = field(default_factory=dict)
    #: Users who gained an identifier since the last sync: a re-sync of them is allowed.
    gained: set[str] = field(default_factory=set)

    def owed(self, users: Iterable[User]) -> set[News]:
        """Give what a sync has to tell: what has changed, and nothing to who never was a member."""
        return {
            (self.key, identifier, user.name in self.members)
            for user in users
            for identifier in user.identifiers
            if self.told.get(identifier, False) is not (user.name in self.members)
        }

    def allowed(self, users: Iterable[User]) -> set[News]:
        """Give what a sync may tell beside that: all of users who gained an identifier."""
        return {
            (self.key, identifier, user.name in self.members)
            for user in users
            if user.name in self.gained and any(one in self.told for one in user.identifiers)
            for identifier in user.identifiers
        }

    def synced(self, now: datetime, news: Iterable[News]) -> None:
        """Note that a sync told this."""
        self._tell(news)
        self.gained.clear()
        self.earliest, self.latest = now + LATER[0], now + LATER[1]

    def told_before_it_broke(self, now: datetime, news: Iterable[News]) -> None:
        """Note that a sync broke off after this: it may come again at once, or as after a sync."""
        self._tell(news)
        self.latest = max(self.latest, now + LATER[1])

    def property_of(self, user: User) -> bool | None:
        """Give what a user's property must be; None when there must be none."""
        told = [member for one, member in self.told.items() if one in user.identifiers]
        return told[-1] if told else None

    def _tell(self, news: Iterable[News]) -> None:
        """Note it, the latest at the end: after a broken sync identifiers differ, and it counts."""
        for _, identifier, member in news:
            self.told.pop(identifier, None)
            self.told[identifier] = member


def read(message: Message) -> News | str:
    """Give what a message of Engage's says, or what is wrong with it."""
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
