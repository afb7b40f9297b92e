"""The limits of size, memory and numbers."""

import tracemalloc

import pytest

from tests.api.hostile_bodies.account import CONTACT, LEVELS, LIMIT, Account, dumped, refusal
from tests.api.hostile_bodies.bodies import chunks, contact, padded
from tests.api.hostile_bodies.drawn import compressed


@pytest.mark.parametrize("encoding", ["gzip", "deflate"])
@pytest.mark.parametrize("excess", [0, 1, 20 * LIMIT])
def test_the_size_limit_holds_for_the_decompressed_body(
    account: Account, encoding: str, excess: int
) -> None:
    body, _ = compressed(padded(LIMIT + excess), encoding, None, b"")
    assert len(body) < LIMIT
    status, answer = account.ask("POST", CONTACT, body, encoding)
    assert status == (413 if excess else 200), answer
    assert account.ask("GET", f"{CONTACT}/new@example.com")[0] == (404 if excess else 200)


@pytest.mark.parametrize("excess", [1, LIMIT])
@pytest.mark.parametrize("chunked", [False, True], ids=["declared", "chunked"])
def test_a_body_over_the_limit_is_refused(account: Account, chunked: bool, excess: int) -> None:
    body = padded(LIMIT + excess)
    sent = chunks(body) if chunked else body
    status, message = account.is_refused("POST", CONTACT, sent)
    assert (status, message) == (413, f"The request body is larger than {LIMIT} bytes.")
    account.shows_strict_json()


@pytest.mark.parametrize("chunked", [False, True], ids=["declared", "chunked"])
def test_a_body_of_exactly_the_limit_is_accepted(account: Account, chunked: bool) -> None:
    body = padded(LIMIT)
    assert account.ask("POST", CONTACT, chunks(body) if chunked else body)[0] == 200
    assert account.ask("GET", f"{CONTACT}/new@example.com")[0] == 200


def test_a_body_with_long_keys_and_many_brackets_takes_little_memory(account: Account) -> None:
    # Its nesting is checked bracket by bracket, which must not depend on the length of the keys.
    body = contact(**{"k" * 5000: [0] * 5000, "brackets": [[]] * LEVELS})
    tracemalloc.start()
    try:
        assert account.ask("POST", CONTACT, body)[0] == 200
        assert tracemalloc.get_traced_memory()[1] < 5_000_000
    finally:
        tracemalloc.stop()


@pytest.mark.parametrize("name", ["created_at", "updated_at"])
@pytest.mark.parametrize("time", ["0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59-14:00"])
def test_a_state_with_a_time_outside_of_the_calendar_is_refused(
    account: Account, name: str, time: str
) -> None:
    body = dumped({"contacts": [{"Email": "a@example.com", name: time}]})
    status, message = account.is_refused("PUT", "/_mock/state", body)
    assert status == 400
    assert message.startswith(f"contacts[0].{name} ")


@pytest.mark.parametrize("name", ["limit", "after"])
@pytest.mark.parametrize("value", ["-1", "x", "", "²", "9" * 5000], ids=lambda value: value[:5])
def test_a_filter_that_is_no_number_is_refused(account: Account, name: str, value: str) -> None:
    path = f"/_mock/calls?{name}={value}".replace("²", "%C2%B2")
    assert name in refusal(*account.ask("GET", path))
