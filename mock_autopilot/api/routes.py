"""What a route is, and what an operation gets and gives."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from mock_autopilot import contacts, errors, jsonbody
from mock_autopilot.account import Account
from mock_autopilot.call_warnings import CallWarning
from mock_autopilot.evidence import Evidence

Json = Mapping[str, Any]


@dataclass(slots=True)
class Request:
    """One call, as an operation sees it: its account, the path's parameters, the body."""

    account: Account
    params: Mapping[str, str]
    raw: bytes
    warnings: list[CallWarning] = field(default_factory=list)

    def body(self, *known: str) -> dict[str, Any]:
        """Parse the body, which must be an object; warn of duplicate and of unknown keys."""
        value, duplicates = jsonbody.parse(self.raw)
        self.warnings += duplicates
        if not isinstance(value, dict):
            problem = f"must be a JSON object, got {contacts.describe(value)}."
            raise errors.BAD_FIELD(field="The request body", problem=problem)
        self.warnings += contacts.unknown_keys(value, known)
        return value


@dataclass(frozen=True, slots=True)
class Route:
    """One call of the API: `operation` does it and gives the answer's body, None for no body.

    `rule` is the path in Flask's notation. `status` is the status of success.
    """

    method: str
    rule: str
    operation: Callable[[Request], Json | None]
    evidence: tuple[Evidence, ...]
    status: int = 200
