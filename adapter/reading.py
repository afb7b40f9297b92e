"""Read Segment messages from objects, batch bodies, JSON, JSON lines and files.

JSON may be gzipped (several members are fine), and may begin with a byte order mark of UTF-8,
UTF-16 or UTF-32. Each message comes with its place, such as `file:2`, `file[3]` or `file:2[0]`.
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
#: UTF-32 first: its mark begins with that of UTF-16.
_WIDE_BYTE_ORDER_MARKS = (
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)


@dataclass(frozen=True, slots=True)
class InputMessage:
    """One message of an input, or what stands in its place.

    Attributes:
        place: where in the input it stands.
        message: the message; the text of the line if that is not JSON.
        problem: why it cannot be read as a message; empty if it can.

    """

    place: str
    message: Any = None
    problem: str = ""


def read_messages(source: Source, name: str = "messages") -> Iterator[InputMessage]:
    """Yield the messages of `source` in their order; `name` begins their places.

    What cannot be read is yielded too, with its place and the problem, and the rest is read.
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
        yield from _expanded(InputMessage(name, source))
    else:
        for index, item in enumerate(source):
            place = f"{name}[{index}]"
            if not isinstance(item, Line):
                yield from _expanded(InputMessage(place, item))
            elif item.strip():
                yield from _expanded(_parsed(place, item))


def _read(name: str, stream: BinaryIO) -> Iterator[InputMessage]:
    """Yield the messages of a byte stream, which stays open."""
    raw: Any = stream if hasattr(stream, "readinto") else io.BytesIO(stream.read())
    buffered: io.BufferedReader = io.BufferedReader(raw)
    try:
        if buffered.peek(2).startswith(_GZIP):
            with gzip.GzipFile(fileobj=buffered) as unpacked:
                yield from _read_plain(name, io.BufferedReader(unpacked))
        else:
            yield from _read_plain(name, buffered)
    except (OSError, EOFError, zlib.error, UnicodeError) as error:
        yield InputMessage(name, problem=f"cannot be read any further: {error}")
    finally:
        buffered.detach()


def _read_plain(name: str, stream: io.BufferedReader) -> Iterator[InputMessage]:
    start = stream.peek(4)
    for mark, encoding in _WIDE_BYTE_ORDER_MARKS:
        if start.startswith(mark):
            text = io.TextIOWrapper(stream, encoding, errors="surrogatepass", newline="\n")
            try:
                yield from _messages(name, _numbered(text))
            finally:
                text.detach()
            return
    yield from _messages(name, _numbered(stream))


def _messages(name: str, lines: Iterator[tuple[int, Line]]) -> Iterator[InputMessage]:
    number, first = next(lines, (0, ""))
    found = _parsed(f"{name}:{number}", first)
    if first and not found.problem and not isinstance(found.message, list):  # JSON lines
        yield from _expanded(found)
        yield from _each(name, lines)
    elif first:  # one document over several lines, or JSON lines whose first is broken
        rest = [(number, first), *lines]
        document: list[Any] = [line for _, line in rest]  # either all bytes or all text
        whole = _parsed(name, type(first)().join(document))
        each = list(_each(name, rest))
        if whole.problem and any(isinstance(one.message, dict | list) for one in each):
            yield from each
        else:
            yield from _expanded(whole)


def _each(name: str, lines: Iterable[tuple[int, Line]]) -> Iterator[InputMessage]:
    for number, line in lines:
        yield from _expanded(_parsed(f"{name}:{number}", line))


def _expanded(found: InputMessage) -> Iterator[InputMessage]:
    """Yield the messages of a value: itself, or those of an array or a batch body."""
    value = found.message
    if isinstance(value, list | tuple) and not found.problem:
        for index, item in enumerate(value):
            yield from _of_batch(InputMessage(f"{found.place}[{index}]", item))
    else:
        yield from _of_batch(found)


def _of_batch(found: InputMessage) -> Iterator[InputMessage]:
    body = found.message
    if not isinstance(body, Mapping) or not is_batch(body):
        yield found
    elif not isinstance(body["batch"], list | tuple):
        yield InputMessage(found.place, body, "batch must be a list of messages")
    else:
        for index, item in enumerate(body["batch"]):
            yield InputMessage(f"{found.place}[{index}]", _with_shared(body, item))


def _with_shared(body: Mapping[str, Any], message: Any) -> Any:
    """Return a message with the context and integrations of its batch; its own win (`spec`)."""
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
    """Yield the lines that are not blank, with their numbers."""
    for number, line in enumerate(stream, start=1):
        # Concatenated files have byte order marks in the middle.
        text = (
            line.removeprefix("\ufeff")
            if isinstance(line, str)
            else line.removeprefix(codecs.BOM_UTF8)
        )
        if text.strip():
            yield number, text


def _parsed(place: str, raw: Line) -> InputMessage:
    try:
        text = (raw if isinstance(raw, str) else raw.decode()).rstrip("\r\n")
    except UnicodeDecodeError as error:
        text = raw.decode(errors="replace") if isinstance(raw, bytes) else raw
        return InputMessage(place, text, f"is not UTF-8: {error.reason} at byte {error.start}")
    try:
        return InputMessage(place, json.loads(text))
    except json.JSONDecodeError as error:
        line = f"line {error.lineno}, " if "\n" in text else ""
        problem = f"is not JSON: {error.msg} at {line}column {error.colno}"
    except (ValueError, RecursionError) as error:
        problem = f"is not JSON that can be read: {error}"
    return InputMessage(place, text, problem)
