"""The calls that a fake received, as a failed test shows them."""

from collections.abc import Sequence

from mock_autopilot.recording.journal import KEY_HEADER, Call

MOST_CALLS = 10
"""Calls that are shown of one kind."""
MOST_WARNINGS = 3
WIDTH = 160
"""Characters that are shown of a body or a message."""


def calls_text(calls: Sequence[Call], other_keys: Sequence[Call]) -> str:
    """Return the calls of a test as text: rejected ones first, then those with warnings.

    `other_keys` are the calls that came meanwhile with a key that is not the test's account's.
    """
    rejected = [call for call in calls if _rejected(call)]
    doubtful = [call for call in calls if call.warnings and not _rejected(call)]
    others = [call for call in calls if not call.warnings and not _rejected(call)]
    lines = [_counted(calls, rejected, doubtful)]
    lines += _listed(rejected) + _listed(doubtful) + _listed(others)
    if other_keys:
        lines += ["", f"{_number(other_keys)} with another key, or none, went to no account here:"]
        lines += _listed(other_keys, with_key=True)
    return "\n".join(lines)


def _rejected(call: Call) -> bool:
    return call.status is None or call.status >= 400


def _number(calls: Sequence[Call]) -> str:
    return f"{len(calls)} call{'' if len(calls) == 1 else 's'}"


def _counted(calls: Sequence[Call], rejected: Sequence[Call], doubtful: Sequence[Call]) -> str:
    if not calls:
        return "No call was received with the key of this test's account."
    parts = [_number(calls)]
    parts += [f"{len(rejected)} rejected"] if rejected else []
    parts += [f"{len(doubtful)} with warnings"] if doubtful else []
    return ", ".join(parts) + ":"


def _listed(calls: Sequence[Call], *, with_key: bool = False) -> list[str]:
    """Return the newest of the calls, in the order in which they came."""
    left_out = len(calls) - MOST_CALLS
    lines = [f"({left_out} older ones like these are left out)"] if left_out > 0 else []
    for call in calls[-MOST_CALLS:]:
        lines += _lines(call, with_key=with_key)
    return lines


def _lines(call: Call, *, with_key: bool) -> list[str]:
    query = f"?{call.query}" if call.query else ""
    answered = "connection dropped" if call.status is None else str(call.status)
    key = f" (key {call.headers.get(KEY_HEADER) or 'missing'})" if with_key else ""
    reason = _reason(call)
    fault = f" [{call.fault}]" if call.fault else ""
    head = f"#{call.number} {call.method} {call.path}{query}"
    lines = [f"{_short(head)}  {answered}{key}{fault}{reason}"]
    if call.request_body:
        lines.append(f"    {_short(call.request_body.decode('utf-8', 'replace'))}")
    lines += [f"    warning: {_short(str(one))}" for one in call.warnings[:MOST_WARNINGS]]
    if len(call.warnings) > MOST_WARNINGS:
        lines.append(f"    and {len(call.warnings) - MOST_WARNINGS} more warnings")
    return lines


def _reason(call: Call) -> str:
    """Return why a call was rejected, as its answer says."""
    if not _rejected(call) or not isinstance(call.answer, dict):
        return ""
    return f"  {_short(str(call.answer.get('message', call.answer)))}"


def _short(text: str) -> str:
    line = " ".join(text.split())
    return line if len(line) <= WIDTH else f"{line[: WIDTH - 1]}…"
