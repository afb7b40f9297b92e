"""Faults as the client sees them, and bodies of every kind."""

import pytest

from mock_autopilot import intercept
from tests.intercept.conftest import ADA, BASE_URL, Client

CONTACTS = f"{BASE_URL}contacts"


def test_an_answer_of_a_fault_has_its_status_body_and_headers(client: Client) -> None:
    with intercept() as autopilot:
        autopilot.fail_next(429, body="slow down", headers={"Retry-After": "7", "X-Word": "café"})
        answer = client("POST", json=ADA)
        assert (answer.status_code, answer.text) == (429, "slow down")
        assert (answer.headers["Retry-After"], answer.headers["X-Word"]) == ("7", "café")
        assert not autopilot.contacts


def test_a_dropped_connection_is_what_the_client_raises(client: Client) -> None:
    with intercept() as autopilot:
        fault = autopilot.fail_next(drop_connection=True)
        with pytest.raises(client.dropped, match="without"):
            client("POST", json=ADA)
        assert not autopilot.contacts
        assert [(call.status, call.fault) for call in autopilot.calls] == [(None, fault)]
        assert client("POST", json=ADA).status_code == 200


def test_a_delay_beyond_the_clients_limit_is_its_timeout_at_once(
    client: Client, waits: list[float]
) -> None:
    with intercept() as autopilot:
        fault = autopilot.fail_next(delay=5)
        with pytest.raises(client.timed_out, match="timed out"):
            client("POST", json=ADA, timeout=5)
        assert sum(waits) == 0
        assert "ada@example.com" in autopilot.contacts  # a late answer is no reason not to do it
        assert [(call.status, call.fault) for call in autopilot.calls] == [(200, fault)]


@pytest.mark.parametrize("timeout", [5.1, None])
def test_a_shorter_delay_is_waited_for(
    client: Client, waits: list[float], timeout: float | None
) -> None:
    with intercept() as autopilot:
        autopilot.fail_next(delay=5, times=2)
        for _ in range(3):
            assert client("POST", json=ADA, timeout=timeout).status_code == 200
        assert sum(waits) == 10


def test_a_failure_may_be_late(client: Client, waits: list[float]) -> None:
    with intercept() as autopilot:
        autopilot.fail_next(500, delay=0.25)
        assert client("POST", json=ADA).status_code == 500
        autopilot.fail_next(body="x", delay=0.25)
        assert client("POST", json=ADA).status_code == 503
        autopilot.fail_next(drop_connection=True, delay=0.25)
        with pytest.raises(client.dropped):
            client("POST", json=ADA)
        assert sum(waits) == 0.75
        autopilot.fail_next(drop_connection=True, delay=5)
        with pytest.raises(client.timed_out):
            client("POST", json=ADA, timeout=1)
        assert not autopilot.contacts


def test_a_rejected_call_may_be_late(client: Client, waits: list[float]) -> None:
    with intercept() as autopilot:
        autopilot.fail_next(delay=0.5)
        assert client("POST", json={}).status_code == 400
        assert sum(waits) == 0.5
