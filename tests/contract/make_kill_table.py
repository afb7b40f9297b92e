"""Make docs/kill_table.md: which clause catches which broken forwarder. `make kill-table`.

Slow: every broken forwarder against every clause, and against its own clause over twenty seeds;
every correct one against every MUST, and every broken Engage against the machine, over as many.
"""

import sys
from collections.abc import Iterable
from multiprocessing import Pool
from pathlib import Path

from contract_tests.clauses import CLAUSES
from contract_tests.plugin import EXAMPLES
from tests.contract.engages import BROKEN_ENGAGES
from tests.contract.forwarders.broken import BROKEN
from tests.contract.forwarders.correct import CORRECT
from tests.contract.forwarders.forwarder import Forwarder
from tests.contract.judging import bench_for, breaks, engage_breaks, suite_tests

SEEDS = 20
TABLE = Path(__file__).parents[2] / "docs" / "kill_table.md"


def caught(name: str) -> tuple[str, list[str], int]:
    """Give the clauses that catch a broken forwarder, and how many seeds its own one missed."""
    one = BROKEN[name]
    with bench_for(one.factory) as bench:
        few = suite_tests(15)
        others = [clause for clause in CLAUSES if breaks(bench, few[clause], 1)]
        own = suite_tests(EXAMPLES)[one.clause]
        missed = sum(not breaks(bench, own, number) for number in range(SEEDS))
    return name, others, missed


def flakes(name: str) -> tuple[str, list[str]]:
    """Give the MUST clauses, with their seeds, that a correct forwarder seemed to break."""
    found = []
    with bench_for(CORRECT[name]) as bench:
        for clause, tests in suite_tests(20).items():
            if CLAUSES[clause].level == "MUST":
                found += [f"{clause}/{n}" for n in range(SEEDS) if breaks(bench, tests, n)]
    return name, found


def engage_missed(name: str) -> tuple[str, int]:
    """Give how many seeds missed a broken Engage."""
    make = BROKEN_ENGAGES[name].make
    with bench_for(Forwarder) as bench:
        return name, sum(not engage_breaks(bench, make, number) for number in range(SEEDS))


def document(
    rows: Iterable[tuple[str, list[str], int]],
    correct: dict[str, list[str]],
    engages: dict[str, int],
) -> str:
    rows = sorted(rows, key=lambda row: (list(CLAUSES).index(BROKEN[row[0]].clause), row[0]))
    missed = {name: times for name, _, times in rows if times}
    lines = [
        "# Every clause can fail",
        "",
        "Made by `make kill-table`; do not edit. Each broken forwarder is the correct one with one",
        "mistake (`tests/contract/forwarders`). It stands under the clause that it breaks; where a",
        f"mistake cannot but break others, they are named. Runs of {EXAMPLES} examples.",
        "",
        (
            f"* Broken forwarders: {len(rows)}, of which caught by the clause they break over "
            f"{SEEDS} seeds: {len(rows) - len(missed)}."
        ),
        *(f"* {name} was missed in {times} of {SEEDS} runs." for name, times in missed.items()),
        (
            f"* Correct forwarders that do it differently: {len(correct)} "
            f"({', '.join(correct)}); found at fault in {SEEDS} runs each of all MUST clauses: "
            f"{sum(map(len, correct.values()))}."
        ),
        *(f"* {name} was found at fault: {', '.join(f)}." for name, f in correct.items() if f),
        "",
        "| clause | forwarder | mistake | also caught by |",
        "| --- | --- | --- | --- |",
    ]
    for name, others, _ in rows:
        one = BROKEN[name]
        also = [clause for clause in others if clause != one.clause]
        shown = ", ".join(also) if len(also) <= 8 else f"{len(also)} others"
        lines.append(f"| {one.clause} | {name} | {one.mistake} | {shown} |")
    return "\n".join([*lines, *engage_lines(engages), ""])


def engage_lines(engages: dict[str, int]) -> Iterable[str]:
    """Give the second table; `engages` has how many seeds missed each broken one."""
    caught = sum(not missed for missed in engages.values())
    yield "\n## Engages\n"
    yield "The state machine of ENG-08 judges whoever plays Engage as well. Each of these is the"
    yield "suite's own with one mistake (`tests/contract/engages.py`), before a correct forwarder."
    yield ""
    yield f"* Broken Engages: {len(engages)}, of which caught over {SEEDS} seeds: {caught}."
    yield from (f"* {name} was missed in {n} of {SEEDS} runs." for name, n in engages.items() if n)
    yield ""
    yield "| Engage | mistake |"
    yield "| --- | --- |"
    yield from (f"| {name} | {BROKEN_ENGAGES[name].mistake} |" for name in engages)


def main() -> int:
    with Pool() as pool:
        correct = pool.map_async(flakes, CORRECT, chunksize=1)
        engages = pool.map_async(engage_missed, BROKEN_ENGAGES, chunksize=1)
        rows = pool.map(caught, BROKEN, chunksize=1)
        found, missed = dict(correct.get()), dict(engages.get())
    TABLE.write_text(document(rows, found, missed), "utf-8")
    good = not any(found.values()) and not any(missed.values())
    return int(not good or any(times for _, _, times in rows))


if __name__ == "__main__":
    sys.exit(main())
