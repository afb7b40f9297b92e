"""The fixture case of a failed clause: a correct forwarder passes it, who failed does not."""

import json
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from adapter.contract import factory as reference
from contract_tests.broken import Broken
from contract_tests.cases.differences import Difference, case_differences
from contract_tests.cases.format import Case, read_case
from contract_tests.cases.recorder import fixture_case
from contract_tests.cases.runner import run_case, settings_for
from contract_tests.clauses import CLAUSES, EVERYWHERE
from contract_tests.fake import Fake, open_fake
from contract_tests.in_process import Factory, FactoryTarget
from contract_tests.options import EXAMPLES
from mock_autopilot.installation import fixtures_path
from tests.contract.forwarders.broken import BROKEN
from tests.contract.forwarders.correct import CORRECT
from tests.contract.suite import failure, harness_for, suite_tests

#: A case says what must have come of a message, of a person, of the account; these mistakes show
#: nowhere there.
NOT_SHOWN = {
    # How often something was tried.
    "TriesBulk", "RetriesAll",
    # What a contact has beside what it must have, or that it is another one.
    "CountsMessages", "LastSync", "NumbersAddUp", "MadeAnew",
    "LeavingUnsubscribes", "LeavingEjects",
    # These need the examples that came before.
    "EntersFirstOfEvent", "UnchangedByKey", "FalseForOthers", "FollowsOneIdentifier",
}  # fmt: skip


@pytest.fixture(scope="module")
def fake() -> Iterator[Fake]:
    with closing(open_fake(host="127.0.0.1", port=0, api_key="cases")) as fake:
        yield fake


def differences(case: Case, factory: Factory, fake: Fake) -> list[Difference]:
    steps = list(run_case(case, fake, FactoryTarget(factory, settings_for(case, fake))))
    return case_differences(case, steps, fake.state())


def test_each_step_asks_for_the_calls_of_its_message_only(
    fake: Fake, monkeypatch: pytest.MonkeyPatch
) -> None:
    calls, answers = fake.calls, []

    def recorded(after: int = 0) -> list[dict[str, Any]]:
        answers.append(calls(after))
        return answers[-1]

    monkeypatch.setattr(fake, "calls", recorded)
    case = read_case(fixtures_path() / "cases" / "15-merge.json")
    steps = list(run_case(case, fake, FactoryTarget(reference, settings_for(case, fake))))
    assert len(steps) == len(case.messages) > 1
    assert [step.calls for step in steps] == answers
    assert all(answers)
    assert [call for answer in answers for call in answer] == calls()


#: What must not have changed cannot be said in a case.
#: What somebody has done at Autopilot (TRK-14) is in no case.
WITH_CASE = [name for name in CLAUSES if name not in (*EVERYWHERE, "TRK-14")]


@pytest.mark.parametrize("clause_id", WITH_CASE)
def test_the_case_of_a_failure_reproduces_it(clause_id: str, fake: Fake, tmp_path: Path) -> None:
    tests = suite_tests(EXAMPLES)[clause_id]
    for name, one in BROKEN.items():
        if one.clause != clause_id:
            continue
        with harness_for(one.factory) as harness:
            found = failure(harness, tests, 1)
        assert isinstance(found, Broken), name
        file = tmp_path / f"{name}.json"
        shown = fixture_case(CLAUSES[clause_id], found.counterexample["case"])
        file.write_text(json.dumps(shown), "utf-8")
        case = read_case(file)
        assert differences(case, reference, fake) == [], name
        for correct in CORRECT.values() if CLAUSES[clause_id].level == "MUST" else ():
            assert differences(case, correct, fake) == [], name
        assert bool(differences(case, one.factory, fake)) == (name not in NOT_SHOWN), name
