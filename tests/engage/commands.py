"""Run the command `engage` in this process."""

import importlib
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

from click.testing import CliRunner, Result

from mock_autopilot import AccountView
from mock_autopilot.cli import main

MODULE = importlib.import_module("mock_autopilot.cli.engage")
"""The module: the package has the command under the same name."""


def engage(folder: Path, definition: Any, *options: str) -> Result:
    """Run it on this definition, which is written to `space.json`, JSON unless it is bytes."""
    raw = definition if isinstance(definition, bytes) else json.dumps(definition).encode()
    (folder / "space.json").write_bytes(raw)
    command = ["engage", str(folder / "space.json"), *options]
    return CliRunner().invoke(main, command, catch_exceptions=False)


def target(account: AccountView) -> tuple[str, ...]:
    """Return the options that play to this account."""
    return "--base-url", account.base_url, "--api-key", account.api_key


def sent(account: AccountView) -> list[Any]:
    """Return the contacts that were sent to it and taken, in their order."""
    taken = [call.body for call in account.calls if call.status == 200]
    return [body["contact"] for body in taken if "contact" in body]


class Waits:
    """Replaces waiting: records the instants, and does something at one of them."""

    def __init__(self, number: int, happen: Callable[[], object]) -> None:
        self.number = number
        self.happen = happen
        self.instants: list[Any] = []

    def __call__(self, *_: object) -> Callable[[Any], None]:
        return self.wait_until

    def wait_until(self, instant: Any) -> None:
        """Record the instant; at the given number do something."""
        self.instants.append(instant)
        if len(self.instants) == self.number:
            self.happen()
