"""Make docs/kill_table.md, the proof that every clause can fail: `make kill-table`.

Slow: every broken forwarder against its own clause and every broken Engage against the state
machine, over twenty seeds; every correct forwarder against every MUST, over as many; every variant
against every clause, over five.
"""

import argparse
import sys
from collections.abc import Callable, Iterable, Mapping
from multiprocessing import Pool
from pathlib import Path
from typing import TypeVar

from contract_tests.clauses import CLAUSES
from contract_tests.options import EXAMPLES
from tests.contract.broken_engages import BROKEN_ENGAGES
from tests.contract.forwarders.broken import BROKEN
from tests.contract.forwarders.correct import CORRECT
from tests.contract.forwarders.forwarder import Forwarder
from tests.contract.forwarders.independent import INDEPENDENT
from tests.contract.forwarders.variants import VARIANTS
from tests.contract.suite import (
    broken_clauses,
    engage_failure,
    failure_text,
    harness_for,
    suite_tests,
)

T = TypeVar("T")

RIGHT = {**CORRECT, **{f"independent {name}": one for name, one in INDEPENDENT.items()}}

SEEDS, VARIANT_SEEDS = 20, 5
#: Examples of each test for forwarders that keep the clauses.
CORRECT_EXAMPLES = 20
TABLE = Path(__file__).parents[2] / "docs" / "kill_table.md"


def times_caught(name: str, seeds: int) -> int:
    """Return in how many runs a broken forwarder's own clause catches it.

    What is caught by what every run tries is caught in every run.
    """
    one = BROKEN[name]
    with harness_for(one.factory) as harness:
        if failure_text(harness, suite_tests(0)[one.clause], 0):
            return seeds
        own = suite_tests(EXAMPLES)[one.clause]
        return sum(bool(failure_text(harness, own, number)) for number in range(seeds))


def times_engage_caught(name: str, seeds: int) -> int:
    """Return in how many runs the state machine catches a broken Engage."""
    make = BROKEN_ENGAGES[name].make
    with harness_for(Forwarder) as harness:
        return sum(bool(engage_failure(harness, make, number)) for number in range(seeds))


def false_alarms(name: str, seeds: int) -> list[str]:
    """Return the MUST clauses that a correct forwarder seems to break."""
    seen = range(seeds)
    return [*broken_clauses(RIGHT[name], "MUST", examples=CORRECT_EXAMPLES, seeds=seen)]


def variant_errors(name: str, seeds: int) -> list[str]:
    """Return the clauses that a variant breaks and may not, or is said to break and does not."""
    one, seen = VARIANTS[name], range(min(seeds, VARIANT_SEEDS))
    found = broken_clauses(one.factory, examples=CORRECT_EXAMPLES, seeds=seen)
    return sorted(found.keys() ^ one.should)


HEAD = """# Every clause can fail

Made by `make kill-table`; do not edit. A broken forwarder is the correct one with one mistake, and
stands under the clause that it breaks (`tests/contract/forwarders/broken`). A correct forwarder
does the same in another way (`correct.py`), or was written from the specification alone
(`independent`); a variant (`variants`) uses one of the [freedoms](contract.md#what-is-free). A
broken Engage (`tests/contract/broken_engages.py`) is the suite's own with one mistake, in front of
a correct forwarder.

| run | against | seeds | examples of each test | result |
| --- | --- | --- | --- | --- |"""


def document(
    caught: Mapping[str, int],
    engages: Mapping[str, int],
    alarms: Mapping[str, list[str]],
    errors: Mapping[str, list[str]],
    seeds: int,
) -> tuple[str, bool]:
    """Return the document, and whether anything went wrong."""
    variant_seeds = min(seeds, VARIANT_SEEDS)
    always = sum(times == seeds for times in caught.values())
    engages_always = sum(times == seeds for times in engages.values())
    summary = [
        (f"{len(caught)} broken forwarders", "own clause", seeds, EXAMPLES, f"{always} caught"),
        (f"{len(engages)} broken Engages", "ENG-08", seeds, EXAMPLES, f"{engages_always} caught"),
        (f"{len(alarms)} correct forwarders", "MUST clauses", seeds, CORRECT_EXAMPLES,
         f"{sum(map(bool, alarms.values()))} accused"),
        (f"{len(errors)} variants", "all clauses but their SHOULDs", variant_seeds,
         CORRECT_EXAMPLES, f"{sum(map(bool, errors.values()))} accused"),
    ]  # fmt: skip
    problems = [
        *(f"{name} was caught in {n} of {seeds} runs." for name, n in missed(caught, seeds)),
        *(f"{name} was caught in {n} of {seeds} runs." for name, n in missed(engages, seeds)),
        *(f"{name} seemed to break {' '.join(ids)}." for name, ids in alarms.items() if ids),
        *(f"{name} was misjudged by {' '.join(ids)}." for name, ids in errors.items() if ids),
    ]
    lines = "\n".join(
        [
            HEAD,
            *(f"| {' | '.join(map(str, row))} |" for row in summary),
            *(f"\n{problem}" for problem in problems),
            "\n| clause | level | broken forwarders | runs that caught the most elusive one |",
            "| --- | --- | --- | --- |",
            *clause_lines(caught, seeds),
            "",
        ]
    )
    return lines, bool(problems)


def missed(caught: Mapping[str, int], seeds: int) -> list[tuple[str, int]]:
    return [(name, times) for name, times in caught.items() if times < seeds]


def clause_lines(caught: Mapping[str, int], seeds: int) -> Iterable[str]:
    for clause in CLAUSES.values():
        times = [caught[name] for name, one in BROKEN.items() if one.clause == clause.id]
        yield f"| {clause.id} | {clause.level} | {len(times)} | {min(times)} of {seeds} |"


def main() -> int:
    parser = argparse.ArgumentParser(description="Make docs/kill_table.md.")
    parser.add_argument("--seeds", type=int, default=SEEDS, help="runs of each (20)")
    parser.add_argument("--output", type=Path, default=TABLE, help="the file (docs/kill_table.md)")
    options = parser.parse_args()
    seeds = options.seeds
    with Pool() as pool:

        def start(run: Callable[[str, int], T], names: Iterable[str]) -> Callable[[], dict[str, T]]:
            names = list(names)
            running = pool.starmap_async(run, [(name, seeds) for name in names], chunksize=1)
            return lambda: dict(zip(names, running.get(), strict=True))

        caught = start(times_caught, BROKEN)
        engages = start(times_engage_caught, BROKEN_ENGAGES)
        alarms = start(false_alarms, RIGHT)
        errors = start(variant_errors, VARIANTS)
        results = caught(), engages(), alarms(), errors()
    text, failed = document(*results, seeds)
    options.output.write_text(text, "utf-8")
    return int(failed)


if __name__ == "__main__":
    sys.exit(main())
