"""What Python code sees of an account: readable, with errors that name what is near."""

import pickle
from typing import Any

import pytest
import requests

from mock_autopilot import AccountView, MockAutopilot
from mock_autopilot.views import Calls
from tests.conftest import ask

ADA = {"Email": "ada@example.com", "contact_id": "person_1", "user_id": "u1", "FirstName": "Ada"}
ENTRY = {"contact_id": "person_1", "properties": {"n": [1]}}
JOURNEYS = [
    {"trigger_id": "0001", "journey_id": "campaign_1", "name": "Welcome", "entries": [ENTRY]},
    {"trigger_id": "bye"},
]
CUSTOM = [{"kind": "Plan", "fieldType": "string", "value": "pro"}]

HAS = (
    "Email, created_at, updated_at, api_originated, custom_fields, Name, FirstName, user_id, "
    "contact_id"
)


@pytest.fixture
def seeded(account: AccountView) -> AccountView:
    contacts = [{**ADA, "custom_fields": CUSTOM}, {"user_id": "u2", "contact_id": "person_2"}]
    account.seed({"contacts": contacts, "journeys": JOURNEYS})
    return account


def test_views_show_what_is_in_them(seeded: AccountView) -> None:
    assert repr(seeded.contacts) == "<ContactsView: 2 contacts: ada@example.com, u2>"
    assert repr(seeded.journeys) == "<JourneysView: 2 journeys: 0001 'Welcome', bye>"
    assert repr(seeded.journeys["0001"]) == "<JourneyView 'Welcome', trigger id 0001: 1 entry>"
    assert repr(seeded.journeys["bye"]) == "<JourneyView 'bye', trigger id bye: 0 entries>"
    reach = f"base_url={seeded.base_url!r}, api_key={seeded.api_key!r}"
    assert repr(seeded) == f"<AccountView {reach}: contacts=2, journeys=2, calls=0>"


def test_empty_views_say_so(account: AccountView) -> None:
    assert repr(account.contacts) == "<ContactsView: 0 contacts>"
    assert repr(account.journeys) == "<JourneysView: 0 journeys>"
    assert repr(account.calls) == "<Calls: 0 calls>"


def test_a_fake_shows_its_address_and_key() -> None:
    with MockAutopilot("my-key") as autopilot:
        reach = f"base_url={autopilot.base_url!r}, api_key='my-key'"
        assert repr(autopilot) == f"<MockAutopilot {reach}: contacts=0, journeys=0, calls=0>"


def test_a_closed_account_shows_that_it_is_closed(server: MockAutopilot) -> None:
    account = server.new_account()
    account.close()
    assert repr(account).endswith(f"api_key={account.api_key!r}: closed>")


def test_a_long_view_shows_the_first_five(account: AccountView) -> None:
    account.seed({"contacts": [{"Email": f"{n}@x.y"} for n in range(6)]})
    first = "0@x.y, 1@x.y, 2@x.y, 3@x.y, 4@x.y"
    assert repr(account.contacts) == f"<ContactsView: 6 contacts: {first}, …>"


def test_calls_show_what_was_answered_and_what_was_dropped() -> None:
    with MockAutopilot(journal_size=4) as autopilot:
        ask(autopilot, "GET", "contacts")
        ask(autopilot, "GET", "contacts")
        ask(autopilot, "GET", "contact/ada@example.com")
        fault = autopilot.fail_next(drop_connection=True)
        with pytest.raises(OSError, match="aborted"):
            ask(autopilot, "POST", "contact")
        autopilot.fail_next(503)
        ask(autopilot, "POST", "contact")
        calls = autopilot.calls
        assert calls.dropped == 1
        shown = [
            "#2 GET /v1/contacts: 200",
            "#3 GET /v1/contact/ada@example.com: 404",
            f"#4 POST /v1/contact: connection dropped ({fault})",
            "#5 POST /v1/contact: 503 (fault_2)",
        ]
        assert [*map(str, calls)] == shown
        assert repr(calls[0]) == f"<Call {shown[0]}>"
        older = "1 older ones were dropped"
        assert repr(calls) == f"<Calls: 4 calls: {', '.join(shown)}; {older}>"
        assert calls[:1] == list(calls)[:1]
        assert isinstance(calls, list)
    assert (Calls(), Calls().dropped) == ([], 0)


def test_calls_without_a_key_say_what_was_dropped_too() -> None:
    with MockAutopilot(journal_size=1) as autopilot:
        autopilot.new_account()
        for _ in range(3):
            requests.get(f"{autopilot.base_url}contacts", timeout=10)
        calls = autopilot.unauthenticated_calls
        assert (len(calls), calls.dropped) == (1, 2)


@pytest.mark.parametrize("name", [None, 42, b"u1", ("u1",)])
def test_what_is_no_text_is_not_there(seeded: AccountView, name: Any) -> None:
    for view in (seeded.contacts, seeded.journeys, seeded.contacts["u1"]):
        assert view.get(name) is None
        assert view.get(name, 5) == 5
        assert name not in view
        with pytest.raises(KeyError):
            view[name]


def test_get_and_in_search_for_no_near_names(
    seeded: AccountView, monkeypatch: pytest.MonkeyPatch
) -> None:
    ada = seeded.contacts["u1"]
    monkeypatch.setattr("mock_autopilot.views.similar", None)
    monkeypatch.setattr("mock_autopilot.views.did_you_mean", None)
    for view in (seeded.contacts, seeded.journeys, ada):
        assert view.get("nothing") is None
        assert "nothing" not in view
    with pytest.raises(TypeError):
        seeded.contacts["nothing"]


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("FristName", "a contact has no field 'FristName'; did you mean FirstName?"),
        ("firstname", "a contact has no field 'firstname'; did you mean FirstName?"),
        ("Plan", "'Plan' is a custom field: contact.custom['Plan']"),
        ("LastName", "the contact ada@example.com has no LastName"),
        (
            "zzz",
            f"a contact has no field 'zzz'; it has {HAS}",
        ),
    ],
)
def test_a_wrong_field_of_a_contact_names_the_right_one(
    seeded: AccountView, name: str, message: str
) -> None:
    with pytest.raises(KeyError) as caught:
        seeded.contacts["u1"][name]
    assert caught.value.args == (message,)


@pytest.mark.parametrize(
    ("name", "hint"),
    [
        ("Welcom", "nearest: Welcome; "),
        ("WELCOME", "nearest: Welcome; "),
        ("campaign_2", "nearest: campaign_1; "),
        ("0002", "nearest: 0001; "),
        ("zzz", ""),
    ],
)
def test_a_wrong_journey_names_the_nearest_by_name_or_id(
    seeded: AccountView, name: str, hint: str
) -> None:
    with pytest.raises(KeyError) as caught:
        seeded.journeys[name]
    wanted = f"the trigger id, journey id or name {name!r}"
    assert caught.value.args == (f"no journey has {wanted}; {hint}there are: 0001 'Welcome', bye",)


def test_no_more_than_twenty_journeys_are_named(account: AccountView) -> None:
    for count, last in ((20, ", 0018, 0019"), (21, ", 0018, 0019, …")):
        account.seed({"journeys": [{"trigger_id": f"{n:04}"} for n in range(count)]})
        with pytest.raises(KeyError) as caught:
            account.journeys["zzz"]
        assert caught.value.args[0].endswith(last)
    with pytest.raises(KeyError, match="nearest: 0019, 0018, 0017; there are"):
        account.journeys["001"]


def test_what_views_hand_out_does_not_change_the_account(seeded: AccountView) -> None:
    state = seeded.state
    ada = seeded.contacts["u1"]
    ada.custom["Plan"] = "x"
    ada.custom_types["Plan"] = "x"
    ada["custom_fields"][0]["value"] = "x"
    (entry,) = seeded.journeys["Welcome"].entries
    entry.properties["n"].append(2)
    assert entry.contact
    entry.contact.custom.clear()
    seeded.state["contacts"].clear()
    assert seeded.state == state
    assert seeded.contacts["u1"].custom == {"Plan": "pro"}
    assert seeded.journeys["Welcome"].entries[0].properties == {"n": [1]}


def test_a_contact_has_its_best_name_and_the_types_of_its_custom_fields(
    seeded: AccountView,
) -> None:
    ada, other = seeded.contacts["person_1"], seeded.contacts["person_2"]
    assert (ada.identifier, other.identifier) == ("ada@example.com", "u2")
    assert (ada.custom, ada.custom_types) == ({"Plan": "pro"}, {"Plan": "string"})
    assert pickle.loads(pickle.dumps(ada)) == ada


def test_the_name_of_a_defined_journey_goes_before_a_trigger_made_by_its_use(
    account: AccountView,
) -> None:
    url, headers = (
        f"{account.base_url}trigger/Welcome/contact",
        {"autopilotapikey": account.api_key},
    )
    requests.post(url, headers=headers, json={"contact": {"Email": "a@b.c"}}, timeout=10)
    made = account.journeys["Welcome"]
    assert [entry.contact_id for entry in made.entries] == list(account.contacts)
    account.add_journey("Welcome", "0001")
    assert account.journeys["Welcome"].trigger_id == "0001"
    assert list(account.journeys) == [made.journey_id, "0001"]
    assert [one.trigger_id for one in account.journeys.values()] == ["Welcome", "0001"]


def test_a_trigger_goes_before_a_journey_that_is_named_as_it(account: AccountView) -> None:
    account.add_journey("Welcome", "0001")
    account.add_journey("0001", "0002")
    assert account.journeys["0001"].name == "Welcome"
