"""The fixture cases: messages, and what must come of them. Run by `demo` and by the tests.

A case is a JSON file: `{id, title, why, source, demo?, settings?, faults?, messages, expect}`.
`faults` are those of `/_mock/faults`, each with the number of the message that it comes `before`.
Expected are, and what is not there is not compared:

* `deliveries`: the parts of each that are named, of `notes` their ids and paths;
* `calls`: method, path, status and body of each;
* `contacts`: each with all of its fields, `custom` by its keys going in; `number_of_contacts`;
* `journeys`: entries by trigger id;
* `people`: each the one contact of its `Email` and `user_id`, and of that only what is named:
  `traits` (custom fields, or fields of that name), `parts` (parts of objects, with the standard
  `fields` that may hold them), `types` (one of which such a custom field has),
  `fields`, `entries` (the properties of all its entries by trigger id); null is for what must not
  be there. They are compared as the contract's MUSTs are, and as strictly as `strict` says
  (`contract_tests.values`). With `if_delivered`, the number of a
  message, only if that was reported as delivered.

Contact ids are written `person_1`, `person_2`, … in the order of their creation.
"""

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from adapter import Delivery, Destination
from contract_tests.comparison import (
    Missing,
    agrees,
    entries_agree,
    matching,
    named,
    part_arrived,
    same,
    trait_agrees,
    type_named,
)
from mock_autopilot.account.fields import FIELDS, SEPARATOR, Role
from mock_autopilot.fixtures import fixtures_path
from mock_autopilot.mock import AccountView
from mock_autopilot.recording.journal import Call


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
    settings: dict[str, Any] = field(default_factory=dict)
    faults: list[dict[str, Any]] = field(default_factory=list)
    demo: bool = False

    def run(self, account: AccountView) -> Iterator[Step]:
        """Send the messages through the forwarder to an empty account, one after the other."""
        for trigger_id in self.expect.get("journeys", ()):
            account.add_journey(trigger_id, trigger_id)
        with Destination(
            api_key=account.api_key, base_url=account.base_url, **self.settings
        ) as destination:
            for number, message in enumerate(self.messages, start=1):
                self.strike(account, number)
                before = len(account.calls)
                delivery = destination.deliver(message)
                yield Step(message, delivery, account.calls[before:])

    def strike(self, account: AccountView, number: int) -> None:
        """Let the account have the faults that come before a message, counted from 1."""
        for fault in self.faults:
            if fault["before"] == number:
                match, times = fault.get("match", {}), fault.get("times", 1)
                account.fail_next(**match, **fault["respond"], times=times)


def load_cases() -> list[Case]:
    """Read all cases, in the order of their file names."""
    return [load_case(path) for path in sorted((fixtures_path() / "cases").glob("*.json"))]


def load_case(path: Path) -> Case:
    """Read one case."""
    return Case(**json.loads(path.read_text("utf-8")))


def differences(case: Case, steps: list[Step], account: AccountView) -> list[str]:
    """Compare what happened with what the case expects; a sentence for each difference."""
    found: list[str] = []

    def compare(what: str, expected: Any, actual: Any) -> None:
        if not same(expected, actual):
            found.append(f"{case.id}: {what}: expected {_json(expected)}, got {_json(actual)}")

    deliveries = case.expect["deliveries"]
    compare("number of deliveries", len(deliveries), len(steps))
    for number, (expected, step) in enumerate(zip(deliveries, steps, strict=False), start=1):
        for name, value in expected.items():
            actual = _of_delivery(step.delivery, name)
            compare(f"delivery {number}, {name}", value, actual)
    names = _names(steps)
    happened: dict[str, Callable[[], Any]] = {
        "calls": lambda: [_call(call, names) for step in steps for call in step.calls],
        "contacts": lambda: contacts_of(account),
        "number_of_contacts": lambda: len(account.contacts),
        "journeys": lambda: _journeys_of(account, names),
    }
    for part, look in happened.items():
        if part in case.expect:
            compare(part, case.expect[part], look())
    for expected in case.expect.get("people", ()):
        if _is_asked(expected, steps):
            identifiers = {n: expected[n] for n in ("Email", "user_id") if n in expected}
            there = matching(map(dict, account.contacts.values()), identifiers)
            compare(f"contacts of {_json(identifiers)}", 1, len(there))
            for contact in there[:1]:
                parts = {name: v for name, v in expected.items() if isinstance(v, dict)}
                strict = expected.get("strict", ())
                compare(f"{_json(identifiers)}", parts, _parts(parts, strict, contact, account))
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
            for field in document.get("custom_fields", ())
        }
        contacts.append({**contact, "custom": custom} if custom else contact)
    return contacts


def _of_delivery(delivery: Delivery, name: str) -> Any:
    if name == "notes":
        return [{"id": note.id, "path": note.path} for note in delivery.notes]
    return json.loads(_json(getattr(delivery, name)))


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
            {
                "contact": names.get(entry.contact_id, entry.contact_id),
                "properties": entry.properties,
            }
            for entry in journey.entries
        ]
        for trigger_id, journey in account.journeys.items()
    }


def _is_asked(expected: dict[str, Any], steps: list[Step]) -> bool:
    number = expected.get("if_delivered")
    return number is None or steps[number - 1].delivery.delivered


def _parts(
    expected: dict[str, Any], strict: list[str], contact: dict[str, Any], account: AccountView
) -> dict[str, Any]:
    """Return what is there of what is expected of a person; the expected where it agrees."""
    there: dict[str, Any] = {}
    if "traits" in expected:
        there["traits"] = {
            name: value if trait_agrees(value, contact, name, strict) else _value(contact, name)
            for name, value in expected["traits"].items()
        }
    if "parts" in expected:
        there["parts"] = {
            path: part if part_arrived(contact, path, **part) else None
            for path, part in expected["parts"].items()
        }
    if "types" in expected:
        there["types"] = {}
        for name, fitting in expected["types"].items():
            arrived_type = type_named(contact, name)
            there["types"][name] = fitting if arrived_type in (None, *fitting) else arrived_type
    if "fields" in expected:
        fields = {name: contact.get(name) for name in expected["fields"]}
        there["fields"] = {
            name: value if agrees(value, fields[name]) else fields[name]
            for name, value in expected["fields"].items()
        }
    if "entries" in expected:
        there["entries"] = _entries_of(contact["contact_id"], account)
        for trigger_id, entries in expected["entries"].items():
            if entries_agree(entries, there["entries"].get(trigger_id, []), strict):
                there["entries"][trigger_id] = entries
    return there


def _value(contact: dict[str, Any], name: str) -> Any:
    value = named(contact, name)
    return None if isinstance(value, Missing) else value


def _entries_of(contact_id: str, account: AccountView) -> dict[str, list[dict[str, Any]]]:
    """Return the properties of all entries of a contact by trigger id."""
    entries: dict[str, list[dict[str, Any]]] = {}
    for trigger_id, journey in account.journeys.items():
        for entry in journey.entries:
            if entry.contact_id == contact_id:
                entries.setdefault(trigger_id, []).append(entry.properties)
    return entries


def _json(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, sort_keys=True)
