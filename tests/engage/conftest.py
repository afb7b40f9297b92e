"""A space for each test."""

import pytest

from adapter.engage import Space
from tests.engage.times import START


@pytest.fixture
def space() -> Space:
    return Space(clock=lambda: START)
