"""Journeys over HTTP: triggers, entries, ejections."""

from typing import Any

import pytest
import requests

from mock_autopilot import AccountView, ApiError, MockAutopilot
from tests.api.calls import ADA, Call, upsert


def test_triggers_are_listed(call: Call, account: AccountView) -> None:
    assert account.add_journey("Welcome") == "0001"
    assert account.add_journey("Goodbye", "bye") == "bye"
    assert account.add_journey("Again") == "0002"
    assert call("GET", "triggers").json() == {
        "triggers": [
            {"trigger_id": "0001", "journey": "Welcome", "trigger_type": "apiTrigger"},
            {"trigger_id": "bye", "journey": "Goodbye", "trigger_type": "apiTrigger"},
            {"trigger_id": "0002", "journey": "Again", "trigger_type": "apiTrigger"},
        ]
    }


@pytest.mark.parametrize("body", [None, {}, {"property": {"step": 1, "deep": {"a": [None]}}}])
def test_a_contact_enters_with_its_properties(
    call: Call, account: AccountView, body: dict[str, Any] | None
) -> None:
    contact_id = upsert(call, **ADA)
    for who in (contact_id, "ADA@example.com"):
        answer = call("POST", f"trigger/0001/contact/{who}", body)
        assert answer.status_code == 200
        order = answer.json()
        assert (order["trigger_id"], order["contact_id_or_email"]) == ("0001", who)
        assert order["apiContact"]["_id"] == f"contacts_{contact_id}"
        assert order["apiContact"]["FirstName"] == "Ada"
    entries = account.journeys["0001"].entries
    assert [entry.contact_id for entry in entries] == [contact_id, contact_id]
    assert [entry.properties for entry in entries] == [(body or {}).get("property", {})] * 2
    assert entries[0].ejected_at is None


def test_an_unknown_contact_enters_nothing(call: Call, account: AccountView) -> None:
    answer = call("POST", "trigger/0001/contact/nobody@example.com", {"property": {}})
    assert answer.status_code == 404
    assert answer.json()["message"] == "Contact could not be found."
    assert not account.journeys


def test_a_contact_can_come_with_the_trigger(call: Call, account: AccountView) -> None:
    body = {"contact": {"Email": "ada@example.com"}, "property": {"step": 1}}
    answer = call("POST", "trigger/0001/contact", body)
    assert answer.status_code == 200
    (entry,) = account.journeys["0001"].entries
    assert entry.contact_id == answer.json()["contact_id"]
    assert entry.properties == {"step": 1}
    assert account.calls[-1].warnings == ()  # an address is enough to enter by


def test_a_contact_that_is_refused_does_not_enter(call: Call, account: AccountView) -> None:
    for contact in ({}, {"Email": 5}):
        assert call("POST", "trigger/0001/contact", {"contact": contact}).status_code == 400
    assert not account.contacts
    assert not account.journeys


def test_properties_must_be_an_object(call: Call, account: AccountView) -> None:
    upsert(call, **ADA)
    refused = call("POST", "trigger/0001/contact/ada@example.com", {"property": [1]})
    assert refused.status_code == 400
    assert refused.json()["message"] == "property must be an object, got an array."
    assert not account.journeys


def test_an_unknown_key_beside_the_property_is_warned_about(
    call: Call, account: AccountView
) -> None:
    upsert(call, **ADA)
    call("POST", "trigger/0001/contact/ada@example.com", {"properties": {"step": 1}})
    (warning,) = account.calls[-1].warnings
    assert (warning.id, warning.field) == ("unknown-field", "properties")
    assert "did you mean property?" in warning.message


@pytest.mark.parametrize("beside", [{}, {"contact": ADA}])
def test_what_stands_beside_the_property_goes_into_it(
    call: Call, account: AccountView, beside: dict[str, Any]
) -> None:
    upsert(call, **ADA)
    path = "trigger/0001/contact" + ("" if beside else "/ada@example.com")
    assert call("POST", path, {**beside, "step": 1}).status_code == 200
    (warning,) = account.calls[-1].warnings
    assert warning.message.endswith('; it goes into property: {"property": {"step": …}}')


def test_without_auto_journeys_an_unknown_trigger_is_404(session: requests.Session) -> None:
    with MockAutopilot(auto_journeys=False) as autopilot:
        headers = {"autopilotapikey": autopilot.api_key}
        body = {"contact": {"Email": "ada@example.com", "FirstName": "Ada"}}
        session.post(f"{autopilot.base_url}contact", json=body, headers=headers, timeout=10)
        for path in ("trigger/0001/contact/ada@example.com", "trigger/0001/contact"):
            url = autopilot.base_url + path
            refused = session.post(
                url, json=body if path.endswith("contact") else {}, headers=headers, timeout=10
            )
            assert refused.status_code == 404
            assert refused.json()["message"] == "Trigger could not be found."
        assert not autopilot.journeys
        autopilot.add_journey("Welcome", "0001")
        url = f"{autopilot.base_url}trigger/0001/contact/ada@example.com"
        assert session.post(url, headers=headers, timeout=10).status_code == 200
        assert len(autopilot.journeys["Welcome"].entries) == 1


def test_ejecting_ends_every_entry_and_the_contact_may_enter_again(
    call: Call, account: AccountView
) -> None:
    contact_id = upsert(call, **ADA)
    call("POST", f"trigger/0001/contact/{contact_id}")
    call("POST", f"trigger/0001/contact/{contact_id}")
    answer = call("DELETE", "journey/0001/contact/ada@example.com")
    assert (answer.status_code, answer.content) == (204, b"")
    entries = account.journeys["0001"].entries
    assert all(entry.ejected_at for entry in entries)
    assert len(entries) == 2
    gone = call("DELETE", "journey/0001/contact/ada@example.com")
    assert gone.status_code == 404
    call("POST", f"trigger/0001/contact/{contact_id}")  # and may enter again
    assert [bool(e.ejected_at) for e in account.journeys["0001"].entries] == [True, True, False]


PREFIX = "Could not delete the contact from the journey as the"


@pytest.mark.parametrize(
    ("path", "reason"),
    [
        ("journey/9999/contact/ada@example.com", "journey could not be found."),
        ("journey/0001/contact/ada@example.com", "contact was not on that journey."),
        ("journey/0001/contact/nobody@example.com", "contact was not on that journey."),
    ],
)
def test_ejecting_a_contact_that_is_not_on_the_journey_is_404(
    call: Call, account: AccountView, path: str, reason: str
) -> None:
    upsert(call, **ADA)
    account.add_journey("Welcome", "0001")
    answer = call("DELETE", path)
    assert answer.status_code == 404
    assert answer.json() == {"error": "Not Found", "message": f"{PREFIX} {reason}"}


@pytest.mark.parametrize("who", ["u1", "Ada", "5", "contact_1"])
@pytest.mark.parametrize(("method", "path"), [("POST", "trigger"), ("DELETE", "journey")])
def test_a_path_that_can_name_no_contact_is_400(
    call: Call, account: AccountView, method: str, path: str, who: str
) -> None:
    account.add_journey("Welcome", "0001")
    refused = call(method, f"{path}/0001/contact/{who}")
    message = "Invalid contact_id_or_email value provided."
    assert (refused.status_code, refused.json()["message"]) == (400, message)
    assert account.journeys["0001"].entries == ()


def test_a_deleted_contact_stays_in_the_journeys_history(call: Call, account: AccountView) -> None:
    contact_id = upsert(call, **ADA)
    call("POST", f"trigger/0001/contact/{contact_id}")
    call("DELETE", f"contact/{contact_id}")
    (entry,) = account.journeys["0001"].entries
    assert (entry.contact_id, entry.contact) == (contact_id, None)


def test_a_trigger_id_may_have_spaces_and_letters_beyond_ascii(
    call: Call, account: AccountView
) -> None:
    upsert(call, **ADA)
    call("POST", "trigger/caf%C3%A9%20%3F/contact/ada@example.com")
    assert list(account.journeys) == ["café ?"]


@pytest.mark.parametrize("trigger_id", ["", "a/b"])
def test_a_trigger_id_that_cannot_stand_in_a_path_is_refused(
    account: AccountView, trigger_id: str
) -> None:
    with pytest.raises(ApiError, match="trigger_id must stand in a path"):
        account.add_journey("Welcome", trigger_id)
    assert not account.journeys


def test_a_journey_that_its_first_use_made_is_named_and_keeps_its_entries(
    call: Call, account: AccountView
) -> None:
    upsert(call, **ADA)
    call("POST", "trigger/0001/contact/ada@example.com")
    journey_id = account.journeys["0001"].journey_id
    for _ in range(2):
        assert account.add_journey("Hello", "0001") == "0001"
        (journey,) = account.journeys.values()
        assert (journey.name, journey.journey_id) == ("Hello", journey_id)
        assert len(journey.entries) == 1
    state = account.state
    account.seed(state)
    assert account.state == state
    assert state["journeys"][0]["name"] == "Hello"


def test_a_trigger_id_of_another_journey_is_refused(account: AccountView, control: Call) -> None:
    account.add_journey("Welcome", "0001")
    taken = "trigger_id '0001' is that of the journey 'Welcome' already; take another id."
    with pytest.raises(ApiError) as caught:
        account.add_journey("Goodbye", "0001")
    refused = control("POST", "journeys", {"name": "Goodbye", "trigger_id": "0001"})
    assert str(caught.value) == refused.json()["message"] == taken
    assert account.journeys["0001"].name == "Welcome"


def test_a_journey_needs_texts_as_name_and_trigger_id(account: AccountView) -> None:
    with pytest.raises(TypeError, match="trigger_id must be a string, got 1"):
        account.add_journey("Welcome", 1)  # type: ignore[arg-type]  # is refused
    with pytest.raises(TypeError, match="name must be a string, got None"):
        account.add_journey(None)  # type: ignore[arg-type]  # is refused
    assert not account.journeys


def test_ejecting_a_contact_leaves_the_others_on_the_journey(
    call: Call, account: AccountView
) -> None:
    for email in ("ada@example.com", "bob@example.com"):
        upsert(call, Email=email)
        call("POST", f"trigger/0001/contact/{email}")
    assert call("DELETE", "journey/0001/contact/ada@example.com").status_code == 204
    assert [bool(entry.ejected_at) for entry in account.journeys["0001"].entries] == [True, False]


HINTS = [
    ("Welcome", "; there is a journey of that name with the trigger 0001"),
    ("welcom", "; did you mean the trigger 0001 of the journey 'Welcome'?"),
    ("step-activate", "; did you mean the trigger step-activated of the journey 'Step'?"),
    ("welc-x", ""),  # alike by six in ten
    ("zzz", ""),
]


@pytest.mark.parametrize(("trigger_id", "hint"), HINTS)
@pytest.mark.parametrize("with_contact", [True, False])
def test_an_unknown_trigger_beside_defined_journeys_is_warned_about(
    call: Call, account: AccountView, trigger_id: str, hint: str, with_contact: bool
) -> None:
    account.add_journey("Welcome", "0001")
    account.add_journey("Step", "step-activated")
    contact_id = upsert(call, **ADA)
    path, body = f"trigger/{trigger_id}/contact", {"contact": ADA} if with_contact else {}
    for _ in range(2):
        answer = call("POST", path if with_contact else f"{path}/{contact_id}", body)
        assert answer.status_code == 200
    first, second = account.calls[-2:]
    (warning,) = first.warnings
    assert str(warning) == (
        f"trigger_id: {trigger_id!r} is no trigger of this account, which has others: "
        f"its first use makes a journey{hint}"
    )
    assert (warning.id, second.warnings) == ("unknown-trigger", ())


def test_a_strict_account_makes_no_journey_beside_defined_ones(session: requests.Session) -> None:
    with MockAutopilot(strict=True, journeys=[("Welcome", "0001")]) as autopilot:
        headers = {"autopilotapikey": autopilot.api_key}
        url = f"{autopilot.base_url}trigger/Welcome/contact"
        answer = session.post(url, headers=headers, json={"contact": ADA})
        assert answer.status_code == 400
        assert "of that name with the trigger 0001" in answer.json()["message"]
        assert (list(autopilot.journeys), len(autopilot.contacts)) == (["0001"], 0)


def test_journeys_that_only_their_use_makes_are_not_warned_about(
    call: Call, account: AccountView
) -> None:
    for trigger_id in ("Welcome", "welcome"):
        assert call("POST", f"trigger/{trigger_id}/contact", {"contact": ADA}).status_code == 200
    account.assert_no_warnings()


def test_a_contact_that_is_not_found_is_no_first_use(call: Call, account: AccountView) -> None:
    account.add_journey("Welcome", "0001")
    assert call("POST", "trigger/Welcome/contact/ada@example.com").status_code == 404
    assert account.calls[-1].warnings == ()
