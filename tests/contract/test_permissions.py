"""What a message may change: apart from the suite, and from what any forwarder does with it."""

from collections.abc import Callable
from copy import deepcopy
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contract_tests.moved import moved
from contract_tests.permissions import FIELDS, NOTHING, letters, permission
from contract_tests.strategies import STANDARD_FIELDS

Json = dict[str, Any]

SETTINGS = {"journeys": {"Step Activated": "0001"}, "default_trigger": "0000"}
ADA = {
    "Email": "ada@example.com",
    "user_id": "u1",
    "FirstName": "Ada",
    "unsubscribed": True,
    "lists": ["contactlist_vip"],
    "contact_id": "person_1",
    "created_at": "2026-01-31T09:00:00.000Z",
    "custom_fields": [
        {"kind": "plan", "value": "gold", "fieldType": "string", "deleted": False},
    ],
    "merged_contact_ids": [],
}
BOB = {**ADA, "Email": "bob@example.com", "user_id": "u2", "contact_id": "person_2"}
ENTRY: Json = {"contact_id": "person_1", "properties": {}, "ejected_at": None}
BEFORE = {
    "contacts": [ADA, BOB],
    "lists": [{"list_id": "contactlist_vip", "title": "VIP"}],
    "journeys": [{"trigger_id": "0001", "entries": [ENTRY]}],
}
IDENTIFY = {"type": "identify", "userId": "u1", "traits": {}}
TRACK = {"type": "track", "userId": "u1", "event": "Step Activated", "properties": {}}


def found(message: Json, change: Callable[[Json], object]) -> list[tuple[str, str]]:
    """Return the clauses that are broken, and what differs, when the account changes like this."""
    after = deepcopy(BEFORE)
    change(after)
    differing = moved(permission(message, SETTINGS), BEFORE, after)
    return [(one.clause, one.difference.what) for one in differing]


def write(number: int, **fields: Any) -> Callable[[Json], object]:
    return lambda state: state["contacts"][number].update(fields)


def custom(number: int, kind: str, value: Any) -> Callable[[Json], object]:
    field = {"kind": kind, "value": value, "fieldType": "string", "deleted": False}

    def change(state: Json) -> None:
        fields = [f for f in state["contacts"][number]["custom_fields"] if f["kind"] != kind]
        state["contacts"][number]["custom_fields"] = [*fields, field]

    return change


def erase(number: int, name: str) -> Callable[[Json], object]:
    return lambda state: state["contacts"][number].pop(name)


def add(**contact: Any) -> Callable[[Json], object]:
    made = {"contact_id": "person_3", "created_at": "2026-01-31T10:00:00.000Z"}
    return lambda state: state["contacts"].append({**made, **contact})


def enter(contact_id: str, trigger: str) -> Callable[[Json], object]:
    entry = {**ENTRY, "contact_id": contact_id}

    def change(state: Json) -> None:
        for journey in state["journeys"]:
            if journey["trigger_id"] == trigger:
                journey["entries"].append(entry)
                return
        state["journeys"].append({"trigger_id": trigger, "entries": [entry]})

    return change


def eject(state: Json) -> None:
    state["journeys"][0]["entries"][0]["ejected_at"] = "2026-01-31T10:00:00.000Z"


def merge(winner: int) -> Callable[[Json], object]:
    def change(state: Json) -> None:
        loser = state["contacts"].pop(1 - winner)
        state["contacts"][0]["merged_contact_ids"] = [loser["contact_id"]]

    return change


def with_traits(**traits: Any) -> Json:
    return {**IDENTIFY, "traits": traits}


MAY_DIFFER: list[tuple[str, Json, Callable[[Json], object]]] = [
    ("nothing", IDENTIFY, lambda _: None),
    ("a trait's own field", with_traits(firstName="Grace"), write(0, FirstName="Grace")),
    ("a field by another spelling", with_traits(first_name="G"), write(0, FirstName="G")),
    ("a name", with_traits(name="Grace Hopper"), write(0, FirstName="Grace", LastName="Hopper")),
    ("a name of one word", with_traits(name="Cher"), write(0, FirstName="Cher", LastName="")),
    ("a custom field", with_traits(plan="free"), custom(0, "plan", "free")),
    ("a new custom field", with_traits(car={"make": "Benz"}), custom(0, "car_make", "Benz")),
    ("a part under its own name", with_traits(car={"make": "Benz"}), custom(0, "make", "Benz")),
    ("an object as text", with_traits(car={"make": "Benz"}), custom(0, "car", '{"make": "Benz"}')),
    ("an item", with_traits(cars=[{"make": "B"}]), custom(0, "cars.0.make", "B")),
    ("what the context says", {**IDENTIFY, "context": {"ip": "1.2.3.4"}}, custom(0, "ip", "1.2")),
    ("a null", with_traits(firstName=None), erase(0, "FirstName")),
    ("its subscription", with_traits(unsubscribed=False), write(0, unsubscribed=False)),
    ("what is free", IDENTIFY, write(0, updated_at="x", Name="x", anonymous_id="a1")),
    (
        "an address in another case",
        with_traits(email="ADA@example.com"),
        write(0, Email="ADA@example.com"),
    ),
    ("an address that is new", with_traits(email="a@b.c"), write(0, Email="a@b.c")),
    (
        "a list that is named",
        with_traits(_autopilot_list="contactlist_x"),
        write(0, lists=["contactlist_vip", "contactlist_x"]),
    ),
    ("an address by _NewEmail", with_traits(_NewEmail="a@b.c"), write(0, Email="a@b.c")),
    ("somebody new", {**IDENTIFY, "userId": "u3"}, add(user_id="u3")),
    ("a number as user id", {**IDENTIFY, "userId": 3.0}, add(user_id="3")),
    (
        "a user id with an address",
        {**IDENTIFY, "userId": "c@d.e"},
        add(user_id="c@d.e", Email="c@d.e"),
    ),
    (
        "the address of a track's context",
        {**TRACK, "userId": None, "context": {"traits": {"email": "c@d.e"}}},
        add(Email="c@d.e"),
    ),
    ("an event", TRACK, enter("person_1", "0001")),
    (
        "an event without a trigger of its own",
        {**TRACK, "event": "Else"},
        enter("person_1", "0000"),
    ),
    ("a merge of two that are named", with_traits(email="bob@example.com"), merge(0)),
]

MUST_NOT_DIFFER: list[tuple[str, str, Json, Callable[[Json], object]]] = [
    ("ELS-01", "a field overwritten", IDENTIFY, write(0, FirstName="Grace")),
    ("ELS-01", "a field blanked", with_traits(lastName="King"), write(0, FirstName="")),
    ("ELS-01", "a field erased", IDENTIFY, erase(0, "FirstName")),
    ("ELS-01", "a custom field overwritten", IDENTIFY, custom(0, "plan", "free")),
    (
        "ELS-01",
        "a field by a part's name",
        with_traits(pet={"name": "Rex"}),
        write(0, FirstName="Rex"),
    ),
    ("ELS-02", "resubscribed by an event", TRACK, write(0, unsubscribed=False)),
    ("ELS-02", "resubscribed, the field gone", IDENTIFY, erase(0, "unsubscribed")),
    (
        "ELS-02",
        "somebody else resubscribed",
        with_traits(unsubscribed=False),
        write(1, unsubscribed=False),
    ),
    ("ELS-03", "somebody unknown appears", IDENTIFY, add(user_id="u3")),
    (
        "ELS-03",
        "somebody with another address",
        {**IDENTIFY, "userId": "u3"},
        add(user_id="u3", Email="x@y.z"),
    ),
    ("ELS-03", "a contact of nothing", {**IDENTIFY, "userId": "u3"}, add(anonymous_id="a1")),
    ("ELS-03", "a user id changed", IDENTIFY, write(0, user_id="U1")),
    ("ELS-03", "an address erased", IDENTIFY, erase(0, "Email")),
    ("ELS-03", "deleted", IDENTIFY, lambda state: state["contacts"].pop(0)),
    ("ELS-03", "merged with somebody who is not named", IDENTIFY, merge(0)),
    ("ELS-04", "on a list", IDENTIFY, write(0, lists=["contactlist_vip", "contactlist_x"])),
    ("ELS-04", "off a list", IDENTIFY, erase(0, "lists")),
    ("ELS-04", "entered by an identify", IDENTIFY, enter("person_1", "0001")),
    ("ELS-04", "entered elsewhere", TRACK, enter("person_1", "0002")),
    ("ELS-04", "somebody else entered", TRACK, enter("person_2", "0001")),
    ("ELS-04", "ejected", TRACK, eject),
    ("ELS-05", "a trait on somebody else", with_traits(firstName="G"), write(1, FirstName="G")),
    ("ELS-05", "a new field on somebody else", with_traits(car="B"), custom(1, "car", "B")),
    ("ELS-06", "a field that was absent", IDENTIFY, write(0, LeadSource="Segment")),
    ("ELS-06", "a custom field that was absent", IDENTIFY, custom(0, "source", "Segment")),
]


@pytest.mark.parametrize(
    ("message", "change"),
    [(message, change) for _, message, change in MAY_DIFFER],
    ids=[name for name, *_ in MAY_DIFFER],
)
def test_what_may_differ(message: Json, change: Callable[[Json], object]) -> None:
    assert found(message, change) == []


@pytest.mark.parametrize(
    ("clause", "message", "change"),
    [(clause, message, change) for clause, _, message, change in MUST_NOT_DIFFER],
    ids=[name for _, name, *_ in MUST_NOT_DIFFER],
)
def test_what_must_not_differ(clause: str, message: Json, change: Callable[[Json], object]) -> None:
    assert [one for one, _ in found(message, change)] == [clause]


FILTERED = [
    {**IDENTIFY, "type": "page"},
    {**IDENTIFY, "integrations": {"All": False}},
    {**IDENTIFY, "integrations": {"AutopilotHQ": False}},
    {"type": "identify", "traits": {"plan": "free"}},
    {"type": "identify", "anonymousId": "u1", "traits": {"email": " "}},
    {"type": "track", "event": "E", "properties": []},
]


@pytest.mark.parametrize("message", FILTERED)
def test_a_message_that_is_not_for_autopilot_or_of_nobody_may_change_nothing(message: Json) -> None:
    assert permission(message, SETTINGS) == NOTHING
    assert found(message, write(0, FirstName="Grace")) == [
        ("ELS-05", "FirstName of u1 and ada@example.com, who is not meant")
    ]


ADDRESSES: list[tuple[Json, set[str]]] = [
    (with_traits(email="Ada@Example.com"), {"ada@example.com"}),
    ({**with_traits(email="a@b.c"), "context": {"traits": {"email": "x@y.z"}}}, {"a@b.c"}),
    ({**with_traits(email=" "), "context": {"traits": {"email": "x@y.z"}}}, {"x@y.z"}),
    ({**with_traits(email="n/a"), "context": {"traits": {"email": "x@y.z"}}}, {"n/a", "x@y.z"}),
    ({**with_traits(email=5), "context": {"traits": {"email": "x@y.z"}}}, {"5", "x@y.z"}),
    (with_traits(Email="a@b.c"), {"a@b.c"}),
    ({**TRACK, "properties": {"email": "a@b.c", "_NewEmail": "d@e.f"}}, {"a@b.c", "d@e.f"}),
]


@pytest.mark.parametrize(("message", "addresses"), ADDRESSES)
def test_the_addresses_that_may_identify(message: Json, addresses: set[str]) -> None:
    assert permission(message, SETTINGS).addresses == addresses


USER_IDS = [
    ("u1", {"u1"}),
    (" u1 ", {"u1"}),
    (7, {"7"}),
    (7.0, {"7.0", "7"}),
    (True, {"true", "True"}),
]


@pytest.mark.parametrize(("user_id", "texts"), USER_IDS)
def test_the_user_ids_that_may_identify(user_id: Any, texts: set[str]) -> None:
    assert permission({**IDENTIFY, "userId": user_id}, SETTINGS).user_ids == texts


def test_every_standard_field_can_be_named_by_a_trait_of_its_name() -> None:
    for field in STANDARD_FIELDS:
        assert field in FIELDS[letters(field)]


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner),
    max_leaves=10,
)
MESSAGES = st.fixed_dictionaries(
    {"type": st.sampled_from(["identify", "track"])},
    optional=dict.fromkeys(("userId", "traits", "properties", "context", "event"), JSON),
)


@given(message=MESSAGES)
def test_any_message_may_leave_all_as_it_was(message: Json) -> None:
    assert moved(permission(message, SETTINGS), BEFORE, BEFORE) == []


@given(message=MESSAGES, name=st.sampled_from(["FirstName", "Company", "contact_id"]))
def test_no_message_without_an_identifier_may_write(message: Json, name: str) -> None:
    anonymous = {
        key: value for key, value in message.items() if key not in ("userId", "traits", "context")
    }
    if anonymous["type"] == "track":
        anonymous["properties"] = {"plan": "free"}
    assert permission(anonymous, SETTINGS) == NOTHING


@given(
    names=st.lists(st.text(min_size=1, max_size=6), min_size=1, max_size=3),
    value=st.integers(),
    separator=st.sampled_from([".", "_", "__", "-", " "]),
)
def test_a_nested_trait_may_land_under_its_path_with_any_separator(
    names: list[str], value: int, separator: str
) -> None:
    nested: Any = value
    for name in reversed(names):
        nested = {name: nested}
    assert found(with_traits(**nested), custom(0, separator.join(names), value)) == []
