"""What a control call's JSON must look like: take values out, or say which field is wrong.

All raise `ApiError` (400) that names the field by its path.
"""

from collections.abc import Callable, Iterable, Mapping
from datetime import datetime
from typing import Any

from mock_autopilot.account import errors
from mock_autopilot.account.clock import iso, parse_iso
from mock_autopilot.account.json_text import wrong_type


def wrong(field: str, problem: str) -> errors.ApiError:
    """Make the 400 for a field with a problem of its own."""
    return errors.BAD_FIELD(field=field.removeprefix("."), problem=problem)


def object_at(value: object, path: str) -> dict[str, Any]:
    """Take a value that must be an object."""
    if not isinstance(value, dict):
        raise wrong_type(path, "an object", value)
    return value


def objects_at(value: object, path: str) -> Iterable[tuple[str, dict[str, Any]]]:
    """Take an array of objects, or nothing; give each with its path."""
    if value is None:
        return
    if not isinstance(value, list):
        raise wrong_type(path, "an array", value)
    for index, item in enumerate(value):
        yield f"{path}[{index}]", object_at(item, f"{path}[{index}]")


def text_in(item: Mapping[str, Any], key: str, path: str, default: str | None = None) -> str:
    """Take a text that is not empty."""
    value = item.get(key)
    if value is None and default is not None:
        return default
    if key not in item:
        raise wrong(f"{path}.{key}", "is missing.")
    if not isinstance(value, str) or not value:
        raise wrong_type(f"{path}.{key}".removeprefix("."), "a string that is not empty", value)
    return value


def texts_in(item: Mapping[str, Any], key: str, path: str) -> list[str]:
    """Take an array of texts, or nothing."""
    values = item.get(key)
    if values is None:
        return []
    if not isinstance(values, list) or not all(isinstance(value, str) for value in values):
        raise wrong(f"{path}.{key}", "must be an array of strings.")
    return list(values)


def time_in(
    item: Mapping[str, Any],
    key: str,
    path: str,
    default: str,
    write: Callable[[datetime], str] = iso,
) -> str:
    """Take a date and time, and return it as `write` writes it; `default` where there is none."""
    value = item.get(key)
    if value is None:
        return default
    try:
        return write(parse_iso(value))
    except (TypeError, ValueError, OverflowError):
        text = "must be an ISO-8601 date and time, as in 2016-02-14T12:02:49.000Z."
        raise wrong(f"{path}.{key}", text) from None


def only_keys(item: Mapping[str, Any], known: tuple[str, ...], path: str) -> None:
    """Refuse keys that are not known."""
    for key in item:
        if key not in known:
            raise wrong(f"{path}.{key}", f"is unknown; known are {', '.join(known)}.")
