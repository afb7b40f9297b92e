"""Journeys: a trigger that contacts enter by, and what became of each entry."""

from dataclasses import dataclass, field
from typing import Any


@dataclass(slots=True)
class Entry:
    """One contact's entry into a journey. `ejected_at` is None as long as it is on the journey.

    Times are ISO-8601 texts. `properties` are the event's, as they came.
    """

    contact_id: str
    entered_at: str
    properties: dict[str, Any] = field(default_factory=dict)
    ejected_at: str | None = None


@dataclass(slots=True)
class Journey:
    """A journey with its API trigger, and everybody who ever entered it, oldest first.

    A journey has one trigger here, and the trigger's id is the journey's id too (`ours`: no client
    shows a journey's own id).
    """

    trigger_id: str
    name: str
    entries: list[Entry] = field(default_factory=list)


def render(journey: Journey) -> dict[str, str]:
    """Give a journey as `GET /v1/triggers` lists it (`client`; the `trigger_type` is `ours`)."""
    return {"trigger_id": journey.trigger_id, "journey": journey.name, "trigger_type": "api"}
