"""The record of calls: every call to `/v1`, however it ended, bounded and redacted.

Autopilot's own account keeps such an activity log (`doc`): headers and body of each request, and
the answer given.
"""

import re
from collections import deque
from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property
from threading import Lock
from typing import Any

from mock_autopilot.account import json_text
from mock_autopilot.account.call_warnings import CallWarning, Warnings
from mock_autopilot.account.clock import iso
from mock_autopilot.account.effects import NO_EFFECTS, Effects
from mock_autopilot.account.errors import ApiError, ErrorKind

KEY_HEADER = "autopilotapikey"
MAX_KEPT = 256 * 1024
"""Bytes kept of a request's body, and of an answer's: a bulk call of 100 contacts fits."""
MAX_BYTES = 64 * 1024 * 1024
"""Bytes of bodies that one journal keeps; the oldest calls give way."""

SHOWN_DEPTH = 2 * json_text.MAX_DEPTH
"""Levels of a recorded body that is shown as JSON: an answer may be deeper than what it holds."""


def redact(key: str) -> str:
    """Return a key with all but its last four characters hidden (all of it when it is short)."""
    return f"…{key[-4:]}" if len(key) > 4 else "…"


def path_matches(path: str, pattern: str) -> bool:
    """Return whether a path matches a pattern, in which `*` stands for anything."""
    return bool(re.fullmatch(".*".join(map(re.escape, pattern.split("*"))), path, re.DOTALL))


@dataclass(frozen=True)
class Call:
    """One recorded call.

    `number` counts the fake's calls from 1. `account` is the redacted key of the account, None
    when the key was missing or unknown. `path` is percent-decoded. `route` is the path's pattern,
    None for a path that is imitated nowhere. The bodies are truncated after `MAX_KEPT` bytes; the
    sizes are the whole ones. `status` is None when the connection was dropped. `duration` is in
    seconds. `error` is the entry of the catalogue that a rejected call was answered from. `fault`
    is the id of the fault that the call triggered. `effects` is what the call changed.
    """

    number: int
    time: datetime
    account: str | None
    method: str
    path: str
    query: str
    route: str | None
    headers: dict[str, str]
    request_body: bytes
    request_size: int
    status: int | None
    response_body: bytes
    response_size: int
    duration: float
    error: ErrorKind | None = None
    warnings: tuple[CallWarning, ...] = ()
    fault: str | None = None
    effects: Effects = NO_EFFECTS

    @property
    def kept(self) -> int:
        """How many bytes of the bodies are kept."""
        return len(self.request_body) + len(self.response_body)

    @property
    def truncated(self) -> bool:
        """Whether one of the bodies was longer than what is kept of it."""
        return self.kept < self.request_size + self.response_size

    @cached_property
    def body(self) -> Any:
        """The request's body as JSON; None when there was none, it is no JSON or was truncated."""
        return _request_json(self.request_body)

    @cached_property
    def answer(self) -> Any:
        """The answer's body as JSON; None when there was none or it was truncated."""
        return _parsed(self.response_body)

    def to_json(self) -> dict[str, Any]:
        """Return the call as control calls show it; durations are in milliseconds."""
        return {
            "number": self.number,
            "time": iso(self.time),
            "account": self.account,
            "method": self.method,
            "path": self.path,
            "query": self.query,
            "route": self.route,
            "headers": self.headers,
            "body": _request_json(self.request_body),
            "request_body": self.request_body.decode("utf-8", "replace"),
            "request_bytes": self.request_size,
            "status": self.status,
            "answer": _parsed(self.response_body),
            "response_bytes": self.response_size,
            "truncated": self.truncated,
            "error": self.error and {"id": self.error.id, "evidence": self.error.evidence},
            "fault": self.fault,
            "effects": self.effects.to_json(),
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

    It holds `size` calls at most, and no more of them than `max_bytes` of bodies allow.
    """

    size: int = 10_000
    max_bytes: int = MAX_BYTES
    dropped: int = 0
    _bytes: int = 0
    _calls: deque[Call] = field(default_factory=deque)
    _lock: Lock = field(default_factory=Lock)

    def append(self, call: Call) -> None:
        """Record a call; the oldest one gives way when the journal is full."""
        with self._lock:
            self._calls.append(call)
            self._bytes += call.kept
            while len(self._calls) > self.size or self._bytes > self.max_bytes:
                self._bytes -= self._calls.popleft().kept
                self.dropped += 1

    def clear(self) -> None:
        """Forget all calls, and how many were dropped."""
        with self._lock:
            self._calls.clear()
            self._bytes = 0
            self.dropped = 0

    def newest(self) -> int:
        """Return the number of the newest call, 0 when there is none."""
        with self._lock:
            return self._calls[-1].number if self._calls else 0

    def calls(self) -> list[Call]:
        """Return the recorded calls, oldest first."""
        with self._lock:
            return list(self._calls)
