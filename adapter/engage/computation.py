"""What a space computes of its profiles: audiences, and traits."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, ClassVar, Literal

from adapter.engage.profile import Profile
from adapter.errors import InvalidName, InvalidSpace
from adapter.identity import is_email
from adapter.naming import snake_case

Form = Literal["identify", "track"]
Predicate = Callable[[Profile, datetime], bool]
Value = Callable[[Profile, datetime], Any]


@dataclass(eq=False)
class Audience:
    """Who is in: a set to enter and leave, or whoever satisfies a predicate at a sync.

    Made by `Space.add_audience`.
    """

    name: str
    key: str
    form: Form
    when: Predicate | None = None
    members: set[Profile] = field(default_factory=set)

    computation_class: ClassVar[str] = "audience"
    key_property: ClassVar[str] = "audience_key"

    def __str__(self) -> str:
        return f"audience {self.name!r}"

    @property
    def id(self) -> str:
        """Its id in messages."""
        return f"aud_{self.key}"

    def enter(self, profile: object) -> None:
        """Put a profile in; it may be in already.

        Raises:
            InvalidSpace: it is no profile, or the audience has a predicate.

        """
        if not isinstance(profile, Profile):
            raise InvalidSpace(f"{self}", f"is entered by profiles, not by {profile!r}")
        self._members().add(profile)

    def leave(self, profile: Profile) -> None:
        """Take a profile out; it may be out already."""
        self._members().discard(profile)

    def values(self, profiles: Iterable[Profile], now: datetime) -> list[bool]:
        """Tell of each profile whether it is in at `now`."""
        if self.when is None:
            return [profile in self.members for profile in profiles]
        return [bool(self.when(profile, now)) for profile in profiles]

    def is_first_news(self, value: object) -> bool:
        """Tell whether a value is sent for whom nothing has been sent yet: members only."""
        return value is True

    def _members(self) -> set[Profile]:
        if self.when is not None:
            raise InvalidSpace(
                f"audience {self.name!r}", "has a predicate, which says who is in: change profiles"
            )
        return self.members


@dataclass(eq=False)
class ComputedTrait:
    """A value computed of each profile; None where there is none. Made by `Space.add_trait`."""

    key: str
    form: Form
    compute: Value

    computation_class: ClassVar[str] = "trait"
    key_property: ClassVar[str] = "trait_key"

    def __str__(self) -> str:
        return f"computed trait {self.key!r}"

    @property
    def id(self) -> str:
        """Its id in messages."""
        return f"tra_{self.key}"

    def values(self, profiles: Iterable[Profile], now: datetime) -> list[Any]:
        """Give each profile's value at `now`."""
        return [self.compute(profile, now) for profile in profiles]

    def is_first_news(self, value: object) -> bool:
        """Tell whether a value is sent for whom nothing has been sent yet."""
        return value is not None


Computation = Audience | ComputedTrait


def audience_key(name: object) -> str:
    """Give an audience's key: its name in snake_case.

    Raises:
        InvalidSpace: nothing is left of it, or it would be the address.

    """
    if not isinstance(name, str):
        raise InvalidSpace("an audience's name", f"is {name!r}: must be a text")
    try:
        key = snake_case(name)
    except InvalidName as error:
        raise InvalidSpace("an audience's name", str(error)) from None
    return _usable(f"audience {name!r}", key)


def trait_key(key: str) -> str:
    """Check a computed trait's key.

    Raises:
        InvalidSpace: it is not snake_case, or would be the address.

    """
    try:
        snake = snake_case(key)
    except InvalidName as error:
        raise InvalidSpace("a computed trait's key", str(error)) from None
    if key != snake:
        raise InvalidSpace(f"computed trait {key!r}", f"must be in snake_case: {snake}")
    return _usable(f"computed trait {key!r}", key)


def _usable(what: str, key: str) -> str:
    if is_email(key):
        raise InvalidSpace(what, f"has the key {key}, which is the address: rename it")
    return key
