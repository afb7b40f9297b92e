"""Instants: every one of them says its time zone."""

from datetime import UTC, datetime

from adapter.errors import InvalidSpace


def aware(name: str, instant: object) -> datetime:
    """Give `instant` in UTC.

    Raises:
        InvalidSpace: it is no datetime, or has no time zone; `name` says which.

    """
    if not isinstance(instant, datetime) or instant.tzinfo is None:
        raise InvalidSpace(name, "must be a datetime with a time zone, as datetime.now(UTC) gives")
    return instant.astimezone(UTC)


def utc_now() -> datetime:
    """Give the present time."""
    return datetime.now(UTC)
