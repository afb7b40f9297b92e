"""Forwarders that answer before they deliver, or that take only so many messages a second."""

import json
import time
from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any

from contract_tests.fake import Fake
from contract_tests.permissions import NOTHING, permission
from contract_tests.protocol import Message, Result, SetupError, Target

FLUSH: Message = {"type": "flush"}
"""What a server or a command is handed after each message with --flush."""
QUIET = 0.05
"""Seconds without a call after which a message that has arrived is over, or a part of the wait."""
PART = 4
INTERVAL = 0.005
"""Seconds between looks at the account."""


class Flushed:
    """A forwarder that is handed a flush message after each message, and answers it when done."""

    def __init__(self, target: Target) -> None:
        self._target = target
        self._understood = False

    def deliver(self, message: Message) -> Result:
        """Hand it the message; what the flush reports of a failure is the result.

        Raises `SetupError` when it does not know a flush message.
        """
        result = self._target.deliver(message)
        flushed = self._target.deliver({**FLUSH})
        if not (flushed.delivered or self._understood):
            raise SetupError(
                f"--flush: the forwarder answered {flushed.status} {flushed.message[:80]!r} to "
                f"{json.dumps(FLUSH)}, which it must answer with 2xx when all is delivered"
            )
        self._understood = True
        return flushed if result.delivered and not flushed.delivered else result

    def close(self) -> None:
        """Close it."""
        self._target.close()


class Settled:
    """A forwarder that is waited for, `seconds` at most, until the account has the message.

    A message that must not arrive is waited for all that time: a call may still come. One that
    never was seen to answer before it delivers is judged as others are.
    """

    def __init__(self, target: Target, fake: Fake, seconds: float) -> None:
        self._target = target
        self._fake = fake
        self._seconds = seconds
        self._is_early = False

    def deliver(self, message: Message) -> Result:
        """Hand it the message, and wait for its calls."""
        before = len(self._fake.calls())
        result = self._target.deliver(message)
        at_once = len(self._fake.calls())
        self._wait(lambda calls: not result.delivered or self._arrived(message, calls), before)
        self._is_early |= at_once == before < len(self._fake.calls())
        return replace(result, early=result.delivered and self._is_early)

    def _wait(self, is_over: Callable[[Sequence[dict[str, Any]]], bool], before: int) -> None:
        now = last = time.monotonic()
        deadline = now + self._seconds
        seen = before
        while now < deadline:
            calls = self._fake.calls()
            if len(calls) != seen:
                seen, last = len(calls), now
            if now - last >= max(QUIET, self._seconds / PART) and is_over(calls[before:]):
                return
            time.sleep(INTERVAL)
            now = time.monotonic()

    def _arrived(self, message: Message, calls: Sequence[dict[str, Any]]) -> bool:
        """Return whether the calls that a message leads to have been answered well."""
        if permission(message, self._fake.settings) == NOTHING:
            return False
        event = message.get("type") == "track"
        return any(
            call["method"] == "POST"
            and (call["status"] or 0) < 300
            and (not event or call["path"].startswith("/v1/trigger/"))
            for call in calls
            if call["status"]
        )

    def close(self) -> None:
        """Close it."""
        self._target.close()


class Paced:
    """A forwarder that is handed so many messages a second, and no more."""

    def __init__(self, target: Target, per_second: float) -> None:
        self._target = target
        self._interval = 1 / per_second
        self._next = 0.0

    def deliver(self, message: Message) -> Result:
        """Hand it the message when its time has come."""
        time.sleep(max(0.0, self._next - time.monotonic()))
        self._next = time.monotonic() + self._interval
        return self._target.deliver(message)

    def close(self) -> None:
        """Close it."""
        self._target.close()
