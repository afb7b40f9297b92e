"""A space with the time it is about and what happens in it, as a file defines it."""

import json
from codecs import BOM_UTF8
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TypeVar

import msgspec

from adapter.engage.definition import (
    MOST_DAYS,
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

Part = TypeVar("Part")
Made = TypeVar("Made")

_WORDS = {
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
"""What msgspec says, as it is said here: a field, and what to do about it."""


@dataclass(frozen=True)
class Scenario:
    """A space, the time it is about, and what happens in it."""

    space: Space
    start: datetime
    until: datetime
    changes: tuple[Change, ...]


def read_scenario(
    raw: bytes | str, *, days: float | None = None, seed: int | None = None
) -> Scenario:
    """Read a definition; `days` and `seed` go before those that it has.

    Raises:
        InvalidSpace: it is none; the text says where, and what is wrong.

    """
    if days is not None and not 0 < days <= MOST_DAYS:
        raise InvalidSpace("days", f"must be more than 0, and {MOST_DAYS} at most")
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
        raise InvalidSpace(path.strip(".`") or "the definition", _said(problem)) from None
    except msgspec.DecodeError:
        raise InvalidSpace("the definition", f"is not JSON: {_why(content)}") from None
    except (UnicodeEncodeError, UnicodeDecodeError) as error:
        raise InvalidSpace("the definition", f"is not UTF-8: {error.reason}") from None
    except RecursionError:
        raise InvalidSpace("the definition", "is nested too deep") from None


def _check_gains(file: SpaceFile) -> None:
    """Say before anything is sent, and not in the middle, that an identifier is somebody else's."""
    if all(part.gain is None for part in file.changes):
        return
    trial = IdentifierIndex()
    for profile in file.profiles:
        trial.add(**profile.all, traits=None)

    def gain(part: ChangePart) -> None:
        if part.gain:
            trial.gain(trial.find(part.profile), **part.gain.all)

    _each("changes", file.changes, gain)


def _add_profile(space: Space, part: ProfilePart) -> None:
    space.add_profile(**part.all, traits=part.traits)


def _add_audience(space: Space, part: AudiencePart) -> None:
    when = part.when.predicate() if part.when else None
    audience = space.add_audience(part.name, when, form=part.form, created_at=part.created_at)
    for member in part.members:
        audience.enter(space.profile(member))


def _add_trait(space: Space, part: TraitPart) -> None:
    space.add_trait(part.key, part.compute(), form=part.form, created_at=part.created_at)


def _each(name: str, parts: Iterable[Part], make: Callable[[Part], Made]) -> list[Made]:
    made = []
    for index, part in enumerate(parts):
        try:
            made.append(make(part))
        except InvalidSpace as error:
            raise InvalidSpace(f"{name}[{index}]: {error.field}", error.problem) from None
    return made


def _said(problem: str) -> str:
    for theirs, ours in _WORDS.items():
        if problem.startswith(theirs):
            return ours + problem.removeprefix(theirs)
    return problem


def _why(content: bytes) -> str:
    """Say what is not JSON, and where; Python's reader tells that better."""
    try:
        json.loads(content)
    except json.JSONDecodeError as error:
        return f"{error.msg} at line {error.lineno}, column {error.colno}"
    return "it has NaN, Infinity or half a character (a lone surrogate)"
