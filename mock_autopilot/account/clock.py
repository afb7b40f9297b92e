"""Time as Autopilot writes it. The clock itself is a parameter wherever time is needed."""

from collections.abc import Callable
from datetime import UTC, datetime
from email.utils import format_datetime

Clock = Callable[[], datetime]
"""Returns the present moment, with its time zone."""


def utc_now() -> datetime:
    """Return the present moment in UTC: the clock that is used when none is given."""
    return datetime.now(UTC)


def iso(moment: datetime) -> str:
    """Return a moment as ISO-8601 in UTC with milliseconds and `Z`."""
    utc = moment if moment.tzinfo is UTC else moment.astimezone(UTC)
    return utc.isoformat(timespec="milliseconds")[:23] + "Z"


def iso_second(moment: datetime) -> str:
    """Return a moment as a contact's times are recorded (`observed`): whole seconds, `.000Z`."""
    return iso(moment.replace(microsecond=0))


def parse_iso(text: str) -> datetime:
    """Return the moment of an ISO-8601 date, or date and time; without a zone it is UTC (`ours`).

    Raises ValueError when it is none, OverflowError when it is not within the years 1 to 9999.
    """
    moment = datetime.fromisoformat(text)
    return moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)


def http_date(moment: datetime) -> str:
    """Return a moment as HTTP headers do: `Fri, 02 Jun 2017 15:18:58 GMT`."""
    return format_datetime(moment.astimezone(UTC), usegmt=True)
