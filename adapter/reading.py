"""Find Segment messages in what people have: objects, batch bodies, JSON, JSON lines, files.

JSON may be gzipped, in several members too, and may begin with a byte order mark: of UTF-8, UTF-16
or UTF-32. Each message knows its place, such as `file:2`, `file[3]` or `file:2[0]`.
"""

import codecs
import gzip
import io
import json
import zlib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, BinaryIO, cast

from adapter.message import is_batch

Source = Mapping[str, Any] | Iterable[Any] | bytes | str | BinaryIO
"""One message, a batch body, an iterable of these, or JSON as bytes, text or an open file."""

Line = bytes | str

_GZIP = b"\x1f\x8b"
#: The longer marks first: that of UTF-32 begins like that of UTF-16.
_WIDE = (
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)


@dataclass(frozen=True, slots=True)
class Found:
    """One message as it was found.

    Attributes:
        place: where.
        message: its value; the text of the line when that is not JSON.
        problem: why there is none, empty when there is one.

    """

    place: str
    message: Any = None
    problem: str = ""


def messages_in(source: Source, name: str = "messages") -> Iterator[Found]:
    """Return the messages of `source` in their order; `name` is how their places begin.

    What is no message comes out as one all the same, with its place: the others are not lost.
    """
    if isinstance(source, str):
        yield from _messages(name, _numbered(io.StringIO(source)))
    elif isinstance(source, bytes | bytearray | memoryview):
        yield from _read(name, io.BytesIO(source))
    elif isinstance(source, io.TextIOBase):
        yield from _messages(name, _numbered(source))
    elif hasattr(source, "read"):
        yield from _read(name, cast(BinaryIO, source))
    elif isinstance(source, Mapping) or not isinstance(source, Iterable):
        yield from _expanded(Found(name, source))
    else:
        for index, item in enumerate(source):
            place = f"{name}[{index}]"
            if not isinstance(item, Line):
                yield from _expanded(Found(place, item))
            elif item.strip():
                yield from _expanded(_parsed(place, item))


def _read(name: str, stream: BinaryIO) -> Iterator[Found]:
    """Read bytes. The stream stays open."""
    raw: Any = stream if hasattr(stream, "readinto") else io.BytesIO(stream.read())
    buffered: io.BufferedReader = io.BufferedReader(raw)
    try:
        if buffered.peek(2).startswith(_GZIP):
            with gzip.GzipFile(fileobj=buffered) as unpacked:
                yield from _read_plain(name, io.BufferedReader(unpacked))
        else:
            yield from _read_plain(name, buffered)
    except (OSError, EOFError, zlib.error, UnicodeError) as error:
        yield Found(name, problem=f"cannot be read any further: {error}")
    finally:
        buffered.detach()


def _read_plain(name: str, stream: io.BufferedReader) -> Iterator[Found]:
    start = stream.peek(4)
    for mark, encoding in _WIDE:
        if start.startswith(mark):
            text = io.TextIOWrapper(stream, encoding, errors="surrogatepass", newline="\n")
            try:
                yield from _messages(name, _numbered(text))
            finally:
                text.detach()
            return
    yield from _messages(name, _numbered(stream))


def _messages(name: str, lines: Iterator[tuple[int, Line]]) -> Iterator[Found]:
    number, first = next(lines, (0, ""))
    found = _parsed(f"{name}:{number}", first)
    if first and not found.problem and not isinstance(found.message, list):  # one a line
        yield from _expanded(found)
        yield from _each(name, lines)
    elif first:  # one document over several lines, or a first line that is broken
        rest = [(number, first), *lines]
        lines_of_it: list[Any] = [line for _, line in rest]  # all of them bytes, or all text
        whole = _parsed(name, type(first)().join(lines_of_it))
        each = list(_each(name, rest))
        if whole.problem and any(isinstance(one.message, dict | list) for one in each):
            yield from each
        else:
            yield from _expanded(whole)


def _each(name: str, lines: Iterable[tuple[int, Line]]) -> Iterator[Found]:
    for number, line in lines:
        yield from _expanded(_parsed(f"{name}:{number}", line))


def _expanded(found: Found) -> Iterator[Found]:
    """Return the messages of a value: itself, or those of an array or a batch body."""
    value = found.message
    if isinstance(value, list | tuple) and not found.problem:
        for index, item in enumerate(value):
            yield from _of_batch(Found(f"{found.place}[{index}]", item))
    else:
        yield from _of_batch(found)


def _of_batch(found: Found) -> Iterator[Found]:
    body = found.message
    if not isinstance(body, Mapping) or not is_batch(body):
        yield found
    elif not isinstance(body["batch"], list | tuple):
        yield Found(found.place, body, "batch must be a list of messages")
    else:
        for index, item in enumerate(body["batch"]):
            yield Found(f"{found.place}[{index}]", _with_shared(body, item))


def _with_shared(body: Mapping[str, Any], message: Any) -> Any:
    """Return a message with its batch's context and integrations; its own keys win (`spec`)."""
    if not isinstance(message, dict):
        return message
    merged = {}
    for name in ("context", "integrations"):
        shared, own = body.get(name), message.get(name)
        if shared and own in (None, [], {}):
            merged[name] = shared
        elif shared and isinstance(shared, dict) and isinstance(own, dict):
            merged[name] = {**shared, **own}
    return {**message, **merged} if merged else message


def _numbered(stream: Iterable[Line]) -> Iterator[tuple[int, Line]]:
    """Return the lines that are not blank, with their numbers."""
    for number, line in enumerate(stream, start=1):
        # Files that were put together have a byte order mark in their midst.
        text = (
            line.removeprefix("\ufeff")
            if isinstance(line, str)
            else line.removeprefix(codecs.BOM_UTF8)
        )
        if text.strip():
            yield number, text


def _parsed(place: str, raw: Line) -> Found:
    try:
        text = (raw if isinstance(raw, str) else raw.decode()).rstrip("\r\n")
    except UnicodeDecodeError as error:
        text = raw.decode(errors="replace") if isinstance(raw, bytes) else raw
        return Found(place, text, f"is not UTF-8: {error.reason} at byte {error.start}")
    try:
        return Found(place, json.loads(text))
    except json.JSONDecodeError as error:
        line = f"line {error.lineno}, " if "\n" in text else ""
        problem = f"is not JSON: {error.msg} at {line}column {error.colno}"
    except (ValueError, RecursionError) as error:
        problem = f"is not JSON that can be read: {error}"
    return Found(place, text, problem)
