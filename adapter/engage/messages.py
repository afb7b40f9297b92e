"""The messages that Engage sends (`spec`)."""

from typing import Any

from adapter.engage.computation import Computation
from adapter.engage.profile import Identifier

Message = dict[str, Any]


def message_of(computation: Computation, who: Identifier, value: Any, space_id: str) -> Message:
    """Give the identify, or the track, that tells Autopilot one value of one identifier."""
    named: Message = {} if who.kind == "email" else {who.kind: who.value}
    address: Message = {"email": who.value} if who.kind == "email" else {}
    kind, key = computation.computation_class, computation.key
    personas = {
        "computation_class": kind,
        "computation_id": computation.id,
        "computation_key": key,
        "namespace": space_id,
        "space_id": space_id,
    }
    integrations = {"All": False, "AutopilotHQ": True}
    if computation.form == "identify":
        return {
            "type": "identify",
            **named,
            "traits": {**address, key: value},
            "context": {"personas": personas},
            "integrations": integrations,
        }
    return {
        "type": "track",
        **named,
        "event": _event(kind, value),
        "properties": {computation.key_property: key, key: value},
        "context": {**({"traits": address} if address else {}), "personas": personas},
        "integrations": integrations,
    }


def _event(computation_class: str, value: Any) -> str:
    if computation_class == "trait":
        return "Trait Computed"
    return "Audience Entered" if value else "Audience Exited"
