"""What happens to an Engage space through time, as lines to read."""

import json
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from adapter import Delivery, Outcome
from adapter.engage import Identifier, Space
from adapter.engage.scenario import Scenario
from adapter.engage.simulation import Change, Sync
from adapter.engage.values import same
from adapter.naming import name_in_key, spelling
from adapter.traits import FIELDS

SHOWN = 20
"""Messages of one sync that are shown."""
INDENT = " " * 18
CUSTOM = "custom "
"""Stands before a custom field's name, which may be that of another field too."""
NOT_TOLD = ("Email", "user_id", "anonymous_id", "custom")
"""Parts of a call's contact that say who it is, or hold what is told apart."""


@dataclass
class Timeline:
    """Turns what happens into lines, and remembers what came of it.

    Attributes:
        now: when the last thing happened.
        outcomes: how many messages ended how.
        syncs: how many there were; most have nothing to send.
        delivered: what each identifier's contact was last told, by the field's name.

    """

    now: datetime
    outcomes: Counter[Outcome] = field(default_factory=Counter)
    syncs: int = 0
    delivered: dict[Identifier, dict[str, Any]] = field(default_factory=dict)

    @property
    def lost(self) -> bool:
        """Whether anything was rejected or failed."""
        return bool(self.outcomes[Outcome.REJECTED] or self.outcomes[Outcome.FAILED])

    def count(self, delivery: Delivery) -> Delivery:
        """Count a delivery as soon as there is one: its sync may not come to its end."""
        self.outcomes[delivery.outcome] += 1
        if delivery.delivered and delivery.source["type"] == "identify":
            contact = delivery.exchanges[-1].request["contact"]
            self.delivered.setdefault(told(delivery.source)[0], {}).update(_sent(contact))
        return delivery

    def lines(self, event: Change | Sync) -> Iterator[str]:
        """Give the lines of one event; a sync that has nothing to send has none."""
        self.now = event.at
        if isinstance(event, Change):
            yield f"{minute(event.at)}  {event.what}"
            return
        self.syncs += 1
        if event.deliveries:
            yield f"{minute(event.at)}  sync"
        shown, rest = event.deliveries[:SHOWN], event.deliveries[SHOWN:]
        hidden, last = (rest, ()) if event.finished else (rest[:-1], rest[-1:])
        for delivery in shown:
            yield f"{INDENT}{_line(delivery)}"
        if hidden:
            ends = _counts(Counter(delivery.outcome for delivery in hidden))
            yield f"{INDENT}and {len(hidden):,} more: {ends}"
        for delivery in last:
            yield f"{INDENT}{_line(delivery)}"
        if not event.finished:
            yield f"{INDENT}stopped: this one and those after it are to be sent again"

    def summary(self) -> str:
        """Say how much it was."""
        total = self.outcomes.total()
        ends = f": {_counts(self.outcomes)}" if total else ""
        return f"{_many(self.syncs, 'sync')}, {_many(total, 'message')}{ends}"


def minute(instant: datetime) -> str:
    """Write an instant as people read it."""
    return f"{instant:%Y-%m-%d %H:%M}"


def plain(line: str) -> str:
    """Keep a line one line, and the terminal as it is: control characters become escapes."""
    return "".join(
        char if char.isprintable() else char.encode("unicode_escape").decode() for char in line
    )


def told(message: Mapping[str, Any]) -> tuple[Identifier, str, Any]:
    """Read a message of Engage: of whom it says what."""
    context = message["context"]
    key = context["personas"]["computation_key"]
    said = message["traits"] if message["type"] == "identify" else message["properties"]
    if "userId" in message:
        return Identifier("userId", message["userId"]), key, said[key]
    if "anonymousId" in message:
        return Identifier("anonymousId", message["anonymousId"]), key, said[key]
    return Identifier("email", {**said, **context.get("traits", {})}["email"]), key, said[key]


def header(scenario: Scenario, now: datetime, base_url: str) -> str:
    """Say what is going to be played."""
    space = scenario.space
    computed = ", ".join(computation.key for computation in space.computations)
    known = _many(len(space.profiles), "profile")
    late = sum(change.at > scenario.until for change in scenario.changes)
    ignored = f"; {_many(late, 'change')} after that, left out" if late else ""
    return (
        f"Space      {space.space_id}: {known}; {computed or 'nothing'}\n"
        f"Autopilot  {base_url}\n"
        f"Time       {minute(now)} to {minute(scenario.until)} UTC{ignored}\n"
    )


def account_lines(
    space: Space, state: Mapping[str, Any], delivered: Mapping[Identifier, Mapping[str, Any]]
) -> Iterator[tuple[str, bool]]:
    """Give a line for each identifier: its properties, and its journeys, as the account has them.

    Each comes with whether everything is as it was delivered.
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
    for who in (who for profile in space.profiles for who in profile.names):
        value = who.value.lower() if who.kind == "email" else who.value
        contact = contacts.get((who.kind, value))
        has = _held(contact) if contact else {}
        wrong = [
            f"{name.removeprefix(CUSTOM)} was delivered as {_json(told)}"
            for name, told in delivered.get(who, {}).items()
            if not same(told, has.get(name))
        ]
        shown = [line for key in keys for line in _of_key(has, key)]
        journeys = entries[contact["contact_id"]] if contact else {}
        shown += [f"entered {name} {_many(times, 'time')}" for name, times in journeys.items()]
        line = ", ".join(shown) or ("none of them" if contact else "no contact")
        yield f"{INDENT}{who}: {'; but '.join([line, *wrong])}", not wrong


def _line(delivery: Delivery) -> str:
    message = delivery.source
    who, key, value = told(message)
    event = f"{message['event']}, " if message["type"] == "track" else ""
    status = f" ({delivery.status})" if delivery.status and delivery.message else ""
    words = f": {delivery.message}" if delivery.message else ""
    ending = "; ".join([f"{delivery.outcome.value}{status}{words}", *map(str, delivery.notes)])
    return f"{who}: {event}{key} = {_json(value)}, {ending}"


def _many(count: int, what: str) -> str:
    return f"{count:,} {what}" if count == 1 else f"{count:,} {what}s"


def _counts(outcomes: Counter[Outcome]) -> str:
    return ", ".join(f"{count:,} {outcome.value}" for outcome, count in outcomes.items())


def _sent(contact: Mapping[str, Any]) -> dict[str, Any]:
    """Give a call's contact without who it is, each field by its name at Autopilot."""
    custom = contact.get("custom", {})
    return {
        **{name: value for name, value in contact.items() if name not in NOT_TOLD},
        **{f"{CUSTOM}{name_in_key(key)}": value for key, value in custom.items()},
    }


def _held(contact: Mapping[str, Any]) -> dict[str, Any]:
    """Give an account's contact, named as by `_sent`."""
    return {
        **{name: value for name, value in contact.items() if name in FIELDS or name == "Name"},
        **{f"{CUSTOM}{one['kind']}": one["value"] for one in contact.get("custom_fields", ())},
    }


def _of_key(has: Mapping[str, Any], key: str) -> list[str]:
    """Show what came of a property: a custom field, those of an object's parts, or a field."""
    custom = f"{CUSTOM}{key}"
    own = [
        f"{name.removeprefix(CUSTOM)} = {_json(value)}"
        for name, value in has.items()
        if name == custom or name.startswith(f"{custom}.")
    ]
    return own or [
        f"{key} = {_json(value)}" for name, value in has.items() if spelling(name) == spelling(key)
    ]


def _json(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False)
