"""Format what happens in a simulated space, and record what is delivered."""

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from adapter import Delivery, Outcome
from adapter.engage import Identifier
from adapter.engage.scenario import Scenario
from adapter.engage.simulation import Change, Sync
from adapter.json_values import json_text
from mock_autopilot.cli._account import sent_fields
from mock_autopilot.cli._text import INDENT, count

MAX_MESSAGES = 20
"""The number of messages shown of one sync."""


@dataclass
class Timeline:
    """Formats events as lines, and records the deliveries.

    Attributes:
        now: the time of the last event.
        outcomes: the number of messages by outcome.
        syncs: the number of syncs, most of which send nothing.
        delivered: the values last delivered for each identifier, by the name of the field.

    """

    now: datetime
    outcomes: Counter[Outcome] = field(default_factory=Counter)
    syncs: int = 0
    delivered: dict[Identifier, dict[str, Any]] = field(default_factory=dict)

    @property
    def has_losses(self) -> bool:
        """Whether a message was rejected or failed."""
        return bool(self.outcomes[Outcome.REJECTED] or self.outcomes[Outcome.FAILED])

    def record(self, delivery: Delivery) -> Delivery:
        """Record a delivery at once, since its sync may be interrupted, and return it."""
        self.outcomes[delivery.outcome] += 1
        if delivery.delivered and delivery.source["type"] == "identify":
            contact = delivery.exchanges[-1].request_body["contact"]
            identifier, _, _ = sent_value(delivery.source)
            self.delivered.setdefault(identifier, {}).update(sent_fields(contact))
        return delivery

    def lines(self, event: Change | Sync) -> Iterator[str]:
        """Yield the lines of one event, none for a sync that sends nothing."""
        self.now = event.at
        if isinstance(event, Change):
            yield f"{minute(event.at)}  {event.description}"
            return
        self.syncs += 1
        if event.deliveries:
            yield f"{minute(event.at)}  sync"
        shown, rest = event.deliveries[:MAX_MESSAGES], event.deliveries[MAX_MESSAGES:]
        hidden, last = (rest, ()) if event.finished else (rest[:-1], rest[-1:])
        for delivery in shown:
            yield f"{INDENT}{_line(delivery)}"
        if hidden:
            ends = _counts(Counter(delivery.outcome for delivery in hidden))
            yield f"{INDENT}and {len(hidden):,} more: {ends}"
        for delivery in last:
            yield f"{INDENT}{_line(delivery)}"
        if not event.finished:
            yield f"{INDENT}stopped: the next sync sends this message again, and those after it"

    def summary(self) -> str:
        """Return the number of syncs and messages."""
        total = self.outcomes.total()
        ends = f": {_counts(self.outcomes)}" if total else ""
        return f"{count(self.syncs, 'sync')}, {count(total, 'message')}{ends}"


def minute(instant: datetime) -> str:
    """Return an instant as it is shown, to the minute."""
    return f"{instant:%Y-%m-%d %H:%M}"


def sent_value(message: Mapping[str, Any]) -> tuple[Identifier, str, Any]:
    """Return the identifier, the key and the value in a message of Engage."""
    context = message["context"]
    key = context["personas"]["computation_key"]
    values = message["traits"] if message["type"] == "identify" else message["properties"]
    if "userId" in message:
        identifier = Identifier("userId", message["userId"])
    elif "anonymousId" in message:
        identifier = Identifier("anonymousId", message["anonymousId"])
    else:
        identifier = Identifier("email", {**values, **context.get("traits", {})}["email"])
    return identifier, key, values[key]


def header(scenario: Scenario, now: datetime, base_url: str) -> str:
    """Return the lines that introduce a simulation."""
    space = scenario.space
    computed = ", ".join(computation.key for computation in space.computations)
    profiles = count(len(space.profiles), "profile")
    late = sum(change.at > scenario.until for change in scenario.changes)
    ignored = f"; {count(late, 'change')} after that, left out" if late else ""
    return (
        f"Space      {space.space_id}: {profiles}; {computed or 'nothing'}\n"
        f"Autopilot  {base_url}\n"
        f"Time       {minute(now)} to {minute(scenario.until)} UTC{ignored}\n"
    )


def _line(delivery: Delivery) -> str:
    message = delivery.source
    identifier, key, value = sent_value(message)
    event = f"{message['event']}, " if message["type"] == "track" else ""
    status = f" ({delivery.status})" if delivery.status and delivery.message else ""
    words = f": {delivery.message}" if delivery.message else ""
    ending = "; ".join([f"{delivery.outcome.value}{status}{words}", *map(str, delivery.notes)])
    return f"{identifier}: {event}{key} = {json_text(value)}, {ending}"


def _counts(outcomes: Counter[Outcome]) -> str:
    return ", ".join(f"{number:,} {outcome.value}" for outcome, number in outcomes.items())
