"""Time, proxies and odd answers: what the forwarder waits for, and what it makes of it."""

import pytest
import requests
import responses

from adapter import (
    Retry,
)
from tests.adapter.support import BASE, PERSON, Make, Time, answer, identify, timeouts, track

# --- time -----------------------------------------------------------------------------------


def test_an_attempt_may_take_what_is_left_of_the_time(
    to: Make, autopilot: responses.RequestsMock, time: Time
) -> None:
    answer(autopilot, (503, {}, ""), PERSON, time=time, takes=9.0)
    retry = Retry(total=12, first=1, timeout=10)
    delivery = to(retry=retry).deliver(identify())
    assert delivery.outcome == "delivered"
    assert timeouts(autopilot) == [10, 2]
    assert [exchange.duration for exchange in delivery.exchanges] == [9.0, 9.0]


def test_a_last_attempt_after_the_time_is_up_has_hardly_any(
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


def test_nobody_asks_to_wait_who_says_nothing_of_it(
    to: Make, autopilot: responses.RequestsMock, time: Time
) -> None:
    answer(autopilot, (503, {}, ""), time=time, takes=61.0)
    delivery = to().deliver(identify())
    assert delivery.message == f"{BASE}contact answers 503 (attempt 1, 60 s allowed in all)"


def test_a_retry_after_of_all_the_time_left_is_said(
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
def test_odd_ways_to_say_retry_after(
    to: Make,
    autopilot: responses.RequestsMock,
    time: Time,
    headers: dict[str, str],
    waited: float,
) -> None:
    answer(autopilot, (429, headers, ""), PERSON)
    assert to().deliver(identify()).outcome == "delivered"
    assert time.slept == [waited]


@pytest.mark.parametrize(
    "failure", [requests.exceptions.ChunkedEncodingError, requests.exceptions.ContentDecodingError]
)
def test_an_answer_that_breaks_off_is_asked_for_again(
    to: Make, autopilot: responses.RequestsMock, failure: type[Exception]
) -> None:
    autopilot.post(BASE + "contact", body=failure("half"))
    autopilot.post(BASE + "contact", json={"contact_id": "person_1"})
    assert to().deliver(identify()).outcome == "delivered"


def test_a_host_that_is_none_is_not_tried_again(to: Make, time: Time) -> None:
    delivery = to(base_url="http://a..b/").deliver(identify())
    assert (delivery.outcome, delivery.status) == ("failed", None)
    assert time.slept == []


# --- answers --------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("status", "outcome"),
    [
        *[(299, "delivered"), (300, "failed"), (399, "failed")],
        *[(400, "rejected"), (428, "rejected"), (430, "rejected"), (499, "rejected")],
    ],
)
def test_the_first_and_last_status_of_each_kind(
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


# --- the session ----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("host", "proxied"),
    [
        *[("localhost", False), ("127.0.0.1", False), ("127.1.2.3", False), ("[::1]", False)],
        *[("autopilot.test", True), ("128.0.0.1", True)],
    ],
)
def test_a_proxy_is_used_except_to_reach_this_machine(
    monkeypatch: pytest.MonkeyPatch,
    to: Make,
    autopilot: responses.RequestsMock,
    host: str,
    proxied: bool,
) -> None:
    for name in ("no_proxy", "NO_PROXY", "all_proxy", "ALL_PROXY", "HTTP_PROXY"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("http_proxy", "http://proxy.test:3128")
    autopilot.post(f"http://{host}:8025/v1/contact", json={"contact_id": "person_1"})
    delivery = to(base_url=f"http://{host}:8025/v1/").deliver(identify())
    assert delivery.outcome == "delivered"
    proxies = autopilot.calls[0].request.req_kwargs["proxies"]  # type: ignore[attr-defined]
    assert ("http" in proxies) is proxied


def test_a_session_that_is_given_is_used(to: Make, autopilot: responses.RequestsMock) -> None:
    answer(autopilot, PERSON)
    with requests.Session() as theirs:
        theirs.headers["X-Trace"] = "7"
        assert to(session=theirs).deliver(identify()).outcome == "delivered"
    headers = autopilot.calls[0].request.headers
    assert headers["X-Trace"] == "7"
    assert headers["Content-Type"] == "application/json; charset=utf-8"


# --- Autopilot's words ----------------------------------------------------------------------


@pytest.mark.parametrize(
    ("body", "said"),
    [
        ('{"message": " No. "}', "No."),
        ('{"message": 7}', f"{BASE}contact answers 400"),
        ('{"message": " "}', f"{BASE}contact answers 400"),
        ("[]", f"{BASE}contact answers 400"),
        ('"No."', "No."),
    ],
)
def test_a_rejection_always_has_words(
    to: Make, autopilot: responses.RequestsMock, body: str, said: str
) -> None:
    answer(autopilot, (400, {}, body))
    assert to().deliver(identify()).message == said


def test_an_empty_answer_is_one_only_with_204(to: Make, autopilot: responses.RequestsMock) -> None:
    answer(autopilot, (204, {}, ""), (203, {}, ""), (205, {}, ""), (204, {}, ""))
    destination = to()
    outcomes = [destination.deliver(identify()).outcome for _ in range(3)]
    assert outcomes == ["delivered", "failed", "failed"]
    delivery = destination.deliver(track())
    why = f"{BASE}contact gives no contact_id, which the next call needs"
    assert (delivery.outcome, delivery.message) == ("failed", why)


def test_a_wait_has_half_a_minute_at_most(
    to: Make, autopilot: responses.RequestsMock, time: Time
) -> None:
    answer(autopilot, (503, {}, ""))
    to(retry=Retry(total=100)).deliver(identify())
    assert time.slept == [0.5, 1, 2, 4, 8, 16, 30, 30]


# --- endurance -----------------------------------------------------------------------------


def test_a_thousand_attempts_are_one_like_the_other(
    to: Make, autopilot: responses.RequestsMock, time: Time
) -> None:
    answer(autopilot, (503, {}, ""))
    delivery = to(retry=Retry(total=1100, first=1, longest=1)).deliver(identify())
    assert delivery.outcome == "failed"
    assert set(time.slept) == {1.0}
