"""Check JSON values, with errors that name the field and say what it must be.

Every function raises `ApiError` (400). msgspec decodes control bodies and states; its messages are
translated into JSON's words here, and nowhere else.
"""

import re
from typing import Any, TypeVar

import msgspec
from msgspec import inspect

from mock_autopilot.account import call_warnings as warn
from mock_autopilot.account import errors
from mock_autopilot.account.call_warnings import Warnings

T = TypeVar("T")


def wrong(field: str, problem: str) -> errors.ApiError:
    """Return the 400 for a field with a problem of its own."""
    return errors.BAD_FIELD(field=field, problem=problem)


def wrong_type(field: str, wanted: str, value: object) -> errors.ApiError:
    """Return the 400 for a value of the wrong type: `field must be {wanted}, got …`."""
    return wrong(field, f"must be {wanted}, got {describe(value)}.")


def describe(value: object) -> str:
    """Return how an error message names a JSON value, without repeating all of it."""
    match value:
        case None:
            return "null"
        case bool():
            return str(value).lower()
        case int() | float():
            return f"the number {value}" if abs(value) < 1e15 else "a number"
        case str():
            return f"the string {value!r}" if len(value) <= 40 else "a long string"
        case list():
            return "an array"
        case _:
            return "an object"


def as_object(value: object, path: str, warnings: Warnings) -> dict[str, Any]:
    """Return a value that must be an object; warn of an empty array, and take it for an empty one.

    PHP has one type for both, and a widespread plugin in it sends `"custom": []` (`client`).
    """
    if value == []:
        warnings.add(warn.EMPTY_ARRAY(path))
        return {}
    if not isinstance(value, dict):
        raise wrong_type(path, "an object", value)
    return value


def convert(value: object, wanted: type[T], path: str = "") -> T:
    """Return a JSON value as a msgspec type; `path` is how errors call the value itself."""
    try:
        return msgspec.convert(value, wanted)
    except msgspec.ValidationError as error:
        raise _translated(str(error), value, wanted, path) from None


_PARTS = re.compile(r"(?P<problem>.*?)(?: - at `(?:key` in `)?\$(?P<path>[^`]*)`)?", re.DOTALL)
_STEP = re.compile(r"\.(\w+)|\[(\d+)\]")
_TYPES = {
    "str": "a string",
    "int": "a whole number",
    "float": "a number",
    "bool": "true or false",
    "array": "an array",
    "object": "an object",
    "null": "null",
}
"""What msgspec's names of types are called in JSON."""
_LIMITS = {
    " of length >= 1": " that is not empty",
    " >= ": " of at least ",
    " <= ": " of at most ",
}


def _translated(text: str, value: Any, wanted: Any, path: str) -> errors.ApiError:
    """Return msgspec's error as the 400 that names the field in JSON's words."""
    parts = _PARTS.fullmatch(text)
    assert parts  # noqa: S101  # every text matches
    problem, place = parts["problem"], parts["path"] or ""
    known = inspect.type_info(wanted)
    for name, index in _STEP.findall(place):
        value = value[name] if name else value[int(index)]
        known = _type_at(known, name)
    field = f"{path}{place}".removeprefix(".")
    if missing := re.fullmatch("Object missing required field `(.*)`", problem):
        return wrong(f"{field}.{missing[1]}".removeprefix("."), "is missing.")
    if unknown := re.fullmatch("Object contains unknown field `(.*)`", problem):
        names = ", ".join(one.encode_name for one in _struct(known).fields)
        return wrong(f"{field}.{unknown[1]}".removeprefix("."), f"is unknown; known are {names}.")
    if expected := re.match("Expected `([^`]*)`([^,]*)", problem):
        types = [_TYPES.get(name, name) for name in expected[1].split(" | ") if name != "null"]
        limit = expected[2]
        for theirs, ours in _LIMITS.items():
            limit = limit.replace(theirs, ours)
        return wrong_type(field or "The body", f"{' or '.join(types)}{limit}", value)
    return wrong(field, f"is not valid: {problem}.")


def _type_at(known: Any, name: str) -> Any:
    """Return the type of a struct's field, or of an array's items where `name` is empty."""
    if not name:
        return next(one.item_type for one in _choices(known) if hasattr(one, "item_type"))
    fields = {one.encode_name: one.type for one in _struct(known).fields}
    return fields[name]


def _struct(known: Any) -> inspect.StructType:
    return next(one for one in _choices(known) if isinstance(one, inspect.StructType))


def _choices(known: Any) -> tuple[Any, ...]:
    return known.types if isinstance(known, inspect.UnionType) else (known,)
