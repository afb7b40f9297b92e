"""A space with the time it is about and what happens in it, as a file defines it."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TypeVar

import msgspec

from adapter.engage.definition import AudiencePart, ProfilePart, SpaceFile, TraitPart
from adapter.engage.schedule import Schedule
from adapter.engage.simulation import Change
from adapter.engage.space import Space
from adapter.errors import InvalidSpace

Part = TypeVar("Part")
Made = TypeVar("Made")


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
    try:
        file = msgspec.json.decode(raw, type=SpaceFile)
    except msgspec.ValidationError as error:
        problem, _, path = str(error).partition(" - at `$")
        raise InvalidSpace(path.strip(".`") or "the definition", _lower(problem)) from None
    except msgspec.DecodeError as error:
        raise InvalidSpace("the definition", f"is not JSON: {error}") from None
    schedule = Schedule(file.seed if seed is None else seed)
    space = Space(file.space_id, schedule=schedule, clock=lambda: file.start)
    _each("profiles", file.profiles, lambda part: _add_profile(space, part))
    _each("audiences", file.audiences, lambda part: _add_audience(space, part))
    _each("computed_traits", file.computed_traits, lambda part: _add_trait(space, part))
    changes = _each("changes", file.changes, lambda part: part.change(space))
    until = file.start + timedelta(days=file.days if days is None else days)
    return Scenario(space, file.start, until, tuple(changes))


def _add_profile(space: Space, part: ProfilePart) -> None:
    space.add_profile(
        user_ids=part.user_ids,
        emails=part.emails,
        anonymous_ids=part.anonymous_ids,
        traits=part.traits,
    )


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


def _lower(problem: str) -> str:
    return problem[:1].lower() + problem[1:]
