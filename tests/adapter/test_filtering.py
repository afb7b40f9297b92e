"""Which messages are for Autopilot: by type, then by integrations."""

import math
from typing import Any

import pytest

from adapter import InvalidMessage, plan
from tests.adapter.support import SETTINGS, identify, noted, track

ODD: list[dict[str, Any]] = [
    {"traits": []},
    {"traits": "x"},
    {"traits": {"n": math.nan}},
    {"properties": 5, "context": [1], "event": None},
    {"context": {"traits": 7}, "userId": "\ud800", "integrations": 5},
]


@pytest.mark.parametrize("odd", ODD)
@pytest.mark.parametrize("kind", ["page", "screen", "group", "alias"])
def test_a_message_of_another_type_is_filtered_whatever_it_holds(
    kind: str, odd: dict[str, Any]
) -> None:
    planned = plan({"type": kind, "userId": "u1", **odd}, SETTINGS)
    assert planned.filtered
    assert (planned.calls, planned.rejected, planned.notes) == ((), None, ())


@pytest.mark.parametrize("integrations", [{"All": False}, {"AutopilotHQ": False}])
@pytest.mark.parametrize("odd", ODD)
@pytest.mark.parametrize("kind", ["identify", "track"])
def test_a_message_that_is_turned_off_is_filtered_whatever_it_holds(
    kind: str, odd: dict[str, Any], integrations: dict[str, Any]
) -> None:
    planned = plan({"type": kind, **odd, "integrations": integrations}, SETTINGS)
    assert planned.filtered
    assert planned.calls == ()


@pytest.mark.parametrize("integrations", [5, "x", [1], True])
def test_integrations_of_another_type_are_no_object(integrations: object) -> None:
    with pytest.raises(InvalidMessage, match=r"^integrations must be an object"):
        plan({**identify(), "integrations": integrations}, SETTINGS)


EMPTY_LISTS = [
    ({**identify(), "traits": []}, "traits"),
    ({**identify(), "traits": ()}, "traits"),
    ({**identify(), "context": []}, "context"),
    ({**identify(plan="pro"), "context": {"traits": []}}, "context.traits"),
    ({**identify(), "integrations": []}, "integrations"),
    ({**track(), "properties": []}, "properties"),
    ({**track(), "context": []}, "context"),
    ({**track(), "context": {"traits": []}}, "context.traits"),
    ({**track(), "integrations": []}, "integrations"),
]


@pytest.mark.parametrize(("message", "path"), EMPTY_LISTS)
def test_an_empty_list_is_an_empty_object(message: dict[str, Any], path: str) -> None:
    planned = plan(message, SETTINGS)
    assert planned.calls
    assert noted(planned) == [("empty-list", path)]


@pytest.mark.parametrize(
    ("name", "known"),
    [
        ("all", "All"),
        ("ALL", "All"),
        ("autopilothq", "AutopilotHQ"),
        ("AutoPilotHQ", "AutopilotHQ"),
        ("AUTOPILOTHQ", "AutopilotHQ"),
    ],
)
@pytest.mark.parametrize("value", [True, False, {}])
def test_a_name_in_another_letter_case_changes_nothing_and_is_noted(
    name: str, known: str, value: object
) -> None:
    planned = plan({**identify(), "integrations": {name: value}}, SETTINGS)
    assert planned.calls
    (note,) = planned.notes
    assert (note.id, note.path) == ("integration-case", f"integrations.{name}")
    assert note.message == f"changes nothing: names are case-sensitive, write {known}"


def test_a_filtered_message_tells_of_the_name_that_did_not_turn_it_on() -> None:
    integrations = {"All": False, "autopilothq": True}
    planned = plan({**identify(), "integrations": integrations}, SETTINGS)
    assert planned.filtered
    assert noted(planned) == [("integration-case", "integrations.autopilothq")]


@pytest.mark.parametrize("name", ["Mixpanel", "Autopilot", "Allo", 5])
def test_other_names_are_not_noted(name: object) -> None:
    assert plan({**identify(), "integrations": {name: False}}, SETTINGS).notes == ()


@pytest.mark.parametrize("name", ["All", "AutopilotHQ"])
@pytest.mark.parametrize("value", ["false", "", 0, 1, []])
def test_a_value_that_turns_nothing_on_or_off_is_noted(name: str, value: object) -> None:
    planned = plan({**identify(), "integrations": {name: value}}, SETTINGS)
    assert planned.calls
    assert noted(planned) == [("integration-value", f"integrations.{name}")]


@pytest.mark.parametrize("value", [True, {}, {"a": 1}, None])
def test_a_value_that_is_plain_is_not_noted(value: object) -> None:
    planned = plan({**identify(), "integrations": {"AutopilotHQ": value, "All": True}}, SETTINGS)
    assert planned.notes == ()
