"""The parts of a Segment message that the forwarder reads (`spec`)."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from adapter.errors import InvalidMessage
from adapter.json_values import check_text, json_copy, kind_of, shown
from adapter.notes import EMPTY_LIST, Note

#: The types of message that Segment has.
TYPES = ("identify", "track", "page", "screen", "group", "alias")


@dataclass(frozen=True)
class Parts:
    """The parts of an identify or a track that decide what is sent, as JSON can carry them.

    Attributes:
        own_path: `traits` for an identify, `properties` for a track.
        own: the object at `own_path`.
        context_traits: the object at `context.traits`.
        user_id: `userId`, of any type.
        anonymous_id: `anonymousId`, of any type.

    """

    own_path: str
    own: dict[str, Any]
    context_traits: dict[str, Any]
    user_id: object
    anonymous_id: object


def message_object(message: object) -> dict[str, Any]:
    """Return `message` if it is an object with a known type; its other fields are not checked.

    Raises:
        InvalidMessage: it is not. For a batch body the text names `deliver_many`.

    """
    if not isinstance(message, dict):
        raise InvalidMessage("message", f"must be an object, got {kind_of(message)}")
    if is_batch(message):
        raise InvalidMessage("batch", "holds several messages: pass a batch body to deliver_many")
    kind = message.get("type")
    if kind not in TYPES:
        got = "nothing" if kind is None else shown(kind)
        raise InvalidMessage("type", f"must be one of {', '.join(TYPES)}, got {got}")
    return message


def is_batch(body: Mapping[Any, Any]) -> bool:
    """Return whether an object is a batch body rather than a message."""
    return "batch" in body and "type" not in body


def parts_of(message: Mapping[str, Any], notes: list[Note]) -> Parts:
    """Return the parts of an identify or a track, without text that UTF-8 cannot encode.

    Raises:
        InvalidMessage: JSON cannot carry one; `field` is its path, the text says the fix.

    """
    own_path = "properties" if message["type"] == "track" else "traits"
    own = object_at(own_path, message.get(own_path), notes)
    context = object_at("context", message.get("context"), notes)
    context_traits = object_at("context.traits", context.get("traits"), notes)
    for name in ("userId", "anonymousId"):
        # An id of another type counts as missing, and does not make the message invalid.
        if isinstance(message.get(name), str | int | float):
            json_copy(name, message[name])
    return Parts(
        own_path,
        json_copy(own_path, own, notes),
        json_copy("context.traits", context_traits, notes),
        message.get("userId"),
        message.get("anonymousId"),
    )


def event_name(message: Mapping[str, Any]) -> str:
    """Return the name of a track's event.

    Raises:
        InvalidMessage: it has none, or one that UTF-8 cannot encode.

    """
    event = message.get("event")
    if not isinstance(event, str) or not event.strip():
        raise InvalidMessage("event", "must be the event's name, a text that is not blank")
    check_text("event", event)
    return event


def object_at(path: str, value: object, notes: list[Note]) -> dict[Any, Any]:
    """Return the object at `path`: empty for null, and (noted) for PHP's empty list.

    Raises:
        InvalidMessage: it is something else.

    """
    if value is None:
        return {}
    if isinstance(value, list | tuple) and not value:
        notes.append(EMPTY_LIST(path))
        return {}
    if not isinstance(value, dict):
        raise InvalidMessage(path, f"must be an object, got {kind_of(value)}")
    return value
