"""Forwarders that do otherwise with the same messages another time."""

from collections.abc import Callable

from hypothesis import is_hypothesis_test
from hypothesis.errors import Flaky

from contract_tests.broken import Broken

MACHINES = ("SEQ-01", "ENG-08")
"""The clauses of state machines, which run again by themselves what they have generated."""
MARK = "repeatable"
"""What a counterexample has, with False, when the same messages did not show it again."""


def twice(test: Callable[..., None]) -> Callable[..., None]:
    """Return a test that, when it shows that a clause is broken, is run once more.

    Hypothesis runs again by itself what it has generated.
    """
    if is_hypothesis_test(test):
        return test

    def run(**given: object) -> None:
        try:
            test(**given)
        except Broken as broken:
            try:
                test(**given)
            except Broken:
                raise broken from None
            broken.counterexample[MARK] = False
            raise

    return run


def broken_in(error: BaseException) -> Broken | None:
    """Return what an error of a test shows of a broken clause; None when it shows none."""
    if isinstance(error, Broken):
        return error
    if isinstance(error, Flaky):
        inner = error.exceptions if isinstance(error, BaseExceptionGroup) else ()
        for one in (*inner, error.__cause__, error.__context__):
            if one is not None and (found := broken_in(one)):
                found.counterexample[MARK] = False
                return found
    return None
