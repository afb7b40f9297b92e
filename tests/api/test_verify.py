"""`POST /_mock/verify`: what tests in other languages ask."""

import json
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from threading import Event
from time import monotonic
from typing import Any

import pytest
import requests

from mock_autopilot import AccountView, MockAutopilot
from mock_autopilot.recording.journal import Journal
from mock_autopilot.servers.network import MOST_WAITING
from tests.api.calls import ADA, upsert
from tests.api.conftest import Call
from tests.conftest import StartServe, ask, eventually

LONG = 60
"""Seconds that no test waits: what it waits for comes."""
ID = {"identifier": "ada@example.com"}
HOLDS: list[dict[str, Any]] = [
    {"contact": ID},
    {"contact": {**ID, "fields": {"FirstName": "Ada"}, "custom": {"Plan": "pro"}}},
    {"contact": {**ID, "fields": {"LastName": None}}},
    {"no_contact": "bob@example.com"},
    {"journey": {"journey": "0001", **ID}},
    {"journey": {"journey": "0001", **ID, "properties": {"n": 1}, "times": 1}},
    {"journey": {"journey": "0001", "identifier": "bob@example.com", "times": 0}},
    {"called": {"method": "POST", "path": "/v1/contact"}},
    {"called": {"method": "post", "path": "/v1/*", "json": {"contact": ADA}, "times": 1}},
    {"called": {"method": "DELETE", "path": "/v1/*", "times": 0}},
    {"not_called": {"method": "DELETE"}},
    {"not_called": {"path": "/v1/contacts"}},
    {"not_called": {"json": {"contacts": []}}},
    {"no_rejections": True},
    {"no_warnings": True},
    {"no_rejections": True, "no_warnings": True, "contact": ID, "no_contact": "u1", "within": 5},
]
DOES_NOT_HOLD: list[tuple[dict[str, Any], str]] = [
    (
        {"contact": {**ID, "fields": {"FristName": "Ada"}}},
        "The contact ada@example.com differs in 1 field.\ndifferences:\n  FristName: expected",
    ),
    (
        {"contact": {**ID, "custom": {"Plan": "free"}}},
        "The contact ada@example.com differs in 1 field.\ndifferences:\n  custom.Plan: expected",
    ),
    ({"contact": {"identifier": "bob@example.com"}}, "No contact has the address"),
    ({"no_contact": "ada@example.com"}, "There is a contact ada@example.com, and"),
    ({"journey": {"journey": "Welcome", **ID}}, "No journey has the name"),
    ({"journey": {"journey": "0001", **ID, "properties": {"n": 2}}}, "ada@example.com has 0 ent"),
    ({"journey": {"journey": "0001", **ID, "times": 0}}, "ada@example.com has 1 entry in"),
    ({"called": {"method": "GET", "path": "/v1/contacts"}}, "Expected at least 1 call GET"),
    (
        {"called": {"method": "POST", "path": "/v1/contact", "json": None}},
        "Expected at least 1 call POST /v1/contact with json None, found 0.",
    ),
    (
        {"called": {"method": "POST", "path": "/v1/contact", "times": 2}},
        "Expected 2 calls POST /v1/contact, found 1.",
    ),
    ({"not_called": {}}, "Expected no call, found 2."),
    ({"not_called": {"method": "POST", "path": "/v1/contact"}}, "Expected no call POST /v1/con"),
    (
        {"no_rejections": True, "not_called": {}, "no_contact": "ada@example.com"},
        "There is a contact ada@example.com",
    ),
]


@pytest.fixture
def ada(call: Call) -> None:
    upsert(call, **ADA, custom={"string--Plan": "pro"})
    call("POST", "trigger/0001/contact/ada@example.com", {"property": {"n": 1}})


@pytest.mark.usefixtures("ada")
@pytest.mark.parametrize("body", HOLDS, ids=json.dumps)
def test_what_holds_is_200(control: Call, body: dict[str, Any]) -> None:
    answer = control("POST", "verify", body)
    assert (answer.status_code, answer.json()) == (200, {"ok": True})


@pytest.mark.usefixtures("ada")
@pytest.mark.parametrize(("body", "explanation"), DOES_NOT_HOLD)
def test_what_does_not_hold_is_409_with_the_explanation(
    control: Call, body: dict[str, Any], explanation: str
) -> None:
    answer = control("POST", "verify", body)
    assert answer.status_code == 409
    assert answer.json().keys() == {"ok", "explanation"}
    assert answer.json()["ok"] is False
    assert answer.json()["explanation"].startswith(explanation)
    late = control("POST", "verify", {**body, "within": 0.01}).json()
    assert late["explanation"].startswith(f"Not within 0.01 s. {explanation}")


def test_the_explanation_is_that_of_the_assertion_in_python(
    call: Call, control: Call, account: AccountView
) -> None:
    call("POST", "contact", {"contact": {"Email": 5}})
    shown = control("POST", "verify", {"contact": {**ID, "fields": {"FirstName": "Ada"}}})
    with pytest.raises(AssertionError) as caught:
        account.assert_contact("ada@example.com", FirstName="Ada")
    assert shown.json()["explanation"] == str(caught.value)
    assert "rejected calls" in str(caught.value)


def test_rejections_and_warnings_are_told(call: Call, control: Call) -> None:
    call("POST", "contact", {"contact": {}})
    rejected = control("POST", "verify", {"no_rejections": True, "no_warnings": True})
    assert rejected.json()["explanation"].startswith("1 call was rejected.")
    upsert(call, Email="ada", FirstName="Ada")
    doubtful = control("POST", "verify", {"no_warnings": True})
    assert doubtful.json()["explanation"].startswith("1 call was taken with warnings.")


ALL = "contact, no_contact, journey, called, not_called, no_rejections, no_warnings"
WRONG: list[tuple[dict[str, Any], str]] = [
    ({}, f"The body must say what is to hold: {ALL}."),
    ({"within": 1}, f"The body must say what is to hold: {ALL}."),
    ({"x": 1}, f"x is unknown; known are {ALL}, within."),
    ({"contact": {}}, "contact.identifier is missing."),
    (
        {"contact": {"identifier": ""}},
        "contact.identifier must be a string that is not empty, got the string ''.",
    ),
    (
        {"contact": {**ID, "FirstName": "Ada"}},
        "contact.FirstName is unknown; known are identifier, fields, custom.",
    ),
    ({"contact": {**ID, "fields": []}}, "contact.fields must be an object, got an array."),
    (
        {"no_contact": None},
        "no_contact must be a string that is not empty, got null.",
    ),
    ({"journey": {"journey": "0001"}}, "journey.identifier is missing."),
    (
        {"journey": {"journey": "0001", **ID, "times": -1}},
        "journey.times must be a whole number of at least 0, got the number -1.",
    ),
    ({"called": {"method": "POST"}}, "called.path is missing."),
    (
        {"called": {"method": "PSOT", "path": "/v1/contact"}},
        "called.method is no HTTP method: 'PSOT'; did you mean POST?",
    ),
    (
        {"called": {"method": "POST", "path": "contact"}},
        "called.path matches no call: 'contact'; write /v1/contact.",
    ),
    (
        {"not_called": {"path": "contact"}},
        "not_called.path matches no call: 'contact'; write /v1/contact.",
    ),
    (
        {"no_rejections": False},
        "no_rejections can only be true; leave it out where it does not matter.",
    ),
    ({"no_warnings": 1}, "no_warnings must be true or false, got the number 1."),
    (
        {"no_warnings": True, "within": 61},
        "within must be a number from 0 to 60, got the number 61.",
    ),
    (
        {"no_warnings": True, "within": -0.5},
        "within must be a number from 0 to 60, got the number -0.5.",
    ),
    (
        {"no_warnings": True, "within": "5"},
        "within must be a number from 0 to 60, got the string '5'.",
    ),
]


@pytest.mark.parametrize(("body", "message"), WRONG)
def test_a_wrong_verification_is_400_with_the_field(
    control: Call, body: dict[str, Any], message: str
) -> None:
    refused = control("POST", "verify", body)
    assert refused.status_code == 400
    assert refused.json()["message"] == message


class TestWaiting:
    """`within`: the answer comes as soon as the condition holds."""

    @pytest.fixture
    def threads(self) -> Iterator[ThreadPoolExecutor]:
        with ThreadPoolExecutor(MOST_WAITING + 1) as threads:
            yield threads

    def test_calls_are_answered_while_all_wait_who_may(self, threads: ThreadPoolExecutor) -> None:
        with MockAutopilot() as autopilot:
            self._check(autopilot.base_url, autopilot.api_key, threads)

    def test_calls_are_answered_while_all_wait_who_may_under_serve(
        self, threads: ThreadPoolExecutor, start_serve: StartServe
    ) -> None:
        served = start_serve()
        self._check(served.base_url, "sandbox-key", threads)

    def _check(self, base_url: str, key: str, threads: ThreadPoolExecutor) -> None:
        verify = f"{base_url.removesuffix('v1/')}_mock/verify"
        headers = {"autopilotapikey": key}

        def wait(who: str, within: float = LONG) -> requests.Response:
            body = {"contact": {"identifier": who}, "within": within}
            return requests.post(verify, json=body, headers=headers, timeout=2 * LONG)

        def wait_for_ada() -> requests.Response:
            while (answer := wait("ada@example.com")).status_code == 503:
                pass  # the one that looks whether all wait may have had its place
            return answer

        def refused() -> bool:
            return wait("nobody@example.com", within=0.01).status_code == 503

        began = monotonic()
        waiting = [threads.submit(wait_for_ada) for _ in range(MOST_WAITING)]
        eventually(refused, "all wait who may")
        message = wait("nobody@example.com", within=0.01).json()["message"]
        assert message.startswith(f"{MOST_WAITING} verifications are waiting already")
        # What need not wait is answered, and calls are.
        assert wait("nobody@example.com", within=0).status_code == 409
        for _ in range(20):
            assert requests.get(f"{base_url}contacts", headers=headers, timeout=LONG).ok
        body = {"contact": ADA}
        assert requests.post(f"{base_url}contact", json=body, headers=headers, timeout=LONG).ok
        answers = [one.result(LONG) for one in waiting]
        assert [one.status_code for one in answers] == [200] * MOST_WAITING
        assert wait("ada@example.com").json() == {"ok": True}
        assert wait("nobody@example.com", within=0.01).status_code == 409
        assert monotonic() - began < LONG

    @pytest.fixture
    def begun(self, monkeypatch: pytest.MonkeyPatch) -> Event:
        """Return what is set when a verification waits."""
        begun = Event()
        wait = Journal.wait

        def watched_wait(journal: Journal, version: int, seconds: float) -> bool:
            begun.set()
            return wait(journal, version, seconds)

        monkeypatch.setattr(Journal, "wait", watched_wait)
        return begun

    def test_closing_the_account_ends_the_waiting(
        self, threads: ThreadPoolExecutor, begun: Event
    ) -> None:
        with MockAutopilot() as autopilot:
            url = autopilot.base_url.replace("/v1/", "/_mock/verify")
            body = {"called": {"method": "POST", "path": "/v1/contact"}, "within": LONG}
            with autopilot.new_account() as account:
                headers = {"autopilotapikey": account.api_key}
                waiting = threads.submit(requests.post, url, json=body, headers=headers)
                assert begun.wait(LONG)
            assert waiting.result(LONG / 2).status_code == 401

    def test_closing_the_fake_ends_the_waiting(
        self, threads: ThreadPoolExecutor, begun: Event
    ) -> None:
        with MockAutopilot() as autopilot:
            url = autopilot.base_url.replace("/v1/", "/_mock/verify")
            body = {"contact": ID, "within": LONG}
            waiting = threads.submit(requests.post, url, json=body, timeout=2 * LONG)
            assert begun.wait(LONG)
        assert waiting.result(LONG / 2).status_code == 409

    def test_what_a_call_brings_is_seen(
        self, account: AccountView, control: Call, threads: ThreadPoolExecutor
    ) -> None:
        body = {"called": {"method": "POST", "path": "/v1/contact", "times": 2}, "within": LONG}
        waiting = threads.submit(control, "POST", "verify", body)
        for _ in range(2):
            ask(account, "POST", "contact", {"contact": ADA})
        assert waiting.result(LONG).status_code == 200
