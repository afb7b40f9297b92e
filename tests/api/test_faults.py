"""Faults: answers on demand, before a call does anything."""

from typing import Any

import pytest
import requests

from mock_autopilot import AccountView
from mock_autopilot.account.accounts import Accounts
from mock_autopilot.app import create_app
from mock_autopilot.options import ServerOptions
from tests.api.conftest import Call

ADA = {"contact": {"Email": "ada@example.com", "user_id": "u1", "FirstName": "Ada"}}


def test_a_fault_strikes_so_many_times_and_nothing_is_written(
    call: Call, account: AccountView
) -> None:
    fault = account.fail_next(503, times=2, headers={"Retry-After": "7"})
    for _ in range(2):
        answer = call("POST", "contact", ADA)
        assert (answer.status_code, answer.headers["Retry-After"]) == (503, "7")
        assert answer.json()["error"] == "Fault"
        assert not account.contacts
    assert call("POST", "contact", ADA).status_code == 200
    assert [recorded.fault for recorded in account.calls] == [fault, fault, None]
    assert account.calls[0].to_json()["fault"] == fault


def test_a_fault_without_end(call: Call, account: AccountView, control: Call) -> None:
    account.fail_next(500, times=None)
    assert {call("GET", "contacts").status_code for _ in range(5)} == {500}
    control("DELETE", "faults")
    assert call("GET", "contacts").status_code == 200


def test_a_dropped_connection_has_no_answer(call: Call, account: AccountView) -> None:
    fault = account.fail_next(drop_connection=True)
    with pytest.raises(requests.ConnectionError):
        call("POST", "contact", ADA)
    assert not account.contacts
    (recorded,) = account.calls
    assert (recorded.status, recorded.fault) == (None, fault)
    assert call("POST", "contact", ADA).status_code == 200


@pytest.mark.parametrize(
    ("match", "triggered"),
    [
        ({}, [True, True, True, True, True]),
        ({"method": "get"}, [False, True, False, True, False]),
        ({"path": "/v1/contact"}, [True, False, False, False, False]),
        ({"path": "/v1/contact/*"}, [False, True, False, True, False]),
        ({"contact": "ADA@example.com"}, [True, True, True, False, True]),
        ({"contact": "u1"}, [True, True, True, False, True]),
        ({"method": "POST", "contact": "bob@example.com"}, [False] * 5),
    ],
)
def test_what_a_fault_strikes(
    call: Call, account: AccountView, match: dict[str, Any], triggered: list[bool]
) -> None:
    call("POST", "contact", ADA)
    call("POST", "contact", {"contact": {"Email": "bob@example.com"}})
    contact_id = account.contacts["u1"].contact_id
    account.fail_next(times=None, **match)
    call("POST", "contact", {"contact": {"Email": "Ada@example.com"}})
    call("GET", f"contact/{contact_id}")
    call("POST", f"trigger/0001/contact/{contact_id}")
    call("GET", "contact/bob@example.com")
    call("POST", "contacts", {"contacts": [{"user_id": "u1"}, {"Email": "eve@example.com"}]})
    assert [recorded.fault is not None for recorded in account.calls[2:]] == triggered


def test_a_star_stands_for_a_line_end_too(call: Call, account: AccountView) -> None:
    fault = account.fail_next(path="/v1/*/b")
    call("GET", "contact/a%0Aa/b")
    assert account.calls[0].fault == fault


@pytest.mark.parametrize(
    ("body", "content_type"),
    [({"a": 1}, "application/json"), ("<html>", "text/plain"), ([], "application/json")],
)
def test_the_body_of_a_fault(
    call: Call, account: AccountView, body: Any, content_type: str
) -> None:
    account.fail_next(502, body=body)
    answer = call("GET", "contacts")
    assert answer.headers["Content-Type"].startswith(content_type)
    assert (answer.text if isinstance(body, str) else answer.json()) == body


def test_faults_are_shown_and_cleared(call: Call, account: AccountView, control: Call) -> None:
    wanted = {
        "match": {"method": "POST", "path": "/v1/*", "contact": "u1"},
        "respond": {"status": 429, "body": None, "headers": {"Retry-After": "1"}},
        "times": 3,
    }
    added = control("POST", "faults", wanted).json()
    assert added == {"id": "fault_1", **wanted, "triggered": 0}
    call("POST", "contact", ADA)
    drop = control("POST", "faults", {"respond": {"drop_connection": True}}).json()
    assert drop["respond"] == {"drop_connection": True}
    assert control("GET", "faults").json() == {"faults": [added | {"triggered": 1}, drop]}
    account.reset()
    assert control("GET", "faults").json() == {"faults": []}


def test_the_faults_of_one_account_are_its_own(
    call: Call, control: Call, account: AccountView
) -> None:
    account.fail_next(times=None)
    other = control("POST", "accounts").json()["api_key"]
    assert call("GET", "contacts", key=other).status_code == 200
    assert call("GET", "contacts", key="unknown").status_code == 401


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({}, "respond"),
        ({"respond": {}}, "respond"),
        ({"respond": {"status": 500, "drop_connection": True}}, "respond"),
        ({"respond": {"status": 99}}, "respond.status"),
        ({"respond": {"status": "500"}}, "respond.status"),
        ({"respond": {"status": 500, "headers": {"X": 5}}}, "respond.headers.X"),
        ({"respond": {"status": 500, "headers": {"X": "a\nb"}}}, "respond.headers.X"),
        ({"respond": {"drop_connection": "yes"}}, "respond.drop_connection"),
        ({"respond": {"delay": 5}}, "respond.delay"),
        ({"respond": {"status": 500}, "match": []}, "match"),
        ({"respond": {"status": 500}, "match": {"contact": 5}}, "match.contact"),
        ({"respond": {"status": 500}, "match": {"colour": "x"}}, "match.colour"),
        ({"respond": {"status": 500}, "times": 0}, "times"),
        ({"respond": {"status": 500}, "time": 1}, "time"),
    ],
)
def test_a_wrong_fault_names_the_field(control: Call, body: Any, field: str) -> None:
    refused = control("POST", "faults", body)
    assert refused.status_code == 400
    assert refused.json()["message"].startswith(f"{field} ")
    assert control("GET", "faults").json() == {"faults": []}


def test_a_number_names_the_same_contact_as_its_text(call: Call, account: AccountView) -> None:
    fault = account.fail_next(contact="5")
    call("POST", "contact", {"contact": {"user_id": 5.0, "FirstName": "Ada"}})
    assert account.calls[0].fault == fault


def test_a_server_that_cannot_drop_a_connection_breaks_off_in_the_answer() -> None:
    accounts = Accounts(ServerOptions("key"))
    account = accounts.known("key")
    assert account
    account.faults.add({"respond": {"drop_connection": True}})
    answer = (
        create_app(accounts)
        .test_client()
        .get("/v1/contacts", headers={"autopilotapikey": "key"}, buffered=False)
    )
    assert (answer.status_code, answer.headers["Content-Length"]) == (502, "64")
    begun = iter(answer.response)
    assert next(begun) == b" "
    with pytest.raises(ConnectionAbortedError, match=r"^a fault drops this connection, as"):
        next(begun)


def test_a_fault_replaces_the_headers_of_an_answer_in_any_letter_case(
    call: Call, account: AccountView
) -> None:
    account.fail_next(headers={"content-type": "text/html", "LAST-MODIFIED": "never"})
    answer = call("GET", "contacts")
    assert answer.headers["Content-Type"] == "text/html"
    assert answer.headers["Last-Modified"] == "never"
