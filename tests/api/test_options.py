"""What an account's options change, and what it begins with."""

from datetime import timedelta
from typing import Any

import pytest

from tests.api.calls import ADA, NOON, Fake

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
    assert [str(warning) for warning in lax.last.warnings] == [doubt]
    refused = strict.call("POST", path, body)
    assert refused.status_code == 400
    assert refused.json == {"error": "Bad Request", "message": f"Refused by --strict: {doubt}"}


def test_without_auto_journeys_the_defined_ones_can_be_entered() -> None:
    journeys = (("Welcome", "0002"), ("Bye", None))
    fake = Fake(journeys=journeys, auto_journeys=False)
    listed = [
        {"trigger_id": "0002", "journey": "Welcome", "trigger_type": "apiTrigger"},
        {"trigger_id": "0001", "journey": "Bye", "trigger_type": "apiTrigger"},
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
    assert [(call.number, call.time) for call in fake.account.journal.calls()] == [
        (1, NOON + timedelta(hours=1)),
        (2, NOON + timedelta(hours=2)),
    ]


def test_a_change_of_a_custom_fields_type_says_from_what() -> None:
    fake = Fake()
    for value in ({"string--Plan": "a"}, {"integer--Plan": 1}):
        fake.call("POST", "contact", {"contact": {**ADA, "custom": value}})
    said = "the field 'Plan' was string until now; Autopilot may keep the two apart"
    assert [str(warning) for warning in fake.last.warnings] == [f"contact.custom: {said}"]
