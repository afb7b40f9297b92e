"""`assert_in_journey`: what holds, and what its failures say."""

from typing import Any

import pytest
from dirty_equals import IsInt

from mock_autopilot import MockAutopilot
from tests.assertions.conftest import ADA, BOB, Explain

TIMES = ("2024-01-01T00:00:00.000Z", "2024-01-02T00:00:00.000Z", "2024-01-03T00:00:00.000Z")
ENTRIES = [
    {"contact_id": "person_1", "entered_at": TIMES[0], "properties": {"n": 1, "a": [1]}},
    {"contact_id": "person_1", "entered_at": TIMES[1], "properties": {"n": 2}},
    {"contact_id": "person_2", "entered_at": TIMES[0], "ejected_at": TIMES[2]},
    {"contact_id": "person_9", "entered_at": TIMES[2], "properties": {"n": 9}},
]
WELCOME = {"trigger_id": "0001", "journey_id": "campaign_1", "name": "Welcome", "entries": ENTRIES}
SEED = {
    "contacts": [ADA, BOB, {"Email": "cleo@example.com", "contact_id": "person_3"}],
    "journeys": [WELCOME, {"trigger_id": "bye"}],
}
NAMED = "the journey 'Welcome' (trigger id 0001)"
NO_CALL = " No call came with this account's key (sandbox-key)."


@pytest.fixture
def seeded(autopilot: MockAutopilot) -> MockAutopilot:
    autopilot.seed(SEED)
    return autopilot


@pytest.mark.parametrize("journey", ["Welcome", "0001", "campaign_1"])
@pytest.mark.parametrize("identifier", ["ADA@example.com", "u1", "person_1"])
def test_entries_are_found_by_any_name_and_returned(
    seeded: MockAutopilot, journey: str, identifier: str
) -> None:
    entries = seeded.assert_in_journey(journey, identifier, times=2)
    assert [entry.properties["n"] for entry in entries] == [1, 2]


@pytest.mark.parametrize(
    ("expected", "count"),
    [
        ({}, 2),
        ({"properties": {}}, 2),
        ({"properties": {"n": 1}, "times": 1}, 1),
        ({"properties": {"n": IsInt(gt=1)}}, 1),
        ({"properties": lambda given: "a" in given}, 1),
        ({"properties": {"n": 3}, "times": 0}, 0),
    ],
)
def test_which_entries_count(seeded: MockAutopilot, expected: dict[str, Any], count: int) -> None:
    assert len(seeded.assert_in_journey("Welcome", "u1", **expected)) == count


@pytest.mark.parametrize("identifier", ["bob@example.com", "cleo@example.com", "nobody"])
def test_who_is_in_no_journey_is_in_it_no_times(seeded: MockAutopilot, identifier: str) -> None:
    assert seeded.assert_in_journey("Welcome", identifier, times=0) == []


def test_a_deleted_contact_is_found_by_its_id(seeded: MockAutopilot) -> None:
    (entry,) = seeded.assert_in_journey("Welcome", "person_9")
    assert entry.contact is None


def test_an_unknown_journey_is_told_also_where_nobody_should_be_in_it(
    seeded: MockAutopilot, explain: Explain
) -> None:
    for times in (None, 1, 0):
        assert explain(seeded.assert_in_journey, "Welcom", "u1", times=times) == [
            "No journey has the name, trigger id or journey id 'Welcom'; nearest: Welcome.",
            "it entered:",
            "  'Welcome' (trigger id 0001)",
            "journeys:",
            "  <JourneyView 'Welcome', trigger id 0001: 4 entries>",
            "  <JourneyView 'bye', trigger id bye: 0 entries>",
        ]


def test_an_unknown_journey_with_several_that_are_near(
    autopilot: MockAutopilot, explain: Explain
) -> None:
    for name in ("Welcome", "Welcome 2"):
        autopilot.add_journey(name)
    first, *_ = explain(autopilot.assert_in_journey, "Welcom", "u1")
    assert first.endswith("; nearest: Welcome, Welcome 2.")


def test_an_unknown_journey_like_no_other(autopilot: MockAutopilot, explain: Explain) -> None:
    assert explain(autopilot.assert_in_journey, "Welcome", "u1") == [
        "No journey has the name, trigger id or journey id 'Welcome'."
    ]


def test_entries_with_other_properties_are_told(seeded: MockAutopilot, explain: Explain) -> None:
    expected = {"n": 3, "a": [1]}
    assert explain(seeded.assert_in_journey, "0001", "u1", properties=expected) == [
        f"u1 has 0 entries in {NAMED} with {expected}, expected at least 1.",
        "its entries:",
        f"  entered at {TIMES[0]}, {{'n': 1, 'a': [1]}}",
        "    properties.n: expected 3, got 1",
        f"  entered at {TIMES[1]}, {{'n': 2}}",
        "    properties.n: expected 3, got 2",
        "    properties.a: expected [1], it is missing",
    ]


def test_a_wrong_number_of_entries_is_told(seeded: MockAutopilot, explain: Explain) -> None:
    assert explain(seeded.assert_in_journey, "Welcome", "u1", times=1) == [
        f"u1 has 2 entries in {NAMED}, expected 1.",
        "its entries:",
        f"  entered at {TIMES[0]}, {{'n': 1, 'a': [1]}}",
        f"  entered at {TIMES[1]}, {{'n': 2}}",
    ]


def test_an_entry_that_has_ended_is_told(seeded: MockAutopilot, explain: Explain) -> None:
    assert explain(seeded.assert_in_journey, "Welcome", "bob@example.com") == [
        f"bob@example.com has 0 entries in {NAMED}, expected at least 1.",
        "its entries:",
        f"  entered at {TIMES[0]}, ended at {TIMES[2]}, {{}}",
    ]


OTHERS = [
    "entries of others, the newest first:",
    "  person_9, {'n': 9}",
    "  bob@example.com, {}",
    "  ada@example.com, {'n': 2}",
    "  ada@example.com, {'n': 1, 'a': [1]}",
]


def test_who_entered_is_told_for_a_contact_without_entries(
    seeded: MockAutopilot, explain: Explain
) -> None:
    assert explain(seeded.assert_in_journey, "Welcome", "cleo@example.com") == [
        f"cleo@example.com has 0 entries in {NAMED}, expected at least 1.",
        *OTHERS,
    ]


def test_an_unknown_contact_is_told_with_the_nearest(
    seeded: MockAutopilot, explain: Explain
) -> None:
    unknown = "No contact has the address, user id or contact id 'bobb@example.com'"
    assert explain(seeded.assert_in_journey, "Welcome", "bobb@example.com") == [
        f"bobb@example.com has 0 entries in {NAMED}, expected at least 1.",
        "the contact:",
        f"  {unknown}; the account has 3 contacts.{NO_CALL}",
        "nearest contacts:",
        "  bob@example.com",
        "  cleo@example.com",
        "  ada@example.com",
        *OTHERS,
    ]


@pytest.mark.parametrize("times", [-1, 1.0, True, "1"])
def test_a_wrong_number_of_times_is_a_type_error(seeded: MockAutopilot, times: Any) -> None:
    with pytest.raises(TypeError, match="times must be a whole number from 0, or None, got"):
        seeded.assert_in_journey("Welcome", "u1", times=times)
    with pytest.raises(TypeError, match="times must be a whole number from 0, or None, got"):
        seeded.assert_called("GET", "/v1/contacts", times=times)


def test_names_that_are_no_texts_are_type_errors(seeded: MockAutopilot) -> None:
    with pytest.raises(TypeError, match="journey must be a string, got 1"):
        seeded.assert_in_journey(1, "u1")  # type: ignore[arg-type]  # is refused
    with pytest.raises(TypeError, match="identifier must be a string, got None"):
        seeded.assert_in_journey("Welcome", None)  # type: ignore[arg-type]  # is refused


def test_the_journeys_that_the_contact_did_enter_are_told(
    autopilot: MockAutopilot, explain: Explain
) -> None:
    entries = [{"contact_id": "person_1", "entered_at": TIMES[0]}]
    journeys: list[dict[str, Any]] = [
        {"trigger_id": "Welcom", "entries": entries},
        {"trigger_id": "0002", "name": "Trial", "entries": entries},
        {"trigger_id": "0003", "name": "Unused"},
    ]
    autopilot.seed({"contacts": [ADA], "journeys": journeys})
    entered = ["it entered:", "  Welcom, made on its first use", "  'Trial' (trigger id 0002)"]
    assert explain(autopilot.assert_in_journey, "Welcome", "u1")[1:4] == entered
    assert explain(autopilot.assert_in_journey, "Unused", "u1")[1:] == entered
