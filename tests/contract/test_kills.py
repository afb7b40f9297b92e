"""Every clause can fail: each broken forwarder is caught by the clause that it failure_text.

One seed here; `make kill-table` does it over twenty, and writes docs/kill_table.md.
"""

from collections import Counter

import pytest

from adapter.contract import factory
from contract_tests.clauses import CLAUSES
from contract_tests.options import EXAMPLES
from tests.contract.forwarders.broken import BROKEN
from tests.contract.forwarders.correct import CORRECT
from tests.contract.make_kill_table import TABLE
from tests.contract.suite import broken_clauses, failure_text, harness_for, suite_tests

SEED = 1


@pytest.mark.parametrize("clause_id", CLAUSES)
def test_a_clause_catches_the_forwarders_that_break_it(clause_id: str) -> None:
    tests = suite_tests(EXAMPLES)[clause_id]
    mistakes = {name: one for name, one in BROKEN.items() if one.clause == clause_id}
    assert len(mistakes) >= 2
    for name, one in mistakes.items():
        with harness_for(one.factory) as harness:
            assert failure_text(harness, tests, SEED), f"{name} was not caught: {one.mistake}"


@pytest.mark.parametrize("name", CORRECT)
def test_a_correct_forwarder_passes_every_must(name: str) -> None:
    assert broken_clauses(CORRECT[name], "MUST", seeds=[SEED]) == {}


def test_the_reference_forwarder_keeps_every_clause() -> None:
    assert broken_clauses(factory, examples=20, seeds=[SEED]) == {}


def test_the_kill_table_counts_these_forwarders() -> None:
    """Compare the counts only: `make kill-table`, which is slow, runs them all."""
    lines = TABLE.read_text("utf-8").splitlines()
    rows = {tuple(line.strip("| ").split(" | ")[:3]) for line in lines if line.startswith("| ")}
    counts = Counter(one.clause for one in BROKEN.values())
    expected = {(one.id, one.level, str(counts[one.id])) for one in CLAUSES.values()}
    assert expected <= rows, "run `make kill-table`"
