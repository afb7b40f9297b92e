"""Definitions of spaces for the tests, as a file has them."""

import json
from typing import Any

from adapter import Delivery, Outcome
from adapter.engage.scenario import Scenario, read_scenario
from adapter.engage.simulation import Sync, simulate

START = "2026-01-01T00:00:00Z"
ADA = {"user_ids": ["ada"]}


def at(hours: float) -> str:
    """Return an instant of January, so many hours after the start."""
    minutes = round(hours * 60)
    days, rest = divmod(minutes, 24 * 60)
    return f"2026-01-{1 + days:02}T{rest // 60:02}:{rest % 60:02}:00Z"


def definition(**parts: Any) -> dict[str, Any]:
    """Return one with Ada, and these parts."""
    return {"start": START, "profiles": [ADA], **parts}


def ada(hours: float, **change: Any) -> dict[str, Any]:
    """Return a change of Ada's, so many hours after the start."""
    return {"at": at(hours), "profile": "ada", **change}


def scenario(**parts: Any) -> Scenario:
    """Read one with these parts."""
    return read_scenario(json.dumps(definition(**parts)))


def sent_values(**parts: Any) -> list[Any]:
    """Simulate one with an account that accepts everything; return the values sent for Ada."""
    read = scenario(**parts)
    happened = simulate(read.space, read.changes, read.start, read.until, delivered)
    values = []
    for event in happened:
        for delivery in event.deliveries if isinstance(event, Sync) else ():
            key = delivery.source["context"]["personas"]["computation_key"]
            values.append(delivery.source["traits"][key])
    return values


def delivered(message: Any) -> Delivery:
    """Return a delivery as of an account that accepts everything."""
    return Delivery(message, Outcome.DELIVERED, 200)


USERS = ("ada", "bob", "eve")
VIP_SPACE = definition(
    profiles=[{"user_ids": [user]} for user in USERS],
    audiences=[{"name": "VIP", "members": list(USERS)}],
    changes=[ada(30, leave="VIP"), ada(60, enter="VIP")],
    days=4,
)
