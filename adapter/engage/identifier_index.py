"""Which profile of a space has which identifier: no two profiles share one."""

from collections.abc import Iterable, Mapping
from typing import Any, get_args

from adapter.engage.profile import Identifier, IdentifierType, Profile
from adapter.errors import InvalidMessage, InvalidSpace
from adapter.json_values import json_copy

Values = Iterable[object]


class IdentifierIndex:
    """The profiles of a space, by their identifiers."""

    def __init__(self) -> None:
        self.profiles: list[Profile] = []
        self._owners: dict[Identifier, Profile] = {}

    def add_profile(
        self,
        user_ids: Values,
        emails: Values,
        anonymous_ids: Values,
        traits: Mapping[str, Any] | None,
    ) -> Profile:
        """Add a profile.

        Raises:
            InvalidSpace: it has no identifier, or one that `add_identifiers` refuses.

        """
        identifiers = _identifiers(user_ids, emails, anonymous_ids)
        if not identifiers:
            raise InvalidSpace("a profile", "has no identifier: give it a user id or an address")
        profile = Profile(traits)
        self._assign(identifiers, profile)
        self.profiles.append(profile)
        return profile

    def add_identifiers(
        self, profile: Profile, user_ids: Values, emails: Values, anonymous_ids: Values
    ) -> None:
        """Add identifiers to a profile.

        Raises:
            InvalidSpace: the profile is of another space, or an identifier is blank, not a text or
                another profile's; none was added.

        """
        identifiers = _identifiers(user_ids, emails, anonymous_ids)
        if self._owners.get(profile.identifiers[0].folded()) is not profile:
            raise InvalidSpace(f"{profile!r}", "is not in this space: add it first")
        self._assign(identifiers, profile)

    def find(self, identifier: str) -> Profile:
        """Return the profile with this user id, or else this address, or else this anonymous id.

        Raises:
            InvalidSpace: there is none.

        """
        for identifier_type in get_args(IdentifierType):
            owner = self._owners.get(Identifier(identifier_type, identifier).folded())
            if owner is not None:
                return owner
        raise InvalidSpace(f"profile {identifier!r}", "is not in this space: add it first")

    def _assign(self, identifiers: tuple[Identifier, ...], profile: Profile) -> None:
        for one in identifiers:
            if self._owners.get(one.folded(), profile) is not profile:
                raise InvalidSpace(
                    f"{one.type} {one.value!r}",
                    "already belongs to another profile: a profile is one user",
                )
        for one in identifiers:
            if one.folded() not in self._owners:
                self._owners[one.folded()] = profile
                profile.add_identifier(one)


def _identifiers(user_ids: Values, emails: Values, anonymous_ids: Values) -> tuple[Identifier, ...]:
    found: list[Identifier] = []
    given: tuple[tuple[IdentifierType, Values], ...] = (
        ("userId", user_ids),
        ("email", emails),
        ("anonymousId", anonymous_ids),
    )
    for identifier_type, values in given:
        if isinstance(values, str):
            raise InvalidSpace(identifier_type, f"is the text {values!r}: pass a list of them")
        for value in values:
            if not isinstance(value, str) or not value.strip():
                raise InvalidSpace(identifier_type, f"is {value!r}: must be a text, not blank")
            try:
                json_copy(f"{identifier_type} {value!r}", value)
            except InvalidMessage as error:
                raise InvalidSpace(error.field, error.problem) from None
            found.append(Identifier(identifier_type, value.strip()))
    return tuple(found)
