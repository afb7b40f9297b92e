"""The control calls: what a test harness asks."""

import re
from typing import Any

import pytest
import requests

from mock_autopilot import AccountView, MockAutopilot
from tests.api.conftest import Call


def test_health(control: Call) -> None:
    assert control("GET", "health").json()["status"] == "ok"


def test_control_calls_are_not_recorded(control: Call, account: AccountView) -> None:
    control("GET", "state")
    control("GET", "calls")
    assert account.calls == []


# --- which account -----------------------------------------------------------------------------


def test_without_a_key_the_only_account_is_meant(session: requests.Session) -> None:
    with MockAutopilot() as autopilot:
        state = f"{autopilot.base_url.removesuffix('v1/')}_mock/state"
        assert session.get(state, timeout=10).status_code == 200
        autopilot.new_account()
        refused = session.get(state, timeout=10)
        assert refused.status_code == 400
        assert "2 accounts" in refused.json()["message"]


def test_an_unknown_account_is_told(control: Call) -> None:
    refused = control("GET", "state", autopilotapikey="wrong-key")
    assert refused.status_code == 404
    assert refused.json()["message"] == "No account has the key …-key."


def test_accounts_are_isolated(call: Call, control: Call, account: AccountView) -> None:
    fresh = control("POST", "accounts").json()["api_key"]
    call("POST", "contact", {"contact": {"Email": "ada@example.com"}})
    call("POST", "trigger/0001/contact/ada@example.com")
    assert control("GET", "state", autopilotapikey=fresh).json() == {
        "contacts": [],
        "lists": [],
        "journeys": [],
    }
    assert control("GET", "calls", autopilotapikey=fresh).json()["total"] == 0
    assert call("GET", "contact/ada@example.com", key=fresh).status_code == 404
    assert control("POST", "reset", autopilotapikey=fresh).status_code == 200
    assert len(account.contacts) == 1


# --- calls -------------------------------------------------------------------------------------


@pytest.fixture
def four_calls(call: Call, account: AccountView) -> list[int]:
    call("POST", "contact", {"contact": {"Email": "ada@example.com"}})
    call("GET", "contact/ada@example.com")
    call("GET", "contact/nobody@example.com")
    call("GET", "contacts")
    return [recorded.number for recorded in account.calls]


@pytest.mark.parametrize(
    ("filters", "found"),
    [
        ("", [0, 1, 2, 3]),
        ("method=get", [1, 2, 3]),
        ("path=/v1/contacts", [3]),
        ("path=/v1/contact/*", [1, 2]),
        ("status=404", [2]),
        ("status=2xx", [0, 1, 3]),
        ("limit=2", [2, 3]),
        ("limit=0", []),
        ("method=GET&status=200&limit=1", [3]),
    ],
)
def test_filters(control: Call, four_calls: list[int], filters: str, found: list[int]) -> None:
    shown = control("GET", f"calls?{filters}").json()
    assert [four_calls.index(recorded["number"]) for recorded in shown["calls"]] == found
    assert shown["dropped"] == 0


def test_after_goes_on_where_one_was(control: Call, four_calls: list[int]) -> None:
    shown = control("GET", f"calls?after={four_calls[1]}&limit=1").json()
    assert [recorded["number"] for recorded in shown["calls"]] == [four_calls[2]]
    assert shown["total"] == 2  # before the limit


def test_before_goes_back_from_where_one_was(control: Call, four_calls: list[int]) -> None:
    shown = control("GET", f"calls?before={four_calls[3]}&limit=2").json()
    assert [recorded["number"] for recorded in shown["calls"]] == four_calls[1:3]
    assert shown["total"] == 3


def test_after_and_before_together(control: Call, four_calls: list[int]) -> None:
    shown = control("GET", f"calls?after={four_calls[0]}&before={four_calls[3]}").json()
    assert [recorded["number"] for recorded in shown["calls"]] == four_calls[1:3]


@pytest.mark.parametrize("filters", ["status=ok", "after=x", "limit=-1", "colour=red"])
def test_a_wrong_filter_is_named(control: Call, filters: str) -> None:
    refused = control("GET", f"calls?{filters}")
    assert refused.status_code == 400
    assert refused.json()["message"].startswith(filters.partition("=")[0])


def test_calls_are_forgotten(control: Call, four_calls: list[int], account: AccountView) -> None:
    assert four_calls
    assert control("DELETE", "calls").status_code == 200
    assert account.calls == []
    assert len(account.contacts) == 1


# --- state -------------------------------------------------------------------------------------


def test_the_state_goes_round_exactly(call: Call, control: Call) -> None:
    custom = {"integer--Lucky--Number": 7, "odd": [1], "string--": "", "date--d": "soon"}
    upsert = {"Email": "Ada@example.com", "user_id": "u1", "FirstName": "Ada", "shoe": {"a": 1}}
    call("POST", "contact", {"contact": {"user_id": "u1", "LastName": "King"}})
    call("POST", "contact", {"contact": {"Email": "ada@example.com", "custom": custom}})
    call("POST", "trigger/0001/contact", {"contact": {"user_id": "u1"}, "property": {"a": None}})
    call("POST", "contact", {"contact": upsert})  # merges the two
    call("DELETE", "journey/0001/contact/ada@example.com")
    call("POST", "trigger/0002/contact", {"contact": {"Email": "gone@example.com"}})
    call("DELETE", "contact/gone@example.com")
    state = control("GET", "state").json()
    assert len(state["contacts"]) == 1
    assert state["contacts"][0]["merged_contact_ids"]
    fresh = control("POST", "accounts").json()["api_key"]
    assert control("PUT", "state", state, autopilotapikey=fresh).json()["contacts"]
    assert control("GET", "state", autopilotapikey=fresh).json() == state
    answer = control("PUT", "state", state).json()
    assert {(one["id"], one["field"]) for one in answer.pop("warnings")} == {
        ("unknown-field", "contacts[0].shoe")
    }
    assert answer == state


def test_a_state_may_be_written_by_hand(control: Call, account: AccountView) -> None:
    state = {
        "contacts": [{"Email": "ada@example.com", "custom": {"integer--n": 1}, "lists": ["l1"]}],
        "lists": [{"list_id": "l1", "title": "News"}],
        "journeys": [{"trigger_id": "0001", "name": "Welcome"}, {"trigger_id": "x"}],
    }
    assert control("PUT", "state", state).status_code == 200
    contact = account.contacts["ada@example.com"]
    assert contact.contact_id.startswith("person_")
    assert (contact.custom, contact["lists"]) == ({"n": 1}, ["l1"])
    assert [journey.name for journey in account.journeys.values()] == ["Welcome", "x"]


ADA = {"Email": "ada@example.com"}
WRONG: list[tuple[Any, str]] = [
    ([], "The state must be a JSON object"),
    ({"contact": []}, "contact is unknown"),
    ({"contacts": {}}, "contacts must be an array"),
    ({"contacts": [5]}, "contacts[0] must be an object"),
    ({"contacts": [ADA, {"Email": 5}]}, "contacts[1].Email must be a string"),
    ({"contacts": [ADA, {"Title": "x"}]}, "contacts[1] has neither Email nor user_id"),
    ({"contacts": [{"user_id": "u"}, {"user_id": "u"}]}, "contacts[1].user_id stands twice"),
    (
        {"contacts": [ADA | {"contact_id": ""}]},
        "contacts[0].contact_id must be a string that is not empty",
    ),
    (
        {"contacts": [{"user_id": f"{n}", "contact_id": "p"} for n in range(2)]},
        "contacts[1].contact_id stands twice",
    ),
    ({"contacts": [ADA | {"created_at": "never"}]}, "contacts[0].created_at must be an ISO-8601"),
    ({"contacts": [ADA | {"lists": ["l1"]}]}, "contacts[0].lists names 'l1'"),
    ({"contacts": [ADA | {"lists": "l1"}]}, "contacts[0].lists must be an array"),
    (
        {"contacts": [ADA | {"custom_fields": [{"kind": "a"}]}]},
        "contacts[0].custom_fields[0].value is missing",
    ),
    (
        {"contacts": [ADA | {"custom_fields": [{"kind": 5, "value": 1}]}]},
        "contacts[0].custom_fields[0].kind must be a string",
    ),
    (
        {"contacts": [ADA | {"custom_fields": [{"kind": "a", "value": 1, "fieldType": "x"}]}]},
        "contacts[0].custom_fields[0].fieldType must be one of",
    ),
    ({"lists": [{"list_id": "l1"}]}, "lists[0].title is missing."),
    ({"lists": [{"list_id": "l", "title": "x"}] * 2}, "lists[1].list_id stands twice"),
    ({"journeys": [{"name": "x"}]}, "journeys[0].trigger_id is missing"),
    ({"journeys": [{"trigger_id": "x"}] * 2}, "journeys[1].trigger_id stands twice"),
    ({"journeys": [{"trigger_id": "x", "colour": 1}]}, "journeys[0].colour is unknown"),
    (
        {"journeys": [{"trigger_id": "x", "entries": [{}]}]},
        "journeys[0].entries[0].contact_id is missing",
    ),
    (
        {"journeys": [{"trigger_id": "x", "entries": [{"contact_id": "p", "properties": []}]}]},
        "journeys[0].entries[0].properties must be an object",
    ),
]


@pytest.mark.parametrize(("state", "message"), WRONG)
def test_a_wrong_state_names_the_field_and_changes_nothing(
    call: Call, control: Call, state: Any, message: str
) -> None:
    call("POST", "contact", {"contact": {"Email": "bob@example.com"}})
    before = control("GET", "state").json()
    refused = control("PUT", "state", state)
    assert refused.status_code == 400
    assert refused.json()["message"].startswith(message)
    assert control("GET", "state").json() == before


# --- journeys, reset ---------------------------------------------------------------------------


def test_journeys_are_defined(control: Call, account: AccountView) -> None:
    answer = control("POST", "journeys", {"name": "Welcome"})
    welcome = account.journeys["Welcome"].journey_id
    assert re.fullmatch(r"campaign_[0-9A-F]{8}(-[0-9A-F]{4}){3}-[0-9A-F]{12}", welcome)
    assert answer.json() == {"trigger_id": "0001", "journey_id": welcome, "name": "Welcome"}
    answer = control("POST", "journeys", {"name": "Bye", "trigger_id": "bye"})
    bye = account.journeys["bye"].journey_id
    assert answer.json() == {"trigger_id": "bye", "journey_id": bye, "name": "Bye"}
    assert bye != welcome
    assert list(account.journeys) == ["0001", "bye"]


@pytest.mark.parametrize(
    ("body", "field"),
    [({}, "name"), ({"name": " "}, "name"), ({"name": "x", "trigger_id": 1}, "trigger_id")],
)
def test_a_journey_needs_a_name(control: Call, body: object, field: str) -> None:
    refused = control("POST", "journeys", body)
    assert refused.status_code == 400
    assert refused.json()["message"].startswith(field)


def test_reset_goes_back_to_the_beginning(session: requests.Session) -> None:
    seed = {"contacts": [ADA], "journeys": [{"trigger_id": "0001", "name": "Welcome"}]}
    with MockAutopilot(seed=seed) as autopilot:
        headers = {"autopilotapikey": autopilot.api_key}
        url = f"{autopilot.base_url}contact/ada@example.com"
        assert session.delete(url, headers=headers, timeout=10).status_code == 200
        autopilot.add_journey("Other")
        autopilot.reset()
        assert "ada@example.com" in autopilot.contacts
        assert list(autopilot.journeys) == ["0001"]
        assert autopilot.calls == []


# --- who may ask -------------------------------------------------------------------------------


@pytest.mark.parametrize("host", ["evil.example", "evil.example:80", "localhost.evil.example", ""])
def test_a_foreign_host_is_refused(control: Call, host: str) -> None:
    assert control("GET", "health", Host=host).status_code == 403


@pytest.mark.parametrize("host", ["localhost", "127.0.0.1:1", "[::1]:80", "LOCALHOST:5"])
def test_this_machine_is_not(control: Call, host: str) -> None:
    assert control("GET", "health", Host=host).status_code == 200


@pytest.mark.parametrize("origin", ["https://evil.example", "null", "http://127.0.0.1:1"])
def test_a_page_of_another_origin_is_refused(
    control: Call, account: AccountView, call: Call, origin: str
) -> None:
    call("GET", "contacts")
    assert control("POST", "reset", Origin=origin).status_code == 403
    assert len(account.calls) == 1


def test_a_page_of_the_server_itself_is_not(control: Call, account: AccountView) -> None:
    origin = account.base_url.removesuffix("/v1/")
    assert control("GET", "health", Origin=origin).status_code == 200


@pytest.mark.parametrize(
    ("method", "path", "status"), [("GET", "nothing", 404), ("PUT", "reset", 405)]
)
def test_other_paths_and_methods(control: Call, method: str, path: str, status: int) -> None:
    answer = control(method, path)
    assert answer.status_code == status
    assert answer.json()["message"]
