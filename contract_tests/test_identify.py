"""IDN: what of an identify arrives, and where; what is required exactly is a file of its own."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contract_tests.cases.differences import who
from contract_tests.comparison import custom_fields
from contract_tests.harness import Harness, clause, each
from contract_tests.protocol import Message
from contract_tests.strategies import (
    DATES,
    EMAILS,
    FALSY,
    FLOATS,
    LONG_TEXTS,
    NAMES,
    NOISE,
    ODD_DATES,
    ODD_NAMES,
    ODD_TEXTS,
    PLAIN_NAMES,
    PLAIN_VALUES,
    TEXTS,
    USER_IDS,
    WHOLE,
    identify,
)

TRAITS = st.dictionaries(PLAIN_NAMES, PLAIN_VALUES, min_size=1, max_size=4)
SOME_WORDS = ["Ada", "John", "Joe", "O'Neil", "María José", "漢"]
WORDS = st.sampled_from(SOME_WORDS)


def arrive(harness: Harness, traits: dict[str, Any], noise: Message | None = None) -> None:
    """Require that each of the traits arrives with its value and type."""
    with harness.example() as example:
        person = example.person("ada@example.com", "u1")
        example.was_delivered(example.deliver(identify(person, traits, noise)))
        example.has_traits(person, traits)
        example.has_types(person, traits)
        example.people(1)


@clause("IDN-01")
@each("value", [True, False], name="is_admin", noise={})
@given(name=PLAIN_NAMES, value=st.booleans(), noise=NOISE)
def test_booleans(harness: Harness, name: str, value: bool, noise: Message) -> None:
    arrive(harness, {name: value}, noise)


@clause("IDN-02")
@each("traits", [{"plan": ""}, {"logins": 0}, {"is_admin": False}])
@given(traits=st.dictionaries(PLAIN_NAMES, FALSY, min_size=1, max_size=3))
def test_falsy_values(harness: Harness, traits: dict[str, Any]) -> None:
    arrive(harness, traits)


@clause("IDN-03")
@pytest.mark.parametrize("name", ["plan", "last_order"])
@pytest.mark.parametrize("value", ["gold", 5, True, False])
def test_null(harness: Harness, name: str, value: Any) -> None:
    with harness.example() as example:
        person = example.person("ada@example.com", "u1")
        example.was_delivered(example.deliver(identify(person, {name: value, "firstName": "Ada"})))
        nulls = {name: None, "never_seen": None, "firstName": None}
        example.was_delivered(example.deliver(identify(person, nulls)))
        example.has_traits(person, {"never_seen": None})
        example.has_or_lacks(person, {name: value, "FirstName": "Ada"})


@clause("IDN-04")
@each("value", [-1, 2**31, 2**32 + 1, 2**53 - 1, 1 - 2**53], name="logins")
@given(name=PLAIN_NAMES, value=WHOLE)
def test_whole_numbers(harness: Harness, name: str, value: int) -> None:
    arrive(harness, {name: value})


@clause("IDN-05")
@each("value", [0.1, -12.345678901234567, 1e-7, 1.5e300], name="score")
@given(name=PLAIN_NAMES, value=FLOATS)
def test_other_numbers(harness: Harness, name: str, value: float) -> None:
    arrive(harness, {name: value})


@clause("IDN-06")
@each("value", ODD_TEXTS, name="plan")
@given(name=PLAIN_NAMES, value=TEXTS | LONG_TEXTS)
def test_texts(harness: Harness, name: str, value: str) -> None:
    arrive(harness, {name: value})


@clause("IDN-07")
@each("name", ODD_NAMES, value="x")
@given(name=NAMES, value=PLAIN_VALUES)
def test_names(harness: Harness, name: str, value: Any) -> None:
    arrive(harness, {name: value})


@clause("IDN-08")
@each("value", ["x", False], count=120)
@given(count=st.integers(20, 120), value=PLAIN_VALUES)
def test_many_traits(harness: Harness, count: int, value: Any) -> None:
    arrive(harness, {f"trait {number}": value for number in range(count)})


@clause("IDN-09")
@each("value", ODD_DATES, name="trial_ends")
@given(name=PLAIN_NAMES, value=DATES)
def test_dates(harness: Harness, name: str, value: str) -> None:
    arrive(harness, {name: value})


@clause("IDN-12")
@each("after", [{"logins": 4}, {"plan": "x"}], before={"logins": 3}, first="Ada")
@given(before=TRAITS, after=TRAITS, first=WORDS)
def test_a_later_identify(
    harness: Harness, before: dict[str, Any], after: dict[str, Any], first: str
) -> None:
    with harness.example() as example:
        person = example.person("ada@example.com", "u1")
        earlier = {**before, "firstName": first, "lastName": "King"}
        example.was_delivered(example.deliver(identify(person, earlier)))
        example.was_delivered(example.deliver(identify(person, {**after, "lastName": "Byron"})))
        example.has_traits(person, {**before, **after})
        example.has_fields(person, FirstName=first, LastName="Byron")
        example.people(1)


#: Which of three users, the traits, and whether an anonymous id is sent along: a browser's stays
#: when its user changes.
TURNS = st.lists(
    st.tuples(
        st.integers(0, 2),
        st.builds(
            lambda traits, names: {**traits, **names},
            TRAITS,
            st.fixed_dictionaries({}, optional={"firstName": WORDS}),
        ),
        st.booleans(),
    ),
    min_size=2,
    max_size=6,
)
#: Somebody with all that can leak, and then each of those who lack some of it.
AFTER_ONE = [
    [(0, {"firstName": "Ada", "plan": "gold"}, together), (other, {"logins": 3}, together)]
    for other in (1, 2)
    for together in (False, True)
]


@clause("IDN-13")
@each("turns", AFTER_ONE)
@given(turns=TURNS)
def test_users_do_not_leak(harness: Harness, turns: list[tuple[int, dict[str, Any], bool]]) -> None:
    sent: dict[int, dict[str, Any]] = {}
    with harness.example() as example:
        # One of them has no address, one has no user id.
        who = [
            example.person("user0@example.com", "u0"),
            example.person(None, "u1"),
            example.person("user2@example.com", None),
        ]
        for number, traits, anonymous in turns:
            message = identify(who[number], traits)
            if anonymous:
                message["anonymousId"] = "a1"
            example.was_delivered(example.deliver(message))
            sent.setdefault(number, {}).update(traits)
        nothing = {name: None for traits in sent.values() for name in traits}
        for number, traits in sent.items():
            own = {**nothing, **traits}
            fields = dict.fromkeys({"Email", "user_id"} - who[number].identifiers.keys())
            if "firstName" not in traits:
                fields["FirstName"] = None
            else:
                first = own.pop("firstName")  # in whichever field: that is another clause's
                if "FirstName" in example.contact_of(who[number]):
                    fields["FirstName"] = first
            example.has_fields(who[number], **fields)
            example.has_traits(who[number], own)
        example.people(len(sent))


@clause("IDN-14")
@each("traits", [{"logins": 3}, {"plan": "gold"}], user_id="u1", email="a@b.c", noise={})
@given(traits=TRAITS, user_id=st.none() | USER_IDS, email=EMAILS, noise=NOISE)
def test_the_same_message_twice(
    harness: Harness, traits: dict[str, Any], user_id: str | None, email: str, noise: Message
) -> None:
    with harness.example() as example:
        person = example.person(email, user_id)
        message = identify(person, {**traits, "firstName": "Ada"}, noise)
        example.was_delivered(example.deliver(message))
        before = example.contact_of(person)
        example.was_delivered(example.deliver_again())
        after = example.contact_of(person)
        again = f"of {who(person.identifiers)}, as it was before the message came again"
        if before and after:
            for name, value in settled(before).items():
                example.compare(f"field {name} {again}", value, after.get(name))
            now = custom_fields(after)
            for name, value in custom_fields(before).items():
                example.compare(f"trait {name!r} {again}", value, now.get(name))
        example.people(1)


@clause("IDN-23")
@pytest.mark.parametrize("email", [None, "ada@example.com"])
@pytest.mark.parametrize("traits", [{}, {"traits": {}}])
def test_no_traits(harness: Harness, email: str | None, traits: Message) -> None:
    with harness.example() as example:
        person = example.person(email, "u1")
        said = {"context": {"traits": {"email": person.email}}} if email else {}
        message = {"type": "identify", "userId": person.user_id, **traits, **said}
        example.was_delivered(example.deliver(message))
        example.has_traits(person, {})
        example.people(1)


NOON = "2026-02-14T12:00:00.000Z"


@clause("IDN-27")
@pytest.mark.parametrize("earlier", ["2026-02-14T11:59:00.000Z", "2026-02-13T12:00:00.000Z"])
def test_an_identify_that_is_older_than_the_last_one(harness: Harness, earlier: str) -> None:
    with harness.example() as example:
        person = example.person("ada@example.com", "u1")
        newer = identify(person, {"plan": "gold"}, {"timestamp": NOON})
        older = identify(person, {"plan": "free", "logins": 3}, {"timestamp": earlier})
        example.was_delivered(example.deliver(newer))
        example.was_delivered(example.deliver(older))
        example.has_traits(person, {"logins": 3})
        example.people(1)


#: What the account makes, or what every forwarder may do with it what it likes.
FREE = ("updated_at", "Name", "anonymous_id", "custom_fields")


def settled(contact: dict[str, Any]) -> dict[str, Any]:
    """Return the fields that only a message which names them may change."""
    return {name: value for name, value in contact.items() if name not in FREE}
