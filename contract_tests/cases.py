"""An example as a fixture case: what happened in it, and what must have come of that."""

from collections.abc import Collection
from typing import Any

from contract_tests.protocol import Message, Person, Settings


class CaseRecorder:
    """Takes down the faults of an example and what its clause requires, for a fixture case of it.

    The format is that of `mock_autopilot.cli.cases`. What a clause requires otherwise than of one
    delivery, one person or the account as a whole is not in it, such as that nothing else changes.
    """

    def __init__(self, settings: Settings) -> None:
        self._settings = {name: settings[name] for name in ("journeys", "default_trigger")}
        self._faults: list[dict[str, Any]] = []
        self._deliveries: list[dict[str, Any]] = []
        self._people: dict[Person, dict[str, Any]] = {}
        self._account: dict[str, Any] = {}

    def fault(self, fault: dict[str, Any]) -> None:
        """Note a fault that is there from the next message on."""
        self._faults.append({"before": len(self._deliveries) + 1, **fault})

    def next_message(self) -> None:
        """Note that a message is handed over: what was expected before it holds no longer."""
        self._deliveries.append({})
        self._people.clear()
        self._account.clear()

    def delivery(self, **expected: Any) -> None:
        """Note what is expected of the last message's delivery."""
        self._deliveries[-1] |= expected

    def account(self, **expected: Any) -> None:
        """Note what is expected of the account as a whole."""
        self._account |= expected

    def person(
        self,
        person: Person,
        strict: Collection[str] = (),
        *,
        if_delivered: bool = False,
        **expected: dict[str, Any],
    ) -> None:
        """Note what is expected of a person's contact, or only if the last message is delivered."""
        noted: dict[str, Any] = self._people.setdefault(person, dict(person.identifiers))
        if strict:
            noted["strict"] = sorted({*noted.get("strict", ()), *strict})
        if if_delivered:
            noted["if_delivered"] = len(self._deliveries)
        for part, things in expected.items():
            noted[part] = {**noted.get(part, {}), **things}

    def to_json(self, messages: list[Message]) -> dict[str, Any]:
        """Give the case, but for its name and its reason."""
        case: dict[str, Any] = {}
        if any(message.get("type") == "track" for message in messages):
            case["settings"] = self._settings
        if self._faults:
            case["faults"] = self._faults
        expect = {"deliveries": self._deliveries, **self._account}
        if self._people:
            expect["people"] = list(self._people.values())
        return {**case, "messages": messages, "expect": expect}
