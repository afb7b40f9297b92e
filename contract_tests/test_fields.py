"""IDN: which field a trait lands in, and how objects and arrays arrive."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contract_tests.cases.format import ExpectedPart
from contract_tests.harness import Harness, clause
from contract_tests.protocol import Message
from contract_tests.strategies import NOISE, identify

SOME_WORDS = ["Ada", "John", "Joe", "O'Neil", "María José", "漢"]
WORDS = st.sampled_from(SOME_WORDS)


@clause("IDN-10")
@given(first=WORDS, last=WORDS, noise=NOISE)
def test_first_and_last_name(harness: Harness, first: str, last: str, noise: Message) -> None:
    lands(harness, {"firstName": first, "lastName": last}, noise, FirstName=first, LastName=last)


@clause("IDN-11")
@given(first=WORDS, last=WORDS, noise=NOISE)
def test_first_and_last_name_in_snake_case(
    harness: Harness, first: str, last: str, noise: Message
) -> None:
    lands(harness, {"first_name": first, "last_name": last}, noise, FirstName=first, LastName=last)


@clause("IDN-15")
@pytest.mark.parametrize("first", ["Ada", "John"])
@pytest.mark.parametrize("rest", ["King", "Joe", "de la Cruz"])
def test_a_name(harness: Harness, first: str, rest: str) -> None:
    whole = f"{first} {rest}"
    fields = {"FirstName": first, "LastName": rest}
    parts_arrive(harness, {"name": whole}, {"name": ExpectedPart(value=whole, fields=fields)})


@clause("IDN-16")
@pytest.mark.parametrize("text", ["+44 20 7946 0958", "x", "https://example.com/?a=b"])
def test_other_reserved_traits(harness: Harness, text: str) -> None:
    names = {"phone": "Phone", "title": "Title", "website": "Website", "company": "Company"}
    lands(harness, dict.fromkeys(names, text), None, **dict.fromkeys(names.values(), text))


@clause("IDN-17")
@pytest.mark.parametrize("city", SOME_WORDS)
@pytest.mark.parametrize("code", ["SW1Y 4JH", "00100"])
def test_an_address(harness: Harness, city: str, code: str) -> None:
    address = {"street": "12 Main St", "city": city, "postalCode": code, "country": "UK"}
    fields = {
        "street": "MailingStreet",
        "city": "MailingCity",
        "postalCode": "MailingPostalCode",
        "country": "MailingCountry",
    }
    parts = {
        f"address.{name}": ExpectedPart(value=value, fields={fields[name]: value})
        for name, value in address.items()
    }
    parts_arrive(harness, {"address": address}, parts)


@clause("IDN-18")
@pytest.mark.parametrize("name", ["car", "visit"])
@pytest.mark.parametrize("value", ["gold", 3, True, False])
def test_an_object(harness: Harness, name: str, value: Any) -> None:
    parts_arrive(harness, {name: {"make": value}}, {f"{name}.make": ExpectedPart(value=value)})


@clause("IDN-18")
@pytest.mark.parametrize("value", ["diesel", 3, False])
def test_an_object_in_an_object(harness: Harness, value: Any) -> None:
    traits = {"car": {"engine": {"fuel": value}, "make": "Benz"}}
    parts = {"car.engine.fuel": ExpectedPart(value=value), "car.make": ExpectedPart(value="Benz")}
    parts_arrive(harness, traits, parts)


@clause("IDN-24")
@pytest.mark.parametrize("values", [[True], [False], [True, False], [False, True]])
def test_unsubscribed(harness: Harness, values: list[bool]) -> None:
    with harness.example() as example:
        person = example.person("ada@example.com", "u1")
        for value in values:
            example.was_delivered(example.deliver(identify(person, {"unsubscribed": value})))
        example.has_fields(person, unsubscribed=values[-1])


#: A reserved trait, or one that is named as a field, with the field that it may land in.
RESERVED_TRAITS = {
    "phone": "Phone", "title": "Title", "website": "Website", "company": "Company",
    "description": None, "gender": None, "username": None, "avatar": None,
    "mobilePhone": "MobilePhone", "mobile_phone": "MobilePhone", "MobilePhone": "MobilePhone",
    "leadSource": "LeadSource", "lead_source": "LeadSource", "LeadSource": "LeadSource",
    "linkedIn": "LinkedIn", "twitter": "Twitter", "fax": "Fax", "salutation": "Salutation",
    "industry": "Industry", "status": "Status", "Phone": "Phone", "Company": "Company",
}  # fmt: skip


@clause("IDN-25")
@pytest.mark.parametrize("name", RESERVED_TRAITS)
@pytest.mark.parametrize("value", ["gold", "+44 20 7946 0958"])
def test_a_reserved_trait(harness: Harness, name: str, value: str) -> None:
    field = RESERVED_TRAITS[name]
    fields = {field: value} if field else {}
    parts_arrive(harness, {name: value}, {name: ExpectedPart(value=value, fields=fields)})


@clause("IDN-26")
@pytest.mark.parametrize("name", ["tags", "favourite_colours"])
@pytest.mark.parametrize("items", [["a"], ["a", "b c"], [1, 2.5, True], [{"sku": "a-1"}]])
def test_an_array(harness: Harness, name: str, items: list[Any]) -> None:
    parts = {f"{name}.{number}": ExpectedPart(value=item) for number, item in enumerate(items)}
    parts_arrive(harness, {name: items}, parts)


def parts_arrive(harness: Harness, traits: dict[str, Any], parts: dict[str, ExpectedPart]) -> None:
    """Require that each of these parts of the traits arrives at one of its places."""
    with harness.example() as example:
        person = example.person("ada@example.com", "u1")
        example.was_delivered(example.deliver(identify(person, traits)))
        example.has_parts(person, parts)


def lands(harness: Harness, traits: dict[str, Any], noise: Message | None, **fields: str) -> None:
    """Require that the traits land in these fields."""
    with harness.example() as example:
        person = example.person("ada@example.com", "u1")
        example.was_delivered(example.deliver(identify(person, traits, noise)))
        example.has_fields(person, **fields)
