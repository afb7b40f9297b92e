"""What `export` returns: the case, the pytest file, and that both are right."""

import json
from pathlib import Path
from typing import Any

import pytest
import requests

from contract_tests.cases.format import read_case
from mock_autopilot import AccountView, ApiError, MockAutopilot, SeedWarning
from tests.conftest import ask
from tests.export.support import Received, reformatted, replayed, run_here, run_pytest


def fill(account: AccountView) -> None:
    """Make calls of many kinds: a merge, a bulk call, journeys, rejections, an ejection."""
    account.add_journey("Onboarding", "0001")
    custom = {"integer--Age": 36, "string--Lucky--Number": 'it\'s "seven"', "boolean--A": True}
    ada = {"Email": "Ada@example.com", "FirstName": "Ada", "custom": custom}
    ada_id = ask(account, "POST", "contact", {"contact": ada})["contact_id"]
    ask(account, "POST", f"trigger/0001/contact/{ada_id}", {"property": {"total": 2.5}})
    ask(account, "POST", "trigger/made/contact/ada@example.com", {"property": {"who": ada_id}})
    ask(account, "POST", "contact", {"contact": {"user_id": "u1", "LastName": "King"}})
    ask(account, "POST", "contact", {"contact": {"user_id": "u1", "Email": "ada@example.com"}})
    people = [{"Email": "b@example.com"}, {"Email": "ada@example.com"}, {"user_id": "u3"}]
    ids = ask(account, "POST", "contacts", {"contacts": people})["contact_ids"]
    ask(account, "POST", f"contact/{ids[2]}/unsubscribe")
    journey_id = account.journeys["made"].journey_id
    ask(account, "DELETE", f"journey/{journey_id}/contact/{ada_id}")
    ask(account, "DELETE", "contact/b%40example.com")
    ask(account, "GET", "contacts")
    ask(account, "GET", "contact/nobody")
    ask(account, "POST", "contact", {"contact": {"FirstName": "No one", "NumberOfEmployees": 1e30}})


def test_the_case(account: AccountView, tmp_path: Path) -> None:
    fill(account)
    case = account.export().case
    assert account.api_key not in json.dumps(case)
    assert case["account"] == {
        "state": {"journeys": [{"trigger_id": "0001", "name": "Onboarding", "entries": []}]}
    }
    calls = case["calls"]
    assert len(calls) == len(account.calls)
    assert calls[0]["body"]["contact"]["Email"] == "Ada@example.com"
    assert calls[0]["answer"] == {"contact_id": "person_1"}
    assert calls[1]["path"] == "/v1/trigger/0001/contact/person_1"
    assert calls[2]["body"] == {"property": {"who": "person_1"}}
    assert calls[5]["answer"]["contact_ids"] == ["person_3", "person_1", "person_4"]
    assert calls[7]["path"] == "/v1/journey/made/contact/person_1"
    assert "body" not in calls[7]
    assert calls[8] == {
        "method": "DELETE", "path": "/v1/contact/b@example.com", "status": 200, "answer": {},
    }  # fmt: skip
    assert calls[9]["answer"] == {"total_contacts": 2}
    assert [call["status"] for call in calls[10:]] == [400, 400]
    assert calls[10]["answer"]["message"] == "Invalid contact_id_or_email value provided."
    assert [contact.get("user_id") for contact in case["expect"]["contacts"]] == ["u1", "u3"]
    assert case["expect"]["journeys"] == {
        "0001": [{"contact": "person_1", "properties": {"total": 2.5}}],
        "made": [{"contact": "person_1", "properties": {"who": "person_1"}, "ejected": True}],
    }
    file = tmp_path / "recorded.json"
    file.write_text(json.dumps(case), "utf-8")
    assert read_case(file).id == "recorded"
    assert replayed(case) == []


def test_the_pytest_file_passes_and_is_formatted(account: AccountView, tmp_path: Path) -> None:
    fill(account)
    source = account.export().pytest_source
    assert account.api_key not in source
    assert "1 passed" in run_pytest(tmp_path, source)
    assert reformatted(tmp_path, source) == ""
    assert max(map(len, source.splitlines())) <= 100


def test_the_pytest_file_reads_as_if_written_by_hand(account: AccountView) -> None:
    ask(account, "POST", "contact", {"contact": {"Email": "ada@example.com"}})
    contact_id = next(iter(account.contacts))
    ask(account, "POST", f"trigger/0001/contact/{contact_id}", {"property": {"n": 1}})
    _, _, test = account.export().pytest_source.partition("def test_recorded_calls")
    assert (
        test
        == """() -> None:
    with MockAutopilot() as autopilot:
        answer = call(autopilot, "POST", "/v1/contact", {"contact": {"Email": "ada@example.com"}})
        assert answer.status_code == 200
        person_1 = answer.json()["contact_id"]

        answer = call(
            autopilot, "POST", f"/v1/trigger/0001/contact/{person_1}", {"property": {"n": 1}}
        )
        assert answer.status_code == 200

        state = autopilot.state
        assert [sent(contact) for contact in state["contacts"]] == [{"Email": "ada@example.com"}]
        journeys = {one["trigger_id"]: entries(one) for one in state["journeys"]}
        assert journeys["0001"] == [(person_1, {"n": 1}, False)]
"""
    )


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("status_code == 200", "status_code == 201"),
        ('"ada@example.com"}]', '"eve@example.com"}]'),
        ("[(person_1, {", '[("person_2", {'),
        ("1}, False)", "2}, False)"),
        ("1}, False)", "1}, True)"),
    ],
)
def test_the_pytest_file_can_fail(account: AccountView, old: str, new: str) -> None:
    body = {"contact": {"Email": "ada@example.com"}, "property": {"n": 1}}
    ask(account, "POST", "trigger/0001/contact", body)
    source = account.export().pytest_source
    run_here(source)
    changed = source.replace(old, new)
    assert changed != source
    with pytest.raises(AssertionError):
        run_here(changed)


STATE: dict[str, Any] = {
    "contacts": [
        {"Email": "old", "custom": {"date--Born": "1990-05-04"}},
        {"user_id": "u9", "contact_id": "own-id"},
        {"Email": "kay@example.com", "_autopilot_list": "list_1"},
    ],
    "lists": [{"list_id": "list_1", "title": "Customers"}],
    "journeys": [{"trigger_id": "t1"}],
}


@pytest.mark.parametrize("anonymise", [False, True])
def test_a_seeded_account(tmp_path: Path, anonymise: bool) -> None:
    with pytest.warns(SeedWarning):
        autopilot = MockAutopilot(seed=STATE, auto_journeys=False)
    with autopilot:
        kay = autopilot.contacts["kay@example.com"].contact_id
        ask(autopilot, "POST", f"trigger/t1/contact/{kay}")
        ask(autopilot, "POST", "trigger/t2/contact/own-id")
        ask(autopilot, "POST", "trigger/t1/contact/own-id")
        ask(autopilot, "POST", "contact", {"contact": {"Email": "New@example.com"}})
        ask(autopilot, "DELETE", f"journey/t1/contact/{kay}")
        export = autopilot.export(anonymise=anonymise)
    assert [call["status"] for call in export.case["calls"]] == [200, 404, 200, 200, 204]
    assert export.case["account"]["auto_journeys"] is False
    assert export.case["calls"][0]["path"] == "/v1/trigger/t1/contact/person_3"
    assert export.case["calls"][3]["answer"] == {"contact_id": "person_4"}
    assert replayed(export.case) == []
    report = run_pytest(tmp_path, export.pytest_source)
    assert "1 passed" in report, report
    assert reformatted(tmp_path, export.pytest_source) == ""


def test_a_strict_account() -> None:
    received = Received(strict=True)
    received.call("POST", "/v1/contact", {"contact": {"Email": "nobody", "Title": "x"}})
    received.call("POST", "/v1/contact", {"contact": {"Email": "ada@example.com", "Title": "x"}})
    export = received.export()
    assert [call["status"] for call in export.case["calls"]] == [400, 200]
    assert export.case["account"] == {"strict": True}
    run_here(export.pytest_source)
    run_here(received.export(anonymise=True).pytest_source)


# --- where it begins ---


def test_calls_before_a_seed_are_not_part_of_it(account: AccountView) -> None:
    ask(account, "POST", "contact", {"contact": {"Email": "before@example.com"}})
    account.seed({"contacts": [{"Email": "seeded@example.com"}]})
    ask(account, "GET", "contact/seeded@example.com")
    export = account.export()
    assert [call["path"] for call in export.case["calls"]] == ["/v1/contact/seeded@example.com"]
    assert export.case["account"]["state"]["contacts"][0]["contact_id"] == "person_1"
    run_here(export.pytest_source)


def test_a_journey_that_was_defined_between_calls_is_there_from_the_beginning(
    account: AccountView,
) -> None:
    ask(account, "POST", "contact", {"contact": {"Email": "ada@example.com"}})
    account.add_journey("Welcome", "0001")
    ask(account, "POST", "trigger/0001/contact/ada@example.com")
    export = account.export()
    assert len(export.case["calls"]) == 2
    (journey,) = export.case["account"]["state"]["journeys"]
    assert (journey["trigger_id"], journey["name"]) == ("0001", "Welcome")
    run_here(export.pytest_source)


def test_a_journey_that_is_given_another_name_stands_once(account: AccountView) -> None:
    account.seed({"journeys": [{"trigger_id": "0001"}]})
    account.add_journey("Other", "0002")
    account.add_journey("New", "0001")
    ask(account, "GET", "triggers")
    journeys = account.export().case["account"]["state"]["journeys"]
    assert [journey["name"] for journey in journeys] == ["New", "Other"]


def test_after_a_reset(account: AccountView) -> None:
    account.seed({"contacts": [{"Email": "seeded@example.com"}]})
    account.reset()
    ask(account, "POST", "contact", {"contact": {"Email": "ada@example.com"}})
    assert "account" not in account.export().case


def test_after_a_reset_to_a_seed() -> None:
    with MockAutopilot(seed={"contacts": [{"Email": "seeded@example.com"}]}) as autopilot:
        ask(autopilot, "DELETE", "contact/seeded@example.com")
        autopilot.reset()
        ask(autopilot, "GET", "contact/seeded@example.com")
        export = autopilot.export()
    assert [call["status"] for call in export.case["calls"]] == [200]
    run_here(export.pytest_source)


def test_after_the_record_was_emptied(account: AccountView) -> None:
    ask(account, "POST", "contact", {"contact": {"Email": "ada@example.com"}})
    key = {"autopilotapikey": account.api_key}
    url = account.base_url.replace("/v1/", "/_mock/calls")
    requests.delete(url, headers=key, timeout=10).raise_for_status()
    ask(account, "POST", "contact", {"contact": {"Email": "bob@example.com"}})
    export = account.export()
    assert len(export.case["calls"]) == 1
    assert export.case["calls"][0]["answer"] == {"contact_id": "person_2"}
    run_here(export.pytest_source)


# --- the control call ---


def test_the_control_call_answers_the_same(account: AccountView) -> None:
    ask(account, "POST", "contact", {"contact": {"Email": "ada@example.com"}})
    url = account.base_url.replace("/v1/", "/_mock/export")
    headers = {"autopilotapikey": account.api_key}
    for anonymise in (0, 1):
        answer = requests.get(f"{url}?anonymise={anonymise}", headers=headers, timeout=10)
        assert answer.json() == account.export(anonymise=bool(anonymise)).to_json()
    wrong = requests.get(f"{url}?anonymise=yes", headers=headers, timeout=10)
    assert wrong.status_code == 400
    assert "anonymise must be 1 or 0, got 'yes'." in wrong.json()["message"]


def test_it_is_refused_without_calls(account: AccountView) -> None:
    with pytest.raises(ApiError, match="it was no call that could be made again") as refused:
        account.export()
    assert refused.value.status == 409
