"""Wait until something holds, looking again only when a call was recorded."""

from collections.abc import Callable
from time import monotonic
from typing import TypeVar

from mock_autopilot.recording.journal import Journal

T = TypeVar("T")


def wait_until(
    holds: Callable[[T], bool],
    attempt: Callable[[], T],
    journal: Journal,
    seconds: float,
    timer: Callable[[], float] = monotonic,
) -> T:
    """Return the first result of `attempt` that holds; the last one when none does in time.

    It is tried at once, after each change of the record of calls, and once more at the end.
    """
    deadline = timer() + seconds
    while True:
        version = journal.version
        left = deadline - timer()
        result = attempt()
        if holds(result) or left <= 0:
            return result
        if not journal.wait(version, left):
            return attempt()
