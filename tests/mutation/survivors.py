"""The mutants that may live: survivors.toml, read and checked.

A mutant is known by what it changes, not by its number, which shifts with each edit: the module,
the function, and the line taken out and put in.
"""

import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

SURVIVORS = Path(__file__).with_name("survivors.toml")
ARROW = " → "
"""Stands between the line taken out and the one put in."""

REASONS = {
    "equivalent": "Nobody can tell it from the original",
    "types": "Only the type checker can tell, and does",
    "speed": "Costs time or memory, changes no answer",
    "figure": "An arbitrary figure: its neighbour would do as well",
    "wording": "Wording of a message whose sense the tests hold",
    "server": "Needs another server, machine or moment than the tests have",
}


@dataclass(frozen=True, order=True)
class Mutant:
    """One change: `before` is the line taken out of the function, `after` the one put in."""

    module: str
    function: str
    before: str
    after: str

    @property
    def change(self) -> str:
        """The change as survivors.toml writes it."""
        return f"{self.before}{ARROW}{self.after}"


@dataclass(frozen=True)
class Explanation:
    """Why a mutant may live: one of `REASONS`, and what there is to say of this one."""

    reason: str
    why: str


def explained(path: Path = SURVIVORS) -> dict[Mutant, Explanation]:
    """Read the file. Raises ValueError when it says something twice, or gives no known reason."""
    found: dict[Mutant, Explanation] = {}
    for mutant, explanation in _entries(path):
        if explanation.reason not in REASONS:
            raise ValueError(f"{mutant.module}: no such reason: {explanation.reason}")
        if mutant in found:
            raise ValueError(f"{mutant.module} {mutant.function}: stands twice: {mutant.change}")
        found[mutant] = explanation
    return found


def _entries(path: Path) -> Iterator[tuple[Mutant, Explanation]]:
    for entry in tomllib.loads(path.read_text("utf-8"))["survivors"]:
        for change in entry["changes"]:
            before, _, after = change.partition(ARROW)
            mutant = Mutant(entry["module"], entry["function"], before, after)
            yield mutant, Explanation(entry["reason"], entry["why"])


def on_one_line(text: str) -> str:
    """Write a change of several lines as one, so that its layout does not matter."""
    return " ".join(text.split())
