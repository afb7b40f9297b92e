"""Compare what a test expects with what there is, field by field. Pure.

An expected value is one of these:

* a mapping: each of its keys must be there and match; other keys do not matter, at any depth;
* a list or tuple: as many items, in the same order, each of which matches;
* a predicate: a callable that takes the value and returns whether it is right;
* anything else is compared with `==`, so that a matcher with an `__eq__` of its own decides.
  As in JSON, true is no 1.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from difflib import SequenceMatcher
from typing import Any

from mock_autopilot.account.similar import did_you_mean
from mock_autopilot.assertions.explanation import counted, shown

LONGEST_COMPARED = 100
"""Characters of two texts that are looked at to see how alike they are."""


MISSING = object()
"""Stands for a value that is not there."""


@dataclass(frozen=True, slots=True)
class Difference:
    """One place where a value is not what was expected.

    `path` is the field's, empty for the value itself; `got` is `MISSING` when it is not there.
    `known` are names that the field's may have been meant for; `note` says more.
    """

    path: str
    expected: Any
    got: Any
    note: str = ""
    known: Iterable[str] = field(default=(), compare=False)

    def __str__(self) -> str:
        got = "it is missing" if self.got is MISSING else f"got {shown(self.got)}"
        near = did_you_mean(self.path.rpartition(".")[2], self.known)
        note = f" ({self.note})" if self.note else ""
        return f"{self.path or 'value'}: expected {shown(self.expected)}, {got}{note}{near}"


def differences(expected: object, got: object, path: str = "") -> list[Difference]:
    """Return where a value differs from what is expected; nothing when it matches.

    Raises TypeError for a class, which is no predicate.
    """
    match expected:
        case str() | int() | float() | None:  # the most of them, so that they come first
            return [] if _equal(expected, got) else [Difference(path, expected, got)]
        case Mapping():
            if not isinstance(got, Mapping):
                return [Difference(path, expected, got)]
            return [
                one for key, wanted in expected.items() for one in _of_key(key, wanted, got, path)
            ]
        case list() | tuple():
            if not isinstance(got, list | tuple):
                return [Difference(path, expected, got)]
            if len(got) != len(expected):
                note = f"{counted(len(got), 'item')}, not {len(expected)}"
                return [Difference(path, expected, got, note)]
            pairs = enumerate(zip(expected, got, strict=True))
            return [one for at, (a, b) in pairs for one in differences(a, b, f"{path}[{at}]")]
        case _:
            return _of_value(expected, got, path)


def leaves(expected: object) -> int:
    """Return how many single values an expected one has: as many differences there can be."""
    match expected:
        case Mapping():
            return sum(map(leaves, expected.values())) or 1
        case list() | tuple():
            return sum(map(leaves, expected)) or 1
        case _:
            return 1


def unlikeness(one: Difference) -> float:
    """Return how far a value is from the expected one, from 0 to 1; texts may be nearly equal."""
    if isinstance(one.expected, str) and isinstance(one.got, str):
        expected, got = one.expected[:LONGEST_COMPARED], one.got[:LONGEST_COMPARED]
        return 1 - SequenceMatcher(None, expected, got).ratio()
    return 1.0


def _of_key(key: str, wanted: object, got: Mapping[str, Any], path: str) -> list[Difference]:
    at = f"{path}.{key}" if path else str(key)
    if key not in got:
        return [Difference(at, wanted, MISSING, known=got.keys())]
    return differences(wanted, got[key], at)


def _of_value(expected: object, got: object, path: str) -> list[Difference]:
    if isinstance(expected, type) and type(expected).__eq__ is type.__eq__:
        raise TypeError(
            f"{path or 'value'}: the class {expected.__name__} is no predicate; "
            f"write lambda value: isinstance(value, {expected.__name__})"
        )
    try:
        same = _holds(expected, got)
    except Exception as error:  # noqa: BLE001  # the user's code: that it fails is told as the reason
        return [Difference(path, expected, got, f"{type(error).__name__}: {error}")]
    return [] if same else [Difference(path, expected, got)]


def _holds(expected: object, got: object) -> bool:
    if callable(expected) and not isinstance(expected, type):
        return bool(expected(got))
    return _equal(expected, got)


def _equal(expected: object, got: object) -> bool:
    if isinstance(expected, bool | int | float) and isinstance(got, bool | int | float):
        return isinstance(expected, bool) is isinstance(got, bool) and expected == got
    return bool(expected == got)
