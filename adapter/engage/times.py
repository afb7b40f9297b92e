"""Instants: every one of them says its time zone."""

from datetime import UTC, datetime

from adapter.errors import InvalidSpace


def aware(name: str, instant: object) -> datetime:
    """Give `instant` in UTC.

    Raises:
        InvalidSpace: it is no datetime, has no time zone, or is of another millennium, where
            counting on leads to times that Python has not; `name` says which.

    """
    if not isinstance(instant, datetime) or instant.tzinfo is None:
        raise InvalidSpace(name, "must be a datetime with a time zone, as datetime.now(UTC) gives")
    if not 1900 <= instant.year < 3000:
        raise InvalidSpace(name, "must be of the years from 1900 to 2999")
    return instant.astimezone(UTC)


def utc_now() -> datetime:
    """Give the present time."""
    return datetime.now(UTC)
