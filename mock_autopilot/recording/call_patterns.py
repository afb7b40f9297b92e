"""Patterns of methods and paths, as faults and checks have them, and which can match no call."""

import re
from collections.abc import Iterable
from http import HTTPMethod

from mock_autopilot.account.similar import did_you_mean
from mock_autopilot.account.validation import bad_field

API = "/v1/"
"""What the path of each call begins with."""


def checked_method(method: str, field: str) -> str:
    """Return a method in upper case; raise `ApiError` (400) that names the field if it is none."""
    upper = method.upper()
    if upper not in set(HTTPMethod):
        is_path = "; it is a path: give it as `path`" if "/" in method else "."
        hint = did_you_mean(upper, HTTPMethod) or is_path
        raise bad_field(field, f"is no HTTP method: {method!r}{hint}")
    return upper


def checked_path(pattern: str, field: str, routes: Iterable[str] = ()) -> str:
    """Return a pattern for paths, in which `*` stands for anything.

    `routes` are the paths that it must match one of (`/v1/contact/{contact_id_or_email}`), where
    that matters. Raises `ApiError` (400) that names the field when it can match no path of the API.
    """
    begin, star, _ = pattern.partition("*")
    if begin.startswith(API) or (star and API.startswith(begin)):
        routes = list(routes)
        if routes and not any(overlap(pattern, re.sub(r"{\w+}", "*", one)) for one in routes):
            hint = did_you_mean(pattern, routes) or "."
            raise bad_field(field, f"matches no call that is imitated: {pattern!r}{hint}")
        return pattern
    _, found, rest = f"/{pattern}".partition(API)
    meant = rest if found else pattern.lstrip("/")
    raise bad_field(field, f"matches no call: {pattern!r}; write {API + meant}.")


def overlap(one: str, other: str) -> bool:
    """Return whether a text can match both of two patterns, in which `*` stands for anything."""
    reached = _with_stars_skipped({0}, other)
    for char in one:
        if char == "*":
            reached = set(range(min(reached, default=len(other) + 1), len(other) + 1))
        else:
            stays = {at for at in reached if other[at : at + 1] == "*"}
            moves = {at + 1 for at in reached if other[at : at + 1] == char}
            reached = _with_stars_skipped(stays | moves, other)
    return len(other) in reached


def _with_stars_skipped(reached: set[int], pattern: str) -> set[int]:
    """Return the places in a pattern that are reached, with those behind a `*` that is empty."""
    found = set(reached)
    for at in sorted(reached):
        while pattern[at : at + 1] == "*":
            at += 1  # runs on over the stars
            found.add(at)
    return found
