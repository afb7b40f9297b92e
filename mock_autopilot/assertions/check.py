"""What a check is."""

from typing import Protocol

from mock_autopilot.assertions.explanation import Failure
from mock_autopilot.assertions.seen import Seen


class Check(Protocol):
    """Something that should hold of an account."""

    def holds(self, seen: Seen) -> bool:
        """Return whether it holds; that costs little beside an explanation."""

    def failure(self, seen: Seen) -> Failure:
        """Return why it does not hold."""
