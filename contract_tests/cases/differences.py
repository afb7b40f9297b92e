"""What differs between what is expected and what happened, for a clause and for a fixture case."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from msgspec import UNSET, to_builtins

from contract_tests.cases.format import (
    AccountExpectation,
    Case,
    ExpectedDelivery,
    ExpectedPerson,
    Json,
    ReferenceExpectation,
)
from contract_tests.cases.runner import Step
from contract_tests.comparison import (
    Missing,
    agrees,
    custom_name,
    entries_agree,
    matching,
    named,
    part_arrived,
    same,
    trait_agrees,
    type_named,
)
from contract_tests.protocol import Result
from contract_tests.text import Prose, shown

#: What the account makes of itself.
MADE = (
    "Name",
    "api_originated",
    "contact_id",
    "created_at",
    "custom_fields",
    "lists",
    "merged_contact_ids",
    "type",
    "updated_at",
)
State = dict[str, Any]
"""What `GET /_mock/state` shows."""


@dataclass(frozen=True)
class Difference:
    """What is not as expected; `arrived` is `Missing` when nothing is there."""

    what: str
    expected: Any
    arrived: Any

    def __str__(self) -> str:
        expected, arrived = self.in_words()
        return f"{self.what}: expected {expected}, got {arrived}"

    def in_words(self) -> tuple[str, str]:
        """Return what was expected and what arrived, as people read them."""
        nothing = isinstance(self.arrived, Missing)
        return shown(self.expected), "nothing" if nothing else shown(self.arrived)

    def to_json(self) -> Json:
        """Return it without `arrived` when nothing is there; `prose` names what is no value."""
        values = {"expected": self.expected}
        if not isinstance(self.arrived, Missing):
            values["arrived"] = self.arrived
        prose = [name for name, value in values.items() if isinstance(value, Prose)]
        return {"what": self.what, **values, **({"prose": prose} if prose else {})}


def who(identifiers: Mapping[str, str]) -> str:
    """Return a person's identifiers as people read them."""
    return " and ".join(reversed(list(identifiers.values())))


def case_differences(
    case: Case, steps: Sequence[Step], state: State, *, reference: bool = False
) -> list[Difference]:
    """Compare what happened with what a case expects.

    Args:
        case: the case.
        steps: what the runner gave for its messages.
        state: the account's state after the last of them.
        reference: whether the forwarder is this project's own.

    """
    found: list[Difference] = []
    for number, (delivery, step) in enumerate(zip(case.expect.deliveries, steps, strict=True), 1):
        if reports(delivery, step.result):
            found += delivery_differences(delivery, step.result, f"message {number}: ")
    found += account_differences(case.expect, state, contact_names(steps))
    for person in case.expect.people:
        number_asked = person.if_delivered
        if number_asked is UNSET or steps[number_asked - 1].result.delivered:
            found += person_differences(person, state)
    if reference and case.expect.reference is not UNSET:
        found += account_differences(case.expect.reference, state, contact_names(steps))
        found += _reference_differences(case.expect.reference, steps)
    return found


def reports(expected: ExpectedDelivery, result: Result) -> bool:
    """Return whether a result can say what is expected of it.

    Who answers before it delivers cannot report a failure.
    """
    return bool(expected.delivered) or not (result.early and result.delivered)


def delivery_differences(
    expected: ExpectedDelivery, result: Result, which: str = ""
) -> Iterator[Difference]:
    """Compare what a forwarder reported of a message with what is expected."""
    if expected.delivered is True and not result.delivered:
        reported = Prose(f"{result.status} {result.message}".strip())
        yield Difference(f"{which}reported outcome", Prose("delivered (2xx)"), reported)
    if expected.delivered is False and result.delivered:
        yield Difference(f"{which}reported outcome", Prose("not delivered"), Prose("delivered"))
    if expected.status is not UNSET and expected.status != result.status:
        yield Difference(f"{which}reported status", expected.status, result.status)
    if expected.message is not UNSET and expected.message not in result.message:
        yield Difference(f"{which}reported message", expected.message, result.message)


def account_differences(
    expected: AccountExpectation, state: State, names: Mapping[str, str]
) -> Iterator[Difference]:
    """Compare the account as a whole; `names` are those of contact ids in a case."""
    contacts = [as_sent(contact) for contact in state["contacts"]]
    if expected.contacts is not UNSET and not same(expected.contacts, contacts):
        yield Difference("contacts", expected.contacts, contacts)
    if expected.number_of_contacts not in (UNSET, len(contacts)):
        yield Difference("contacts", Prose(f"{expected.number_of_contacts} in all"), contacts)
    if expected.journeys is not UNSET:
        wanted = {name: to_builtins(them) for name, them in expected.journeys.items() if them}
        journeys = _journeys(state, names)
        if not same(wanted, journeys):
            yield Difference("journeys", wanted, journeys)


def person_differences(person: ExpectedPerson, state: State) -> Iterator[Difference]:
    """Compare the one contact that has a person's identifiers with what is expected of it."""
    found = matching(state["contacts"], person.identifiers)
    if len(found) != 1:
        known = [as_sent(contact) for contact in state["contacts"]]
        yield Difference(f"contacts with {shown(person.identifiers)}", Prose("exactly one"), known)
        return
    (contact,) = found
    of = f"of {who(person.identifiers)}"
    for name, value in person.traits.items():
        if not trait_agrees(value, contact, name, person.strict):
            yield _missed(f"trait {name!r} {of}", value, named(contact, name))
    for path, part in person.parts.items():
        if not part_arrived(contact, path, part.value, part.fields):
            yield Difference(f"{path!r} {of}", part.value, as_sent(contact))
    for name, fitting in person.types.items():
        arrived_type = type_named(contact, name)
        if arrived_type and arrived_type not in fitting:
            wanted_type = Prose(" or ".join(fitting))
            yield Difference(f"type of trait {name!r} {of}", wanted_type, Prose(arrived_type))
    for name, value in person.fields.items():
        arrived = contact.get(name, Missing())
        there = not isinstance(arrived, Missing)
        if there if value is None else not agrees(value, arrived):
            yield _missed(f"field {name} {of}", value, arrived)
    if person.entries is not UNSET:
        entered = entries_of(contact["contact_id"], state)
        for trigger in sorted(person.entries.keys() | entered.keys()):
            wanted, entries = person.entries.get(trigger, []), entered.get(trigger, [])
            if not entries_agree(wanted, entries, person.strict):
                what = f"entries {of} into the journey of trigger {trigger}"
                yield Difference(what, wanted, entries)


def _missed(what: str, expected: Any, arrived: Any) -> Difference:
    return Difference(what, Prose("nothing") if expected is None else expected, arrived)


def _reference_differences(
    expected: ReferenceExpectation, steps: Sequence[Step]
) -> Iterator[Difference]:
    for number, (delivery, step) in enumerate(zip(expected.deliveries, steps, strict=True), 1):
        result = step.result
        reported = {"status": result.status, "message": result.message, **result.details}
        for name, value in delivery.items():
            arrived = reported.get(name, Missing())
            if not same(value, arrived):
                yield Difference(f"message {number}: {name}", value, arrived)
    names = contact_names(steps)
    made = [_call(call, names) for step in steps for call in step.calls]
    calls = to_builtins(expected.calls)
    if not same(calls, made):
        yield Difference("calls", calls, made)


# --- what is there, as a case writes it ---


def contact_names(steps: Sequence[Step]) -> dict[str, str]:
    """Return names for contact ids: `person_1`, … in the order in which answers show them."""
    answers = [call["answer"] for step in steps for call in step.calls if call["status"] == 200]
    ids = dict.fromkeys(
        contact_id
        for answer in answers
        if isinstance(answer, dict)
        for contact_id in (answer.get("contact_ids") or [answer.get("contact_id")])
        if contact_id
    )
    return {contact_id: f"person_{number}" for number, contact_id in enumerate(ids, start=1)}


def as_sent(contact: Json) -> Json:
    """Return a contact without what the account makes, `custom` by its keys as they are sent."""
    fields = {name: value for name, value in contact.items() if name not in MADE}
    custom = {custom_name(one): one["value"] for one in contact.get("custom_fields", ())}
    return {**fields, "custom": custom} if custom else fields


def _journeys(state: State, names: Mapping[str, str]) -> dict[str, list[Json]]:
    return {
        journey["trigger_id"]: [
            {
                "contact": names.get(entry["contact_id"], entry["contact_id"]),
                "properties": entry["properties"],
                **({"ejected": True} if entry["ejected_at"] else {}),
            }
            for entry in journey["entries"]
        ]
        for journey in state["journeys"]
        if journey["entries"]
    }


def entries_of(contact_id: str, state: State) -> dict[str, list[Json]]:
    """Return the properties of a contact's entries by trigger id."""
    entries = {
        journey["trigger_id"]: [
            entry["properties"] for entry in journey["entries"] if entry["contact_id"] == contact_id
        ]
        for journey in state["journeys"]
    }
    return {trigger: properties for trigger, properties in entries.items() if properties}


def _call(call: Json, names: Mapping[str, str]) -> Json:
    path = call["path"]
    for contact_id, name in names.items():
        path = path.replace(contact_id, name)
    return {**{key: call[key] for key in ("method", "status", "body")}, "path": path}
