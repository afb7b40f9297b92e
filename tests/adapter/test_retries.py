"""When a call is tried again, how long it waits, and when it gives up."""

import pytest
import requests
import responses

from adapter import (
    Destination,
    Retry,
)
from tests.adapter.support import (
    BASE,
    KEY,
    PERSON,
    Make,
    Time,
    answer,
    identify,
    timeouts,
)


def test_the_timeout_of_an_attempt_is_the_time_that_is_left(
    to: Make, autopilot: responses.RequestsMock, time: Time
) -> None:
    answer(autopilot, (503, {}, ""), PERSON, time=time, takes=9.0)
    retry = Retry(total=12, first=1, timeout=10)
    delivery = to(retry=retry).deliver(identify())
    assert delivery.outcome == "delivered"
    assert timeouts(autopilot) == [10, 2]
    assert [exchange.duration for exchange in delivery.exchanges] == [9.0, 9.0]


def test_the_last_attempt_has_a_tiny_timeout_if_the_time_is_up(
    to: Make, autopilot: responses.RequestsMock, time: Time
) -> None:
    time.oversleeps = 100.0
    answer(autopilot, (503, {}, ""), PERSON)
    assert to().deliver(identify()).outcome == "delivered"
    assert timeouts(autopilot) == [10, 0.001]


@pytest.mark.parametrize("status", [429, 500, 503])
def test_no_attempt_begins_when_the_time_is_up(
    to: Make, autopilot: responses.RequestsMock, time: Time, status: int
) -> None:
    answer(autopilot, (status, {}, ""))
    delivery = to(retry=Retry(total=3.5)).deliver(identify())
    assert time.slept == [0.5, 1.0]
    assert delivery.message == f"{BASE}contact answers {status} (attempt 3, 3.5 s allowed in all)"


@pytest.mark.parametrize(
    "failure", [requests.exceptions.ChunkedEncodingError, requests.exceptions.ContentDecodingError]
)
def test_a_truncated_answer_is_tried_again(
    to: Make, autopilot: responses.RequestsMock, failure: type[Exception]
) -> None:
    autopilot.post(BASE + "contact", body=failure("half"))
    autopilot.post(BASE + "contact", json={"contact_id": "person_1"})
    assert to().deliver(identify()).outcome == "delivered"


def test_an_invalid_host_is_not_tried_again(to: Make, time: Time) -> None:
    delivery = to(base_url="http://a..b/").deliver(identify())
    assert (delivery.outcome, delivery.status) == ("failed", None)
    assert time.slept == []


def test_a_wait_is_half_a_minute_at_most(
    to: Make, autopilot: responses.RequestsMock, time: Time
) -> None:
    answer(autopilot, (503, {}, ""))
    to(retry=Retry(total=100)).deliver(identify())
    assert time.slept == [0.5, 1, 2, 4, 8, 16, 30, 30]


def test_a_thousand_attempts_wait_alike(
    to: Make, autopilot: responses.RequestsMock, time: Time
) -> None:
    answer(autopilot, (503, {}, ""))
    delivery = to(retry=Retry(total=1100, first=1, longest=1)).deliver(identify())
    assert delivery.outcome == "failed"
    assert set(time.slept) == {1.0}


@pytest.mark.parametrize("status", [429, 500, 503])
def test_429_and_5xx_are_tried_again_with_growing_waits(
    destination: Destination, autopilot: responses.RequestsMock, time: Time, status: int
) -> None:
    for _ in range(3):
        autopilot.post(BASE + "contact", status=status)
    autopilot.post(BASE + "contact", json={"contact_id": "person_1"})
    delivery = destination.deliver(identify())
    assert delivery.outcome == "delivered"
    assert [exchange.status for exchange in delivery.exchanges] == [status] * 3 + [200]
    assert time.slept == [0.5, 1.0, 2.0]


def test_connection_failures_are_tried_again_until_the_time_is_up(
    destination: Destination, autopilot: responses.RequestsMock, time: Time
) -> None:
    autopilot.post(BASE + "contact", body=requests.ConnectionError("refused"))
    delivery = destination.deliver(identify())
    assert (delivery.outcome, delivery.status) == ("failed", None)
    assert delivery.message.startswith(f"No answer from {BASE}contact: ConnectionError: refused")
    assert "60 s allowed in all" in delivery.message
    assert time.slept == [0.5, 1.0, 2.0, 4.0, 8.0, 16.0]
    assert len(delivery.exchanges) == 7
    assert delivery.exchanges[0].error == "ConnectionError: refused"


def test_a_wait_is_random_and_has_an_upper_bound(
    autopilot: responses.RequestsMock, time: Time
) -> None:
    autopilot.post(BASE + "contact", body=requests.Timeout("slow"))
    with Destination(
        api_key=KEY,
        base_url=BASE,
        retry=Retry(total=10, first=1, longest=4),
        clock=time.clock,
        sleep=time.sleep,
        random=lambda: 0.5,
    ) as destination:
        assert destination.deliver(identify()).outcome == "failed"
    assert time.slept == [0.5, 1.0, 2.0, 2.0, 2.0, 2.0]
