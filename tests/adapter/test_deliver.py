"""One message: its calls, its delivery."""

import subprocess
import sys
from typing import Any

import pytest
import responses

from adapter import (
    Destination,
    InvalidSettings,
    Outcome,
    plan,
)
from tests.adapter.support import (
    BASE,
    KEY,
    SETTINGS,
    STEP_ACTIVATED,
    Make,
    Time,
    bodies,
    identify,
    paths,
)

MISSING = "Missing unique identifier traits. Either `email` or `user_id` traits must be provided"


def test_an_identify_is_one_upsert(
    destination: Destination, autopilot: responses.RequestsMock
) -> None:
    autopilot.post(BASE + "contact", json={"contact_id": "person_1"})
    message = identify(plan=None, city="Zürich")
    delivery = destination.deliver(message)
    assert delivery.outcome == "delivered"
    assert (delivery.status, delivery.message) == (200, "")
    assert delivery.source is message
    assert [str(note) for note in delivery.notes] == [
        "traits.plan is null: it is left out, since null must not erase"
    ]
    (exchange,) = delivery.exchanges
    assert (exchange.method, exchange.url, exchange.path) == ("POST", BASE + "contact", "contact")
    assert (exchange.status, exchange.response_body) == (200, {"contact_id": "person_1"})
    assert exchange.error is None
    request = autopilot.calls[0].request
    assert request.headers["autopilotapikey"] == KEY
    assert "application/json" in request.headers["Content-Type"]
    assert "Zürich".encode() in (request.body or b"")
    assert bodies(autopilot) == [exchange.request_body]


def test_a_track_is_an_upsert_and_an_entry_by_the_contact_id_of_its_answer(
    destination: Destination, autopilot: responses.RequestsMock
) -> None:
    autopilot.post(BASE + "contact", json={"contact_id": "person_1"})
    autopilot.post(BASE + "trigger/step_activated/contact/person_1", json={})
    delivery = destination.deliver(STEP_ACTIVATED)
    assert delivery.outcome is Outcome.DELIVERED
    assert len(delivery.exchanges) == 2
    assert bodies(autopilot) == [
        {"contact": {"user_id": "u"}},
        {"property": {"property": "test"}},
    ]


def test_a_rejection_is_final_and_in_autopilots_words(
    destination: Destination, autopilot: responses.RequestsMock, time: Time
) -> None:
    autopilot.post(BASE + "contact", status=400, json={"error": "Bad Request", "message": MISSING})
    delivery = destination.deliver({"type": "track", "event": "E", "anonymousId": "a"})
    assert (delivery.outcome, delivery.status, delivery.message) == ("rejected", 400, MISSING)
    assert paths(autopilot) == ["contact"]
    assert time.slept == []


def test_an_unknown_trigger_is_a_rejection_with_both_exchanges(
    destination: Destination, autopilot: responses.RequestsMock
) -> None:
    autopilot.post(BASE + "contact", json={"contact_id": "person_1"})
    autopilot.post(BASE + "trigger/step_activated/contact/person_1", status=404, body="")
    delivery = destination.deliver(STEP_ACTIVATED)
    assert (delivery.outcome, delivery.status) == ("rejected", 404)
    assert delivery.message.endswith("contact/person_1 answers 404")
    assert [exchange.status for exchange in delivery.exchanges] == [200, 404]


def test_filtered_messages_and_events_without_a_trigger_id_are_not_sent(
    destination: Destination, autopilot: responses.RequestsMock
) -> None:
    page = destination.deliver({"type": "page"})
    assert (page.outcome, page.status, page.exchanges) == ("filtered", None, ())
    assert "tracking code" in page.message
    nameless = destination.deliver({"type": "track", "event": "!", "userId": "u"})
    assert (nameless.outcome, nameless.status) == ("rejected", None)
    assert "map it in journeys" in nameless.message
    assert len(autopilot.calls) == 0


@pytest.mark.parametrize(
    "answer", [{}, {"contact_id": None}, {"contact_id": " "}, {"contact_id": "\ud800"}]
)
def test_no_journey_is_entered_without_a_contact_id(
    destination: Destination, autopilot: responses.RequestsMock, answer: Any
) -> None:
    autopilot.post(BASE + "contact", json=answer)
    delivery = destination.deliver(STEP_ACTIVATED)
    assert (delivery.outcome, delivery.status) == ("failed", 200)
    assert "no contact_id" in delivery.message


def test_a_delivery_does_not_contain_the_key(
    destination: Destination, autopilot: responses.RequestsMock
) -> None:
    autopilot.post(BASE + "contact", json={"contact_id": "person_1"})
    delivery = destination.deliver(identify())
    assert KEY not in repr(delivery)
    assert KEY not in repr(destination.settings)


def test_bad_settings_are_refused_at_once() -> None:
    with pytest.raises(InvalidSettings, match="api_key is missing"):
        Destination(api_key="")


def test_importing_the_package_imports_neither_requests_nor_the_mock() -> None:
    code = "import sys, adapter; print({'requests', 'mock_autopilot'} & set(sys.modules))"
    ran = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert (ran.stdout, ran.stderr) == ("set()\n", "")


def test_an_event_without_a_trigger_id_is_rejected_with_its_identifiers(to: Make) -> None:
    message = {"type": "track", "event": "!", "userId": "u"}
    delivery = to().deliver(message)
    assert (delivery.outcome, delivery.source, delivery.exchanges) == ("rejected", message, ())
    assert plan(message, SETTINGS).identifiers.user_id == "u"
