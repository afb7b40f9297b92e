"""Write JSON values as Python code, in the format of ruff and black with lines of 100 characters.

A value that does not fit in its line is written an item a line, with a comma after each: those
formatters leave it so. Pure.
"""

import re
from collections.abc import Collection, Iterable
from typing import Any
from unicodedata import east_asian_width

from mock_autopilot.account.ids import CONTACT_PREFIX
from mock_autopilot.export.contact_names import NAME

WIDTH = 100
"""Columns of a line."""
_STEP = 4
_SHORTEST = 20
"""Columns that a part of a text has at least, however deep it stands."""
_ESCAPED = re.compile(r"\\(.)|\"", re.DOTALL)


class Arguments(tuple[Any, ...]):
    """The arguments of a call."""

    __slots__ = ()


_BRACKETS: dict[type, tuple[str, str]] = {dict: ("{", "}"), list: ("[", "]")}
"""The brackets of a value; those of all others are round."""


class Code(str):
    """A piece of code among values."""

    __slots__ = ()


class PythonText:
    """Writes values; `variables` are the contacts' names that are variables in the code."""

    def __init__(self, variables: Collection[str] = ()) -> None:
        self._variables = variables

    def write(self, indent: int, before: str, value: Any, after: str = "") -> str:
        """Return `before`, a value and `after`, indented by so many columns.

        Lists and objects that do not fit are written in several lines, and so are long texts.
        """
        return " " * indent + self._laid_out(indent, before, value, after)

    def text(self, value: str) -> str:
        """Return a text in one line: a literal, a variable, or a literal with variables in it."""
        if CONTACT_PREFIX not in value:
            return quoted(value)
        return self._literal([*_pieces(value)])

    def _laid_out(self, indent: int, before: str, value: Any, after: str) -> str:
        one_line = f"{before}{self._flat(value)}{after}"
        if indent + width(one_line) <= WIDTH:
            return one_line
        inner = indent + _STEP
        lines = self._lines(inner, value)
        if not lines:
            return one_line
        opening, closing = _BRACKETS.get(type(value), ("(", ")"))
        indented = [f"{' ' * inner}{line}" for line in lines]
        return "\n".join([before + opening, *indented, " " * indent + closing + after])

    def _lines(self, indent: int, value: Any) -> list[str]:
        """Return the lines between the brackets of a value; none when it stays in its line."""
        match value:
            case Code():
                return []
            case str():
                room = max(WIDTH - indent, _SHORTEST)
                parts = self._parts(value, room)
                return parts if len(parts) > 1 or width(parts[0]) <= room else []
            case Arguments() if indent + width(self._flat(value)[1:-1]) <= WIDTH:
                return [self._flat(value)[1:-1]]
            case dict() | list() | tuple():
                return [self._laid_out(indent, key, item, ",") for key, item in self._items(value)]
            case _:
                return []

    def _items(self, value: Any) -> Iterable[tuple[str, Any]]:
        """Return what stands before each item of a list or an object, and the item."""
        if isinstance(value, dict):
            return [(f"{self.text(key)}: ", item) for key, item in value.items()]
        return [("", item) for item in value]

    def _flat(self, value: Any) -> str:
        """Return a value in one line."""
        match value:
            case Code():
                return str(value)
            case str():
                return self.text(value)
            case dict() | list() | tuple():
                opening, closing = _BRACKETS.get(type(value), ("(", ")"))
                items = (f"{key}{self._flat(item)}" for key, item in self._items(value))
                return f"{opening}{', '.join(items)}{closing}"
            case float():
                return repr(value).replace("e+", "e")
            case _:
                return repr(value)

    def _parts(self, value: str, room: int) -> list[str]:
        """Return a text as literals that stand below each other, each within so many columns."""
        parts: list[list[str]] = [[]]
        for piece in _pieces(value):
            if parts[-1] and width(self._literal([*parts[-1], piece])) > room:
                parts.append([])
            parts[-1].append(piece)
        return [self._literal(part) for part in parts]

    def _literal(self, pieces: list[str]) -> str:
        if len(pieces) == 1 and pieces[0] in self._variables:
            return pieces[0]
        plain = [piece for piece in pieces if piece not in self._variables]
        if len(plain) == len(pieces):
            return quoted("".join(pieces))
        quote = _quote_for("".join(plain))
        inner = (
            f"{{{piece}}}"
            if piece in self._variables
            else _inner(piece, quote).replace("{", "{{").replace("}", "}}")
            for piece in pieces
        )
        return f"f{quote}{''.join(inner)}{quote}"


def quoted(text: str) -> str:
    """Return a text as a Python literal."""
    if text.isascii() and text.isprintable() and '"' not in text and "\\" not in text:
        return f'"{text}"'  # as nearly all are
    quote = _quote_for(text)
    return f"{quote}{_inner(text, quote)}{quote}"


def _quote_for(text: str) -> str:
    """Return double quotes, unless the others need fewer escapes."""
    return "'" if text.count('"') > text.count("'") else '"'


def _inner(text: str, quote: str) -> str:
    # A text with both quotes is written in single ones by Python: `'` escaped, `"` not.
    inner = repr("'\"" + text)[4:-1]
    inner = "".join(char if char.isascii() or _is_plain(char) else _escape(char) for char in inner)
    return inner if quote == "'" else _ESCAPED.sub(_for_double_quotes, inner)


def _for_double_quotes(found: re.Match[str]) -> str:
    if found[0] == '"':
        return '\\"'
    return "'" if found[1] == "'" else found[0]


def _is_plain(char: str) -> bool:
    """Return whether a character is shown as it is: its width is certain, and it stands alone."""
    code = ord(char)
    return code < 0x0300 or 0x0370 <= code < 0x0483 or (0x3041 <= code <= 0x9FFF and char.isalpha())


def _escape(char: str) -> str:
    return f"\\u{ord(char):04x}" if ord(char) < 0x10000 else f"\\U{ord(char):08x}"


def width(text: str) -> int:
    """Return how many columns a line takes."""
    if text.isascii():
        return len(text)
    return sum(2 if east_asian_width(char) in "WF" else 1 for char in text)


def _pieces(text: str) -> Iterable[str]:
    """Yield a text in pieces between which it may be broken: after spaces, else anywhere.

    A contact's name is a piece.
    """
    end = 0
    for name in NAME.finditer(text):
        yield from _words(text[end : name.start()])
        yield name[0]
        end = name.end()
    yield from _words(text[end:])


def _words(text: str) -> Iterable[str]:
    for word in re.findall(r"[^ ]* +|[^ ]+", text):
        # An escaped character takes up to ten columns.
        size = _SHORTEST if word.isascii() and word.isprintable() else _SHORTEST // 10
        yield from (word[at : at + size] for at in range(0, len(word), size))
