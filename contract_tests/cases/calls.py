"""Runs fixture cases with calls: makes them at the fake, without a forwarder, and compares."""

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from msgspec import UNSET

from contract_tests.cases.differences import (
    Difference,
    State,
    account_differences,
    person_differences,
)
from contract_tests.cases.format import Case, CaseCall
from contract_tests.comparison import Missing, same
from contract_tests.fake import Fake
from contract_tests.protocol import SetupError
from contract_tests.text import Prose


@dataclass(frozen=True)
class CallStep:
    """A call of a case, and how the fake answered; contact ids are by their names."""

    call: CaseCall
    status: int
    answer: Any


def run_calls(case: Case, fake: Fake) -> tuple[list[CallStep], State]:
    """Give the account its state, and make the calls; return them, and the state after the last.

    Raises:
        SetupError: the fake does not take the state, or a call is none of the API.

    """
    fake.reset()
    fake.put_state(case.account.state)
    names = _Names(fake.state())
    steps = []
    last = 0
    for call in case.calls:
        path, body = names.put_ids(call.path), names.put_ids(call.body)
        status, answer = fake.call(call.method, path, *(() if body is UNSET else (body,)))
        recorded = fake.calls(after=last)
        if not recorded:
            raise SetupError(f"{call.method} {call.path} is no call of the API")
        last = recorded[-1]["number"]
        created = recorded[-1]["effects"]["contacts_created"]
        names.add(contact["contact_id"] for contact in created)
        steps.append(CallStep(call, status, names.put_names(answer)))
    state: State = names.put_names(fake.state())
    return steps, state


def call_differences(case: Case, steps: Sequence[CallStep], state: State) -> list[Difference]:
    """Compare how the fake answered, and what came of it, with what a case expects."""
    found: list[Difference] = []
    for number, (call, step) in enumerate(zip(case.calls, steps, strict=True), 1):
        which = f"call {number}, {call.method} {call.path}: "
        if call.status != step.status:
            found.append(Difference(f"{which}status", call.status, step.status))
        if call.answer is not UNSET:
            found += _answer_differences(f"{which}answer", call.answer, step.answer)
    found += account_differences(case.expect, state, {})
    for person in case.expect.people:
        found += person_differences(person, state)
    return found


def _answer_differences(what: str, expected: Any, arrived: Any) -> list[Difference]:
    """Compare an answer with the members that it must have; it may have others."""
    match expected, arrived:
        case dict(), dict():
            return [
                one
                for name, value in expected.items()
                for one in _answer_differences(
                    f"{what}.{name}", value, arrived.get(name, Missing())
                )
            ]
        case list(), list() if len(expected) == len(arrived):
            return [
                one
                for at, value in enumerate(expected)
                for one in _answer_differences(f"{what}[{at}]", value, arrived[at])
            ]
        case None, None:
            return []
        case _:
            if same(expected, arrived):
                return []
            shown = Prose("null") if expected is None else expected
            return [Difference(what, shown, arrived)]


class _Names:
    """The names of contact ids, in the order of creation: those of the state come first."""

    _ID = re.compile("person_[0-9A-F]{8}(?:-[0-9A-F]{4}){3}-[0-9A-F]{12}", re.ASCII)
    _NAME = re.compile(r"person_[1-9][0-9]*(?!\w)", re.ASCII)

    def __init__(self, state: State) -> None:
        self._names: dict[str, str] = {}
        contacts = state["contacts"]
        self.add(contact["contact_id"] for contact in contacts)
        self.add(one for contact in contacts for one in contact["merged_contact_ids"])

    def add(self, contact_ids: Iterable[str]) -> None:
        """Give these ids the next names."""
        for contact_id in contact_ids:
            self._names[contact_id] = f"person_{len(self._names) + 1}"

    def put_names(self, value: Any) -> Any:
        """Return a JSON value with names in place of ids."""
        return _map_texts(
            value, lambda text: self._ID.sub(lambda m: self._names.get(m[0], m[0]), text)
        )

    def put_ids(self, value: Any) -> Any:
        """Return a JSON value with ids in place of names."""
        ids = {name: contact_id for contact_id, name in self._names.items()}
        return _map_texts(value, lambda text: self._NAME.sub(lambda m: ids.get(m[0], m[0]), text))


def _map_texts(value: Any, change: Callable[[str], str]) -> Any:
    match value:
        case str():
            return change(value)
        case dict():
            return {change(key): _map_texts(inner, change) for key, inner in value.items()}
        case list():
            return [_map_texts(inner, change) for inner in value]
        case _:
            return value
