"""Check arguments of Python functions; the errors name the argument and what it must be."""

from math import isfinite

LONGEST_WAIT = 3600.0
"""Seconds."""


def require_text(name: str, value: object) -> None:
    """Raise TypeError when a value is no string."""
    __tracebackhide__ = True
    if not isinstance(value, str):
        raise TypeError(f"{name} must be a string, got {value!r}")


def require_count(name: str, value: object) -> None:
    """Raise TypeError when a value is neither None nor a whole number from 0."""
    __tracebackhide__ = True
    if value is not None and (not isinstance(value, int) or isinstance(value, bool) or value < 0):
        raise TypeError(f"{name} must be a whole number from 0, or None, got {value!r}")


def require_seconds(name: str, value: object) -> None:
    """Raise TypeError or ValueError when a value is no number from 0 to `LONGEST_WAIT`."""
    __tracebackhide__ = True
    if not isinstance(value, int | float) or isinstance(value, bool):
        raise TypeError(f"{name} must be a number of seconds, got {value!r}")
    if not isfinite(value) or not 0 <= value <= LONGEST_WAIT:
        raise ValueError(f"{name} must be from 0 to {LONGEST_WAIT:g} seconds, got {value!r}")
