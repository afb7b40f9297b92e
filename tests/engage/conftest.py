"""Accounts to play to."""

from collections.abc import Iterator

import pytest

from mock_autopilot import AccountView, MockAutopilot


@pytest.fixture(scope="session")
def server() -> Iterator[MockAutopilot]:
    with MockAutopilot() as autopilot:
        yield autopilot


@pytest.fixture
def account(server: MockAutopilot) -> AccountView:
    return server.new_account()
