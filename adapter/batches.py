"""Which messages can go to Autopilot in one bulk call. Pure."""

import json
from collections.abc import Iterator, Sequence

from adapter.plan import Plan, UpsertContact

#: Contacts in one bulk call (`client`).
MOST_CONTACTS = 100
#: Bytes of a bulk call's body (`ours`: no limit is documented).
MOST_BYTES = 256 * 1024


def batches(plans: Sequence[Plan]) -> Iterator[tuple[int, ...]]:
    """Return the positions of `plans` in the order to carry them out, in groups of one call.

    The plans of one user keep their order: no bulk holds two of them, and one that follows waits
    for the bulk. A plan that identifies nobody goes alone, since its rejection would be everyone's.
    """
    users = _users(plans)
    held: list[int] = []
    size = 0
    for index, plan in enumerate(plans):
        weight = _bulk_weight(plan)
        shared = any(users[index] == users[other] for other in held)
        full = weight and (len(held) == MOST_CONTACTS or size + weight > MOST_BYTES)
        if held and (shared or full):
            yield tuple(held)
            held, size = [], 0
        if weight:
            held.append(index)
            size += weight
        else:
            yield (index,)
    if held:
        yield tuple(held)


def _bulk_weight(plan: Plan) -> int:
    """Return the bytes that a plan takes in a bulk call, 0 when it cannot be in one."""
    who = plan.identifiers
    if not (who.email or who.user_id) or len(plan.calls) != 1:
        return 0
    (call,) = plan.calls
    # The frame that a contact has of its own is longer than its share of a bulk's.
    return len(json.dumps(call.body, ensure_ascii=False).encode())


def _users(plans: Sequence[Plan]) -> list[int]:
    """Return a number for each plan, the same for all that share an identifier, even indirectly.

    Indirectly, because a message with an address and one with a user id are about one person when
    a third has both. Addresses are compared without regard to case, as Autopilot does (`ours`).
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
    who = plan.identifiers
    emails = [who.email]
    emails += [c.contact.get("_NewEmail") for c in plan.calls if isinstance(c, UpsertContact)]
    yield from (("email", email.lower()) for email in emails if email)
    if who.user_id:
        yield ("user_id", who.user_id)
    if who.anonymous_id:
        yield ("anonymous_id", who.anonymous_id)
