"""Connections that are closed when a test is over."""

import socket
from collections.abc import Iterator

import pytest


@pytest.fixture
def sockets() -> Iterator[list[socket.socket]]:
    opened: list[socket.socket] = []
    yield opened
    for one in opened:
        one.close()
