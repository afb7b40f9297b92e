"""Any request body, drawn by Hypothesis, is carried out or refused in the API's own form."""

from http.client import HTTPConnection

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mock_autopilot import MockAutopilot
from tests.api.hostile_bodies.account import Account, refusal, strict
from tests.api.hostile_bodies.drawn import ANYTHING, COMPRESSED, ROUTES


@pytest.mark.parametrize(("method", "path"), ROUTES)
@settings(deadline=None, max_examples=60)
@given(body=ANYTHING)
def test_any_body_is_carried_out_or_refused_in_the_apis_form(
    server: MockAutopilot, connection: HTTPConnection, method: str, path: str, body: bytes
) -> None:
    account = Account(server, connection)
    before = account.state()
    status, answer = account.ask(method, path, body)
    assert 200 <= status < 500, answer
    if status >= 300:
        refusal(status, answer)
        assert account.state() == before
    else:
        strict(answer)
        strict(account.state())


@settings(deadline=None, max_examples=200)
@given(route=st.sampled_from(ROUTES[:8]), sent=COMPRESSED)
def test_any_compressed_body_is_carried_out_or_refused_in_the_apis_form(
    server: MockAutopilot,
    connection: HTTPConnection,
    route: tuple[str, str],
    sent: tuple[bytes, str],
) -> None:
    account = Account(server, connection)
    before = account.state()
    status, answer = account.ask(*route, *sent)
    assert 200 <= status < 500, answer
    if status >= 300:
        refusal(status, answer)
        assert account.state() == before
    account.shows_strict_json()


@settings(deadline=None, max_examples=150)
@given(route=st.sampled_from(ROUTES), body=ANYTHING)
def test_what_is_shown_after_any_body_is_strict_json(
    server: MockAutopilot, connection: HTTPConnection, route: tuple[str, str], body: bytes
) -> None:
    account = Account(server, connection)
    account.ask(*route, body)
    account.shows_strict_json()
