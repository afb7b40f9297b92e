"""When syncs are due."""

from datetime import UTC, datetime, timedelta

import pytest

from adapter.engage import InvalidSpace, Schedule, Space
from tests.engage.times import START, days, hours


def space() -> Space:
    return Space(clock=lambda: START)


def test_the_first_sync_is_due_six_hours_or_more_after_creation() -> None:
    for seed in range(200):
        one = Space(schedule=Schedule(seed), clock=lambda: START)
        one.add_audience("VIP")
        assert one.next_due is not None
        assert hours(6) <= one.next_due <= hours(8)


def test_later_ones_are_due_two_to_three_hours_after_the_last() -> None:
    one = space()
    one.add_audience("VIP")
    gaps = set()
    for _ in range(200):
        due = one.next_due
        assert due is not None
        list(one.sync(due))
        assert one.next_due is not None
        gaps.add(one.next_due - due)
    assert timedelta(hours=2) <= min(gaps) < max(gaps) <= timedelta(hours=3)
    assert len(gaps) > 100


def test_the_next_is_counted_from_the_time_of_the_sync() -> None:
    one = space()
    one.add_audience("VIP")
    list(one.sync(days(5)))
    assert one.next_due is not None
    assert timedelta(hours=2) <= one.next_due - days(5) <= timedelta(hours=3)


def test_the_same_seed_gives_the_same_times() -> None:
    def dues(seed: int) -> list[datetime | None]:
        one = Space(schedule=Schedule(seed), clock=lambda: START)
        one.add_audience("VIP")
        found = []
        for _ in range(20):
            found.append(one.next_due)
            list(one.sync(one.next_due))
        return found

    assert dues(1) == dues(1) != dues(2)


def test_computations_have_times_of_their_own() -> None:
    one = space()
    ada = one.add_profile(user_ids=["u1"])
    one.add_audience("Late", created_at=days(1)).enter(ada)
    assert one.next_due is not None
    assert one.next_due >= days(1) + timedelta(hours=6)
    one.add_audience("Early").enter(ada)
    keys = [m["context"]["personas"]["computation_key"] for m in one.sync(hours(12))]
    assert keys == ["early"]


def test_bounds_hold_below_a_second_too() -> None:
    half = timedelta(seconds=2.5)
    one = Space(schedule=Schedule(first=(half, half)), clock=lambda: START)
    one.add_audience("VIP")
    assert one.next_due == START + half


def test_computations_due_at_one_instant_keep_their_order() -> None:
    hour = timedelta(hours=6)
    one = Space(schedule=Schedule(first=(hour, hour)), clock=lambda: START)
    ada = one.add_profile(user_ids=["u1"])
    for name in ("VIP", "Beta", "Alpha"):
        one.add_audience(name).enter(ada)
    sent = [message["traits"] for message in one.sync(hours(6))]
    assert sent == [{"vip": True}, {"beta": True}, {"alpha": True}]


def test_a_space_with_nothing_to_compute_is_never_due() -> None:
    one = space()
    one.add_profile(user_ids=["u1"])
    assert one.next_due is None
    assert list(one.sync(days(99))) == []


def test_the_default_clock_is_the_present_time() -> None:
    before = datetime.now(UTC)
    one = Space()
    one.add_audience("VIP")
    assert one.next_due is not None
    assert before + timedelta(hours=6) <= one.next_due <= datetime.now(UTC) + timedelta(hours=8)


def test_a_sync_without_a_time_uses_the_clock() -> None:
    now = START
    one = Space(clock=lambda: now)
    one.add_audience("VIP").enter(one.add_profile(user_ids=["u1"]))
    assert list(one.sync()) == []
    now = START.astimezone(UTC) + timedelta(hours=8)
    assert len(list(one.sync())) == 1


@pytest.mark.parametrize(
    "bounds",
    [
        (timedelta(hours=3), timedelta(hours=2)),
        (timedelta(0), timedelta(hours=2)),
        (timedelta(hours=-1), timedelta(hours=2)),
        (timedelta(hours=1), timedelta(days=9_000)),
    ],
)
def test_invalid_bounds_are_refused(bounds: tuple[timedelta, timedelta]) -> None:
    with pytest.raises(InvalidSpace, match=r"schedule\.later must be two times"):
        Schedule(later=bounds)
    with pytest.raises(InvalidSpace, match=r"schedule\.first must be two times"):
        Schedule(first=bounds)


def test_a_year_is_not_too_long() -> None:
    year = timedelta(days=365)
    one = Space(schedule=Schedule(first=(year, year)), clock=lambda: START)
    one.add_audience("VIP")
    assert one.next_due == START + year
