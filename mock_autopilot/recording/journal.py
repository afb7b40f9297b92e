"""The record of calls: every call to `/v1`, however it ended, bounded and redacted.

Autopilot's own account keeps such an activity log (`doc`): headers and body of each request, and
the answer given.
"""

import re
from collections import deque
from collections.abc import Iterator, Mapping
from copy import deepcopy
from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property
from threading import Condition
from typing import Any

from msgspec import to_builtins

from mock_autopilot.account import json_text
from mock_autopilot.account.call_warnings import CallWarning, Warnings
from mock_autopilot.account.clock import iso
from mock_autopilot.account.effects import NO_EFFECTS, Effects
from mock_autopilot.account.errors import ApiError, ErrorKind
from mock_autopilot.printable import printable

KEY_HEADER = "autopilotapikey"
MAX_KEPT = 256 * 1024
"""Bytes kept of a request's body, and of an answer's: a bulk call of 100 contacts fits."""
OUTLINED = 12
"""Characters of a key of which the first two are shown beside the last four."""
MAX_BYTES = 64 * 1024 * 1024
"""Bytes of bodies that one journal keeps; the oldest calls give way."""

SHOWN_DEPTH = 2 * json_text.MAX_DEPTH
"""Levels of a recorded body that is shown as JSON: an answer may be deeper than what it holds."""


def redact(key: str) -> str:
    """Return a key with all but its last four characters hidden (all of it when it is short)."""
    return f"…{key[-4:]}" if len(key) > 4 else "…"


def outline(key: str) -> str:
    """Return enough of a key to compare it with another by eye, but never the whole key.

    That is its length, its last four characters, and of a long one the first two.
    """
    first = key[:2] if len(key) >= OUTLINED else ""
    return f"{first}{redact(key)}, {len(key)} character{'' if len(key) == 1 else 's'}"


def path_matches(path: str, pattern: str) -> bool:
    """Return whether a path matches a pattern, in which `*` stands for anything."""
    return path_pattern(pattern).fullmatch(path) is not None


def path_pattern(pattern: str) -> re.Pattern[str]:
    """Return a pattern, in which `*` stands for anything, for paths that it matches as a whole."""
    begin, *rest = map(re.escape, pattern.split("*"))
    if not rest:
        return re.compile(begin)
    *inner, end = rest
    # The first place of each part is as good as any later one. Without trying those it takes no
    # time that grows with the power of the number of stars.
    found = "".join(f"(?>.*?{part})" for part in inner)
    return re.compile(f"{begin}{found}.*{end}", re.DOTALL)


class Headers(Mapping[str, str]):
    """The headers of a recorded call, which are found in any letter case and cannot be changed.

    It is made of a mapping by names in lower case, which nobody else may change.
    """

    __slots__ = ("_by_name",)

    def __init__(self, by_name: Mapping[str, str]) -> None:
        self._by_name = by_name

    def __getitem__(self, name: str) -> str:
        return self._by_name[name.lower()]

    def __iter__(self) -> Iterator[str]:
        return iter(self._by_name)

    def __len__(self) -> int:
        return len(self._by_name)

    def __repr__(self) -> str:
        return f"Headers({dict(self)!r})"


@dataclass(frozen=True, repr=False)
class Call:
    """One recorded call. What it hands out can be changed freely: the record stays as it is.

    `number` counts the fake's calls from 1. `account` is the redacted key of the account, None
    when the key was missing or unknown, and `closed_account` the name of a closed account that had
    this key. `path` is percent-decoded. `route` is the path's pattern,
    None for a path that is imitated nowhere. The bodies are truncated after `MAX_KEPT` bytes; the
    sizes are the whole ones. `status` is None when the connection was dropped. `duration` is in
    seconds. `error` is the entry of the catalogue that a rejected call was answered from. `fault`
    is the id of the fault that the call triggered.
    """

    number: int
    time: datetime
    account: str | None
    method: str
    path: str
    query: str
    route: str | None
    headers: Headers
    request_body: bytes
    request_size: int
    status: int | None
    response_body: bytes
    response_size: int
    duration: float
    error: ErrorKind | None = None
    warnings: tuple[CallWarning, ...] = ()
    fault: str | None = None
    recorded_effects: Effects = NO_EFFECTS
    closed_account: str | None = None
    key_outline: str = ""
    """What can be told of a key that no account has: see `outline`. JSON does not have it."""

    @property
    def kept(self) -> int:
        """How many bytes of the bodies are kept."""
        return len(self.request_body) + len(self.response_body)

    @property
    def truncated(self) -> bool:
        """Whether one of the bodies was longer than what is kept of it."""
        return self.kept < self.request_size + self.response_size

    @property
    def body(self) -> Any:
        """The request's body as JSON; None when there was none, it is no JSON or was truncated."""
        return to_builtins(self._body)

    @property
    def answer(self) -> Any:
        """The answer's body as JSON; None when there was none or it was truncated."""
        return to_builtins(self._answer)

    @property
    def effects(self) -> Effects:
        """What the call changed."""
        return deepcopy(self.recorded_effects)

    # Parsed once; a copy costs a twentieth of parsing.
    @cached_property
    def _body(self) -> Any:
        return _request_json(self.request_body)

    @cached_property
    def _answer(self) -> Any:
        return _parsed(self.response_body)

    def __str__(self) -> str:
        status = "connection dropped" if self.status is None else str(self.status)
        fault = f" ({self.fault})" if self.fault else ""
        return printable(f"#{self.number} {self.method} {self.path}: {status}{fault}")

    def __repr__(self) -> str:
        return f"<Call {self}>"

    def to_json(self) -> dict[str, Any]:
        """Return the call as control calls show it; durations are in milliseconds."""
        return {
            "number": self.number,
            "time": iso(self.time),
            "account": self.account,
            "closed_account": self.closed_account,
            "method": self.method,
            "path": self.path,
            "query": self.query,
            "route": self.route,
            "headers": dict(self.headers),
            # Parsed anew, so that showing a whole record does not keep all of it parsed.
            "body": _request_json(self.request_body),
            "request_body": self.request_body.decode("utf-8", "replace"),
            "request_bytes": self.request_size,
            "status": self.status,
            "answer": _parsed(self.response_body),
            "response_bytes": self.response_size,
            "truncated": self.truncated,
            "error": self.error and {"id": self.error.id, "evidence": self.error.evidence},
            "fault": self.fault,
            "effects": self.recorded_effects.to_json(),
            "warnings": [warning.to_json() for warning in self.warnings],
            "duration_ms": round(self.duration * 1000, 3),
        }


def _request_json(raw: bytes) -> Any:
    """Return a recorded request's JSON; that in a JSON string is unpacked, as a call is taken."""
    value = _parsed(raw)
    return _parsed(value.encode()) if isinstance(value, str) else value


def _parsed(raw: bytes) -> Any:
    """Return recorded JSON that can be shown as JSON again; None for anything else."""
    try:
        return json_text.parse(raw, Warnings(), SHOWN_DEPTH)
    except ApiError:
        return None


@dataclass
class Journal:
    """The newest calls of one account, and how many older ones were dropped.

    It holds `size` calls at most, and no more of them than `max_bytes` of bodies allow. `version`
    is another number after each change.
    """

    size: int = 10_000
    max_bytes: int = MAX_BYTES
    dropped: int = 0
    version: int = 0
    _bytes: int = 0
    _closed: bool = False
    _calls: deque[Call] = field(default_factory=deque)
    _changed: Condition = field(default_factory=Condition)

    def append(self, call: Call) -> None:
        """Record a call; the oldest one gives way when the journal is full."""
        with self._changed:
            self._calls.append(call)
            self._bytes += call.kept
            while len(self._calls) > self.size or self._bytes > self.max_bytes:
                self._bytes -= self._calls.popleft().kept
                self.dropped += 1
            self._count_change()

    def clear(self) -> None:
        """Forget all calls, and how many were dropped."""
        with self._changed:
            self._calls.clear()
            self._bytes = 0
            self.dropped = 0
            self._count_change()

    def newest(self) -> int:
        """Return the number of the newest call, 0 when there is none."""
        with self._changed:
            return self._calls[-1].number if self._calls else 0

    def calls(self) -> list[Call]:
        """Return the recorded calls, oldest first."""
        return self.snapshot()[0]

    def snapshot(self) -> tuple[list[Call], int]:
        """Return the recorded calls, oldest first, and how many older ones were dropped."""
        with self._changed:
            return list(self._calls), self.dropped

    def wait(self, version: int, seconds: float) -> bool:
        """Wait until `version` is another one, so many seconds at most; return whether it is.

        When nobody records any more (`stop_waiting`) it returns at once.
        """
        with self._changed:
            self._changed.wait_for(lambda: self._closed or self.version != version, seconds)
            return self.version != version

    def stop_waiting(self) -> None:
        """Let all who wait go on, now and later: no more calls will come."""
        with self._changed:
            self._closed = True
            self._changed.notify_all()

    def _count_change(self) -> None:
        self.version += 1
        self._changed.notify_all()
