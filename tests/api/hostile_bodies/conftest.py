"""An account for each test, with something in it."""

from http.client import HTTPConnection

import pytest

from mock_autopilot import MockAutopilot
from tests.api.hostile_bodies.account import Account


@pytest.fixture
def account(server: MockAutopilot, connection: HTTPConnection) -> Account:
    return Account(server, connection)
