"""Faults that are refused, each with what is wrong, in Python and over HTTP."""

from itertools import product
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mock_autopilot import AccountView, ApiError
from mock_autopilot.recording.call_patterns import overlap
from mock_autopilot.recording.faults import Faults
from mock_autopilot.recording.journal import path_matches
from tests.api.calls import Call


def respond(**parts: Any) -> dict[str, Any]:
    return {"respond": parts}


def status_500(**parts: Any) -> dict[str, Any]:
    return {"respond": {"status": 500}, **parts}


def header(name: str, value: object) -> dict[str, Any]:
    return respond(status=500, headers={name: value})


EITHER = "respond must say either a status or drop_connection."
NOTHING = "respond must say a status, drop_connection or delay_ms."
ALONE = "needs a status: a delay alone leaves the answer as it is."
DROPPED = "needs a status: a dropped connection has no answer."
DELAY = "respond.delay_ms must be a whole number from 0 to 3600000"
RESPOND_PARTS = "known are status, body, headers, drop_connection, delay_ms."
NO_NAME = "is no name of a header; use letters, digits and hyphens."
SERVERS_OWN = "is the server's own: it says how the answer travels. Leave it out."
FAULTS: list[tuple[dict[str, Any], str]] = [
    ({}, "respond is missing."),
    (status_500(x=5), "x is unknown; known are match, respond, times."),
    (respond(), NOTHING),
    (respond(drop_connection=False), NOTHING),
    (respond(body="x"), NOTHING),
    (respond(status=500, drop_connection=True), EITHER),
    (respond(status=500, drop_connection=True, delay_ms=5), EITHER),
    (respond(delay_ms=5, body=None), f"respond.body {ALONE}"),
    (respond(delay_ms=5, headers={}), f"respond.headers {ALONE}"),
    (respond(drop_connection=True, body="x"), f"respond.body {DROPPED}"),
    (respond(drop_connection=True, headers={"A": "b"}), f"respond.headers {DROPPED}"),
    (respond(delay_ms=-1), f"{DELAY}, got the number -1."),
    (respond(delay_ms=3_600_001), f"{DELAY}, got the number 3600001."),
    (respond(delay_ms=0.5), f"{DELAY}, got the number 0.5."),
    (respond(delay_ms="5"), f"{DELAY}, got the string '5'."),
    (respond(delay=5), f"respond.delay is unknown; {RESPOND_PARTS}"),
    (respond(status=500, delay=1), f"respond.delay is unknown; {RESPOND_PARTS}"),
    (
        respond(status=199),
        "respond.status must be a whole number from 200 to 599, got the number 199.",
    ),
    (
        respond(status=600),
        "respond.status must be a whole number from 200 to 599, got the number 600.",
    ),
    (respond(status=True), "respond.status must be a whole number from 200 to 599, got true."),
    (
        respond(status="500"),
        "respond.status must be a whole number from 200 to 599, got the string '500'.",
    ),
    (
        respond(drop_connection=1),
        "respond.drop_connection must be true or false, got the number 1.",
    ),
    (
        respond(drop_connection="yes"),
        "respond.drop_connection must be true or false, got the string 'yes'.",
    ),
    (respond(status=500, headers=[]), "respond.headers must be an object, got an array."),
    (header("é", "x"), f"respond.headers.é {NO_NAME}"),
    (header("a\n", "x"), f"respond.headers.a\n {NO_NAME}"),
    (header("X", 5), "respond.headers.X must be a printable string, got the number 5."),
    (header("X", "a\n"), "respond.headers.X must be a printable string, got the string 'a\\n'."),
    (header("X", "a\nb"), "respond.headers.X must be a printable string, got the string 'a\\nb'."),
    (
        header("X", "€"),
        "respond.headers.X has a character that is not Latin-1, which no header can carry.",
    ),
    (
        header("X", "\u0100"),
        "respond.headers.X has a character that is not Latin-1, which no header can carry.",
    ),
    *(
        (header(name, "1"), f"respond.headers.{name} {SERVERS_OWN}")
        for name in ("Transfer-Encoding", "content-length", "Trailer", "Upgrade")
    ),
    (
        header("Connection", "keep-alive"),
        "respond.headers.Connection can only be close; leave it out for a connection that stays.",
    ),
    (
        status_500(times=0),
        "times must be a whole number of at least 1, or null, got the number 0.",
    ),
    (status_500(times=True), "times must be a whole number of at least 1, or null, got true."),
    (
        status_500(times=1.5),
        "times must be a whole number of at least 1, or null, got the number 1.5.",
    ),
    (status_500(match=[]), "match must be an object, got an array."),
    (status_500(match={"x": 5}), "match.x is unknown; known are method, path, contact."),
    (
        status_500(match={"path": 5}),
        "match.path must be a string that is not empty, got the number 5.",
    ),
    (
        status_500(match={"path": ""}),
        "match.path must be a string that is not empty, got the string ''.",
    ),
    (
        status_500(match={"contact": 5}),
        "match.contact must be a string that is not empty, got the number 5.",
    ),
]


@pytest.mark.parametrize(("wanted", "message"), FAULTS)
def test_a_wrong_fault_is_refused_with_the_reason_and_not_added(
    control: Call, wanted: dict[str, Any], message: str
) -> None:
    with pytest.raises(ApiError) as caught:
        Faults().add(wanted)
    refused = control("POST", "faults", wanted)
    assert refused.status_code == 400
    assert str(caught.value) == refused.json()["message"] == message
    assert control("GET", "faults").json() == {"faults": []}


@pytest.mark.parametrize(
    ("name", "value"), [("X", "\u00ff"), ("Connection", " Close "), ("connection", "close")]
)
def test_a_header_that_can_be_sent_is_accepted(name: str, value: str) -> None:
    assert Faults().add(header(name, value)).headers == {name: value}


NO_CALL: list[tuple[dict[str, str], str]] = [
    ({"path": "contact"}, "match.path matches no call: 'contact'; write /v1/contact."),
    ({"path": "/contact/*"}, "match.path matches no call: '/contact/*'; write /v1/contact/*."),
    ({"method": "PSOT"}, "match.method is no HTTP method: 'PSOT'; did you mean POST?"),
    (
        {"path": "/v1/contcat"},
        "match.path matches no call that is imitated: '/v1/contcat'; did you mean /v1/contact?",
    ),
    ({"path": "/v1/lists"}, "match.path matches no call that is imitated: '/v1/lists'."),
]


@pytest.mark.parametrize(("match", "message"), NO_CALL)
def test_a_fault_that_can_never_match_is_refused(
    control: Call, account: AccountView, match: dict[str, Any], message: str
) -> None:
    with pytest.raises(ApiError) as caught:
        account.fail_next(**match)
    refused = control("POST", "faults", status_500(match=match))
    assert refused.status_code == 400
    assert refused.json()["message"] == message
    assert str(caught.value) == message.removeprefix("match.")
    assert control("GET", "faults").json() == {"faults": []}


WRONG_ARGUMENTS: list[tuple[dict[str, Any], type[Exception], str]] = [
    (
        {"status": 503, "drop_connection": True},
        ApiError,
        "fail_next() must say either a status or drop_connection.",
    ),
    ({"body": "x", "drop_connection": True}, ApiError, f"body {DROPPED}"),
    (
        {"drop_connection": "no"},
        ApiError,
        "drop_connection must be true or false, got the string 'no'.",
    ),
    (
        {"status": "503"},
        ApiError,
        "status must be a whole number from 200 to 599, got the string '503'.",
    ),
    ({"headers": {"X": 5}}, ApiError, "headers.X must be a printable string, got the number 5."),
    ({"delay": "3"}, TypeError, "delay must be a number of seconds, got '3'"),
    ({"delay": True}, TypeError, "delay must be a number of seconds, got True"),
    ({"delay": -1}, ValueError, "delay must be from 0 to 3600 seconds, got -1"),
]


@pytest.mark.parametrize(("wanted", "error", "message"), WRONG_ARGUMENTS)
def test_a_wrong_argument_is_called_as_it_is_in_python(
    account: AccountView,
    control: Call,
    wanted: dict[str, Any],
    error: type[Exception],
    message: str,
) -> None:
    with pytest.raises(error) as caught:
        account.fail_next(**wanted)
    assert str(caught.value) == message
    assert control("GET", "faults").json() == {"faults": []}


@pytest.mark.parametrize(
    "path",
    ["*", "/v1/*", "/*", "*unsub*", "/v1/contact/a@b.c/unsubscribe", "/v1/contacts", "/v1/*/x/*"],
)
def test_a_fault_that_can_match_is_taken(account: AccountView, path: str) -> None:
    assert account.fail_next(path=path) == "fault_1"


PATTERN = st.text("ab*", max_size=4)


@given(one=PATTERN, other=PATTERN)
def test_patterns_overlap_when_a_text_matches_both(one: str, other: str) -> None:
    texts = ("".join(text) for length in range(9) for text in product("ab", repeat=length))
    both = any(path_matches(text, one) and path_matches(text, other) for text in texts)
    assert overlap(one, other) == both


@pytest.mark.parametrize(
    ("pattern", "text", "matches"),
    [
        ("/v1/contact", "/v1/contact", True),
        ("/v1/contact", "/v1/contacts", False),
        ("/v1/*/b/*c", "/v1/a/b/b/cc", True),
        ("/v1/*ab*ab", "/v1/ab", False),
        ("/v1/*ab*ab", "/v1/abab", True),
        ("/v1/*.b", "/v1/a\n.b", True),
        ("*", "", True),
        ("a*b*b", "ab", False),
    ],
)
def test_stars_stand_for_anything(pattern: str, text: str, *, matches: bool) -> None:
    assert path_matches(text, pattern) is matches


def test_many_stars_take_no_more_time_than_few() -> None:
    """With the time of a search that tries all places, this test would not end."""
    assert not path_matches("/v1/" + "a" * 5000, "/v1/" + "*a" * 50 + "*b")
