"""Bodies, faults and states at the limit of what is taken, and beyond it."""

import json
import time
from typing import Any

import pytest

from mock_autopilot import AccountView, ApiError
from mock_autopilot.account.call_warnings import Warnings
from mock_autopilot.account.json_text import parse, parse_object
from mock_autopilot.account.validation import describe
from mock_autopilot.api.json_body import identifiers_in
from mock_autopilot.recording.faults import Faults
from tests.api.calls import ADA, Call, upsert

# --- bodies ---------------------------------------------------------------------------------


def nested(levels: int) -> str:
    return '{"a": ' * (levels - 1) + "{}" + "}" * (levels - 1)


def test_a_body_may_have_32_levels_of_objects_or_arrays() -> None:
    parse_object(nested(32).encode(), Warnings())
    with pytest.raises(ApiError, match=r"a\.a\.a.*… is nested more than 32 levels deep\."):
        parse_object(nested(33).encode(), Warnings())
    parse(("[" * 32 + "]" * 32).encode(), Warnings())
    with pytest.raises(ApiError, match=r"\[0\]\[0\].*… is nested more than 32 levels deep\."):
        parse(("[" * 33 + "]" * 33).encode(), Warnings())
    parse(b"[" + b"[]," * 40 + b"{}]", Warnings())  # wide is not deep
    parse(b"[[]," + b"[" * 31 + b"]" * 31 + b"]", Warnings())


@pytest.mark.parametrize(
    ("raw", "why"),
    [
        (b" ", "The body is empty; a JSON object is needed."),
        (b"[]", "The body must be a JSON object, got an array."),
        (b"\xff", "The body is not UTF-8: invalid start byte at byte 0."),
        (b'{"a":\n }', "The body is not JSON: Expecting value at line 2, column 2."),
        (b'{"a": NaN}', "The body is not JSON: NaN is no JSON number."),
        (b'{"a": [1, -1e400]}', "a[1] is a number too large to be stored."),
        (b'{"a": ' + b"9" * 5000 + b"}", "The body has a number of thousands of digits."),
        (b"[" * 100_000, "The body is nested more than 32 levels deep."),
        (
            b'{"a": "\\ud800", "b": [1]}',
            "a has half of a surrogate pair, which is no Unicode text.",
        ),
        (
            b'{"a": {"b": "\\uDfff"}}',
            "a.b has half of a surrogate pair, which is no Unicode text.",
        ),
        (
            b'{"a": {"\\ud800": 1}}',
            "a key of a has half of a surrogate pair, which is no Unicode text.",
        ),
    ],
)
def test_a_body_that_cannot_be_kept_is_refused_with_the_reason(raw: bytes, why: str) -> None:
    with pytest.raises(ApiError) as caught:
        parse_object(raw, Warnings(), name="The body")
    assert str(caught.value) == why


@pytest.mark.parametrize("raw", [b'{"a": "\\ud83d\\ude00"}', b'{"a": 1e308}', b'{"a": 1E+300}'])
def test_a_body_that_only_looks_like_that_is_taken(raw: bytes) -> None:
    warnings = Warnings()
    assert parse_object(raw, warnings) == json.loads(raw)
    assert list(warnings) == []


def test_each_repetition_of_a_key_is_a_warning() -> None:
    warnings = Warnings()
    value = parse_object(b'{"a": 1, "b": {"c": 1, "c": 2}, "a": 3, "a": 4}', warnings)
    assert value == {"a": 4, "b": {"c": 2}}
    assert [warning.field for warning in warnings] == ["c", "a", "a"]


@pytest.mark.parametrize(
    ("value", "said"),
    [
        *[(None, "null"), (True, "true"), (5, "the number 5"), (1.5, "the number 1.5")],
        *[(-(10**15), "a number"), (10**15 - 1, "the number 999999999999999")],
        *[("x" * 40, f"the string '{'x' * 40}'"), ("x" * 41, "a long string")],
        *[([], "an array"), ({}, "an object")],
    ],
)
def test_how_a_value_is_named(value: object, said: str) -> None:
    assert describe(value) == said


# --- faults ---------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("body", "identifiers"),
    [
        (b"", set()),
        (b"[" * 100_000, set()),
        (b"[1]", set()),
        (b'{"contacts": {"user_id": "u"}}', set()),
        (b'{"contact": "u", "contacts": [1, {"user_id": 5, "Email": null}]}', {"5"}),
        (
            b'{"contact": {"Email": " a@e ", "_NewEmail": "b@e", "contact_id": "p", "x": "y"}}',
            {"a@e", "b@e", "p"},
        ),
    ],
)
def test_identifiers_of_the_contacts_in_a_body(body: bytes, identifiers: set[str]) -> None:
    assert identifiers_in(body) == identifiers


def fault(**wanted: Any) -> dict[str, Any]:
    return Faults().add(wanted).to_json()


@pytest.mark.parametrize("status", [200, 599])
def test_a_fault_as_short_as_it_can_be(status: int) -> None:
    body = {"error": "Fault", "message": "Fault fault_1 was asked for."}
    respond = {"status": status, "body": body, "headers": {}}
    shown = {"id": "fault_1", "match": {}, "respond": respond, "times": 1, "triggered": 0}
    assert fault(respond={"status": status}) == shown


@pytest.mark.parametrize(
    ("wanted", "why"),
    [
        (
            {"respond": {"status": 199}},
            "respond.status must be a whole number of at least 200",
        ),
        ({"respond": {"status": 600}}, "respond.status must be a whole number of at most 599"),
        ({"respond": {"status": True}}, "respond.status must be a whole number, got true"),
        ({"respond": {"drop_connection": False}}, "respond must say either a status or"),
        ({"respond": {"drop_connection": 1}}, "respond.drop_connection must be true or false"),
        ({"respond": {"status": 500, "headers": []}}, "respond.headers must be an object"),
        ({"respond": {"status": 500, "headers": {"é": "x"}}}, "respond.headers.é is no name"),
        ({"respond": {"status": 500, "headers": {"a\n": "x"}}}, "respond.headers.a\n is no name"),
        ({"respond": {"status": 500, "headers": {"X": "a\n"}}}, "respond.headers.X must be a"),
        ({"respond": {"status": 500, "headers": {"X": "€"}}}, "respond.headers.X has a character"),
        *(
            ({"respond": {"status": 500, "headers": {name: "1"}}}, f"respond.headers.{name} is the")
            for name in ("Transfer-Encoding", "content-length", "Trailer", "Upgrade")
        ),
        (
            {"respond": {"status": 500, "headers": {"Connection": "keep-alive"}}},
            "respond.headers.Connection can only be close",
        ),
        (
            {"respond": {"status": 500}, "times": True},
            "times must be a whole number, got true",
        ),
        (
            {"respond": {"status": 500}, "times": 1.5},
            "times must be a whole number, got the",
        ),
        (
            {"respond": {"status": 500}, "match": {"path": ""}},
            "match.path must be a string that is not empty",
        ),
        ({"respond": {"status": 500, "delay": 1}}, "respond.delay is unknown; known are status,"),
    ],
)
def test_a_fault_that_cannot_be_is_refused(wanted: dict[str, Any], why: str) -> None:
    with pytest.raises(ApiError) as caught:
        fault(**wanted)
    assert str(caught.value).startswith(why)


def test_a_fault_is_triggered_so_often_and_the_first_that_matches_goes_first() -> None:
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
def test_a_fault_matches_whichever_identifier_of_the_contact_a_call_uses(
    call: Call, account: AccountView, name: str
) -> None:
    ada = upsert(call, Email="Ada@Example.com", user_id="u1")
    bob = upsert(call, user_id="u2")
    account.fail_next(503, contact=name)
    assert call("GET", f"contact/{bob}").status_code == 200
    assert call("GET", f"contact/{ada}").status_code == 503


# --- states ---------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("state", "message"),
    [
        ({"lists": [{"list_id": "l", "title": "x", "y": 1}]}, "lists[0].y is unknown; known are"),
        (
            {"lists": [{"list_id": "", "title": "x"}]},
            "lists[0].list_id must be a string that is not empty",
        ),
        ({"journeys": [{"trigger_id": "a/b"}]}, "journeys[0].trigger_id must stand in a path"),
        (
            {"journeys": [{"trigger_id": "a", "name": ""}]},
            "journeys[0].name must be a string that is not empty",
        ),
        (
            {"journeys": [{"trigger_id": "a", "entries": [{"contact_id": "p", "x": 1}]}]},
            "journeys[0].entries[0].x is unknown",
        ),
        (
            {"journeys": [{"trigger_id": "a", "entries": [{"contact_id": "p", "ejected_at": 5}]}]},
            "journeys[0].entries[0].ejected_at must be a string, got the number 5.",
        ),
        (
            {
                "journeys": [
                    {"trigger_id": "a", "entries": [{"contact_id": "p", "entered_at": "x"}]}
                ]
            },
            "journeys[0].entries[0].entered_at must be an ISO-8601",
        ),
        ({"contacts": [{**ADA, "updated_at": "x"}]}, "contacts[0].updated_at must be an ISO-8601"),
        (
            {"contacts": [{**ADA, "lists": [1]}]},
            "contacts[0].lists[0] must be a string, got the number 1.",
        ),
        (
            {"contacts": [{**ADA, "merged_contact_ids": "p"}]},
            "contacts[0].merged_contact_ids must be an array, got the string 'p'.",
        ),
        (
            {
                "contacts": [
                    {**ADA, "contact_id": "p"},
                    {"user_id": "u", "contact_id": "q", "merged_contact_ids": ["p"]},
                ]
            },
            "contacts[1].contact_id stands twice: 'p'.",
        ),
        (
            {"contacts": [{**ADA, "custom_fields": {}}]},
            "contacts[0].custom_fields must be an array",
        ),
        ({"contacts": [{"contact_id": "p"}]}, "contacts[0] has neither Email nor user_id"),
    ],
)
def test_more_states_that_are_wrong(account: AccountView, state: Any, message: str) -> None:
    account.seed({"contacts": [ADA]})
    before = account.state
    with pytest.raises(ApiError) as caught:
        account.seed(state)
    assert str(caught.value).startswith(message)
    assert account.state == before


def test_times_are_written_as_autopilot_does_and_follow_from_each_other(
    account: AccountView,
) -> None:
    entry = {"contact_id": "p", "entered_at": "2024-01-02T03:04:05", "ejected_at": "2024-01-03"}
    account.seed(
        {
            "contacts": [
                {**ADA, "contact_id": "p", "created_at": "2024-01-01T12:00:00.1234+02:00"},
                {"user_id": "u"},
            ],
            "journeys": [{"trigger_id": "x", "entries": [entry, {"contact_id": "gone"}]}],
        }
    )
    ada = account.contacts["p"]
    assert ada["created_at"] == ada["updated_at"] == "2024-01-01T10:00:00.000Z"
    new = account.contacts["u"]
    assert new["created_at"] == new["updated_at"] > "2024-02"
    first, second = account.state["journeys"][0]["entries"]
    assert first == {
        "contact_id": "p",
        "entered_at": "2024-01-02T03:04:05.000Z",
        "properties": {},
        "ejected_at": "2024-01-03T00:00:00.000Z",
    }
    assert second["entered_at"] > "2024-02"
    assert (second["contact_id"], second["ejected_at"]) == ("gone", None)


def test_a_contact_written_by_hand_may_repeat_what_autopilot_makes(account: AccountView) -> None:
    custom = [{"kind": "n", "value": 1, "fieldType": "integer"}, {"kind": "s", "value": "x"}]
    made = {"Name": "x", "api_originated": False, "type": "Contact", "custom_fields": custom}
    account.seed({"contacts": [{**ADA, **made, "merged_contact_ids": ["old"]}]})
    ada = account.contacts["old"]
    assert (ada["Name"], ada.get("api_originated"), ada["type"]) == ("Ada", None, "Contact")
    assert [field["fieldType"] for field in ada["custom_fields"]] == ["integer", "string"]


def test_a_time_without_a_zone_is_utc_wherever_the_fake_runs(
    account: AccountView, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as patched:
        patched.setenv("TZ", "Asia/Tokyo")
        time.tzset()
        account.seed({"contacts": [{**ADA, "created_at": "2024-01-01T12:00:00"}]})
    time.tzset()
    assert account.contacts["ada@example.com"]["created_at"] == "2024-01-01T12:00:00.000Z"
