"""When a value that arrived is the value that was sent, as a MUST asks and more strictly."""

from typing import Any

import pytest

from contract_tests.comparison import (
    EXACT,
    NULLS,
    ONLY,
    agrees,
    entries_agree,
    matching,
    named,
    part_arrived,
    trait_agrees,
    type_named,
)

NESTED: Any = {"a": None, "b": [None, {"c": None, "d": 1}]}

#: What was sent, what arrived, and which strictness notices (all of it for what is wrong).
COMPARED: list[tuple[Any, Any, list[str]]] = [
    ("gold", "gold", []),
    ("ﬁne", "fine", [EXACT]),
    ("é", "e\N{COMBINING ACUTE ACCENT}", [EXACT]),
    ("a\nb", "a\r\nb", [EXACT]),
    ("a\rb", "a\nb", [EXACT]),
    (0.1, 0.1, []),
    (0.30000000000000004, 0.3, [EXACT]),
    (1e21, 10**21, []),
    (1.5e300, int(1.5e300), []),
    (2**53 + 1, 2**53, [EXACT]),
    (5, 5.0, []),
    (NESTED, {"b": [None, {"d": 1}]}, [NULLS]),
    (NESTED, NESTED, []),
]
WRONG: list[tuple[Any, Any]] = [
    ("gold", "Gold"),
    ("gold", "gold "),
    ("a  b", "a b"),
    ("5", 5),
    (5, "5"),
    (True, 1),
    (0, False),
    (2**53 - 1, 2**53),
    (0.1, 0.1000000000001),
    (0.5, None),
    (-(10**400), 10**400),
    (10**400, 5),
    (None, "None"),
    (None, ""),
    ({"a": None}, {"a": "null"}),
    ({"a": {}}, {}),
    ({"a": 1}, {"a": 1, "b": 2}),
    ([1, None], [1]),
    ([{"a": 1}], [{"b": 1}]),
]


@pytest.mark.parametrize(("sent", "arrived", "noticed"), COMPARED)
def test_what_agrees(sent: Any, arrived: Any, noticed: list[str]) -> None:
    assert agrees(sent, arrived)
    assert [one for one in (EXACT, NULLS) if not agrees(sent, arrived, [one])] == noticed


@pytest.mark.parametrize(("sent", "arrived"), WRONG)
def test_what_does_not_agree(sent: Any, arrived: Any) -> None:
    assert not agrees(sent, arrived)


@pytest.mark.parametrize(
    ("arrived", "noticed"),
    [
        ({"n": 1, "none": None}, []),
        ({"n": 1, "none": None, "messageId": "m1"}, [ONLY]),
        ({"n": 1, "none": None, "email": "ada@example.com", "_NewEmail": "b@example.com"}, []),
        ({"n": 1}, [NULLS]),
        ({"n": 1.0, "none": None}, []),
    ],
)
def test_entries_that_agree(arrived: dict[str, Any], noticed: list[str]) -> None:
    sent = {"n": 1, "none": None}
    assert entries_agree([sent], [arrived])
    strict = [one for one in (EXACT, NULLS, ONLY) if not entries_agree([sent], [arrived], [one])]
    assert strict == noticed


@pytest.mark.parametrize("arrived", [[], [{"n": 1}, {"n": 1}], [{"n": 2}], [{"N": 1}], [{}]])
def test_entries_that_do_not_agree(arrived: list[dict[str, Any]]) -> None:
    assert not entries_agree([{"n": 1}], arrived)


def contact(name: str, value: Any, kind: str = "string", **fields: Any) -> dict[str, Any]:
    field = {"kind": name, "value": value, "fieldType": kind, "deleted": False}
    return {**fields, "custom_fields": [field]}


@pytest.mark.parametrize(
    "arrived",
    [
        ("string", "2016-11-22T01:02:03.004+02:00"),
        ("date", "2016-11-22T01:02:03.004+02:00"),
        ("date", "2016-11-21T23:02:03.004Z"),
        ("date", "2016-11-21T23:02:03.004"),
        ("date", "2016-11-21T23:02:03.004999Z"),
    ],
)
def test_a_date_that_arrived(arrived: tuple[str, str]) -> None:
    kind, value = arrived
    assert trait_agrees("2016-11-22T01:02:03.004+02:00", contact("since", value, kind), "since")


@pytest.mark.parametrize(
    "arrived",
    [
        ("string", "2016-11-21T23:02:03.004Z"),
        ("date", "2016-11-21T23:02:03.005Z"),
        ("date", "2016-11-22"),
        ("date", 1479769323),
        ("date", "22/11/2016"),
    ],
)
def test_a_date_that_did_not(arrived: tuple[str, Any]) -> None:
    kind, value = arrived
    assert not trait_agrees("2016-11-22T01:02:03.004+02:00", contact("since", value, kind), "since")


def test_a_day_is_its_first_instant_in_utc() -> None:
    there = contact("since", "2016-11-22T00:00:00.000Z", "date")
    assert trait_agrees("2016-11-22", there, "since")
    assert trait_agrees("2016-11-22", there, "since", [EXACT])


def test_a_contact_without_custom_fields() -> None:
    there = {"Email": "ada@example.com", "plan": "gold"}
    assert trait_agrees(None, there, "logins")
    assert not trait_agrees("gold", there, "logins")
    assert named(there, "plan") == "gold"
    assert type_named(there, "plan") is None
    assert not part_arrived(there, "car.make", "Benz")


@pytest.mark.parametrize(
    "there",
    [
        *(contact(f"address{mark}city", "Paris") for mark in (".", "_", "__", "-", " ", "/", "")),
        contact("address", '{"city": "Paris", "zip": null}'),
        contact("other", "x", MailingCity="Paris"),
        contact("address.city", "Paris", MailingCity="Rome"),
    ],
    ids=repr,
)
def test_where_a_part_may_arrive(there: dict[str, Any]) -> None:
    assert part_arrived(there, "address.city", "Paris", {"MailingCity": "Paris"})


@pytest.mark.parametrize(
    "there",
    [
        {},
        contact("city", "Paris"),
        contact("address.city", "Rome"),
        contact("address", '{"town": "Paris"}'),
        contact("address", "{'city': 'Paris'}"),
        contact("address", '["Paris"]'),
        contact("other", "x", MailingCity="Rome"),
    ],
    ids=repr,
)
def test_where_a_part_may_not(there: dict[str, Any]) -> None:
    assert not part_arrived(there, "address.city", "Paris", {"MailingCity": "Paris"})


def test_who_has_an_identifier() -> None:
    ada = {"Email": "José@example.com", "user_id": "Ada"}
    decomposed = "JOSE\N{COMBINING ACUTE ACCENT}@example.com"
    assert matching([ada], {"Email": decomposed}) == [ada]
    assert matching([ada], {"user_id": "ada"}) == []
