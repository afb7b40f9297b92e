"""Bulk calls: which deliveries share one, and the result of each."""

import json
from typing import Any

import pytest
import requests
import responses

from adapter import (
    Delivery,
    Destination,
    Retry,
)
from tests.adapter.support import (
    BASE,
    PERSON,
    STEP_ACTIVATED,
    Make,
    answer,
    bodies,
    identify,
    paths,
    track,
)


def both(status: int, body: Any, to: Make, mock: responses.RequestsMock) -> list[Delivery]:
    text = body if isinstance(body, str) else json.dumps(body)
    mock.post(BASE + "contacts", status=status, body=text)
    return to().deliver_many([identify("a"), identify("b")])


@pytest.mark.parametrize(
    ("status", "body"),
    [(200, {}), (200, {"contact_ids": ["1"]}), (200, {"contact_ids": 2}), (204, "")],
)
def test_a_bulk_fails_if_its_answer_lacks_an_id_for_each_contact(
    to: Make, autopilot: responses.RequestsMock, status: int, body: Any
) -> None:
    why = f"{BASE}contacts does not give a contact_id for each of the contacts"
    deliveries = both(status, body, to, autopilot)
    assert [(one.outcome, one.message) for one in deliveries] == [("failed", why)] * 2


def test_each_delivery_has_its_own_message_and_the_exchanges_it_went_in(
    to: Make, autopilot: responses.RequestsMock
) -> None:
    autopilot.post(BASE + "contacts", status=400, json={"message": "One is wrong."})
    autopilot.post(BASE + "contact", json={"contact_id": "person_1"})
    messages = [identify("a"), identify("b")]
    deliveries = to().deliver_many(messages)
    assert [one.source for one in deliveries] == messages
    assert [[e.path for e in one.exchanges] for one in deliveries] == [["contacts", "contact"]] * 2
    (together, *_), (same, *_) = (one.exchanges for one in deliveries)
    assert together is same


@pytest.mark.parametrize("status", [200, 401])
def test_each_delivery_of_a_bulk_has_its_own_place_and_notes(
    to: Make, autopilot: responses.RequestsMock, status: int
) -> None:
    autopilot.post(BASE + "contacts", status=status, json={"contact_ids": ["1", "2"]})
    deliveries = to().deliver_many([identify("a", title=None), identify("b", phone=None)])
    assert [(one.place, [note.path for note in one.notes]) for one in deliveries] == [
        ("messages[0]", ["traits.title"]),
        ("messages[1]", ["traits.phone"]),
    ]


def test_a_delivery_that_was_not_tried_has_its_place_and_notes(
    to: Make, autopilot: responses.RequestsMock
) -> None:
    autopilot.post(BASE + "contact", body=requests.ConnectionError())
    messages = [track(), identify("u", title=None)]
    last = to(retry=Retry(total=0)).deliver_many(messages)[-1]
    assert (last.place, [note.path for note in last.notes]) == ("messages[1]", ["traits.title"])


def test_messages_of_one_bulk_share_its_exchanges(
    to: Make, autopilot: responses.RequestsMock
) -> None:
    deliveries = both(200, {"contact_ids": ["1", "2"]}, to, autopilot)
    assert [[e.path for e in one.exchanges] for one in deliveries] == [["contacts"]] * 2


def test_a_forbidden_key_is_not_tried_message_by_message(
    to: Make, autopilot: responses.RequestsMock
) -> None:
    deliveries = both(403, {"message": "No."}, to, autopilot)
    assert [(one.outcome, one.message) for one in deliveries] == [("rejected", "No.")] * 2
    assert len(autopilot.calls) == 1


def test_after_a_call_without_an_answer_the_others_are_not_tried(
    to: Make, autopilot: responses.RequestsMock
) -> None:
    autopilot.post(BASE + "contact", body=requests.ConnectionError("refused"))
    messages = [track(), {"type": "page"}, identify("a"), identify("b"), identify("a")]
    first, page, *others = to(retry=Retry(total=0)).deliver_many(messages)
    assert (first.outcome, first.status) == ("failed", None)
    assert page.outcome == "filtered"
    why = f"Not tried, after: {first.message}"
    assert [(one.outcome, one.message, one.exchanges) for one in others] == [
        ("failed", why, ())
    ] * 3
    assert [one.source for one in others] == messages[2:]
    assert len(autopilot.calls) == 1


def test_after_an_answered_failure_the_others_are_tried(
    to: Make, autopilot: responses.RequestsMock
) -> None:
    answer(autopilot, (503, {}, ""), PERSON)
    deliveries = to(retry=Retry(total=0)).deliver_many([identify("a"), identify("a")])
    assert [one.outcome for one in deliveries] == ["failed", "delivered"]


def test_many_messages_go_in_bulk_and_come_back_in_their_order(
    destination: Destination, autopilot: responses.RequestsMock
) -> None:
    autopilot.post(BASE + "contact", json={"contact_id": "person_u"})
    autopilot.post(BASE + "trigger/step_activated/contact/person_u", json={})
    autopilot.post(BASE + "contacts", json={"contact_ids": ["1", "2"], "email_contact_map": {}})
    messages = [identify("a", plan=None), STEP_ACTIVATED, {"type": "page"}, identify("b")]
    deliveries = destination.deliver_many(messages)
    assert [delivery.source for delivery in deliveries] == messages
    assert [str(delivery.outcome) for delivery in deliveries] == [
        "delivered", "delivered", "filtered", "delivered",
    ]  # fmt: skip
    assert paths(autopilot)[-1] == "contacts"
    assert bodies(autopilot)[-1] == {"contacts": [{"user_id": "a"}, {"user_id": "b"}]}
    assert deliveries[0].exchanges == deliveries[3].exchanges
    assert [note.id for note in deliveries[0].notes] == ["null"]
    assert deliveries[3].notes == ()


def test_a_bulk_of_one_is_a_single_call(
    destination: Destination, autopilot: responses.RequestsMock
) -> None:
    autopilot.post(BASE + "contact", json={"contact_id": "person_1"})
    (delivery,) = destination.deliver_many(iter([identify()]))
    assert delivery.outcome == "delivered"


def test_the_messages_of_a_rejected_bulk_are_sent_one_by_one(
    destination: Destination, autopilot: responses.RequestsMock
) -> None:
    autopilot.post(BASE + "contacts", status=400, json={"message": "One of them is bad"})
    autopilot.post(BASE + "contact", json={"contact_id": "person_1"})
    autopilot.post(BASE + "contact", status=400, json={"message": "This one"})
    good, bad = destination.deliver_many([identify("a"), identify("b")])
    assert (good.outcome, good.status) == ("delivered", 200)
    assert (bad.outcome, bad.message) == ("rejected", "This one")
    assert [exchange.path for exchange in bad.exchanges] == ["contacts", "contact"]


def test_a_refused_key_is_not_tried_message_by_message(
    destination: Destination, autopilot: responses.RequestsMock
) -> None:
    autopilot.post(BASE + "contacts", status=401, json={"message": "not valid."})
    deliveries = destination.deliver_many([identify("a"), identify("b")])
    assert [(d.outcome, d.message) for d in deliveries] == [("rejected", "not valid.")] * 2
    assert len(autopilot.calls) == 1


def test_each_message_of_a_failed_bulk_is_failed(
    destination: Destination, autopilot: responses.RequestsMock
) -> None:
    autopilot.post(BASE + "contacts", status=502)
    deliveries = destination.deliver_many([identify("a"), identify("b")])
    assert [(d.outcome, d.status) for d in deliveries] == [("failed", 502)] * 2


def test_no_messages_are_no_deliveries(destination: Destination) -> None:
    assert destination.deliver_many([]) == []


def test_an_interruption_is_not_swallowed(
    destination: Destination, autopilot: responses.RequestsMock
) -> None:
    def interrupt(_: object) -> tuple[int, dict[str, str], str]:
        raise KeyboardInterrupt

    autopilot.add_callback("POST", BASE + "contacts", callback=interrupt)
    with pytest.raises(KeyboardInterrupt):
        destination.deliver_many([identify("a"), identify("b")])
