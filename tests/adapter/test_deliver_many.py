"""Many messages at once, in every form, with invalid ones among them."""

import gzip
import io
import json
from collections.abc import Callable
from typing import Any

import pytest
import responses

from adapter import InvalidMessage
from tests.adapter.support import BASE, PERSON, Make, Time, answer, identify, track


@pytest.fixture
def account(autopilot: responses.RequestsMock) -> responses.RequestsMock:
    """An account that takes everything."""

    def bulk(request: Any) -> tuple[int, dict[str, str], str]:
        count = len(json.loads(request.body)["contacts"])
        return 200, {}, json.dumps({"contact_ids": [f"p{n}" for n in range(count)]})

    autopilot.assert_all_requests_are_fired = False
    autopilot.add_callback("POST", BASE + "contacts", bulk)
    autopilot.post(BASE + "contact", json={"contact_id": "p"})
    autopilot.post(BASE + "trigger/e/contact/p", json={})
    return autopilot


NO_MESSAGES: list[tuple[Any, str]] = [
    (None, "message must be an object, got null"),
    (5, "message must be an object, got a number"),
    (object(), "message must be an object, got a object"),
    ({}, "type must be one of identify, track, page, screen, group, alias, got nothing"),
    ({"type": ["identify"]}, "type must be one of identify"),
    ({**identify(), "traits": [1]}, "traits must be an object, got a list"),
    ({**identify(), "traits": {"n": float("nan")}}, "traits.n is nan"),
    ({**track(), "event": " "}, "event must be the event's name"),
    ("{", "is not JSON: "),
    ({"batch": 5}, "batch must be a list of messages"),
]


@pytest.mark.parametrize(("bad", "reason"), NO_MESSAGES)
@pytest.mark.parametrize("position", [0, 1, 99])
def test_an_invalid_message_is_a_rejected_delivery_among_the_others(
    to: Make, account: responses.RequestsMock, bad: Any, reason: str, position: int
) -> None:
    messages: list[Any] = [identify(f"u{number}") for number in range(99)]
    messages.insert(position, bad)
    deliveries = to().deliver_many(messages)
    assert len(deliveries) == 100
    rejected = deliveries.pop(position)
    assert (rejected.outcome, rejected.status, rejected.exchanges) == ("rejected", None, ())
    assert rejected.message.startswith(reason)
    assert rejected.source == bad
    assert rejected.place == f"messages[{position}]"
    assert {one.outcome.value for one in deliveries} == {"delivered"}
    assert len(account.calls) == 1


def test_of_invalid_messages_nothing_is_sent(to: Make) -> None:
    assert [one.outcome for one in to().deliver_many([None, {}, "x"])] == ["rejected"] * 3


MESSAGES = [identify("a"), track(), {"type": "page"}]
LINES = "\n".join(map(json.dumps, MESSAGES))


@pytest.mark.parametrize(
    "source",
    [
        MESSAGES,
        tuple(MESSAGES),
        {"batch": MESSAGES},
        [{"batch": MESSAGES}],
        LINES,
        LINES.encode(),
        LINES.splitlines(),
        json.dumps(MESSAGES),
        gzip.compress(LINES.encode(), mtime=0),
        json.dumps({"batch": MESSAGES}),
        json.dumps({"batch": MESSAGES}, indent=2),
        LINES.encode("utf-16"),
        LINES.encode("utf-32"),
        LINES.encode("utf-8-sig"),
    ],
)
@pytest.mark.usefixtures("account")
def test_messages_are_taken_in_every_form(to: Make, source: Any) -> None:
    deliveries = to().deliver_many(source)
    assert [one.outcome for one in deliveries] == ["delivered", "delivered", "filtered"]
    assert [one.source for one in deliveries] == MESSAGES


@pytest.mark.parametrize("opened", [io.BytesIO, lambda raw: io.StringIO(raw.decode()), iter])
@pytest.mark.usefixtures("account")
def test_a_file_is_taken_once(to: Make, opened: Callable[[Any], Any]) -> None:
    source = opened(MESSAGES) if opened is iter else opened(LINES.encode())
    assert len(to().deliver_many(source)) == 3
    assert to().deliver_many(source) == []


@pytest.mark.usefixtures("account")
def test_one_message_is_one_delivery(to: Make) -> None:
    (delivery,) = to().deliver_many(identify("a"))
    assert (delivery.outcome, delivery.place) == ("delivered", "messages")


@pytest.mark.usefixtures("account")
def test_a_line_of_an_archive_is_a_message(to: Make) -> None:
    beside = {
        "projectId": "p",
        "receivedAt": "2026-02-14T12:02:49Z",
        "_metadata": {"nodeVersion": 1},
    }
    line = json.dumps({**beside, **identify("a"), "version": 2, "batch": None})
    (delivery,) = to().deliver_many(line)
    assert delivery.outcome == "delivered"


def test_the_integrations_of_a_batch_filter_its_messages(to: Make) -> None:
    body = {"batch": [identify("a"), track()], "integrations": {"All": False}}
    assert [one.outcome for one in to().deliver_many(body)] == ["filtered"] * 2


@pytest.mark.parametrize("body", [{"batch": MESSAGES}, {"batch": [], "context": {}}])
def test_deliver_refuses_a_batch_body_and_names_deliver_many(to: Make, body: Any) -> None:
    with pytest.raises(InvalidMessage, match=r"^batch .* deliver_many$"):
        to().deliver(body)


@pytest.mark.parametrize("bad", [None, 5, [identify()], LINES])
def test_deliver_takes_one_message(to: Make, bad: Any) -> None:
    with pytest.raises(InvalidMessage, match=r"^message must be an object"):
        to().deliver(bad)


@pytest.mark.usefixtures("account")
def test_a_delivery_as_json(to: Make) -> None:
    good, bad = to().deliver_many([identify("a", x=None), None])
    assert json.loads(json.dumps(bad.to_json())) == {
        "place": "messages[1]",
        "outcome": "rejected",
        "status": None,
        "reason": "message must be an object, got null",
        "notes": [],
        "calls": [],
    }
    (call,) = good.to_json()["calls"]
    assert call == {
        "method": "POST",
        "path": "contact",
        "body": {"contact": {"user_id": "a"}},
        "status": 200,
        "answer": {"contact_id": "p"},
        "attempts": [{"status": 200, "error": None, "seconds": 0.0}],
    }


def test_the_attempts_at_a_call_as_json(
    to: Make, autopilot: responses.RequestsMock, time: Time
) -> None:
    answer(autopilot, (503, {}, ""), PERSON, time=time, takes=0.123456789)
    (call,) = to().deliver(identify("a")).to_json()["calls"]
    assert call["attempts"] == [
        {"status": status, "error": None, "seconds": 0.123457} for status in (503, 200)
    ]


@pytest.mark.usefixtures("account")
def test_a_bulk_call_as_json_is_the_messages_own_part_of_it(to: Make) -> None:
    second = to().deliver_many(map(identify, "abc"))[1]
    (call,) = second.to_json()["calls"]
    assert call["body"] == {"contacts": [{"user_id": "b"}]}
    assert call["answer"] == {"contact_ids": ["p1"]}
    assert call["bulk"] == {"position": 1, "of": 3}


def test_a_bulk_call_that_was_refused_is_a_call_of_its_own(
    to: Make, autopilot: responses.RequestsMock
) -> None:
    autopilot.post(BASE + "contacts", status=400, json={"message": "No."})
    autopilot.post(BASE + "contact", json={"contact_id": "p"})
    for position, delivery in enumerate(to().deliver_many(map(identify, "ab"))):
        bulk, own = delivery.to_json()["calls"]
        assert (bulk["path"], bulk["status"], bulk["answer"]) == (
            "contacts",
            400,
            {"message": "No."},
        )
        assert bulk["body"]["contacts"] == [{"user_id": "ab"[position]}]
        assert (own["path"], own["status"], "bulk" in own) == ("contact", 200, False)
