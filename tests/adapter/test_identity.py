from typing import Any

import pytest

from adapter import plan
from tests.adapter.support import SETTINGS


def of(kind: str = "identify", **fields: Any) -> tuple[str | None, str | None, str | None]:
    who = plan({"type": kind, "event": "E", **fields}, SETTINGS).identifiers
    return who.email, who.user_id, who.anonymous_id


def test_an_identify_has_its_address_in_its_traits_else_in_the_contexts() -> None:
    context = {"traits": {"email": "context@example.com"}}
    assert of(traits={"email": "a@example.com"}, context=context)[0] == "a@example.com"
    assert of(traits={}, context=context)[0] == "context@example.com"
    assert of(properties={"email": "a@example.com"})[0] is None


def test_a_track_has_its_address_in_its_properties_else_in_the_contexts_traits() -> None:
    context = {"traits": {"email": "context@example.com"}}
    properties = {"email": "a@example.com"}
    assert of("track", properties=properties, context=context)[0] == "a@example.com"
    assert of("track", properties={"n": 1}, context=context)[0] == "context@example.com"
    assert of("track", traits=properties)[0] is None


@pytest.mark.parametrize("blank", ["", "  ", None, 7, True, [], {}, ["a@example.com"]])
def test_an_address_that_is_blank_or_no_text_is_missing(blank: object) -> None:
    assert of(traits={"email": blank})[0] is None
    assert of(traits={"email": blank, "Email": "b@example.com"})[0] == "b@example.com"
    context = {"traits": {"email": "c@example.com"}}
    assert of(traits={"email": blank}, context=context)[0] == "c@example.com"


@pytest.mark.parametrize("key", ["email", "Email", "EMAIL", "eMail", "e_mail"])
def test_any_spelling_of_email_will_do(key: str) -> None:
    assert of(traits={key: " a+b@example.com "})[0] == "a+b@example.com"


def test_the_exact_spelling_of_email_comes_first() -> None:
    assert of(traits={"Email": "b@example.com", "email": "a@example.com"})[0] == "a@example.com"


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("u1", "u1"),
        (" u1 ", "u1"),
        (5, "5"),
        (5.0, "5"),
        (5.5, "5.5"),
        (0, "0"),
        ("0", "0"),
        ("", None),
        (" ", None),
        (None, None),
        (True, None),
        (False, None),
        ([], None),
        ({"id": 1}, None),
    ],
)
def test_ids_are_text_or_numbers(value: object, expected: str | None) -> None:
    assert of(userId=value)[1] == expected
    assert of(anonymousId=value)[2] == expected


def test_a_message_may_say_nothing_of_who_it_is_about() -> None:
    assert of(traits=None, context=None) == (None, None, None)
    assert of("track", properties=None, context={"traits": None}) == (None, None, None)
