"""Which route a path and a method name; a refusal says what would have been right."""

import re
from collections.abc import Mapping
from urllib.parse import unquote

from werkzeug.exceptions import MethodNotAllowed, NotFound
from werkzeug.routing import BaseConverter, Map, MapAdapter, Rule

from mock_autopilot.account import errors
from mock_autopilot.account.errors import ApiError
from mock_autopilot.api import contacts, journeys
from mock_autopilot.api.routes import Route

ROUTES: tuple[Route, ...] = (*contacts.ROUTES, *journeys.ROUTES)
"""Every call that is imitated."""
PATHS: tuple[str, ...] = tuple(dict.fromkeys(route.path for route in ROUTES))
"""Their paths: `/v1/contact/{contact_id_or_email}` and so on."""

_ESCAPED_UNRESERVED = re.compile(
    "%(2[dDeE]|3[0-9]|4[1-9a-fA-F]|5[0-9aAfF]|6[1-9a-fA-F]|7[0-9aAeE])", re.ASCII
)
"""An escaped letter, digit, `-`, `.`, `_` or `~`: the same as a plain one (RFC 3986)."""


class _Segment(BaseConverter):
    """A part of a path between slashes, which holds none itself, nor an escaped one (`ours`).

    Paths are matched as they were sent; their parts are decoded.
    """

    regex = "(?:(?!%2[fF])[^/])+"

    def to_python(self, value: str) -> str:
        return unquote(value)


class _Rest(_Segment):
    """The rest of a path: an address may hold slashes, also at its beginning and end."""

    part_isolating = False
    regex = r"[\s\S]+?"


class _ContactName(_Rest):
    """Matches a contact id or address, but not a path ending in /unsubscribe.

    So a wrong method on such a path is a 405.
    """

    regex = r"(?![\s\S]*/unsubscribe\Z)[\s\S]+?"


class Router:
    """Finds routes."""

    def __init__(self) -> None:
        # Paths are taken as they come: a slash too many is no redirection to a tidier path.
        self._map = Map(
            [Rule(route.rule, endpoint=route, methods=[route.method]) for route in ROUTES],
            merge_slashes=False,
            converters={"default": _Segment, "rest": _Rest, "contact": _ContactName},
        ).bind("")
        fixed = [route for route in ROUTES if "<" not in route.rule]
        self._fixed = {(route.method, route.rule): route for route in fixed}
        """Paths without a part that varies, which are found at once."""

    def match(self, method: str, raw_path: str) -> tuple[Route, Mapping[str, str]] | ApiError:
        """Return the route, and the path's decoded parts.

        When there is none, return the error that answers the call: 404 for a path that is imitated
        nowhere, 405 for a wrong method.
        """
        if fixed := self._fixed.get((method, raw_path)):
            return fixed, {}
        path = _ESCAPED_UNRESERVED.sub(lambda escaped: chr(int(escaped[1], 16)), raw_path)
        try:
            return self._map.match(path, method)
        except MethodNotAllowed:
            return errors.METHOD_NOT_ALLOWED(method=method)
        except NotFound:
            hint = path_hint(self._map, path)
            return errors.NO_SUCH_PATH(path=unquote(raw_path), hint=hint)


def path_hint(paths: MapAdapter, path: str) -> str:
    """Return what is wrong with a path that is nearly one of these; empty when it is not."""
    if paths.allowed_methods(f"/v1{path}"):
        return ". Is /v1/ missing from the base URL?"
    if path.startswith("/v1/v1/"):
        return (
            ". It has /v1 twice: the calls add it to a base URL that has it, or intercept() "
            "was given a base URL that does not end in /v1/"
        )
    tidy = re.sub("/{2,}", "/", path).rstrip("/")
    if tidy == path or not list(paths.allowed_methods(tidy)):
        return ""
    which = "at its end" if path.rstrip("/") == tidy else "that stands twice"
    return f". It has a slash {which}; the call is {unquote(tidy)}"
