"""The same ids and times in each run: `id_seed` and `clock`."""

import json
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import fields
from datetime import UTC, datetime, timedelta, timezone
from typing import Any, get_type_hints
from uuid import UUID

import pytest

from mock_autopilot import AccountView, ManualClock, MockAutopilot
from mock_autopilot.options import AccountOptions, ServerOptions
from tests.api.calls import ADA
from tests.conftest import ask

NINE = "2026-01-31T09:00:00.000Z"


def story(account: AccountView) -> tuple[Any, ...]:
    """Return all that a few calls make: answers, state, record."""
    answers = [
        ask(account, "POST", "contact", {"contact": ADA}),
        ask(account, "POST", "trigger/Welcome/contact/ada@example.com"),
        ask(account, "GET", "contact/ada@example.com"),
        ask(account, "GET", "contact/nobody@example.com"),
    ]
    calls = []
    for call in account.calls[-4:]:
        shown = call.to_json()
        shown["headers"].pop("host")  # its port is a free one
        calls.append({**shown, "number": None})
    return answers, account.state, json.dumps(calls)


class TestIds:
    def test_two_runs_make_the_same_ones(self) -> None:
        runs = []
        for _ in range(2):
            with MockAutopilot(id_seed=7, clock=NINE) as autopilot:
                named, other = autopilot.new_account("a test"), autopilot.new_account()
                keys = [named.api_key, other.api_key]
                runs.append((keys, [story(one) for one in (autopilot, named, other)]))
        assert runs[0] == runs[1]
        keys, stories = runs[0]
        assert len({*keys}) == 2
        ids = [told[0][0]["contact_id"] for told in stories]
        assert len({*ids}) == 3
        assert {UUID(one.removeprefix("person_")).version for one in ids} == {4}
        instances = {told[0][1]["bislr_identifier"] for told in stories}
        assert len(instances) == 3

    def test_another_seed_makes_others(self) -> None:
        with MockAutopilot(id_seed=7) as one, MockAutopilot(id_seed=8) as two:
            assert story(one)[0][0] != story(two)[0][0]
            assert one.new_account().api_key != two.new_account().api_key

    def test_without_a_seed_they_are_random(self) -> None:
        with MockAutopilot() as one, MockAutopilot() as two:
            assert story(one)[0][0] != story(two)[0][0]
            assert one.new_account("a").api_key != two.new_account("a").api_key

    def test_those_of_a_named_account_do_not_depend_on_others(self) -> None:
        with MockAutopilot(id_seed=7) as one, MockAutopilot(id_seed=7) as two:
            two.new_account()
            two.new_account("another")
            names = [f"test {number}" for number in range(20)]
            with ThreadPoolExecutor(4) as threads:
                made = dict(zip(names, threads.map(two.new_account, reversed(names)), strict=True))
            by_name = {account.name: account for account in made.values()}
            for name in names:
                assert one.new_account(name).api_key == by_name[name].api_key
            assert (
                story(one.account(by_name["test 3"].api_key))[0][0]
                == (story(by_name["test 3"])[0][0])
            )

    def test_a_second_account_of_a_name_has_another_key_and_the_same_ids(self) -> None:
        with MockAutopilot(id_seed=7, clock=NINE) as autopilot:
            first = autopilot.new_account("flaky")
            told = story(first)
            first.close()
            second = autopilot.new_account("flaky")
            assert second.api_key != first.api_key
            assert story(second)[:2] == told[:2]

    def test_a_reset_account_makes_them_again(self) -> None:
        seed = {"contacts": [{"user_id": "u"}]}
        with MockAutopilot(id_seed=7, clock=NINE, seed=seed) as autopilot:
            before = story(autopilot)
            autopilot.clock.tick(60)
            autopilot.reset()
            assert story(autopilot) == before

    def test_a_state_with_ids_of_the_same_seed_gets_new_ones_beside(self) -> None:
        with MockAutopilot(id_seed=7) as autopilot:
            ask(autopilot, "POST", "contact", {"contact": ADA})
            ask(autopilot, "POST", "trigger/Welcome/contact/ada@example.com")
            kept = autopilot.state
            autopilot.reset()
            autopilot.seed(kept)
            for user in ("u", "v"):
                ask(autopilot, "POST", "contact", {"contact": {"user_id": user}})
            ask(autopilot, "POST", "trigger/Bye/contact/ada@example.com")
            assert len(autopilot.contacts) == 3
            journeys = [journey.journey_id for journey in autopilot.journeys.values()]
            assert len({*journeys}) == 2

    def test_a_state_by_hand_may_name_ids_of_the_same_seed(self) -> None:
        with MockAutopilot(id_seed=7) as autopilot:
            made = ask(autopilot, "POST", "contact", {"contact": ADA})["contact_id"]
        contacts = [{"user_id": "u"}, {**ADA, "contact_id": made}]
        with MockAutopilot(id_seed=7, seed={"contacts": contacts}) as autopilot:
            assert autopilot.contacts["u"].contact_id != made

    def test_the_name_of_an_account_may_hold_half_a_character(self) -> None:
        with MockAutopilot(id_seed=7) as autopilot, autopilot.new_account("\ud800") as account:
            assert account.api_key.startswith("mock-")


class TestClock:
    @pytest.mark.parametrize(
        ("start", "shown"),
        [
            (datetime(2026, 1, 31, 9), NINE),
            (datetime(2026, 1, 31, 11, tzinfo=timezone(timedelta(hours=2))), NINE),
            ("2026-01-31T11:00:00+02:00", NINE),
            ("2026-01-31", "2026-01-31T00:00:00.000Z"),
        ],
    )
    def test_a_time_is_in_utc_whatever_the_machines_zone(
        self, start: datetime | str, shown: str, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setenv("TZ", "America/New_York")
        time.tzset()
        try:
            assert repr(ManualClock(start)) == f"ManualClock({shown!r})"
            assert ManualClock(start)().tzinfo is UTC
        finally:
            monkeypatch.undo()
            time.tzset()

    def test_it_stands_until_it_is_moved(self) -> None:
        with MockAutopilot(clock="2026-01-31 10:00+01:00") as autopilot:
            ask(autopilot, "POST", "contact", {"contact": ADA})
            assert autopilot.contacts["ada@example.com"]["created_at"] == NINE
            autopilot.clock.tick(timedelta(seconds=1, milliseconds=500))
            ask(autopilot, "GET", "contacts")
            autopilot.clock.move_to("2027-01-01")
            ask(autopilot, "GET", "contacts")
            nine = datetime(2026, 1, 31, 9, tzinfo=UTC)
            later = [nine, nine + timedelta(seconds=1.5), datetime(2027, 1, 1, tzinfo=UTC)]
            assert [call.time for call in autopilot.calls] == later
            assert [call.duration for call in autopilot.calls] == [0, 0, 0]
            assert repr(autopilot.clock) == "ManualClock('2027-01-01T00:00:00.000Z')"

    def test_each_account_has_its_own(self) -> None:
        with MockAutopilot(clock=NINE) as autopilot:
            other = autopilot.new_account()
            third = autopilot.new_account(clock="2030-01-01")
            autopilot.clock.tick()
            for account in (autopilot, other, third):
                ask(account, "GET", "contacts")
            times = [account.calls[0].time.isoformat() for account in (autopilot, other, third)]
            assert [time[:19] for time in times] == [
                "2026-01-31T09:00:01",
                "2026-01-31T09:00:00",
                "2030-01-01T00:00:00",
            ]

    def test_it_may_be_a_callable(self) -> None:
        shared = ManualClock(datetime(2026, 1, 31, 9))
        with MockAutopilot(clock=shared) as autopilot:
            other = autopilot.new_account()
            shared.tick(60)
            autopilot.reset()
            for account in (autopilot, other):
                ask(account, "GET", "contacts")
                assert account.calls[0].time == datetime(2026, 1, 31, 9, 1, tzinfo=UTC)

    def test_a_clock_that_goes_cannot_be_moved(self) -> None:
        with MockAutopilot() as autopilot, pytest.raises(TypeError, match="give a time at which"):
            autopilot.clock.tick()

    def test_what_is_no_clock_is_refused(self) -> None:
        with pytest.raises(ValueError, match=r"clock must be an ISO-8601 date.*got 'noon'"):
            MockAutopilot(clock="noon")
        with pytest.raises(TypeError, match="clock must be a datetime or an ISO-8601 text, got 7"):
            MockAutopilot(clock=7)  # type: ignore[arg-type]  # is refused
        with pytest.raises(TypeError, match="clock must return datetimes with a time zone"):
            MockAutopilot(clock=datetime.now)
        zone = timezone(timedelta(hours=1))
        with MockAutopilot(clock=lambda: datetime(2026, 1, 31, 10, tzinfo=zone)) as autopilot:
            ask(autopilot, "POST", "contact", {"contact": ADA})
            assert autopilot.contacts["ada@example.com"]["created_at"] == NINE

    def test_a_clock_that_fails_later_fails_the_call_which_is_recorded(self) -> None:
        moments = [datetime(2026, 1, 31, 9, tzinfo=UTC)]
        with MockAutopilot(clock=lambda: moments[0]) as autopilot:
            moments.clear()
            ask(autopilot, "POST", "contact", {"contact": ADA})
            (call,) = autopilot.calls
            assert (call.path, call.status) == ("/v1/contact", 500)
            assert [type(one) for one in autopilot.defects] == [IndexError]
            assert not autopilot.contacts


def test_the_options_of_an_account_are_those_that_say_so() -> None:
    hints = get_type_hints(ServerOptions)
    wanted = {
        option.name: hints[option.name]
        for option in fields(ServerOptions)
        if option.metadata.get("per_account")
    }
    assert get_type_hints(AccountOptions) == wanted


def test_ids_that_a_state_has_already_are_not_made_again() -> None:
    with MockAutopilot(id_seed=7) as autopilot:
        autopilot.add_journey("First")
        taken = autopilot.journeys["First"].journey_id
    seed = {"journeys": [{"name": "Old", "trigger_id": "9000", "journey_id": taken}]}
    with MockAutopilot(id_seed=7, seed=seed) as autopilot:
        autopilot.add_journey("First")
        assert autopilot.journeys["First"].journey_id != taken
