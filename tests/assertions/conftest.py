"""A fake for each test, whose calls count from 1, and a way to see why an assertion fails."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest

from mock_autopilot import MockAutopilot

Explain = Callable[..., list[str]]
ADA = {"Email": "ada@example.com", "contact_id": "person_1", "user_id": "u1", "FirstName": "Ada"}
CUSTOM = [
    {"kind": "Plan", "fieldType": "string", "value": "pro"},
    {"kind": "Lucky Number", "fieldType": "integer", "value": 7},
]
BOB = {"Email": "bob@example.com", "contact_id": "person_2", "FirstName": "Bob"}
SEED = {"contacts": [{**ADA, "custom_fields": CUSTOM}, BOB]}


@pytest.fixture
def autopilot() -> Iterator[MockAutopilot]:
    with MockAutopilot() as autopilot:
        yield autopilot


@pytest.fixture
def seeded(autopilot: MockAutopilot) -> MockAutopilot:
    autopilot.seed(SEED)
    return autopilot


@pytest.fixture
def explain() -> Explain:
    """Return the lines of a failing assertion: `explain(autopilot.assert_contact, "u1")`."""

    def explain(assertion: Callable[..., object], *args: Any, **named: Any) -> list[str]:
        with pytest.raises(AssertionError) as caught:
            assertion(*args, **named)
        return str(caught.value).splitlines()

    return explain
