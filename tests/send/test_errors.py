"""What is wrong with messages, files, and where they go."""

import json
import signal
import socket
import subprocess
import sys
from typing import Any

import pytest

from mock_autopilot import AccountView, MockAutopilot
from tests.adapter import test_tls as tls
from tests.conftest import PATIENCE, eventually
from tests.send.support import MISSING, NULL, Send, event, lines, person, table


@pytest.mark.parametrize("place", [1, 2, 3])
def test_the_other_lines_are_sent(place: int, send: Send, account: AccountView) -> None:
    rows: list[Any] = [person(1), person(2)]
    rows.insert(place - 1, '{"type": "identify", ')
    result = send({"all.jsonl": lines(*rows)})
    assert result.exit_code == 1
    assert f"  all.jsonl:{place}\n" in result.output
    assert "is not JSON" in result.output
    assert len(account.contacts) == 2
    assert [line.split() for line in table(result)[1:]] == [
        ["delivered", "2", "0", "2"],
        ["rejected", "0", "1", "1"],
    ]


def test_a_line_that_is_not_utf8_is_rejected_alone(send: Send, account: AccountView) -> None:
    rows = [
        json.dumps(person(1)).encode(),
        b'{"userId": "\xe9"}',
        json.dumps(person(2)).encode(),
    ]
    result = send({"all.jsonl": b"\n".join(rows)})
    assert result.exit_code == 1
    assert "  all.jsonl:2\n" in result.output
    assert len(account.contacts) == 2


@pytest.mark.parametrize(
    ("row", "expected"),
    [
        ("5", "message must be an object, got a number"),
        ("null", "message must be an object, got null"),
        ('{"type": "nope"}', "type must be one of identify, track"),
        ('{"type": "track", "userId": "u"}', "event must be the event's name"),
        ('{"type": "identify", "traits": {"x": NaN}}', "traits.x is nan"),
        ("[" * 100_000, "is not JSON that can be read"),
    ],
)
def test_an_invalid_message_is_reported(
    row: str, expected: str, send: Send, account: AccountView
) -> None:
    result = send({"all.jsonl": lines(person(1), row, person(2))})
    assert result.exit_code == 1
    assert f"\n\nrejected: {expected}" in result.output
    assert "  all.jsonl:2\n" in result.output
    assert len(account.contacts) == 2


def test_an_item_of_an_array_is_named_by_its_index(send: Send) -> None:
    result = send({"all.json": json.dumps([person(1), 5])})
    assert result.exit_code == 1
    assert "  all.json[1]\n" in result.output


def test_a_broken_document(send: Send, account: AccountView) -> None:
    result = send({"one.json": json.dumps(person(1), indent=2)[:-1]})
    assert result.exit_code == 1
    assert "is not JSON" in result.output
    assert "one.json" in result.output
    assert not account.calls


def test_reasons_come_with_their_places(send: Send) -> None:
    nobody = {"type": "identify", "anonymousId": "a", "traits": {"x": 1}}
    away = {**person(1), "integrations": {"All": False}}
    result = send({"all.jsonl": lines(*[nobody] * 5, away, person(1))})
    assert result.exit_code == 1
    assert [line.split() for line in table(result)] == [
        ["outcome", "identify", "total"],
        ["delivered", "1", "1"],
        ["filtered", "1", "1"],
        ["rejected", "5", "5"],
    ]
    places = "all.jsonl:1, all.jsonl:2, all.jsonl:3 and 2 more"
    assert f"\n\nrejected (400): {MISSING}\n  {places}\n" in result.output
    assert "\n\nfiltered: integrations.All is false" in result.output
    assert result.output.endswith("  all.jsonl:6\n")


def test_control_characters_are_escaped(send: Send) -> None:
    result = send({"all.jsonl": lines(person(1, **{"a\x1b[31m": None}), {"type": "x\x1b[0m"})})
    assert "\x1b" not in result.output
    assert r"traits.a\x1b[31m is null" in result.output


def test_filtered_alone_is_no_failure(send: Send, account: AccountView) -> None:
    page = {"type": "page", "userId": "user-1"}
    result = send({"one.json": json.dumps(page)})
    assert result.exit_code == 0
    assert table(result)[1].split() == ["filtered", "1", "1"]
    assert not account.calls


def test_what_is_filtered_is_never_invalid(send: Send, account: AccountView) -> None:
    group = {"type": "group", "userId": "u1", "groupId": "g", "traits": []}
    off = {**event(1), "properties": 5, "integrations": {"AutopilotHQ": False}}
    result = send({"all.jsonl": lines(group, off)})
    assert result.exit_code == 0
    assert not account.calls


def test_notes_are_counted_by_kind(send: Send) -> None:
    odd = [person(1, phone={}), person(2), person(3, plan=None), person(4, plan=None)]
    result = send({"all.jsonl": lines(*odd)})
    assert result.exit_code == 0
    assert [line.split(maxsplit=2) for line in result.output.split("\n\n")[1].splitlines()] == [
        ["note", "times", "first"],
        ["null", "2", f"all.jsonl:3: traits.plan {NULL}"],
        ["empty-object", "1", "all.jsonl:1: traits.phone is an empty object: it is left out"],
    ]


@pytest.mark.parametrize("name", ["missing.json", "."])
def test_a_missing_file(name: str, send: Send, account: AccountView) -> None:
    result = send({"one.json": json.dumps(person(1))}, names=["one.json", name])
    assert result.exit_code == 1
    assert result.output == f"Error: {name} is not a readable file.\n"
    assert not account.calls  # told before anything is sent


def test_no_file(send: Send) -> None:
    result = send({})
    assert result.exit_code == 2
    assert "Missing argument" in result.output


# --- where to ---


def test_without_a_server_it_says_so_at_once(send: Send) -> None:
    with socket.socket() as nobody:  # bound, and does not listen
        nobody.bind(("127.0.0.1", 0))
        base_url = f"http://127.0.0.1:{nobody.getsockname()[1]}/v1/"
        result = send({"one.json": json.dumps(person(1))}, base_url=base_url)
    assert result.exit_code == 1
    assert result.output.startswith(f"Error: no server answers at {base_url}")
    assert result.output.endswith("Start one with: mock-autopilot serve\n")
    assert result.output.count("\n") == 1


def test_it_stops_when_nobody_answers_any_more(send: Send) -> None:
    many = lines(*(person(number) for number in range(1200)))
    with tls.server(tls.plain) as port:  # no TLS there, which is known at once
        result = send({"many.jsonl": many}, base_url=f"https://127.0.0.1:{port}/v1/")
    assert result.exit_code == 1
    assert "Stopped: no more answers. The remaining messages were not sent.\n" in result.stderr
    assert table(result)[-1].split() == ["failed", "500", "500"]


def test_ctrl_c_is_no_success(account: AccountView) -> None:
    to = ("--base-url", account.base_url, "--api-key", account.api_key)
    with subprocess.Popen(
        [sys.executable, "-m", "mock_autopilot", "send", *to, "-"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.default_int_handler),
    ) as process:
        assert process.stdin
        process.stdin.write(lines(*(person(number) for number in range(1000))))
        process.stdin.flush()  # and there may be more
        eventually(lambda: account.contacts, "the first contact")
        process.send_signal(signal.SIGINT)
        _, errors = process.communicate(timeout=PATIENCE)
    assert process.returncode == 130
    assert errors == "Stopped. The messages sent last may or may not have arrived.\n"


def test_a_wrong_key(send: Send, server: MockAutopilot) -> None:
    result = send({"all.jsonl": lines(person(1), person(2))}, key="nobodys")
    assert result.exit_code == 1
    assert "\n\nrejected (401): Provided autopilotapikey not valid.\n" in result.output
    told = "  all.jsonl:1, all.jsonl:2\n  --api-key is the key of the account\n"
    assert told in result.output
    assert "person1@example.com" not in server.contacts


@pytest.mark.parametrize(
    ("option", "value", "expected"),
    [
        ("--base-url", "ftp://example.com", "base_url is not an http or https URL"),
        ("--api-key", " ", "api_key is missing"),
        ("--journey", "Song Played", "is not EVENT=TRIGGER_ID"),
        ("--journey", "=0001", "is not EVENT=TRIGGER_ID"),
        ("--journey", "Song Played=", "is not EVENT=TRIGGER_ID"),
        ("--default-trigger", "..", "default_trigger"),
    ],
)
def test_an_invalid_setting(
    option: str, value: str, expected: str, send: Send, account: AccountView
) -> None:
    result = send({"one.json": json.dumps(person(1))}, option, value)
    assert result.exit_code == 2
    assert expected in result.output
    assert not account.calls


def test_events_enter_by_the_triggers_that_are_named(send: Send, account: AccountView) -> None:
    messages = [event(1), event(1, "a=b"), event(1, "Other Thing"), event(1, "Song Played ")]
    options = ["--journey", "Song Played=0042", "--journey", "a=b=0043"]
    result = send({"all.jsonl": lines(*messages)}, *options)
    assert result.exit_code == 0
    assert {"0042", "0043", "other_thing"} <= {*account.journeys}


def test_other_events_enter_by_the_default(send: Send, account: AccountView) -> None:
    options = ["--journey", "Song Played=0042", "--default-trigger", "0007"]
    result = send({"all.jsonl": lines(event(1), event(1, "X"), event(2, "Y"))}, *options)
    assert result.exit_code == 0
    assert {name: len(j.entries) for name, j in account.journeys.items()} == {
        "0042": 1,
        "0007": 2,
    }
