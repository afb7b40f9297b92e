"""The calls of a failed test as text."""

from datetime import UTC, datetime
from typing import Any

import pytest

from mock_autopilot import Call
from mock_autopilot.account.call_warnings import CallWarning
from mock_autopilot.recording.refused_calls import RefusedCall
from mock_autopilot.testing.calls_text import calls_text

NOON = datetime(2024, 1, 2, 12, tzinfo=UTC)


def call(number: int = 1, status: int | None = 200, body: bytes = b"", **more: Any) -> Call:
    given: dict[str, Any] = {
        "number": number,
        "time": NOON,
        "account": "…-key",
        "method": "POST",
        "path": "/v1/contact",
        "query": "",
        "route": None,
        "headers": {},
        "request_body": body,
        "request_size": len(body),
        "status": status,
        "response_body": b"",
        "response_size": 0,
        "duration": 0.0,
    }
    return Call(**{**given, **more})


def warning(text: str) -> CallWarning:
    return CallWarning("id", "contact", text)


NONE = "No call came."
REFUSED = b'{"error": "Bad Request", "message": "No name."}'


@pytest.mark.parametrize(
    ("calls", "other_keys", "lines"),
    [
        ([], [], [NONE]),
        ([call()], [], ["1 call:", "#1 POST /v1/contact: 200"]),
        (
            [
                call(1),
                call(2, warnings=(warning("odd"),)),
                call(3, 400),
                call(4, 399),
                call(5, None),
            ],
            [],
            [
                "5 calls, 2 rejected, 1 with warnings:",
                "#3 POST /v1/contact: 400",
                "#5 POST /v1/contact: connection dropped",
                "#2 POST /v1/contact: 200",
                "    warning: contact: odd",
                "#1 POST /v1/contact: 200",
                "#4 POST /v1/contact: 399",
            ],
        ),
        (
            [call(1, 400, warnings=(warning("odd"),), response_body=REFUSED)],
            [],
            [
                "1 call, 1 rejected:",
                "#1 POST /v1/contact: 400 No name.",
                "    warning: contact: odd",
            ],
        ),
        (
            [call(body=b'{\n  "contact":  "\xff"\n}')],
            [],
            ["1 call:", "#1 POST /v1/contact: 200", '    { "contact": "\ufffd" }'],
        ),
        (
            [call(body=b"x" * 200), call(2, body=b"y" * 201)],
            [],
            [
                "2 calls:",
                "#1 POST /v1/contact: 200",
                f"    {'x' * 200}",
                "#2 POST /v1/contact: 200",
                f"    {'y' * 199}…",
            ],
        ),
        (
            [
                call(warnings=tuple(map(warning, "abcde"))),
                call(2, warnings=tuple(map(warning, "abcdefg"))),
            ],
            [],
            [
                "2 calls, 2 with warnings:",
                "#1 POST /v1/contact: 200",
                *(f"    warning: contact: {text}" for text in "abcde"),
                "#2 POST /v1/contact: 200",
                *(f"    warning: contact: {text}" for text in "abcde"),
                "    and 2 more warnings",
            ],
        ),
        (
            [call(number) for number in range(1, 11)],
            [],
            ["10 calls:", *(f"#{number} POST /v1/contact: 200" for number in range(1, 11))],
        ),
        (
            [call(number) for number in range(1, 12)],
            [],
            [
                "11 calls:",
                "(1 older ones like these are left out)",
                *(f"#{number} POST /v1/contact: 200" for number in range(2, 12)),
            ],
        ),
        (
            [call(number) for number in range(1, 13)],
            [],
            [
                "12 calls:",
                "(2 older ones like these are left out)",
                *(f"#{number} POST /v1/contact: 200" for number in range(3, 13)),
            ],
        ),
        (
            [],
            [
                call(1, 401, account=None, key_outline="…-key, 7 characters"),
                call(2, 400, account=None),
                call(3, headers={"autopilotapikey": "…-key"}),
            ],
            [
                NONE,
                "",
                "3 calls without a key, or with another one than own-key:",
                "#1 POST /v1/contact: 401 (its key: …-key, 7 characters)",
                "#2 POST /v1/contact: 400 (without a key)",
                "#3 POST /v1/contact: 200 (its key: …-key)",
            ],
        ),
        (
            [call(1, 401, account=None, key_outline="…-kez, 7 characters")],
            [],
            [
                "1 call, 1 rejected:",
                "#1 POST /v1/contact: 401 (its key: …-kez, 7 characters; not own-key)",
            ],
        ),
    ],
)
def test_calls_text(calls: list[Call], other_keys: list[Call], lines: list[str]) -> None:
    assert calls_text("own-key", calls, other_keys).split("\n") == lines


def test_refused_calls_come_last_the_newest_first() -> None:
    refused = [
        RefusedCall("GET", f"https://{host}.test/", "host not intercepted")
        for host in ("a", "b", "a", *"cdefghijkl")
    ]
    lines = calls_text("own-key", [call()], [], refused).split("\n")
    assert lines[2:5] == [
        "",
        "refused, not sent: GET https://l.test/ (host not intercepted)",
        "refused, not sent: GET https://k.test/ (host not intercepted)",
    ]
    assert lines[-1] == "refused, not sent: 2 others"
    assert calls_text("own-key", [], [], refused[:3]).split("\n")[2:] == [
        "refused, not sent: GET https://a.test/ (host not intercepted) (2x)",
        "refused, not sent: GET https://b.test/ (host not intercepted)",
    ]


def test_a_closed_account_says_so() -> None:
    assert calls_text("own-key", [], closed=True).splitlines() == [
        "The test closed its account, which forgot its calls."
    ]


def test_ten_refused_calls_leave_none_out() -> None:
    refused = [RefusedCall("GET", f"https://a.test/{n}", "host not intercepted") for n in range(10)]
    assert "others" not in calls_text("own-key", [], refused=refused)
