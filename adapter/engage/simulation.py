"""A space through time: changes happen, syncs fall due, messages are delivered."""

from collections import deque
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from adapter.delivery import Delivery, Outcome
from adapter.engage.space import Space

Deliver = Callable[[Mapping[str, Any]], Delivery]

_ABOUT_ALL = (401, 403, 404, 405)
"""What says of a contact's call nothing of the contact: a wrong key, or a wrong address."""


@dataclass(frozen=True)
class Change:
    """Something that happens to a space at an instant; `what` says it in a few words."""

    at: datetime
    what: str
    happen: Callable[[], object]


@dataclass(frozen=True)
class Sync:
    """A sync: what became of its messages; not `finished` when it stopped at the last of them."""

    at: datetime
    deliveries: tuple[Delivery, ...]
    finished: bool


def deliver_due(space: Space, deliver: Deliver, now: datetime) -> Sync:
    """Deliver what is due at `now`, up to the first message that fails.

    That one and those after it come again with the next sync; what was rejected does not, until it
    changes. A key that is refused, or an address that is not the API's, is so for all of them, and
    counts as a failure.
    """
    deliveries = []
    for message in space.sync(now):
        delivery = deliver(message)
        deliveries.append(delivery)
        if delivery.outcome is Outcome.FAILED or _is_about_all(delivery):
            return Sync(now, tuple(deliveries), finished=False)
    return Sync(now, tuple(deliveries), finished=True)


def _is_about_all(delivery: Delivery) -> bool:
    # A journey that is not there is an event's own matter: its call comes after the contact's.
    return (
        delivery.outcome is Outcome.REJECTED
        and delivery.status in _ABOUT_ALL
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
    """Let time pass from `start` to `until`, and yield what happens, in its order.

    What has changed up to an instant counts in a sync that is due at it. Changes before `start`
    happen at once, and are not yielded. Ends early at a sync that does not finish.

    Args:
        space: whose computations are synced when they are due.
        changes: in any order; those at the same instant keep theirs.
        start: the present.
        until: the last instant.
        deliver: delivers a message.
        wait_until: called before anything happens at an instant, so that one can watch.

    """
    coming = deque(sorted(changes, key=lambda change: change.at))
    while coming and coming[0].at < start:
        coming.popleft().happen()
    now = start
    while True:
        instants = [coming[0].at] if coming else []
        if space.next_due is not None:
            instants.append(max(space.next_due, now))
        if not instants or min(instants) > until:
            return
        now = min(instants)
        wait_until(now)
        if coming and coming[0].at == now:
            change = coming.popleft()
            change.happen()
            yield change
            continue
        sync = deliver_due(space, deliver, now)
        yield sync
        if not sync.finished:
            return
