"""What each part of a definition means."""

import json
from codecs import BOM_UTF8
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from adapter.engage import InvalidSpace
from adapter.engage.scenario import read_scenario
from mock_autopilot.installation import fixtures_path
from tests.engage.definitions import ADA, ada, at, definition, scenario, sent_values

BUY = {"track": "Buy"}


def audience(**when: Any) -> dict[str, Any]:
    return {"audiences": [{"name": "A", "when": when}]}


def trait(**value: Any) -> dict[str, Any]:
    return {"computed_traits": [{"key": "a", **value}]}


def gold(**value: Any) -> dict[str, Any]:
    return {"profiles": [{**ADA, "traits": {"plan": "gold", "seats": 5, "empty": None, **value}}]}


class TestConditions:
    def test_an_event_ever(self) -> None:
        changes = [ada(100, **BUY)]
        assert sent_values(**audience(event="Buy"), changes=changes) == [True]
        assert sent_values(**audience(event="buy"), changes=changes) == []

    def test_an_event_within_days(self) -> None:
        within = audience(event="Buy", within_days=1.5)
        assert sent_values(**within, changes=[ada(1, **BUY)], days=3) == [True, False]
        assert sent_values(**within, changes=[ada(1, **BUY), ada(30, **BUY)], days=2) == [True]

    def test_an_event_so_many_times(self) -> None:
        twice = audience(event="Buy", at_least=2)
        assert sent_values(**twice, changes=[ada(1, **BUY)]) == []
        assert sent_values(**twice, changes=[ada(1, **BUY), ada(1, **BUY)]) == [True]

    def test_a_trait_that_is_there(self) -> None:
        assert sent_values(**audience(trait="plan"), **gold()) == [True]
        assert sent_values(**audience(trait="empty"), **gold()) == []
        assert sent_values(**audience(trait="other"), **gold()) == []

    @pytest.mark.parametrize(
        ("name", "equals", "is_in"),
        [
            ("plan", "gold", True),
            ("plan", "Gold", False),
            ("seats", 5.0, True),
            ("seats", "5", False),
            ("on", 1, False),
            ("on", True, True),
            ("empty", None, True),
            ("missing", None, False),
            ("deep", {"x": [1]}, True),
            ("deep", {"x": [2]}, False),
        ],
    )
    def test_a_trait_that_equals(self, name: str, equals: Any, is_in: bool) -> None:
        space = gold(on=True, deep={"x": [1]})
        assert sent_values(**audience(trait=name, equals=equals), **space) == (
            [True] if is_in else []
        )

    def test_members(self) -> None:
        audiences = [{"name": "A", "members": ["ada"]}]
        changes = [ada(10, leave="A"), ada(50, enter="A")]
        assert sent_values(audiences=audiences, changes=changes) == [True, False, True]


class TestComputedTraits:
    @pytest.mark.parametrize("kind", ["count", "sum", "last"])
    def test_a_profile_without_the_event_has_no_value(self, kind: str) -> None:
        of = {"event": "Buy"} if kind == "count" else {"event": "Buy", "property": "total"}
        assert sent_values(**trait(**{kind: of})) == []

    def test_count(self) -> None:
        changes = [ada(1, **BUY), ada(2, track="Other"), ada(30, **BUY)]
        assert sent_values(**trait(count={"event": "Buy"}), changes=changes) == [1, 2]

    def test_count_within_days_comes_down_to_zero(self) -> None:
        count = {"event": "Buy", "within_days": 2}
        assert sent_values(**trait(count=count), changes=[ada(1, **BUY)], days=4) == [1, 0]

    def test_sum_adds_the_numbers_and_ignores_other_values(self) -> None:
        totals = [5, "7", True, None, [1], 0.5]
        changes = [ada(1, track="Buy", properties={"total": total}) for total in totals]
        changes.append(ada(1, track="Buy", properties={"other": 9}))
        total = trait(sum={"event": "Buy", "property": "total"})
        assert sent_values(**total, changes=changes) == [5.5]
        assert sent_values(**total, changes=changes[1:2]) == [0]

    def test_sum_within_days_comes_down_to_zero(self) -> None:
        total = {"event": "Buy", "property": "total", "within_days": 2}
        changes = [ada(1, track="Buy", properties={"total": 5})]
        assert sent_values(**trait(sum=total), changes=changes, days=4) == [5, 0]

    @pytest.mark.parametrize("totals", [[1e308, 1e308], [*[8 * 10**307] * 3, 1.5]])
    def test_an_infinite_sum_is_an_error(self, totals: list[Any]) -> None:
        changes = [ada(1, track="Buy", properties={"total": total}) for total in totals]
        with pytest.raises(InvalidSpace, match=r"^computed trait 'a' of Profile\(ada\) is inf"):
            sent_values(**trait(sum={"event": "Buy", "property": "total"}), changes=changes)

    def test_last_is_the_latest_that_has_a_value(self) -> None:
        values: list[dict[str, Any]] = [{"total": "new"}, {"total": None}, {}]
        changes = [ada(3, track="Buy", properties=properties) for properties in values]
        changes.append(ada(1, track="Buy", properties={"total": {"old": 1}}))
        last = trait(last={"event": "Buy", "property": "total"})
        assert sent_values(**last, changes=changes) == ["new"]
        assert sent_values(**last, changes=changes[1:]) == [{"old": 1}]

    def test_last_within_days_becomes_null(self) -> None:
        last = {"event": "Buy", "property": "total", "within_days": 2}
        changes = [ada(1, track="Buy", properties={"total": 5})]
        assert sent_values(**trait(last=last), changes=changes, days=4) == [5, None]

    def test_the_form_can_be_track(self) -> None:
        read = scenario(
            audiences=[{"name": "VIP", "members": ["ada"], "form": "track"}],
            computed_traits=[{"key": "a", "count": {"event": "Buy"}, "form": "track"}],
        )
        read.space.profiles[0].track("Buy", read.start)
        events = {message["event"] for message in read.space.sync(read.until)}
        assert events == {"Audience Entered", "Trait Computed"}


class TestChanges:
    def test_each_has_a_description(self) -> None:
        changes = [
            ada(1, track="Buy", properties={"total": 5}),
            ada(2, traits={"plan": "gold", "seats": 5}),
            ada(3, enter="VIP"),
            ada(4, leave="VIP"),
            ada(5, gain={"emails": ["ada@example.com"], "anonymous_ids": ["x"]}),
        ]
        read = scenario(audiences=[{"name": "VIP"}], changes=changes)
        assert [change.description for change in read.changes] == [
            "ada: Buy (total = 5)",
            'ada: plan = "gold", seats = 5',
            "ada: enters VIP",
            "ada: leaves VIP",
            "ada: gains ada@example.com, x",
        ]

    def test_nothing_happens_before_its_time(self) -> None:
        changes = [ada(1, traits={"plan": "gold"}), ada(2, gain={"emails": ["a@example.com"]})]
        read = scenario(changes=changes)
        profile = read.space.profiles[0]
        assert (profile.traits, len(profile.identifiers)) == ({}, 1)
        for change in read.changes:
            change.apply()
        assert profile.traits == {"plan": "gold"}
        assert [str(name) for name in profile.identifiers] == ["ada", "a@example.com"]

    @pytest.mark.parametrize("name", ["ada", "ADA@example.com", "x"])
    def test_a_profile_is_named_by_any_identifier(self, name: str) -> None:
        profile = {**ADA, "emails": ["ada@example.com"], "anonymous_ids": ["x"]}
        change = {"at": at(1), "profile": name, "track": "Buy"}
        values = sent_values(profiles=[profile], changes=[change], **audience(event="Buy"))
        assert values == [True, True]  # the user id and the address

    def test_instants_are_in_utc_whatever_their_zone(self) -> None:
        change = {"at": "2026-01-02T01:00:00+05:00", "profile": "ada", "track": "Buy"}
        read = scenario(start="2026-01-01T01:00:00+01:00", changes=[change])
        assert read.start.isoformat() == "2026-01-01T00:00:00+00:00"
        assert read.changes[0].at.isoformat() == "2026-01-01T20:00:00+00:00"


class TestTheWhole:
    def test_the_fixture(self) -> None:
        read = read_scenario((fixtures_path() / "spaces" / "orders.json").read_bytes())
        assert read.until - read.start == timedelta(days=45)
        assert [str(one) for one in read.space.computations] == [
            "audience 'Order Completed Last 30days'",
            "computed trait 'total_spent'",
        ]

    def test_the_defaults(self) -> None:
        read = read_scenario('{"start": "2026-01-01T00:00:00Z", "profiles": []}')
        assert read.until == datetime(2026, 1, 31, tzinfo=UTC)
        assert (read.space.space_id, read.space.profiles, read.changes) == ("spa_1", (), ())

    def test_days_and_seed_override_those_of_the_file(self) -> None:
        raw = json.dumps(definition(days=5, seed=1, audiences=[{"name": "A"}]))
        same = json.dumps(definition(seed=7, audiences=[{"name": "A"}]))
        assert read_scenario(raw, days=0.5).until == datetime(2026, 1, 1, 12, tzinfo=UTC)
        dues = [read_scenario(raw, seed=seed).space.next_due for seed in (None, 0, 7)]
        assert len(set(dues)) == 3
        assert dues[2] == read_scenario(same).space.next_due

    @pytest.mark.parametrize(
        "parts",
        [
            {"audiences": [{"name": "A"}]},
            {"computed_traits": [{"key": "a", "count": {"event": "Buy"}}]},
        ],
    )
    def test_a_later_creation_has_a_later_first_sync(self, parts: dict[str, Any]) -> None:
        ((name, (part,)),) = parts.items()
        now, later = (
            scenario(**{name: [{**part, **created}]}).space.next_due
            for created in ({}, {"created_at": at(48)})
        )
        assert now is not None
        assert later == now + timedelta(hours=48)

    def test_a_byte_order_mark_is_ignored(self) -> None:
        raw = json.dumps(definition(space_id="spä"), ensure_ascii=False).encode()
        assert read_scenario(BOM_UTF8 + raw).space.space_id == "spä"
