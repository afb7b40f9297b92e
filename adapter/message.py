"""What a Segment message has to be before it can be planned (`spec`)."""

import math
from datetime import date
from typing import Any

from adapter.errors import InvalidMessage

#: The types of message there are.
TYPES = ("identify", "track", "page", "screen", "group", "alias")
#: Levels of objects and lists inside `traits` or `properties`; more than anybody sends.
DEEPEST = 64
#: Bits of the largest whole number: beyond it, readers of JSON see infinity.
LARGEST_BITS = 1023


def check(message: object) -> None:
    """Check that `message` is a Segment message that JSON can carry.

    Fields it does not know are fine everywhere, and are not looked at.

    Raises:
        InvalidMessage: it is not; `field` is the path of what is wrong, the text says the fix.

    """
    fields = _object("message", message)
    kind = fields.get("type")
    if kind not in TYPES:
        got = "nothing" if kind is None else _shown(repr(kind))
        raise InvalidMessage("type", f"must be one of {', '.join(TYPES)}, got {got}")
    context = _object("context", fields.get("context"), optional=True)
    _object("integrations", fields.get("integrations"), optional=True)
    for name, value in (
        ("traits", fields.get("traits")),
        ("properties", fields.get("properties")),
        ("context.traits", context.get("traits")),
    ):
        check_value(name, _object(name, value, optional=True))
    for name in ("userId", "anonymousId", "event"):
        # An id of another type counts as missing, which is no fault of the message.
        if isinstance(fields.get(name), str | int | float):
            check_value(name, fields[name])
    event = fields.get("event")
    if kind == "track" and (not isinstance(event, str) or not event.strip()):
        raise InvalidMessage("event", "must be the event's name, a text that is not blank")


def _object(name: str, value: object, *, optional: bool = False) -> dict[Any, Any]:
    if value is None and optional:
        return {}
    if not isinstance(value, dict):
        raise InvalidMessage(name, f"must be an object, got {_kind(value)}")
    return value


def check_value(path: str, value: object, depth: int = 0) -> None:
    """Check that JSON can carry `value`, which stands at `path`.

    Raises:
        InvalidMessage: it cannot; `field` is the path of what is wrong, the text says the fix.

    """
    if depth > DEEPEST:
        raise InvalidMessage(path, f"is nested deeper than {DEEPEST} levels: send it flatter")
    match value:
        case None | bool():
            pass
        case str():
            _check_text(path, value)
        case int():
            if value.bit_length() > LARGEST_BITS:
                raise InvalidMessage(path, "is too large a number for JSON: send it as text")
        case float():
            if not math.isfinite(value):
                raise InvalidMessage(path, f"is {value}, which JSON has not: leave it out")
        case dict():
            for key, inner in value.items():
                if not isinstance(key, str):
                    raise InvalidMessage(path, f"has the key {key!r}: keys must be text")
                _check_text(f"{path}.{_shown(key)}", key)
                check_value(f"{path}.{key}", inner, depth + 1)
        case list() | tuple():
            for index, inner in enumerate(value):
                check_value(f"{path}[{index}]", inner, depth + 1)
        case date():
            raise InvalidMessage(path, f"is {_kind(value)}: send it as ISO-8601 text")
        case _:
            raise InvalidMessage(path, f"is {_kind(value)}, which JSON has not: send text")


def _check_text(path: str, text: str) -> None:
    try:
        text.encode()
    except UnicodeEncodeError:
        raise InvalidMessage(
            path, "has half a character (a lone surrogate), which UTF-8 has not: mend the text"
        ) from None


def _shown(text: str) -> str:
    return text.encode("utf-8", "backslashreplace").decode()


def _kind(value: object) -> str:
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
        case _:
            return f"a {type(value).__name__}"
