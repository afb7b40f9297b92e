"""Unusual names and values of standard fields."""

from typing import Any

import pytest

from adapter import (
    plan,
)
from tests.adapter.support import (
    SETTINGS,
    identify,
    sent_contact,
)


def fields_of(**traits: Any) -> dict[str, Any]:
    return sent_contact(traits)[0]


def test_a_name_comes_after_every_spelling_of_its_parts() -> None:
    assert fields_of(name="Ann Lee", first_name="Anna", LASTNAME="Li") == {
        "FirstName": "Anna",
        "LastName": "Li",
        "custom": {"string--name": "Ann Lee"},
    }


def test_segments_spelling_of_a_name_or_an_object_comes_first() -> None:
    assert fields_of(Name="Bob Ray", name="Ann Lee") == {
        "FirstName": "Ann",
        "LastName": "Lee",
        "custom": {"string--Name": "Bob Ray"},
    }
    assert fields_of(Company={"name": "B"}, company={"name": "A"}) == {
        "Company": "A",
        "custom": {"string--Company.name": "B"},
    }
    assert fields_of(address={"City": "B", "city": "A"}) == {
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
def test_blank_names_are_left_out(
    traits: dict[str, Any], expected: dict[str, Any], note: str
) -> None:
    assert fields_of(**traits) == expected
    assert note in [one.id for one in plan(identify(None, **traits), SETTINGS).notes]


def test_a_tuple_is_a_list_and_a_whole_float_a_whole_number() -> None:
    sent = fields_of(tags=("a", 1), logins=3.0)
    assert sent == {"custom": {"string--tags": '["a", 1]', "integer--logins": 3}}
    assert type(sent["custom"]["integer--logins"]) is int


def test_what_a_field_cannot_hold_becomes_a_custom_field() -> None:
    assert fields_of(NumberOfEmployees=[1]) == {"custom": {"string--NumberOfEmployees": "[1]"}}
    company = {"employees": True}
    assert fields_of(company=company) == {"custom": {"boolean--company.employees": True}}
    sent = fields_of(NumberOfEmployees=12.0)
    assert sent == {"NumberOfEmployees": 12}
    assert type(sent["NumberOfEmployees"]) is int


@pytest.mark.parametrize("value", [True, 7, 1.5, "x"])
def test_any_scalar_notifies(value: object) -> None:
    assert fields_of(notify=value) == {"notify": value}


def test_a_list_does_not_notify() -> None:
    assert fields_of(notify=[1]) == {"custom": {"string--notify": "[1]"}}
    assert fields_of(UNSUBSCRIBED=True) == {"unsubscribed": True}
