"""Assertions about calls: what holds, and what their failures say."""

from dataclasses import replace
from typing import Any

import pytest
from dirty_equals import IsStr

from mock_autopilot import ApiError, MockAutopilot
from mock_autopilot.assertions.background import with_reason
from tests.assertions.conftest import Explain
from tests.conftest import ask

ADA = {"contact": {"Email": "ada@example.com", "FirstName": "Ada"}}
BOB = {"contact": {"Email": "bob@example.com", "FirstName": "Bob"}}
NO_KEY = "No call came with this account's key (sandbox-key)."


@pytest.fixture
def called(autopilot: MockAutopilot) -> MockAutopilot:
    ask(autopilot, "POST", "contact", ADA)
    ask(autopilot, "POST", "contact", BOB)
    ask(autopilot, "GET", "contact/ada@example.com")
    return autopilot


@pytest.mark.parametrize(
    ("method", "path", "expected", "numbers"),
    [
        ("POST", "/v1/contact", {}, [1, 2]),
        ("post", "/v1/contact", {"times": 2}, [1, 2]),
        ("GET", "/v1/contact/*", {"times": 1}, [3]),
        ("GET", "*", {"json": None}, [3]),
        ("POST", "/v1/contact", {"json": {"contact": {"FirstName": "Bob"}}}, [2]),
        ("POST", "/v1/*", {"json": {"contact": {"FirstName": IsStr}}}, [1, 2]),
        ("POST", "/v1/*", {"json": lambda body: "Ada" in str(body), "times": 1}, [1]),
        ("DELETE", "/v1/contact/*", {"times": 0}, []),
    ],
)
def test_calls_that_match_are_returned(
    called: MockAutopilot, method: str, path: str, expected: dict[str, Any], numbers: list[int]
) -> None:
    found = called.assert_called(method, path, **expected)
    assert [call.number for call in found] == numbers


def test_what_was_not_called(called: MockAutopilot) -> None:
    called.assert_not_called("DELETE")
    called.assert_not_called("DELETE", "/v1/contact/*")
    called.assert_not_called(path="/v1/contacts")
    called.assert_not_called("POST", "/v1/contact", json={"contact": {"FirstName": "Cleo"}})
    called.assert_not_called(json={"contacts": IsStr})
    for given in ({}, {"method": "GET"}, {"path": "/v1/contact"}, {"json": ADA}):
        with pytest.raises(AssertionError, match=r"^Expected no call.*, found \d"):
            called.assert_not_called(**given)
    called.new_account().assert_not_called()


@pytest.mark.parametrize(
    ("method", "path", "message"),
    [
        ("PSOT", "/v1/contact", "method is no HTTP method: 'PSOT'; did you mean POST?"),
        ("ask", "/v1/contact", "method is no HTTP method: 'ask'."),
        ("POST", "contact", "path matches no call: 'contact'; write /v1/contact."),
        ("POST", "/contact", "path matches no call: '/contact'; write /v1/contact."),
        ("POST", "v1/contact", "path matches no call: 'v1/contact'; write /v1/contact."),
        ("POST", "/contact*", "path matches no call: '/contact*'; write /v1/contact*."),
        ("POST", "Xa", "path matches no call: 'Xa'; write /v1/Xa."),
        (
            "GET",
            "http://x/v1/contact/v1/a",
            "path matches no call: 'http://x/v1/contact/v1/a'; write /v1/contact/v1/a.",
        ),
        (
            "POST",
            "http://127.0.0.1:1/v1/contact",
            "path matches no call: 'http://127.0.0.1:1/v1/contact'; write /v1/contact.",
        ),
    ],
)
def test_a_method_or_path_that_matches_no_call_is_an_error(
    autopilot: MockAutopilot, method: str, path: str, message: str
) -> None:
    for assertion in (autopilot.assert_called, autopilot.assert_not_called):
        with pytest.raises(ApiError) as caught:
            assertion(method, path)
        assert str(caught.value) == message


def test_a_path_without_its_name_is_told(autopilot: MockAutopilot) -> None:
    with pytest.raises(ApiError, match=r"'/v1/contact'; it is a path: give it as `path`$"):
        autopilot.assert_not_called("/v1/contact")


@pytest.mark.parametrize("path", ["*", "/*", "/v*", "/v1/*", "/v1*", "*contact", "/v1/x"])
def test_a_path_may_begin_with_anything(autopilot: MockAutopilot, path: str) -> None:
    autopilot.assert_not_called("GET", path)


def test_the_nearest_calls_are_told_with_their_differences(
    called: MockAutopilot, explain: Explain
) -> None:
    body = {"contact": {"Email": "adda@example.com", "FristName": "Ada"}}
    assert explain(called.assert_called, "POST", "/v1/contact", json=body) == [
        f"Expected at least 1 call POST /v1/contact with json {body}, found 0.",
        "nearest of 3 other calls:",
        "  #1 POST /v1/contact: 200",
        "    json.contact.Email: expected 'adda@example.com', got 'ada@example.com'",
        "    json.contact.FristName: expected 'Ada', it is missing; did you mean FirstName?",
        "  #2 POST /v1/contact: 200",
        "    json.contact.Email: expected 'adda@example.com', got 'bob@example.com'",
        "    json.contact.FristName: expected 'Ada', it is missing; did you mean FirstName?",
        "  #3 GET /v1/contact/ada@example.com: 200",
        "    method: expected 'POST', got 'GET'",
        "    path: expected '/v1/contact', got '/v1/contact/ada@example.com'",
        f"    json: expected {body}, got None",
    ]


def test_a_like_path_is_nearer_than_another_and_a_newer_one(
    autopilot: MockAutopilot, explain: Explain
) -> None:
    for path in ("contacts", "triggers", "contact/ada@example.com"):
        ask(autopilot, "GET", path)
    lines = explain(autopilot.assert_called, "GET", "/v1/contacts/person_1")
    assert [line[:4] for line in lines if "#" in line][:3] == ["  #1", "  #3", "  #2"]
    autopilot.reset()
    ask(autopilot, "GET", "contacts")
    ask(autopilot, "GET", "triggers")
    lines = explain(autopilot.assert_called, "POST", "/v1/contacts")
    assert [line[:4] for line in lines if "#" in line] == ["  #4", "  #5"]


def test_one_of_several_values_counts_less_than_another_method(
    autopilot: MockAutopilot, explain: Explain
) -> None:
    body = {"contact": {"Email": "ada@example.com", "FirstName": "Ada", "Title": "Dr"}}
    ask(autopilot, "POST", "contact", {"contact": {**body["contact"], "Phone": 1}})
    ask(autopilot, "PUT", "contact", {"contact": {**body["contact"], "Phone": 2}})
    wanted = {"contact": {**body["contact"], "Phone": 2}}
    lines = explain(autopilot.assert_called, "POST", "/v1/contact", json=wanted)
    assert [line[:4] for line in lines if "#" in line][:2] == ["  #1", "  #2"]


def test_calls_of_any_path_are_compared_by_their_bodies(
    called: MockAutopilot, explain: Explain
) -> None:
    lines = explain(called.assert_called, "POST", "*", json={"contact": {"FirstName": "Bo"}})
    assert [line[:4] for line in lines if "#" in line] == ["  #2", "  #1", "  #3"]


def test_a_rejection_whose_answer_was_not_kept_is_told_without_a_reason(
    autopilot: MockAutopilot,
) -> None:
    ask(autopilot, "POST", "contact", {})
    (call,) = autopilot.calls
    assert with_reason(call).startswith("#1 POST /v1/contact: 400 contact is missing")
    assert with_reason(replace(call, response_body=b"")) == "#1 POST /v1/contact: 400"
    assert with_reason(replace(call, response_body=b"{}")) == "#1 POST /v1/contact: 400"


def test_the_nearest_of_equal_calls_is_the_newest(
    autopilot: MockAutopilot, explain: Explain
) -> None:
    for _ in range(5):
        ask(autopilot, "GET", "contacts")
    assert explain(autopilot.assert_called, "GET", "/v1/contact/*") == [
        "Expected at least 1 call GET /v1/contact/*, found 0.",
        "nearest of 5 other calls:",
        *(
            line
            for number in (5, 4, 3)
            for line in (
                f"  #{number} GET /v1/contacts: 200",
                "    path: expected '/v1/contact/*', got '/v1/contacts'",
            )
        ),
    ]


def test_too_many_calls_are_listed(called: MockAutopilot, explain: Explain) -> None:
    assert explain(called.assert_called, "POST", "/v1/contact", times=1) == [
        "Expected 1 call POST /v1/contact, found 2.",
        "these calls match:",
        f"  #1 POST /v1/contact: 200 {ADA}",
        f"  #2 POST /v1/contact: 200 {BOB}",
    ]
    assert explain(called.assert_not_called)[:2] == [
        "Expected no call, found 3.",
        "these calls match:",
    ]
    assert explain(called.assert_not_called)[-1] == "  #3 GET /v1/contact/ada@example.com: 200"


def test_too_few_calls_are_listed_with_the_nearest(called: MockAutopilot, explain: Explain) -> None:
    given = {"contact": {"FirstName": "Ada"}}
    assert explain(called.assert_called, "POST", "/v1/contact", json=given, times=2)[:5] == [
        f"Expected 2 calls POST /v1/contact with json {given}, found 1.",
        "these calls match:",
        f"  #1 POST /v1/contact: 200 {ADA}",
        "nearest of 2 other calls:",
        "  #2 POST /v1/contact: 200",
    ]


def test_no_call_at_all_is_said(autopilot: MockAutopilot, explain: Explain) -> None:
    assert explain(autopilot.assert_called, "POST", "/v1/contact") == [
        f"Expected at least 1 call POST /v1/contact, found 0. {NO_KEY}"
    ]


def test_rejected_and_faulty_calls_count_and_are_told(
    autopilot: MockAutopilot, explain: Explain
) -> None:
    autopilot.fail_next(503)
    ask(autopilot, "POST", "contact", ADA)
    autopilot.assert_no_rejections()
    ask(autopilot, "POST", "contact", {"contact": {}})
    autopilot.assert_called("POST", "/v1/contact", times=2)
    rejected = (
        "#2 POST /v1/contact: 400 Missing unique identifier traits. Either `email` or `user_id` "
        "traits must be provided"
    )
    assert explain(autopilot.assert_not_called, "POST") == [
        "Expected no call POST, found 2.",
        "these calls match:",
        f"  #1 POST /v1/contact: 503 (fault_1) {ADA}",
        "  #2 POST /v1/contact: 400 {'contact': {}}",
        "rejected calls, the newest first:",
        f"  {rejected}",
    ]
    assert explain(autopilot.assert_no_rejections) == [
        "1 call was rejected.",
        "calls:",
        f"  {rejected}",
    ]


def test_calls_with_warnings_are_told(autopilot: MockAutopilot, explain: Explain) -> None:
    ask(autopilot, "POST", "contact", ADA)
    autopilot.assert_no_warnings()
    for _ in range(2):
        ask(autopilot, "POST", "contact", {"contact": {"Email": "ada", "Firstname": "x"}})
    autopilot.assert_no_rejections()
    found = [
        "    contact.Email: 'ada' has no @; is it an e-mail address?",
        "    contact.Firstname: is no field of Autopilot's; did you mean FirstName?",
    ]
    assert explain(autopilot.assert_no_warnings) == [
        "2 calls were taken with warnings.",
        "calls:",
        "  #2 POST /v1/contact: 200",
        *found,
        "  #3 POST /v1/contact: 200",
        *found,
    ]


def test_five_warnings_of_a_call_are_told_whole(autopilot: MockAutopilot, explain: Explain) -> None:
    names = [f"Unknown{'x' * 20}{number}" for number in range(6)]
    contact = {"Email": "ada@example.com", **dict.fromkeys(names, "x")}
    ask(autopilot, "POST", "contact", {"contact": contact})
    assert explain(autopilot.assert_no_warnings)[2:] == [
        "  #1 POST /v1/contact: 200",
        *(
            f"    contact.{name}: is no field of Autopilot's; a custom field goes into custom: "
            f'{{"custom": {{"string--{name}": …}}}}'
            for name in names[:5]
        ),
        "    and 1 more warning",
    ]


def test_ten_calls_with_warnings_are_told(autopilot: MockAutopilot, explain: Explain) -> None:
    for _ in range(11):
        ask(autopilot, "POST", "contact", {"contact": {"Email": "ada", "FirstName": "x"}})
    lines = explain(autopilot.assert_no_warnings)
    assert (len(lines), lines[-1]) == (2 + 20 + 1, "  … and 1 more")


def test_ten_calls_with_warnings_leave_none_out(autopilot: MockAutopilot, explain: Explain) -> None:
    for _ in range(10):
        ask(autopilot, "POST", "contact", {"contact": {"Email": "ada", "FirstName": "x"}})
    assert "more" not in explain(autopilot.assert_no_warnings)[-1]


def test_a_record_that_dropped_calls_cannot_tell_what_did_not_happen(explain: Explain) -> None:
    with MockAutopilot(journal_size=2) as autopilot:
        for path in ("contacts", "contacts", "triggers"):
            ask(autopilot, "GET", path)
        assert autopilot.assert_called("GET", "/v1/contacts").dropped == 1
        incomplete = [
            "the record of calls is not complete:",
            "  it has dropped 1 older call; give it a larger journal_size",
        ]
        cannot_tell = {
            autopilot.assert_not_called: "Expected no call POST; whether there were more",
            autopilot.assert_no_rejections: "Whether a call was rejected",
            autopilot.assert_no_warnings: "Whether a call was taken with warnings",
        }
        for assertion, said in cannot_tell.items():
            given = ("POST",) if assertion == autopilot.assert_not_called else ()
            lines = explain(assertion, *given)
            assert lines[:3] == [f"{said} cannot be told.", *incomplete]
        lines = explain(autopilot.assert_called, "GET", "/v1/contacts", times=1)
        assert lines == [
            "Expected 1 call GET /v1/contacts; whether there were more cannot be told.",
            *incomplete,
            "these calls match:",
            "  #2 GET /v1/contacts: 200",
        ]
        assert explain(autopilot.assert_called, "GET", "/v1/contacts", times=2)[1:3] == incomplete
        autopilot.reset()
        autopilot.assert_not_called()


def test_a_failure_is_bounded_whatever_there_is(autopilot: MockAutopilot, explain: Explain) -> None:
    body = {"contact": {f"Field{n}": "x" * 500 for n in range(100)}}
    for _ in range(15):
        ask(autopilot, "POST", "contact", body)
    other = {"contact": {f"Other{n}": "y" * 500 for n in range(100)}}
    for given in ({"json": other}, {"times": 3}, {"json": other, "times": 3}):
        lines = explain(autopilot.assert_called, "POST", "/v1/contact", **given)
        assert len(lines) <= 40
        assert max(map(len, lines)) <= 200
        assert lines[-1] == "  … and 11 more"  # rejected calls: the end is not cut off
    assert len(explain(autopilot.assert_no_rejections)) <= 40
    assert len(explain(autopilot.assert_no_warnings)) <= 40
