"""What each answer of Autopilot's means for the delivery."""

import pytest
import responses

from adapter import Destination
from tests.adapter.support import (
    BASE,
    Make,
    answer,
    identify,
    track,
)


@pytest.mark.parametrize(
    ("status", "outcome"),
    [
        (299, "delivered"),
        (300, "failed"),
        (399, "failed"),
        (400, "rejected"),
        (428, "rejected"),
        (430, "rejected"),
        (499, "rejected"),
    ],
)
def test_the_boundaries_of_the_status_ranges(
    to: Make, autopilot: responses.RequestsMock, status: int, outcome: str
) -> None:
    answer(autopilot, (status, {}, "{}"))
    delivery = to().deliver(identify())
    assert (delivery.outcome, len(autopilot.calls)) == (outcome, 1)
    if 300 <= status < 400:
        why = f"answers with a redirect ({status}): check base_url"
        assert delivery.message == f"{BASE}contact {why}"


@pytest.mark.parametrize(("body", "shown"), [("[" * 100_000, "[" * 100_000), (b"a\xff", "a\ufffd")])
def test_an_answer_that_cannot_be_read_is_kept_as_text(
    to: Make, autopilot: responses.RequestsMock, body: str | bytes, shown: str
) -> None:
    answer(autopilot, (400, {}, body))
    delivery = to().deliver(identify())
    assert (delivery.outcome, delivery.message) == ("rejected", shown)
    assert delivery.exchanges[0].response_body == shown


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        ('{"message": " No. "}', "No."),
        ('{"message": 7}', f"{BASE}contact answers 400"),
        ('{"message": " "}', f"{BASE}contact answers 400"),
        ("[]", f"{BASE}contact answers 400"),
        ('"No."', "No."),
    ],
)
def test_a_rejection_always_has_a_message(
    to: Make, autopilot: responses.RequestsMock, body: str, expected: str
) -> None:
    answer(autopilot, (400, {}, body))
    assert to().deliver(identify()).message == expected


def test_an_empty_answer_is_delivered_only_with_204(
    to: Make, autopilot: responses.RequestsMock
) -> None:
    answer(autopilot, (204, {}, ""), (203, {}, ""), (205, {}, ""), (204, {}, ""))
    destination = to()
    outcomes = [destination.deliver(identify()).outcome for _ in range(3)]
    assert outcomes == ["delivered", "failed", "failed"]
    delivery = destination.deliver(track())
    why = f"{BASE}contact gives no contact_id, which the next call needs"
    assert (delivery.outcome, delivery.message) == ("failed", why)


@pytest.mark.parametrize("status", [301, 302, 307])
def test_a_redirect_is_not_followed(
    destination: Destination, autopilot: responses.RequestsMock, status: int
) -> None:
    autopilot.post(BASE + "contact", status=status, headers={"Location": "http://else.test/"})
    delivery = destination.deliver(identify())
    assert (delivery.outcome, delivery.status) == ("failed", status)
    assert "check base_url" in delivery.message
    assert len(autopilot.calls) == 1


def test_an_answer_that_is_not_json_is_a_failure(
    destination: Destination, autopilot: responses.RequestsMock
) -> None:
    autopilot.post(BASE + "contact", body="<html>Welcome to the hotel's Wi-Fi</html>")
    delivery = destination.deliver(identify())
    assert (delivery.outcome, delivery.status) == ("failed", 200)
    assert "not with a JSON object" in delivery.message
    assert "hotel" in delivery.exchanges[0].response_body
