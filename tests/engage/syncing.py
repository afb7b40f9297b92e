"""Sync a space, and read what its messages say."""

from datetime import datetime
from typing import Any

from adapter import plan
from adapter.engage import Profile, Space
from tests.adapter.support import SETTINGS

Row = tuple[str, Any]


def rows(space: Space, now: datetime | None = None) -> list[Row]:
    """Sync at `now`, or when it is due; return who was sent which value."""
    messages = list(space.sync(now or space.next_due))
    for message in messages:
        plan(message, SETTINGS)
    return [row(message) for message in messages]


def row(message: dict[str, Any]) -> Row:
    traits = dict(message["traits"])
    who = message.get("userId") or message.get("anonymousId") or traits.pop("email")
    (value,) = traits.values()
    return who, value


def users(space: Space, count: int) -> list[Profile]:
    return [space.add_profile(user_ids=[f"u{number}"]) for number in range(count)]
