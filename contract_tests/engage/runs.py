"""Whole lives of a space, through an Engage and a forwarder: a few known, the others made up."""

from collections.abc import Callable

from hypothesis import seed, settings
from hypothesis.errors import Flaky
from hypothesis.stateful import run_state_machine_as_test

from contract_tests.engage.source import Engage
from contract_tests.engage.state_machine import EngageStateMachine, Sync
from contract_tests.example import Broken
from contract_tests.harness import Harness

STEPS = 10
"""Steps of a made-up life: more lives find more than longer ones."""
DUE = Sync(0, due=True, changes=[])


def run_state_machine(
    harness: Harness,
    make_engage: Callable[[], Engage],
    own: settings | None = None,
    number: int | None = None,
) -> None:
    """Let an Engage and a forwarder live through what is known and what Hypothesis makes up.

    Either may be at fault; nothing else tells them apart than what differs: "what the sync …
    tells" and "the next sync" are the Engage's, the rest is the forwarder's.

    Args:
        harness: the forwarder, and the account that it writes to.
        make_engage: makes an Engage of an empty space.
        own: Hypothesis's settings, those of the run if there are none. There are half as many
            lives as examples: each has many messages.
        number: a seed; that of the run if there is none.

    Raises:
        Broken: one of them is at fault; the smallest life that Hypothesis finds shows how.

    """
    found: list[Broken] = []

    class Life(EngageStateMachine):
        def __init__(self) -> None:
            super().__init__(harness, make_engage())

        def verdict(self) -> None:
            try:
                super().verdict()
            except Broken as broken:
                found.append(broken)
                raise

    for known in KNOWN:
        known(Life())
    if number is not None:
        seed(number)(Life)
    own = own or settings()
    lives = settings(own, max_examples=max(3, own.max_examples // 2), stateful_step_count=STEPS)
    try:
        run_state_machine_as_test(Life, settings=lives)
    except Flaky:
        # A forwarder that remembers one life in the next is no less broken.
        if not found:
            raise
        raise min(found, key=lambda one: len(one.counterexample["messages"])) from None


def identified_after_leaving(life: EngageStateMachine) -> None:
    """What else is said of a user brings no membership back."""
    life.begin(["VIP"], ["user_id"])
    life.memberships_change([(0, 0)], DUE)
    life.memberships_change([(0, 0)], DUE)
    life.another_identify(0, "gold", gains=False, then=None)


def gained_while_in(life: EngageStateMachine) -> None:
    """A user id is followed by an address, and both are told of the exit."""
    life.begin(["VIP"], ["user_id"])
    life.memberships_change([(0, 0)], DUE)
    life.another_identify(0, "gold", gains=True, then=DUE)
    life.memberships_change([(0, 0)], DUE)


def two_of_each(life: EngageStateMachine) -> None:
    """Users and audiences have changes of their own; who came back meanwhile has none."""
    life.begin(["VIP", "VIP Customers"], ["email", "user_id"])
    life.memberships_change([(0, 0), (1, 1)], DUE)
    life.memberships_change([(1, 0), (0, 0), (0, 0)], DUE)
    life.memberships_change([(0, 1)], Sync(0, due=True, changes=[(0, 0)]))


#: Those at which forwarders, and Engages, have been seen to go wrong: no seed should miss them.
KNOWN = (identified_after_leaving, gained_while_in, two_of_each)
