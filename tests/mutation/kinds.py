"""What kind of change a mutant makes: "number changed", "argument removed", "< → <="."""

import re
from itertools import takewhile

TOKENS = re.compile(
    r"""(?:[A-Za-z]{0,2})(?:"(?:\\.|[^"\\])*"|'(?:\\.|[^'\\])*')  # a string with its prefix
    | \d[\w.]* | \w+ | [-+*/<>=!|&^%@:~]+ | \S""",
    re.VERBOSE,
)
STRING = re.compile(r"""([A-Za-z]{0,2})(["'])(.*)\2""", re.DOTALL)


def kind_of(before: str, after: str) -> str:
    """Return the kind of a change, given the lines taken out and the lines put in."""
    gone, come = _difference(TOKENS.findall(before), TOKENS.findall(after))
    if come[-3:] in ([")", "and", "False"], [")", "or", "True"]):
        return f"condition made {come[-1].lower()}"
    if come == ["None"]:
        return "set to None"
    if not come:
        return f"{gone[0]} removed" if gone[0] in ("not", "~", "case") else "argument removed"
    if len(gone) == len(come) == 1:
        return _kind_of_token(gone[0], come[0])
    return "other"


def _kind_of_token(gone: str, come: str) -> str:
    strings = STRING.fullmatch(gone), STRING.fullmatch(come)
    if strings[0] and strings[1]:
        if "f" in strings[0][1].lower():
            return kind_of(strings[0][3], strings[1][3])  # what stands in its braces
        return "letter case changed" if gone.lower() == come.lower() else "string changed"
    if gone[0].isdigit() and come[0].isdigit():
        return "number changed"
    return f"{gone} → {come}"


def _difference(before: list[str], after: list[str]) -> tuple[list[str], list[str]]:
    """Return what is left of both without their common beginning and end."""
    begin = _alike(before, after)
    before, after = before[begin:], after[begin:]
    end = _alike(before[::-1], after[::-1])
    return before[: len(before) - end], after[: len(after) - end]


def _alike(one: list[str], other: list[str]) -> int:
    pairs = zip(one, other, strict=False)
    return sum(1 for _ in takewhile(lambda pair: pair[0] == pair[1], pairs))
