"""Calls that cannot be made again: what is left out, and when the export is refused."""

import gzip
import json
from dataclasses import replace
from typing import Any

import pytest

from mock_autopilot import ApiError
from mock_autopilot.account import journeys, state
from mock_autopilot.account.call_warnings import Warnings
from mock_autopilot.recording.journal import MAX_KEPT
from mock_autopilot.storage.base import AccountState
from tests.export.support import Received, replayed, run_here

ADA = {"contact": {"Email": "ada@example.com", "FirstName": "Ada"}}


def one_good_call_after(received: Received) -> list[str]:
    """Make a call, and return what is left out of the others; what is exported passes."""
    received.call("POST", "/v1/contact", ADA)
    export = received.export()
    assert [(call["method"], call["status"]) for call in export.case["calls"]] == [("POST", 200)]
    assert export.case["left_out"] == list(export.left_out)
    for reason in export.left_out:
        assert f"\n* {reason}\n" in export.pytest_source
    run_here(export.pytest_source)
    run_here(received.export(anonymise=True).pytest_source)
    return list(export.left_out)


@pytest.mark.parametrize(
    "respond",
    [
        {"status": 503},
        {"status": 200, "body": {"contact_id": "person_1"}},
        {"drop_connection": True},
    ],
)
def test_calls_that_a_fault_answered(respond: dict[str, Any]) -> None:
    received = Received()
    received.account.faults.add({"respond": respond})
    received.call("POST", "/v1/contact", ADA)
    assert one_good_call_after(received) == [
        "call 1, POST /v1/contact: a fault answered or delayed it, and it changed nothing"
    ]


def test_a_call_that_a_fault_only_delayed_is_not_left_out() -> None:
    received = Received()
    received.account.faults.add({"respond": {"delay_ms": 1}})
    received.call("POST", "/v1/contact", ADA)
    (call,) = received.account.journal.calls()
    assert call.fault
    assert received.export().left_out == ()


def test_calls_with_a_key_that_is_not_the_accounts() -> None:
    received = Received()
    received.call("POST", "/v1/contact", ADA, key="wrong")
    received.call("GET", "/v1/contacts", key="")
    assert one_good_call_after(received) == [
        "call 1, POST /v1/contact: its key is not this account's",
        "call 2, GET /v1/contacts: its key is not this account's",
    ]


@pytest.mark.parametrize("raw", [b"{", b"\xff", b"null", b'"text"', b'{"a": "\\ud800"}'])
def test_rejected_bodies_that_are_not_json(raw: bytes) -> None:
    received = Received()
    received.call("POST", "/v1/contact", raw=raw)
    assert one_good_call_after(received) == [
        "call 1, POST /v1/contact: its body is not JSON, or null"
    ]


@pytest.mark.parametrize("path", ["/v1/contact/.", "/v1/../v1/contact"])
def test_rejected_paths_that_clients_change(path: str) -> None:
    received = Received()
    received.call("GET", path)
    (reason,) = one_good_call_after(received)
    assert reason.endswith(": clients do not send it so")


def test_rejected_bodies_that_are_longer_than_what_is_kept() -> None:
    received = Received()
    received.call("POST", "/v1/contact", {"contact": {"FirstName": "x" * MAX_KEPT}})
    assert one_good_call_after(received) == [
        "call 1, POST /v1/contact: its body is longer than what is kept of one"
    ]


def test_rejections_whose_reason_is_in_no_case() -> None:
    received = Received(max_body=100)
    received.call("GET", "/v1/contact/nobody@example.com")
    received.call("POST", "/v1/contacts", {"contacts": [ADA["contact"]] * 10})  # too large here
    received.call("POST", "/v1/contact", raw=b"no br", encoding="br")
    received.call("POST", "/v1/contact", ADA, encoding="br")
    received.call("DELETE", "/v1/contact/nobody@example.com")
    export = received.export()
    assert [call["status"] for call in export.case["calls"]] == [404, 404]
    assert export.left_out == (
        "call 2, POST /v1/contacts: its body is longer than what is kept of one",
        "call 3, POST /v1/contact: its body is not JSON, or null",
        "call 4, POST /v1/contact: made again, it is answered 200 and not 415",
    )
    assert export.case["expect"]["contacts"] == []
    run_here(export.pytest_source)


def test_a_body_that_nobody_reads_does_not_matter() -> None:
    received = Received()
    received.call("POST", "/v1/contact", ADA)
    received.call("GET", "/v1/contacts", raw=b"not JSON")
    export = received.export()
    assert export.case["calls"][1] == {
        "method": "GET", "path": "/v1/contacts", "status": 200, "answer": {"total_contacts": 1},
    }  # fmt: skip
    run_here(export.pytest_source)


def test_bodies_that_were_taken_as_json_are_json() -> None:
    received = Received()
    received.call("POST", "/v1/contact", raw=json.dumps(json.dumps(ADA)).encode())
    received.call(
        "POST", "/v1/contact", raw=gzip.compress(json.dumps(ADA).encode()),
        encoding="gzip",
    )  # fmt: skip
    received.call("POST", "/v1/contact", raw=json.dumps(ADA).encode("utf-8-sig"))
    export = received.export()
    assert [call["body"] for call in export.case["calls"]] == [ADA, ADA, ADA]
    run_here(export.pytest_source)


def test_all_of_it_left_out_is_an_error_that_says_why() -> None:
    received = Received()
    received.call("GET", "/v1/contacts", key="wrong")
    with pytest.raises(ApiError) as refused:
        received.export()
    assert str(refused.value) == (
        "What was received cannot be exported: it was no call that could be made again; call 1, "
        "GET /v1/contacts: its key is not this account's."
    )


# --- what makes the rest wrong ---


def problem(received: Received) -> str:
    with pytest.raises(ApiError) as refused:
        received.export()
    assert refused.value.status == 409
    return str(refused.value).removeprefix("What was received cannot be exported: ")


def test_a_long_body_that_was_taken() -> None:
    received = Received()
    long = {"Email": "ada@example.com", "FirstName": "x" * MAX_KEPT}
    assert received.call("POST", "/v1/contact", {"contact": long}).status == 200
    assert problem(received) == (
        "made again, call 1, POST /v1/contact would be answered 400 and not 200."
    )


def test_calls_that_the_record_has_lost() -> None:
    received = Received(journal_size=2)
    for _ in range(3):
        received.call("POST", "/v1/contact", ADA)
    assert problem(received) == (
        "the record has lost its oldest calls (1); keep more of them (journal_size), or reset the "
        "account and make fewer."
    )


def test_calls_that_were_lost_before_the_state_was_set_do_not_matter() -> None:
    received = Received(journal_size=2)
    for _ in range(3):
        received.call("POST", "/v1/contact", ADA)
    state.load(received.account, {}, Warnings())
    received.call("POST", "/v1/contact", {"contact": {"Email": "bob@example.com"}})
    assert len(received.export().case["calls"]) == 1
    received.call("GET", "/v1/contacts")  # now the record has nothing left from before
    assert "has lost its oldest calls" in problem(received)


def test_a_journey_that_came_after_its_404() -> None:
    received = Received(auto_journeys=False)
    received.call("POST", "/v1/contact", ADA)
    received.call("POST", "/v1/trigger/0001/contact/ada@example.com")
    journeys.define(received.account, "Welcome", "0001")
    received.call("POST", "/v1/trigger/0001/contact/ada@example.com")
    export = received.export()
    assert [call["status"] for call in export.case["calls"]] == [200, 200]
    assert len(export.case["expect"]["journeys"]["0001"]) == 1
    assert len(export.left_out) == 1
    run_here(export.pytest_source)


def test_what_came_of_no_call() -> None:
    received = Received()
    received.call("POST", "/v1/contact", ADA)
    received.account.transact(lambda stored: stored.restore(AccountState()))
    assert problem(received).startswith(
        "the account holds what did not come of its recorded calls alone, or calls that came at the"
    )


def in_another_order(received: Received) -> None:
    """Record the calls as if they had come at the same time, the last one first."""
    journal = received.account.journal
    calls = journal.calls()
    journal.clear()
    for call, number in zip(reversed(calls), range(1, len(calls) + 1), strict=True):
        journal.append(replace(call, number=number))


def test_calls_at_the_same_time_are_recorded_in_any_order() -> None:
    received = Received()
    received.call("POST", "/v1/trigger/0001/contact", ADA)
    received.call("POST", "/v1/trigger/0001/contact", {"contact": {"Email": "bob@example.com"}})
    in_another_order(received)
    export = received.export()
    assert export.case["calls"][0]["answer"]["contact_id"] == "person_1"
    assert [contact["Email"] for contact in export.case["expect"]["contacts"]] == [
        "bob@example.com",
        "ada@example.com",
    ]
    assert replayed(export.case) == []
    run_here(export.pytest_source)


def test_calls_at_the_same_time_that_contradict_each_other() -> None:
    received = Received()
    received.call("POST", "/v1/contact", {"contact": {"Email": "bob@example.com", "Title": "a"}})
    received.call("POST", "/v1/contact", {"contact": {"Email": "bob@example.com", "Title": "b"}})
    in_another_order(received)
    assert "call 1, POST /v1/contact would do something else" in problem(received)


def test_a_text_that_is_the_name_of_a_contact_in_exports() -> None:
    """The pytest file could not tell it from the contact's id, and would not pass."""
    received = Received()
    received.call("POST", "/v1/contact", {"contact": {"user_id": "person_1", "Company": "C"}})
    assert problem(received) == (
        "the account holds the text person_1, which stands for a contact's id in exports."
    )


def test_the_name_of_no_contact_in_exports_is_a_text_as_any() -> None:
    received = Received()
    received.call("POST", "/v1/contact", {"contact": {"user_id": "person_20", "Company": "C"}})
    export = received.export()
    assert export.case["expect"]["contacts"] == [{"user_id": "person_20", "Company": "C"}]
    assert replayed(export.case) == []
    run_here(export.pytest_source)


def test_a_reason_is_written_into_the_docstring_in_ascii() -> None:
    received = Received()
    received.call('G\u00c9"\\', "/v1/contact/.")  # as code in this process can
    received.call("GET", "/v1/contacts")
    export = received.export()
    (reason,) = export.left_out
    shown = reason.replace("\u00c9", "/xc9").replace("\\", "/").replace('"', "'")
    assert "/xc9'/" in shown
    assert f"* {shown}\n" in export.pytest_source
    run_here(export.pytest_source)
