"""Patterns of methods and paths, as faults and checks have them, and which can match no call."""

from http import HTTPMethod

from mock_autopilot.account.similar import did_you_mean
from mock_autopilot.account.validation import bad_field

API = "/v1/"
"""What the path of each call begins with."""


def checked_method(method: str, field: str) -> str:
    """Return a method in upper case; raise `ApiError` (400) that names the field if it is none."""
    upper = method.upper()
    if upper not in set(HTTPMethod):
        hint = did_you_mean(upper, HTTPMethod) or "."
        raise bad_field(field, f"is no HTTP method: {method!r}{hint}")
    return upper


def checked_path(pattern: str, field: str) -> str:
    """Return a pattern for paths, in which `*` stands for anything.

    Raises `ApiError` (400) that names the field when it can match no path of the API.
    """
    begin, star, _ = pattern.partition("*")
    if begin.startswith(API) or (star and API.startswith(begin)):
        return pattern
    _, found, rest = f"/{pattern}".partition(API)
    meant = rest if found else pattern.lstrip("/")
    raise bad_field(field, f"matches no call: {pattern!r}; write {API + meant}.")
