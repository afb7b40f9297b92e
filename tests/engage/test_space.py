"""What a space takes, and what it refuses."""

from datetime import UTC, datetime, timedelta, timezone
from typing import Any

import pytest

from adapter.engage import Event, Identifier, InvalidSpace, Space
from tests.engage.times import START, days


def space() -> Space:
    return Space(clock=lambda: START)


def test_an_audiences_key_is_its_name_in_snake_case() -> None:
    assert space().add_audience("Order Completed Last 30days").key == "order_completed_last_30days"


@pytest.mark.parametrize("name", ["", " ", "!!!", "—"])
def test_a_name_without_letters_or_digits_is_refused(name: str) -> None:
    with pytest.raises(InvalidSpace, match=f"audience's name {name!r} has no letter or digit"):
        space().add_audience(name)


def test_audiences_whose_keys_collide_are_both_named() -> None:
    one = space()
    one.add_audience("Big Spenders")
    with pytest.raises(InvalidSpace) as caught:
        one.add_audience("big-spenders!")
    assert str(caught.value) == (
        "audience 'Big Spenders' and audience 'big-spenders!' have the same key big_spenders: "
        "rename one of them"
    )


def test_an_audience_and_a_computed_trait_collide_as_well() -> None:
    one = space()
    one.add_trait("big_spenders", lambda *_: 1)
    with pytest.raises(InvalidSpace, match="computed trait 'big_spenders' and audience 'Big Spe"):
        one.add_audience("Big Spenders")


@pytest.mark.parametrize("key", ["", "!!!"])
def test_a_computed_traits_key_without_letters_or_digits_is_refused(key: str) -> None:
    with pytest.raises(InvalidSpace, match=f"^a computed trait's key {key!r} has no letter or dig"):
        space().add_trait(key, lambda *_: 1)


@pytest.mark.parametrize("key", ["Order Count", "orderCount", "order count", "_x", "orderCount2"])
def test_a_computed_traits_key_is_snake_case(key: str) -> None:
    with pytest.raises(InvalidSpace, match="must be in snake_case"):
        space().add_trait(key, lambda *_: 1)


def test_a_key_cannot_be_email() -> None:
    with pytest.raises(InvalidSpace, match="'E-Mail' has the key e_mail, which is the e-mail a"):
        space().add_audience("E-Mail")
    with pytest.raises(InvalidSpace, match="computed trait 'email' has the key email, which is"):
        space().add_trait("email", lambda *_: 1)


def test_a_refused_computation_is_not_there() -> None:
    one = space()
    with pytest.raises(InvalidSpace):
        one.add_audience("VIP", created_at=datetime(2026, 1, 1))
    assert one.computations == ()
    one.add_audience("VIP")


@pytest.mark.parametrize(
    ("names", "message"),
    [
        ({}, "a profile has no identifier"),
        ({"user_ids": [""]}, "userId is '': must be a text, not blank"),
        ({"emails": ["a@example.com", " "]}, "email is ' ': must be a text"),
        ({"anonymous_ids": [None]}, "anonymousId is None: must be a text"),
        ({"user_ids": [7]}, "userId is 7: must be a text"),
        ({"user_ids": "u1"}, "userId is the text 'u1': pass a list of them"),
    ],
)
def test_a_profile_needs_identifiers_that_are_texts(names: Any, message: str) -> None:
    one = space()
    with pytest.raises(InvalidSpace, match=message):
        one.add_profile(**names)
    assert one.profiles == ()


def test_an_identifier_is_one_profiles_only() -> None:
    one = space()
    ada = one.add_profile(user_ids=["u1"], emails=["ada@example.com"])
    with pytest.raises(
        InvalidSpace, match=r"email 'ADA@example\.com' already belongs to another profile"
    ):
        one.add_profile(user_ids=["u2"], emails=["ADA@example.com"])
    bob = one.add_profile(user_ids=["u2"])
    with pytest.raises(InvalidSpace, match="userId 'u1' already belongs to another profile"):
        one.add_identifiers(bob, emails=["bob@example.com"], user_ids=["u1"])
    assert bob.identifiers == (Identifier("userId", "u2"),)
    one.add_identifiers(ada, user_ids=["u1", "u3"])
    assert [name.value for name in ada.identifiers] == ["u1", "ada@example.com", "u3"]


def test_user_ids_differ_in_letter_case() -> None:
    one = space()
    one.add_profile(user_ids=["u1"])
    one.add_profile(user_ids=["U1"])
    assert len(one.profiles) == 2


def test_a_profile_is_found_by_any_of_its_identifiers() -> None:
    one = space()
    ada = one.add_profile(user_ids=["u1"], emails=["ada@example.com"], anonymous_ids=["a1"])
    assert one.profile("u1") is one.profile("Ada@Example.com") is one.profile("a1") is ada
    with pytest.raises(InvalidSpace, match="profile 'u2' is not in this space"):
        one.profile("u2")


def test_a_profile_shows_its_identifiers() -> None:
    ada = space().add_profile(user_ids=["u1"], emails=["ada@example.com"], anonymous_ids=["a1"])
    assert repr(ada) == "Profile(u1, ada@example.com, anonymous a1)"


def test_an_audience_is_found_by_its_name() -> None:
    one = space()
    vip = one.add_audience("VIP")
    assert one.audience("VIP") is vip
    with pytest.raises(InvalidSpace, match="audience 'vip' is not in this space"):
        one.audience("vip")


def test_the_members_of_an_audience_with_a_predicate_cannot_be_changed() -> None:
    one = space()
    ada = one.add_profile(user_ids=["u1"])
    audience = one.add_audience("Everybody", lambda *_: True)
    for change in (audience.enter, audience.leave):
        with pytest.raises(InvalidSpace, match="audience 'Everybody' has a predicate"):
            change(ada)


def test_events_count_up_to_now_and_within() -> None:
    ada = space().add_profile(user_ids=["u1"])
    for day in (3, 1, 2, 2):
        ada.track("Order Completed", days(day), {"day": day})
    assert [e.properties["day"] for e in ada.events("Order Completed", days(2))] == [1, 2, 2]
    assert ada.count("Order Completed", days(2.9)) == 3
    assert ada.count("Order Completed", days(3)) == 4
    assert ada.count("Order Completed", days(3), timedelta(days=1)) == 3
    assert ada.count("Order Completed", days(3), timedelta(days=0.9)) == 1
    assert ada.count("Order Completed", days(33), timedelta(days=30)) == 1
    assert ada.count("Order Completed", days(33.01), timedelta(days=30)) == 0
    assert ada.count("Order Completed", days(0), timedelta(days=30)) == 0
    assert ada.count("order completed", days(3)) == 0
    assert ada.events("order completed", days(3)) == []
    assert ada.events("Order Completed", days(1)) == [Event("Order Completed", days(1), {"day": 1})]


def test_an_event_needs_a_name_and_a_time_zone() -> None:
    ada = space().add_profile(user_ids=["u1"])
    with pytest.raises(InvalidSpace, match="event is blank"):
        ada.track(" ", START)
    with pytest.raises(InvalidSpace, match="at must be a datetime with a time zone"):
        ada.track("Order Completed", datetime(2026, 1, 1))


def test_a_sync_needs_a_time_zone_at_once() -> None:
    with pytest.raises(InvalidSpace, match="now must be a datetime with a time zone"):
        space().sync(datetime(2026, 1, 1))


def test_time_zones_are_one_time() -> None:
    one = space()
    one.add_audience("VIP").enter(one.add_profile(user_ids=["u1"]))
    due = one.next_due
    assert due is not None
    far = due.astimezone(timezone(timedelta(hours=9)))
    other = space()
    other.add_audience("VIP", created_at=START.astimezone(far.tzinfo))
    assert other.next_due == due
    assert other.next_due.tzinfo is UTC
    assert list(one.sync(far - timedelta(seconds=1))) == []
    assert len(list(one.sync(far))) == 1


def test_white_space_around_an_identifier_is_removed() -> None:
    one = space()
    ada = one.add_profile(user_ids=[" u1\t"])
    assert ada.identifiers == (Identifier("userId", "u1"),)
    assert one.profile("u1") is ada


def test_a_user_id_is_looked_for_before_an_address_and_that_before_an_anonymous_id() -> None:
    one = space()
    third = one.add_profile(anonymous_ids=["a@example.com"])
    assert one.profile("a@example.com") is third
    second = one.add_profile(emails=["a@example.com"])
    assert one.profile("a@example.com") is second
    first = one.add_profile(user_ids=["a@example.com"])
    assert one.profile("a@example.com") is first


def test_addresses_are_compared_without_regard_to_letter_case() -> None:
    one = space()
    ada = one.add_profile(emails=["Ada@example.com", "ada@example.com"])
    one.add_identifiers(ada, emails=["ADA@example.com"])
    assert ada.identifiers == (Identifier("email", "Ada@example.com"),)


def test_a_profile_of_another_space_gains_nothing() -> None:
    one, other = space(), space()
    stranger = other.add_profile(user_ids=["u1"])
    with pytest.raises(InvalidSpace, match=r"Profile\(u1\) is not in this space"):
        one.add_identifiers(stranger, emails=["ada@example.com"])
    assert stranger.identifiers == (Identifier("userId", "u1"),)
    assert one.add_profile(emails=["ada@example.com"]).identifiers


def test_only_profiles_enter() -> None:
    with pytest.raises(InvalidSpace, match="audience 'VIP' takes profiles as members, not 'u1'"):
        space().add_audience("VIP").enter("u1")


def test_a_name_is_a_text() -> None:
    with pytest.raises(InvalidSpace, match="audience's name is None: must be a text"):
        space().add_audience(None)  # type: ignore[arg-type]


@pytest.mark.parametrize("form", ["Identify", "", None])
def test_a_form_is_one_of_two(form: Any) -> None:
    one = space()
    with pytest.raises(InvalidSpace, match=r"audience 'VIP' has the form .*: use 'identify' or 't"):
        one.add_audience("VIP", form=form)
    assert one.computations == ()


def test_a_tracks_own_property_cannot_be_its_key() -> None:
    one = space()
    with pytest.raises(
        InvalidSpace, match=r"^audience 'Audience Key' has the key of a track's own"
    ):
        one.add_audience("Audience Key", form="track")
    with pytest.raises(InvalidSpace, match=r"own property trait_key$"):
        one.add_trait("trait_key", lambda *_: 1, form="track")
    one.add_audience("Trait Key", form="track")
    one.add_audience("Audience Key")


def test_events_at_one_instant_keep_their_order() -> None:
    ada = space().add_profile(user_ids=["u1"])
    for number in range(3):
        ada.track("Order", days(1), {"number": number})
    assert [e.properties["number"] for e in ada.events("Order", days(1))] == [0, 1, 2]


@pytest.mark.parametrize("year", [1900, 2999])
def test_times_of_these_centuries_are_taken(year: int) -> None:
    space().add_audience("VIP", created_at=datetime(year, 1, 1, tzinfo=UTC))


@pytest.mark.parametrize("year", [1, 1899, 3000, 9999])
def test_times_of_other_millennia_are_refused(year: int) -> None:
    with pytest.raises(InvalidSpace, match="created_at must be between the years 1900 and 2999"):
        space().add_audience("VIP", created_at=datetime(year, 1, 1, tzinfo=UTC))


def test_an_identifier_with_a_lone_surrogate_is_refused() -> None:
    with pytest.raises(InvalidSpace, match=r"userId '\\ud800' contains a lone surrogate"):
        space().add_profile(user_ids=["\ud800"])
