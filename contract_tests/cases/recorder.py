"""Makes a fixture case of an example: what happened in it, and what must have come of that."""

from typing import Any

from msgspec import UNSET, to_builtins

from contract_tests.cases.format import AccountExpectation, ExpectedDelivery, ExpectedPerson
from contract_tests.clauses import Clause
from contract_tests.protocol import Message, Person, Settings

Json = dict[str, Any]


class CaseRecorder:
    """Records the faults of an example and what its clause requires.

    What a clause requires otherwise than of one delivery, one person or the account as a whole
    cannot be said in a case, such as that nothing else changes.
    """

    def __init__(self, settings: Settings) -> None:
        self._settings = {name: settings[name] for name in ("journeys", "default_trigger")}
        self._faults: list[Json] = []
        self._deliveries: list[Json] = []
        self._people: dict[tuple[tuple[str, str], ...], Json] = {}
        self._account: Json = {}

    def fault(self, fault: Json) -> None:
        """Record a fault that is set before the next message."""
        self._faults.append({"before": len(self._deliveries) + 1, **fault})

    def next_message(self) -> None:
        """Record that a message is handed over: earlier expectations no longer hold."""
        self._deliveries.append({})
        self._people.clear()
        self._account.clear()

    def delivery(self, expected: ExpectedDelivery) -> None:
        """Record what is expected of the last message's delivery."""
        self._deliveries[-1] |= to_builtins(expected)

    def account(self, expected: AccountExpectation) -> None:
        """Record what is expected of the account as a whole."""
        self._account |= to_builtins(expected)

    def person(self, expected: ExpectedPerson, *, if_delivered: bool = False) -> None:
        """Record what is expected of a person's contact, or only if the last one is delivered."""
        key = tuple(expected.identifiers.items())
        noted = self._people.setdefault(key, {})
        for name, value in to_builtins(expected).items():
            if isinstance(value, dict):
                noted[name] = {**noted.get(name, {}), **value}
            elif isinstance(value, list):
                noted[name] = sorted({*noted.get(name, ()), *value})
            else:
                noted[name] = value
        if if_delivered:
            noted["if_delivered"] = len(self._deliveries)

    def to_json(self, messages: list[Message]) -> Json:
        """Return the case, but for its name and its reason."""
        case: Json = {}
        if any(message.get("type") == "track" for message in messages):
            case["settings"] = self._settings
        if self._faults:
            case["faults"] = self._faults
        expect = {"deliveries": self._deliveries, **self._account}
        if self._people:
            expect["people"] = list(self._people.values())
        return {**case, "messages": messages, "expect": expect}


def fixture_case(clause: Clause, example: Json) -> Json:
    """Return the fixture case of a failed clause; `example` is what `CaseRecorder` made."""
    return {
        "id": f"found-{clause.id.lower()}",
        "title": clause.title,
        "why": f"A forwarder broke {clause.id} with these messages.",
        "source": clause.source,
        **example,
    }


def expected_person(person: Person, **parts: Any) -> ExpectedPerson:
    """Return what is expected of the contact that has a person's identifiers."""
    identifiers = person.identifiers
    email, user_id = identifiers.get("Email", UNSET), identifiers.get("user_id", UNSET)
    return ExpectedPerson(email, user_id, **parts)
