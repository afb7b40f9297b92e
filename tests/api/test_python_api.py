"""`MockAutopilot` in a test's own process."""

import json
from importlib.metadata import PackageNotFoundError
from pathlib import Path

import pytest
import requests

from adapter import Destination, Retry
from mock_autopilot import MockAutopilot, installation
from mock_autopilot.account.effects import ContactChange, Effects, FieldChange, JourneyChange
from tests.conftest import ask


def test_the_fake_shows_what_the_code_under_test_did() -> None:
    with MockAutopilot() as autopilot:
        assert autopilot.base_url.startswith("http://127.0.0.1:")
        assert autopilot.base_url.endswith("/v1/")
        journeys = {"Signed Up": autopilot.add_journey("Welcome")}
        with Destination(
            api_key=autopilot.api_key,
            base_url=autopilot.base_url,
            journeys=journeys,
            retry=Retry(total=2),
        ) as destination:
            destination.deliver(
                {"type": "identify", "userId": "u1", "traits": {"email": "A@b.c", "plan": "x"}}
            )
            destination.deliver(
                {"type": "track", "userId": "u1", "event": "Signed Up", "properties": {"n": 1}}
            )
        contact = autopilot.contacts["u1"]
        assert contact is not autopilot.contacts["a@B.C"]
        assert contact == autopilot.contacts["a@b.c"] == autopilot.contacts[contact.contact_id]
        assert (contact.email, contact.user_id) == ("A@b.c", "u1")
        assert contact.custom == {"plan": "x"}
        assert contact["custom_fields"][0]["fieldType"] == "string"
        (entry,) = autopilot.journeys["Welcome"].entries
        assert entry.contact == contact
        assert entry.properties == {"n": 1}
        assert [call.method for call in autopilot.calls] == ["POST", "POST", "POST"]
        assert "u1" in autopilot.contacts
        assert "u2" not in autopilot.contacts
        assert len(autopilot.contacts) == 1


def test_a_failed_lookup_names_what_is_similar() -> None:
    seed = {"contacts": [{"Email": "ada@example.com"}], "journeys": [{"trigger_id": "0001"}]}
    with MockAutopilot(seed=seed) as autopilot:
        with pytest.raises(KeyError, match=r"nearest: ada@example\.com"):
            autopilot.contacts["adda@example.com"]
        with pytest.raises(KeyError, match="there are 1 contacts"):
            autopilot.contacts["x"]
        with pytest.raises(KeyError, match="there are: 0001"):
            autopilot.journeys["Welcome"]


def test_a_failed_lookup_names_three_similar_contacts_and_every_journey() -> None:
    contacts = [{"Email": f"ada{n}@example.com"} for n in range(4)]
    journeys = [{"trigger_id": "0001"}, {"trigger_id": "0002"}]
    with MockAutopilot(seed={"contacts": contacts, "journeys": journeys}) as autopilot:
        with pytest.raises(KeyError) as caught:
            autopilot.contacts["ada@example.com"]
        _, _, near = caught.value.args[0].partition("; nearest: ")
        assert len(near.split(", ")) == 3
        assert set(near.split(", ")) < {contact["Email"] for contact in contacts}
        with pytest.raises(KeyError, match="there are: 0001, 0002"):
            autopilot.journeys["Welcome"]
        other = autopilot.new_account()
        with pytest.raises(KeyError, match="'Welcome'; there are: none"):
            other.journeys["Welcome"]


def test_contacts_and_journeys_are_read_only_views() -> None:
    entry = {"contact_id": "p", "entered_at": "2024-01-02T03:04:05Z", "properties": {"a": [1]}}
    ejected = {"contact_id": "gone", "ejected_at": "2024-01-03T00:00:00Z"}
    seed = {
        "contacts": [{"Email": "ada@example.com", "contact_id": "p"}],
        "journeys": [{"trigger_id": "0001", "name": "Welcome", "entries": [entry, ejected]}],
    }
    with MockAutopilot(seed=seed) as autopilot:
        assert list(autopilot.contacts) == ["p"]
        assert all(name in autopilot.contacts for name in ("p", "ADA@example.com"))
        assert 5 not in autopilot.contacts  # type: ignore[comparison-overlap]
        ada = autopilot.contacts["p"]
        assert repr(ada) == f"ContactView({dict(ada)!r})"
        assert len(ada) == len(list(ada))
        journey = autopilot.journeys["0001"]
        assert (journey.trigger_id, journey.name) == ("0001", "Welcome")
        first, second = journey.entries
        assert (first.contact, first.contact_id, first.ejected_at) == (ada, "p", None)
        assert (first.entered_at, first.properties) == ("2024-01-02T03:04:05.000Z", {"a": [1]})
        first.properties["a"].append(2)
        assert autopilot.journeys["Welcome"].entries[0].properties == {"a": [1]}
        assert (second.contact, second.contact_id) == (None, "gone")
        assert second.ejected_at == "2024-01-03T00:00:00.000Z"


def test_a_view_does_not_change_afterwards() -> None:
    with MockAutopilot(seed={"contacts": [{"Email": "ada@example.com"}]}) as autopilot:
        before = autopilot.contacts["ada@example.com"]
        autopilot.seed({"contacts": [{"Email": "ada@example.com", "FirstName": "Ada"}]})
        assert "FirstName" not in before
        assert autopilot.contacts["ada@example.com"]["FirstName"] == "Ada"


def test_two_fakes_and_two_accounts_cannot_see_each_other() -> None:
    with MockAutopilot() as one, MockAutopilot() as two:
        assert one.base_url != two.base_url
        third = one.new_account()
        assert third.base_url == one.base_url
        assert third.api_key != one.api_key
        for autopilot, email in ((one, "1@x.y"), (two, "2@x.y"), (third, "3@x.y")):
            headers = {"autopilotapikey": autopilot.api_key}
            body = {"contact": {"Email": email}}
            requests.post(f"{autopilot.base_url}contact", json=body, headers=headers, timeout=10)
        for autopilot, email in ((one, "1@x.y"), (two, "2@x.y"), (third, "3@x.y")):
            assert [contact.email for contact in autopilot.contacts.values()] == [email]
            assert len(autopilot.calls) == 1
        third.reset()
        assert not third.contacts
        assert one.contacts


def test_the_state_can_be_kept_in_a_file(tmp_path: Path) -> None:
    with MockAutopilot(seed={"contacts": [{"Email": "ada@example.com"}]}) as autopilot:
        kept = autopilot.state
        file = tmp_path / "state.json"
        file.write_text(json.dumps(kept))
        other = autopilot.new_account()
        other.seed(file)
        assert other.state == kept
    with MockAutopilot(seed=str(file)) as autopilot:
        assert autopilot.state == kept


def test_a_used_port_is_an_error_and_is_free_after_close() -> None:
    with MockAutopilot() as autopilot:
        port = int(autopilot.base_url.split(":")[2].split("/")[0])
        with pytest.raises(OSError, match="in use"):
            MockAutopilot(port=port)
    with MockAutopilot(port=port) as again:
        assert again.base_url == autopilot.base_url


def test_recorded_calls_can_be_read_after_the_server_has_stopped() -> None:
    with MockAutopilot("my-key") as autopilot:
        headers = {"autopilotapikey": "my-key"}
        requests.get(f"{autopilot.base_url}contacts", headers=headers, timeout=10)
    assert len(autopilot.calls) == 1
    with pytest.raises(requests.ConnectionError):
        requests.get(f"{autopilot.base_url}contacts", headers=headers, timeout=10)


def test_a_recorded_call_shows_its_effects() -> None:
    with MockAutopilot() as autopilot:
        contact = {"Email": "ada@example.com", "FirstName": "Ada"}
        who = ask(autopilot, "POST", "contact", {"contact": contact})["contact_id"]
        ask(autopilot, "POST", "contact", {"contact": contact | {"FirstName": "Augusta"}})
        ask(autopilot, "GET", "contact/ada@example.com")
        ask(autopilot, "POST", "trigger/0001/contact/ada@example.com")
        ask(autopilot, "DELETE", "journey/0001/contact/ada@example.com")
        ask(autopilot, "DELETE", "contact/ada@example.com")
        ask(autopilot, "DELETE", "contact/ada@example.com")
        given = tuple(FieldChange(name, None, value) for name, value in contact.items())
        renamed = (FieldChange("FirstName", "Ada", "Augusta"),)
        entry = JourneyChange("0001", who)
        assert [call.effects for call in autopilot.calls] == [
            Effects(contacts_created=(ContactChange(who, given),)),
            Effects(contacts_updated=(ContactChange(who, renamed),)),
            Effects(),
            Effects(entries_made=(entry,)),
            Effects(entries_ended=(entry,)),
            Effects(contacts_deleted=(who,)),
            Effects(),
        ]
        changing = [bool(call.effects) for call in autopilot.calls]
        assert changing == [True, True, False, True, True, True, False]


def test_a_journey_is_found_by_its_own_id_too() -> None:
    with MockAutopilot() as autopilot:
        autopilot.add_journey("Welcome")
        journey = autopilot.journeys["Welcome"]
        assert journey.journey_id.startswith("campaign_")
        assert autopilot.journeys[journey.journey_id] == autopilot.journeys["0001"] == journey
        autopilot.add_journey("Welcome", "0001")
        assert autopilot.journeys["0001"].journey_id == journey.journey_id


def test_health_shows_an_unknown_version_without_the_packages_metadata(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def missing(name: str) -> str:
        raise PackageNotFoundError(name)

    with MockAutopilot() as autopilot:
        url = autopilot.base_url.replace("/v1/", "/_mock/health")
        assert requests.get(url, timeout=10).json()["version"] == installation.installed_version()
        assert installation.installed_version() != "unknown"
        monkeypatch.setattr(installation, "version", missing)
        answer = requests.get(url, timeout=10)
        assert (answer.status_code, answer.json()) == (200, {"status": "ok", "version": "unknown"})
