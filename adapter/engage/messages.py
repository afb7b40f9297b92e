"""The messages that Engage sends (`spec`)."""

from typing import Any

from adapter.engage.computation import Computation
from adapter.engage.profile import Identifier

Message = dict[str, Any]


def build_message(
    computation: Computation, identifier: Identifier, value: Any, space_id: str
) -> Message:
    """Return the identify or track that sends the value of a computation for an identifier."""
    by_email = identifier.type == "email"
    ids: Message = {} if by_email else {identifier.type: identifier.value}
    email: Message = {"email": identifier.value} if by_email else {}
    key = computation.key
    personas = {
        "computation_class": computation.computation_class,
        "computation_id": computation.id,
        "computation_key": key,
        "namespace": space_id,
        "space_id": space_id,
    }
    integrations = {"All": False, "AutopilotHQ": True}
    if computation.form == "identify":
        return {
            "type": "identify",
            **ids,
            "traits": {**email, key: value},
            "context": {"personas": personas},
            "integrations": integrations,
        }
    return {
        "type": "track",
        **ids,
        "event": computation.event_name(value),
        "properties": {computation.key_property: key, key: value},
        "context": {**({"traits": email} if email else {}), "personas": personas},
        "integrations": integrations,
    }
