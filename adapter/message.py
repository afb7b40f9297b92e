"""The parts of a Segment message, and what JSON can carry of them (`spec`)."""

import math
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from adapter.errors import InvalidMessage
from adapter.notes import EMPTY_LIST, HALF_CHARACTER, Note

#: The types of message there are.
TYPES = ("identify", "track", "page", "screen", "group", "alias")
#: Levels of objects and lists inside `traits` or `properties`; more than anybody sends.
DEEPEST = 64
#: Bits of the largest whole number: beyond it, readers of JSON see infinity.
LARGEST_BITS = 1023
#: Characters of a value that a note shows.
LONGEST_SHOWN = 60


class HalfCharacter(InvalidMessage):
    """A text with a lone surrogate, which UTF-8 cannot carry."""


@dataclass(frozen=True)
class Parts:
    """The parts of an identify or a track that are looked at, as JSON can carry them.

    Attributes:
        own_path: `traits` for an identify, `properties` for a track.
        own: what stands there.
        context_traits: what stands in `context.traits`.
        user_id: `userId`, of any type.
        anonymous_id: `anonymousId`, of any type.

    """

    own_path: str
    own: dict[str, Any]
    context_traits: dict[str, Any]
    user_id: object
    anonymous_id: object


def message_object(message: object) -> dict[str, Any]:
    """Return `message` when it is an object with a known type; nothing else of it is looked at.

    Raises:
        InvalidMessage: it is not; a batch body is told what takes it.

    """
    if not isinstance(message, dict):
        raise InvalidMessage("message", f"must be an object, got {kind_of(message)}")
    if is_batch(message):
        raise InvalidMessage("batch", "has messages of its own: give a batch body to deliver_many")
    kind = message.get("type")
    if kind not in TYPES:
        got = "nothing" if kind is None else shown(kind)
        raise InvalidMessage("type", f"must be one of {', '.join(TYPES)}, got {got}")
    return message


def is_batch(body: Mapping[Any, Any]) -> bool:
    """Tell whether an object is a batch body, and not a message."""
    return "batch" in body and "type" not in body


def parts_of(message: Mapping[str, Any], notes: list[Note]) -> Parts:
    """Return the parts of an identify or a track, without text that UTF-8 cannot carry.

    Raises:
        InvalidMessage: JSON cannot carry one; `field` is its path, the text says the fix.

    """
    own_path = "properties" if message["type"] == "track" else "traits"
    own = object_at(own_path, message.get(own_path), notes)
    context = object_at("context", message.get("context"), notes)
    context_traits = object_at("context.traits", context.get("traits"), notes)
    for name in ("userId", "anonymousId"):
        # An id of another type counts as missing, which is no fault of the message.
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
        InvalidMessage: it has none, or one that UTF-8 cannot carry.

    """
    event = message.get("event")
    if not isinstance(event, str) or not event.strip():
        raise InvalidMessage("event", "must be the event's name, a text that is not blank")
    _check_text("event", event)
    return event


def object_at(path: str, value: object, notes: list[Note]) -> dict[Any, Any]:
    """Return the object at `path`: empty for null and, noted, for an empty list, which PHP sends.

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


def json_copy(path: str, value: Any, notes: list[Note] | None = None, depth: int = 0) -> Any:
    """Return a copy of `value`, which stands at `path`, when JSON can carry it.

    With `notes`, an entry of an object whose key or value has half a character is left out and
    noted: the whole list when it is inside one, since without an item the others would move up.

    Raises:
        InvalidMessage: JSON cannot carry it; `field` is the path of what is wrong, the text says
            the fix.

    """
    if depth > DEEPEST:
        raise InvalidMessage(path, f"is nested deeper than {DEEPEST} levels: send it flatter")
    match value:
        case None | bool():
            return value
        case str():
            _check_text(path, value)
            return value
        case int():
            if value.bit_length() > LARGEST_BITS:
                raise InvalidMessage(path, "is too large a number for JSON: send it as text")
            return value
        case float():
            if not math.isfinite(value):
                raise InvalidMessage(path, f"is {value}, which JSON has not: leave it out")
            return value
        case dict():
            return dict(_entries(path, value, notes, depth + 1))
        case list() | tuple():
            return [
                json_copy(f"{path}[{index}]", item, None, depth + 1)
                for index, item in enumerate(value)
            ]
        case date():
            raise InvalidMessage(path, f"is {kind_of(value)}: send it as ISO-8601 text")
        case _:
            raise InvalidMessage(path, f"is {kind_of(value)}, which JSON has not: send text")


def _entries(
    path: str, value: dict[Any, Any], notes: list[Note] | None, depth: int
) -> list[tuple[str, Any]]:
    entries = []
    for key, inner in value.items():
        if not isinstance(key, str):
            raise InvalidMessage(path, f"has the key {shown(key)}: keys must be text")
        at = f"{path}.{_encodable(key)}"
        try:
            _check_text(at, key)
            entries.append((key, json_copy(at, inner, notes, depth)))
        except HalfCharacter:
            if notes is None:
                raise
            notes.append(HALF_CHARACTER(at))
    return entries


def _check_text(path: str, text: str) -> None:
    try:
        text.encode()
    except UnicodeEncodeError:
        raise HalfCharacter(
            path, "has half a character (a lone surrogate), which UTF-8 has not: mend the text"
        ) from None


def _encodable(text: str) -> str:
    return text.encode("utf-8", "backslashreplace").decode()


def shown(value: object) -> str:
    """Return a value as an error or a note shows it: not too long, and without half characters."""
    text = _encodable(repr(value))
    return text if len(text) <= LONGEST_SHOWN else f"{text[:LONGEST_SHOWN]}…"


def kind_of(value: object) -> str:
    """Return what a value is, in words: `a list`, `null`."""
    match value:
        case None:
            return "null"
        case bool():
            return "a boolean"
        case int() | float():
            return "a number"
        case str():
            return "a string"
        case list() | tuple():
            return "a list"
        case dict():
            return "an object"
        case _:
            return f"a {type(value).__name__}"
