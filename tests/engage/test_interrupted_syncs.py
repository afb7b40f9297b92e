"""An interrupted sync continues: no value is sent twice, none is skipped."""

import json
from collections.abc import Iterable
from datetime import datetime, timedelta
from itertools import islice
from typing import Any

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

from adapter.engage import InvalidSpace, Space
from tests.engage.times import START, days

AUDIENCES = ("VIP", "Beta Testers")
USERS = tuple(f"u{number}" for number in range(4))


def made(members: dict[str, set[str]] | None = None) -> Space:
    """Return a new space, as a program that starts again makes it."""
    space = Space(clock=lambda: START)
    for user in USERS:
        space.add_profile(user_ids=[user], emails=[f"{user}@example.com"])
    for name in AUDIENCES:
        audience = space.add_audience(name)
        for user in (members or {}).get(name, ()):
            audience.enter(space.profile(user))
    return space


def reloaded(space: Space, members: dict[str, set[str]]) -> Space:
    again = made(members)
    again.load(json.loads(json.dumps(space.save())))
    return again


def sent(message: dict[str, Any]) -> tuple[str, str, bool]:
    traits = dict(message["traits"])
    who = message.get("userId") or traits.pop("email")
    ((key, value),) = traits.items()
    return who, key, value


def test_a_stopped_sync_continues_with_the_message_it_stopped_at() -> None:
    space = made({"VIP": set(USERS)})
    begun = islice(space.sync(days(1)), 3)
    assert [sent(message)[0] for message in begun] == ["u0", "u0@example.com", "u1"]
    assert [sent(message)[0] for message in space.sync(days(1))] == [
        "u1",
        "u1@example.com",
        "u2",
        "u2@example.com",
        "u3",
        "u3@example.com",
    ]


def test_an_exception_while_sending_stops_a_sync() -> None:
    def send(messages: Iterable[dict[str, Any]]) -> None:
        for message in messages:
            if "userId" not in message:
                raise ConnectionError

    space = made({"VIP": {"u0"}})
    with pytest.raises(ConnectionError):
        send(space.sync(days(1)))
    assert [sent(message)[0] for message in space.sync(days(1))] == ["u0@example.com"]


def test_the_remaining_messages_have_the_values_of_their_time() -> None:
    space = made({"VIP": {"u0", "u1"}})
    next(space.sync(days(1)))
    vip = space.audience("VIP")
    vip.leave(space.profile("u0"))
    vip.enter(space.profile("u2"))
    assert {sent(message)[0][:2] for message in space.sync(days(1))} == {"u1", "u2"}


def test_a_new_sync_ends_the_one_before() -> None:
    space = made({"VIP": {"u0", "u1"}})
    first = space.sync(days(1))
    next(first)
    space.audience("VIP").leave(space.profile("u1"))
    assert [sent(message)[0] for message in space.sync(days(2))] == ["u0", "u0@example.com"]
    assert list(first) == []
    assert list(space.sync(days(3))) == []


def test_an_unfinished_sync_stays_due_and_a_finished_one_does_not() -> None:
    space = Space(clock=lambda: START)
    space.add_audience("VIP").enter(space.add_profile(user_ids=["u0"]))
    due = space.next_due
    for _ in space.sync(days(1)):
        break
    assert space.next_due == due
    list(space.sync(days(1)))
    assert space.next_due is not None
    assert space.next_due > days(1)


def test_a_state_can_be_saved_as_json_and_loaded() -> None:
    space = made({"VIP": {"u0"}, "Beta Testers": {"u1"}})
    list(space.sync(days(1)))
    again = reloaded(space, {"VIP": {"u0"}, "Beta Testers": set()})
    assert again.next_due == space.next_due
    assert again.save() == space.save()
    assert [sent(message) for message in again.sync(days(2))] == [
        ("u1", "beta_testers", False),
        ("u1@example.com", "beta_testers", False),
    ]


def test_values_of_computed_traits_can_be_saved() -> None:
    value: Any = {"a": [1, 2.5, None, True], "b": "ü"}
    first, second = made(), made()
    for space in (first, second):
        space.add_trait("score", lambda *_: value)
    assert len(list(first.sync(days(1)))) == 2 * len(USERS)
    second.load(json.loads(json.dumps(first.save())))
    assert list(second.sync(days(2))) == []


def test_a_value_that_is_gone_is_sent_once_after_loading() -> None:
    def at(values: dict[str, Any], state: Any = None) -> tuple[list[Any], Any]:
        space = Space(clock=lambda: START)
        space.add_profile(user_ids=["u0"], traits=values)
        space.add_trait("plan", lambda profile, _: profile.traits.get("plan"))
        if state:
            space.load(json.loads(json.dumps(state)))
        values_sent = [message["traits"]["plan"] for message in space.sync(days(len(seen) + 1))]
        return values_sent, space.save()

    seen: list[Any] = []
    state = None
    for values in ({"plan": 5}, {}, {}, {"plan": 5}):
        values_sent, state = at(values, state)
        seen.append(values_sent)
    assert seen == [[5], [None], [], [5]]


def test_a_state_may_be_loaded_before_its_computations_are_added() -> None:
    space = made({"VIP": {"u0"}})
    list(space.sync(days(1)))
    again = Space(clock=lambda: START)
    again.load(space.save())
    again.add_audience("VIP").enter(again.add_profile(user_ids=["u0"], emails=["u0@example.com"]))
    assert list(again.sync(days(2))) == []


def test_the_state_of_unknown_computations_is_kept() -> None:
    space = made({"VIP": {"u0"}})
    list(space.sync(days(1)))
    again = Space(clock=lambda: START)
    again.load(space.save())
    assert again.save() == space.save()
    assert again.next_due is None


@pytest.mark.parametrize(
    ("state", "message"),
    [
        ([], "the state is not a saved state: Expected `object`"),
        ({"vip": {}}, "missing required field `due`"),
        ({"vip": {"due": "soon", "syncs": 0, "last_sent": {}}}, "Invalid RFC3339"),
        (
            {"vip": {"due": "2026-01-01T00:00:00", "syncs": 0, "last_sent": {}}},
            r"vip\.due must be a datetime with a time zone",
        ),
        (
            {"vip": {"due": "2026-01-01T00:00:00Z", "syncs": 0, "last_sent": {"phone": {}}}},
            "Invalid enum value",
        ),
    ],
)
def test_an_invalid_state_is_refused_and_changes_nothing(state: Any, message: str) -> None:
    space = made({"VIP": {"u0"}})
    before = space.save()
    with pytest.raises(InvalidSpace, match=message):
        space.load(state)
    assert space.save() == before


class Interrupted(RuleBasedStateMachine):
    """Syncs stop anywhere, processes end anywhere; what was sent is checked."""

    def __init__(self) -> None:
        super().__init__()
        self.now: datetime = START
        self.members: dict[str, set[str]] = {"VIP": {"u0", "u1"}, "Beta Testers": {"u1"}}
        self.space = made(self.members)
        self.through: dict[tuple[str, str], bool] = {}
        self.whole = False

    @rule(name=st.sampled_from(AUDIENCES), user=st.sampled_from(USERS))
    def change(self, name: str, user: str) -> None:
        audience, profile = self.space.audience(name), self.space.profile(user)
        if user in self.members[name]:
            self.members[name].remove(user)
            audience.leave(profile)
        else:
            self.members[name].add(user)
            audience.enter(profile)
        self.whole = False

    @rule(hours=st.integers(0, 30))
    def wait(self, hours: int) -> None:
        self.now += timedelta(hours=hours)

    @rule(stop_at=st.none() | st.integers(0, 3))
    def sync(self, stop_at: int | None) -> None:
        for number, message in enumerate(self.space.sync(self.now)):
            if number == stop_at:
                return
            who, key, value = sent(message)
            # Never the same value again, and false only after true.
            assert self.through.get((who, key), False) is not value
            self.through[who, key] = value

    @rule(stops=st.lists(st.integers(0, 3), max_size=3))
    def sync_all(self, stops: list[int]) -> None:
        self.now += timedelta(hours=9)  # by then the first sync of each is due
        for stop_at in (*stops, None):
            self.sync(stop_at)
        self.whole = True

    @rule()
    def begin_again(self) -> None:
        self.space = reloaded(self.space, self.members)

    @invariant()
    def after_a_finished_sync_all_values_have_been_sent(self) -> None:
        if not self.whole:
            return
        expected = {
            (who, self.space.audience(name).key)
            for name, users in self.members.items()
            for user in users
            for who in (user, f"{user}@example.com")
        }
        assert {at for at, value in self.through.items() if value} == expected


Interrupted.TestCase.settings = settings(max_examples=100, stateful_step_count=20, deadline=None)
test_interrupted = Interrupted.TestCase
