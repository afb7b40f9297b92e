"""What a route is, and what an operation gets and gives."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from mock_autopilot.account import json_text as jsonbody
from mock_autopilot.account.account import Account
from mock_autopilot.account.call_warnings import CallWarning
from mock_autopilot.account.contact_body import unknown_keys
from mock_autopilot.account.effects import Effects
from mock_autopilot.account.evidence import Evidence

Json = Mapping[str, Any] | list[dict[str, str]]


@dataclass(slots=True)
class Request:
    """One call, as an operation sees it: its account, the path's parameters, the body.

    The operation adds to `warnings` and `effects`, which stand with the recorded call.
    """

    account: Account
    params: Mapping[str, str]
    raw: bytes
    warnings: list[CallWarning] = field(default_factory=list)
    effects: Effects = field(default_factory=Effects)

    def body(self, *known: str) -> dict[str, Any]:
        """Parse the body, which must be an object; warn of what is odd, and of unknown keys."""
        value, warnings = jsonbody.parse_body(self.raw)
        self.warnings += warnings
        self.warnings += unknown_keys(value, known)
        return value

    @property
    def who(self) -> str:
        """The contact that the path names, by id or by address."""
        return self.params["contact_id_or_email"]


@dataclass(frozen=True)
class Route:
    """One call of the API: `operation` does it and gives the answer's body, None for no body.

    `rule` is the path in Flask's notation. `status` is the status of success.
    """

    method: str
    rule: str
    operation: Callable[[Request], Json | None]
    evidence: tuple[Evidence, ...]
    status: int = 200

    @cached_property
    def path(self) -> str:
        """The path's pattern as people write it: `/v1/contact/{contact_id_or_email}`."""
        return re.sub(r"<(?:\w+:)?(\w+)>", r"{\1}", self.rule)
