"""The messages that a sync sends, and for which identifiers."""

from typing import Any

import pytest

from adapter.engage import InvalidSpace, Space
from tests.engage.syncing import rows, users
from tests.engage.times import START, days

ORDERS = "Order Completed Last 30days"
KEY = "order_completed_last_30days"


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

    def test_a_gained_identifier_is_sent_the_present_values(self, space: Space) -> None:
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

    def test_an_identifier_gained_after_leaving_is_sent_nothing(self, space: Space) -> None:
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

    def test_an_anonymous_profile_is_sent_until_it_has_another_identifier(
        self, space: Space
    ) -> None:
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


class TestMessages:
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
