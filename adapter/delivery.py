"""What became of a message."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from adapter.exchange import Exchange


class Outcome(StrEnum):
    """How a delivery ended; each is equal to its text, such as `"delivered"`."""

    DELIVERED = "delivered"
    """Autopilot has it."""
    FILTERED = "filtered"
    """It was not for Autopilot."""
    REJECTED = "rejected"
    """Autopilot, or the settings, do not take it: trying again will not help."""
    FAILED = "failed"
    """No usable answer in the time allowed: trying again may help."""


@dataclass(frozen=True)
class Delivery:
    """What became of a message, as Segment's Event Delivery page shows it (`spec`).

    Attributes:
        source: the message.
        outcome: how it ended.
        status: the status of the last answer, None when none came.
        message: empty when delivered, the reason when filtered, Autopilot's own words when
            rejected, what happened when failed.
        uncarried: a sentence for each thing not carried, or otherwise than one may expect.
        exchanges: every attempt at every call, in order.

    """

    source: Mapping[str, Any]
    outcome: Outcome
    status: int | None = None
    message: str = ""
    uncarried: tuple[str, ...] = ()
    exchanges: tuple[Exchange, ...] = ()

    @property
    def delivered(self) -> bool:
        """Whether Autopilot has it."""
        return self.outcome is Outcome.DELIVERED
