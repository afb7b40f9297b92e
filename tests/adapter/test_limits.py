"""Batches, traits, messages and settings at the limit of what is taken."""

import json
from typing import Any

import pytest
import requests
import responses

from adapter import (
    Delivery,
    EnterJourney,
    InvalidMessage,
    InvalidSettings,
    Retry,
    Settings,
    UpsertContact,
    plan,
)
from adapter.batches import MAX_BYTES, batches
from adapter.naming import custom_type
from tests.adapter.support import (
    BASE,
    PERSON,
    SETTINGS,
    Make,
    answer,
    identify,
    track,
)

# --- batches --------------------------------------------------------------------------------


def of(*messages: dict[str, Any]) -> list[tuple[int, ...]]:
    return list(batches([plan(message, SETTINGS) for message in messages]))


def test_nothing_is_no_batch() -> None:
    assert of() == []
    assert of({"type": "page"}) == [(0,)]


def test_people_who_share_only_that_they_have_an_address_or_no_user_id_go_together() -> None:
    ann, bob = identify(None, email="a@example.com"), identify(None, email="b@example.com")
    assert of(ann, bob) == [(0, 1)]
    assert of({**ann, "anonymousId": "x"}, {**bob, "anonymousId": "y"}) == [(0, 1)]


def test_a_bulk_of_any_size_keeps_within_its_limit_and_uses_it() -> None:
    # Four contacts that fill the limit to the last few bytes are one bulk, a little more is two.
    def quarter(bytes_over: int) -> list[dict[str, Any]]:
        length = MAX_BYTES // 4 + bytes_over
        return [identify(str(n), x="x" * length) for n in range(4)]

    (fits,) = of(*quarter(-100))
    assert len(fits) == 4
    assert len(of(*quarter(0))) == 2


# --- traits ---------------------------------------------------------------------------------


def contact(**traits: Any) -> dict[str, Any]:
    (call,) = plan(identify(None, **traits), SETTINGS).calls
    assert isinstance(call, UpsertContact)
    return call.contact


def test_a_name_comes_after_every_spelling_of_its_parts() -> None:
    assert contact(name="Ann Lee", first_name="Anna", LASTNAME="Li") == {
        "FirstName": "Anna",
        "LastName": "Li",
        "custom": {"string--name": "Ann Lee"},
    }


def test_segments_spelling_of_a_name_or_an_object_comes_first() -> None:
    assert contact(Name="Bob Ray", name="Ann Lee") == {
        "FirstName": "Ann",
        "LastName": "Lee",
        "custom": {"string--Name": "Bob Ray"},
    }
    assert contact(Company={"name": "B"}, company={"name": "A"}) == {
        "Company": "A",
        "custom": {"string--Company.name": "B"},
    }
    assert contact(address={"City": "B", "city": "A"}) == {
        "MailingCity": "A",
        "custom": {"string--address.City": "B"},
    }


@pytest.mark.parametrize(
    ("traits", "expected", "note"),
    [
        ({"firstName": " ", "name": "Ann"}, {"FirstName": "Ann"}, "name-fills-blank"),
        ({" ": 1}, {}, "no-name"),
    ],
)
def test_white_space_is_as_good_as_nothing(
    traits: dict[str, Any], expected: dict[str, Any], note: str
) -> None:
    assert contact(**traits) == expected
    assert note in [said.id for said in plan(identify(None, **traits), SETTINGS).notes]


def test_a_tuple_is_a_list_and_a_whole_float_a_whole_number() -> None:
    sent = contact(tags=("a", 1), logins=3.0)
    assert sent == {"custom": {"string--tags": '["a", 1]', "integer--logins": 3}}
    assert type(sent["custom"]["integer--logins"]) is int


def test_beyond_2_to_53_a_float_is_a_float() -> None:
    assert custom_type(float(2**53 + 2)) == "float"


# --- what is planned ------------------------------------------------------------------------


def entered(message: dict[str, Any]) -> dict[str, Any]:
    call = plan(message, SETTINGS).calls[1]
    assert isinstance(call, EnterJourney)
    return call.properties


def test_only_what_is_on_the_contact_is_taken_from_the_properties() -> None:
    sent_by = {"email": "a@example.com", "sender": "a@example.com", "n": 1, "_NewEmail": "b@e"}
    assert entered(track(**sent_by)) == {"sender": "a@example.com", "n": 1}
    assert entered(track(_NewEmail=None, n=1)) == {"_NewEmail": None, "n": 1}


# --- what is a message ----------------------------------------------------------------------


def problem(message: Any) -> tuple[str, str]:
    with pytest.raises(InvalidMessage) as caught:
        plan(message, SETTINGS)
    return caught.value.field, caught.value.problem


def test_lists_have_the_limit_of_objects_and_an_endless_list_ends() -> None:
    nested: list[Any] = []
    for _ in range(63):
        nested = [nested]
    plan(identify(a=nested), SETTINGS)
    field, why = problem(identify(a=[nested]))
    assert field == "traits.a" + "[0]" * 64
    assert why == "is nested deeper than 64 levels: send it flatter"
    endless: list[Any] = []
    endless.append(endless)
    assert problem(identify(a=endless))[1] == why


def test_the_largest_number() -> None:
    plan(identify(n=2**1023 - 1, low=1 - 2**1023), SETTINGS)
    why = "is too large a number for JSON: send it as text"
    assert problem(identify(n=2**1023)) == ("traits.n", why)


@pytest.mark.parametrize(
    ("message", "field", "why"),
    [
        ({}, "type", "got nothing"),
        ({"type": "identify", "traits": (1,)}, "traits", "an object, got a list"),
        ({"type": "identify", "context": 1.5}, "context", "must be an object, got a number"),
        ({"type": "identify", "userId": float("nan")}, "userId", "is nan"),
        ({"type": "identify", "anonymousId": "\ud800"}, "anonymousId", "contains a lone surrogate"),
        (identify(a=(1, float("nan"))), "traits.a[1]", "is nan"),
        (identify(a=b"b"), "traits.a", "is a bytes"),
    ],
)
def test_more_that_is_not_a_message(message: object, field: str, why: str) -> None:
    got_field, got = problem(message)
    assert got_field == field
    assert why in got


# --- many messages --------------------------------------------------------------------------


def both(status: int, body: Any, to: Make, mock: responses.RequestsMock) -> list[Delivery]:
    text = body if isinstance(body, str) else json.dumps(body)
    mock.post(BASE + "contacts", status=status, body=text)
    return to().deliver_many([identify("a"), identify("b")])


@pytest.mark.parametrize(
    ("status", "body"),
    [(200, {}), (200, {"contact_ids": ["1"]}), (200, {"contact_ids": 2}), (204, "")],
)
def test_a_bulk_whose_answer_has_not_an_id_for_each_has_failed(
    to: Make, autopilot: responses.RequestsMock, status: int, body: Any
) -> None:
    why = f"{BASE}contacts does not give a contact_id for each of the contacts"
    deliveries = both(status, body, to, autopilot)
    assert [(one.outcome, one.message) for one in deliveries] == [("failed", why)] * 2


def test_each_delivery_has_its_own_message_and_the_exchanges_it_went_in(
    to: Make, autopilot: responses.RequestsMock
) -> None:
    autopilot.post(BASE + "contacts", status=400, json={"message": "One is wrong."})
    autopilot.post(BASE + "contact", json={"contact_id": "person_1"})
    messages = [identify("a"), identify("b")]
    deliveries = to().deliver_many(messages)
    assert [one.source for one in deliveries] == messages
    assert [[e.path for e in one.exchanges] for one in deliveries] == [["contacts", "contact"]] * 2
    (together, *_), (same, *_) = (one.exchanges for one in deliveries)
    assert together is same


def test_what_went_in_one_bulk_shares_its_exchanges(
    to: Make, autopilot: responses.RequestsMock
) -> None:
    deliveries = both(200, {"contact_ids": ["1", "2"]}, to, autopilot)
    assert [[e.path for e in one.exchanges] for one in deliveries] == [["contacts"]] * 2


def test_what_cannot_be_sent_is_rejected_with_its_message_and_identifiers(to: Make) -> None:
    message = {"type": "track", "event": "!", "userId": "u"}
    delivery = to().deliver(message)
    assert (delivery.outcome, delivery.source, delivery.exchanges) == ("rejected", message, ())
    assert plan(message, SETTINGS).identifiers.user_id == "u"


def test_a_forbidden_key_is_not_tried_message_by_message(
    to: Make, autopilot: responses.RequestsMock
) -> None:
    deliveries = both(403, {"message": "No."}, to, autopilot)
    assert [(one.outcome, one.message) for one in deliveries] == [("rejected", "No.")] * 2
    assert len(autopilot.calls) == 1


def test_after_a_call_without_an_answer_the_others_are_not_tried(
    to: Make, autopilot: responses.RequestsMock
) -> None:
    autopilot.post(BASE + "contact", body=requests.ConnectionError("refused"))
    messages = [track(), {"type": "page"}, identify("a"), identify("b"), identify("a")]
    first, page, *others = to(retry=Retry(total=0)).deliver_many(messages)
    assert (first.outcome, first.status) == ("failed", None)
    assert page.outcome == "filtered"
    why = f"Not tried, after: {first.message}"
    assert [(one.outcome, one.message, one.exchanges) for one in others] == [
        ("failed", why, ())
    ] * 3
    assert [one.source for one in others] == messages[2:]
    assert len(autopilot.calls) == 1


def test_after_an_answered_failure_the_others_are_tried(
    to: Make, autopilot: responses.RequestsMock
) -> None:
    answer(autopilot, (503, {}, ""), PERSON)
    deliveries = to(retry=Retry(total=0)).deliver_many([identify("a"), identify("a")])
    assert [one.outcome for one in deliveries] == ["failed", "delivered"]


# --- settings -------------------------------------------------------------------------------


@pytest.mark.parametrize("key", ["a b", "a~b", "a\xa0b", "a\xffb"])
def test_a_key_of_any_latin_1_text_will_do(key: str) -> None:
    assert Settings(key, BASE).api_key == key


@pytest.mark.parametrize(
    ("key", "why"),
    [
        *[("  ", "is missing"), ("a\x1fb", "control character"), ("a\x7fb", "control character")],
        *[("a\x9fb", "control character"), ("a\u0100b", "no HTTP header can carry")],
    ],
)
def test_what_is_wrong_with_a_key_is_said(key: str, why: str) -> None:
    with pytest.raises(InvalidSettings, match=why):
        Settings(key, BASE)


def test_settings_are_shown_without_the_key() -> None:
    settings = Settings("123456789", "http://host/", {"E": "1"}, "2")
    shown = "base_url='http://host/', journeys={'E': '1'}, default_trigger='2'"
    assert repr(settings) == f"Settings(api_key='…6789', {shown})"
    assert repr(Settings("12345678", BASE)).startswith("Settings(api_key='…', ")


def test_settings_can_be_a_key() -> None:
    settings = Settings("key", BASE, journeys={"E": "1"})
    assert {settings: 1}[Settings("key", BASE, journeys={"E": "1"})] == 1


def test_white_space_around_a_base_url_is_not_part_of_it() -> None:
    assert Settings("key", " http://host:1/X ").base_url == "http://host:1/X/"


@pytest.mark.parametrize("url", ["http://host:0/", "http://host/#a", "http://me@host/"])
def test_more_base_urls_that_will_not_do(url: str) -> None:
    with pytest.raises(
        InvalidSettings, match=r"^base_url .*: use one like http://127\.0\.0\.1:8025/v1/$"
    ):
        Settings("key", url)


def test_a_blank_is_no_events_name() -> None:
    with pytest.raises(InvalidSettings, match="use an event's name"):
        Settings("key", BASE, journeys={" ": "1"})


def test_a_large_negative_number_is_a_float() -> None:
    assert custom_type(-1e300) == "float"


# --- odd values of fields -------------------------------------------------------------------


def test_what_a_field_cannot_hold_becomes_a_custom_field() -> None:
    assert contact(NumberOfEmployees=[1]) == {"custom": {"string--NumberOfEmployees": "[1]"}}
    company = {"employees": True}
    assert contact(company=company) == {"custom": {"boolean--company.employees": True}}
    sent = contact(NumberOfEmployees=12.0)
    assert sent == {"NumberOfEmployees": 12}
    assert type(sent["NumberOfEmployees"]) is int


@pytest.mark.parametrize("value", [True, 7, 1.5, "x"])
def test_any_scalar_notifies(value: object) -> None:
    assert contact(notify=value) == {"notify": value}


def test_a_list_does_not_notify() -> None:
    assert contact(notify=[1]) == {"custom": {"string--notify": "[1]"}}
    assert contact(UNSUBSCRIBED=True) == {"unsubscribed": True}
