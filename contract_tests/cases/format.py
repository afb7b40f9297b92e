"""The format of a fixture case, as JSON files have it.

A case has messages, for a forwarder, or calls of the API, for the fake itself. What is absent from
`expect` is not compared. `reference` is compared for this project's own
forwarder only: its calls, its decisions where the contract leaves a choice, and what only its
answers have. All the rest is compared for every forwarder. docs/contract.md describes each field.
"""

import json
import re
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Annotated, Any, Literal

from msgspec import UNSET, Meta, Struct, UnsetType, ValidationError, convert, field

from contract_tests.fake import DEFAULT_TRIGGER, JOURNEYS
from contract_tests.protocol import Message, SetupError

Json = dict[str, Any]
#: The number of a message, counted from 1.
Number = Annotated[int, Meta(ge=1)]


class _Part(Struct, forbid_unknown_fields=True, omit_defaults=True):
    """A part of a case. A field that is not known is an error: it would not be compared."""


class CaseSettings(_Part):
    """The triggers that the forwarder is made with; by default those of a contract run."""

    journeys: dict[str, str] = field(default_factory=lambda: dict(JOURNEYS))
    default_trigger: str | None = DEFAULT_TRIGGER

    def trigger_of(self, event: object) -> str | None:
        """Return the trigger id of an event."""
        return self.journeys.get(str(event), self.default_trigger)


class CaseFault(_Part):
    """A fault as `POST /_mock/faults` takes it, set before the message of that number."""

    before: Number
    respond: Json
    match: Json = field(default_factory=dict)
    times: int | None = 1


class ExpectedDelivery(_Part):
    """What the forwarder must report of a message; `message` is part of what it reports."""

    delivered: bool | UnsetType = UNSET
    status: int | UnsetType | None = UNSET
    message: str | UnsetType = UNSET


class ExpectedPart(_Part):
    """The value of a part of an object, and the standard fields that may hold it instead."""

    value: Any
    fields: Json = field(default_factory=dict)


class ExpectedPerson(_Part):
    """What the one contact with these identifiers must have; null is for what must not be there."""

    email: str | UnsetType = field(name="Email", default=UNSET)
    user_id: str | UnsetType = UNSET
    if_delivered: Number | UnsetType = UNSET
    """Compare only if the message of that number was reported as delivered."""
    strict: list[Literal["exact", "nulls", "only"]] = field(default_factory=list)
    traits: Json = field(default_factory=dict)
    parts: dict[str, ExpectedPart] = field(default_factory=dict)
    types: dict[str, list[str]] = field(default_factory=dict)
    fields: Json = field(default_factory=dict)
    entries: dict[str, list[Json]] | UnsetType = UNSET

    @property
    def identifiers(self) -> dict[str, str]:
        """The identifiers by their names in a contact."""
        given = {"Email": self.email, "user_id": self.user_id}
        return {name: value for name, value in given.items() if value is not UNSET}


class ExpectedEntry(_Part):
    """An entry into a journey; contacts are `person_1`, `person_2`, … in order of creation."""

    contact: str
    properties: Json
    ejected: bool = False
    """Whether it has left the journey."""


class ExpectedCall(_Part):
    """A call of the reference forwarder."""

    method: str
    path: str
    status: int
    body: Any


class CaseCall(_Part):
    """A call of the API, the status of its answer, and members that the answer must have.

    In path, body and answer contact ids are `person_1`, … as in `ExpectedEntry`.
    """

    method: Annotated[str, Meta(pattern="^[A-Z]+$")]
    path: Annotated[str, Meta(pattern="^/")]
    status: int
    body: Any = UNSET
    answer: Any = UNSET


class CaseAccount(_Part):
    """The account of a case with calls: two options of the fake, and the state it begins with."""

    state: Json = field(default_factory=dict)
    strict: bool = False
    auto_journeys: bool = True


class AccountExpectation(_Part):
    """What is expected of the account as a whole: all of its contacts and journeys."""

    contacts: list[Json] | UnsetType = UNSET
    number_of_contacts: Annotated[int, Meta(ge=0)] | UnsetType = UNSET
    journeys: dict[str, list[ExpectedEntry]] | UnsetType = UNSET


class ReferenceExpectation(AccountExpectation):
    """What is expected of this project's own forwarder beyond what is expected of every one."""

    deliveries: list[Json] = field(default_factory=list)
    calls: list[ExpectedCall] = field(default_factory=list)


class Expectation(AccountExpectation, kw_only=True):
    """What must have come of the messages, or of the calls."""

    deliveries: list[ExpectedDelivery] = field(default_factory=list)
    people: list[ExpectedPerson] = field(default_factory=list)
    reference: ReferenceExpectation | UnsetType = UNSET


class Case(_Part, kw_only=True):
    """A fixture case: messages or calls of the API, and what must have come of them."""

    id: Annotated[str, Meta(min_length=1)]
    title: str
    why: str
    source: str
    demo: bool = False
    settings: CaseSettings = field(default_factory=CaseSettings)
    faults: list[CaseFault] = field(default_factory=list)
    messages: Annotated[list[Message], Meta(min_length=1)] = field(default_factory=list)
    left_out: list[str] = field(default_factory=list)
    """Calls that were received and are not in the case, and why: not compared."""
    account: CaseAccount = field(default_factory=CaseAccount)
    calls: Annotated[list[CaseCall], Meta(min_length=1)] = field(default_factory=list)
    expect: Expectation


def read_cases(files: Iterable[Path]) -> list[Case]:
    """Read cases. Raises `SetupError` for the first file that is none."""
    return [read_case(file) for file in files]


def read_case(file: Path) -> Case:
    """Read a case.

    Raises:
        SetupError: it cannot be read, or is no case; names the file, the field and the correction.

    """
    try:
        content = json.loads(
            file.read_bytes(), object_pairs_hook=_object, parse_constant=_refuse_constant
        )
        case = convert(content, Case)
    except OSError as error:
        raise SetupError(f"{file}: {error.strerror}") from None
    except RecursionError:
        raise SetupError(f"{file} is nested too deeply") from None
    except ValidationError as error:
        raise SetupError(f"{file}: {_in_words(str(error))}") from None
    except ValueError as error:
        raise SetupError(f"{file} is not JSON: {error}") from None
    if problem := next(_inconsistencies(case), None):
        raise SetupError(f"{file}: {problem}")
    return case


def _object(pairs: list[tuple[str, Any]]) -> Json:
    members = dict(pairs)
    if len(members) < len(pairs):
        names = [name for name, _ in pairs]
        twice = next(name for name in names if names.count(name) > 1)
        raise ValueError(f"{twice!r} stands twice in one object")
    return members


def _refuse_constant(name: str) -> None:
    raise ValueError(f"{name} is no number of JSON")


def _inconsistencies(case: Case) -> Iterator[str]:
    if bool(case.messages) == bool(case.calls):
        yield "the case must have either messages or calls"
    yield from _misplaced(case)
    count = len(case.messages)
    expected = len(case.expect.deliveries)
    if expected != count:
        yield (
            f"expect.deliveries has {expected} items and messages has {count}: "
            "write one for each message, {} if nothing is expected of it"
        )
    reference = case.expect.reference
    if reference is not UNSET and len(reference.deliveries) != count:
        yield (
            f"expect.reference.deliveries has {len(reference.deliveries)} items and messages has "
            f"{count}: write one for each message, {{}} if nothing is expected of it"
        )
    for number, fault in enumerate(case.faults):
        if fault.before > count:
            yield f"faults[{number}].before is {fault.before}: write a number from 1 to {count}"
    for number, person in enumerate(case.expect.people):
        place = f"expect.people[{number}]"
        if not person.identifiers:
            yield f"{place} names nobody: write Email, user_id or both"
        if person.if_delivered is not UNSET and person.if_delivered > count:
            yield f"{place}.if_delivered is {person.if_delivered}: write a number from 1 to {count}"


def _misplaced(case: Case) -> Iterator[str]:
    """Yield what only a case with calls, or only one with messages, may have."""
    expect = case.expect
    if not case.calls:
        for name in ("account", "left_out"):
            if getattr(case, name) != getattr(_NOTHING, name):
                yield f"{name} is for a case with calls: remove it, or write calls"
        return
    if case.demo or case.faults or case.settings != _NOTHING.settings:
        yield "demo, faults and settings are for a case with messages: remove them"
    if expect.reference is not UNSET:
        yield "expect.reference is for a case with messages: remove it"


_NOTHING = Case(id="-", title="", why="", source="", expect=Expectation())
"""What a case has where nothing is written."""


# --- the messages of msgspec in the words of JSON ---

_WORDS = {
    "str": "a string",
    "int": "a whole number",
    "float": "a number",
    "bool": "true or false",
    "object": "an object",
    "array": "an array",
    "null": "null",
}
_PATTERNS: tuple[tuple[str, Callable[[re.Match[str]], str]], ...] = (
    (r"Expected `(.+?)`, got `(.+?)`", lambda m: f"is {_types(m[2])}; write {_types(m[1])}"),
    (r"Object missing required field `(.+?)`", lambda m: f"has no {m[1]!r}; add it"),
    (
        r"Object contains unknown field `(.+?)`",
        lambda m: f"has {m[1]!r}, which is not a field of a case; remove it or correct its name",
    ),
    (r"Invalid enum value (.+)", lambda m: f"is {m[1]}; write exact, nulls or only"),
    (r"Expected `array` of length >= 1", lambda _: "is empty; write at least one"),
    (r"Expected `str` matching regex '\^/'", lambda _: "is no path; write one from /v1/ on"),
    (r"Expected `str` matching regex .+", lambda _: "is no method; write one in capitals"),
    (r"Expected `str` of length >= 1", lambda _: "is empty; write a text"),
    (r"Expected `int` >= 0", lambda _: "is below 0; write how many there are"),
    (r"Expected `int` >= 1", lambda _: "is too small; messages are counted from 1"),
)


def _in_words(message: str) -> str:
    said, _, path = message.partition(" - at `$")
    place = path.rstrip("`").lstrip(".").replace("[...]", ".*") or "the case"
    for pattern, words in _PATTERNS:
        if match := re.fullmatch(pattern, said):
            return f"{place} {words(match)}"
    return f"{place}: {said}"


def _types(names: str) -> str:
    return " or ".join(_WORDS.get(name, name) for name in names.split(" | "))
