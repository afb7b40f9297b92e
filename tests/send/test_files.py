"""What files hold."""

import codecs
import gzip
import json
from collections.abc import Callable

import pytest

from mock_autopilot import AccountView
from tests.send.support import Send, event, lines, person, table


@pytest.mark.parametrize("indent", [None, 2])
def test_one_object(indent: int | None, send: Send, account: AccountView) -> None:
    result = send({"one.json": json.dumps(person(1), indent=indent)})
    assert result.exit_code == 0
    assert result.output.split() == ["outcome", "identify", "total", "delivered", "1", "1"]
    assert account.contacts["person1@example.com"]["FirstName"] == "Chris"


@pytest.mark.parametrize("indent", [None, 2])
def test_an_array(indent: int | None, send: Send, account: AccountView) -> None:
    messages = [person(1), event(1), person(2)]
    result = send({"all.json": json.dumps(messages, indent=indent)})
    assert result.exit_code == 0
    assert [line.split() for line in table(result)] == [
        ["outcome", "identify", "track", "total"],
        ["delivered", "2", "1", "3"],
    ]
    assert len(account.contacts) == 2
    assert len(account.journeys["song_played"].entries) == 1


@pytest.mark.parametrize("end", ["\n", "\r\n", "\n\n \n"])
def test_one_a_line(end: str, send: Send, account: AccountView) -> None:
    content = end.join(json.dumps(person(number)) for number in range(5))
    result = send({"all.jsonl": content})
    assert result.exit_code == 0
    assert len(account.contacts) == 5


def test_gzip(send: Send, account: AccountView) -> None:
    first, second = lines(person(1), person(2)), lines(person(3))
    packed = gzip.compress(first.encode()) + gzip.compress(second.encode())
    result = send({"all.jsonl.gz": packed})
    assert result.exit_code == 0
    assert len(account.contacts) == 3


def test_truncated_gzip(send: Send, account: AccountView) -> None:
    packed = gzip.compress(lines(person(1), person(2)).encode())
    result = send({"cut.gz": packed[:-12]})
    assert result.exit_code == 1
    assert "cut.gz" in result.output
    assert "cannot be read" in result.output
    assert len(account.contacts) <= 2


@pytest.mark.parametrize("pack", [bytes, gzip.compress])
def test_standard_input(pack: Callable[[bytes], bytes], send: Send, account: AccountView) -> None:
    content = lines(person(1), {"type": "identify", "traits": {}}, person(2))
    result = send({}, names=["-"], stdin=pack(content.encode()))
    assert result.exit_code == 1
    assert "  stdin:2\n" in result.output
    assert len(account.contacts) == 2


def test_standard_input_is_read_once(send: Send, account: AccountView) -> None:
    result = send({}, names=["-", "-"], stdin=lines(person(1)))
    assert result.exit_code == 0
    assert len(account.calls) == 1


def test_several_files(send: Send, account: AccountView) -> None:
    files: dict[str, str | bytes] = {
        "one.json": json.dumps(person(1), indent=2),
        "two.jsonl": lines(person(2), event(2)),
    }
    result = send(files, names=["one.json", "-", "two.jsonl"], stdin=lines(person(3)))
    assert result.exit_code == 0
    assert table(result)[1].split() == ["delivered", "3", "1", "4"]
    emails = [contact.email for contact in account.contacts.values()]
    assert emails == [f"person{number}@example.com" for number in (1, 3, 2)]


@pytest.mark.parametrize("content", ["", "\n \n", "[]"])
def test_nothing(content: str, send: Send, account: AccountView) -> None:
    result = send({"empty.json": content})
    assert (result.exit_code, result.output) == (0, "No messages.\n")
    assert not account.calls


@pytest.mark.parametrize("name", ["one.json", "all.jsonl"])
def test_a_byte_order_mark(name: str, send: Send, account: AccountView) -> None:
    content = lines(person(1, lastName="Żółć"), person(2))[: None if "l" in name[-1] else -1]
    result = send({name: codecs.BOM_UTF8 + content.encode()})
    assert result.exit_code == 0
    assert account.contacts["person1@example.com"]["LastName"] == "Żółć"


def test_line_separators_in_a_text_end_no_line(send: Send, account: AccountView) -> None:
    message = json.dumps(person(1, lastName="a\u2028b\u0085c"), ensure_ascii=False)
    result = send({"all.jsonl": lines(message, person(2))})
    assert result.exit_code == 0
    assert account.contacts["person1@example.com"]["LastName"] == "a\u2028b\u0085c"


def test_many(send: Send, account: AccountView) -> None:
    messages = [person(number % 700) for number in range(1200)]
    result = send({"many.jsonl": lines(*messages)})
    assert result.exit_code == 0
    assert table(result)[1].split() == ["delivered", "1200", "1200"]
    assert len(account.contacts) == 700
    assert len(account.calls) < 40  # in bulk, that is


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16", "utf-32"])
def test_text_with_a_byte_order_mark(encoding: str, send: Send, account: AccountView) -> None:
    content = lines(person(1, lastName="Żółć"), event(1)).encode(encoding)
    result = send({"all.jsonl": content, "all.gz": gzip.compress(content)})
    assert result.exit_code == 0
    assert table(result)[1].split() == ["delivered", "2", "2", "4"]
    assert account.contacts["person1@example.com"]["LastName"] == "Żółć"


@pytest.mark.parametrize("indent", [None, 2])
def test_a_batch_body(indent: int | None, send: Send, account: AccountView) -> None:
    body = {"batch": [person(1), event(1)], "context": {"traits": {"plan": "gold"}}, "sentAt": ""}
    result = send({"batch.json": json.dumps(body, indent=indent)})
    assert result.exit_code == 0
    assert table(result)[1].split() == ["delivered", "1", "1", "2"]
    assert account.contacts["user-1"].custom == {"plan": "gold"}


def test_batch_bodies_one_a_line_with_the_place_of_each_message(send: Send) -> None:
    rows = [{"batch": [person(1)]}, {"batch": [person(2), 5]}, [person(3), {"batch": [6]}], 7]
    result = send({"all.jsonl": lines(*rows)})
    assert result.exit_code == 1
    assert "  all.jsonl:2[1], all.jsonl:3[1][0], all.jsonl:4\n" in result.output


def test_lines_of_an_archive(send: Send, account: AccountView) -> None:
    beside = {"projectId": "p", "receivedAt": "2026-02-14T12:02:49Z", "version": 2, "channel": "s"}
    result = send({"archive.jsonl": lines({**beside, **person(1)}, {**event(1), **beside})})
    assert result.exit_code == 0
    assert len(account.contacts) == 1
