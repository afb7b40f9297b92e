"""What the tests of the API have in common."""

from typing import Any

from mock_autopilot import AccountView
from tests.api.conftest import Call

__all__ = ["ADA", "Call", "refusal", "upsert", "warned"]

ADA = {"Email": "ada@example.com", "FirstName": "Ada"}


def upsert(call: Call, **contact: Any) -> str:
    answer = call("POST", "contact", {"contact": contact})
    assert answer.status_code == 200, answer.text
    contact_id: str = answer.json()["contact_id"]
    return contact_id


def warned(account: AccountView) -> list[tuple[str, str]]:
    return [(warning.id, warning.field) for warning in account.calls[-1].warnings]


def refusal(call: Call, contact: object) -> str:
    refused = call("POST", "contact", {"contact": contact})
    assert refused.status_code == 400
    message: str = refused.json()["message"]
    return message
