"""The computations of a space: audiences and computed traits."""

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
Compute = Callable[[Profile, datetime], Any]


@dataclass(eq=False)
class Audience:
    """An audience: profiles that enter and leave it, or all that satisfy a predicate at a sync.

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
        """The computation's id in messages."""
        return f"aud_{self.key}"

    def enter(self, profile: object) -> None:
        """Add a profile to the members; it may be one already.

        Raises:
            InvalidSpace: it is not a profile, or the audience has a predicate.

        """
        if not isinstance(profile, Profile):
            raise InvalidSpace(f"{self}", f"takes profiles as members, not {profile!r}")
        self._changeable_members().add(profile)

    def leave(self, profile: Profile) -> None:
        """Remove a profile from the members, if it is one."""
        self._changeable_members().discard(profile)

    def values(self, profiles: Iterable[Profile], now: datetime) -> list[bool]:
        """Return for each profile whether it is a member at `now`."""
        if self.when is None:
            return [profile in self.members for profile in profiles]
        return [bool(self.when(profile, now)) for profile in profiles]

    def is_sent_first(self, value: object) -> bool:
        """Return whether a value is sent if none was before: only that of members."""
        return value is True

    def event_name(self, value: object) -> str:
        """Return the name of the track that sends a value."""
        return "Audience Entered" if value else "Audience Exited"

    def _changeable_members(self) -> set[Profile]:
        if self.when is not None:
            raise InvalidSpace(f"{self}", "has a predicate, which decides its members")
        return self.members


@dataclass(eq=False)
class ComputedTrait:
    """A value computed for each profile, None for no value. Made by `Space.add_trait`."""

    key: str
    form: Form
    compute: Compute

    computation_class: ClassVar[str] = "trait"
    key_property: ClassVar[str] = "trait_key"

    def __str__(self) -> str:
        return f"computed trait {self.key!r}"

    @property
    def id(self) -> str:
        """The computation's id in messages."""
        return f"tra_{self.key}"

    def values(self, profiles: Iterable[Profile], now: datetime) -> list[Any]:
        """Return the value of each profile at `now`."""
        return [self.compute(profile, now) for profile in profiles]

    def is_sent_first(self, value: object) -> bool:
        """Return whether a value is sent if none was before."""
        return value is not None

    def event_name(self, _value: object) -> str:
        """Return the name of the track that sends a value."""
        return "Trait Computed"


Computation = Audience | ComputedTrait


def audience_key(name: object) -> str:
    """Return an audience's key: its name in snake_case.

    Raises:
        InvalidSpace: it has no letter or digit, or would be the key of the address.

    """
    if not isinstance(name, str):
        raise InvalidSpace("an audience's name", f"is {name!r}: must be a text")
    try:
        key = snake_case(name)
    except InvalidName as error:
        raise InvalidSpace("an audience's name", str(error)) from None
    return _not_email(f"audience {name!r}", key)


def trait_key(key: str) -> str:
    """Return a computed trait's key, checked.

    Raises:
        InvalidSpace: it is not snake_case, or would be the key of the address.

    """
    try:
        snake = snake_case(key)
    except InvalidName as error:
        raise InvalidSpace("a computed trait's key", str(error)) from None
    if key != snake:
        raise InvalidSpace(f"computed trait {key!r}", f"must be in snake_case: {snake}")
    return _not_email(f"computed trait {key!r}", key)


def _not_email(what: str, key: str) -> str:
    if is_email(key):
        raise InvalidSpace(what, f"has the key {key}, which is the e-mail address: rename it")
    return key
