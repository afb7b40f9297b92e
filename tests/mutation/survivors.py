"""The mutants that may live: survivors.toml, read and checked.

They are known by what does not change with each edit: the module, the function, and the kind of
change. `python -m tests.mutation.survivors` names those whose function is no longer there.
"""

import ast
import sys
import tomllib
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

import click

ROOT = Path(__file__).parents[2]
SURVIVORS = Path(__file__).with_name("survivors.toml")
REASONS = {
    "equivalent": "Nobody can tell it from the original",
    "types": "Only the type checker can tell, and does",
    "speed": "Costs time or memory, changes no answer",
    "figure": "An arbitrary figure: its neighbour would do as well",
    "server": "Needs another server, machine or moment than the tests have",
}


class Change(NamedTuple):
    """Mutants that change a function in the same way."""

    module: str
    function: str
    kind: str


@dataclass(frozen=True)
class Row:
    """How many mutants of a change may live, and why: one of `REASONS`, and in words."""

    change: Change
    number: int
    reason: str
    why: str


def read_rows(text: str) -> list[Row]:
    """Read survivors.toml. Raises ValueError for a reason or a row that is none."""
    rows = []
    for reason, entries in tomllib.loads(text).items():
        if reason not in REASONS:
            raise ValueError(f"there is no reason {reason}")
        for entry in entries:
            for module, function, kind, number in entry["mutants"]:
                if number < 1:
                    raise ValueError(f"{module} {function}: {number} mutants")
                rows.append(Row(Change(module, function, kind), number, reason, entry["why"]))
    return rows


def allowed(rows: Iterable[Row]) -> Counter[Change]:
    """Return how many mutants of each change may live, whatever the reasons."""
    numbers: Counter[Change] = Counter()
    for row in rows:
        numbers[row.change] += row.number
    return numbers


def surplus(lived: Iterable[Change], rows: Iterable[Row]) -> Counter[Change]:
    """Return how many more mutants of each change live than may."""
    return Counter(lived) - allowed(rows)


def missing(lived: Iterable[Change], rows: Iterable[Row]) -> Counter[Change]:
    """Return how many mutants of each change may live and do not."""
    return allowed(rows) - Counter(lived)


def without_function(rows: Iterable[Row], root: Path = ROOT) -> list[Change]:
    """Return the changes whose function is not there."""
    return [row.change for row in rows if row.change.function not in functions_in(root, row.change)]


def functions_in(root: Path, change: Change) -> set[str]:
    """Return the functions and methods (`Class.method`) that a change's module defines."""
    module = root / change.module
    return set(_defined(ast.parse(module.read_text("utf-8")))) if module.exists() else set()


def _defined(tree: ast.Module | ast.ClassDef) -> Iterator[str]:
    for node in tree.body:
        if isinstance(node, ast.FunctionDef):
            yield node.name
        elif isinstance(node, ast.ClassDef):
            yield from (f"{node.name}.{name}" for name in _defined(node))


def main() -> int:
    """Name what is to be taken out of survivors.toml, or renamed there."""
    gone = without_function(read_rows(SURVIVORS.read_text("utf-8")))
    for change in gone:
        click.echo(f"{change.module}: there is no function {change.function}")
    return int(bool(gone))


if __name__ == "__main__":
    sys.exit(main())
