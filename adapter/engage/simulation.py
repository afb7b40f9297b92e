"""Simulate a space through time: apply changes, run the syncs that are due, deliver."""

from collections import deque
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from adapter.delivery import Delivery, Outcome
from adapter.engage.space import Space

Deliver = Callable[[Mapping[str, Any]], Delivery]

_CONFIGURATION_STATUSES = (401, 403, 404, 405)
"""A rejection of a contact with one of these is about the key or base URL, not the contact."""


@dataclass(frozen=True)
class Change:
    """A change of a space at an instant.

    Attributes:
        at: the instant.
        description: the change in a few words.
        apply: makes the change.

    """

    at: datetime
    description: str
    apply: Callable[[], object]


@dataclass(frozen=True)
class Sync:
    """A sync.

    Attributes:
        at: the instant.
        deliveries: the results of its messages.
        finished: False if it stopped at the last of them, which failed.

    """

    at: datetime
    deliveries: tuple[Delivery, ...]
    finished: bool


def deliver_due(space: Space, deliver: Deliver, now: datetime) -> Sync:
    """Deliver the messages that are due at `now`, up to the first that fails.

    The next sync sends that one and those after it again. A rejected message is not sent again
    until its value changes. But a refused key or a wrong base URL, which would reject them all, is
    a failure.
    """
    deliveries = []
    for message in space.sync(now):
        delivery = deliver(message)
        deliveries.append(delivery)
        if delivery.outcome is Outcome.FAILED or _is_misconfigured(delivery):
            return Sync(now, tuple(deliveries), finished=False)
    return Sync(now, tuple(deliveries), finished=True)


def _is_misconfigured(delivery: Delivery) -> bool:
    # An unknown trigger, whose call comes after the contact's, is about that event alone.
    return (
        delivery.outcome is Outcome.REJECTED
        and delivery.status in _CONFIGURATION_STATUSES
        and all(exchange.path == "contact" for exchange in delivery.exchanges)
    )


def simulate(
    space: Space,
    changes: Iterable[Change],
    start: datetime,
    until: datetime,
    deliver: Deliver,
    wait_until: Callable[[datetime], object] = lambda _: None,
) -> Iterator[Change | Sync]:
    """Advance the time from `start` to `until`, and yield changes and syncs in the order of time.

    A sync takes into account all changes up to and including its instant. Changes before `start`
    are applied at once, and not yielded. The simulation ends early at a sync that is not finished.

    Args:
        space: its computations are synced when they are due.
        changes: in any order; those at the same instant keep their order.
        start: the first instant.
        until: the last instant.
        deliver: delivers a message.
        wait_until: called with each instant before anything happens at it.

    """
    pending = deque(sorted(changes, key=lambda change: change.at))
    while pending and pending[0].at < start:
        pending.popleft().apply()
    now = start
    while True:
        instants = [pending[0].at] if pending else []
        if space.next_due is not None:
            instants.append(max(space.next_due, now))
        if not instants or min(instants) > until:
            return
        now = min(instants)
        wait_until(now)
        if pending and pending[0].at == now:
            change = pending.popleft()
            change.apply()
            yield change
            continue
        sync = deliver_due(space, deliver, now)
        yield sync
        if not sync.finished:
            return
