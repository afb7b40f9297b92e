"""What a failed check says: a summary, and sections of lines; as a text it is bounded. Pure."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, TypeVar

from mock_autopilot.printable import printable

T = TypeVar("T")
MOST_LINES = 40
"""Lines of one explanation."""
LONGEST_LINE = 200
"""Characters of one line."""
LONGEST_VALUE = 120
"""Characters of one value."""


@dataclass(frozen=True, slots=True)
class Section:
    """A part of an explanation: a title, and lines below it."""

    title: str
    lines: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Failure:
    """Why a check does not hold: in one line, and what helps to find the reason.

    As a string it is the text that assertions and control calls show: `MOST_LINES` lines at most.
    """

    summary: str
    sections: tuple[Section, ...] = ()

    def __str__(self) -> str:
        lines = [_line(self.summary)]
        for section in self.sections:
            lines.append(_line(f"{section.title}:"))
            lines += [_line(f"  {line}") for line in section.lines]
        if len(lines) > MOST_LINES:
            left_out = len(lines) - MOST_LINES + 1
            lines = [*lines[: MOST_LINES - 1], f"… and {left_out} more lines"]
        return "\n".join(lines)


def section(
    title: str, items: Sequence[T], most: int, line: Callable[[T], str] = str
) -> tuple[Section, ...]:
    """Return a section with a line for each of `most` items, and one that counts the others.

    There is none without items.
    """
    if not items:
        return ()
    lines = tuple(line(item) for item in items[:most])
    more = len(items) - most
    return (Section(title, (*lines, f"… and {more} more") if more > 0 else lines),)


def shown(value: object) -> str:
    """Return a value, matcher or predicate as an explanation shows it, shortened."""
    return shortened(_written(value), LONGEST_VALUE)


def shortened(text: str, most: int) -> str:
    """Return a text of `most` characters at most."""
    return text if len(text) <= most else f"{text[: most - 1]}…"


def counted(count: int, one: str, many: str = "") -> str:
    """Return `1 call`, `2 calls`."""
    return f"{count} {one if count == 1 else many or f'{one}s'}"


def _written(value: object) -> str:
    match value:
        case Mapping():
            return f"{{{', '.join(f'{key!r}: {_written(item)}' for key, item in value.items())}}}"
        case list() | tuple():
            return f"[{', '.join(map(_written, value))}]"
        case _ if callable(value):
            return _name(value)
        case _:
            return repr(value)


def _name(predicate: Any) -> str:
    """Return the name of a predicate, for a lambda with the line where it stands."""
    name: str = getattr(predicate, "__name__", None) or repr(predicate)
    code = getattr(predicate, "__code__", None)
    if name != "<lambda>" or code is None:
        return name
    return f"lambda at {code.co_filename.rpartition('/')[2]}:{code.co_firstlineno}"


def _line(text: str) -> str:
    """Return a text as one line that can be printed anywhere."""
    return shortened(printable(text), LONGEST_LINE)
