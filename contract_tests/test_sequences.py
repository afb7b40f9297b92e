"""SEQ: what becomes of people in the course of many messages."""

from contract_tests.harness import Harness, clause
from contract_tests.sequences.runs import run_sequences


@clause("SEQ-01")
def test_sequences_of_messages(harness: Harness) -> None:
    run_sequences(harness)
