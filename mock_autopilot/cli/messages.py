"""Read Segment messages from files: one object, an array, or one object a line; gzip or not."""

import gzip
import io
import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, BinaryIO


@dataclass(frozen=True, slots=True)
class Found:
    """One message as it was found: where, and its value, or why it is none."""

    place: str
    message: Any = None
    problem: str = ""


def read(name: str, stream: BinaryIO) -> Iterator[Found]:
    """Give the messages of one input, in their order; `name` is how their places begin.

    What is not JSON comes out as a problem with its place; where there is one message a line, the
    lines after it are read all the same.
    """
    try:
        lines = _lines(stream)
        number, first = next(((at, line) for at, line in lines if line.strip()), (0, ""))
        if not first:
            return
        found = _parse(f"{name}:{number}", first)
        if found.problem or isinstance(found.message, list):  # goes on after the first line
            yield from _spread(name, _parse(name, first + "".join(line for _, line in lines)))
            return
        yield found
        yield from (_parse(f"{name}:{at}", line) for at, line in lines if line.strip())
    except (OSError, EOFError, UnicodeDecodeError) as error:
        yield Found(name, problem=f"cannot be read: {error}")


def _lines(stream: BinaryIO) -> Iterator[tuple[int, str]]:
    buffered = io.BufferedReader(stream)  # type: ignore[type-var]  # any readable will do
    packed = buffered.peek(2)[:2] == b"\x1f\x8b"
    plain: Any = gzip.GzipFile(fileobj=buffered) if packed else buffered
    return enumerate(io.TextIOWrapper(plain, encoding="utf-8-sig"), start=1)


def _parse(place: str, text: str) -> Found:
    try:
        return Found(place, json.loads(text))
    except json.JSONDecodeError as error:
        line = f"line {error.lineno}, " if "\n" in text.strip() else ""
        return Found(place, problem=f"is not JSON: {error.msg} at {line}column {error.colno}")
    except (ValueError, RecursionError) as error:
        return Found(place, problem=f"is not JSON that can be read: {error}")


def _spread(name: str, whole: Found) -> Iterator[Found]:
    if isinstance(whole.message, list):
        for index, message in enumerate(whole.message):
            yield Found(f"{name}[{index}]", message)
    else:
        yield whole
