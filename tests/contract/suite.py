"""Run the suite's tests in this process, one clause at a time, against a factory."""

import importlib
from collections.abc import Callable, Collection, Iterable, Iterator
from contextlib import contextmanager, suppress
from functools import partial
from itertools import product
from pathlib import Path
from typing import Any

from hypothesis import HealthCheck, Phase, is_hypothesis_test, seed, settings

import contract_tests
from contract_tests.broken import Broken
from contract_tests.clauses import CLAUSES, EVERYWHERE, Level
from contract_tests.engage.runs import run_state_machine
from contract_tests.engage.source import Engage, Space
from contract_tests.fake import open_fake
from contract_tests.harness import Harness
from contract_tests.in_process import Factory, FactoryTarget
from contract_tests.options import EXAMPLES
from contract_tests.report import Verdicts
from contract_tests.sequences.runs import run_sequences
from contract_tests.terminal import Row
from contract_tests.test_engage import test_sequences_of_changes_and_syncs
from contract_tests.test_sequences import test_sequences_of_messages


@contextmanager
def harness_for(factory: Factory) -> Iterator[Harness]:
    fake = open_fake(host="127.0.0.1", port=0, api_key="contract-key")
    harness = Harness(fake, FactoryTarget(factory, fake.settings))
    try:
        yield harness
    finally:
        harness.close()


KNOWN = (Phase.explicit,)
"""The examples that every run tries."""


def quick(examples: int, known: Collection[Phase] = KNOWN) -> settings:
    """Return settings of so many generated examples, none for 0, and without shrinking."""
    return settings(
        max_examples=examples or 1,
        database=None,
        deadline=None,
        phases=[*known, Phase.generate] if examples else known,
        suppress_health_check=list(HealthCheck),
        report_multiple_bugs=False,
        print_blob=False,
    )


def suite_tests(
    examples: int, known: Collection[Phase] = KNOWN
) -> dict[str, list[Callable[..., None]]]:
    """Return the suite's tests by clause, set to so many examples and to no shrinking.

    Parametrised tests are among the known examples: without these they are left out.
    """
    own = quick(examples, known)
    found: dict[str, list[Callable[..., None]]] = {}
    for path in sorted(Path(contract_tests.__file__).parent.glob("test_*.py")):
        module = importlib.import_module(f"contract_tests.{path.stem}")
        for test in vars(module).values():
            for mark in getattr(test, "pytestmark", ()):
                if mark.name == "clause":
                    found.setdefault(mark.args[0], []).extend(_runs(test, own))
    everything = [test for tests in [found["SEQ-01"], *found.values()] for test in tests]
    return found | {
        clause: [partial(_finds, clause, test) for test in everything] for clause in EVERYWHERE
    }


def _finds(clause: str, test: Callable[..., None], harness: Harness, number: int) -> None:
    """Run a test of any clause; raise what was found of one that is asked everywhere."""
    with suppress(Exception):  # what the test itself is about is another clause's
        test(harness, number)
    if found := harness.take_findings().get(clause):
        raise AssertionError(f"{found['differences']} after {found['messages']}")


def _runs(test: Any, own: settings) -> Iterator[Callable[..., None]]:
    """Return what runs a test: a function of the harness and a seed, one for each parameter."""
    if is_hypothesis_test(test):

        def run(harness: Harness, number: int) -> None:
            test._hypothesis_internal_use_settings = own
            seed(number)(test)(harness=harness)

        yield run
    elif test is test_sequences_of_messages:
        yield lambda harness, number: run_sequences(harness, own, number)
    elif test is test_sequences_of_changes_and_syncs:
        yield lambda harness, number: run_state_machine(harness, Space, own, number)
    elif Phase.explicit in own.phases:
        for parameters in _parameters(test):
            yield lambda harness, _, given=parameters: test(harness=harness, **given)


def _parameters(test: Any) -> Iterator[dict[str, Any]]:
    """Return each combination of the parameters that a test is marked with."""
    marks = [mark for mark in test.pytestmark if mark.name == "parametrize"]
    for values in product(*(mark.args[1] for mark in marks)):
        given: dict[str, Any] = {}
        for mark, value in zip(marks, values, strict=True):
            names = mark.args[0]
            given |= (
                {names: value} if isinstance(names, str) else dict(zip(names, value, strict=True))
            )
        yield given


def failure_text(harness: Harness, tests: list[Callable[..., None]], number: int) -> str:
    """Run a clause's tests; return the text of a failure, empty when all of them pass."""
    error = failure(harness, tests, number)
    return "" if error is None else str(error) or repr(error)


def failure(harness: Harness, tests: list[Callable[..., None]], number: int) -> Exception | None:
    """Run a clause's tests; return what the first failing one raises."""
    for test in tests:
        try:
            test(harness, number)
        except Exception as error:  # noqa: BLE001  # Broken, or whatever a mistake leads to
            if not getattr(error, "clause", None):  # else it is another clause's
                return error
    return None


def broken_clauses(
    factory: Factory,
    *levels: Level,
    examples: int = 10,
    seeds: Iterable[int] = (1,),
    clauses: Collection[str] = CLAUSES,
) -> dict[str, str]:
    """Run these clauses; return the failures by clause, all or those of these levels.

    What every run tries in the same way is tried with the first seed only.
    """
    found: dict[str, str] = {}
    with harness_for(factory) as harness:
        for number, seed_ in enumerate(seeds):
            tests = suite_tests(examples, () if number else KNOWN)
            for clause in set(clauses) - set(EVERYWHERE):
                if clause not in found and (said := failure_text(harness, tests[clause], seed_)):
                    found[clause] = said
        for clause, counterexample in harness.take_findings().items():
            found[clause] = f"{counterexample['differences']} after {counterexample['messages']}"
    asked = levels or ("MUST", "SHOULD")
    return {clause: said for clause, said in found.items() if CLAUSES[clause].level in asked}


def failed_rows(factory: Factory, examples: int, seed_: int = 1) -> list[Row]:
    """Run all clauses as a run of the command does, with shrinking; return the failed ones."""
    verdicts = Verdicts()
    tests = suite_tests(examples, (*KNOWN, Phase.shrink))
    with harness_for(factory) as harness:
        for clause in CLAUSES.keys() - EVERYWHERE:
            for number, test in enumerate(tests[clause]):
                found, broken = None, clause
                try:
                    test(harness, seed_)
                except Exception as error:  # noqa: BLE001  # whatever a mistake leads to
                    found = getattr(error, "counterexample", {"error": repr(error)})
                    broken = getattr(error, "clause", None) or clause
                name = f"{clause}[{number}]"
                verdicts.add(broken, name, found)
                for other, shown in harness.take_findings().items():
                    verdicts.add(other, name, shown)
    return [row for row in verdicts.rows() if row["status"] == "failed"]


def engage_failure(harness: Harness, make_engage: Callable[[], Engage], number: int) -> str:
    """Run the state machine on an Engage, with the examples of a run; return its failure."""
    try:
        run_state_machine(harness, make_engage, quick(EXAMPLES), number)
    except Broken as broken:
        return str(broken)
    return ""
