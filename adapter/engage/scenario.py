"""Read a file that defines a space, a period of time, and the changes in it."""

import json
from codecs import BOM_UTF8
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TypeVar

import msgspec

from adapter.engage.definition import (
    MAX_DAYS,
    AudiencePart,
    ChangePart,
    ProfilePart,
    SpaceFile,
    TraitPart,
)
from adapter.engage.identifier_index import IdentifierIndex
from adapter.engage.schedule import Schedule
from adapter.engage.simulation import Change
from adapter.engage.space import Space
from adapter.errors import InvalidSpace

FilePart = TypeVar("FilePart")
Made = TypeVar("Made")

_MSGSPEC_MESSAGES = {
    "Object missing required field": "lacks the field",
    "Object contains unknown field": "has the unknown field",
    "Invalid RFC3339 encoded datetime": "must be a time such as 2026-01-31T12:00:00Z",
    "Expected `datetime` with a timezone component": (
        "must say its time zone, as 2026-01-31T12:00:00Z does"
    ),
    "Expected `str` matching regex '\\\\S'": "must not be blank",
    "Expected": "must be",
    "Number out of range": "is too large a number",
    "Integer value out of range": "is too large a number",
    "Invalid enum value": "must be `identify` or `track`, not",
}
"""How the messages of msgspec begin, and what they are replaced by, to follow a field's name."""


@dataclass(frozen=True)
class Scenario:
    """A space, a period of time, and the changes in it."""

    space: Space
    start: datetime
    until: datetime
    changes: tuple[Change, ...]


def read_scenario(
    raw: bytes | str, *, days: float | None = None, seed: int | None = None
) -> Scenario:
    """Return the scenario that a definition describes; `days` and `seed` override its own.

    Raises:
        InvalidSpace: the definition is not valid; the text says where, and what is wrong.

    """
    if days is not None and not 0 < days <= MAX_DAYS:
        raise InvalidSpace("days", f"must be more than 0, and {MAX_DAYS} at most")
    file = _decode(raw)
    schedule = Schedule(file.seed if seed is None else seed)
    space = Space(file.space_id, schedule=schedule, clock=lambda: file.start)
    _each("profiles", file.profiles, lambda part: _add_profile(space, part))
    _each("audiences", file.audiences, lambda part: _add_audience(space, part))
    _each("computed_traits", file.computed_traits, lambda part: _add_trait(space, part))
    changes = _each("changes", file.changes, lambda part: part.change(space))
    _check_gains(file)
    until = file.start + timedelta(days=file.days if days is None else days)
    return Scenario(space, file.start, until, tuple(changes))


def _decode(raw: bytes | str) -> SpaceFile:
    try:
        content = raw.encode() if isinstance(raw, str) else raw
        content.decode()
        content = content.removeprefix(BOM_UTF8)
        return msgspec.json.decode(content, type=SpaceFile)
    except msgspec.ValidationError as error:
        problem, _, path = str(error).partition(" - at `$")
        raise InvalidSpace(path.strip(".`") or "the definition", _reworded(problem)) from None
    except msgspec.DecodeError:
        raise InvalidSpace("the definition", f"is not JSON: {_json_problem(content)}") from None
    except (UnicodeEncodeError, UnicodeDecodeError) as error:
        raise InvalidSpace("the definition", f"is not UTF-8: {error.reason}") from None
    except RecursionError:
        raise InvalidSpace("the definition", "is nested too deep") from None


def _check_gains(file: SpaceFile) -> None:
    """Raise `InvalidSpace` before anything is sent if a profile gains another's identifier."""
    if all(part.gain is None for part in file.changes):
        return
    trial = IdentifierIndex()
    for profile in file.profiles:
        trial.add_profile(**profile.by_type, traits=None)

    def gain(part: ChangePart) -> None:
        if part.gain:
            trial.add_identifiers(trial.find(part.profile), **part.gain.by_type)

    _each("changes", file.changes, gain)


def _add_profile(space: Space, part: ProfilePart) -> None:
    space.add_profile(**part.by_type, traits=part.traits)


def _add_audience(space: Space, part: AudiencePart) -> None:
    when = part.when.predicate() if part.when else None
    audience = space.add_audience(part.name, when, form=part.form, created_at=part.created_at)
    for member in part.members:
        audience.enter(space.profile(member))


def _add_trait(space: Space, part: TraitPart) -> None:
    space.add_trait(part.key, part.compute(), form=part.form, created_at=part.created_at)


def _each(name: str, parts: Iterable[FilePart], make: Callable[[FilePart], Made]) -> list[Made]:
    made = []
    for index, part in enumerate(parts):
        try:
            made.append(make(part))
        except InvalidSpace as error:
            raise InvalidSpace(f"{name}[{index}]: {error.field}", error.problem) from None
    return made


def _reworded(problem: str) -> str:
    for beginning, replacement in _MSGSPEC_MESSAGES.items():
        if problem.startswith(beginning):
            return replacement + problem.removeprefix(beginning)
    return problem


def _json_problem(content: bytes) -> str:
    """Return what is not JSON, and where; Python's parser is more helpful here than msgspec."""
    try:
        json.loads(content)
    except json.JSONDecodeError as error:
        return f"{error.msg} at line {error.lineno}, column {error.colno}"
    return "it contains NaN, Infinity or a lone surrogate"
