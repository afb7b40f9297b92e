"""The fake where it is easily wrong by one: what a field takes, merges, limits, the record."""

import json
import time
from datetime import UTC, datetime
from typing import Any

import pytest
import requests

from adapter.traits import FIELDS
from mock_autopilot import AccountView, ApiError, MockAutopilot
from mock_autopilot.contact_update import check, unknown_keys
from mock_autopilot.faults import Faults, names_in
from mock_autopilot.fields import fits, is_date
from mock_autopilot.journal import Call as Recorded
from mock_autopilot.journal import Journal
from mock_autopilot.jsonbody import describe, parse, parse_object
from tests.api.conftest import Call

ADA = {"Email": "ada@example.com", "FirstName": "Ada"}


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


# --- what a field takes ---------------------------------------------------------------------

TEXT = ["Email", "contact_id", "FirstName", "owner_name", "MailingCity", "_autopilot_session_id"]
TEXT += ["_autopilot_list", "_NewEmail"]


@pytest.mark.parametrize(
    ("name", "value", "wanted"),
    [
        *[(name, 5, "a string, got the number 5.") for name in TEXT],
        ("NumberOfEmployees", 1.5, "a string or a whole number, got the number 1.5."),
        ("NumberOfEmployees", True, "a string or a whole number, got true."),
        ("unsubscribed", "yes", "true or false, got the string 'yes'."),
        ("user_id", False, "a string (or a number), got false."),
        ("anonymous_id", [1], "a string (or a number), got an array."),
        ("custom", [], "an object, got an array."),
    ],
)
def test_a_field_of_the_wrong_type_is_refused(
    call: Call, account: AccountView, name: str, value: object, wanted: str
) -> None:
    assert refusal(call, {"user_id": "u", name: value}) == f"contact.{name} must be {wanted}"
    assert not account.contacts


@pytest.mark.parametrize("contact", [None, [], "x", 5])
def test_a_contact_is_an_object(call: Call, contact: object) -> None:
    assert refusal(call, contact).startswith("contact must be an object, got ")


@pytest.mark.parametrize(
    "given",
    [
        {"unsubscribed": True},
        {"unsubscribed": False},
        {"NumberOfEmployees": "10-50"},
        {"NumberOfEmployees": 5},
        *[{"notify": value} for value in (True, 5, "x", ["x"], {"a": 1})],
    ],
)
def test_a_field_of_the_right_type_is_stored_as_it_is(
    call: Call, account: AccountView, given: dict[str, Any]
) -> None:
    upsert(call, Email="ada@example.com", **given)
    (contact,) = account.contacts.values()
    assert {name: contact[name] for name in given} == given
    assert warned(account) == []


@pytest.mark.parametrize(("given", "stored"), [(5, "5"), (5.0, "5"), (5.5, "5.5")])
def test_a_number_as_an_id_is_written_without_a_needless_point(
    call: Call, account: AccountView, given: float, stored: str
) -> None:
    upsert(call, user_id=given, anonymous_id=given, FirstName="Ada")
    (contact,) = account.contacts.values()
    assert (contact.user_id, contact["anonymous_id"]) == (stored, stored)
    assert warned(account) == [
        ("id-number", "contact.user_id"),
        ("id-number", "contact.anonymous_id"),
    ]


@pytest.mark.parametrize(
    ("given", "doubts"),
    [
        ({"user_id": None}, [("null", "contact.user_id")]),
        ({"_NewEmail": None}, [("null", "contact._NewEmail")]),
        ({"_NewEmail": " "}, [("blank", "contact._NewEmail")]),
        ({"_NewEmail": "new"}, [("address", "contact._NewEmail")]),
        ({"custom": None}, [("empty", "contact.custom")]),
        ({"custom": {"plan": 5}}, [("custom-prefix", "contact.custom.plan")]),
        ({"custom": {"string-- ": "x"}}, [("custom-name", "contact.custom.string-- ")]),
    ],
)
def test_one_doubt_is_one_warning(
    call: Call, account: AccountView, given: dict[str, Any], doubts: list[tuple[str, str]]
) -> None:
    upsert(call, **ADA, **given)
    assert warned(account) == doubts


def test_every_field_that_the_forwarder_writes_is_known(call: Call, account: AccountView) -> None:
    given = dict.fromkeys(FIELDS, "x") | {"unsubscribed": True, "Email": "a@b.c"}
    del given["_NewEmail"], given["_autopilot_list"]
    upsert(call, **given)
    assert warned(account) == []
    assert account.contacts["a@b.c"].items() >= given.items()


@pytest.mark.parametrize("value", [None, "", "2024-01-01", ["x"]])
def test_what_autopilot_makes_is_left_out(call: Call, account: AccountView, value: object) -> None:
    made = ["created_at", "updated_at", "Name", "lists", "custom_fields", "api_originated", "type"]
    made.append("merged_contact_ids")
    upsert(call, Email="a@b.c", Title="x", **dict.fromkeys(made, value))
    assert warned(account) == [("read-only", f"contact.{name}") for name in made]
    assert account.contacts["a@b.c"]["Title"] == "x"
    assert account.contacts["a@b.c"].get("Name") is None
    assert account.contacts["a@b.c"]["type"] == "contact"


@pytest.mark.parametrize(
    ("value", "kind"),
    [(True, "boolean"), (5, "integer"), (1.5, "float"), ("x", "string"), ([1], "string")],
)
def test_a_custom_field_without_a_type_has_that_of_its_value(
    call: Call, account: AccountView, value: object, kind: str
) -> None:
    upsert(call, **ADA, custom={"favourite--thing": value})
    assert account.contacts["ada@example.com"]["custom_fields"] == [
        {"kind": "favourite thing", "value": value, "fieldType": kind, "deleted": False}
    ]


@pytest.mark.parametrize(
    ("value", "kind", "expected"),
    [
        *[(1, "boolean", False), (5.5, "integer", False), (True, "float", False)],
        *[(1.5, "float", True), (5, "float", True), ("5", "integer", False)],
        *[("2024-02-29T10:00", "date", True), ("2024-02-30", "date", False)],
        *[("20240101", "date", False), (5, "date", False), (["x"], "string", False)],
    ],
)
def test_what_fits_a_custom_type(value: object, kind: str, expected: bool) -> None:
    assert fits(value, kind) is expected


@pytest.mark.parametrize("text", ["2024-01-01x", "2024-01-01 10:00", "٢٠٢٤-01-01", "2024-01-01\n"])
def test_what_is_no_date(text: str) -> None:
    assert is_date(text) is False


def test_near_names_are_looked_for_twenty_times() -> None:
    near = [*(f"{'z' * n}{n}" for n in range(1, 20)), "Titlee", "Titlex"]
    said = ["is no field of Autopilot's"] * 21
    said[19] += "; did you mean Title?"
    assert [warning.message for warning in check(dict.fromkeys(near, 1)).warnings] == said
    said = ["is no part of this call"] * 21
    said[19] += "; did you mean Title?"
    assert [warning.message for warning in unknown_keys(dict.fromkeys(near), ["Title"])] == said


@pytest.mark.parametrize(
    ("name", "hint"),
    [("fax", "; did you mean Fax?"), ("FAX", "; did you mean Fax?"), ("titan", "")],
)
def test_what_counts_as_a_near_name(name: str, hint: str) -> None:
    (warning,) = check({name: "x"}).warnings
    assert warning.message == f"is no field of Autopilot's{hint}"


@pytest.mark.parametrize(
    ("old", "new", "doubted"),
    [
        *[("string", "string", False), ("integer", "float", False), ("float", "integer", False)],
        *[("string", "integer", True), ("integer", "boolean", True)],
    ],
)
def test_a_custom_field_keeps_its_type(
    call: Call, account: AccountView, old: str, new: str, doubted: bool
) -> None:
    values = {"string": "x", "integer": 1, "float": 1.5, "boolean": True}
    upsert(call, user_id="u", custom={f"{old}--n": values[old]})
    upsert(call, user_id="u", custom={f"{new}--n": values[new]})
    assert [rule for rule, _ in warned(account)] == ["custom-type-changed"] * doubted
    if doubted:
        assert f"was {old} until now" in account.calls[-1].warnings[0].message


# --- merging --------------------------------------------------------------------------------


def test_what_a_merge_makes_of_two_contacts(call: Call, account: AccountView) -> None:
    times = [f"2024-01-0{day}T00:00:00.000Z" for day in (1, 2)]
    older = {"user_id": "u1", "anonymous_id": "a", "lists": ["l1", "l2"], "created_at": times[0]}
    newer = {"Email": "ada@example.com", "anonymous_id": "b", "lists": ["l2", "l3"]}
    custom = {"integer--n": 1, "string--x": "old"}
    lists = [{"list_id": f"l{n}", "title": "x"} for n in (1, 2, 3)]
    account.seed(
        {
            "contacts": [
                {**older, "custom": custom, "unsubscribed": True},
                {
                    **newer,
                    "created_at": times[1],
                    "custom": {"string--x": "new"},
                    "unsubscribed": False,
                },
            ],
            "lists": lists,
        }
    )
    upsert(call, Email="ada@example.com", user_id="u1")
    (merged,) = account.contacts.values()
    assert merged["lists"] == ["l2", "l3", "l1"]
    assert merged["created_at"] == times[0]
    assert merged["anonymous_id"] == "b"
    assert merged["unsubscribed"] is True
    assert merged.custom == {"n": 1, "x": "new"}


def test_a_subscribed_contact_stays_so_in_a_merge(call: Call, account: AccountView) -> None:
    upsert(call, user_id="u1", unsubscribed=False)
    upsert(call, **ADA)
    upsert(call, Email="ada@example.com", user_id="u1")
    assert account.contacts["u1"]["unsubscribed"] is False


def test_the_one_with_the_address_wins_whatever_names_it(call: Call, account: AccountView) -> None:
    older, newer = "2024-01-01T00:00:00.000Z", "2024-01-02T00:00:00.000Z"
    with_address = {**ADA, "user_id": "u1", "created_at": older}
    without = {"contact_id": "person_1", "user_id": "u2", "Title": "x", "created_at": newer}
    account.seed({"contacts": [with_address, without]})
    winner = account.contacts["u1"].contact_id
    assert upsert(call, contact_id="person_1", user_id="u1") == winner
    merged = account.contacts["person_1"]
    assert (merged.email, merged["Title"], merged["created_at"]) == (ADA["Email"], "x", older)


def test_ids_of_contacts_merged_one_after_the_other_all_name_the_last(
    call: Call, account: AccountView
) -> None:
    first = upsert(call, user_id="u1", FirstName="A")
    second = upsert(call, Email="b@example.com", FirstName="B")
    upsert(call, Email="b@example.com", user_id="u1")
    last = upsert(call, Email="c@example.com", FirstName="C")
    assert upsert(call, Email="c@example.com", contact_id=second) == last
    third = upsert(call, user_id="u3", FirstName="D")
    assert upsert(call, Email="c@example.com", user_id="u3") == last
    ids = [account.contacts[name].contact_id for name in (first, second, third)]
    assert ids == [last, last, last]
    assert account.state["contacts"][0]["merged_contact_ids"] == [second, first, third]
    assert call("GET", "contact/b@example.com").status_code == 404


@pytest.mark.parametrize(
    "known", [{"Email": "a@b.c", "user_id": "u"}, {"user_id": "u", "anonymous_id": "a"}]
)
def test_a_contact_of_nothing_but_identifiers_says_nothing(
    call: Call, account: AccountView, known: dict[str, Any]
) -> None:
    upsert(call, **known)
    upsert(call, user_id="u")
    assert warned(account) == [("only-identifier", "contact")]


def test_every_way_to_say_something_counts(call: Call, account: AccountView) -> None:
    account.seed({"lists": [{"list_id": "l", "title": "News"}]})
    for said in ({"_autopilot_list": "l"}, {"custom": {"string--a": "b"}}, {"Title": "x"}):
        upsert(call, user_id=str(said), **said)
        assert warned(account) == []
    for known in ({"custom": {"string--a": "b"}}, {"Title": "x"}):
        upsert(call, user_id=str(known))
        assert warned(account) == []


def test_the_names_of_a_deleted_contact_are_free_again(call: Call) -> None:
    both = {"Email": "ada@example.com", "user_id": "u1"}
    first = upsert(call, **both)
    call("DELETE", f"contact/{first}")
    second = upsert(call, **both)
    assert second != first
    assert upsert(call, user_id="u1") == second
    assert upsert(call, Email="ada@example.com", user_id="u2") == second
    assert upsert(call, user_id="u1") != second


def test_white_space_around_an_address_in_a_path_is_not_part_of_it(call: Call) -> None:
    upsert(call, **ADA)
    assert call("GET", "contact/%20ada@example.com%20").status_code == 200


@pytest.mark.parametrize(("stored", "first", "more"), [(100, 100, False), (101, 100, True)])
def test_a_page_has_a_hundred_contacts_and_a_bookmark_only_when_more_follow(
    call: Call, account: AccountView, stored: int, first: int, more: bool
) -> None:
    account.seed({"contacts": [{"user_id": str(number)} for number in range(stored)]})
    answer = call("GET", "contacts")
    assert answer.status_code == 200
    page = answer.json()
    assert (len(page["contacts"]), "bookmark" in page) == (first, more)


# --- journeys -------------------------------------------------------------------------------


@pytest.mark.parametrize("trigger_id", ["", "a/b"])
def test_a_trigger_id_must_stand_in_a_path(account: AccountView, trigger_id: str) -> None:
    with pytest.raises(ApiError, match="trigger_id must stand in a path"):
        account.add_journey("Welcome", trigger_id)
    assert not account.journeys


def test_a_journey_that_is_defined_again_is_renamed_and_keeps_its_entries(
    call: Call, account: AccountView
) -> None:
    upsert(call, **ADA)
    account.add_journey("Welcome", "0001")
    call("POST", "trigger/0001/contact/ada@example.com")
    account.add_journey("Hello", "0001")
    (journey,) = account.journeys.values()
    assert (journey.name, len(journey.entries)) == ("Hello", 1)
    state = account.state
    account.seed(state)
    assert account.state == state
    assert state["journeys"][0]["name"] == "Hello"


def test_who_is_taken_off_a_journey_leaves_the_others_on_it(
    call: Call, account: AccountView
) -> None:
    for email in ("ada@example.com", "bob@example.com"):
        upsert(call, Email=email)
        call("POST", f"trigger/0001/contact/{email}")
    assert call("DELETE", "journey/0001/contact/ada@example.com").status_code == 204
    assert [bool(entry.ejected_at) for entry in account.journeys["0001"].entries] == [True, False]


def test_strict_says_all_that_it_refuses(session: requests.Session) -> None:
    with MockAutopilot(strict=True) as autopilot:
        refused = session.post(
            f"{autopilot.base_url}contact",
            json={"contact": {**ADA, "Title": None, "user_id": " "}},
            headers={"autopilotapikey": autopilot.api_key},
            timeout=10,
        )
    null, blank = "is null, which clears the field", "is blank and was left out"
    assert f"contact.Title: {null}; contact.user_id: {blank}" in refused.json()["message"]


# --- the record -----------------------------------------------------------------------------


def recorded(received: bytes = b"", answered: bytes = b"", more: int = 0) -> Recorded:
    return Recorded(
        number=1, time=datetime(2024, 1, 1, tzinfo=UTC), account=None, method="GET", path="/v1/x",
        query="", route=None, headers={}, received=received, received_size=len(received) + more,
        status=200, answered=answered, answered_size=len(answered), duration=0.0123456,
    )  # fmt: skip


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


def test_a_call_says_whether_it_was_cut_and_how_long_it_took() -> None:
    assert [recorded(b"{}", more=more).cut for more in (0, 1)] == [False, True]
    shown = recorded(b"\xff").to_json()
    assert (shown["duration_ms"], shown["received"], shown["body"]) == (12.346, "\ufffd", None)


# --- bodies ---------------------------------------------------------------------------------


def nested(levels: int) -> str:
    return '{"a": ' * (levels - 1) + "{}" + "}" * (levels - 1)


def test_a_body_may_have_32_levels_of_objects_or_arrays() -> None:
    parse_object(nested(32).encode())
    with pytest.raises(ApiError, match=r"a\.a\.a.*… is nested more than 32 levels deep\."):
        parse_object(nested(33).encode())
    parse(("[" * 32 + "]" * 32).encode())
    with pytest.raises(ApiError, match=r"\[0\]\[0\].*… is nested more than 32 levels deep\."):
        parse(("[" * 33 + "]" * 33).encode())
    parse(b"[" + b"[]," * 40 + b"{}]")  # wide is not deep


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
        parse_object(raw, name="The body")
    assert str(caught.value) == why


@pytest.mark.parametrize("raw", [b'{"a": "\\ud83d\\ude00"}', b'{"a": 1e308}', b'{"a": 1E+300}'])
def test_a_body_that_only_looks_like_that_is_taken(raw: bytes) -> None:
    value, warnings = parse_object(raw)
    assert (json.loads(raw), []) == (value, warnings)


def test_each_repetition_of_a_key_is_a_warning() -> None:
    value, warnings = parse_object(b'{"a": 1, "b": {"c": 1, "c": 2}, "a": 3, "a": 4}')
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
    ("body", "names"),
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
def test_who_a_body_is_about(body: bytes, names: set[str]) -> None:
    assert names_in(body) == names


def fault(**wanted: Any) -> dict[str, Any]:
    return Faults().add(wanted).to_json()


@pytest.mark.parametrize("status", [200, 599])
def test_a_fault_as_short_as_it_can_be(status: int) -> None:
    body = {"error": "Fault", "message": "Fault fault_1 was asked for."}
    respond = {"status": status, "body": body, "headers": {}}
    shown = {"id": "fault_1", "match": {}, "respond": respond, "times": 1, "struck": 0}
    assert fault(respond={"status": status}) == shown


@pytest.mark.parametrize(
    ("wanted", "why"),
    [
        ({"respond": {"status": 199}}, "respond.status must be a status from 200 to 599"),
        ({"respond": {"status": 600}}, "respond.status must be a status from 200 to 599"),
        ({"respond": {"status": True}}, "respond.status must be a status from 200 to 599"),
        ({"respond": {"drop_connection": False}}, "respond must say either a status or"),
        ({"respond": {"drop_connection": 1}}, "respond.drop_connection must be true or false"),
        ({"respond": {"status": 500, "headers": []}}, "respond.headers must be an object"),
        ({"respond": {"status": 500, "headers": {"é": "x"}}}, "respond.headers.é must be a"),
        ({"respond": {"status": 500, "headers": {"a\n": "x"}}}, "respond.headers.a\n must be"),
        ({"respond": {"status": 500}, "times": True}, "times must be a whole number from 1 on"),
        ({"respond": {"status": 500}, "times": 1.5}, "times must be a whole number from 1 on"),
        (
            {"respond": {"status": 500}, "match": {"path": ""}},
            "match.path must be a string that is not empty",
        ),
        ({"respond": {"status": 5, "delay": 1}}, "respond.delay is unknown; known are status,"),
    ],
)
def test_a_fault_that_cannot_be_is_refused(wanted: dict[str, Any], why: str) -> None:
    with pytest.raises(ApiError) as caught:
        fault(**wanted)
    assert str(caught.value).startswith(why)


def test_a_fault_strikes_so_often_and_the_first_that_is_meant_goes_first() -> None:
    faults = Faults()
    first = faults.add({"respond": {"status": 500}, "match": {"method": "get"}, "times": 2})
    second = faults.add({"respond": {"status": 501}})
    assert [first.id, second.id] == ["fault_1", "fault_2"]
    calls = ["POST", "GET", "GET", "GET"]
    assert [faults.strike(method, "/v1/x", ()) for method in calls] == [second, first, first, None]
    assert (first.struck, first.spent, faults.pending()) == (2, True, False)
    faults.add({"respond": {"status": 500}, "times": None})
    assert faults.pending()


@pytest.mark.parametrize("name", ["ada@example.com", "U1"])
def test_a_fault_strikes_whatever_name_of_the_contact_a_call_uses(
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
            "journeys[0].entries[0].ejected_at must be an ISO-8601",
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
        ({"contacts": [{**ADA, "lists": [1]}]}, "contacts[0].lists must be an array of strings."),
        (
            {"contacts": [{**ADA, "merged_contact_ids": "p"}]},
            "contacts[0].merged_contact_ids must be an array of strings.",
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
    assert ada["created_at"] == ada["updated_at"] == "2024-01-01T10:00:00.123Z"
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
    made = {"Name": "x", "api_originated": False, "type": "x", "custom_fields": custom}
    account.seed({"contacts": [{**ADA, **made, "merged_contact_ids": ["old"]}]})
    ada = account.contacts["old"]
    assert (ada["Name"], ada["api_originated"], ada["type"]) == ("Ada", True, "contact")
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
