"""Faults on demand: answers that an account gives instead of doing the call, so many times.

A fault strikes before the call does anything: nothing is written. All of this is `ours`.
"""

import re
from collections.abc import Collection
from dataclasses import dataclass, field
from itertools import count
from threading import Lock
from typing import Any

from mock_autopilot.account.errors import ApiError
from mock_autopilot.account.fields import scalar_text
from mock_autopilot.account.json_text import parse_body, wrong_type
from mock_autopilot.account.validation import object_at, only_keys, text_in, wrong
from mock_autopilot.recording.patterns import like

_PARTS = ("match", "respond", "times")
_MATCH = ("method", "path", "contact")
_RESPOND = ("status", "body", "headers", "drop_connection")


@dataclass(slots=True)
class Fault:
    """One fault. What it does not match by matches every call.

    `path` is a pattern in which `*` stands for anything. `contact` is an address, user id or
    contact id of whom the call is about. `times` is how often it strikes, None for ever.
    """

    id: str
    method: str | None
    path: str | None
    contact: str | None
    status: int
    body: Any
    headers: dict[str, str]
    drop_connection: bool
    times: int | None
    struck: int = 0

    @property
    def closes_connection(self) -> bool:
        """Whether its answer is the last one on its connection."""
        return "connection" in map(str.lower, self.headers)

    @property
    def spent(self) -> bool:
        """Whether it has struck as often as it should."""
        return self.times is not None and self.struck >= self.times

    def matches(self, method: str, path: str, names: Collection[str]) -> bool:
        """Say whether the fault is meant for a call; `names` are all names of its contacts."""
        return (
            (self.method is None or self.method == method)
            and (self.path is None or like(path, self.path))
            and (self.contact is None or self.contact.lower() in {name.lower() for name in names})
        )

    def to_json(self) -> dict[str, Any]:
        """Give the fault as the control calls show it."""
        match = {name: getattr(self, name) for name in _MATCH if getattr(self, name) is not None}
        respond: dict[str, Any] = {"drop_connection": True}
        if not self.drop_connection:
            respond = {"status": self.status, "body": self.body, "headers": self.headers}
        numbers = {"times": self.times, "struck": self.struck}
        return {"id": self.id, "match": match, "respond": respond, **numbers}


@dataclass
class Faults:
    """The faults of one account, in the order in which they were added."""

    _faults: list[Fault] = field(default_factory=list)
    _numbers: "count[int]" = field(default_factory=lambda: count(1))
    _lock: Lock = field(default_factory=Lock)

    def add(self, wanted: dict[str, Any]) -> Fault:
        """Add a fault: `{"match"?, "respond", "times"?}`; it strikes once unless `times` says.

        Raises `ApiError` (400) that names the field when it is not valid.
        """
        fault = _parse(wanted, f"fault_{next(self._numbers)}")
        with self._lock:
            self._faults.append(fault)
        return fault

    def clear(self) -> None:
        """Take all faults away."""
        with self._lock:
            self._faults.clear()

    def pending(self) -> bool:
        """Say whether any fault may still strike."""
        return any(not fault.spent for fault in self._faults)

    def strike(self, method: str, path: str, names: Collection[str]) -> Fault | None:
        """Let the first fault that is meant for the call strike, and give it."""
        with self._lock:
            for fault in self._faults:
                if not fault.spent and fault.matches(method, path, names):
                    fault.struck += 1
                    return fault
        return None

    def to_json(self) -> list[dict[str, Any]]:
        """Give all faults, spent ones too."""
        with self._lock:
            return [fault.to_json() for fault in self._faults]


def names_in(raw: bytes) -> set[str]:
    """Return the names of the contacts that a call's body is about."""
    try:
        body, _ = parse_body(raw)
    except ApiError:
        return set()
    bulk = body.get("contacts")
    items = [body.get("contact"), *(bulk if isinstance(bulk, list) else ())]
    keys = ("Email", "_NewEmail", "user_id", "contact_id")
    named = (item.get(key) for item in items if isinstance(item, dict) for key in keys)
    return {text.strip() for name in named if (text := scalar_text(name)) is not None}


def _parse(wanted: dict[str, Any], fault_id: str) -> Fault:
    only_keys(wanted, _PARTS, "")
    match = object_at(wanted.get("match", {}), "match")
    only_keys(match, _MATCH, "match")
    texts = {key: text_in(match, key, "match") for key in match}
    respond = object_at(wanted.get("respond"), "respond")
    only_keys(respond, _RESPOND, "respond")
    drop = respond.get("drop_connection", False)
    if not isinstance(drop, bool):
        raise wrong_type("respond.drop_connection", "true or false", drop)
    if drop == ("status" in respond):
        raise wrong("respond", "must say either a status or drop_connection.")
    status = respond.get("status", 502)
    if not isinstance(status, int) or isinstance(status, bool) or not 200 <= status <= 599:
        raise wrong_type("respond.status", "a status from 200 to 599", status)
    headers = object_at(respond.get("headers", {}), "respond.headers")
    for name, value in headers.items():
        _check_header(name, value)
    times = wanted.get("times", 1)
    if times is not None and (not isinstance(times, int) or isinstance(times, bool) or times < 1):
        raise wrong_type("times", "a whole number from 1 on, or null for ever", times)
    return Fault(
        id=fault_id,
        method=texts["method"].upper() if "method" in texts else None,
        path=texts.get("path"),
        contact=texts.get("contact"),
        status=status,
        body=respond.get("body", {"error": "Fault", "message": f"Fault {fault_id} was asked for."}),
        headers=headers,
        drop_connection=drop,
        times=times,
    )


_FRAMING = ("content-length", "keep-alive", "trailer", "transfer-encoding", "upgrade")
_TOKEN = re.compile(r"[!#$%&'*+.^_`|~0-9A-Za-z-]+")


def _check_header(name: str, value: object) -> None:
    """Refuse a header that no server could send, or that would break the answer's framing."""
    field = f"respond.headers.{name}"
    if not _TOKEN.fullmatch(name):
        raise wrong(field, "is no name of a header; use letters, digits and hyphens.")
    if not isinstance(value, str) or not value.isprintable():
        raise wrong_type(field, "a printable string", value)
    if any(ord(char) > 255 for char in value):
        raise wrong(field, "has a character that is not Latin-1, which no header can carry.")
    if name.lower() in _FRAMING:
        raise wrong(field, "is the server's own: it says how the answer travels. Leave it out.")
    if name.lower() == "connection" and value.strip().lower() != "close":
        raise wrong(field, "can only be close; leave it out for a connection that stays.")
