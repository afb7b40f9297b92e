"""Patterns for paths, as filters and faults take them."""

import re


def like(text: str, pattern: str) -> bool:
    """Say whether a text is like a pattern, in which `*` stands for anything."""
    return bool(re.fullmatch(".*".join(map(re.escape, pattern.split("*"))), text, re.DOTALL))
