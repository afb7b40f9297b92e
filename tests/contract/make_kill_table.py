"""Make docs/kill_table.md: which clause catches which broken forwarder. `make kill-table`.

Slow: every broken forwarder against every clause, and against its own clause over twenty seeds;
every correct one against every MUST, and every broken Engage against the machine, over as many;
every variant against every clause.
"""

import sys
from collections.abc import Iterable
from multiprocessing import Pool
from pathlib import Path

from contract_tests.clauses import CLAUSES
from contract_tests.options import EXAMPLES
from tests.contract.broken_engages import BROKEN_ENGAGES
from tests.contract.forwarders.broken import BROKEN
from tests.contract.forwarders.correct import CORRECT
from tests.contract.forwarders.forwarder import Forwarder
from tests.contract.forwarders.variants import VARIANTS
from tests.contract.judging import accused, bench_for, breaks, engage_breaks, suite_tests

SEEDS = 20
#: Examples of each test: of a broken forwarder's own clause, as in a run; of all the others; of the
#: correct forwarders and of the variants, which are run over so many seeds.
OWN, OTHERS, CORRECTLY = EXAMPLES, 15, 20
VARIANT_SEEDS = 5
TABLE = Path(__file__).parents[2] / "docs" / "kill_table.md"


def caught(name: str) -> tuple[str, list[str], int]:
    """Give the clauses that catch a broken forwarder, and how many seeds its own one missed."""
    one = BROKEN[name]
    with bench_for(one.factory) as harness:
        few = suite_tests(OTHERS)
        others = [clause for clause in CLAUSES if breaks(harness, few[clause], 1)]
        own = suite_tests(OWN)[one.clause]
        missed = sum(not breaks(harness, own, number) for number in range(SEEDS))
    return name, others, missed


def correct_accused(name: str) -> tuple[str, list[str]]:
    """Give the MUST clauses that a correct forwarder seemed to break."""
    found = accused(CORRECT[name], "MUST", examples=CORRECTLY, seeds=range(SEEDS))
    return name, list(found)


def variant_accused(name: str) -> tuple[str, list[str]]:
    """Give the clauses that a variant seemed to break and may not, or should and did not."""
    one = VARIANTS[name]
    found = accused(one.factory, examples=CORRECTLY, seeds=range(VARIANT_SEEDS))
    return name, sorted(found.keys() ^ one.should)


def engage_missed(name: str) -> tuple[str, int]:
    """Give how many seeds missed a broken Engage."""
    make = BROKEN_ENGAGES[name].make
    with bench_for(Forwarder) as harness:
        return name, sum(not engage_breaks(harness, make, number) for number in range(SEEDS))


HEAD = """# Every clause can fail

Made by `make kill-table`; do not edit. Each broken forwarder is the correct one with one mistake
(`tests/contract/forwarders`). It stands under the clause that it breaks; where a mistake cannot but
break others, they are named. A correct forwarder does the same in another way; a variant uses one
of the [freedoms](contract.md#what-is-free). Tests with retries run a fifth of the examples.

| judged | by | seeds | examples of each test | result |
| --- | --- | --- | --- | --- |"""


def document(
    rows: Iterable[tuple[str, list[str], int]],
    correct: dict[str, list[str]],
    variants: dict[str, list[str]],
    engages: dict[str, int],
) -> str:
    rows = sorted(rows, key=lambda row: (list(CLAUSES).index(BROKEN[row[0]].clause), row[0]))
    missed = {name: times for name, _, times in rows if times}
    lost = {name: times for name, times in engages.items() if times}
    accused_correct = {name: found for name, found in correct.items() if found}
    misjudged = {name: found for name, found in variants.items() if found}
    caught_now, caught_engages = len(rows) - len(missed), len(engages) - len(lost)
    summary = [
        f"{len(rows)} broken forwarders | its own clause | {SEEDS} | {OWN} | caught: {caught_now}",
        f"the same | every other clause (last column) | 1 | {OTHERS} | as named there",
        (
            f"{len(engages)} broken Engages | ENG-08, half as many lives | {SEEDS} | {OWN} | "
            f"caught: {caught_engages}"
        ),
        (
            f"{len(correct)} correct forwarders | every MUST | {SEEDS} | {CORRECTLY} | "
            f"accused: {len(accused_correct)}"
        ),
        (
            f"{len(variants)} variants | all but its SHOULDs | {VARIANT_SEEDS} | {CORRECTLY} | "
            f"accused: {len(misjudged)}"
        ),
    ]
    lines = [
        HEAD,
        *(f"| {row} |" for row in summary),
        "",
        f"The correct ones: {', '.join(correct)}.",
        *(f"\n{name} was missed in {n} of {SEEDS} runs." for name, n in (missed | lost).items()),
        *(
            f"\n{name} was judged wrongly: {', '.join(found)}."
            for name, found in (accused_correct | misjudged).items()
        ),
        "",
        "| clause | forwarder | mistake | also caught by |",
        "| --- | --- | --- | --- |",
        *(forwarder_line(name, others) for name, others, _ in rows),
        *variant_lines(),
        *engage_lines(engages),
        "",
    ]
    return "\n".join(lines)


def forwarder_line(name: str, others: list[str]) -> str:
    one = BROKEN[name]
    also = [clause for clause in others if clause != one.clause]
    shown = ", ".join(also) if len(also) <= 8 else f"{len(also)} others"
    return f"| {one.clause} | {name} | {one.mistake} | {shown} |"


def variant_lines() -> Iterable[str]:
    """Give the table of the variants."""
    yield "\n## Variants\n"
    yield "Each is the correct forwarder with one freedom (`tests/contract/forwarders/variants`)."
    yield ""
    yield "| variant | freedom | the SHOULDs that object |"
    yield "| --- | --- | --- |"
    for name, one in VARIANTS.items():
        yield f"| {name} | {one.freedom} | {', '.join(sorted(one.should))} |"


def engage_lines(engages: Iterable[str]) -> Iterable[str]:
    """Give the table of the broken Engages."""
    yield "\n## Engages\n"
    yield "The state machine of ENG-08 judges whoever plays Engage as well. Each of these is the"
    yield "suite's own with one mistake (`tests.contract.broken_engages.py`), before a correct forwarder."
    yield ""
    yield "| Engage | mistake |"
    yield "| --- | --- |"
    yield from (f"| {name} | {BROKEN_ENGAGES[name].mistake} |" for name in engages)


def main() -> int:
    with Pool() as pool:
        correct = pool.map_async(correct_accused, CORRECT, chunksize=1)
        variants = pool.map_async(variant_accused, VARIANTS, chunksize=1)
        engages = pool.map_async(engage_missed, BROKEN_ENGAGES, chunksize=1)
        rows = pool.map(caught, BROKEN, chunksize=1)
        false_alarms, misjudged = dict(correct.get()), dict(variants.get())
        missed = dict(engages.get())
    TABLE.write_text(document(rows, false_alarms, misjudged, missed), "utf-8")
    wrong = (*false_alarms.values(), *misjudged.values(), *missed.values())
    return int(any(wrong) or any(times for _, _, times in rows))


if __name__ == "__main__":
    sys.exit(main())
