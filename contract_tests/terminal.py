"""What a run prints at its end: the verdict and its causes, short enough to be read at once."""

import textwrap
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from contract_tests.causes import Cause, causes_of
from contract_tests.text import Prose, printable, shown

Row = dict[str, Any]
Lines = Iterator[tuple[str, str]]
"""Lines for people, each with its style: green, red, yellow or none."""

WIDTH = 100
_LINES = 70
"""Lines for the causes that are shown whole; the others are named in a line each."""
_VALUE_LINES = 3
_MESSAGES, _DIFFERENCES, _CALLS = 3, 3, 4
_MORE = "-v and the reports show all of it"


def table(rows: Iterable[Row]) -> Lines:
    """Return a line for each clause."""
    for row in rows:
        known = f"  (known: {row['known']})" if "known" in row else ""
        style = {"passed": "green", "failed": "yellow" if known else "red"}.get(row["status"], "")
        line = f"{row['id']}  {row['level']:<6}  {row['status']:<7}  {row['title']}{known}"
        yield printable(line), style


def holding(rows: Sequence[Row]) -> Iterator[str]:
    """Yield how many of the judged clauses hold, and which do not."""
    broken = [
        f"{row['id']} ({'known' if 'known' in row else row['level']})"
        for row in rows
        if row["status"] == "failed"
    ]
    named = f"; broken: {', '.join(broken)}" if broken else ""
    text = f"{len(rows) - len(broken)} of {len(rows)} clauses hold{named}"
    yield from textwrap.wrap(text, WIDTH, subsequent_indent="  ")


def verdict(rows: Sequence[Row]) -> Lines:
    """Return what is wrong, of a run in which a clause that decides failed unexpectedly.

    The first line names the first cause; the causes follow with what shows them.
    """
    counting, apart = _parted(causes_of(rows))
    if not counting:
        return
    first, *others = counting
    yield from _wrapped(f"failed: {first.sentence} ({first.row['id']})", "        ", "red")
    for cause in others[:8]:
        yield from _wrapped(f"        {cause.sentence} ({cause.row['id']})", "        ", "red")
    left, shown_causes = _LINES, 0
    for number, cause in enumerate(counting, start=1):
        block = list(_block(number, cause))
        if shown_causes and len(block) > left:
            break
        yield "", ""
        yield from block
        left -= len(block)
        shown_causes += 1
    for cause in counting[shown_causes : shown_causes + 8]:
        yield _cut(f"also: {cause.sentence} ({cause.row['id']})"), "red"
    if len(counting) > shown_causes:
        yield f"  {len(counting) - shown_causes} causes are not shown whole; {_MORE}", ""
    if apart:
        yield "", ""
        yield from listed(apart)


def listed(causes: Sequence[Cause]) -> Lines:
    """Return a line for each of these causes: known failures, and what does not count."""
    for cause in causes[:8]:
        kind = "known" if "known" in cause.row else cause.row["level"]
        yield _cut(f"{cause.row['id']}  {kind:<6}  {cause.sentence}"), "yellow"
    if len(causes) > 8:
        yield f"  and {len(causes) - 8} more; {_MORE}", ""


def not_counting(rows: Sequence[Row]) -> list[Cause]:
    """Return the causes that do not decide the verdict."""
    return _parted(causes_of(rows))[1]


def fails_the_run(row: Row) -> bool:
    """Return whether a broken clause makes the run fail."""
    return row["decides"] and "known" not in row


def _parted(causes: Iterable[Cause]) -> tuple[list[Cause], list[Cause]]:
    counting: list[Cause] = []
    apart: list[Cause] = []
    for cause in causes:
        (counting if fails_the_run(cause.row) else apart).append(cause)
    return counting, apart


def _block(number: int, cause: Cause) -> Lines:
    row, found = cause.row, cause.row["counterexample"]
    yield from _wrapped(f"{number}. {cause.sentence}", "   ", "red")
    yield from _wrapped(f"   {row['id']} ({row['level']}): {row['title']}", "   ")
    if cause.also:
        also = ", ".join(one["id"] for one in cause.also)
        yield from _wrapped(f"   also broken by this: {also}", "   ")
    if "error" in found:
        for line in found["error"].splitlines()[:8]:
            yield _cut(f"   {printable(line)}"), ""
        return
    yield from _messages(found)
    differences = found["differences"]
    for difference in differences[:_DIFFERENCES]:
        expected, arrived = values(difference)
        yield _cut(f"   {printable(difference['what'])}"), ""
        yield from _value("     expected  ", expected, "green")
        yield from _value("     arrived   ", arrived, "red")
    if len(differences) > _DIFFERENCES:
        yield f"   and {len(differences) - _DIFFERENCES} more that differ; {_MORE}", ""
    calls = found["calls"]
    if not calls:
        yield "   no call arrived", ""
    if len(calls) > _CALLS:
        yield f"   {len(calls) - _CALLS} calls before these; {_MORE}", ""
    for call in calls[-_CALLS:]:
        yield from _value("   call      ", Prose(f"{call['method']} {call['path']} {_body(call)}"))
        fault = f"  (fault {call['fault']})" if call["fault"] else ""
        yield _cut(f"             {call['status']} {shown(call['answer'])}{fault}"), ""


def _body(call: Row) -> str:
    return "" if call["body"] is None else shown(call["body"])


def _messages(found: Row) -> Lines:
    pairs = list(zip(found["messages"], found["reported"], strict=True))
    if len(pairs) > _MESSAGES:
        yield f"   {len(pairs) - _MESSAGES} messages before these; {_MORE}", ""
    for message, reported in pairs[-_MESSAGES:]:
        yield from _value("   message   ", message)
        words = f"{reported['status']} {reported['message']}".strip()
        yield from _value("   reported  ", Prose(words))


def values(difference: Row) -> tuple[Any, Any]:
    """Return what was expected and what arrived, marked as words where they are."""
    found = {"arrived": Prose("nothing"), **difference}
    for name in difference.get("prose", ()):
        found[name] = Prose(found[name])
    return found["expected"], found["arrived"]


def _value(label: str, value: Any, style: str = "") -> Lines:
    """Return a value in a few lines, cut where it is too long."""
    text, room = shown(value), WIDTH - len(label)
    lines = [text[start : start + room] for start in range(0, len(text), room)] or [""]
    if len(lines) > _VALUE_LINES:
        lines = [*lines[: _VALUE_LINES - 1], lines[_VALUE_LINES - 1][: room - 1] + "…"]
    for number, line in enumerate(lines):
        yield (label if number == 0 else " " * len(label)) + line, style


def _wrapped(text: str, indent: str, style: str = "") -> Lines:
    for line in textwrap.wrap(printable(text), WIDTH, subsequent_indent=indent):
        yield line, style


def _cut(text: str) -> str:
    text = printable(text)
    return text if len(text) <= WIDTH else f"{text[: WIDTH - 1]}…"
