"""What each sync sends."""

from datetime import timedelta
from typing import Any

import pytest

from adapter.engage import InvalidSpace, Space
from tests.engage.syncing import row, rows, users
from tests.engage.times import START, days

ORDERS = "Order Completed Last 30days"
KEY = "order_completed_last_30days"
MONTH = timedelta(days=30)


class TestAudiences:
    def test_the_first_sync_sends_every_member_and_nobody_else(self, space: Space) -> None:
        vip = space.add_audience("VIP")
        for profile in users(space, 4)[1:3]:
            vip.enter(profile)
        assert rows(space) == [("u1", True), ("u2", True)]

    def test_nothing_is_sent_before_it_is_due(self, space: Space) -> None:
        space.add_audience("VIP").enter(users(space, 1)[0])
        due = space.next_due
        assert due is not None
        assert rows(space, due - timedelta(microseconds=1)) == []
        assert space.next_due == due
        assert rows(space, due) == [("u0", True)]

    def test_later_syncs_send_only_who_has_changed(self, space: Space) -> None:
        vip = space.add_audience("VIP")
        one, two, three = users(space, 3)
        vip.enter(one)
        vip.enter(two)
        rows(space)
        assert rows(space) == []
        vip.leave(one)
        vip.enter(three)
        assert rows(space) == [("u0", False), ("u2", True)]
        assert rows(space) == []

    def test_leaving_and_entering_between_two_syncs_sends_nothing(self, space: Space) -> None:
        vip = space.add_audience("VIP")
        one, two = users(space, 2)
        vip.enter(one)
        rows(space)
        vip.leave(one)
        vip.enter(one)
        vip.enter(two)
        vip.leave(two)
        assert rows(space) == []

    def test_who_left_before_the_first_sync_was_never_a_member(self, space: Space) -> None:
        vip = space.add_audience("VIP")
        one = users(space, 1)[0]
        vip.enter(one)
        vip.leave(one)
        assert rows(space) == []

    def test_a_change_at_the_very_instant_of_a_sync_is_in_it(self, space: Space) -> None:
        space.add_audience("Bought", lambda profile, now: profile.count("Order", now) > 0)
        one, two = users(space, 2)
        due = space.next_due
        assert due is not None
        one.track("Order", due)
        two.track("Order", due + timedelta(microseconds=1))
        assert rows(space, due) == [("u0", True)]
        assert rows(space) == [("u1", True)]

    def test_a_change_while_a_sync_is_under_way_is_in_the_next(self, space: Space) -> None:
        vip = space.add_audience("VIP")
        one, two = users(space, 2)
        vip.enter(one)
        vip.enter(two)
        assert space.next_due is not None
        for message in space.sync(space.next_due):
            assert row(message)[1] is True
            vip.leave(two)
        assert rows(space) == [("u1", False)]

    def test_a_predicate_over_time_removes_inactive_members(self, space: Space) -> None:
        space.add_audience(ORDERS, lambda profile, now: profile.count("Order", now, MONTH) > 0)
        (one,) = users(space, 1)
        one.track("Order", days(-1))
        assert rows(space) == [("u0", True)]
        assert rows(space, days(28.9)) == []
        assert rows(space, days(29.2)) == [("u0", False)]
        one.track("Order", days(29.5))
        assert rows(space, days(30)) == [("u0", True)]

    def test_a_predicate_over_traits(self, space: Space) -> None:
        space.add_audience("Paying", lambda profile, _: profile.traits.get("plan") == "gold")
        one = space.add_profile(user_ids=["u0"], traits={"plan": "gold"})
        assert rows(space) == [("u0", True)]
        one.traits["plan"] = "free"
        assert rows(space) == [("u0", False)]

    def test_the_result_of_a_predicate_is_sent_as_a_boolean(self, space: Space) -> None:
        space.add_audience("Buyers", lambda profile, now: len(profile.events("Order", now)))  # type: ignore[arg-type, return-value]
        users(space, 1)[0].track("Order", START)
        assert rows(space) == [("u0", True)]

    def test_audiences_of_one_user_are_independent(self, space: Space) -> None:
        vip, beta = space.add_audience("VIP"), space.add_audience("Beta")
        (one,) = users(space, 1)
        vip.enter(one)
        beta.enter(one)
        sent = [message["traits"] for message in space.sync(days(1))]
        assert sorted(sent, key=str) == [{"beta": True}, {"vip": True}]
        vip.leave(one)
        assert [m["traits"] for m in space.sync(days(2))] == [{"vip": False}]


class TestComputedTraits:
    def test_only_a_changed_value_is_sent(self, space: Space) -> None:
        space.add_trait("plan", lambda profile, _: profile.traits.get("plan"))
        one, _two = users(space, 2)
        one.traits["plan"] = "gold"
        assert rows(space) == [("u0", "gold")]
        assert rows(space) == []
        one.traits["plan"] = "free"
        assert rows(space) == [("u0", "free")]

    @pytest.mark.parametrize("value", [True, False, 0, 3, 2.5, "", "text", [1, "a"], {"a": [1]}])
    def test_any_value_of_json_is_sent_as_it_is(self, space: Space, value: Any) -> None:
        space.add_trait("score", lambda *_: value)
        users(space, 1)
        ((_, sent),) = rows(space)
        assert (sent, type(sent)) == (value, type(value))
        assert rows(space) == []

    @pytest.mark.parametrize(
        ("before", "after"),
        [
            (1, True),
            (0, False),
            (True, 1),
            ("1", 1),
            ([1], [True]),
            ({"a": 0}, {"a": False}),
            ({"a": 1}, "a"),
            ("a", {"a": 1}),
            ([1], 1),
            (1, [1]),
            ({}, []),
        ],
    )
    def test_another_type_is_a_change(self, space: Space, before: Any, after: Any) -> None:
        values = {"now": before}
        space.add_trait("score", lambda *_: values["now"])
        users(space, 1)
        rows(space)
        values["now"] = after
        assert rows(space) == [("u0", after)]

    def test_the_same_number_is_no_change(self, space: Space) -> None:
        values: dict[str, Any] = {"now": [5, {"a": 1.0}]}
        space.add_trait("score", lambda *_: values["now"])
        users(space, 1)
        rows(space)
        values["now"] = [5.0, {"a": 1}]
        assert rows(space) == []

    @pytest.mark.parametrize("value", ["gold", 5, 0, False, "", [], {"a": None}])
    def test_a_value_that_is_gone_is_sent_once_as_null(self, space: Space, value: Any) -> None:
        space.add_trait("plan", lambda profile, _: profile.traits.get("plan"))
        (one,) = users(space, 1)
        assert rows(space) == []
        one.traits["plan"] = value
        assert rows(space) == [("u0", value)]
        del one.traits["plan"]
        assert rows(space) == [("u0", None)]
        assert rows(space) == []
        one.traits["plan"] = value
        assert rows(space) == [("u0", value)]

    def test_an_identifier_gained_later_is_not_sent_a_value_that_is_gone(
        self, space: Space
    ) -> None:
        space.add_trait("plan", lambda profile, _: profile.traits.get("plan"))
        one = space.add_profile(user_ids=["u0"], traits={"plan": "gold"})
        rows(space)
        one.traits["plan"] = None
        space.add_identifiers(one, emails=["u0@example.com"])
        assert rows(space) == [("u0", None)]

    def test_a_value_that_is_changed_in_place_is_a_change(self, space: Space) -> None:
        basket = ["a"]
        space.add_trait("basket", lambda *_: basket)
        users(space, 1)
        assert rows(space) == [("u0", ["a"])]
        basket.append("b")
        assert rows(space) == [("u0", ["a", "b"])]

    @pytest.mark.parametrize("value", [float("nan"), object(), "\ud800", {"a": {1: 2}}])
    def test_a_value_that_json_cannot_express_is_an_error_and_nothing_is_sent(
        self, space: Space, value: object
    ) -> None:
        space.add_trait("score", lambda profile, _: profile.traits.get("score", 1))
        _one, two = users(space, 2)
        two.traits["score"] = value
        with pytest.raises(InvalidSpace, match=r"^computed trait 'score' of Profile\(u1\)"):
            list(space.sync(days(1)))
        two.traits["score"] = 2
        assert rows(space, days(1)) == [("u0", 1), ("u1", 2)]
