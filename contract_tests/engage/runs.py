"""Runs of the state machine: some fixed sequences first, then those that Hypothesis generates."""

from collections.abc import Callable

from hypothesis import settings

from contract_tests.engage.source import Engage
from contract_tests.engage.state_machine import EngageStateMachine, Sync
from contract_tests.harness import Harness
from contract_tests.machines import run_machine

STEPS = 10
"""Steps of a generated sequence: more sequences find more than longer ones."""
DUE = Sync(0, due=True, changes=[])


def run_state_machine(
    harness: Harness,
    make_engage: Callable[[], Engage],
    own: settings | None = None,
    number: int | None = None,
) -> None:
    """Run an Engage and a forwarder through fixed and generated sequences.

    Either may be at fault, and what differs tells which: "what the sync … sends" and "the next
    sync" are the Engage's, the rest is the forwarder's.

    Args:
        harness: the forwarder, and the account that it writes to.
        make_engage: makes an Engage of an empty space.
        own: Hypothesis's settings, those of the run by default. There are half as many sequences
            as examples, since each has many messages.
        number: a seed, that of the run by default.

    Raises:
        Broken: one of them is at fault; shows the smallest sequence that Hypothesis finds.

    """
    own = own or settings()
    run_machine(lambda: EngageStateMachine(harness, make_engage()), FIXED, own, STEPS, number)


def identified_after_leaving(machine: EngageStateMachine) -> None:
    """Send another identify of a user who has left: it brings no membership back."""
    machine.begin(["VIP"], ["user_id"])
    machine.memberships_change([(0, 0)], DUE)
    machine.memberships_change([(0, 0)], DUE)
    machine.another_identify(0, "gold", gains=False, then=None)


def gained_while_in(machine: EngageStateMachine) -> None:
    """A member gains an address: the exit is sent for both identifiers."""
    machine.begin(["VIP"], ["user_id"])
    machine.memberships_change([(0, 0)], DUE)
    machine.another_identify(0, "gold", gains=True, then=DUE)
    machine.memberships_change([(0, 0)], DUE)


def two_of_each(machine: EngageStateMachine) -> None:
    """Change two users in two audiences; who leaves and comes back between syncs has no update."""
    machine.begin(["VIP", "VIP Customers"], ["email", "user_id"])
    machine.memberships_change([(0, 0), (1, 1)], DUE)
    machine.memberships_change([(1, 0), (0, 0), (0, 0)], DUE)
    machine.memberships_change([(0, 1)], Sync(0, due=True, changes=[(0, 0)]))


#: Where forwarders, and Engages, have been seen to go wrong: every run tries these.
FIXED = (identified_after_leaving, gained_while_in, two_of_each)
