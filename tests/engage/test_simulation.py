"""Time in a space: what happens in which order, and where it stops and goes on."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest

from adapter import Delivery, Outcome
from adapter.engage import Profile, Space
from adapter.engage.simulation import Change, Sync, deliver_due, simulate
from tests.engage.times import START, days, hours

USERS = ("u0", "u1", "u2")


class Account(list[str]):
    """An account that lists the values it is sent; messages with these numbers end otherwise."""

    def __init__(self, endings: dict[int, tuple[Outcome, int | None]] | None = None) -> None:
        super().__init__()
        self.endings = endings or {}

    def deliver(self, message: Any) -> Delivery:
        number = len(self)
        ((_, value),) = message["traits"].items()
        self.append(f"{message['userId']} {value}")
        return Delivery(message, *self.endings.get(number, (Outcome.DELIVERED, 200)))


def space(*users: str) -> Space:
    """Return a space with an audience of all users with a plan."""
    made = Space(clock=lambda: START)
    for user in users:
        made.add_profile(user_ids=[user], traits={"plan": "gold"})
    made.add_audience("Gold", lambda profile, _: "plan" in profile.traits)
    return made


def nobody() -> Space:
    return Space(clock=lambda: START)


def due(one: Space) -> datetime:
    assert one.next_due is not None
    return one.next_due


def noted(log: list[str], what: str, at: datetime) -> Change:
    return Change(at, what, lambda: log.append(what))


def joins(profile: Profile, at: datetime) -> Change:
    return Change(at, "joins", lambda: profile.traits.update(plan="gold"))


def test_changes_and_syncs_come_in_the_order_of_time() -> None:
    one, account = space("u0"), Account()
    first = due(one)
    log: list[str] = []
    changes = [noted(log, what, at) for what, at in (("late", hours(30)), ("early", hours(1)))]
    happened = list(simulate(one, changes, START, days(2), account.deliver))
    assert [event.at for event in happened] == sorted(event.at for event in happened)
    assert [event.description for event in happened if isinstance(event, Change)] == [
        "early",
        "late",
    ]
    syncs = [event.at for event in happened if isinstance(event, Sync)]
    assert syncs[0] == first
    assert syncs[-1] <= days(2) < due(one)
    assert account == ["u0 True"]


def test_changes_at_one_instant_keep_their_order() -> None:
    log: list[str] = []
    changes = [noted(log, what, hours(1)) for what in ("b", "a", "c")]
    changes.insert(0, noted(log, "d", hours(2)))
    list(simulate(nobody(), changes, START, days(1), Account().deliver))
    assert log == ["b", "a", "c", "d"]


def test_a_change_happens_only_when_it_is_asked_for() -> None:
    log: list[str] = []
    happening = simulate(nobody(), [noted(log, "a", START)], START, days(1), Account().deliver)
    assert log == []
    next(happening)
    assert log == ["a"]


@pytest.mark.parametrize(("after", "expected"), [(0, ["u0 True"]), (1, [])])
def test_a_change_at_the_very_instant_of_a_sync_counts_in_it(
    after: int, expected: list[str]
) -> None:
    one, account = space(), Account()
    profile = one.add_profile(user_ids=["u0"])
    first = due(one)
    change = joins(profile, first + timedelta(microseconds=after))
    happened = list(simulate(one, [change], START, first, account.deliver))
    assert account == expected
    assert [type(event) for event in happened] == [Change, Sync][1 - len(expected) :]


def test_changes_before_the_start_have_happened_and_are_not_shown() -> None:
    one, account = space(), Account()
    profile = one.add_profile(user_ids=["u0"])
    happened = list(simulate(one, [joins(profile, days(-9))], START, due(one), account.deliver))
    assert [type(event) for event in happened] == [Sync]
    assert account == ["u0 True"]


def test_the_last_instant_is_a_part_of_it_and_what_follows_is_not() -> None:
    log: list[str] = []
    changes = [noted(log, "at", days(1)), noted(log, "after", days(1) + timedelta(microseconds=1))]
    list(simulate(nobody(), changes, START, days(1), Account().deliver))
    assert log == ["at"]


def test_a_space_where_nothing_is_computed_has_no_syncs() -> None:
    assert list(simulate(nobody(), [], START, days(99), Account().deliver)) == []


def test_what_was_due_before_the_start_is_synced_at_once() -> None:
    one, account = space("u0"), Account()
    first = next(simulate(one, [], days(5), days(6), account.deliver))
    assert (first.at, account) == (days(5), ["u0 True"])


def test_it_waits_for_each_instant_before_anything_happens_there() -> None:
    one, log = space("u0"), list[str]()
    first = due(one)

    def deliver(message: Any) -> Delivery:
        log.append("message")
        return Delivery(message, Outcome.DELIVERED)

    changes = [noted(log, "b", hours(2)), noted(log, "a", hours(1))]
    list(simulate(one, changes, START, first, deliver, lambda at: log.append(str(at))))
    assert log == [str(hours(1)), "a", str(hours(2)), "b", str(first), "message"]


REFUSED = [
    (Outcome.FAILED, None),
    (Outcome.FAILED, 503),
    (Outcome.REJECTED, 401),
    (Outcome.REJECTED, 403),
]


@pytest.mark.parametrize("ending", REFUSED)
@pytest.mark.parametrize("number", [0, 1, 2])
def test_it_stops_at_a_failure_and_continues_with_it(
    number: int, ending: tuple[Outcome, int | None]
) -> None:
    one, account = space(*USERS), Account({number: ending})
    first = due(one)
    *_, last = simulate(one, [], START, days(9), account.deliver)
    assert isinstance(last, Sync)
    assert (last.at, last.finished, len(last.deliveries)) == (first, False, number + 1)
    again = Account()
    resumed = list(simulate(one, [], last.at, last.at, again.deliver))
    assert [(event.at, event.finished) for event in resumed if isinstance(event, Sync)] == [
        (first, True)
    ]
    assert account[:number] + again == [f"{user} True" for user in USERS]


def test_what_is_rejected_is_not_sent_again_and_stops_nothing() -> None:
    one, account = space(*USERS), Account({1: (Outcome.REJECTED, 400)})
    syncs = list(simulate(one, [], START, days(2), account.deliver))
    assert all(isinstance(event, Sync) and event.finished for event in syncs)
    assert account == ["u0 True", "u1 True", "u2 True"]


def test_what_changed_meanwhile_is_sent_with_its_new_value() -> None:
    one, account = space(*USERS), Account({1: (Outcome.FAILED, 503)})
    list(simulate(one, [], START, days(9), account.deliver))
    leaves = Change(days(1), "leaves", lambda: one.profile("u0").traits.clear())
    joining = joins(one.add_profile(user_ids=["u3"]), days(1))
    again = Account()
    list(simulate(one, [leaves, joining], days(2), days(2), again.deliver))
    assert again == ["u0 False", "u1 True", "u2 True", "u3 True"]


def interrupted(at: int, account: Account) -> Callable[[Any], Delivery]:
    def deliver(message: Any) -> Delivery:
        if len(account) == at:
            raise KeyboardInterrupt
        return account.deliver(message)

    return deliver


@pytest.mark.parametrize("at", [0, 1, 2])
def test_an_interruption_in_the_middle_of_a_sync_loses_and_repeats_nothing(at: int) -> None:
    one, account = space(*USERS), Account()
    with pytest.raises(KeyboardInterrupt):
        list(simulate(one, [], START, days(1), interrupted(at, account)))
    list(simulate(one, [], START, days(1), account.deliver))
    assert account == [f"{user} True" for user in USERS]


def test_nothing_is_delivered_before_it_is_due() -> None:
    one, account = space("u0"), Account()
    early = deliver_due(one, account.deliver, due(one) - timedelta(microseconds=1))
    assert (early.deliveries, early.finished, account) == ((), True, [])
    assert len(deliver_due(one, account.deliver, due(one)).deliveries) == 1
