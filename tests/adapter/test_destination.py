import json
import subprocess
import sys
from collections.abc import Iterator
from typing import Any

import pytest
import requests
import responses

from adapter import Destination, InvalidSettings, Outcome, Retry
from tests.adapter.support import BASE, KEY, Time, identify

MISSING = "Missing unique identifier traits. Either `email` or `user_id` traits must be provided"


@pytest.fixture
def destination(time: Time) -> Iterator[Destination]:
    with Destination(
        api_key=KEY, base_url=BASE, clock=time.clock, sleep=time.sleep, random=lambda: 1.0
    ) as made:
        yield made


TRACK = {
    "type": "track",
    "event": "Step Activated",
    "userId": "u",
    "properties": {"property": "test"},
}


def bodies(mock: responses.RequestsMock) -> list[Any]:
    return [json.loads(call.request.body or b"") for call in mock.calls]


def paths(mock: responses.RequestsMock) -> list[str]:
    return [str(call.request.url).removeprefix(BASE) for call in mock.calls]


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
    delivery = destination.deliver(TRACK)
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


def test_a_journey_that_is_not_there_is_a_rejection_with_both_exchanges(
    destination: Destination, autopilot: responses.RequestsMock
) -> None:
    autopilot.post(BASE + "contact", json={"contact_id": "person_1"})
    autopilot.post(BASE + "trigger/step_activated/contact/person_1", status=404, body="")
    delivery = destination.deliver(TRACK)
    assert (delivery.outcome, delivery.status) == ("rejected", 404)
    assert delivery.message.endswith("contact/person_1 answers 404")
    assert [exchange.status for exchange in delivery.exchanges] == [200, 404]


def test_what_is_filtered_or_has_no_journey_is_not_sent(
    destination: Destination, autopilot: responses.RequestsMock
) -> None:
    page = destination.deliver({"type": "page"})
    assert (page.outcome, page.status, page.exchanges) == ("filtered", None, ())
    assert "tracking code" in page.message
    nameless = destination.deliver({"type": "track", "event": "!", "userId": "u"})
    assert (nameless.outcome, nameless.status) == ("rejected", None)
    assert "map it in journeys" in nameless.message
    assert len(autopilot.calls) == 0


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


def test_a_wait_has_a_longest_and_is_drawn_at_random(
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


@pytest.mark.parametrize("status", [301, 302, 307])
def test_a_redirect_is_not_followed(
    destination: Destination, autopilot: responses.RequestsMock, status: int
) -> None:
    autopilot.post(BASE + "contact", status=status, headers={"Location": "http://else.test/"})
    delivery = destination.deliver(identify())
    assert (delivery.outcome, delivery.status) == ("failed", status)
    assert "check base_url" in delivery.message
    assert len(autopilot.calls) == 1


def test_an_answer_that_is_not_autopilots_is_a_failure(
    destination: Destination, autopilot: responses.RequestsMock
) -> None:
    autopilot.post(BASE + "contact", body="<html>Welcome to the hotel's Wi-Fi</html>")
    delivery = destination.deliver(identify())
    assert (delivery.outcome, delivery.status) == ("failed", 200)
    assert "not with a JSON object" in delivery.message
    assert "hotel" in delivery.exchanges[0].response_body


@pytest.mark.parametrize(
    "answer", [{}, {"contact_id": None}, {"contact_id": " "}, {"contact_id": "\ud800"}]
)
def test_no_journey_without_a_contact_id(
    destination: Destination, autopilot: responses.RequestsMock, answer: Any
) -> None:
    autopilot.post(BASE + "contact", json=answer)
    delivery = destination.deliver(TRACK)
    assert (delivery.outcome, delivery.status) == ("failed", 200)
    assert "no contact_id" in delivery.message


def test_the_key_is_in_nothing_that_is_handed_back(
    destination: Destination, autopilot: responses.RequestsMock
) -> None:
    autopilot.post(BASE + "contact", json={"contact_id": "person_1"})
    delivery = destination.deliver(identify())
    assert KEY not in repr(delivery)
    assert KEY not in repr(destination.settings)


def test_many_messages_go_in_bulk_and_come_back_in_their_order(
    destination: Destination, autopilot: responses.RequestsMock
) -> None:
    autopilot.post(BASE + "contact", json={"contact_id": "person_u"})
    autopilot.post(BASE + "trigger/step_activated/contact/person_u", json={})
    autopilot.post(BASE + "contacts", json={"contact_ids": ["1", "2"], "email_contact_map": {}})
    messages = [identify("a", plan=None), TRACK, {"type": "page"}, identify("b")]
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


def test_the_messages_of_a_rejected_bulk_go_singly_to_have_their_own_verdicts(
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


def test_a_bulk_that_fails_fails_for_each_of_its_messages(
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


class Session(requests.Session):
    closed = False

    def close(self) -> None:
        self.closed = True
        super().close()


def test_a_session_is_closed_by_who_made_it(monkeypatch: pytest.MonkeyPatch) -> None:
    theirs = Session()
    with Destination(api_key=KEY, base_url=BASE, session=theirs):
        pass
    assert not theirs.closed
    made: list[Session] = []

    def make() -> Session:
        made.append(Session())
        return made[-1]

    monkeypatch.setattr("adapter.client.Session", make)
    with Destination(api_key=KEY, base_url=BASE):
        pass
    assert [session.closed for session in made] == [True]


def test_bad_settings_are_refused_at_once() -> None:
    with pytest.raises(InvalidSettings, match="api_key is missing"):
        Destination(api_key="")


def test_importing_the_package_imports_neither_requests_nor_the_mock() -> None:
    code = "import sys, adapter; print({'requests', 'mock_autopilot'} & set(sys.modules))"
    ran = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert (ran.stdout, ran.stderr) == ("set()\n", "")
