"""Text for the terminal."""

import codecs
import io
from typing import TextIO

from mock_autopilot.printable import printable as printable

INDENT = " " * 18
"""Aligns lines without a time below those that begin with one."""


def escape_unencodable(stream: TextIO) -> None:
    """Make a stream escape the characters that its encoding lacks, instead of failing."""
    if not isinstance(stream, io.TextIOWrapper):
        return
    if codecs.lookup(stream.encoding).name == "ascii":
        # click takes ASCII for a mistake and writes UTF-8, unless it has another name.
        ascii_codec = codecs.lookup("ascii")
        renamed = codecs.CodecInfo(
            ascii_codec.encode,
            ascii_codec.decode,
            incrementalencoder=ascii_codec.incrementalencoder,
            incrementaldecoder=ascii_codec.incrementaldecoder,
            name="escaped-ascii",
        )
        codecs.register({"escaped_ascii": renamed}.get)
        stream.reconfigure(encoding="escaped_ascii")
    stream.reconfigure(errors="backslashreplace")


def count(number: int, noun: str) -> str:
    """Return a number and its noun: `1 sync`, `2 syncs`."""
    return f"{number:,} {noun}" if number == 1 else f"{number:,} {noun}s"
