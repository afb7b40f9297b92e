"""Forwarders that were written from the specification alone pass every MUST."""

import gc

import pytest

from contract_tests.clauses import CLAUSES
from tests.contract.forwarders.independent import INDEPENDENT
from tests.contract.suite import broken_clauses

MUST = [clause.id for clause in CLAUSES.values() if clause.level == "MUST"]


def test_there_are_twenty() -> None:
    assert len(INDEPENDENT) == 20


@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")
@pytest.mark.parametrize("name", INDEPENDENT)
def test_an_independent_forwarder_passes_every_must(name: str) -> None:
    """Ask a third of the clauses, each forwarder another; `make kill-table` asks all of them."""
    asked = MUST[[*INDEPENDENT].index(name) % 3 :: 3]
    found = broken_clauses(INDEPENDENT[name], "MUST", examples=8, clauses=asked)
    gc.collect()  # some leave connections open, whose warnings belong to this test
    assert found == {}
