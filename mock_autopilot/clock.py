"""Time as Autopilot writes it. The clock itself is a parameter wherever time is needed."""

from collections.abc import Callable
from datetime import UTC, datetime

Clock = Callable[[], datetime]
"""Gives the present moment, with its time zone."""


def utc_now() -> datetime:
    """Give the present moment in UTC: the clock that is used when none is given."""
    return datetime.now(UTC)


def iso(moment: datetime) -> str:
    """Write a moment as Autopilot does (`doc`): ISO-8601 in UTC, milliseconds, `Z`."""
    utc = moment if moment.tzinfo is UTC else moment.astimezone(UTC)
    return utc.isoformat(timespec="milliseconds")[:23] + "Z"
