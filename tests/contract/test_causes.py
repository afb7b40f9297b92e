"""Failures of one cause are told once, under the clause that says it best."""

from typing import Any

import pytest

from contract_tests.causes import causes_of
from contract_tests.clauses import CLAUSES
from contract_tests.protocol import Result
from contract_tests.setup_check import no_call, wrong_setup
from contract_tests.terminal import WIDTH, verdict
from tests.contract.forwarders.broken import BROKEN
from tests.contract.forwarders.forwarder import Forwarder, Json
from tests.contract.suite import failed_rows

IDENTIFY = {"type": "identify", "userId": "u1", "traits": {"email": "ada@example.com"}}
TRACK = {"type": "track", "event": "Step Activated", "properties": {"email": "ada@example.com"}}


def row(clause: str, differences: list[Json], *messages: Json, status: int = 200) -> Json:
    """Return the row of a failed clause."""
    return {
        "id": clause,
        "level": CLAUSES[clause].level,
        "title": CLAUSES[clause].title,
        "status": "failed",
        "decides": CLAUSES[clause].level == "MUST",
        "counterexample": {
            "messages": list(messages),
            "reported": [{"status": status, "message": ""} for _ in messages],
            "differences": differences,
            "calls": [],
        },
    }


def trait(name: str, expected: Any, **arrived: Any) -> Json:
    return {"what": f"trait {name!r} of u1", "expected": expected, **arrived}


def said(failed: Json) -> str:
    (cause,) = causes_of([failed])
    return cause.sentence


UNSUBSCRIBED = {"what": "unsubscribed of u1", "expected": True, "arrived": False}
NO_USER_ID = {
    "what": 'contacts with {"Email": "ada@example.com", "user_id": "u1"}',
    "expected": "exactly one",
    "arrived": [{"Email": "ada@example.com"}],
    "prose": ["expected"],
}
REFUSED = {
    "what": "reported outcome",
    "expected": "delivered (2xx)",
    "arrived": "404 Not found",
    "prose": ["expected", "arrived"],
}


@pytest.mark.parametrize(
    ("failed", "sentence"),
    [
        (
            row("IDR-10", [NO_USER_ID], IDENTIFY),
            "user_id is missing from the contact when an identify has a user id and an address",
        ),
        (
            row("ELS-02", [UNSUBSCRIBED], TRACK),
            "unsubscribed went from true to false by a track that does not name it",
        ),
        (
            row("TRK-05", [REFUSED], TRACK, status=404),
            "a track with an address alone is refused: 404 Not found",
        ),
        (
            row("IDN-02", [trait("vip", False)], {**IDENTIFY, "traits": {"vip": False}}),
            "false is lost: trait 'vip' false does not arrive",
        ),
        (
            row("IDN-04", [trait("n", 5, arrived="5")], {**IDENTIFY, "traits": {"n": 5}}),
            "a whole number becomes a text: trait 'n' 5 arrives as \"5\"",
        ),
    ],
)
def test_a_cause_is_named_in_words(failed: Json, sentence: str) -> None:
    assert said(failed) == sentence


def test_failures_that_share_nothing_are_two_causes() -> None:
    lost = row("IDN-02", [trait("vip", False)], {**IDENTIFY, "traits": {"vip": False}})
    engage = row("ENG-04", [trait("vip", False)], {**IDENTIFY, "traits": {"vip": False}})
    refused = row("TRK-05", [REFUSED], TRACK, status=404)
    causes = causes_of([engage, lost, refused])
    assert [(one.row["id"], [also["id"] for also in one.also]) for one in causes] == [
        ("TRK-05", []),
        ("IDN-02", ["ENG-04"]),
    ]


@pytest.mark.parametrize("name", ["DropsFalse", "TrackNeedsUserId"])
def test_a_broken_forwarder_is_named_by_its_own_clause(name: str) -> None:
    first, *_ = causes_of(failed_rows(BROKEN[name].factory, 3))
    assert first.row["id"] == BROKEN[name].clause


class TwoMistakes(Forwarder):
    """Writes whole numbers as texts, and looks for no address in context.traits."""

    def custom_value(self, value: Any) -> Any:
        value = super().custom_value(value)
        return str(value) if type(value) is int else value

    def person(self, message: Json) -> Json:
        return {}


def test_two_mistakes_are_two_causes_in_a_hundred_lines() -> None:
    rows = failed_rows(TwoMistakes, 3)
    assert len(rows) > 8
    causes = [one for one in causes_of(rows) if one.row["level"] == "MUST"]
    assert [one.row["id"] for one in causes] == ["IDR-08", "IDN-04"]
    lines = [line for line, _ in verdict(rows)]
    assert lines[0].startswith(f"failed: {causes[0].sentence[:60]}")
    assert len(lines) <= 85
    assert max(map(len, lines)) <= WIDTH


SETTINGS = {"base_url": "http://127.0.0.1:8026/v1/", "journeys": {"E": "0001"}}
NOWHERE: dict[str, Any] = {"journeys": []}


def test_a_proxy_in_the_way_is_named() -> None:
    why = no_call(SETTINGS, Result(502, "Bad Gateway"), {"http_proxy": "http://proxy:3128"})
    assert "http_proxy is set here" in why
    assert "set NO_PROXY=127.0.0.1" in why
    assert "PROXY" not in no_call(SETTINGS, Result(200), {})


def test_one_wrong_call_is_no_wrong_set_up() -> None:
    wrong = {"method": "POST", "path": "/v1/contact", "error": {"id": "unknown-key"}}
    assert "--api-key" in wrong_setup(SETTINGS, [wrong, wrong], NOWHERE)
    assert wrong_setup(SETTINGS, [wrong, {**wrong, "error": None}], NOWHERE) == ""
