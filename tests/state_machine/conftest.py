"""A fake with each storage."""

from collections.abc import Iterator

import pytest

from mock_autopilot import MockAutopilot


@pytest.fixture(scope="module")
def server(storage: None) -> Iterator[MockAutopilot]:
    with MockAutopilot() as fake:
        yield fake
