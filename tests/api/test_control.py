"""The control calls: what a test harness asks."""

import re

import pytest
import requests

from mock_autopilot import AccountView, MockAutopilot
from tests.api.conftest import Call
from tests.conftest import ask


def test_health_is_ok(control: Call) -> None:
    assert control("GET", "health").json()["status"] == "ok"


def test_control_calls_are_not_recorded(control: Call, account: AccountView) -> None:
    control("GET", "state")
    control("GET", "calls")
    assert account.calls == []


def test_a_control_call_without_a_key_is_for_the_only_account(session: requests.Session) -> None:
    with MockAutopilot() as autopilot:
        state = f"{autopilot.base_url.removesuffix('v1/')}_mock/state"
        assert session.get(state, timeout=10).status_code == 200
        autopilot.new_account()
        refused = session.get(state, timeout=10)
        assert refused.status_code == 400
        assert "2 accounts" in refused.json()["message"]


def test_a_control_call_with_an_unknown_key_is_404(control: Call) -> None:
    refused = control("GET", "state", autopilotapikey="wrong-key")
    assert refused.status_code == 404
    assert refused.json()["message"] == "No account has the key …-key."


@pytest.mark.parametrize(
    ("path", "hint"),
    [
        ("call", "; did you mean /_mock/calls?"),
        ("fault", "; did you mean /_mock/faults?"),
        ("calls/", ". It has a slash at its end; the call is /_mock/calls"),
        ("xyz", ""),
    ],
)
def test_an_unknown_control_call_is_404_with_the_nearest(
    control: Call, path: str, hint: str
) -> None:
    refused = control("GET", path)
    assert refused.status_code == 404
    assert refused.json()["message"].endswith(f"(or this fake does not imitate it){hint}")


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
def test_recorded_calls_can_be_filtered(
    control: Call, four_calls: list[int], filters: str, found: list[int]
) -> None:
    shown = control("GET", f"calls?{filters}").json()
    assert [four_calls.index(recorded["number"]) for recorded in shown["calls"]] == found
    assert shown["dropped"] == 0


def test_after_shows_the_calls_that_follow_a_number(control: Call, four_calls: list[int]) -> None:
    shown = control("GET", f"calls?after={four_calls[1]}&limit=1").json()
    assert [recorded["number"] for recorded in shown["calls"]] == [four_calls[2]]
    assert shown["total"] == 2  # before the limit


def test_before_shows_the_calls_that_precede_a_number(control: Call, four_calls: list[int]) -> None:
    shown = control("GET", f"calls?before={four_calls[3]}&limit=2").json()
    assert [recorded["number"] for recorded in shown["calls"]] == four_calls[1:3]
    assert shown["total"] == 3


def test_after_and_before_can_be_combined(control: Call, four_calls: list[int]) -> None:
    shown = control("GET", f"calls?after={four_calls[0]}&before={four_calls[3]}").json()
    assert [recorded["number"] for recorded in shown["calls"]] == four_calls[1:3]


def test_delete_calls_clears_the_record_only(
    control: Call, four_calls: list[int], account: AccountView
) -> None:
    assert four_calls
    assert control("DELETE", "calls").status_code == 200
    assert account.calls == []
    assert len(account.contacts) == 1


ADA = {"Email": "ada@example.com"}


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


def test_reset_goes_back_to_the_seed(session: requests.Session) -> None:
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


@pytest.mark.parametrize("host", ["evil.example", "evil.example:80", "localhost.evil.example", ""])
def test_a_foreign_host_is_refused(control: Call, host: str) -> None:
    assert control("GET", "health", Host=host).status_code == 403


@pytest.mark.parametrize("host", ["localhost", "127.0.0.1:1", "[::1]:80", "LOCALHOST:5"])
def test_the_names_of_this_machine_are_allowed_as_host(control: Call, host: str) -> None:
    assert control("GET", "health", Host=host).status_code == 200


@pytest.mark.parametrize("origin", ["https://evil.example", "null", "http://127.0.0.1:1"])
def test_a_page_of_another_origin_is_refused(
    control: Call, account: AccountView, call: Call, origin: str
) -> None:
    call("GET", "contacts")
    assert control("POST", "reset", Origin=origin).status_code == 403
    assert len(account.calls) == 1


def test_a_page_of_the_server_itself_is_allowed(control: Call, account: AccountView) -> None:
    origin = account.base_url.removesuffix("/v1/")
    assert control("GET", "health", Origin=origin).status_code == 200


@pytest.mark.parametrize(
    ("method", "path", "status"), [("GET", "nothing", 404), ("PUT", "reset", 405)]
)
def test_unknown_control_paths_and_methods_are_404_and_405(
    control: Call, method: str, path: str, status: int
) -> None:
    answer = control(method, path)
    assert answer.status_code == status
    assert answer.json()["message"]


def test_a_flag_is_one_or_nought_and_named_shortened(control: Call, account: AccountView) -> None:
    ask(account, "GET", "contacts")
    for said in ("", "?anonymise=0", "?anonymise=1"):
        assert control("GET", f"export{said}").status_code == 200
    refused = control("GET", f"export?anonymise={'x' * 41}")
    assert refused.status_code == 400
    assert refused.json()["message"] == f"anonymise must be 1 or 0, got {'x' * 40!r}."
