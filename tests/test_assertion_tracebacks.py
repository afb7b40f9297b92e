"""A failing assertion is shown by pytest at the line of the test, not inside the fake."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from mock_autopilot import AccountView
from tests.conftest import ask

FAILING: list[Callable[[AccountView], Any]] = [
    lambda seen: seen.assert_contact("ada@example.com"),
    lambda seen: seen.assert_contact(None),  # type: ignore[arg-type]  # is refused
    lambda seen: seen.assert_no_contact("u1"),
    lambda seen: seen.assert_in_journey("Welcome", "u1"),
    lambda seen: seen.assert_in_journey("Welcome", "u1", times=-1),
    lambda seen: seen.assert_called("GET", "/v1/contacts"),
    lambda seen: seen.assert_called("GET", "contacts"),
    lambda seen: seen.assert_called("TEG", "/v1/contacts"),
    lambda seen: seen.assert_not_called(),
    lambda seen: seen.assert_no_rejections(),
    lambda seen: seen.assert_no_warnings(),
    lambda seen: seen.wait_for(lambda again: again.assert_contact("ada@example.com"), 0),
    lambda seen: seen.wait_for(lambda _: True, -1),
]


@pytest.mark.parametrize("failing", FAILING)
def test_the_last_line_that_is_shown_is_the_tests(
    account: AccountView, failing: Callable[[AccountView], Any]
) -> None:
    ask(account, "POST", "contact", {"contact": {"user_id": "u1", "Frist": 1}})
    ask(account, "POST", "contact", {})
    with pytest.raises(Exception, match=r".") as caught:
        failing(account)
    shown = caught.traceback.filter(caught)
    assert [Path(entry.path) for entry in shown] == [Path(__file__)] * len(shown)
    assert caught.value.__context__ is None
