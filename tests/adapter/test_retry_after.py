"""The `Retry-After` header of an answer."""

import pytest
import responses

from adapter import Destination
from tests.adapter.support import (
    BASE,
    PERSON,
    Make,
    Time,
    answer,
    identify,
)


@pytest.mark.parametrize(
    ("headers", "waited"),
    [
        ({"Retry-After": "7"}, 7.0),
        ({"Retry-After": "0"}, 0.5),
        ({"Retry-After": "soon"}, 0.5),
        ({"Retry-After": "-7"}, 0.5),
        (
            {
                "Date": "Wed, 21 Oct 2015 07:28:00 GMT",
                "Retry-After": "Wed, 21 Oct 2015 07:28:09 GMT",
            },
            9.0,
        ),
        ({"Retry-After": "Wed, 21 Oct 2015 07:28:09 GMT"}, 0.5),
    ],
)
def test_retry_after_is_honoured(
    destination: Destination,
    autopilot: responses.RequestsMock,
    time: Time,
    headers: dict[str, str],
    waited: float,
) -> None:
    autopilot.post(BASE + "contact", status=429, headers=headers)
    autopilot.post(BASE + "contact", json={"contact_id": "person_1"})
    assert destination.deliver(identify()).outcome == "delivered"
    assert time.slept == [waited]


def test_a_retry_after_beyond_the_time_left_is_given_up_at_once(
    destination: Destination, autopilot: responses.RequestsMock, time: Time
) -> None:
    autopilot.post(BASE + "contact", status=429, headers={"Retry-After": "3600"})
    delivery = destination.deliver(identify())
    assert (delivery.outcome, delivery.status) == ("failed", 429)
    assert "it asks to wait 3600 s" in delivery.message
    assert time.slept == []


def test_without_the_header_the_message_does_not_mention_it(
    to: Make, autopilot: responses.RequestsMock, time: Time
) -> None:
    answer(autopilot, (503, {}, ""), time=time, takes=61.0)
    delivery = to().deliver(identify())
    assert delivery.message == f"{BASE}contact answers 503 (attempt 1, 60 s allowed in all)"


def test_a_retry_after_of_all_the_time_left_is_in_the_message(
    to: Make, autopilot: responses.RequestsMock
) -> None:
    answer(autopilot, (429, {"Retry-After": "60"}, ""))
    delivery = to().deliver(identify())
    spent = "(attempt 1, 60 s allowed in all)"
    assert delivery.message == f"{BASE}contact answers 429; it asks to wait 60 s {spent}"


@pytest.mark.parametrize(
    ("headers", "waited"),
    [
        ({"Retry-After": "7 "}, 7.0),
        ({"Retry-After": "²"}, 0.5),
        ({"Retry-After": f"Wed, 21 Oct {'9' * 30} 07:28:09 GMT"}, 0.5),
        (
            {
                "Date": "Wed, 21 Oct 2015 07:28:00 -0000",
                "Retry-After": "Wed, 21 Oct 2015 09:28:09 +0200",
            },
            9.0,
        ),
    ],
)
def test_unusual_values_of_retry_after(
    to: Make,
    autopilot: responses.RequestsMock,
    time: Time,
    headers: dict[str, str],
    waited: float,
) -> None:
    answer(autopilot, (429, headers, ""), PERSON)
    assert to().deliver(identify()).outcome == "delivered"
    assert time.slept == [waited]
