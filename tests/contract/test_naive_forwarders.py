"""Forwarders that were written from the specification alone pass every MUST."""

import pytest

from contract_tests.clauses import CLAUSES
from tests.contract.forwarders.naive import NAIVE
from tests.contract.suite import broken_clauses


def test_there_are_twelve() -> None:
    assert len(NAIVE) == 12


@pytest.mark.parametrize("name", NAIVE)
def test_a_naive_forwarder_passes_every_must(name: str) -> None:
    found = broken_clauses(NAIVE[name], examples=8, seeds=(1,))
    assert {clause: why for clause, why in found.items() if CLAUSES[clause].level == "MUST"} == {}
