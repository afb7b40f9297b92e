"""A call without I/O: how much of a body is read, and what reaches the client."""

import pytest

from mock_autopilot.account.accounts import Accounts
from mock_autopilot.api.dispatch import Dispatcher
from mock_autopilot.api.exchange import MAX_DRAINED, Answer, RequestHead
from mock_autopilot.interception.exchange import Exchange
from mock_autopilot.options import ServerOptions
from mock_autopilot.storage.memory import MemoryStorage

LIMIT = 10


@pytest.fixture
def accounts() -> Accounts:
    return Accounts(ServerOptions("key", max_body=LIMIT), storage=MemoryStorage())


def exchange(accounts: Accounts, length: int | None, method: str = "POST") -> Exchange:
    headers = {"autopilotapikey": "key"}
    headers |= {} if length is None else {"content-length": str(length)}
    return Exchange(Dispatcher(accounts), RequestHead(method, "/v1/contact", "", headers))


def read(one: Exchange, *chunks: bytes) -> int:
    """Feed the chunks as long as they are wanted; return how many were."""
    wanted = one.wants_body
    taken = 0
    for chunk in chunks:
        if not wanted:
            break
        wanted = one.feed(chunk)
        taken += 1
    return taken


def recorded(accounts: Accounts) -> tuple[bytes, int, str]:
    (account,) = accounts
    (call,) = account.journal.calls()
    assert call.error
    return call.request_body, call.request_size, call.error.id


@pytest.mark.parametrize(
    ("length", "chunks", "taken", "body", "size", "error"),
    [
        (4, [b"{}", b"  "], 2, b"{}  ", 4, "bad-field"),
        (4, [b"{}", b"  ", b"x"], 2, b"{}  ", 4, "bad-field"),
        (3, [b"{}  ", b"x"], 1, b"{} ", 3, "bad-field"),
        (3, [b"{}"], 1, b"{}", 2, "incomplete-body"),
        (0, [b"{}"], 0, b"", 0, "bad-body"),
        (LIMIT, [b"{}" + b" " * 8], 1, b"{}" + b" " * 8, 10, "bad-field"),
        (LIMIT + 1, [b"{}"], 0, b"", 11, "body-too-large"),
        (None, [], 0, b"", 0, "bad-body"),
        (None, [b"{", b"}"], 2, b"{}", 2, "bad-field"),
        (None, [b"{}" + b" " * 8], 1, b"{}" + b" " * 8, 10, "bad-field"),
        (None, [b"{}", b" " * 9, b"x", b"y"], 4, b"{}" + b" " * 9, 13, "body-too-large"),
        (None, [b" " * 9, b" " * 9, b"x"], 3, b" " * 11, 19, "body-too-large"),
        (None, [b" " * 10, b"x"], 2, b" " * 10 + b"x", 11, "body-too-large"),
    ],
)
def test_how_much_of_a_body_is_read(
    accounts: Accounts,
    length: int | None,
    chunks: list[bytes],
    taken: int,
    body: bytes,
    size: int,
    error: str,
) -> None:
    one = exchange(accounts, length)
    assert read(one, *chunks) == taken
    assert one.answer().status in (400, 413)
    assert recorded(accounts) == (body, size, error)


def test_a_body_without_an_end_is_read_no_further_than_a_server_does(accounts: Accounts) -> None:
    one = exchange(accounts, None)
    half = bytes(MAX_DRAINED // 2)
    assert read(one, half, half, half) == 2
    one.answer()
    assert recorded(accounts)[1] == MAX_DRAINED


@pytest.mark.parametrize("length", [None, 8])
def test_a_client_that_fails_before_it_has_sent_all_is_recorded(
    accounts: Accounts, length: int | None
) -> None:
    one = exchange(accounts, length)
    one.feed(b"{}")
    with pytest.raises(KeyError), one:
        raise KeyError
    assert recorded(accounts) == (b"{}", 2, "incomplete-body")


def test_a_client_that_fails_after_it_was_refused_is_recorded_once(accounts: Accounts) -> None:
    one = exchange(accounts, LIMIT + 1)
    with pytest.raises(KeyError), one:
        raise KeyError
    assert recorded(accounts) == (b"", LIMIT + 1, "body-too-large")


def test_an_answer_has_its_length_and_keeps_the_rest(accounts: Accounts) -> None:
    (account,) = accounts
    fault = {"status": 503, "body": "wait", "headers": {"Connection": "close"}, "delay_ms": 20}
    account.faults.add({"respond": fault})
    answer = exchange(accounts, None).answer()
    assert (answer.status, answer.body, answer.delay) == (503, b"wait", 0.02)
    assert answer.headers["Content-Length"] == "4"
    assert answer.transport is not None


@pytest.mark.parametrize(
    ("method", "status", "length"),
    [("HEAD", 405, True), ("POST", 204, False), ("POST", 304, False)],
)
def test_an_answer_without_a_body(
    accounts: Accounts, method: str, status: int, length: bool
) -> None:
    (account,) = accounts
    account.faults.add({"respond": {"status": status, "delay_ms": 20}})
    answer: Answer = exchange(accounts, None, method).answer()
    assert (answer.status, answer.body) == (status, b"")
    assert ("Content-Length" in answer.headers) == length
    assert answer.delay == (0 if method == "HEAD" else 0.02)


def test_what_came_of_a_body_whose_client_fails_is_recorded(accounts: Accounts) -> None:
    one = exchange(accounts, 9)

    def broken_off() -> None:
        with one:
            read(one, b"{", b"}")
            raise OSError("broken")

    with pytest.raises(OSError, match="broken"):
        broken_off()
    assert recorded(accounts) == (b"{}", 2, "incomplete-body")
