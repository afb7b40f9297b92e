"""Who has which identifier in a space: no two profiles share one."""

from collections.abc import Iterable, Mapping
from typing import Any

from adapter.engage.profile import Identifier, Kind, Profile
from adapter.errors import InvalidMessage, InvalidSpace
from adapter.message import json_copy

Values = Iterable[object]


class IdentifierIndex:
    """The profiles of a space, by their identifiers."""

    def __init__(self) -> None:
        self.profiles: list[Profile] = []
        self._owners: dict[Identifier, Profile] = {}

    def add(
        self,
        user_ids: Values,
        emails: Values,
        anonymous_ids: Values,
        traits: Mapping[str, Any] | None,
    ) -> Profile:
        """Add a profile. Raises `InvalidSpace` as `gain` does, and when it has no identifier."""
        names = _names(user_ids, emails, anonymous_ids)
        if not names:
            raise InvalidSpace("a profile", "has no identifier: give it a user id or an address")
        profile = Profile(traits)
        self._own(profile, names)
        self.profiles.append(profile)
        return profile

    def gain(
        self, profile: Profile, user_ids: Values, emails: Values, anonymous_ids: Values
    ) -> None:
        """Give a profile identifiers.

        Raises:
            InvalidSpace: one is blank or no text, or is another profile's; it has gained none.

        """
        names = _names(user_ids, emails, anonymous_ids)
        if self._owners.get(_folded(profile.names[0])) is not profile:
            raise InvalidSpace(f"{profile!r}", "is none of this space's: add it first")
        self._own(profile, names)

    def find(self, identifier: str) -> Profile:
        """Give the profile with this user id, or else with this address, or else anonymous id.

        Raises:
            InvalidSpace: there is none.

        """
        kinds: tuple[Kind, ...] = ("userId", "email", "anonymousId")
        for kind in kinds:
            owner = self._owners.get(_folded(Identifier(kind, identifier)))
            if owner is not None:
                return owner
        raise InvalidSpace(f"profile {identifier!r}", "is none of this space's: add it first")

    def _own(self, profile: Profile, names: tuple[Identifier, ...]) -> None:
        for name in names:
            if self._owners.get(_folded(name), profile) is not profile:
                raise InvalidSpace(
                    f"{name.kind} {name.value!r}",
                    "is another profile's already: a profile is one user",
                )
        for name in names:
            if _folded(name) not in self._owners:
                self._owners[_folded(name)] = profile
                profile.gain(name)


def _names(user_ids: Values, emails: Values, anonymous_ids: Values) -> tuple[Identifier, ...]:
    found: list[Identifier] = []
    given: tuple[tuple[Kind, Values], ...] = (
        ("userId", user_ids),
        ("email", emails),
        ("anonymousId", anonymous_ids),
    )
    for kind, values in given:
        if isinstance(values, str):
            raise InvalidSpace(kind, f"is the text {values!r}: give a list of them")
        for value in values:
            if not isinstance(value, str) or not value.strip():
                raise InvalidSpace(kind, f"is {value!r}: must be a text that is not blank")
            try:
                json_copy(f"{kind} {value!r}", value)
            except InvalidMessage as error:
                raise InvalidSpace(error.field, error.problem) from None
            found.append(Identifier(kind, value.strip()))
    return tuple(found)


def _folded(name: Identifier) -> Identifier:
    """Autopilot does not tell the letter case of addresses apart."""
    return name._replace(value=name.value.lower()) if name.kind == "email" else name
