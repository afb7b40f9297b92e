"""Who a message is about: the one place that says so."""

import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from adapter.naming import number_text, spelling


@dataclass(frozen=True)
class Identifiers:
    """Who a message is about; None for what it does not say.

    The e-mail address or the user id identify a contact (`seed`); the anonymous id travels along
    and identifies nobody (`help`).
    """

    email: str | None = None
    user_id: str | None = None
    anonymous_id: str | None = None


def identifiers(message: Mapping[str, Any]) -> Identifiers:
    """Give the identifiers of a checked message (`seed`).

    The e-mail address is `traits.email` (for a track `properties.email`), else
    `context.traits.email`; the user id is `userId`. What is blank, null or of another type counts
    as missing; numbers are ids too, and become text. White space around a value is not part of it.
    """
    own = message.get("properties" if message["type"] == "track" else "traits") or {}
    return Identifiers(
        email=email_in(own) or email_in(context_traits(message)),
        user_id=_identifier(message.get("userId")),
        anonymous_id=_identifier(message.get("anonymousId")),
    )


def context_traits(message: Mapping[str, Any]) -> Mapping[str, Any]:
    """Give `context.traits` of a checked message, empty when there are none."""
    return (message.get("context") or {}).get("traits") or {}


def email_in(traits: Mapping[str, Any]) -> str | None:
    """Give the e-mail address among `traits`: that of `email`, else of another spelling of it."""
    return next((found for key in _email_keys(traits) if (found := address(traits[key]))), None)


def is_email(key: str) -> bool:
    """Tell whether a trait of that name is the e-mail address: `email`, `Email`, `EMAIL`."""
    return spelling(key) == "email"


def address(value: object) -> str | None:
    """Give an e-mail address as it is sent, or None for what cannot be one."""
    return value.strip() or None if isinstance(value, str) else None


def _email_keys(traits: Mapping[str, Any]) -> Iterator[str]:
    if "email" in traits:
        yield "email"
    yield from filter(is_email, traits)


def _identifier(value: object) -> str | None:
    if isinstance(value, str):
        return value.strip() or None
    if isinstance(value, bool) or not isinstance(value, int | float):
        return None
    return number_text(value) if math.isfinite(value) else None
