"""Calls that the tests of the API make, and an account without a server."""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

from werkzeug.test import TestResponse

from mock_autopilot import AccountView
from mock_autopilot import Call as Recorded
from mock_autopilot.account.accounts import Accounts
from mock_autopilot.account.journey import Journey
from mock_autopilot.app import create_app
from mock_autopilot.options import ServerOptions
from mock_autopilot.storage.memory import MemoryStorage
from tests.api.conftest import Call

__all__ = ["ADA", "NOON", "Call", "Fake", "refusal", "upsert", "warned"]
ADA = {"Email": "ada@example.com", "FirstName": "Ada"}
NOON = datetime(2024, 1, 2, 12, tzinfo=UTC)


class Fake:
    """An account behind its application, without a server; each call is an hour after the last."""

    def __init__(self, seed: Mapping[str, Any] | None = None, **options: Any) -> None:
        self.time = NOON
        self.accounts = Accounts(
            ServerOptions("key", **{"clock": lambda: self.time, **options}),
            storage=MemoryStorage(),  # or the other: see the fixture `storage`
            seed=seed,
        )
        self.app = create_app(self.accounts)
        (self.account,) = self.accounts

    def call(self, method: str, path: str, body: Any = None, **more: Any) -> TestResponse:
        self.time += timedelta(hours=1)
        headers = {"autopilotapikey": "key", **more.pop("headers", {})}
        body = {} if body is None else {"json": body}
        client = self.app.test_client(use_cookies=False)
        return client.open(f"/v1/{path}", method=method, headers=headers, **body, **more)

    def journeys(self) -> list[Journey]:
        """Return the journeys with their ids."""
        return list(self.account.transact(lambda stored: stored.journeys()))

    @property
    def last(self) -> Recorded:
        """Return the newest recorded call."""
        return self.account.journal.calls()[-1]


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
