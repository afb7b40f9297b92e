"""The fixture cases: messages, and what must come of them. Run by `demo` and by the tests.

A case is a JSON file: `{id, title, why, source, demo?, settings?, messages, expect}`. Expected are
`deliveries` (the parts of each that are named), `calls` (method, path, status and body of each),
`contacts` (each with all of its fields, `custom` by its keys going in) and `journeys` (entries by
trigger id); what is not there is not compared. Contact ids are written `person_1`, `person_2`, … in
the order of their creation.
"""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from adapter import Delivery, Destination
from mock_autopilot.fields import FIELDS, SEPARATOR, Role
from mock_autopilot.fixtures import fixtures_path
from mock_autopilot.journal import Call
from mock_autopilot.mock import AccountView


@dataclass(frozen=True)
class Step:
    """One message of a case, what became of it, and the calls that reached the account."""

    message: dict[str, Any]
    delivery: Delivery
    calls: list[Call]


@dataclass(frozen=True)
class Case:
    """One case as its file has it."""

    id: str
    title: str
    why: str
    source: str
    messages: list[dict[str, Any]]
    expect: dict[str, Any]
    settings: dict[str, Any]
    demo: bool = False

    def run(self, account: AccountView) -> Iterator[Step]:
        """Send the messages through the forwarder to an empty account, one after the other."""
        for trigger_id in self.expect.get("journeys", ()):
            account.add_journey(trigger_id, trigger_id)
        with Destination(
            api_key=account.api_key, base_url=account.base_url, **self.settings
        ) as destination:
            for message in self.messages:
                before = len(account.calls)
                delivery = destination.deliver(message)
                yield Step(message, delivery, account.calls[before:])


def load_cases() -> list[Case]:
    """Read all cases, in the order of their file names."""
    return [load_case(path) for path in sorted((fixtures_path() / "cases").glob("*.json"))]


def load_case(path: Path) -> Case:
    """Read one case."""
    raw = json.loads(path.read_text("utf-8"))
    return Case(**{"settings": {}, **raw})


def differences(case: Case, steps: list[Step], account: AccountView) -> list[str]:
    """Compare what happened with what the case expects; a sentence for each difference."""
    found: list[str] = []

    def compare(what: str, expected: Any, actual: Any) -> None:
        if expected != actual:
            found.append(f"{case.id}: {what}: expected {_json(expected)}, got {_json(actual)}")

    deliveries = case.expect["deliveries"]
    compare("number of deliveries", len(deliveries), len(steps))
    for number, (expected, step) in enumerate(zip(deliveries, steps, strict=False), start=1):
        for name, value in expected.items():
            actual = getattr(step.delivery, name)
            actual = list(actual) if isinstance(actual, tuple) else actual
            compare(f"delivery {number}, {name}", value, actual)
    names = _names(steps)
    happened = {
        "calls": [_call(call, names) for step in steps for call in step.calls],
        "contacts": contacts_of(account),
        "journeys": _journeys_of(account, names),
    }
    for part, actual in happened.items():
        if part in case.expect:
            compare(part, case.expect[part], actual)
    return found


def contacts_of(account: AccountView) -> list[dict[str, Any]]:
    """Give the account's contacts without what Autopilot makes, `custom` as it goes in."""
    made = {name for name, field in FIELDS.items() if field.role is Role.READ_ONLY} | {"contact_id"}
    contacts = []
    for document in account.contacts.values():
        contact = {name: value for name, value in document.items() if name not in made}
        custom = {
            f"{field['fieldType']}{SEPARATOR}{field['kind'].replace(' ', SEPARATOR)}": field[
                "value"
            ]
            for field in document["custom_fields"]
        }
        contacts.append({**contact, "custom": custom} if custom else contact)
    return contacts


def _names(steps: list[Step]) -> dict[str, str]:
    """Name the contact ids in the order in which the answers first show them."""
    answers = [call.answer for step in steps for call in step.calls if call.status == 200]
    ids = dict.fromkeys(answer["contact_id"] for answer in answers if "contact_id" in answer)
    return {contact_id: f"person_{number}" for number, contact_id in enumerate(ids, start=1)}


def _call(call: Call, names: dict[str, str]) -> dict[str, Any]:
    path = call.path
    for contact_id, name in names.items():
        path = path.replace(contact_id, name)
    return {"method": call.method, "path": path, "status": call.status, "body": call.body}


def _journeys_of(account: AccountView, names: dict[str, str]) -> dict[str, Any]:
    return {
        trigger_id: [
            {"contact": names[entry.contact_id], "properties": entry.properties}
            for entry in journey.entries
        ]
        for trigger_id, journey in account.journeys.items()
    }


def _json(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, sort_keys=True)
