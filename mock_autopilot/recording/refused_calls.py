"""Calls that an interception refused: they were not sent, and no account was asked."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass

MOST_KEPT = 100
"""How many a fake keeps, the newest."""


@dataclass(frozen=True)
class RefusedCall:
    """A call that was not sent; `reason` says why in a few words. `url` is without its query."""

    method: str
    url: str
    reason: str

    def __str__(self) -> str:
        return f"{self.method} {self.url} ({self.reason})"


def counted_calls(calls: Iterable[RefusedCall]) -> list[str]:
    """Return each call as a text, the newest first; one that was made again has how many times."""
    counts = Counter(reversed([*calls]))
    return [f"{call} ({times}x)" if times > 1 else str(call) for call, times in counts.items()]
