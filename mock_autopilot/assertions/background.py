"""What may be the reason of a failure, whatever was checked: rejections, and calls that missed."""

from collections import Counter
from collections.abc import Callable

from mock_autopilot.assertions.explanation import Section, counted, section
from mock_autopilot.assertions.seen import Seen
from mock_autopilot.recording.journal import KEY_HEADER, Call
from mock_autopilot.recording.refused_calls import counted_calls

MOST_REJECTED = 4
MOST_UNKNOWN = 3
MOST_ACCOUNTS = 2
MOST_REFUSED = 3
MOST_WARNINGS = 5
"""Warnings of one call."""


def background(seen: Seen) -> tuple[Section, ...]:
    """Return sections about rejected calls, calls with other keys, and calls that were not sent.

    Each has the newest first.
    """
    rejected = [call for call in reversed(seen.calls) if call.error]
    others = seen.other_calls()[::-1]
    refused = [call for call in others if call.account is None or call.closed_account]
    counts = Counter(call.account for call in others if call.account and not call.closed_account)
    newest = {key: next(call for call in others if call.account == key) for key in counts}
    accounts = [
        f"{counted(count, 'call')} with the key {key}, the newest: {newest[key]}"
        for key, count in counts.items()
    ]
    return (
        *section("rejected calls, the newest first", rejected, MOST_REJECTED, _rejected(seen)),
        *section("calls without a known key, meanwhile", refused, MOST_UNKNOWN, _with_key(seen)),
        *section("calls to other accounts, meanwhile", accounts, MOST_ACCOUNTS),
        *section("refused, not sent", counted_calls(seen.refused()), MOST_REFUSED),
    )


def with_reason(call: Call) -> str:
    """Return a call with the reason for which it was rejected."""
    answer = call.answer
    reason = answer.get("message") if isinstance(answer, dict) else None
    return f"{call} {reason}" if reason else str(call)


def with_key(call: Call, own_key: str = "") -> str:
    """Return a call that came with another key, or none; with `own_key` to compare it."""
    sent = call.key_outline or call.headers.get(KEY_HEADER)
    expected = f"; not {own_key}" if own_key else ""
    return f"{with_reason(call)} {f'(its key: {sent}{expected})' if sent else '(without a key)'}"


def warning_lines(call: Call) -> list[str]:
    """Return what looked wrong about a call, each in a line of its own."""
    lines = [str(warning) for warning in call.warnings[:MOST_WARNINGS]]
    more = len(call.warnings) - MOST_WARNINGS
    return [*lines, f"and {counted(more, 'more warning')}"] if more > 0 else lines


def no_calls(seen: Seen) -> str:
    """Return the sentence that says that no call came, if none did; else nothing."""
    return "" if seen.calls else f"No call came with this account's key ({seen.key})."


def _rejected(seen: Seen) -> Callable[[Call], str]:
    # The only account of a fake has the calls with an unknown key among its own.
    return lambda call: with_key(call, seen.key) if call.account is None else with_reason(call)


def _with_key(seen: Seen) -> Callable[[Call], str]:
    return lambda call: with_key(call, seen.key)
