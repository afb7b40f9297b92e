"""The account that the forwarder writes to, seen through its public control calls only."""

import json
from collections.abc import Iterable
from http.client import HTTPConnection, HTTPResponse
from typing import Any
from urllib.parse import quote

from contract_tests.protocol import Settings, SetupError
from mock_autopilot import ApiError, MockAutopilot
from mock_autopilot.installation import installed_version as fake_version

__all__ = ["Fake", "fake_version", "open_fake"]

JOURNEYS = {"Step Activated": "0001", "Order Completed": "0002", "step activated": "0003"}
"""The events that have a trigger of their own in the settings of a run."""
DEFAULT_TRIGGER = "0000"
"""The trigger of all other events."""


class Fake:
    """A running fake account, and the control calls that the suite makes."""

    def __init__(
        self,
        *,
        host: str,
        port: int,
        api_key: str,
        journeys: dict[str, str],
        strict: bool = False,
        auto_journeys: bool = True,
    ) -> None:
        self._mock = MockAutopilot(
            api_key, host=host, port=port, strict=strict, auto_journeys=auto_journeys
        )
        self.settings: Settings = {
            "base_url": self._mock.base_url,
            "api_key": api_key,
            "journeys": journeys,
            "default_trigger": DEFAULT_TRIGGER,
        }
        address = "127.0.0.1" if host == "0.0.0.0" else host  # noqa: S104  # compared with, not bound to
        self._connection = HTTPConnection(address, self._mock.port, timeout=30)
        self._headers = {"autopilotapikey": api_key}
        if self._mock.control_token:
            self._headers["Authorization"] = f"Bearer {self._mock.control_token}"

    def reset(self) -> None:
        """Empty the account."""
        self._ask("POST", "reset")

    def calls(self, after: int = 0) -> list[dict[str, Any]]:
        """Return the calls recorded since the reset, and since the call of that number."""
        calls: list[dict[str, Any]] = self._ask("GET", f"calls?after={after}")["calls"]
        return calls

    def state(self) -> dict[str, Any]:
        """Return the account's contacts and journeys."""
        state: dict[str, Any] = self._ask("GET", "state")
        return state

    def put_state(self, state: dict[str, Any]) -> None:
        """Replace the account's state."""
        self._ask("PUT", "state", state)

    def fail(self, **fault: Any) -> None:
        """Set a fault: `match`, `respond`, `times` of the control call."""
        self._ask("POST", "faults", fault)

    def end_faults(self) -> None:
        """Take back all faults."""
        self._ask("DELETE", "faults")

    def call(self, method: str, path: str, *body: Any) -> tuple[int, Any]:
        """Make a call of the API, with one body or none; return its status and JSON.

        `path` is percent-decoded. The JSON is None where there is none.
        """
        raw = json.dumps(body[0]) if body else None
        answer = self._request(method, quote(path, safe="/@:+"), raw)
        text = answer.read()
        try:
            return answer.status, json.loads(text)
        except ValueError:
            return answer.status, None

    def close(self) -> None:
        """Stop it."""
        self._connection.close()
        self._mock.close()

    def _ask(self, method: str, path: str, body: Any = None) -> Any:
        raw = None if body is None else json.dumps(body)
        answer = self._request(method, f"/_mock/{path}", raw)
        text = answer.read()
        if answer.status != 200:
            raise SetupError(f"{method} /_mock/{path}: {answer.status} {text.decode()}")
        return json.loads(text)

    def _request(self, method: str, path: str, raw: str | None) -> HTTPResponse:
        try:
            self._connection.request(method, path, raw, self._headers)
            return self._connection.getresponse()
        except ConnectionError:  # closed while a forwarder took its time
            self._connection.close()
            self._connection.request(method, path, raw, self._headers)
            return self._connection.getresponse()


def open_fake(
    *,
    host: str,
    port: int,
    api_key: str,
    triggers: Iterable[str] = (),
    strict: bool = False,
    auto_journeys: bool = True,
) -> Fake:
    """Start a fake. `triggers` are EVENT=ID pairs beside the events that a run always has.

    `strict` and `auto_journeys` are options of the fake's own.

    Raises `SetupError` when it cannot be started.
    """
    journeys = dict(JOURNEYS)
    for pair in triggers:
        event, _, trigger_id = pair.rpartition("=")
        if not event or not trigger_id or trigger_id == DEFAULT_TRIGGER:
            raise SetupError(f"--trigger {pair!r}: write EVENT=ID, not the default trigger")
        journeys[event] = trigger_id
    try:
        return Fake(
            host=host,
            port=port,
            api_key=api_key,
            journeys=journeys,
            strict=strict,
            auto_journeys=auto_journeys,
        )
    except ApiError as error:
        raise SetupError(f"--api-key {api_key!r}: {error}") from None
    except (OSError, ValueError) as error:
        raise SetupError(f"the fake cannot listen on {host}:{port}: {error}") from None
