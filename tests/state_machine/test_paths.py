"""Addresses of all kinds in the path of a call."""

from collections import Counter
from http.client import HTTPConnection

import pytest

from mock_autopilot import MockAutopilot
from tests.state_machine.machine import AccountStateMachine


@pytest.mark.parametrize(
    "address",
    [
        "a+b@example.com",
        "a/b@example.com",
        "a//b@example.com",
        "/a@example.com",
        "a@b.c/",
        "a%2Fb@example.com",
        "a b@example.com",
        "?a=b#c@example.com",
        "zoë@example.com",
        "a;b@example.com",
        "\\a@example.com",
        "..",
        "\0@a",
        "a\nb@example.com",
    ],
    ids=repr,
)
def test_a_path_may_contain_any_address(
    address: str, server: MockAutopilot, connection: HTTPConnection
) -> None:
    machine = AccountStateMachine(server, connection, Counter())
    machine.upsert({"Email": address})
    machine.get(address, "")
    machine.unsubscribe(address)
    machine.enter("0001", address, None)
    machine.the_state_is_the_model()
    machine.eject("0001", address, False, False)
    machine.delete(address)
    machine.the_state_is_the_model()
