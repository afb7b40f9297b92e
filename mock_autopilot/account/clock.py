"""Time as Autopilot writes it. The clock itself is a parameter wherever time is needed."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from functools import lru_cache
from threading import Lock

Clock = Callable[[], datetime]
"""Returns the present moment, with its time zone."""


def utc_now() -> datetime:
    """Return the present moment in UTC: the clock that is used when none is given."""
    return datetime.now(UTC)


class ManualClock:
    """A clock that stands still until it is moved.

    `start` is a datetime or an ISO-8601 text; without a time zone it is UTC. Raises ValueError when
    the text is no time.
    """

    def __init__(self, start: datetime | str) -> None:
        self._start = self._moment = _utc(start)
        self._lock = Lock()

    def __call__(self) -> datetime:
        """Return where the clock stands, in UTC."""
        return self._moment

    def __repr__(self) -> str:
        return f"ManualClock({iso(self._moment)!r})"

    def tick(self, seconds: float | timedelta = 1) -> None:
        """Move the clock on by so many seconds, or by a timedelta."""
        with self._lock:
            self._moment += (
                seconds if isinstance(seconds, timedelta) else timedelta(seconds=seconds)
            )

    def move_to(self, moment: datetime | str) -> None:
        """Move the clock to a time, in the forms that `start` has."""
        with self._lock:
            self._moment = _utc(moment)

    def restart(self) -> None:
        """Move the clock back to where it began."""
        self.move_to(self._start)


def make_clock(wanted: Clock | datetime | str | None) -> Clock:
    """Return the clock that an option asks for: None is the present, a time is where it stands.

    Raises ValueError when a text is no time, TypeError when a callable returns no datetime with a
    time zone.
    """
    if wanted is None:
        return utc_now
    if not callable(wanted):
        return ManualClock(wanted)
    moment: object = wanted()
    if not isinstance(moment, datetime) or moment.tzinfo is None:
        problem = "must return datetimes with a time zone, as datetime.now(UTC)"
        raise TypeError(f"clock {problem}; it returned {moment!r}")
    return wanted


def _utc(moment: object) -> datetime:
    if isinstance(moment, str):
        try:
            return parse_iso(moment)
        except (ValueError, OverflowError):
            wanted = "an ISO-8601 date, or date and time, as in 2026-01-31T09:00:00Z"
            raise ValueError(f"clock must be {wanted}, got {moment!r}") from None
    if not isinstance(moment, datetime):
        raise TypeError(f"clock must be a datetime or an ISO-8601 text, got {moment!r}")
    return moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)


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
    return _http_date(moment.replace(microsecond=0))


@lru_cache(maxsize=16)  # every answer has one, and those of one second have the same
def _http_date(second: datetime) -> str:
    return format_datetime(second.astimezone(UTC), usegmt=True)
