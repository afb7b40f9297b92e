"""When syncs are due (`seed`): the first after six or more hours, later ones every two to three.

The upper bound of the first, eight hours, is `ours`.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from random import Random

from adapter.errors import InvalidSpace

MAX_INTERVAL = timedelta(days=365)
"""A longer interval is taken for a mistake."""


@dataclass(frozen=True)
class Schedule:
    """A random schedule, the same each time for the same seed.

    Attributes:
        seed: chooses the times.
        first: bounds of the time from a computation's creation to its first sync.
        later: bounds of the time from one sync to the next.

    Raises:
        InvalidSpace: bounds that are not positive, in the wrong order, or too long.

    """

    seed: int = 0
    first: tuple[timedelta, timedelta] = (timedelta(hours=6), timedelta(hours=8))
    later: tuple[timedelta, timedelta] = (timedelta(hours=2), timedelta(hours=3))

    def __post_init__(self) -> None:
        for name, (least, most) in (("first", self.first), ("later", self.later)):
            if not timedelta(0) < least <= most <= MAX_INTERVAL:
                raise InvalidSpace(f"schedule.{name}", "must be two times, the longer one last")

    def first_due(self, key: str, created_at: datetime) -> datetime:
        """Return when the first sync of the computation with that key is due."""
        return created_at + self._between(self.first, f"{key} 0")

    def next_due(self, key: str, synced_at: datetime, syncs: int) -> datetime:
        """Return when the sync after one at `synced_at` is due; `syncs` is their number so far."""
        return synced_at + self._between(self.later, f"{key} {syncs}")

    def _between(self, bounds: tuple[timedelta, timedelta], draw: str) -> timedelta:
        least, most = bounds
        # Each draw has a generator of its own, so that no generator's state has to be saved.
        random = Random(f"{self.seed} {draw}")  # noqa: S311  # not for secrets
        return least + timedelta(seconds=random.randint(0, int((most - least).total_seconds())))
