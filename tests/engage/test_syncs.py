"""What each sync sends."""

from datetime import datetime, timedelta
from typing import Any

import pytest

from adapter import plan
from adapter.engage import InvalidSpace, Profile, Space
from tests.adapter.support import SETTINGS
from tests.engage.times import START, days

ORDERS = "Order Completed Last 30days"
KEY = "order_completed_last_30days"
MONTH = timedelta(days=30)

Row = tuple[str, Any]


@pytest.fixture
def space() -> Space:
    return Space(clock=lambda: START)


def rows(space: Space, now: datetime | None = None) -> list[Row]:
    """Sync at `now`, or when it is due; give who was told what."""
    messages = list(space.sync(now or space.next_due))
    for message in messages:
        plan(message, SETTINGS)
    return [row(message) for message in messages]


def row(message: dict[str, Any]) -> Row:
    traits = dict(message["traits"])
    who = message.get("userId") or message.get("anonymousId") or traits.pop("email")
    (value,) = traits.values()
    return who, value


def users(space: Space, count: int) -> list[Profile]:
    return [space.add_profile(user_ids=[f"u{number}"]) for number in range(count)]


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

    def test_out_and_in_again_between_two_syncs_sends_nothing(self, space: Space) -> None:
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

    def test_a_predicate_over_time_lets_go_of_who_did_nothing(self, space: Space) -> None:
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

    def test_what_a_predicate_gives_is_sent_as_a_boolean(self, space: Space) -> None:
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
            *[(1, True), (0, False), (True, 1), ("1", 1), ([1], [True]), ({"a": 0}, {"a": False})],
            *[({"a": 1}, "a"), ("a", {"a": 1}), ([1], 1), (1, [1]), ({}, [])],
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

    def test_an_identifier_gained_later_is_not_told_of_a_value_that_is_gone(
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
    def test_what_json_has_not_is_named_and_nothing_of_it_sent(
        self, space: Space, value: object
    ) -> None:
        space.add_trait("score", lambda profile, _: profile.traits.get("score", 1))
        _one, two = users(space, 2)
        two.traits["score"] = value
        with pytest.raises(InvalidSpace, match=r"^computed trait 'score' of Profile\(u1\)"):
            list(space.sync(days(1)))
        two.traits["score"] = 2
        assert rows(space, days(1)) == [("u0", 1), ("u1", 2)]


class TestIdentifiers:
    def test_each_user_id_and_each_address_gets_a_message_of_its_own(self, space: Space) -> None:
        vip = space.add_audience("VIP")
        ada = space.add_profile(
            user_ids=["u1", "u2"], emails=["a@example.com", "b@example.com"], anonymous_ids=["x"]
        )
        vip.enter(ada)
        everybody = ["u1", "u2", "a@example.com", "b@example.com"]
        assert rows(space) == [(who, True) for who in everybody]
        vip.leave(ada)
        assert rows(space) == [(who, False) for who in everybody]

    def test_an_identifier_that_is_gained_is_told_what_holds(self, space: Space) -> None:
        vip = space.add_audience("VIP")
        space.add_trait("score", lambda *_: 7)
        (ada,) = users(space, 1)
        vip.enter(ada)
        rows(space, days(1))
        space.add_identifiers(ada, emails=["ada@example.com"])
        assert sorted(rows(space, days(2)), key=str) == [
            ("ada@example.com", 7),
            ("ada@example.com", True),
        ]
        assert rows(space, days(3)) == []

    def test_an_identifier_gained_after_leaving_is_told_nothing(self, space: Space) -> None:
        vip = space.add_audience("VIP")
        (ada,) = users(space, 1)
        vip.enter(ada)
        rows(space)
        vip.leave(ada)
        space.add_identifiers(ada, emails=["ada@example.com"])
        assert rows(space) == [("u0", False)]

    def test_an_anonymous_id_beside_others_causes_nothing(self, space: Space) -> None:
        vip = space.add_audience("VIP")
        (ada,) = users(space, 1)
        vip.enter(ada)
        rows(space)
        space.add_identifiers(ada, anonymous_ids=["x"])
        assert rows(space) == []

    def test_nobody_but_anonymous_is_sent_too_until_there_is_a_name(self, space: Space) -> None:
        vip = space.add_audience("VIP")
        somebody = space.add_profile(anonymous_ids=["x"])
        vip.enter(somebody)
        (message,) = space.sync(days(1))
        assert message["anonymousId"] == "x"
        assert "userId" not in message
        assert message["traits"] == {"vip": True}
        assert rows(space, days(2)) == []
        space.add_identifiers(somebody, user_ids=["u1"])
        assert rows(space, days(3)) == [("u1", True)]
        vip.leave(somebody)
        assert rows(space, days(4)) == [("u1", False)]


class TestPayloads:
    @staticmethod
    def personas(kind: str, computation_id: str, key: str) -> dict[str, Any]:
        return {
            "computation_class": kind,
            "computation_id": computation_id,
            "computation_key": key,
            "namespace": "spa_7",
            "space_id": "spa_7",
        }

    def test_an_audience_is_an_identify(self) -> None:
        space = Space("spa_7", clock=lambda: START)
        ada = space.add_profile(user_ids=["u1"], emails=["ada@example.com"])
        audience = space.add_audience(ORDERS)
        audience.enter(ada)
        rest = {
            "context": {"personas": self.personas("audience", f"aud_{KEY}", KEY)},
            "integrations": {"All": False, "AutopilotHQ": True},
        }
        assert list(space.sync(days(1))) == [
            {"type": "identify", "userId": "u1", "traits": {KEY: True}, **rest},
            {"type": "identify", "traits": {"email": "ada@example.com", KEY: True}, **rest},
        ]
        audience.leave(ada)
        assert next(space.sync(days(2)))["traits"] == {KEY: False}

    def test_a_computed_trait_is_an_identify(self) -> None:
        space = Space("spa_7", clock=lambda: START)
        space.add_profile(user_ids=["u1"])
        space.add_trait("order_count", lambda *_: 3)
        assert list(space.sync(days(1))) == [
            {
                "type": "identify",
                "userId": "u1",
                "traits": {"order_count": 3},
                "context": {"personas": self.personas("trait", "tra_order_count", "order_count")},
                "integrations": {"All": False, "AutopilotHQ": True},
            }
        ]

    def test_an_audience_can_be_tracks(self) -> None:
        space = Space("spa_7", clock=lambda: START)
        ada = space.add_profile(user_ids=["u1"], emails=["ada@example.com"])
        audience = space.add_audience(ORDERS, form="track")
        audience.enter(ada)
        personas = self.personas("audience", f"aud_{KEY}", KEY)
        integrations = {"All": False, "AutopilotHQ": True}
        entered = {
            "type": "track",
            "event": "Audience Entered",
            "properties": {"audience_key": KEY, KEY: True},
            "integrations": integrations,
        }
        assert list(space.sync(days(1))) == [
            {**entered, "userId": "u1", "context": {"personas": personas}},
            {
                **entered,
                "context": {"traits": {"email": "ada@example.com"}, "personas": personas},
            },
        ]
        audience.leave(ada)
        left = next(space.sync(days(2)))
        assert left["event"] == "Audience Exited"
        assert left["properties"] == {"audience_key": KEY, KEY: False}

    def test_a_space_has_an_id_of_its_own(self, space: Space) -> None:
        space.add_profile(user_ids=["u1"])
        space.add_trait("order_count", lambda *_: 0)
        (message,) = space.sync(days(1))
        assert message["context"]["personas"]["space_id"] == "spa_1"

    def test_a_computed_trait_can_be_a_track(self, space: Space) -> None:
        space.add_profile(user_ids=["u1"])
        space.add_trait("order_count", lambda *_: 0, form="track")
        (message,) = space.sync(days(1))
        assert (message["type"], message["event"]) == ("track", "Trait Computed")
        assert message["properties"] == {"trait_key": "order_count", "order_count": 0}


def test_a_value_as_deep_as_a_message_may_be(space: Space) -> None:
    value: dict[str, Any] = {}
    for _ in range(63):
        value = {"a": value}
    values = {"now": value}
    space.add_trait("deep", lambda *_: values["now"])
    users(space, 1)
    assert rows(space) == [("u0", value)]
    values["now"] = {"a": value}
    with pytest.raises(InvalidSpace, match="nested deeper"):
        list(space.sync(days(2)))
