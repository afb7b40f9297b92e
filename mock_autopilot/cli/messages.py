"""Read Segment messages from files: one object, an array, or one object a line; gzip or not."""

import gzip
import io
import json
import zlib
from codecs import BOM_UTF8
from collections.abc import Iterable, Iterator
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
    other lines are read all the same. The stream stays open.
    """
    buffered = io.BufferedReader(stream)  # type: ignore[type-var]  # has all that it needs
    try:
        if buffered.peek(2)[:2] == b"\x1f\x8b":
            with gzip.GzipFile(fileobj=buffered) as unpacked:
                yield from _messages(name, _lines(unpacked))
        else:
            yield from _messages(name, _lines(buffered))
    except (OSError, EOFError, zlib.error) as error:
        yield Found(name, problem=f"cannot be read any further: {error}")
    finally:
        buffered.detach()


def _messages(name: str, lines: Iterator[tuple[int, bytes]]) -> Iterator[Found]:
    number, first = next(lines, (0, b""))
    found = _parse(f"{name}:{number}", first)
    if first and not found.problem and not isinstance(found.message, list):  # one a line
        yield found
        yield from _each(name, lines)
    elif first:  # one document over several lines, or a first line that is broken
        rest = list(lines)
        whole = _parse(name, b"".join(line for _, line in ((number, first), *rest)))
        each = list(_each(name, [(number, first), *rest]))
        if isinstance(whole.message, list):
            yield from (Found(f"{name}[{at}]", one) for at, one in enumerate(whole.message))
        elif whole.problem and any(isinstance(one.message, dict) for one in each):
            yield from each
        else:
            yield whole


def _each(name: str, lines: Iterable[tuple[int, bytes]]) -> Iterator[Found]:
    return (_parse(f"{name}:{number}", line) for number, line in lines)


def _lines(stream: Iterable[bytes]) -> Iterator[tuple[int, bytes]]:
    """Give the lines that are not blank, with their numbers."""
    for number, line in enumerate(stream, start=1):
        text = line.removeprefix(BOM_UTF8) if number == 1 else line
        if text.strip():
            yield number, text


def _parse(place: str, raw: bytes) -> Found:
    try:
        return Found(place, json.loads(raw.decode()))
    except json.JSONDecodeError as error:
        line = f"line {error.lineno}, " if b"\n" in raw.strip() else ""
        return Found(place, problem=f"is not JSON: {error.msg} at {line}column {error.colno}")
    except UnicodeDecodeError as error:
        return Found(place, problem=f"is not UTF-8: {error.reason} at byte {error.start}")
    except (ValueError, RecursionError) as error:
        return Found(place, problem=f"is not JSON that can be read: {error}")
