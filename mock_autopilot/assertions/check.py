"""What a check is."""

from typing import Protocol

from mock_autopilot.assertions.explanation import Failure
from mock_autopilot.assertions.seen import Seen


class Check(Protocol):
    """Something that should hold of an account."""

    def failure(self, seen: Seen) -> Failure | None:
        """Return why it does not hold; None when it does."""
