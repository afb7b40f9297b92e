"""When syncs are due (`seed`): the first takes six or more hours, later ones two to three.

The page gives no upper bound of the first; eight hours is `ours`.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from random import Random

from adapter.errors import InvalidSpace

LONGEST = timedelta(days=365)
"""More than a year between two syncs is a mistake."""


@dataclass(frozen=True)
class Schedule:
    """A schedule that is random, and the same each time for the same seed.

    Attributes:
        seed: another one, other times.
        first: bounds of the time from a computation's creation to its first sync.
        later: bounds of the time from one sync to the next.

    Raises:
        InvalidSpace: bounds that are none.

    """

    seed: int = 0
    first: tuple[timedelta, timedelta] = (timedelta(hours=6), timedelta(hours=8))
    later: tuple[timedelta, timedelta] = (timedelta(hours=2), timedelta(hours=3))

    def __post_init__(self) -> None:
        for name, (least, most) in (("first", self.first), ("later", self.later)):
            if not timedelta(0) < least <= most <= LONGEST:
                raise InvalidSpace(f"schedule.{name}", "must be two times, the longer one last")

    def first_due(self, key: str, created_at: datetime) -> datetime:
        """Give when the first sync of the computation with that key is due."""
        return created_at + self._between(self.first, f"{key} 0")

    def next_due(self, key: str, synced_at: datetime, syncs: int) -> datetime:
        """Give when the sync after that one is due; `syncs` is how many there have been."""
        return synced_at + self._between(self.later, f"{key} {syncs}")

    def _between(self, bounds: tuple[timedelta, timedelta], what: str) -> timedelta:
        least, most = bounds
        # Drawn anew each time from what it is for, so that no state is to be kept for it.
        chance = Random(f"{self.seed} {what}")  # noqa: S311  # no secret
        return least + timedelta(seconds=chance.randint(0, int((most - least).total_seconds())))
