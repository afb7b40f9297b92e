"""What an account's options change, and what it begins with."""

import json
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from werkzeug.test import TestResponse

from mock_autopilot.account import Options
from mock_autopilot.accounts import Accounts, Beginning
from mock_autopilot.app import create_app
from tests.api.calls import ADA

NOON = datetime(2024, 1, 2, 12, tzinfo=UTC)


class Fake:
    """Accounts behind their application, without a server, whose clock goes on with each call."""

    def __init__(self, *, beginning: Beginning = Beginning(), **options: Any) -> None:  # noqa: B008
        self.time = NOON
        self.accounts = Accounts(
            ["key"], options=Options(**options), beginning=beginning, clock=self.clock
        )
        self.client = create_app(self.accounts).test_client()

    def clock(self) -> datetime:
        return self.time

    def call(self, method: str, path: str, body: Any = None) -> TestResponse:
        self.time += timedelta(hours=1)
        headers = {"autopilotapikey": "key"}
        return self.client.open(f"/v1/{path}", method=method, json=body, headers=headers)


ENTER = {"contact": ADA, "property": {"a": 1}}


@pytest.mark.parametrize(
    ("path", "body", "doubt"),
    [
        ("contacts", {"contacts": []}, "contacts: is empty, so the call does nothing"),
        ("contacts", {"contacts": [ADA], "x": 1}, "x: is no part of this call"),
        ("contact", {"contact": {**ADA, "zzz": 1}}, "contact.zzz: is no field of Autopilot's"),
        ("trigger/0001/contact/ada@example.com", {"x": 1}, "x: is no part of this call"),
        ("trigger/0001/contact", {**ENTER, "x": 1}, "x: is no part of this call"),
        (
            "trigger/0001/contact",
            {"contact": {**ADA, "lists": []}},
            "contact.lists: is made by Autopilot and cannot be set; it was left out",
        ),
    ],
)
def test_a_strict_account_refuses_what_another_doubts(path: str, body: Any, doubt: str) -> None:
    lax, strict = Fake(), Fake(strict=True)
    for fake in (lax, strict):
        assert fake.call("POST", "contact", {"contact": ADA}).status_code == 200
    assert lax.call("POST", path, body).status_code == 200
    (account,) = lax.accounts
    *_, call = account.journal
    assert [str(warning) for warning in call.warnings] == [doubt]
    refused = strict.call("POST", path, body)
    assert refused.status_code == 400
    assert refused.json == {"error": "Bad Request", "message": f"Refused by --strict: {doubt}"}


def test_without_auto_journeys_the_defined_ones_can_be_entered() -> None:
    journeys = (("Welcome", "0002"), ("Bye", None))
    fake = Fake(beginning=Beginning(journeys=journeys), auto_journeys=False)
    listed = [
        {"trigger_id": "0002", "journey": "Welcome", "trigger_type": "api"},
        {"trigger_id": "0001", "journey": "Bye", "trigger_type": "api"},
    ]
    assert fake.call("GET", "triggers").json == {"triggers": listed}
    for path in ("trigger/0001/contact", "trigger/0002/contact"):
        assert fake.call("POST", path, ENTER).status_code == 200
    assert fake.call("POST", "trigger/0002/contact/ada@example.com").status_code == 200
    for path in ("trigger/0003/contact", "trigger/0003/contact/ada@example.com"):
        refused = fake.call("POST", path, ENTER)
        assert refused.status_code == 404
        assert refused.json == {"error": "Not Found", "message": "Trigger could not be found."}


def test_a_contact_keeps_when_it_came_and_tells_when_it_changed() -> None:
    fake = Fake()

    def times() -> tuple[str, str]:
        ada = fake.call("GET", "contact/ada@example.com").json
        assert ada
        return ada["created_at"][11:16], ada["updated_at"][11:16]

    fake.call("POST", "contact", {"contact": ADA})
    assert times() == ("13:00", "13:00")
    fake.call("POST", "contact", {"contact": {**ADA, "Title": "Dr"}})
    assert times() == ("13:00", "15:00")
    fake.call("POST", "contact/ada@example.com/unsubscribe")
    assert times() == ("13:00", "17:00")


def test_the_calls_of_a_server_are_numbered_from_1() -> None:
    fake = Fake()
    fake.call("GET", "contacts")
    fake.call("GET", "contacts")
    (account,) = fake.accounts
    assert [(call.number, call.time) for call in account.journal] == [
        (1, NOON + timedelta(hours=1)),
        (2, NOON + timedelta(hours=2)),
    ]


def test_a_change_of_a_custom_fields_type_says_from_what() -> None:
    fake = Fake()
    for value in ({"string--Plan": "a"}, {"integer--Plan": 1}):
        fake.call("POST", "contact", {"contact": {**ADA, "custom": value}})
    (account,) = fake.accounts
    *_, call = account.journal
    said = "the field 'Plan' was string until now; Autopilot may keep the two apart"
    assert [str(warning) for warning in call.warnings] == [f"contact.custom: {said}"]


def test_all_of_a_body_that_is_too_large_is_counted() -> None:
    fake = Fake(max_body=10)
    refused = fake.call("POST", "contact", {"contact": "x" * 600_000})
    assert refused.status_code == 413
    assert refused.json
    assert refused.json["message"] == "The request body is larger than 10 bytes."
    (account,) = fake.accounts
    (call,) = account.journal
    assert call.received_size == len(json.dumps({"contact": "x" * 600_000}))
    assert call.received == b'{"contact":'


def test_a_defect_is_told_by_its_name_and_logged_with_the_call(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def fail(*_: object) -> None:
        raise LookupError("a defect")

    monkeypatch.setattr("mock_autopilot.account.Account.page", fail)
    answer = Fake().call("GET", "contacts/some-bookmark")
    assert answer.json
    assert answer.json["error"] == "Internal Server Error"
    assert answer.json["message"].startswith("The fake failed: LookupError. This is a defect of")
    (record,) = caplog.records
    assert record.getMessage() == "GET /v1/contacts/{bookmark} failed"
    assert record.exc_info
