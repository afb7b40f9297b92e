"""Check JSON values, with errors that name the field and say what it must be.

The errors are `ApiError`s (400). msgspec checks control bodies and states; `convert` rephrases its
messages with the names of JSON's types and the path of the field.
"""

import re
from contextlib import suppress
from typing import Any, TypeVar

import msgspec
from msgspec import inspect

from mock_autopilot.account import call_warnings as warn
from mock_autopilot.account import errors
from mock_autopilot.account.call_warnings import Warnings

T = TypeVar("T")


def bad_field(field: str, problem: str) -> errors.ApiError:
    """Return the 400 for a field with a problem of its own."""
    return errors.BAD_FIELD(field=field, problem=problem)


def wrong_type(field: str, wanted: str, value: object) -> errors.ApiError:
    """Return the 400 for a value of the wrong type: `field must be {wanted}, got …`."""
    return bad_field(field, f"must be {wanted}, got {describe(value)}.")


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
        rejection = _rejection(str(error), value, wanted, path)
    raise rejection


def _rejection(message: str, value: object, wanted: Any, path: str) -> errors.ApiError:
    """Return msgspec's error as a 400 in JSON's words, with the field's path."""
    text, separator, place = message.rpartition(" - at `")
    if separator:
        with suppress(LookupError, StopIteration, TypeError):  # it was part of a key
            return _rejection_at(place.removesuffix("`"), text, value, wanted, path)
    return _rejection_at("$", message, value, wanted, path)


_STEP = re.compile(r"\.(\w+)|\[(\d+)\]")


def _rejection_at(place: str, text: str, value: Any, wanted: Any, path: str) -> errors.ApiError:
    of_key = place.startswith("key` in `")
    steps = place.removeprefix("key` in `").removeprefix("$")
    info = inspect.type_info(wanted)
    for name, index in _STEP.findall(steps):
        value = value[name] if name else value[int(index)]
        info = _type_at(info, name)
    field = f"{path}{steps}".removeprefix(".")
    if of_key:
        return bad_field(field, "has a key that is not a string.")
    if missing := re.fullmatch("Object missing required field `(.*)`", text):
        return bad_field(f"{field}.{missing[1]}".removeprefix("."), "is missing.")
    if unknown := re.fullmatch("Object contains unknown field `(.*)`", text, re.DOTALL):
        names = ", ".join(one.encode_name for one in _struct(info).fields)
        at = f"{field}.{unknown[1]}".removeprefix(".")
        return bad_field(at, f"is unknown; known are {names}.")
    return wrong_type(field or "The body", _description(info), value)


def _type_at(info: Any, name: str) -> Any:
    """Return the type of a struct's field, or of an array's items where `name` is empty."""
    if not name:
        return next(one.item_type for one in _choices(info) if hasattr(one, "item_type"))
    return {one.encode_name: one.type for one in _struct(info).fields}[name]


def _struct(info: Any) -> inspect.StructType:
    return next(one for one in _choices(info) if isinstance(one, inspect.StructType))


def _choices(info: Any) -> tuple[Any, ...]:
    return info.types if isinstance(info, inspect.UnionType) else (info,)


def _description(info: Any) -> str:
    """Return what a type takes, as JSON calls it."""
    choices = _choices(info)
    or_null = ", or null" if any(isinstance(one, inspect.NoneType) for one in choices) else ""
    names = (_name(one) for one in choices)
    return " or ".join(name for name in names if name) + or_null


def _name(info: Any) -> str:
    match info:
        case inspect.IntType(ge=int() as least, le=int() as most):
            return f"a whole number from {least} to {most}"
        case inspect.IntType(ge=int() as least):
            return f"a whole number of at least {least}"
        case inspect.FloatType(ge=least, le=most):
            return f"a number from {least} to {most}"
        case inspect.StrType(min_length=1):
            return "a string that is not empty"
        case inspect.StrType():
            return "a string"
        case inspect.BoolType():
            return "true or false"
        case inspect.ListType():
            return "an array"
        case inspect.DictType() | inspect.StructType():
            return "an object"
        case _:
            return ""
