"""Every clause can fail: each broken forwarder is caught by the clause that it breaks.

One seed here; `make kill-table` does it over twenty, and writes docs/kill_table.md.
"""

import pytest

from adapter.contract import factory
from contract_tests.clauses import CLAUSES
from contract_tests.options import EXAMPLES
from tests.contract.forwarders.broken import BROKEN
from tests.contract.forwarders.correct import CORRECT
from tests.contract.forwarders.variants import VARIANTS
from tests.contract.judging import accused, bench_for, breaks, suite_tests
from tests.contract.make_kill_table import TABLE

SEED = 1


@pytest.mark.parametrize("clause_id", CLAUSES)
def test_a_clause_catches_who_breaks_it(clause_id: str) -> None:
    tests = suite_tests(EXAMPLES)[clause_id]
    mistakes = {name: one for name, one in BROKEN.items() if one.clause == clause_id}
    assert len(mistakes) >= 2
    for name, one in mistakes.items():
        with bench_for(one.factory) as harness:
            assert breaks(harness, tests, SEED), f"{name} was not caught: {one.mistake}"


@pytest.mark.parametrize("name", CORRECT)
def test_other_ways_of_doing_the_same_are_no_faults(name: str) -> None:
    assert accused(CORRECT[name], "MUST", seeds=[SEED]) == {}


def test_the_reference_forwarder_keeps_every_clause() -> None:
    assert accused(factory, examples=20, seeds=[SEED]) == {}


def test_the_kill_table_is_of_these_forwarders() -> None:
    lines = TABLE.read_text("utf-8").splitlines()
    rows = [tuple(line.strip("| ").split(" | ")[:2]) for line in lines if line.startswith("| ")]
    for name, one in BROKEN.items():
        assert (one.clause, name) in rows, "run `make kill-table`"
    for name, variant in VARIANTS.items():
        assert (name, variant.freedom) in rows, "run `make kill-table`"
