"""Find the known names that are most like a given one, for errors that say what was meant."""

from collections.abc import Iterable
from difflib import get_close_matches


def similar(name: str, known: Iterable[str], most: int = 3, cutoff: float = 0.6) -> list[str]:
    """Return the known names that are most like this one in any letter case, the nearest first.

    `cutoff`, between 0 and 1, is how alike they are at least.
    """
    folded: dict[str, str] = {}
    for candidate in known:
        folded.setdefault(candidate.lower(), candidate)
    near = get_close_matches(name.lower(), folded, n=most, cutoff=cutoff)
    return [folded[one] for one in near]


def did_you_mean(name: str, known: Iterable[str]) -> str:
    """Return `; did you mean …?` with the known name that is nearest; empty when none is near."""
    near = similar(name, known, most=1, cutoff=0.75)
    return f"; did you mean {near[0]}?" if near else ""
