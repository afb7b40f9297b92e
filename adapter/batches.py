"""Group messages that can go to Autopilot in one bulk call. Pure."""

from collections.abc import Iterator, Sequence

from adapter.json_values import json_text
from adapter.plan import Plan

#: The number of contacts that one bulk call may hold (`client`).
MAX_CONTACTS = 100
#: The size of a bulk call's body in bytes (`ours`: no limit is documented).
MAX_BYTES = 256 * 1024


def batches(plans: Sequence[Plan]) -> Iterator[tuple[int, ...]]:
    """Yield the positions of `plans` in the order to carry them out, grouped by bulk call.

    The plans of one user keep their order: a bulk holds at most one of them, and is carried out
    before the next. A plan without identifiers is never in a bulk, which it would get rejected.
    """
    users = _users(plans)
    pending: list[int] = []
    size = 0
    for index, plan in enumerate(plans):
        needed = _bulk_bytes(plan)
        shared = any(users[index] == users[other] for other in pending)
        full = needed and (len(pending) == MAX_CONTACTS or size + needed > MAX_BYTES)
        if pending and (shared or full):
            yield tuple(pending)
            pending, size = [], 0
        if needed:
            pending.append(index)
            size += needed
        else:
            yield (index,)
    if pending:
        yield tuple(pending)


def _bulk_bytes(plan: Plan) -> int:
    """Return the bytes that a plan takes in a bulk call, or 0 if it cannot be in one."""
    ids = plan.identifiers
    if plan.upsert is None or plan.entry is not None or not (ids.email or ids.user_id):
        return 0
    # `{"contact": …}` is a few bytes longer than a contact in a list: the limit is kept.
    return len(json_text(plan.upsert.body).encode())


def _users(plans: Sequence[Plan]) -> list[int]:
    """Return a number for each plan, the same for all that share an identifier, even indirectly.

    A message with an address and one with a user id are about one user if a third message has
    both. Addresses are compared without regard to letter case, as Autopilot does (`ours`).
    """
    parents = list(range(len(plans)))
    first_with: dict[tuple[str, str], int] = {}

    def root(index: int) -> int:
        while parents[index] != index:
            parents[index] = parents[parents[index]]
            index = parents[index]
        return index

    for index, plan in enumerate(plans):
        for identifier in _identifiers(plan):
            parents[root(index)] = root(first_with.setdefault(identifier, index))
    return [root(index) for index in range(len(plans))]


def _identifiers(plan: Plan) -> Iterator[tuple[str, str]]:
    ids = plan.identifiers
    emails = [ids.email, plan.upsert.contact.get("_NewEmail") if plan.upsert else None]
    yield from (("email", email.lower()) for email in emails if email)
    if ids.user_id:
        yield ("user_id", ids.user_id)
    if ids.anonymous_id:
        yield ("anonymous_id", ids.anonymous_id)
