"""A factory of a test's own, in a process of its own."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from contract_tests.processes import TIMEOUT
from contract_tests.targets import PythonTarget

SETTINGS = {
    "base_url": "http://127.0.0.1:1/v1/",
    "api_key": "k",
    "journeys": {"E": "0001"},
    "default_trigger": "0000",
}
MESSAGE = {"type": "identify", "userId": "u1"}

Open = Callable[..., PythonTarget]


@pytest.fixture
def open_target(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Open]:
    """Make a target of a module's text, whose `factory` is the factory."""
    monkeypatch.chdir(tmp_path)
    with ExitStack() as opened:

        def open_target(code: str, timeout: float = TIMEOUT) -> PythonTarget:
            (tmp_path / "own.py").write_text(code)
            target = PythonTarget("own:factory", SETTINGS, timeout)
            opened.callback(target.close)
            return target

        yield open_target


def delivering(*lines: str) -> str:
    """Return a module whose forwarder runs these lines for each message."""
    return (
        "\n".join(["def factory(settings):", "    def deliver(message):"])
        + "".join(f"\n        {line}" for line in lines)
        + "\n    return deliver\n"
    )
