"""The state machine of ENG-08 finds broken Engages as well as broken forwarders."""

from collections.abc import Iterator

import pytest
from hypothesis import Phase, settings

from contract_tests.broken import Broken
from contract_tests.engage.runs import run_state_machine
from contract_tests.engage.source import Space
from contract_tests.harness import Harness
from tests.contract.broken_engages import BROKEN_ENGAGES, CORRECT_ENGAGES
from tests.contract.forwarders.broken.engage import VersionedKeys
from tests.contract.forwarders.broken.memberships import ThirdChange, UnchangedByKey
from tests.contract.forwarders.forwarder import Forwarder
from tests.contract.suite import engage_failure, harness_for, quick

SEED = 1
SHRUNK = settings(quick(40), phases=[Phase.generate, Phase.shrink])


@pytest.fixture(scope="module")
def harness() -> Iterator[Harness]:
    with harness_for(Forwarder) as harness:
        yield harness


@pytest.mark.parametrize("name", CORRECT_ENGAGES)
def test_a_correct_engage_passes(harness: Harness, name: str) -> None:
    assert [engage_failure(harness, CORRECT_ENGAGES[name], seed) for seed in (1, 2)] == ["", ""]


@pytest.mark.parametrize("name", BROKEN_ENGAGES)
def test_a_broken_engage_is_found(harness: Harness, name: str) -> None:
    one = BROKEN_ENGAGES[name]
    assert one.mistake.endswith(".")
    found = engage_failure(harness, one.make, SEED)
    assert found.startswith(("what the sync at ", "the next sync: ")), f"{one.mistake}: {found}"


def test_the_sequence_that_is_shown_is_small() -> None:
    with harness_for(VersionedKeys) as harness, pytest.raises(Broken) as caught:
        run_state_machine(harness, Space, SHRUNK, SEED)
    found = caught.value.counterexample
    assert [message["traits"] for message in found["messages"]] == [{"last7days_2x": True}]
    assert len(found["reported"]) == len(found["calls"]) == 1
    (difference,) = found["differences"]
    assert difference["what"].startswith("trait 'last7days_2x' of u0-")
    assert difference["expected"] is True
    assert "arrived" not in difference


def test_a_seed_repeats_a_sequence() -> None:
    shown = []
    for _ in range(2):
        with harness_for(ThirdChange) as harness, pytest.raises(Broken) as caught:
            run_state_machine(harness, Space, quick(40), SEED)
        shown.append(caught.value.counterexample["messages"])
    assert shown[0] == shown[1]


def test_a_forwarder_that_remembers_earlier_sequences_is_found() -> None:
    with harness_for(UnchangedByKey) as harness, pytest.raises(Broken):
        run_state_machine(harness, Space, SHRUNK, SEED)
