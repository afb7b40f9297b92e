"""The record of calls: every call to `/v1`, on every way out, bounded and redacted.

Autopilot's own account keeps such an activity log (`doc`): headers and body of each request, and
the answer given.
"""

from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from threading import Lock
from typing import Any

from mock_autopilot.account import json_text as jsonbody
from mock_autopilot.account.call_warnings import CallWarning
from mock_autopilot.account.clock import iso
from mock_autopilot.account.effects import Effects
from mock_autopilot.account.errors import ApiError, ErrorKind

KEY_HEADER = "autopilotapikey"
MAX_KEPT = 256 * 1024
"""Bytes kept of a request's body, and of an answer's: a bulk call of 100 contacts fits."""
MAX_BYTES = 64 * 1024 * 1024
"""Bytes of bodies and answers that one journal keeps; the oldest calls give way."""

SHOWN_DEPTH = 2 * jsonbody.MAX_DEPTH
"""Levels of a recorded body that is shown parsed: an answer may be deeper than what it holds."""


def redact(key: str) -> str:
    """Hide a key except for its last four characters (all of it when it is that short)."""
    return f"…{key[-4:]}" if len(key) > 4 else "…"


@dataclass(frozen=True, slots=True)
class Call:
    """One recorded call.

    `number` counts the server's calls from 1. `account` is the redacted key of the account, None
    when the key was missing or unknown. `path` is percent-decoded. `route` is the path's pattern,
    None for a path that is imitated nowhere. `received` and `answered` are the bodies, cut after
    `MAX_KEPT` bytes; the sizes are the whole ones. `status` is None when the
    connection was dropped. `duration` is in seconds. `error` is the entry
    of the catalogue that a rejected call was answered from. `fault` is the id of the fault that
    struck it. `effects` is what the call changed.
    """

    number: int
    time: datetime
    account: str | None
    method: str
    path: str
    query: str
    route: str | None
    headers: dict[str, str]
    received: bytes
    received_size: int
    status: int | None
    answered: bytes
    answered_size: int
    duration: float
    error: ErrorKind | None = None
    warnings: tuple[CallWarning, ...] = ()
    fault: str | None = None
    effects: Effects = field(default_factory=Effects)

    @property
    def kept(self) -> int:
        """How many bytes of body and answer are kept."""
        return len(self.received) + len(self.answered)

    @property
    def cut(self) -> bool:
        """Whether the body or the answer was longer than what is kept of it."""
        return self.kept < self.received_size + self.answered_size

    @property
    def body(self) -> Any:
        """The request's body as parsed; None when there was none, it is no JSON or was cut."""
        value = _parsed(self.received)
        # JSON in a JSON string is taken as what it holds (see `parse_body`).
        return _parsed(value.encode()) if isinstance(value, str) else value

    @property
    def answer(self) -> Any:
        """The answer's body as parsed; None when there was none or it was cut."""
        return _parsed(self.answered)

    def to_json(self) -> dict[str, Any]:
        """Give the call as the control calls show it; durations are in milliseconds."""
        return {
            "number": self.number,
            "time": iso(self.time),
            "account": self.account,
            "method": self.method,
            "path": self.path,
            "query": self.query,
            "route": self.route,
            "headers": self.headers,
            "body": self.body,
            "received": self.received.decode("utf-8", "replace"),
            "received_bytes": self.received_size,
            "status": self.status,
            "answer": self.answer,
            "answer_bytes": self.answered_size,
            "cut": self.cut,
            "error": self.error and {"id": self.error.id, "evidence": self.error.evidence},
            "fault": self.fault,
            "effects": self.effects.to_json(),
            "warnings": [warning.to_json() for warning in self.warnings],
            "duration_ms": round(self.duration * 1000, 3),
        }


def _parsed(raw: bytes) -> Any:
    try:
        return jsonbody.parse(raw, SHOWN_DEPTH)[0]
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

    def calls(self) -> list[Call]:
        """Give the recorded calls, oldest first."""
        with self._lock:
            return list(self._calls)

    def __iter__(self) -> Iterator[Call]:
        return iter(self.calls())
