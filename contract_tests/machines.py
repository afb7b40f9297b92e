"""Run a state machine: fixed sequences first, then those that Hypothesis generates."""

from collections.abc import Callable, Iterable
from typing import Any, Protocol, TypeVar

from hypothesis import seed, settings
from hypothesis.errors import Flaky
from hypothesis.stateful import run_state_machine_as_test

from contract_tests.broken import Broken
from contract_tests.repeatable import MARK


class Checked(Protocol):
    """A state machine that compares the account with what has to be there."""

    def check(self) -> None:
        """Raise `Broken` if anything has differed so far."""


M = TypeVar("M", bound=Checked)


def run_machine(
    make: Callable[[], M],
    fixed: Iterable[Callable[[M], None]],
    own: settings,
    steps: int,
    number: int | None,
) -> None:
    """Run the machines that `make` makes.

    Args:
        make: returns a machine of an empty account: a `RuleBasedStateMachine`.
        fixed: sequences that every run tries, functions that call rules.
        own: Hypothesis's settings. There are half as many sequences as examples, since each has
            many messages.
        steps: how many rules a generated sequence has at most.
        number: Hypothesis's seed; None is that of the run.

    Raises:
        Broken: shows the smallest sequence that Hypothesis finds.

    """
    for sequence in fixed:
        sequence(make())
    found: list[Broken] = []

    def made() -> Any:
        machine: Any = make()
        check = machine.check

        def keep() -> None:
            try:
                check()
            except Broken as broken:
                found.append(broken)
                raise

        machine.check = keep
        return machine

    if number is not None:
        seed(number)(made)
    limited = settings(own, max_examples=max(3, own.max_examples // 2), stateful_step_count=steps)
    try:
        run_state_machine_as_test(made, settings=limited)  # type: ignore[arg-type]  # it calls it only
    except Flaky:
        if not found:
            raise
        smallest = min(found, key=lambda one: len(one.counterexample["messages"]))
        smallest.counterexample[MARK] = False
        raise smallest from None
