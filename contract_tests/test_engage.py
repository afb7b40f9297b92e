"""ENG: what Segment Engage sends of audiences and computed traits."""

from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contract_tests.cases.differences import who
from contract_tests.comparison import trait_agrees
from contract_tests.engage.messages import (
    COMPUTED,
    KEYS,
    ODD_COMPUTED,
    ODD_KEYS,
    audience_event,
    computed_trait,
    membership,
    trait_event,
)
from contract_tests.engage.runs import run_state_machine
from contract_tests.engage.source import Space
from contract_tests.example import Example
from contract_tests.harness import Harness, clause, each
from contract_tests.protocol import Message, Person
from contract_tests.strategies import PLAIN_NAMES, SCALARS, identify, track

KEY = "order_completed_last_30days"
#: Engage names a user by the user id or by an address, in a message for each.
IDENTIFIERS = ["user_id", "email"]
BY = st.sampled_from(IDENTIFIERS)
#: What happens to one user's membership, time after time.
MEMBERSHIPS = [[True], [False], [True, False], [True, False, True, False]]
#: Keys that something careless takes for one another.
ALIKE = ["last_30days", "last_30days_2x", "last_3", "vip", "vip_2", "not_vip"]
TWO_CHANGES = [[(key, True), (other, False)] for key in ALIKE[::3] for other in ALIKE]
CHANGES = st.lists(st.tuples(st.sampled_from(ALIKE), st.booleans()), min_size=2, max_size=6)
#: Every kind of message that Engage sends, of the same key and value.
FORMS: dict[str, Callable[[Person, str, bool], Message]] = {
    "audience": membership,
    "trait": computed_trait,
    "audience event": audience_event,
    "trait event": trait_event,
}
OTHERS = st.dictionaries(PLAIN_NAMES, SCALARS, max_size=3)
of_every_form = pytest.mark.parametrize("form", FORMS)
SENT = [
    {"All": False, "AutopilotHQ": True},
    {"All": False, "AutopilotHQ": {}},
    {"All": False, "AutopilotHQ": True, "Mixpanel": False},
    {"AutopilotHQ": True},
    {},
]
#: What a message that only tells of an audience leaves as it was.
KEPT = ("contact_id", "FirstName", "LastName", "unsubscribed", "lists")
NOT_SENT = [
    {"All": False},
    {"AutopilotHQ": False},
    {"All": True, "AutopilotHQ": False},
    {"All": False, "Mixpanel": True},
]


def somebody(example: Example, by: str) -> Person:
    """Make a person of one identifier."""
    return example.person("ada@example.com") if by == "email" else example.person(None, "u1")


def arrive(
    harness: Harness, by: str, make: Callable[..., Message], *values: tuple[str, Any]
) -> None:
    """Require that each value arrives under its key, and stays there until the next one."""
    with harness.example() as example:
        person = somebody(example, by)
        last: dict[str, Any] = {}
        for key, value in values:
            example.was_delivered(example.deliver(make(person, key, value)))
            last[key] = value
            example.has_traits(person, last)
            example.check()
        example.people(1)


@clause("ENG-01")
@each("key", ODD_KEYS, by="user_id")
@given(key=KEYS, by=BY)
def test_keys(harness: Harness, key: str, by: str) -> None:
    arrive(harness, by, membership, (key, True))


@clause("ENG-02")
@each("by", IDENTIFIERS, members=[True, False])
@each("members", MEMBERSHIPS, by="user_id")
@given(members=st.lists(st.booleans(), min_size=1, max_size=5), by=BY)
def test_true_and_false(harness: Harness, members: list[bool], by: str) -> None:
    arrive(harness, by, membership, *((KEY, member) for member in members))


@clause("ENG-03")
@each("by", IDENTIFIERS, others={"plan": "gold", "is_admin": True, "logins": 3})
@given(by=BY, others=OTHERS)
def test_leaving_changes_only_the_property(
    harness: Harness, by: str, others: dict[str, Any]
) -> None:
    with harness.example() as example:
        person = example.person("ada@example.com", "u1")
        named = Person(person.email) if by == "email" else Person(user_id=person.user_id)
        traits = {**others, "firstName": "Ada", "lastName": "King"}
        example.was_delivered(example.deliver(identify(person, traits)))
        example.was_delivered(example.deliver(track(person, "Step Activated", {"n": 1})))
        example.was_delivered(example.deliver(membership(named, "last_3", True)))
        example.was_delivered(example.deliver(membership(named, "last_30days", True)))
        example.put_on_list(person)
        before, journeys = example.contact_of(person), example.state()["journeys"]
        example.was_delivered(example.deliver(membership(named, "last_30days", False)))
        contact = example.contact_of(person)
        sent = {**others, "last_3": True}
        kept = {name: value for name, value in sent.items() if trait_agrees(value, before, name)}
        example.has_traits(person, {**kept, "last_30days": False})
        for name in KEPT if before and contact else ():
            example.compare(
                f"field {name} of {who(named.identifiers)}", before.get(name), contact.get(name)
            )
        example.compare("the journeys", journeys, example.state()["journeys"])
        example.people(1)


@clause("ENG-04")
@each("changes", TWO_CHANGES, by="email")
@each("changes", [[(key, True) for key in ALIKE]], by="user_id")
@given(changes=CHANGES, by=BY)
def test_several_audiences(harness: Harness, changes: list[tuple[str, bool]], by: str) -> None:
    arrive(harness, by, membership, *changes)


@clause("ENG-05")
@of_every_form
@pytest.mark.parametrize("integrations", SENT)
def test_messages_that_are_sent(harness: Harness, form: str, integrations: Message) -> None:
    with harness.example() as example:
        person = somebody(example, "user_id")
        message = {**FORMS[form](person, KEY, True), "integrations": integrations}
        example.was_delivered(example.deliver(message))
        if message["type"] == "identify":
            example.has_traits(person, {KEY: True})
        else:
            entered = {harness.trigger_of(message["event"]): [message["properties"]]}
            example.entered(person, entered)


@clause("ENG-05")
@of_every_form
@pytest.mark.parametrize("integrations", NOT_SENT)
def test_messages_that_are_filtered(harness: Harness, form: str, integrations: Message) -> None:
    with harness.example() as example:
        message = FORMS[form](somebody(example, "user_id"), KEY, True)
        example.deliver({**message, "integrations": integrations})
        example.nothing_sent()
        example.nothing_written()


@clause("ENG-06")
@of_every_form
@pytest.mark.parametrize("member", [True, False])
@pytest.mark.parametrize("anonymous", ["u1", "007"])
def test_an_anonymous_id_alone(harness: Harness, form: str, member: bool, anonymous: str) -> None:
    with harness.example() as example:
        mark = example.person(user_id=anonymous).user_id
        message = FORMS[form](Person(), KEY, member)
        example.was_rejected(example.deliver({**message, "anonymousId": mark}))
        example.nothing_written()


@clause("ENG-07")
@each("values", [[value] for value in ODD_COMPUTED], by="user_id")
@each("values", [[5, 0], ["gold", ""], [0.5, 2.5]], by="email")
@given(values=st.lists(COMPUTED, min_size=1, max_size=2), by=BY)
def test_computed_traits(harness: Harness, values: list[Any], by: str) -> None:
    arrive(harness, by, computed_trait, *(("total_30days", value) for value in values))


@clause("ENG-08")
def test_sequences_of_changes_and_syncs(harness: Harness) -> None:
    run_state_machine(harness, Space)


@clause("ENG-09")
@each("by", IDENTIFIERS, members=[True, False], key=KEY)
@given(key=KEYS, members=st.lists(st.booleans(), min_size=1, unique=True), by=BY)
def test_audiences_as_events(harness: Harness, key: str, members: list[bool], by: str) -> None:
    enter(harness, by, *(lambda who, one=one: audience_event(who, key, one) for one in members))


@clause("ENG-09")
@each("value", ODD_COMPUTED, key=KEY, by="user_id")
@given(key=KEYS, value=COMPUTED, by=BY)
def test_computed_traits_as_events(harness: Harness, key: str, value: Any, by: str) -> None:
    enter(harness, by, lambda who: trait_event(who, key, value))


def enter(harness: Harness, by: str, *made: Callable[[Person], Message]) -> None:
    """Require that each event enters its journey, with the properties that it has."""
    with harness.example() as example:
        person = somebody(example, by)
        entered: dict[str, list[Any]] = {}
        for message in (make(person) for make in made):
            example.was_delivered(example.deliver(message))
            properties = entered.setdefault(harness.trigger_of(message["event"]), [])
            properties.append(message["properties"])
        example.entered(person, entered)
        example.people(1)
