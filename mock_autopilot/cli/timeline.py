"""What happens to an Engage space through time, as lines to read."""

import json
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from adapter import Delivery, Outcome
from adapter.engage import Identifier, Space
from adapter.engage.memory import same
from adapter.engage.scenario import Scenario
from adapter.engage.simulation import Change, Sync

SHOWN = 20
"""Messages of one sync that are shown."""
INDENT = " " * 18


@dataclass
class Timeline:
    """Turns what happens into lines, and remembers what came of it.

    Attributes:
        now: when the last thing happened.
        outcomes: how many messages ended how.
        syncs: how many there were; most have nothing to send.
        delivered: the last value that was delivered in an identify, by identifier and key.

    """

    now: datetime
    outcomes: Counter[Outcome] = field(default_factory=Counter)
    syncs: int = 0
    delivered: dict[tuple[Identifier, str], Any] = field(default_factory=dict)

    @property
    def lost(self) -> bool:
        """Whether anything was rejected or failed."""
        return bool(self.outcomes[Outcome.REJECTED] or self.outcomes[Outcome.FAILED])

    def lines(self, event: Change | Sync) -> Iterator[str]:
        """Give the lines of one event; a sync that has nothing to send has none."""
        self.now = event.at
        if isinstance(event, Change):
            yield f"{minute(event.at)}  {event.what}"
            return
        self.syncs += 1
        if event.deliveries:
            yield f"{minute(event.at)}  sync"
        for number, delivery in enumerate(event.deliveries):
            line = self._take(delivery)
            if number < SHOWN:
                yield f"{INDENT}{line}"
        if len(event.deliveries) > SHOWN:
            yield f"{INDENT}and {len(event.deliveries) - SHOWN:,} more"
        if not event.finished:
            yield f"{INDENT}stopped: this one and those after it are to be sent again"

    def _take(self, delivery: Delivery) -> str:
        message = delivery.source
        who, key, value = told(message)
        self.outcomes[delivery.outcome] += 1
        if delivery.outcome is Outcome.DELIVERED and message["type"] == "identify":
            self.delivered[who, key] = value
        event = f"{message['event']}, " if message["type"] == "track" else ""
        status = f" ({delivery.status})" if delivery.status and delivery.message else ""
        words = f": {delivery.message}" if delivery.message else ""
        return f"{who}: {event}{key} = {_json(value)}, {delivery.outcome.value}{status}{words}"

    def summary(self) -> str:
        """Say how much it was."""
        ends = ", ".join(f"{count:,} {outcome.value}" for outcome, count in self.outcomes.items())
        total = self.outcomes.total()
        return f"{self.syncs:,} syncs, {total:,} messages" + (f": {ends}" if ends else "")


def minute(instant: datetime) -> str:
    """Write an instant as people read it."""
    return f"{instant:%Y-%m-%d %H:%M}"


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
    return (
        f"Space      {space.space_id}: {len(space.profiles):,} profiles; {computed or 'nothing'}\n"
        f"Autopilot  {base_url}\n"
        f"Time       {minute(now)} to {minute(scenario.until)} UTC\n"
    )


def account_lines(
    space: Space, state: Mapping[str, Any], delivered: Mapping[tuple[Identifier, str], Any]
) -> Iterator[tuple[str, bool]]:
    """Give a line for each identifier's properties as the account has them.

    Each comes with whether everything is as it was delivered.
    """
    contacts = {}
    for contact in state["contacts"]:
        contacts["email", str(contact.get("Email")).lower()] = contact
        contacts["userId", str(contact.get("user_id"))] = contact
    keys = [computation.key for computation in space.computations if computation.form == "identify"]
    for profile in space.profiles:
        for who in profile.names:
            value = who.value.lower() if who.kind == "email" else who.value
            contact = contacts.get((who.kind, value))
            properties = {key: _property(contact, key) for key in keys} if contact else {}
            shown = ", ".join(f"{k} = {_json(v)}" for k, v in properties.items() if v is not None)
            wrong = [
                f"{key} was delivered as {_json(delivered[who, key])}"
                for key in keys
                if (who, key) in delivered and not same(delivered[who, key], properties.get(key))
            ]
            line = shown or ("none of them" if contact else "no contact")
            yield f"{INDENT}{who}: {'; but '.join([line, *wrong])}", not wrong


def _property(contact: Mapping[str, Any], key: str) -> Any:
    custom = {one["kind"]: one["value"] for one in contact["custom_fields"]}
    # A key such as `company` is a standard field's.
    standard = {name.lower(): value for name, value in contact.items()}
    return custom.get(key, standard.get(key.replace("_", "")))


def _json(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False)
