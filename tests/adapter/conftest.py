"""A clock, a stubbed Autopilot, and destinations that use them."""

from collections.abc import Iterator
from typing import Any

import pytest
import responses

from adapter import (
    Destination,
)
from tests.adapter.support import BASE, KEY, Make, Time


@pytest.fixture
def time() -> Time:
    return Time()


@pytest.fixture
def autopilot() -> Iterator[responses.RequestsMock]:
    with responses.RequestsMock() as mock:
        yield mock


@pytest.fixture
def to(time: Time) -> Iterator[Make]:
    made: list[Destination] = []

    def make(**settings: Any) -> Destination:
        settings = {"api_key": KEY, "base_url": BASE, "random": lambda: 1.0, **settings}
        made.append(Destination(clock=time.clock, sleep=time.sleep, **settings))
        return made[-1]

    yield make
    for destination in made:
        destination.close()


@pytest.fixture
def destination(to: Make) -> Destination:
    return to()
