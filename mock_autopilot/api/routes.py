"""What a route is, and what an operation is given and returns."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from mock_autopilot.account.account import Account
from mock_autopilot.account.call_warnings import Warnings
from mock_autopilot.account.contact_body import unknown_keys
from mock_autopilot.account.effects import NO_EFFECTS, Effects
from mock_autopilot.account.evidence import Evidence
from mock_autopilot.account.validation import bad_field
from mock_autopilot.api.json_body import parse_body

Json = Mapping[str, Any] | list[dict[str, str]] | None
"""The body of an answer; None for none."""


@dataclass(frozen=True, slots=True)
class Request:
    """One call, as an operation sees it. The operation adds to `warnings`."""

    account: Account
    params: Mapping[str, str]
    raw: bytes
    warnings: Warnings

    def body(
        self, *known: str, required: str | None = None, others: str | None = None
    ) -> dict[str, Any]:
        """Return the body, which must be a JSON object; warn of what looks wrong in it.

        `known` are the keys that the call takes, `others` is the one whose object takes any.
        Raises `ApiError` when `required` is missing.
        """
        value = parse_body(self.raw, self.warnings)
        self.warnings.add(*unknown_keys(value, known, others))
        if required and required not in value:
            raise bad_field(required, "is missing from the request body.")
        return value

    @property
    def contact_id_or_email(self) -> str:
        """The contact that the path names, by id or by address."""
        return self.params["contact_id_or_email"]

    @property
    def about_contact(self) -> tuple[Account, str, Warnings]:
        """What an operation needs that is only about the contact that the path names."""
        return self.account, self.contact_id_or_email, self.warnings


@dataclass(frozen=True, slots=True)
class Result:
    """What an operation returns: the body of the answer, and what the call changed."""

    body: Json = None
    effects: Effects = NO_EFFECTS


@dataclass(frozen=True)
class Route:
    """One call of the API, and the operation that does it.

    `rule` is the path in werkzeug's notation. `status` is the status of success.
    """

    method: str
    rule: str
    operation: Callable[[Request], Result]
    evidence: tuple[Evidence, ...]
    status: int = 200

    @cached_property
    def path(self) -> str:
        """The path's pattern as people write it: `/v1/contact/{contact_id_or_email}`."""
        return re.sub(r"<(?:\w+:)?(\w+)>", r"{\1}", self.rule)
