"""Faults: answers on demand, before a call does anything."""

from typing import Any

import pytest
import requests

from mock_autopilot import AccountView, ApiError
from mock_autopilot.account.accounts import Accounts
from mock_autopilot.api.dispatch import Dispatcher
from mock_autopilot.api.exchange import RequestHead, Transport
from mock_autopilot.app import create_app
from mock_autopilot.options import ServerOptions
from mock_autopilot.recording.faults import Faults
from mock_autopilot.storage.memory import MemoryStorage
from tests.api.calls import Call, upsert

ADA = {"contact": {"Email": "ada@example.com", "user_id": "u1", "FirstName": "Ada"}}


def test_a_fault_triggers_as_often_as_it_says_and_nothing_is_written(
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


def test_a_fault_without_a_number_of_times_triggers_until_it_is_deleted(
    call: Call, account: AccountView, control: Call
) -> None:
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
def test_which_calls_a_fault_matches(
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


def test_a_star_in_the_path_of_a_fault_matches_a_line_end_too(
    call: Call, account: AccountView
) -> None:
    fault = account.fail_next(path="/v1/*/b")
    call("GET", "contact/a%0Aa/b")
    assert account.calls[0].fault == fault


@pytest.mark.parametrize(
    ("body", "content_type"),
    [({"a": 1}, "application/json"), ("<html>", "text/plain"), ([], "application/json")],
)
def test_a_fault_answers_with_the_given_body(
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


def test_a_fault_of_one_account_does_not_affect_others(
    call: Call, control: Call, account: AccountView
) -> None:
    account.fail_next(times=None)
    other = control("POST", "accounts").json()["api_key"]
    assert call("GET", "contacts", key=other).status_code == 200
    assert call("GET", "contacts", key="unknown").status_code == 401


def test_a_fault_matches_a_user_id_sent_as_a_number(call: Call, account: AccountView) -> None:
    fault = account.fail_next(contact="5")
    call("POST", "contact", {"contact": {"user_id": 5.0, "FirstName": "Ada"}})
    assert account.calls[0].fault == fault


def test_a_server_that_cannot_drop_a_connection_truncates_the_answer() -> None:
    accounts = Accounts(ServerOptions("key"), storage=MemoryStorage())
    account = accounts.get("key")
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


def fault(**wanted: Any) -> dict[str, Any]:
    return Faults().add(wanted).to_json()


@pytest.mark.parametrize("status", [200, 599])
def test_a_fault_with_only_a_status_gets_defaults(status: int) -> None:
    body = {"error": "Fault", "message": "Fault fault_1 was asked for."}
    respond = {"status": status, "body": body, "headers": {}}
    shown = {"id": "fault_1", "match": {}, "respond": respond, "times": 1, "triggered": 0}
    assert fault(respond={"status": status}) == shown


def test_the_first_matching_fault_triggers_until_it_is_spent() -> None:
    faults = Faults()
    first = faults.add({"respond": {"status": 500}, "match": {"method": "get"}, "times": 2})
    second = faults.add({"respond": {"status": 501}})
    assert [first.id, second.id] == ["fault_1", "fault_2"]
    calls = ["POST", "GET", "GET", "GET"]
    assert [faults.trigger(method, "/v1/x", ()) for method in calls] == [second, first, first, None]
    assert (first.triggered, first.spent, faults.pending()) == (2, True, False)
    faults.add({"respond": {"status": 500}, "times": None})
    assert faults.pending()


@pytest.mark.parametrize("name", ["ada@example.com", "U1"])
def test_a_fault_for_a_contact_matches_calls_by_any_of_its_identifiers(
    call: Call, account: AccountView, name: str
) -> None:
    ada = upsert(call, Email="Ada@Example.com", user_id="u1")
    bob = upsert(call, user_id="u2")
    account.fail_next(503, contact=name)
    assert call("GET", f"contact/{bob}").status_code == 200
    assert call("GET", f"contact/{ada}").status_code == 503


@pytest.mark.parametrize("body", [{1, 2}, b"x", "\ud800", float("nan"), {"a": [float("inf")]}])
def test_a_fault_whose_body_is_no_json_is_refused(account: AccountView, body: object) -> None:
    with pytest.raises(ApiError, match=r"^body cannot be written as JSON"):
        account.fail_next(500, body=body)


@pytest.mark.parametrize("key", ["x - at `$.foo", "a\nb", "`", "$.respond", "a.b", "[0]"])
def test_a_fault_with_an_unknown_key_is_refused_by_its_name(control: Call, key: str) -> None:
    refused = control("POST", "faults", {"respond": {"status": 503}, key: 1})
    assert refused.status_code == 400
    assert refused.json()["message"] == f"{key} is unknown; known are match, respond, times."


def test_a_key_that_stands_twice_in_a_control_call_is_refused(
    account: AccountView, session: requests.Session
) -> None:
    url = account.base_url.replace("/v1/", "/_mock/faults")
    body = '{"respond": {"status": 500}, "times": 1, "times": null}'
    headers = {"autopilotapikey": account.api_key}
    refused = session.post(url, data=body, headers=headers, timeout=10)
    assert refused.json()["message"] == "times stands twice in one object."


@pytest.fixture
def waits(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """Record for how many seconds the server waits, instead of waiting."""
    waited: list[float] = []
    monkeypatch.setattr("mock_autopilot.api.wsgi.sleep", waited.append)
    return waited


def test_a_delay_alone_leaves_the_call_as_it_is_and_answers_late(
    call: Call, account: AccountView, waits: list[float]
) -> None:
    fault = account.fail_next(delay=1.5)
    assert call("POST", "contact", ADA).status_code == 200
    assert call("POST", "contact", ADA).status_code == 200
    assert "u1" in account.contacts
    assert waits == [1.5]
    recorded = account.calls[0]
    assert (recorded.fault, recorded.status, recorded.duration < 1) == (fault, 200, True)


@pytest.mark.parametrize(
    ("delay", "error", "text"),
    [
        (-1, ValueError, "delay must be from 0 to 3600 seconds, got -1"),
        (float("nan"), ValueError, "delay must be from 0 to 3600 seconds, got nan"),
        ("5", TypeError, "delay must be a number of seconds, got '5'"),
    ],
)
def test_a_wrong_delay_is_an_error(
    account: AccountView, delay: float, error: type[Exception], text: str
) -> None:
    with pytest.raises(error, match=text):
        account.fail_next(delay=delay)


def test_a_failure_may_come_late(call: Call, account: AccountView, waits: list[float]) -> None:
    account.fail_next(delay=2, body="later")
    assert call("POST", "contact", ADA).text == "later"
    account.fail_next(429, delay=3)
    assert call("POST", "contact", ADA).status_code == 429
    account.fail_next(delay=4, headers={"X-Fault": "1"})
    assert call("POST", "contact", ADA).headers["X-Fault"] == "1"
    account.fail_next(drop_connection=True, delay=5)
    with pytest.raises(requests.ConnectionError):
        call("POST", "contact", ADA)
    assert waits == [2, 3, 4, 5]
    assert not account.contacts


@pytest.mark.parametrize(
    "respond",
    [
        {"delay_ms": 20},
        {"delay_ms": 0},
        {"status": 500, "body": 1, "headers": {}, "delay_ms": 3_600_000},
        {"drop_connection": True, "delay_ms": 5},
    ],
)
def test_a_delay_is_shown_as_it_was_given(respond: dict[str, Any]) -> None:
    assert fault(respond=respond)["respond"] == respond


@pytest.mark.parametrize("headers", [{}, {"Connection": "close"}])
def test_only_a_fault_that_says_so_closes_the_connection(headers: dict[str, str]) -> None:
    accounts = Accounts(ServerOptions("key"), storage=MemoryStorage())
    (account,) = accounts
    account.faults.add({"respond": {"status": 503, "headers": headers}})
    head = RequestHead("GET", "/v1/contacts", "", {"autopilotapikey": "key"})
    answer = Dispatcher(accounts).finish(head, b"")
    assert answer.transport is (Transport.CLOSE if headers else None)
