"""The fixture case of a failed clause: a correct forwarder passes it, who failed does not."""

import json
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from adapter import Delivery, Outcome
from contract_tests.clauses import CLAUSES
from contract_tests.deliveries import Broken
from contract_tests.example import MISSING_IDENTIFIERS as MISSING
from contract_tests.plugin import EXAMPLES
from contract_tests.report import fixture_case
from mock_autopilot import MockAutopilot
from mock_autopilot.cli._cases import Case, Step, differences, load_case
from mock_autopilot.mock import AccountView
from tests.contract.forwarders.broken import BROKEN
from tests.contract.forwarders.correct import CORRECT
from tests.contract.judging import Factory, FactoryTarget, bench_for, failure, suite_tests

#: A case says what must have come of a message, of a person, of the account; these mistakes show
#: nowhere there.
NOT_SHOWN = {
    # How often something was tried.
    *("TriesBulk", "RetriesAll"),
    # What a contact has beside what it must have, or that it is another one.
    *("CountsMessages", "LastSync", "NumbersAddUp", "MadeAnew"),
    *("LeavingUnsubscribes", "LeavingEjects"),
    # These need the examples that came before.
    *("EntersFirstOfEvent", "UnchangedByKey", "FalseForOthers", "FollowsOneIdentifier"),
}


@pytest.mark.parametrize("clause_id", CLAUSES)
def test_the_case_of_a_failure_reproduces_it(
    clause_id: str, server: MockAutopilot, tmp_path: Path
) -> None:
    tests = suite_tests(EXAMPLES)[clause_id]
    for name, one in BROKEN.items():
        if one.clause != clause_id:
            continue
        with bench_for(one.factory) as harness:
            found = failure(harness, tests, 1)
        assert isinstance(found, Broken), name
        shown = fixture_case(CLAUSES[clause_id], found.counterexample["case"])
        (tmp_path / f"{name}.json").write_text(json.dumps(shown), "utf-8")
        case = load_case(tmp_path / f"{name}.json")
        account = server.new_account()
        assert differences(case, list(patient(case).run(account)), account) == [], name
        for correct in CORRECT.values() if CLAUSES[clause_id].level == "MUST" else ():
            account = server.new_account()
            assert differences(case, list(run(case, correct, account)), account) == [], name
        account = server.new_account()
        again = differences(case, list(run(case, one.factory, account)), account)
        assert bool(again) == (name not in NOT_SHOWN), name


def patient(case: Case) -> Case:
    """Let the reference forwarder wait on a clock of its own, where only waiting takes time."""
    waited = 0.0

    def sleep(seconds: float) -> None:
        nonlocal waited
        waited += seconds

    return replace(case, settings={**case.settings, "clock": lambda: waited, "sleep": sleep})


def run(case: Case, factory: Factory, account: AccountView) -> Iterator[Step]:
    """Send a case's messages through another forwarder than ours."""
    told = {"base_url": account.base_url, "api_key": account.api_key}
    target = FactoryTarget(
        factory, {**told, "journeys": {}, "default_trigger": "0", **case.settings}
    )
    for number, message in enumerate(case.messages, start=1):
        case.strike(account, number)
        before = len(account.calls)
        result = target.deliver(message)
        outcome = Outcome.DELIVERED if result.delivered else Outcome.FAILED
        # Words around the text of the 400 are each forwarder's own.
        words = MISSING if MISSING in result.message else result.message
        delivery = Delivery(message, outcome, result.status, words)
        yield Step(message, delivery, account.calls[before:])
