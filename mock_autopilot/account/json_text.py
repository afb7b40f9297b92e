"""Parse JSON text that may be anything, with one kind of error.

What is returned can be stored and written as JSON again: no NaN or Infinity, no text that is not
Unicode, no nesting that a recursive reader would fail on. All limits are `ours`.
"""

import codecs
import json
import re
from typing import Any, NoReturn

from mock_autopilot.account import call_warnings as warn
from mock_autopilot.account import errors
from mock_autopilot.account.call_warnings import Warnings
from mock_autopilot.account.validation import wrong_type

MAX_DEPTH = 32
"""Levels of arrays and objects in one body."""
BODY = "The request body"

_Trail = tuple["_Trail", str | int] | None
"""The steps to a value inside a body, the last one first."""

# Only a body with one of these can hold half a surrogate pair or a number beyond a float's range;
# only those bodies are walked through.
_SUSPECT = re.compile(r"\\u[dD][89a-fA-F]|[eE]\+?\d{3}|\d{200}", re.ASCII)


_BYTE_ORDER_MARKS = (
    # Those of four bytes first, since one of two bytes begins like one of them.
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_MARKS = tuple(mark for mark, _ in _BYTE_ORDER_MARKS)


_FORM = re.compile(r"[\w%.+*\[\]-]+=[^\s&]*(&[\w%.+*\[\]-]+=[^\s&]*)*", re.ASCII)
_MULTIPART = "Content-Disposition: form-data"
_FORM_HINT = " It is a form; JSON is needed (with requests json=…, not data=…)."


def decode(raw: bytes, name: str = BODY) -> str:
    """Return the text of a JSON document: UTF-8, or what its byte order mark says.

    Editors write such a mark, and PowerShell's `>` writes UTF-16. Raises `ApiError` (400) when the
    bytes are no such text.
    """
    encoding = byte_order_mark(raw) or "utf-8"
    try:
        return raw.decode(encoding)
    except UnicodeDecodeError as error:
        called = encoding.removesuffix("-sig").upper()
        raise _bad(f"{name} is not {called}: {error.reason} at byte {error.start}.") from None


def byte_order_mark(raw: bytes) -> str | None:
    """Return the encoding that a byte order mark names; None when there is none."""
    if not raw.startswith(_MARKS):
        return None
    return next(name for mark, name in _BYTE_ORDER_MARKS if raw.startswith(mark))


def parse_object(
    raw: bytes, warnings: Warnings, depth: int = MAX_DEPTH, name: str = BODY
) -> dict[str, Any]:
    """Return the value of a JSON text that must be an object; else as `parse`."""
    value = parse(raw, warnings, depth, name)
    if not isinstance(value, dict):
        raise wrong_type(name, "a JSON object", value)
    return value


def parse(raw: bytes, warnings: Warnings, depth: int = MAX_DEPTH, name: str = BODY) -> Any:
    """Return the value of a JSON text; warn of each key that stands twice in one object.

    `depth` is how many levels of arrays and objects it may have, `name` how errors call it. Raises
    `ApiError` (400) that says what is wrong, and where.
    """
    text = decode(raw, name)
    if not text.strip():
        raise _bad(f"{name} is empty; a JSON object is needed.")

    try:
        value = _decoded(text, warnings)
    except _NotANumber as word:
        raise _bad(f"{name} is not JSON: {word} is no JSON number.") from None
    except json.JSONDecodeError as error:
        where = f"line {error.lineno}, column {error.colno}"
        form = _FORM_HINT if _FORM.fullmatch(text.strip()) or _MULTIPART in text[:500] else ""
        raise _bad(f"{name} is not JSON: {error.msg} at {where}.{form}") from None
    except RecursionError:
        raise _too_deep(name, depth) from None
    except ValueError:  # a whole number of more digits than Python will read
        raise _bad(f"{name} has a number of thousands of digits.") from None
    if text.count("[") + text.count("{") > depth or _SUSPECT.search(text):
        _walk(value, depth)
    return value


class _NotANumber(Exception):
    """The text has NaN or Infinity, which is no JSON; its text is that word."""


class _RepeatedKey(Exception):
    """An object of the text has a key twice."""


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    built = dict(pairs)
    if len(built) != len(pairs):
        raise _RepeatedKey
    return built


def _refused_constant(word: str) -> NoReturn:
    raise _NotANumber(word)


_DECODER = json.JSONDecoder(object_pairs_hook=_object, parse_constant=_refused_constant)
"""Made once, since making one takes as long as to read a small body."""


def _decoded(text: str, warnings: Warnings) -> Any:
    """Return the value of a JSON text; one with a key twice is read again, to warn of each."""
    try:
        return _DECODER.decode(text)
    except _RepeatedKey:

        def warned(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
            seen = set[str]()
            for key, _ in pairs:
                if key in seen:
                    warnings.add(warn.DUPLICATE_KEY(key))
                seen.add(key)
            return dict(pairs)

        decoder = json.JSONDecoder(object_pairs_hook=warned, parse_constant=_refused_constant)
        return decoder.decode(text)


def _walk(value: Any, limit: int) -> None:
    """Refuse what could not be written as JSON again, naming the field."""
    pending: list[tuple[_Trail, Any, int]] = [(None, value, 0)]
    while pending:
        trail, value, depth = pending.pop()
        match value:
            case str():
                _require_unicode(value, trail)
            case float() if value in (float("inf"), float("-inf")):
                raise _bad(f"{_path(trail)} is a number too large to be stored.")
            case dict() | list() if depth == limit:
                raise _too_deep(_path(trail), limit)
            case dict():
                for key, item in value.items():
                    _require_unicode(key, trail, "a key of ")
                    pending.append(((trail, f".{key}"), item, depth + 1))
            case list():
                pending += [((trail, i), item, depth + 1) for i, item in enumerate(value)]


def _path(trail: "_Trail") -> str:
    """Write the path to a value; the steps are only put together for an error."""
    steps = []
    while trail:
        trail, step = trail
        steps.append(f"[{step}]" if isinstance(step, int) else step)
    return "".join(reversed(steps)).removeprefix(".") or BODY


def _require_unicode(text: str, trail: "_Trail", what: str = "") -> None:
    try:
        text.encode()
    except UnicodeEncodeError:
        problem = "has half of a surrogate pair, which is no Unicode text."
        raise _bad(f"{what}{_path(trail)} {problem}") from None


def _too_deep(name: str, limit: int) -> errors.ApiError:
    shown = name if len(name) <= 60 else f"{name[:60]}…"
    return _bad(f"{shown} is nested more than {limit} levels deep.")


def _bad(problem: str) -> errors.ApiError:
    return errors.BAD_BODY(problem=problem)
