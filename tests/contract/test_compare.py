"""`mock-autopilot compare`: one file of messages through two forwarders."""

import json
from pathlib import Path
from typing import Any

import pytest

from contract_tests.compare import Delivered, causes
from contract_tests.protocol import Result
from tests.contract.running import Done, python

GOOD = Result(200)
SETTINGS = {"journeys": {"E": "0001"}, "default_trigger": "0000"}

#: Leaves out a trait, and fails for one user.
OTHER = """
from adapter.contract import factory as reference

def factory(settings):
    deliver = reference(settings)

    def forward(message):
        traits = {k: v for k, v in message.get("traits", {}).items() if k != "plan"}
        if message.get("userId") == "u3":
            return {"status": 500, "message": "broken"}
        return deliver({**message, "traits": traits} if "traits" in message else message)

    return forward
"""
MESSAGES: list[Any] = [
    {"type": "identify", "userId": "u1", "traits": {"email": "a@b.c", "logins": 3}},
    {"type": "identify", "userId": "u1", "traits": {"plan": "gold"}},
    {"type": "identify", "userId": "u2", "traits": {"plan": "free"}},
    {"type": "track", "userId": "u2", "event": "E", "properties": {"total": 1}},
    {"type": "identify", "userId": "u3", "traits": {}},
]


def run(folder: Path, *arguments: str, messages: list[Any] = MESSAGES) -> Done:
    (folder / "other.py").write_text(OTHER)
    (folder / "events.jsonl").write_text("".join(f"{json.dumps(one)}\n" for one in messages))
    return python(folder, "-m", "mock_autopilot", "compare", *arguments, "events.jsonl")


def test_differences_are_shown_by_cause(tmp_path: Path) -> None:
    done = run(tmp_path, "--a", "other:factory", "--b", "adapter.contract:factory")
    assert done.returncode == 1
    assert done.stdout.splitlines()[3:] == [
        "5 messages through both: 3 differences",
        "",
        "1. custom field plan: 2 times, first of u1 and a@b.c",
        "   a  nothing",
        '   b  "gold"',
        '   events.jsonl:2: {"type": "identify", "userId": "u1", "traits": {"plan": "gold"}}',
        "",
        "2. what is reported: delivered or not: 1 time",
        "   a  500 broken",
        "   b  200",
        '   events.jsonl:5: {"type": "identify", "userId": "u3", "traits": {}}',
        "",
        "3. contacts: 1 time, first of u3",
        "   a  nothing",
        "   b  there",
        '   events.jsonl:5: {"type": "identify", "userId": "u3", "traits": {}}',
    ]


def test_the_same_forwarder_twice(tmp_path: Path) -> None:
    ours = "adapter.contract:factory"
    done = run(tmp_path, "--a", ours, "--b", ours, messages=[*MESSAGES, "no message"])
    assert done.returncode == 0
    assert "5 messages through both: no difference" in done.stdout
    assert "events.jsonl:6: is " in done.stdout


@pytest.mark.parametrize(
    ("arguments", "status", "said"),
    [
        (["--a", "none:factory", "--b", "other:factory"], 2, "cannot judge: --adapter none"),
        (["--a", "http://127.0.0.1:9/", "--b", "other:factory"], 2, "needs --a-port or --b-port"),
        (["--a", "other:factory"], 2, "Missing option '--b'"),
        (["--a", "other:factory", "--b", "other:factory", "none"], 1, "none is not a readable"),
    ],
)
def test_what_cannot_be_compared(
    arguments: list[str], status: int, said: str, tmp_path: Path
) -> None:
    done = run(tmp_path, *arguments)
    assert done.returncode == status
    assert said in done.stdout


def contact(number: int, **fields: Any) -> dict[str, Any]:
    return {"contact_id": f"person_{number}", "created_at": "now", "custom_fields": [], **fields}


def state(*contacts: dict[str, Any]) -> dict[str, Any]:
    return {"contacts": [*contacts], "journeys": []}


def custom(kind: str, value: Any, type_: str) -> list[dict[str, Any]]:
    return [{"kind": kind, "value": value, "fieldType": type_}]


def test_contacts_are_paired_by_user_id_before_the_address() -> None:
    one = state(contact(1, user_id="u1", Email="a@b.c"), contact(2, Email="X@y.z"))
    other = state(contact(1, Email="x@y.z"), contact(2, user_id="u1", Email="d@e.f"))
    found = causes([], one, other, SETTINGS)
    assert [(cause.what, cause.one, cause.other, cause.times) for cause in found] == [
        ("Email", "a@b.c", "d@e.f", 2)
    ]


def test_a_type_that_differs_is_a_difference() -> None:
    one = state(contact(1, user_id="u1", custom_fields=custom("since", "2026-02-14", "date")))
    other = state(contact(1, user_id="u1", custom_fields=custom("since", "2026-02-14", "string")))
    message = {"type": "identify", "userId": "u1", "traits": {"since": "2026-02-14"}}
    (cause,) = causes([Delivered("m:1", message, (GOOD, GOOD))], one, other, SETTINGS)
    assert (cause.what, cause.one, cause.other) == ("type of custom field since", "date", "string")
    assert cause.place == "m:1"
