"""IDN, TRK, ENG at the level SHOULD: what arrives exactly as it was sent, and nothing beside it."""

from typing import Any

import pytest
from hypothesis import given

from contract_tests.comparison import EXACT, NULLS, ONLY
from contract_tests.engage.messages import COMPUTED, computed_trait
from contract_tests.harness import Harness, clause, each
from contract_tests.protocol import Message
from contract_tests.strategies import (
    FLOATS,
    LONG_TEXTS,
    NOISE,
    ODD_TEXTS,
    PLAIN_NAMES,
    PLAIN_PROPERTIES,
    PROPERTIES,
    STANDARD_FIELDS,
    TEXTS,
    identify,
    track,
)

#: Another form of each is the same to a reader.
FORMS = ["ﬁne Å", "Cafe\N{COMBINING ACUTE ACCENT}", "two\nlines", "two\r\nlines"]
#: Sixteen digits are not enough for the first, fifteen for none.
LONG_FLOATS = [0.30000000000000004, -12.345678901234567, 1 / 3, 1.7976931348623157]


@clause("IDN-19")
@pytest.mark.parametrize("name", ["plan", "last_order"])
@pytest.mark.parametrize("value", ["gold", 5, True, False])
def test_a_null_trait_does_not_erase(harness: Harness, name: str, value: Any) -> None:
    with harness.example() as example:
        person = example.person("ada@example.com", "u1")
        example.was_delivered(example.deliver(identify(person, {name: value, "firstName": "Ada"})))
        example.was_delivered(example.deliver(identify(person, {name: None, "firstName": None})))
        example.has_traits(person, {name: value})
        example.has_fields(person, FirstName="Ada")


@clause("IDN-20")
@each("value", [*ODD_TEXTS, *FORMS], name="plan")
@given(name=PLAIN_NAMES, value=TEXTS | LONG_TEXTS)
def test_exact_texts(harness: Harness, name: str, value: str) -> None:
    arrives_exactly(harness, name, value)


@clause("IDN-21")
@each("value", LONG_FLOATS, name="score")
@given(name=PLAIN_NAMES, value=FLOATS)
def test_exact_numbers(harness: Harness, name: str, value: float) -> None:
    arrives_exactly(harness, name, value)


def arrives_exactly(harness: Harness, name: str, value: Any) -> None:
    with harness.example() as example:
        person = example.person("ada@example.com", "u1")
        example.was_delivered(example.deliver(identify(person, {name: value})))
        example.has_traits(person, {name: value}, [EXACT])


@clause("IDN-22")
@pytest.mark.parametrize(
    "kinds",
    [["identify"], ["track"], ["identify", "track"], ["track", "identify"], ["track"] * 3],
)
def test_fields_that_no_message_names(harness: Harness, kinds: list[str]) -> None:
    with harness.example() as example:
        person = example.person("ada@example.com", "u1")
        for number, kind in enumerate(kinds):
            if kind == "identify":
                message = identify(person, {"logins": number})
            else:
                message = track(person, "Step Activated", {"number": number})
            example.was_delivered(example.deliver(message))
        example.has_fields(person, **dict.fromkeys(STANDARD_FIELDS))


@clause("TRK-10")
@each("properties", [{}, {"property": "test"}], noise={})
@given(properties=PLAIN_PROPERTIES, noise=NOISE)
def test_no_other_properties(harness: Harness, properties: dict[str, Any], noise: Message) -> None:
    properties_arrive(harness, properties, ONLY, noise)


@clause("TRK-11")
@each(
    "properties",
    [{"coupon": None}, {"cart": {"coupon": None}}, {"products": [{"coupon": None}]}],
)
@given(properties=PROPERTIES)
def test_null_properties(harness: Harness, properties: dict[str, Any]) -> None:
    properties_arrive(harness, properties, NULLS)


@clause("TRK-12")
@each("properties", [{"total": number} for number in LONG_FLOATS])
@each("properties", [{"cart": {"note": text}, "notes": [text]} for text in FORMS])
@given(properties=PROPERTIES)
def test_exact_properties(harness: Harness, properties: dict[str, Any]) -> None:
    properties_arrive(harness, properties, EXACT)


def properties_arrive(
    harness: Harness, properties: dict[str, Any], strict: str, noise: Message | None = None
) -> None:
    with harness.example() as example:
        person = example.person("ada@example.com", "u1")
        example.was_delivered(example.deliver(track(person, "Step Activated", properties, noise)))
        example.entered(person, {harness.trigger_of("Step Activated"): [properties]}, [strict])


@clause("ENG-10")
@each("value", [*LONG_FLOATS, *FORMS])
@given(value=COMPUTED)
def test_exact_computed_traits(harness: Harness, value: Any) -> None:
    with harness.example() as example:
        person = example.person(None, "u1")
        example.was_delivered(example.deliver(computed_trait(person, "total_30days", value)))
        example.has_traits(person, {"total_30days": value}, [EXACT])
