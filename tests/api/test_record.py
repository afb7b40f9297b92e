"""The record of calls: every call, on every way out, with what explains it."""

import json
from concurrent.futures import ThreadPoolExecutor
from dataclasses import fields
from datetime import UTC, datetime

import pytest
import requests

from mock_autopilot import AccountView, Call, MockAutopilot
from mock_autopilot.account.effects import Effects
from mock_autopilot.recording.journal import MAX_KEPT, Headers, Journal, outline, redact
from tests.api.conftest import Call as Caller

NO_EFFECTS = [field.name for field in fields(Effects)]


def test_a_call_is_recorded_with_everything(call: Caller, account: AccountView) -> None:
    answer = call("POST", "contact?debug=1", {"contact": {"Email": "ada", "Title": "x"}})
    (recorded,) = account.calls
    shown = json.loads(json.dumps(recorded.to_json()))
    assert shown.pop("number") > 0
    assert shown.pop("time").endswith("Z")
    assert shown.pop("duration_ms") > 0
    headers = shown.pop("headers")
    assert headers["content-type"] == "application/json"
    assert headers["autopilotapikey"] == redact(account.api_key)
    body = '{"contact": {"Email": "ada", "Title": "x"}}'
    assert shown == {
        "account": f"…{account.api_key[-4:]}",
        "closed_account": None,
        "method": "POST",
        "path": "/v1/contact",
        "query": "debug=1",
        "route": "/v1/contact",
        "body": {"contact": {"Email": "ada", "Title": "x"}},
        "request_body": body,
        "request_bytes": len(body),
        "status": 200,
        "answer": answer.json(),
        "response_bytes": len(answer.content),
        "truncated": False,
        "error": None,
        "fault": None,
        "effects": {
            **{name: [] for name in NO_EFFECTS},
            "contacts_created": [
                {
                    "contact_id": answer.json()["contact_id"],
                    "fields": [
                        {"field": "Email", "before": None, "after": "ada"},
                        {"field": "Title", "before": None, "after": "x"},
                    ],
                }
            ],
        },
        "warnings": [
            {
                "id": "address",
                "field": "contact.Email",
                "message": "'ada' has no @; is it an e-mail address?",
            }
        ],
    }


def test_no_key_stands_anywhere_in_the_record(call: Caller, account: AccountView) -> None:
    call("GET", "contacts")
    call("GET", "nowhere")
    assert account.api_key not in str([recorded.to_json() for recorded in account.calls])


@pytest.mark.parametrize(
    ("method", "path", "body", "status", "error", "evidence"),
    [
        ("POST", "contact", {"contact": {}}, 400, "missing-identifiers", "seed"),
        ("POST", "contact", {"contact": {"Email": 5}}, 400, "bad-field", "ours"),
        ("GET", "contact/x@y.z", None, 404, "no-contact", "observed"),
        ("GET", "contact/x", None, 400, "invalid-contact", "doc"),
        ("GET", "nowhere", None, 404, "no-such-path", "ours"),
        ("PUT", "contact", {"a": 1}, 405, "method-not-allowed", "observed"),
    ],
)
def test_a_rejection_is_recorded_with_its_reason_and_evidence(
    call: Caller,
    account: AccountView,
    method: str,
    path: str,
    body: object,
    status: int,
    error: str,
    evidence: str,
) -> None:
    answer = call(method, path, body)
    (recorded,) = account.calls
    assert (recorded.status, recorded.answer) == (status, answer.json())
    assert recorded.body == body
    assert recorded.to_json()["error"] == {"id": error, "evidence": evidence}


def test_the_pattern_of_the_path_is_recorded(call: Caller, account: AccountView) -> None:
    call("DELETE", "journey/a%20b/contact/c%2Bd@e.f")
    (recorded,) = account.calls
    assert recorded.path == "/v1/journey/a b/contact/c+d@e.f"
    assert recorded.route == "/v1/journey/{journey_id}/contact/{contact_id_or_email}"


def test_recorded_calls_are_numbered_in_order(call: Caller, account: AccountView) -> None:
    for _ in range(3):
        call("GET", "contacts")
    first, second, third = (recorded.number for recorded in account.calls)
    assert (second, third) == (first + 1, first + 2)


def test_a_long_body_is_truncated_in_the_record_only(call: Caller, account: AccountView) -> None:
    text = "x" * (MAX_KEPT + 1)
    call("POST", "contact", {"contact": {"Email": "ada@example.com", "Title": text}})
    (recorded,) = account.calls
    assert recorded.body is None
    assert recorded.to_json()["truncated"] is True
    assert len(recorded.request_body) == MAX_KEPT < recorded.request_size
    assert account.contacts["ada@example.com"]["Title"] == text


def test_the_journal_is_bounded_and_counts_what_it_dropped(
    call: Caller, account: AccountView
) -> None:
    call("GET", "contacts")
    (recorded,) = account.calls
    journal = Journal(size=2)
    for _ in range(5):
        journal.append(recorded)
    assert (len(journal.calls()), journal.dropped) == (2, 3)
    journal.clear()
    assert (journal.calls(), journal.dropped) == ([], 0)


def test_unauthenticated_calls_are_shown_to_an_only_account_and_apart_otherwise(
    session: requests.Session,
) -> None:
    with MockAutopilot() as autopilot:
        url = f"{autopilot.base_url}contacts"
        session.get(url, timeout=10)
        session.get(url, headers={"autopilotapikey": "wrong-key"}, timeout=10)
        assert [(c.status, c.account) for c in autopilot.calls] == [(400, None), (401, None)]
        assert autopilot.calls[1].headers["autopilotapikey"] == "…-key"
        autopilot.new_account()  # from now on nobody can say whose such a call was
        session.get(url, headers={"autopilotapikey": "wrong-key"}, timeout=10)
        assert len(autopilot.calls) == 2
        shown = session.get(
            f"{autopilot.base_url.removesuffix('v1/')}_mock/calls/unauthenticated", timeout=10
        ).json()
        assert [c["status"] for c in shown["calls"]] == [401]


def test_a_defect_of_the_fake_is_answered_and_recorded(
    call: Caller, account: AccountView, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: object) -> None:
        raise RuntimeError("a defect")

    monkeypatch.setattr("mock_autopilot.account.contacts.page", fail)
    answer = call("GET", "contacts")
    assert answer.status_code == 500
    assert "defect of mock-autopilot" in answer.json()["message"]
    (recorded,) = account.calls
    assert recorded.to_json()["error"]["id"] == "defect"


@pytest.mark.parametrize(
    ("key", "shown"), [("sandbox-key", "…-key"), ("abcd", "…"), ("abcde", "…bcde")]
)
def test_a_key_is_redacted_to_its_last_four_characters(key: str, shown: str) -> None:
    assert redact(key) == shown


@pytest.mark.parametrize(
    ("key", "shown"),
    [
        ("a-sandbox-key", "a-…-key, 13 characters"),
        ("sandbox-keys", "sa…keys, 12 characters"),
        ("sandbox-key", "…-key, 11 characters"),
        ("abcd", "…, 4 characters"),
        ("a", "…, 1 character"),
    ],
)
def test_enough_of_a_key_is_told_to_compare_it(key: str, shown: str) -> None:
    assert outline(key) == shown


def test_a_body_that_is_not_json_is_recorded(
    account: AccountView, session: requests.Session
) -> None:
    headers = {"autopilotapikey": account.api_key}
    session.post(f"{account.base_url}contact", data=b"\xff{", headers=headers, timeout=10)
    recorded: Call = account.calls[0]
    assert recorded.body is None
    assert recorded.request_body == b"\xff{"
    assert recorded.to_json()["request_body"] == "\ufffd{"


def recorded(request: bytes = b"", response: bytes = b"", more: int = 0) -> Call:
    return Call(
        number=1, time=datetime(2024, 1, 1, tzinfo=UTC), account=None, method="GET", path="/v1/x",
        query="", route=None, headers=Headers({}), request_body=request,
        request_size=len(request) + more,
        status=200, response_body=response, response_size=len(response), duration=0.0123456,
    )  # fmt: skip


def test_headers_of_a_recorded_call_are_found_in_any_letter_case(
    call: Caller, account: AccountView
) -> None:
    call("POST", "contact", {"contact": {"Email": "ada@example.com"}})
    headers = account.calls[0].headers
    assert headers["Content-Type"] == headers["content-type"] == "application/json"
    assert "CONTENT-TYPE" in headers
    assert headers.get("X-None") is None
    assert len(headers) == len(list(headers))
    assert repr(headers) == f"Headers({dict(headers)!r})"


def test_what_a_recorded_call_hands_out_does_not_change_the_record(
    call: Caller, account: AccountView
) -> None:
    call("POST", "contacts", {"contacts": [{"Email": "ada@example.com", "custom": {"a": [1]}}]})
    shown = account.calls[0].to_json()
    recorded = account.calls[0]
    recorded.body["contacts"][0]["custom"]["a"].append(2)
    recorded.answer.clear()
    with pytest.raises(TypeError):
        recorded.headers["x"] = "y"  # type: ignore[index]  # is refused
    recorded.to_json()["headers"]["x"] = "y"
    dict(recorded.headers)["x"] = "y"
    account.calls.clear()
    (again,) = account.calls
    assert again is recorded
    assert again.body == {"contacts": [{"Email": "ada@example.com", "custom": {"a": [1]}}]}
    assert (again.to_json(), again.answer) == (shown, shown["answer"])


def test_a_body_is_parsed_once(monkeypatch: pytest.MonkeyPatch) -> None:
    one = recorded(b'{"a": [1]}', b"{}")
    assert (one.body, one.answer) == ({"a": [1]}, {})
    monkeypatch.setattr("mock_autopilot.account.json_text.parse", None)
    assert (one.body, one.answer) == ({"a": [1]}, {})
    assert one.body is not one.body


def test_waiting_for_a_journal_ends_when_a_call_is_recorded_or_nobody_records_any_more() -> None:
    journal = Journal()
    assert not journal.wait(journal.version, 0)
    version = journal.version
    with ThreadPoolExecutor() as threads:
        waiting = threads.submit(journal.wait, version, 60)
        journal.append(recorded())
        assert waiting.result(30)
        assert journal.wait(version, 60)
        waiting = threads.submit(journal.wait, journal.version, 60)
        journal.clear()
        assert waiting.result(30)
        waiting = threads.submit(journal.wait, journal.version, 60)
        journal.stop_waiting()
        assert not waiting.result(30)
    assert not journal.wait(journal.version, 60)


def test_a_journal_keeps_no_more_bytes_than_it_may() -> None:
    journal = Journal(max_bytes=10)
    for _ in range(3):
        journal.append(recorded(b"123", b"45"))
    assert (len(journal.calls()), journal.dropped) == (2, 1)
    journal.clear()
    for _ in range(2):
        journal.append(recorded(b"123", b"45"))
    assert (len(journal.calls()), journal.dropped) == (2, 0)
    journal.append(recorded(b"x" * 11))
    assert (journal.calls(), journal.dropped) == ([], 3)


def test_a_call_says_whether_it_was_truncated_and_how_long_it_took() -> None:
    assert [recorded(b"{}", more=more).truncated for more in (0, 1)] == [False, True]
    shown = recorded(b"\xff").to_json()
    assert (shown["duration_ms"], shown["request_body"], shown["body"]) == (12.346, "\ufffd", None)
