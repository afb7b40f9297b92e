"""Faults on demand: answers that an account gives instead of doing a call, so many times.

A fault is triggered before the call does anything: nothing is written. One that has only a delay
leaves the call alone: it is carried out at once, and its answer comes late. All of this is `ours`.
"""

import json
import re
from collections.abc import Collection, Iterable
from dataclasses import dataclass, field
from itertools import count
from threading import Lock
from typing import Annotated, Any

from msgspec import UNSET, Meta, Struct, UnsetType, to_builtins
from msgspec.structs import replace

from mock_autopilot.account.validation import bad_field, convert, wrong_type
from mock_autopilot.recording.call_patterns import checked_method, checked_path
from mock_autopilot.recording.journal import path_matches

MAX_DELAY_MS = 3_600_000
"""An hour: no client waits longer, and a mistake in the unit is noticed."""

Text = Annotated[str, Meta(min_length=1)]


class Match(Struct, frozen=True, forbid_unknown_fields=True):
    """Which calls a fault is meant for; what it does not name matches every call.

    `path` is a pattern in which `*` stands for anything. `contact` is an address, user id or
    contact id of whom the call is about.
    """

    method: Text | UnsetType = UNSET
    path: Text | UnsetType = UNSET
    contact: Text | UnsetType = UNSET

    def __call__(self, method: str, path: str, identifiers: Collection[str]) -> bool:
        """Return whether a call matches; `identifiers` are all those of its contacts."""
        return (
            (self.method is UNSET or self.method == method)
            and (self.path is UNSET or path_matches(path, self.path))
            and (
                self.contact is UNSET
                or self.contact.lower() in {identifier.lower() for identifier in identifiers}
            )
        )


class FaultResponse(Struct, frozen=True, forbid_unknown_fields=True):
    """What a fault answers: either a status with body and headers, or nothing at all.

    The answer, or the end of the connection, comes `delay_ms` milliseconds late. A delay alone
    leaves the answer as it is.
    """

    status: Annotated[int, Meta(ge=200, le=599)] | UnsetType = UNSET
    body: Any = UNSET
    headers: dict[str, Any] | UnsetType = UNSET
    drop_connection: bool | UnsetType = UNSET
    delay_ms: Annotated[int, Meta(ge=0, le=MAX_DELAY_MS)] | UnsetType = UNSET


class FaultBody(Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """The body of the control call that adds a fault; `times` is null for ever."""

    match: Match = Match()
    respond: FaultResponse
    times: Annotated[int, Meta(ge=1)] | None = 1


@dataclass(slots=True)
class Fault:
    """One fault, and how often it was triggered."""

    id: str
    match: Match
    respond: FaultResponse
    times: int | None
    triggered: int = 0

    @property
    def status(self) -> int:
        """The status that it answers."""
        return self.respond.status or 502

    @property
    def headers(self) -> dict[str, str]:
        """The headers that it answers."""
        return self.respond.headers or {}

    @property
    def drops_connection(self) -> bool:
        """Whether it drops the connection instead of answering."""
        return bool(self.respond.drop_connection)

    @property
    def only_delays(self) -> bool:
        """Whether the call is carried out as if there was no fault, and only answered late."""
        return self.respond.status is UNSET and not self.drops_connection

    @property
    def delay(self) -> float:
        """How late it answers, in seconds."""
        return (self.respond.delay_ms or 0) / 1000

    @property
    def closes_connection(self) -> bool:
        """Whether its answer is the last one on its connection."""
        return "connection" in map(str.lower, self.headers)

    @property
    def spent(self) -> bool:
        """Whether it was triggered as often as it should be."""
        return self.times is not None and self.triggered >= self.times

    def to_json(self) -> dict[str, Any]:
        """Return the fault as control calls show it."""
        respond: dict[str, Any] = {}
        if self.drops_connection:
            respond = {"drop_connection": True}
        elif not self.only_delays:
            respond = {"status": self.status, "body": self.respond.body, "headers": self.headers}
        if self.respond.delay_ms is not UNSET:
            respond["delay_ms"] = self.respond.delay_ms
        counts = {"times": self.times, "triggered": self.triggered}
        return {"id": self.id, "match": to_builtins(self.match), "respond": respond, **counts}


@dataclass
class Faults:
    """The faults of one account, in the order in which they were added."""

    _faults: list[Fault] = field(default_factory=list)
    _numbers: "count[int]" = field(default_factory=lambda: count(1))
    _lock: Lock = field(default_factory=Lock)

    def add(self, body: dict[str, Any], routes: Iterable[str] = ()) -> Fault:
        """Add a fault: `{"match"?, "respond", "times"?}`; triggered once unless `times` says.

        `routes` are the paths that calls can have, where it is known. Raises `ApiError` (400) that
        names the field when it is not valid, or can never match.
        """
        wanted = _checked(body)
        match = wanted.match
        if match.method:
            match = replace(match, method=checked_method(match.method, "match.method"))
        if match.path:
            checked_path(match.path, "match.path", routes)
        with self._lock:
            fault_id = f"fault_{next(self._numbers)}"
            answer = {"error": "Fault", "message": f"Fault {fault_id} was asked for."}
            respond = wanted.respond
            if respond.body is UNSET:
                respond = replace(respond, body=answer)
            fault = Fault(fault_id, match, respond, wanted.times)
            self._faults.append(fault)
        return fault

    def clear(self) -> None:
        """Take all faults away."""
        with self._lock:
            self._faults.clear()

    def pending(self) -> bool:
        """Return whether any fault may still be triggered."""
        return any(not fault.spent for fault in self._faults)

    def trigger(self, method: str, path: str, identifiers: Collection[str]) -> Fault | None:
        """Return the first fault that is meant for a call, and count it; None when none is."""
        with self._lock:
            for fault in self._faults:
                if not fault.spent and fault.match(method, path, identifiers):
                    fault.triggered += 1
                    return fault
        return None

    def to_json(self) -> list[dict[str, Any]]:
        """Return all faults as control calls show them, spent ones too."""
        with self._lock:
            return [fault.to_json() for fault in self._faults]


def _checked(body: dict[str, Any]) -> FaultBody:
    wanted = convert(body, FaultBody)
    _check_kind(wanted.respond)
    if wanted.respond.body is not UNSET:
        try:
            json.dumps(wanted.respond.body, ensure_ascii=False, allow_nan=False).encode()
        except (TypeError, ValueError) as error:
            raise bad_field("respond.body", f"cannot be written as JSON: {error}.") from None
    for name, value in (wanted.respond.headers or {}).items():
        _check_header(name, value)
    return wanted


def _check_kind(respond: FaultResponse) -> None:
    """Refuse a response that says two things at once, or nothing."""
    answers = respond.status is not UNSET
    if respond.drop_connection and answers:
        raise bad_field("respond", "must say either a status or drop_connection.")
    if answers:
        return
    why = "a dropped connection has no answer."
    if not respond.drop_connection:
        if respond.delay_ms is UNSET:
            raise bad_field("respond", "must say a status, drop_connection or delay_ms.")
        why = "a delay alone leaves the answer as it is."
    for name in ("body", "headers"):
        if getattr(respond, name) is not UNSET:
            raise bad_field(f"respond.{name}", f"needs a status: {why}")


_FRAMING = ("content-length", "keep-alive", "trailer", "transfer-encoding", "upgrade")
_TOKEN = re.compile(r"[!#$%&'*+.^_`|~0-9A-Za-z-]+")


def _check_header(name: str, value: object) -> None:
    """Refuse a header that no server could send, or that would break the answer's framing."""
    field = f"respond.headers.{name}"
    if not _TOKEN.fullmatch(name):
        raise bad_field(field, "is no name of a header; use letters, digits and hyphens.")
    if not isinstance(value, str) or not value.isprintable():
        raise wrong_type(field, "a printable string", value)
    if any(ord(char) > 255 for char in value):
        raise bad_field(field, "has a character that is not Latin-1, which no header can carry.")
    if name.lower() in _FRAMING:
        raise bad_field(field, "is the server's own: it says how the answer travels. Leave it out.")
    if name.lower() == "connection" and value.strip().lower() != "close":
        raise bad_field(field, "can only be close; leave it out for a connection that stays.")
