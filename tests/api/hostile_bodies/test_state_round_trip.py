"""Whatever an account has stored comes back exactly when its state is saved and loaded."""

import json
from http.client import HTTPConnection
from typing import Any

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from mock_autopilot import MockAutopilot
from tests.api.hostile_bodies.account import (
    BULK,
    CONTACT,
    ENTER,
    LEVELS,
    UPSERT_AND_ENTER,
    Account,
    dumped,
    refusal,
    strict,
)
from tests.api.hostile_bodies.bodies import contact, nested
from tests.api.hostile_bodies.drawn import json_values

TAME_TEXT = st.text(max_size=6)
TAME = json_values(TAME_TEXT, finite=True)
VALID: st.SearchStrategy[dict[str, Any]] = st.builds(
    dict,
    st.dictionaries(TAME_TEXT | st.sampled_from(["FirstName", "notify", "Name", "lists"]), TAME),
    custom=st.dictionaries(TAME_TEXT | st.sampled_from(["string--Plan", "integer--A--b"]), TAME),
    Email=st.sampled_from(["known@example.com", "KNOWN@example.com", "zoë@example.com"]),
    user_id=st.none() | st.sampled_from(["u1", "u2", 3]),
)


def comes_back(account: Account, other: Account) -> None:
    """Check that the state is the same after loading into its own account and an empty one."""
    state = account.state()
    for each in (account, other):
        status, answer = each.ask("PUT", "/_mock/state", state)
        assert status == 200, answer
        answered = strict(answer)
        assert isinstance(answered.pop("warnings"), list)
        for again in (answered, strict(each.state())):
            assert json.dumps(again, sort_keys=True) == json.dumps(strict(state), sort_keys=True)


@settings(deadline=None, max_examples=80)
@given(
    bodies=st.lists(VALID, min_size=1, max_size=4),
    properties=st.dictionaries(TAME_TEXT, TAME, max_size=3),
)
@example(
    bodies=[{"Email": "a@b.c", "": -0.0, "big": 10**4000, "custom": {"--": [], "": 1e308}}],
    properties={},
)
def test_a_state_comes_back_exactly(
    server: MockAutopilot,
    connection: HTTPConnection,
    bodies: list[dict[str, Any]],
    properties: dict[str, Any],
) -> None:
    account = Account(server, connection)
    for body in bodies:
        sent = dumped({"contact": body, "property": properties})
        for path in (CONTACT, UPSERT_AND_ENTER):
            status, answer = account.ask("POST", path, sent)
            assert status == 200 or refusal(status, answer)
    account.ask("DELETE", "/v1/journey/0001/contact/known@example.com")
    comes_back(account, Account(server, connection, {}))


@pytest.mark.parametrize(
    ("path", "body"),
    [
        (CONTACT, contact(deep=nested(LEVELS - 2))),
        (CONTACT, contact(custom={"deep": nested(LEVELS - 3)})),
        (BULK, dumped({"contacts": [{"user_id": "a", "deep": nested(LEVELS - 3)}]})),
        (ENTER, dumped({"property": {"deep": nested(LEVELS - 2)}})),
    ],
    ids=["field", "custom field", "bulk", "event property"],
)
def test_the_deepest_values_come_back_in_the_state_and_in_the_record(
    server: MockAutopilot, connection: HTTPConnection, path: str, body: bytes
) -> None:
    account = Account(server, connection)
    status, answer = account.ask("POST", path, body)
    assert status == 200, answer
    comes_back(account, Account(server, connection, {}))
    _, shown = account.ask("GET", "/v1/contacts")
    calls = strict(account.ask("GET", "/_mock/calls")[1])["calls"]
    assert [call["body"] for call in calls] == [strict(body), None]
    assert [call["answer"] for call in calls] == [strict(answer), strict(shown)]
