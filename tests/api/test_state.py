"""The state of an account: saved, loaded, and written by hand."""

import time

import pytest

from mock_autopilot import AccountView, SeedWarning
from tests.api.calls import ADA, Call, Fake


def test_a_saved_state_is_the_same_after_it_is_loaded(call: Call, control: Call) -> None:
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


SEED = {
    "contacts": [{"Email": "ada@example.com", "Firstname": "Ada", "lists": ["l", "l"]}],
    "lists": [{"list_id": "l", "title": "News"}],
}


def test_each_questionable_part_of_a_seed_is_a_warning(account: AccountView) -> None:
    with pytest.warns(SeedWarning) as shown:
        account.seed(SEED)
    assert [str(one.message).partition(": ")[2].partition(":")[0] for one in shown] == [
        "contacts[0].Firstname",
        "contacts[0].lists",
    ]
    assert account.contacts["ada@example.com"]["lists"] == ["l"]


def test_a_reset_brings_back_the_same_ids_and_times() -> None:
    seed = {"contacts": [ADA, {"user_id": "u"}]}
    fake = Fake(seed, journeys=(("Welcome", None),))
    before = fake.call("GET", "contacts").json
    (journey,) = fake.journeys()
    fake.call("POST", "contact", {"contact": ADA | {"Title": "x"}})
    fake.call("DELETE", "contact/ada@example.com")
    fake.account.reset()
    assert fake.call("GET", "contacts").json == before
    assert fake.journeys() == [journey]
