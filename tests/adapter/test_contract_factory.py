"""The factory that the contract suite uses."""

import time
from typing import Any

import pytest
import requests
import responses

from adapter.contract import factory
from tests.adapter.support import BASE, KEY, identify


def deliver(message: dict[str, Any]) -> dict[str, Any]:
    return factory({"api_key": KEY, "base_url": BASE})(message)


def test_what_is_delivered_or_filtered_is_a_200(autopilot: responses.RequestsMock) -> None:
    autopilot.post(BASE + "contact", status=201, json={"contact_id": "person_1"})
    delivered = {"status": 200, "message": "", "outcome": "delivered", "notes": []}
    assert deliver(identify()) == delivered
    filtered = deliver({"type": "page"})
    assert filtered["status"] == 200
    assert filtered["message"].startswith("only identify and track calls are sent")


def test_what_is_rejected_has_its_status_and_words(autopilot: responses.RequestsMock) -> None:
    autopilot.post(BASE + "contact", status=404, json={"message": "List does not exist."})
    rejected = {"status": 404, "message": "List does not exist."}
    assert deliver(identify()) == {**rejected, "outcome": "rejected", "notes": []}


def test_what_has_failed_without_an_answer_is_a_503(autopilot: responses.RequestsMock) -> None:
    autopilot.post(BASE + "contact", body=requests.exceptions.InvalidURL("no host"))
    failed = deliver(identify())
    assert failed == {
        "status": 503,
        "message": f"No answer from {BASE}contact: InvalidURL: no host",
        "outcome": "failed",
        "notes": [],
    }


def test_the_notes_of_a_delivery_are_reported_by_kind_and_path(
    autopilot: responses.RequestsMock,
) -> None:
    autopilot.post(BASE + "contact", json={"contact_id": "person_1"})
    assert deliver(identify(phone=5))["notes"] == [{"id": "number-as-text", "path": "traits.phone"}]


def test_it_tries_again_at_once_as_often_as_a_minute_allows(
    autopilot: responses.RequestsMock, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(_: object) -> tuple[int, dict[str, str], str]:
        assert len(autopilot.calls) < 1000, "it goes on as long as a real minute lasts"
        return 503, {}, ""

    monkeypatch.setattr(time, "sleep", None)
    autopilot.add_callback("POST", BASE + "contact", refuse)
    failed = deliver(identify())
    assert failed["status"] == 503
    assert failed["message"].endswith(", 60 s allowed in all)")
    assert len(autopilot.calls) >= 7  # the longest waits: 0.5, 1, 2, 4, 8, 16 s


def test_the_minute_begins_anew_with_each_message(autopilot: responses.RequestsMock) -> None:
    autopilot.post(BASE + "contact", status=503)
    forward = factory({"api_key": KEY, "base_url": BASE})
    for count in (7, 14):
        forward(identify())
        assert len(autopilot.calls) >= count
