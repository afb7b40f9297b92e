"""What a space has to remember from one sync to the next, and how that is saved."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import msgspec

from adapter.engage.profile import Identifier, IdentifierType, to_utc
from adapter.errors import InvalidSpace


@dataclass
class SyncState:
    """The state of one computation.

    Attributes:
        due: when its next sync is due.
        syncs: the number of its syncs so far.
        last_sent: the value that was last sent for each identifier.

    """

    due: datetime
    syncs: int = 0
    last_sent: dict[Identifier, Any] = field(default_factory=dict)


class _SavedState(msgspec.Struct, forbid_unknown_fields=True):
    due: datetime
    syncs: int
    last_sent: dict[IdentifierType, dict[str, Any]]


def save(states: Mapping[str, SyncState]) -> dict[str, Any]:
    """Return states by the key of their computation as a JSON object."""
    saved = {}
    for key, state in states.items():
        last_sent: dict[IdentifierType, dict[str, Any]] = {}
        for identifier, value in state.last_sent.items():
            last_sent.setdefault(identifier.type, {})[identifier.value] = value
        saved[key] = _SavedState(state.due, state.syncs, last_sent)
    as_json: dict[str, Any] = msgspec.to_builtins(saved)
    return as_json


def load(saved: object) -> dict[str, SyncState]:
    """Return the states in a JSON object that `save` returned.

    Raises:
        InvalidSpace: it is something else.

    """
    try:
        states = msgspec.convert(saved, dict[str, _SavedState])
    except msgspec.ValidationError as error:
        raise InvalidSpace("the state", f"is not a saved state: {error}") from None
    return {
        key: SyncState(
            due=to_utc(f"{key}.due", state.due),
            syncs=state.syncs,
            last_sent={
                Identifier(identifier_type, value): last
                for identifier_type, values in state.last_sent.items()
                for value, last in values.items()
            },
        )
        for key, state in states.items()
    }
