"""What Autopilot has been told: all that a space has to remember from one sync to the next."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import msgspec

from adapter.engage.profile import Identifier, Kind
from adapter.engage.times import aware
from adapter.errors import InvalidSpace


@dataclass
class SyncState:
    """One computation's: when it is due, and the value that each identifier was last sent."""

    due: datetime
    syncs: int = 0
    told: dict[Identifier, Any] = field(default_factory=dict)


class _Saved(msgspec.Struct, forbid_unknown_fields=True):
    due: datetime
    syncs: int
    told: dict[Kind, dict[str, Any]]


def save(memories: Mapping[str, SyncState]) -> dict[str, Any]:
    """Give memories by their computation's key as JSON has them."""
    saved = {}
    for key, memory in memories.items():
        told: dict[Kind, dict[str, Any]] = {}
        for who, value in memory.told.items():
            told.setdefault(who.kind, {})[who.value] = value
        saved[key] = _Saved(memory.due, memory.syncs, told)
    copy: dict[str, Any] = msgspec.to_builtins(saved)
    return copy


def load(state: object) -> dict[str, SyncState]:
    """Read what `save` gave.

    Raises:
        InvalidSpace: it is something else.

    """
    try:
        saved = msgspec.convert(state, dict[str, _Saved])
    except msgspec.ValidationError as error:
        raise InvalidSpace("the state", f"is none that was saved: {error}") from None
    return {
        key: SyncState(
            due=aware(f"{key}.due", one.due),
            syncs=one.syncs,
            told={
                Identifier(kind, value): last
                for kind, values in one.told.items()
                for value, last in values.items()
            },
        )
        for key, one in saved.items()
    }
