"""Format what happens in a simulated space, and what the account holds in the end."""

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from adapter import Delivery, Outcome
from adapter.engage import Identifier, Space
from adapter.engage.scenario import Scenario
from adapter.engage.simulation import Change, Sync
from adapter.json_values import json_equal, json_text
from adapter.naming import name_in_key, spelling
from adapter.traits import FIELDS
from mock_autopilot.cli._text import count

MAX_MESSAGES = 20
"""The number of messages shown of one sync."""
INDENT = " " * 18
CUSTOM = "custom "
"""Prefix of a custom field's name, which may also be the name of a standard field."""
NOT_COMPARED = ("Email", "user_id", "anonymous_id", "custom")
"""Keys of a sent contact that identify it, or hold the custom fields."""


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
            self.delivered.setdefault(identifier, {}).update(_sent_fields(contact))
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


def account_lines(
    space: Space, state: Mapping[str, Any], delivered: Mapping[Identifier, Mapping[str, Any]]
) -> Iterator[tuple[str, bool]]:
    """Yield a line for each identifier with its properties and journeys at the account.

    With each line comes whether all values are as they were delivered.
    """
    contacts = {}
    for contact in state["contacts"]:
        if contact.get("Email"):
            contacts["email", contact["Email"].lower()] = contact
        if contact.get("user_id"):
            contacts["userId", contact["user_id"]] = contact
    keys = [computation.key for computation in space.computations if computation.form == "identify"]
    entries: defaultdict[str, Counter[str]] = defaultdict(Counter)
    for journey in state["journeys"]:
        for entry in journey["entries"]:
            entries[entry["contact_id"]][journey["name"]] += 1
    for who in (who for profile in space.profiles for who in profile.identifiers):
        value = who.value.lower() if who.type == "email" else who.value
        contact = contacts.get((who.type, value))
        fields = _account_fields(contact) if contact else {}
        wrong = [
            f"{name.removeprefix(CUSTOM)} was delivered as {json_text(value)}"
            for name, value in delivered.get(who, {}).items()
            if not json_equal(value, fields.get(name))
        ]
        shown = [line for key in keys for line in _shown_fields(fields, key)]
        journeys = entries[contact["contact_id"]] if contact else {}
        shown += [f"entered {name} {count(times, 'time')}" for name, times in journeys.items()]
        line = ", ".join(shown) or ("none of them" if contact else "no contact")
        yield f"{INDENT}{who}: {'; but '.join([line, *wrong])}", not wrong


def _line(delivery: Delivery) -> str:
    message = delivery.source
    who, key, value = sent_value(message)
    event = f"{message['event']}, " if message["type"] == "track" else ""
    status = f" ({delivery.status})" if delivery.status and delivery.message else ""
    words = f": {delivery.message}" if delivery.message else ""
    ending = "; ".join([f"{delivery.outcome.value}{status}{words}", *map(str, delivery.notes)])
    return f"{who}: {event}{key} = {json_text(value)}, {ending}"


def _counts(outcomes: Counter[Outcome]) -> str:
    return ", ".join(f"{number:,} {outcome.value}" for outcome, number in outcomes.items())


def _sent_fields(contact: Mapping[str, Any]) -> dict[str, Any]:
    """Return the fields of a sent contact by their name at Autopilot, without its identifiers."""
    custom = contact.get("custom", {})
    return {
        **{name: value for name, value in contact.items() if name not in NOT_COMPARED},
        **{f"{CUSTOM}{name_in_key(key)}": value for key, value in custom.items()},
    }


def _account_fields(contact: Mapping[str, Any]) -> dict[str, Any]:
    """Return the fields of a contact in the account, with the names that `_sent_fields` gives."""
    return {
        **{name: value for name, value in contact.items() if name in FIELDS or name == "Name"},
        **{f"{CUSTOM}{one['kind']}": one["value"] for one in contact.get("custom_fields", ())},
    }


def _shown_fields(fields: Mapping[str, Any], key: str) -> list[str]:
    """Return what a property has become: a custom field, several for an object, or a field."""
    custom = f"{CUSTOM}{key}"
    own = [
        f"{name.removeprefix(CUSTOM)} = {json_text(value)}"
        for name, value in fields.items()
        if name == custom or name.startswith(f"{custom}.")
    ]
    return own or [
        f"{key} = {json_text(value)}"
        for name, value in fields.items()
        if spelling(name) == spelling(key)
    ]
