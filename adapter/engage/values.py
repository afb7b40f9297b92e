"""Values as JSON has them: when two are one, and a copy of one that JSON can carry."""

from typing import TypeVar

from adapter.errors import InvalidMessage, InvalidSpace
from adapter.message import json_copy

Value = TypeVar("Value")


def same(before: object, after: object) -> bool:
    """Tell whether two values are one in JSON, where 1 is not true, and 5 is 5.0."""
    if isinstance(before, bool) or isinstance(after, bool):
        return before is after
    if isinstance(before, dict) and isinstance(after, dict):
        return before.keys() == after.keys() and all(same(before[k], after[k]) for k in before)
    if isinstance(before, list | tuple) and isinstance(after, list | tuple):
        return len(before) == len(after) and all(map(same, before, after))
    return before == after


def copied(what: str, value: Value) -> Value:
    """Copy a value, so that what has been told stays as it was told; `what` names it.

    Raises:
        InvalidSpace: JSON cannot carry it.

    """
    try:
        copy: Value = json_copy(what, value, depth=1)  # in a message it is one level deep
    except InvalidMessage as error:
        raise InvalidSpace(error.field, error.problem) from None
    return copy
