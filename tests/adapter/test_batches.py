"""How plans are grouped into bulk calls."""

import json
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from adapter import (
    plan,
)
from adapter.batches import MAX_BYTES, batches
from tests.adapter.support import SETTINGS


def identify(user: str | None = None, **traits: Any) -> dict[str, Any]:
    return {"type": "identify", "userId": user, "traits": traits}


def track(user: str | None = None, **properties: Any) -> dict[str, Any]:
    return {"type": "track", "event": "E", "userId": user, "properties": properties}


def grouped(*messages: dict[str, Any]) -> list[tuple[int, ...]]:
    return list(batches([plan(message, SETTINGS) for message in messages]))


def test_contacts_of_different_users_go_together() -> None:
    assert grouped(identify("a"), identify("b"), identify(email="c@example.com")) == [(0, 1, 2)]


def test_a_bulk_has_a_hundred_contacts_at_most() -> None:
    assert [len(b) for b in grouped(*(identify(str(n)) for n in range(201)))] == [100, 100, 1]


def test_a_bulk_stays_below_its_size_limit() -> None:
    text = "ü" * (MAX_BYTES // 5)
    assert grouped(*(identify(str(n), x=text) for n in range(4))) == [(0, 1), (2, 3)]
    assert grouped(identify("a", x=text * 4), identify("b")) == [(0,), (1,)]


def test_a_bulk_takes_exactly_its_limit_in_contacts_and_so_does_the_next() -> None:
    def half(user: str, more: int = 0) -> dict[str, Any]:
        (call,) = plan(identify(user, x=""), SETTINGS).calls
        frame = len(json.dumps(call.body))
        return identify(user, x="x" * (MAX_BYTES // 2 - frame + more))

    assert grouped(*map(half, "abcd")) == [(0, 1), (2, 3)]
    assert grouped(*(half(user, 1) for user in "abc")) == [(0,), (1,), (2,)]


def test_two_messages_of_one_user_are_never_in_one_bulk() -> None:
    assert grouped(identify("a"), identify("b"), identify("a")) == [(0, 1), (2,)]


def test_addresses_are_compared_without_regard_to_case() -> None:
    assert grouped(identify(email="A@example.com"), identify(email="a@EXAMPLE.com")) == [(0,), (1,)]


def test_a_new_address_is_an_identifier_too() -> None:
    renamed = identify(email="a@example.com", _NewEmail="b@example.com")
    assert grouped(renamed, identify(email="B@example.com")) == [(0,), (1,)]


def test_an_anonymous_id_is_an_identifier_of_the_order_too() -> None:
    first = {**identify("a"), "anonymousId": "x"}
    assert grouped(first, {**identify("b"), "anonymousId": "x"}) == [(0,), (1,)]


def test_an_event_waits_for_the_contact_of_its_own_user_only() -> None:
    assert grouped(identify("a"), track("b"), identify("c")) == [(1,), (0, 2)]
    assert grouped(identify("a"), track("a"), identify("c")) == [(0,), (1,), (2,)]


def test_identifiers_that_a_message_links_are_one_user() -> None:
    by_address, by_id = identify(email="a@example.com"), identify("a")
    link = identify("a", email="a@example.com")
    assert grouped(link, by_address, by_id) == [(0,), (1,), (2,)]


def test_a_contact_without_identifiers_goes_alone() -> None:
    nobody = {"type": "identify", "anonymousId": "x"}
    assert grouped(identify("a"), nobody, identify("b")) == [(1,), (0, 2)]


def test_a_filtered_message_does_not_end_a_bulk() -> None:
    assert grouped(identify("a"), {"type": "page", "userId": "b"}, identify("c")) == [(1,), (0, 2)]


USERS = st.sampled_from(["a", "b", "c", None])
MESSAGES = st.builds(identify, USERS, email=st.sampled_from(["x@e", "y@e", "n/a", ""])) | st.builds(
    track, USERS, email=st.sampled_from(["x@e", "y@e", "n/a", ""])
)


@given(st.lists(MESSAGES, max_size=12))
def test_every_message_goes_once_and_each_users_in_order(messages: list[dict[str, Any]]) -> None:
    plans = [plan(message, SETTINGS) for message in messages]
    groups = list(batches(plans))
    order = [index for group in groups for index in group]
    assert sorted(order) == list(range(len(messages)))
    for key in ("email", "user_id"):
        for value in {getattr(p.identifiers, key) for p in plans} - {None}:
            mine = [i for i in order if getattr(plans[i].identifiers, key) == value]
            assert mine == sorted(mine)
            assert all(len(set(group) & set(mine)) <= 1 for group in groups)


def test_no_plans_are_no_groups() -> None:
    assert grouped() == []
    assert grouped({"type": "page"}) == [(0,)]


def test_users_with_different_addresses_and_no_user_id_go_together() -> None:
    ann, bob = identify(None, email="a@example.com"), identify(None, email="b@example.com")
    assert grouped(ann, bob) == [(0, 1)]
    assert grouped({**ann, "anonymousId": "x"}, {**bob, "anonymousId": "y"}) == [(0, 1)]


def test_a_bulk_of_any_size_keeps_within_its_limit_and_uses_it() -> None:
    # Four contacts that fill the limit to the last few bytes are one bulk, a little more is two.
    def quarter(bytes_over: int) -> list[dict[str, Any]]:
        length = MAX_BYTES // 4 + bytes_over
        return [identify(str(n), x="x" * length) for n in range(4)]

    (fits,) = grouped(*quarter(-100))
    assert len(fits) == 4
    assert len(grouped(*quarter(0))) == 2
