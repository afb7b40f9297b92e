"""What the fake says of wrong input, word for word: what was meant, and what came instead."""

from typing import Any

import pytest

from mock_autopilot.account.errors import MISSING_IDENTIFIERS
from tests.api.calls import ADA
from tests.api.conftest import Call

CALLS: list[tuple[str, str, Any, str]] = [
    ("POST", "contact", {}, "contact is missing from the request body."),
    ("POST", "contact", {"contact": 5}, "contact must be an object, got the number 5."),
    ("POST", "contacts", {"contacts": {}}, "contacts must be an array, got an object."),
    (
        "POST",
        "trigger/0001/contact/x",
        {"property": 5},
        "property must be an object, got the number 5.",
    ),
    (
        "POST",
        "contacts",
        {"contacts": [{}]},
        f"contacts[0]: {MISSING_IDENTIFIERS.message}",
    ),
    (
        "POST",
        "contacts",
        {"contacts": [ADA] * 101},
        "contacts has 101 items; a bulk call takes 100 at most.",
    ),
]


@pytest.mark.parametrize(("method", "path", "body", "words"), CALLS)
def test_a_wrong_call_is_refused_with_the_reason(
    call: Call, method: str, path: str, body: Any, words: str
) -> None:
    refused = call(method, path, body)
    assert refused.status_code == 400
    assert refused.json() == {"error": "Bad Request", "message": words}


CONTROLS: list[tuple[str, str, Any, str]] = [
    ("GET", "calls?status=ok", None, "status must be a status as in 404, or 4xx."),
    ("GET", "calls?after=x", None, "after must be a whole number, got 'x'."),
    ("GET", "calls?limit=-1", None, "limit must be a whole number, got '-1'."),
    ("GET", f"calls?limit={'9' * 50}", None, f"limit must be a whole number, got '{'9' * 40}'."),
    ("GET", "calls?x=1", None, "x is no filter; use method, path, status, after, before, limit."),
    ("POST", "journeys", {}, "name is missing."),
    ("POST", "journeys", {"name": " "}, "name must not be blank."),
    (
        "POST",
        "journeys",
        {"name": "x", "trigger_id": 5},
        "trigger_id must be a string that is not empty, got the number 5.",
    ),
    (
        "POST",
        "journeys",
        {"name": "x", "trigger_id": "a/b"},
        "trigger_id must stand in a path: it may not be empty, nor hold a slash.",
    ),
    ("PUT", "state", [], "The state must be a JSON object, got an array."),
]


@pytest.mark.parametrize(("method", "path", "body", "words"), CONTROLS)
def test_a_wrong_control_call_is_refused_with_the_reason(
    control: Call, method: str, path: str, body: Any, words: str
) -> None:
    refused = control(method, path, body)
    assert refused.status_code == 400
    assert refused.json() == {"error": "Bad Request", "message": words}
