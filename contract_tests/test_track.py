"""TRK: events enter journeys."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contract_tests.cases.differences import who
from contract_tests.harness import Harness, clause, each
from contract_tests.protocol import Message, Person
from contract_tests.strategies import (
    EMAILS,
    KNOWN_FIELDS,
    NOISE,
    ODD_ADDRESSES,
    ODD_EMAILS,
    PLAIN_NAMES,
    PLAIN_PROPERTIES,
    PLAIN_VALUES,
    PROPERTIES,
    USER_IDS,
    identify,
    track,
)

TRAITS = st.dictionaries(PLAIN_NAMES, PLAIN_VALUES, max_size=3)
EVENTS = ["Step Activated", "step activated", "STEP ACTIVATED", "Step activated", "Signed Up"]
SEED = {"property": "test"}
ODD_PROPERTIES = [
    {"a": True, "b": False, "c": 0, "d": "", "e": 1.5, "f": None, "g": "1"},
    {"Item Name": {"camelCase": {"deep": [1, {"x": None}]}}, "products": [{"sku": "a-1"}]},
    {"note": "Lorem " * 500},
    {},
]


def enters(harness: Harness, email: str | None, user_id: str | None, noise: Message) -> None:
    with harness.example() as example:
        person = example.person(email, user_id)
        example.was_delivered(example.deliver(track(person, "Step Activated", SEED, noise)))
        example.entered(person, {harness.trigger_of("Step Activated"): [SEED]})
        example.people(1)


@clause("TRK-01")
@given(data=st.data())
def test_an_event_enters_its_journey(harness: Harness, data: st.DataObject) -> None:
    events = [*harness.settings["journeys"], "Signed Up", "Something Else"]
    sent = data.draw(st.lists(st.sampled_from(events), min_size=1, max_size=4, unique=True))
    with harness.example() as example:
        person = example.person("ada@example.com", "u1")
        expected: dict[str, list[dict[str, Any]]] = {}
        for number, event in enumerate(sent):
            example.was_delivered(example.deliver(track(person, event, {"number": number})))
            expected.setdefault(harness.trigger_of(event), []).append({"number": number})
            if data.draw(st.booleans()):  # which enters nothing
                example.was_delivered(example.deliver(identify(person, {"number": number})))
        example.entered(person, expected)


@clause("TRK-02")
@pytest.mark.parametrize("event", EVENTS)
def test_letter_case_counts(harness: Harness, event: str) -> None:
    with harness.example() as example:
        person = example.person("ada@example.com", "u1")
        example.was_delivered(example.deliver(track(person, event, SEED)))
        example.entered(person, {harness.trigger_of(event): [SEED]})


#: Words of programming languages, names that differ from a journey's event in little, and others.
NOT_IN_JOURNEYS = [
    "constructor", "toString", "__proto__", "hasOwnProperty", "class", "None", "null", "0001",
    "Step Activated ", " Step Activated", "Step  Activated", "StepActivated", "Step_Activated",
    "order_completed", "Größe gewählt", "50% off: bought?", "漢字",
]  # fmt: skip


@clause("TRK-13")
@pytest.mark.parametrize("event", NOT_IN_JOURNEYS)
def test_names_that_no_journey_has(harness: Harness, event: str) -> None:
    with harness.example() as example:
        person = example.person("ada@example.com", "u1")
        example.was_delivered(example.deliver(track(person, event, SEED)))
        example.entered(person, {harness.trigger_of(event): [SEED]})


@clause("TRK-03")
@each("properties", ODD_PROPERTIES, noise={})
@given(properties=PROPERTIES, noise=NOISE)
def test_properties_arrive_whole(
    harness: Harness, properties: dict[str, Any], noise: Message
) -> None:
    with harness.example() as example:
        person = example.person(user_id="u1")
        example.was_delivered(example.deliver(track(person, "Step Activated", properties, noise)))
        example.entered(person, {harness.trigger_of("Step Activated"): [properties]})


@clause("TRK-04")
@each("times", [2, 4], properties=SEED)
@given(times=st.integers(2, 4), properties=PLAIN_PROPERTIES)
def test_the_same_event_again(harness: Harness, times: int, properties: dict[str, Any]) -> None:
    with harness.example() as example:
        person = example.person(user_id="u1")
        for _ in range(times):
            example.was_delivered(example.deliver(track(person, "Step Activated", properties)))
        example.entered(person, {harness.trigger_of("Step Activated"): [properties] * times})
        example.people(1)


@clause("TRK-05")
@given(email=EMAILS, noise=NOISE)
def test_with_an_address(harness: Harness, email: str, noise: Message) -> None:
    enters(harness, email, None, noise)


@clause("TRK-05")
@pytest.mark.parametrize("by", ["email", "user_id"])
@pytest.mark.parametrize("other", ["identify", "track"])
def test_the_right_one_of_two_people(harness: Harness, by: str, other: str) -> None:
    with harness.example() as example:
        person, somebody = (
            example.person("ada@example.com", "u1"),
            example.person("b@example.com", "u2"),
        )
        example.was_delivered(example.deliver(identify(person, {"plan": "gold"})))
        example.was_delivered(example.deliver(identify(somebody, {"plan": "free"})))
        if other == "track":
            example.was_delivered(example.deliver(track(somebody, "Order Completed", {"n": 1})))
        named = Person(email=person.email) if by == "email" else Person(user_id=person.user_id)
        example.was_delivered(example.deliver(track(named, "Step Activated", SEED)))
        example.entered(person, {harness.trigger_of("Step Activated"): [SEED]})
        entered = {harness.trigger_of("Order Completed"): [{"n": 1}]} if other == "track" else {}
        example.entered(somebody, entered)
        example.people(2)


@clause("TRK-06")
@each("user_id", ["Ada", "007"], noise={})
@given(user_id=USER_IDS, noise=NOISE)
def test_with_a_user_id(harness: Harness, user_id: str, noise: Message) -> None:
    enters(harness, None, user_id, noise)


@clause("TRK-07")
@each("traits", [{}, {"plan": "gold"}], email="ada@example.com", user_id="u1")
@given(email=EMAILS, user_id=USER_IDS, traits=TRAITS)
def test_before_any_identify(
    harness: Harness, email: str, user_id: str, traits: dict[str, Any]
) -> None:
    with harness.example() as example:
        person = example.person(email, user_id)
        example.was_delivered(example.deliver(track(person, "Step Activated", SEED)))
        example.was_delivered(example.deliver(identify(person, traits)))
        example.has_traits(person, traits)
        example.entered(person, {harness.trigger_of("Step Activated"): [SEED]})
        example.people(1)


@clause("TRK-08")
@each("email", ODD_ADDRESSES)
@given(email=ODD_EMAILS)
def test_odd_addresses(harness: Harness, email: str) -> None:
    enters(harness, email, None, {})


@clause("TRK-09")
@each("by", ["email", "user_id", "both"], traits={"plan": "gold"}, properties=SEED)
@given(
    traits=TRAITS,
    properties=PLAIN_PROPERTIES,
    by=st.sampled_from(["email", "user_id", "both"]),
)
def test_either_order_ends_the_same(
    harness: Harness, traits: dict[str, Any], properties: dict[str, Any], by: str
) -> None:
    with harness.example() as example:
        people = []
        for order in ("identify first", "track first"):
            whole = example.person(f"{order[:5]}@example.com", order[:5])
            email = whole.email if by in ("email", "both") else None
            user_id = whole.user_id if by in ("user_id", "both") else None
            messages = [
                identify(whole, {**traits, "firstName": "Ada"}),
                track(Person(email, user_id), "Step Activated", properties),
            ]
            for message in messages if order == "identify first" else reversed(messages):
                example.was_delivered(example.deliver(message))
            people.append(whole)
        for whole in people:
            example.has_traits(whole, traits)
            example.has_fields(whole, FirstName="Ada")
            example.entered(whole, {harness.trigger_of("Step Activated"): [properties]})
        example.people(2)


@clause("IDN-27")
@pytest.mark.parametrize("earlier", ["2026-02-14T11:59:00.000Z", "2026-02-13T12:00:00.000Z"])
def test_an_event_that_is_older_than_the_last_one(harness: Harness, earlier: str) -> None:
    with harness.example() as example:
        person = example.person("ada@example.com", "u1")
        noon = {"timestamp": "2026-02-14T12:00:00.000Z"}
        newer = track(person, "Order Completed", {"total": 1}, noon)
        older = track(person, "Step Activated", SEED, {"timestamp": earlier})
        example.was_delivered(example.deliver(newer))
        example.was_delivered(example.deliver(older))
        first, second = map(harness.trigger_of, ("Step Activated", "Order Completed"))
        example.entered(person, {first: [SEED], second: [{"total": 1}]})


#: Properties of an event that have the name of a trait, or of a field, and mean another thing.
NAMED_AS_FIELDS: list[dict[str, Any]] = [
    {"title": "Red shirt", "status": "sold out", "company": "Maker"},
    {"phone": "x1", "website": "https://shop.example", "industry": "toys", "fax": ""},
    {"Title": "Red shirt", "Status": "sold out", "LeadSource": "shop"},
    {"unsubscribed": True},
    {"unsubscribed": False},
]


@clause("TRK-14")
@pytest.mark.parametrize("properties", NAMED_AS_FIELDS)
@pytest.mark.parametrize("unsubscribed", [False, True])
def test_properties_that_have_the_names_of_fields(
    harness: Harness, properties: dict[str, Any], unsubscribed: bool
) -> None:
    with harness.example() as example:
        person = example.person("ada@example.com", "u1")
        example.was_delivered(example.deliver(identify(person, {"plan": "gold"})))
        known = {**KNOWN_FIELDS, "unsubscribed": unsubscribed}
        example.call("POST", "/v1/contact", {"contact": {"Email": person.email, **known}})
        example.was_delivered(example.deliver(track(person, "Step Activated", properties)))
        now = example.contact_of(person)
        for name in known if now else ():
            what = f"{name} of {who(person.identifiers)}, after an event"
            example.compare(what, known[name], now.get(name))
