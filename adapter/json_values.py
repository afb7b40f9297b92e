"""JSON values: copy what JSON can carry, compare two values, describe one in a message."""

import json
import math
from datetime import date
from typing import Any

from adapter.errors import InvalidMessage
from adapter.notes import LONE_SURROGATE, Note

#: Levels of objects and lists inside `traits` or `properties`; more than anybody sends.
MAX_DEPTH = 64
#: Bits of the largest integer: beyond it, JSON readers that use doubles see infinity.
MAX_INTEGER_BITS = 1023
#: Characters of a value that an error or a note shows.
MAX_SHOWN = 60


class LoneSurrogate(InvalidMessage):
    """A text with half of a surrogate pair, which UTF-8 cannot encode."""


def json_copy(path: str, value: Any, notes: list[Note] | None = None, depth: int = 0) -> Any:
    """Return a copy of `value`, which stands at `path`, if JSON can carry it.

    With `notes`, an object's entry whose key or value contains a lone surrogate is left out and
    noted. Inside a list the whole list is left out: without one item the others would move up.

    Raises:
        InvalidMessage: JSON cannot carry it; `field` is the path of the offending part, the text
            says the fix.

    """
    if depth > MAX_DEPTH:
        raise InvalidMessage(path, f"is nested deeper than {MAX_DEPTH} levels: send it flatter")
    match value:
        case None | bool():
            return value
        case str():
            check_text(path, value)
            return value
        case int():
            if value.bit_length() > MAX_INTEGER_BITS:
                raise InvalidMessage(path, "is too large a number for JSON: send it as text")
            return value
        case float():
            if not math.isfinite(value):
                raise InvalidMessage(path, f"is {value}, which JSON cannot express: leave it out")
            return value
        case dict():
            return dict(_entries(path, value, notes, depth + 1))
        case list() | tuple():
            return [
                json_copy(f"{path}[{index}]", item, None, depth + 1)
                for index, item in enumerate(value)
            ]
        case date():
            raise InvalidMessage(path, f"is {kind_of(value)}: send it as ISO 8601 text")
        case _:
            raise InvalidMessage(path, f"is {kind_of(value)}, not a JSON value: send text")


def _entries(
    path: str, value: dict[Any, Any], notes: list[Note] | None, depth: int
) -> list[tuple[str, Any]]:
    entries = []
    for key, inner in value.items():
        if not isinstance(key, str):
            raise InvalidMessage(path, f"has the key {shown(key)}: keys must be text")
        entry_path = f"{path}.{_encodable(key)}"
        try:
            check_text(entry_path, key)
            entries.append((key, json_copy(entry_path, inner, notes, depth)))
        except LoneSurrogate:
            if notes is None:
                raise
            notes.append(LONE_SURROGATE(entry_path))
    return entries


def check_text(path: str, text: str) -> None:
    """Raise `LoneSurrogate` if UTF-8 cannot encode the text at `path`."""
    try:
        text.encode()
    except UnicodeEncodeError:
        raise LoneSurrogate(
            path, "contains a lone surrogate, which UTF-8 cannot encode: correct the text"
        ) from None


def json_equal(one: object, other: object) -> bool:
    """Return whether two values are the same in JSON, where 5 is 5.0 but 1 is not true."""
    if isinstance(one, bool) or isinstance(other, bool):
        return one is other
    if isinstance(one, dict) and isinstance(other, dict):
        return one.keys() == other.keys() and all(json_equal(one[k], other[k]) for k in one)
    if isinstance(one, list | tuple) and isinstance(other, list | tuple):
        return len(one) == len(other) and all(map(json_equal, one, other))
    return one == other


def json_text(value: object) -> str:
    """Return a value as JSON, its text readable."""
    return json.dumps(value, ensure_ascii=False)


def shown(value: object) -> str:
    """Return a value as an error or a note shows it: cut to a length, lone surrogates escaped."""
    text = _encodable(repr(value))
    return text if len(text) <= MAX_SHOWN else f"{text[:MAX_SHOWN]}…"


def kind_of(value: object) -> str:
    """Return the JSON type of a value in words: `a list`, `null`."""
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


def _encodable(text: str) -> str:
    return text.encode("utf-8", "backslashreplace").decode()
