"""`assert_contact` and `assert_no_contact`: what holds, and what their failures say."""

from typing import Any

import pytest
import requests
from dirty_equals import IsInt, IsStr

from mock_autopilot import AccountView, MockAutopilot
from mock_autopilot.assertions.contacts import NoContactCheck
from mock_autopilot.assertions.seen import seen_by
from tests.assertions.conftest import ADA, Explain
from tests.conftest import ask

NO_ADA = "No contact has the address, user id or contact id 'ada@example.com'"
NO_CALL = "No call came with this account's key (sandbox-key)."
WRONG_KEY = "Provided autopilotapikey not valid."
NO_ADDA = "No contact has the address, user id or contact id 'adda@example.com'"


def every_value(value: object) -> bool:
    return True


@pytest.mark.parametrize("identifier", ["ada@example.com", "ADA@Example.com", "u1", "person_1"])
def test_a_contact_is_found_by_any_identifier_and_returned(
    seeded: MockAutopilot, identifier: str
) -> None:
    assert seeded.assert_contact(identifier)["FirstName"] == "Ada"
    with pytest.raises(AssertionError):
        seeded.assert_no_contact(identifier)


@pytest.mark.parametrize(
    "expected",
    [
        {"FirstName": "Ada"},
        {"FirstName": IsStr, "Name": lambda name: name.startswith("A")},
        {"LastName": None, "FirstName": "Ada"},
        {"custom": {"Plan": "pro"}},
        {"custom": {"string--Plan": "pro", "integer--Lucky--Number": IsInt(lt=8)}},
        {"custom": {"Lucky--Number": 7, "Lucky Number": 7, "Size": None}},
        {"custom": {}},
        {"custom_fields": [{"kind": "Plan"}, {"value": 7}]},
    ],
)
def test_what_holds_of_a_contact(seeded: MockAutopilot, expected: dict[str, Any]) -> None:
    seeded.assert_contact("u1", **expected)


@pytest.mark.parametrize(
    ("expected", "told"),
    [
        ({"FirstName": "Ann"}, "FirstName: expected 'Ann', got 'Ada'"),
        ({"FirstName": None}, "FirstName: expected None, got 'Ada'"),
        ({"LastName": "King"}, "LastName: expected 'King', it is missing"),
        ({"LastName": len}, "LastName: expected len, it is missing"),
        ({"LastName": every_value}, "LastName: expected every_value, it is missing"),
        (
            {"FristName": "Ada"},
            "FristName: expected 'Ada', it is missing (no such field); did you mean FirstName?",
        ),
        (
            {"FristName": None},
            "FristName: expected None, it is missing (no such field); did you mean FirstName?",
        ),
        ({"zzz": None}, "zzz: expected None, it is missing (no such field)"),
        (
            {"Plan": "pro"},
            "Plan: expected 'pro', it is missing (it is a custom field: custom={'Plan': …})",
        ),
        (
            {"plan": "pro"},
            "plan: expected 'pro', it is missing (it is a custom field: custom={'Plan': …})",
        ),
        ({"custom": {"Plan": "free"}}, "custom.Plan: expected 'free', got 'pro'"),
        (
            {"custom": {"Plann": "pro"}},
            "custom.Plann: expected 'pro', it is missing; did you mean Plan?",
        ),
        (
            {"custom": {"firstname": "pro"}},
            "custom.firstname: expected 'pro', it is missing; did you mean FirstName?",
        ),
        (
            {"custom": {"integer--Plan": "pro"}},
            "custom.Plan, its type: expected 'integer', got 'string'",
        ),
        ({"custom": {"Plan": None}}, "custom.Plan: expected None, got 'pro'"),
    ],
)
def test_a_difference_is_told_by_its_field(
    seeded: MockAutopilot, explain: Explain, expected: dict[str, Any], told: str
) -> None:
    lines = explain(seeded.assert_contact, "ada@example.com", **expected)
    assert lines == ["The contact ada@example.com differs in 1 field.", "differences:", f"  {told}"]


def test_a_contact_that_differs_names_the_calls_that_wrote_it(
    autopilot: MockAutopilot, explain: Explain
) -> None:
    for name in ("Ann", "Bea", "Bea"):
        ask(autopilot, "POST", "contact", {"contact": {"Email": "ada@example.com", "Title": name}})
    ask(autopilot, "POST", "contact", {"contact": {"Email": "bob@example.com", "Title": "x"}})
    assert explain(autopilot.assert_contact, "ada@example.com", Title="Cleo", Company="x") == [
        "The contact ada@example.com differs in 2 fields.",
        "differences:",
        "  Title: expected 'Cleo', got 'Bea'",
        "  Company: expected 'x', it is missing",
        "calls that wrote it, the newest first:",
        "  #2 POST /v1/contact: 200",
        "  #1 POST /v1/contact: 200",
    ]


def test_a_missing_contact_is_told_with_the_nearest(
    seeded: MockAutopilot, explain: Explain
) -> None:
    expected = {"FirstName": "Bob", "Title": "Dr"}
    assert explain(
        seeded.assert_contact, "adda@example.com", **expected, custom={"Plan": "pro"}
    ) == [
        f"{NO_ADDA}; the account has 2 contacts. {NO_CALL}",
        "it was expected with:",
        "  FirstName: 'Bob'",
        "  Title: 'Dr'",
        "  custom.Plan: 'pro'",
        "nearest contacts:",
        "  ada@example.com, user id u1, person_1",
        "    FirstName: expected 'Bob', got 'Ada'",
        "    Title: expected 'Dr', it is missing",
        "  bob@example.com, person_2",
        "    Title: expected 'Dr', it is missing",
        "    custom.Plan: expected 'pro', it is missing",
    ]


def test_a_contact_with_the_fields_and_another_name_is_told(
    seeded: MockAutopilot, explain: Explain
) -> None:
    lines = explain(seeded.assert_contact, "zzz", FirstName="Bob")
    assert lines[-2:] == ["nearest contacts:", "  bob@example.com, person_2 has these fields"]


def test_a_like_identifier_comes_before_like_fields(
    seeded: MockAutopilot, explain: Explain
) -> None:
    lines = explain(seeded.assert_contact, "u3", FirstName="Bob", custom={"Plan": "x"})
    assert lines[-5:] == [
        "  ada@example.com, user id u1, person_1",
        "    FirstName: expected 'Bob', got 'Ada'",
        "    custom.Plan: expected 'x', got 'pro'",
        "  bob@example.com, person_2",
        "    custom.Plan: expected 'x', it is missing",
    ]


def test_a_missing_contact_without_expected_fields(seeded: MockAutopilot, explain: Explain) -> None:
    assert explain(seeded.assert_contact, "bib@example.com")[1:] == [
        "nearest contacts:",
        "  bob@example.com, person_2",
        "  ada@example.com, user id u1, person_1",
    ]


def test_a_contact_that_should_not_be_there_is_shown(
    autopilot: MockAutopilot, explain: Explain
) -> None:
    autopilot.seed({"contacts": [{**ADA, "created_at": "2024-01-02T03:04:05Z"}]})
    ask(autopilot, "POST", "contact", {"contact": {"user_id": "u1", "FirstName": "Bea"}})
    updated = autopilot.contacts["u1"]["updated_at"]
    assert explain(autopilot.assert_no_contact, "ada@example.com") == [
        "There is a contact ada@example.com, and there should be none.",
        "ada@example.com, user id u1, person_1:",
        "  Email: 'ada@example.com'",
        "  created_at: '2024-01-02T03:04:05.000Z'",
        f"  updated_at: {updated!r}",
        "  api_originated: True",
        "  Name: 'Bea'",
        "  FirstName: 'Bea'",
        "  user_id: 'u1'",
        "  contact_id: 'person_1'",
        "calls that wrote it, the newest first:",
        "  #1 POST /v1/contact: 200",
    ]
    autopilot.assert_no_contact("bob@example.com")


def test_a_contact_that_is_gone_when_it_is_to_be_told(autopilot: MockAutopilot) -> None:
    seen = seen_by(autopilot._accounts, autopilot._account)
    told = "There was a contact u1, which is gone by now."
    assert str(NoContactCheck("u1").failure(seen)) == told


def test_rejected_calls_are_told_with_their_reasons(
    autopilot: MockAutopilot, explain: Explain
) -> None:
    for number in range(5):
        ask(autopilot, "POST", "contact", {"contact": {"Email": number}})
    ask(autopilot, "PUT", "contact", {"contact": {"Email": "ada@example.com"}})
    lines = explain(autopilot.assert_contact, "ada@example.com")
    email = "contact.Email must be a string, got the number"
    assert lines == [
        f"{NO_ADA}; the account has 0 contacts.",
        "rejected calls, the newest first:",
        "  #6 PUT /v1/contact: 405 PUT is not allowed",
        f"  #5 POST /v1/contact: 400 {email} 4.",
        f"  #4 POST /v1/contact: 400 {email} 3.",
        f"  #3 POST /v1/contact: 400 {email} 2.",
        "  … and 2 more",
    ]


def test_calls_with_other_keys_are_told(autopilot: MockAutopilot, explain: Explain) -> None:
    def post(key: str) -> None:
        headers = {"autopilotapikey": key} if key else {}
        body = {"contact": {"Email": "ada@example.com"}}
        requests.post(f"{autopilot.base_url}contact", json=body, headers=headers, timeout=10)

    other = autopilot.new_account()
    for key in ("early-key", other.api_key):
        post(key)
    account = autopilot.new_account()
    for key in ("sandbox-kye", "", other.api_key, other.api_key):
        post(key)
    tail, own = other.api_key[-4:], account.api_key
    assert explain(account.assert_contact, "ada@example.com") == [
        f"{NO_ADA}; the account has 0 contacts. No call came with this account's key ({own}).",
        "calls without a known key, meanwhile:",
        "  #4 POST /v1/contact: 400 No autopilotapikey header provided. (without a key)",
        f"  #3 POST /v1/contact: 401 {WRONG_KEY} (its key: …-kye, 11 characters; not {own})",
        "calls to other accounts, meanwhile:",
        f"  2 calls with the key …{tail}, the newest: #6 POST /v1/contact: 200",
    ]
    account.reset()
    assert len(explain(account.assert_contact, "ada@example.com")) == 1


def test_calls_with_the_key_of_a_closed_account_are_told(
    autopilot: MockAutopilot, explain: Explain
) -> None:
    account, closed = autopilot.new_account(), autopilot.new_account(name="test_before")
    closed.close()
    ask(closed, "GET", "contacts")
    lines = explain(account.assert_contact, "ada@example.com")
    assert lines[1] == "calls without a known key, meanwhile:"
    assert lines[2].startswith("  #1 GET /v1/contacts: 401 ")
    assert "test_before" in lines[2]


def test_the_key_of_a_call_to_the_only_account_is_a_reason(
    autopilot: MockAutopilot, explain: Explain
) -> None:
    for headers in ({"autopilotapikey": "a-mistyped-key"}, {}):
        requests.get(f"{autopilot.base_url}contacts", headers=headers, timeout=10)
    told = "a-…-key, 14 characters"
    assert explain(autopilot.assert_contact, "ada@example.com")[1:] == [
        "rejected calls, the newest first:",
        "  #2 GET /v1/contacts: 400 No autopilotapikey header provided. (without a key)",
        f"  #1 GET /v1/contacts: 401 {WRONG_KEY} (its key: {told}; not sandbox-key)",
    ]


def test_a_failure_is_bounded_whatever_there_is(account: AccountView, explain: Explain) -> None:
    contacts = [{"Email": f"p{n}@example.com", "Title": "x" * 500} for n in range(100)]
    account.seed({"contacts": contacts})
    for number in range(20):
        ask(account, "POST", "contact", {"contact": {"Email": number}})
    names = {f"Field{n}": "y" * 500 for n in range(100)}
    for identifier in ("p1@example.com", "p@example.com"):
        lines = explain(account.assert_contact, identifier, **names, custom=names)
        assert len(lines) <= 40
        assert max(map(len, lines)) <= 200
        assert any("Email must be a string" in line for line in lines)


@pytest.mark.parametrize("identifier", [None, 5, ["u1"]])
def test_an_identifier_that_is_no_text_is_a_type_error(
    autopilot: MockAutopilot, identifier: Any
) -> None:
    for check in (autopilot.assert_contact, autopilot.assert_no_contact):
        with pytest.raises(TypeError, match="identifier must be a string, got "):
            check(identifier)


def test_a_field_may_be_called_as_the_argument_is(seeded: MockAutopilot) -> None:
    with pytest.raises(AssertionError, match="identifier: expected 5, it is missing"):
        seeded.assert_contact("u1", identifier=5)
