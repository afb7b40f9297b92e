"""IDR: who a message is about."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contract_tests.harness import Harness, clause, each
from contract_tests.protocol import Message, Person
from contract_tests.strategies import (
    EMAILS,
    NOISE,
    PLAIN_NAMES,
    PROPERTIES,
    SCALARS,
    USER_IDS,
    identify,
    track,
)

TRAITS = st.dictionaries(PLAIN_NAMES, SCALARS, max_size=3)
BLANK = [None, "", " ", "\t", " \n "]
EVENTS = st.sampled_from(["Step Activated", "Something Else"])
ADDRESSES = ["ada@example.com", "Grace@example.org"]
of_both_types = pytest.mark.parametrize("kind", ["identify", "track"])


def is_rejected(harness: Harness, message: Message) -> None:
    with harness.example() as example:
        example.was_rejected(example.deliver(message))
        example.nothing_written()


@clause("IDR-01")
@given(traits=TRAITS, noise=NOISE)
def test_an_identify_of_nobody(harness: Harness, traits: dict[str, Any], noise: Message) -> None:
    is_rejected(harness, {"type": "identify", "traits": traits, **noise})


@clause("IDR-02")
@given(event=EVENTS, properties=PROPERTIES, noise=NOISE)
def test_a_track_of_nobody(
    harness: Harness, event: str, properties: dict[str, Any], noise: Message
) -> None:
    message = {"type": "track", "event": event, "properties": properties, **noise}
    is_rejected(harness, message)


@clause("IDR-03")
@of_both_types
@pytest.mark.parametrize("user", BLANK)
@pytest.mark.parametrize("email", BLANK)
def test_blank_identifiers(harness: Harness, kind: str, user: Any, email: Any) -> None:
    inside = {"plan": "gold", "email": email}
    if kind == "identify":
        is_rejected(harness, {"type": kind, "userId": user, "traits": inside})
    else:
        own = {"event": "Step Activated", "properties": inside}
        is_rejected(harness, {"type": kind, "userId": user, **own})


@clause("IDR-04")
@given(kind=st.sampled_from(["identify", "track"]), anonymous=USER_IDS, traits=TRAITS)
def test_an_anonymous_id_alone(
    harness: Harness, kind: str, anonymous: str, traits: dict[str, Any]
) -> None:
    own = {"traits": traits} if kind == "identify" else {"event": "Step Activated"}
    is_rejected(harness, {"type": kind, "anonymousId": anonymous, **own})


@clause("IDR-04")
@pytest.mark.parametrize("anonymous", ["u1", "007"])
def test_an_anonymous_id_stands_for_nobody(harness: Harness, anonymous: str) -> None:
    with harness.example() as example:
        person = example.person("ada@example.com", "u1")
        mark = example.person(user_id=anonymous).user_id
        known = identify(person, {"plan": "gold"}, {"anonymousId": mark})
        example.was_delivered(example.deliver(known))
        alone = {"type": "identify", "anonymousId": mark, "traits": {"plan": "free"}}
        example.was_rejected(example.deliver(alone))
        example.has_traits(person, {"plan": "gold"})
        example.people(1)


@clause("IDR-05")
@given(email=EMAILS, noise=NOISE)
def test_an_address_alone(harness: Harness, email: str, noise: Message) -> None:
    with harness.example() as example:
        person = example.person(email)
        example.was_delivered(example.deliver(identify(person, {"plan": "gold"}, noise)))
        example.has_traits(person, {"plan": "gold"})
        example.people(1)


@clause("IDR-06")
@each("user_id", ["Ada", "007"], noise={})
@given(user_id=USER_IDS, noise=NOISE)
def test_a_user_id_alone(harness: Harness, user_id: str, noise: Message) -> None:
    with harness.example() as example:
        person = example.person(user_id=user_id)
        example.was_delivered(example.deliver(identify(person, {"plan": "gold"}, noise)))
        example.has_traits(person, {"plan": "gold"})
        example.has_fields(person, Email=None)
        example.people(1)


@clause("IDR-07")
@each("number", [0])
@given(number=st.integers(1, 999))
def test_a_number_as_user_id(harness: Harness, number: int) -> None:
    with harness.example() as example:
        person = example.person(user_id=number) if number else Person(user_id=0)
        example.was_delivered(example.deliver(identify(person, {"plan": "gold"})))
        as_text = {"type": "identify", "userId": str(person.user_id), "traits": {"logins": 3}}
        example.was_delivered(example.deliver(as_text))
        example.has_traits(person, {"plan": "gold", "logins": 3})
        example.people(1)


@clause("IDR-17")
@of_both_types
@pytest.mark.parametrize("spelling", ["00{}", "0{}", "+{}", "-{}", "{}.0", "{}e0", "{}_0", "0x{}"])
def test_a_user_id_that_looks_like_a_number(harness: Harness, kind: str, spelling: str) -> None:
    with harness.example() as example:
        number = str(example.person(user_id=7).user_id)
        people = [Person(user_id=number), Person(user_id=spelling.format(number))]
        for person, plan in zip(people, ("gold", "free"), strict=True):
            if kind == "identify":
                message = identify(person, {"plan": plan})
            else:
                message = track(person, "Step Activated", {"plan": plan})
            example.was_delivered(example.deliver(message))
        for person, plan in zip(reversed(people), ("free", "gold"), strict=True):
            if kind == "identify":
                example.has_traits(person, {"plan": plan})
            else:
                example.entered(person, {harness.trigger_of("Step Activated"): [{"plan": plan}]})
        example.people(2)


@clause("IDR-08")
@pytest.mark.parametrize("email", ADDRESSES)
@pytest.mark.parametrize("in_traits", [{}, {"email": ""}, {"email": None}])
def test_the_address_of_the_context(harness: Harness, email: str, in_traits: Message) -> None:
    with harness.example() as example:
        person = example.person(email)
        message = {
            "type": "identify",
            "traits": {"plan": "gold", **in_traits},
            "context": {"traits": {"email": person.email}},
        }
        example.was_delivered(example.deliver(message))
        example.has_traits(person, {"plan": "gold"})
        example.people(1)


@clause("IDR-08")
@pytest.mark.parametrize("email", ADDRESSES)
@pytest.mark.parametrize("blank", [{}, {"email": ""}, {"email": " "}, {"email": None}])
def test_the_address_of_the_context_for_a_track(
    harness: Harness, email: str, blank: Message
) -> None:
    with harness.example() as example:
        person = example.person(email)
        context = {"traits": {"email": person.email}}
        properties = {"property": "test", **blank}
        message = {"type": "track", "event": "Step Activated", "properties": properties}
        example.was_delivered(example.deliver({**message, "context": context}))
        example.entered(person, {harness.trigger_of("Step Activated"): [{"property": "test"}]})


@clause("IDR-09")
@pytest.mark.parametrize("email", ADDRESSES)
def test_the_address_of_the_properties_goes_first(harness: Harness, email: str) -> None:
    with harness.example() as example:
        person = example.person(email)
        context = {"traits": {"email": example.email("other@example.net")}}
        message = track(person, "Step Activated", {"property": "test"}, {"context": context})
        example.was_delivered(example.deliver(message))
        example.entered(person, {harness.trigger_of("Step Activated"): [{"property": "test"}]})


@clause("IDR-13")
@pytest.mark.parametrize("user_id", [None, "u1"])
@pytest.mark.parametrize("email", ADDRESSES)
def test_the_address_of_the_traits_goes_first(
    harness: Harness, email: str, user_id: str | None
) -> None:
    with harness.example() as example:
        person = example.person(email, user_id)
        context = {"traits": {"email": example.email("other@example.net")}}
        message = identify(person, {"plan": "gold"}, {"context": context})
        example.was_delivered(example.deliver(message))
        example.has_traits(person, {"plan": "gold"})
        example.people(1)


WRONG_USER_IDS: list[Any] = [True, False, [], ["u1"], {}, {"id": "u1"}]
WRONG_ADDRESSES: list[Any] = [5, 0, 1.5, True, False, ["ada@example.com"], {"value": "a@b.c"}]


@clause("IDR-12")
@of_both_types
@pytest.mark.parametrize(
    ("user", "email"),
    [
        *((user, None) for user in WRONG_USER_IDS),
        *((None, email) for email in WRONG_ADDRESSES),
        *zip(WRONG_USER_IDS, WRONG_ADDRESSES, strict=False),
    ],
)
def test_identifiers_of_a_wrong_type(harness: Harness, kind: str, user: Any, email: Any) -> None:
    is_rejected(harness, of_wrong_type(kind, user, email))


@clause("IDR-12")
@of_both_types
@pytest.mark.parametrize("user", WRONG_USER_IDS)
def test_a_wrong_user_id_beside_an_address(harness: Harness, kind: str, user: Any) -> None:
    with harness.example() as example:
        person = example.person("ada@example.com")
        example.was_delivered(example.deliver(of_wrong_type(kind, user, person.email)))
        example.has_fields(person, user_id=None)
        example.people(1)


@clause("IDR-12")
@of_both_types
@pytest.mark.parametrize("email", WRONG_ADDRESSES)
def test_a_wrong_address_beside_a_user_id(harness: Harness, kind: str, email: Any) -> None:
    with harness.example() as example:
        person = example.person(user_id="u1")
        example.was_delivered(example.deliver(of_wrong_type(kind, person.user_id, email)))
        example.has_fields(person, Email=None)
        example.people(1)


def of_wrong_type(kind: str, user: Any, email: Any) -> Message:
    inside = {"plan": "gold", "email": email}
    own = {"traits": inside} if kind == "identify" else {"event": "E", "properties": inside}
    return {"type": kind, "userId": user, **own}
