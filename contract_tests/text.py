"""Text for the terminal and the reports."""

import json
from typing import Any


class Prose(str):
    """What is said in words where a value stands otherwise; it is shown without quotes."""

    __slots__ = ()


def printable(text: str) -> str:
    """Return `text` as one line that cannot control the terminal.

    Other characters are escaped as JSON escapes them, so that JSON stays JSON.
    """
    return "".join(char if char.isprintable() else json.dumps(char)[1:-1] for char in text)


def shown(value: Any) -> str:
    """Return a value as people read it, in one line."""
    if isinstance(value, Prose):
        return printable(value)
    return printable(json.dumps(value, ensure_ascii=False, default=repr))
