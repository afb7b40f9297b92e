"""The calls that a fake received, as a failed test shows them. Pure."""

from collections.abc import Iterator, Sequence

from mock_autopilot.assertions.background import with_reason
from mock_autopilot.assertions.explanation import LONGEST_LINE, counted, shortened
from mock_autopilot.recording.journal import KEY_HEADER, Call
from mock_autopilot.recording.refused_calls import RefusedCall, counted_calls

MOST_CALLS = 10
"""Calls that are shown of one kind."""
MOST_WARNINGS = 3


def calls_text(
    calls: Sequence[Call], other_keys: Sequence[Call], refused: Sequence[RefusedCall] = ()
) -> str:
    """Return the calls of a test as text: rejected ones first, then those with warnings.

    `other_keys` are the calls that came meanwhile with a key that is not the test's account's,
    `refused` those that its interception refused.
    """
    rejected = [call for call in calls if _rejected(call)]
    doubtful = [call for call in calls if call.warnings and not _rejected(call)]
    others = [call for call in calls if not call.warnings and not _rejected(call)]
    lines = [_summary(calls, rejected, doubtful)]
    for group in (rejected, doubtful, others):
        lines += _listed(group)
    if other_keys:
        lines += ["", f"{counted(len(other_keys), 'call')} without a key, or with another one:"]
        lines += _listed(other_keys, with_key=True)
    if refused:
        lines += ["", *(_line(f"refused, not sent: {one}") for one in _shown_refused(refused))]
    return "\n".join(lines)


def _shown_refused(refused: Sequence[RefusedCall]) -> Iterator[str]:
    texts = counted_calls(refused)
    yield from texts[:MOST_CALLS]
    if len(texts) > MOST_CALLS:
        yield f"{len(texts) - MOST_CALLS} others"


def _rejected(call: Call) -> bool:
    return call.status is None or call.status >= 400


def _summary(calls: Sequence[Call], rejected: Sequence[Call], doubtful: Sequence[Call]) -> str:
    if not calls:
        return "No call was received with the key of this test's account."
    parts = [counted(len(calls), "call")]
    parts += [f"{len(rejected)} rejected"] if rejected else []
    parts += [f"{len(doubtful)} with warnings"] if doubtful else []
    return ", ".join(parts) + ":"


def _listed(calls: Sequence[Call], *, with_key: bool = False) -> Iterator[str]:
    """Yield the lines of the newest of the calls, in the order in which they came."""
    left_out = len(calls) - MOST_CALLS
    if left_out > 0:
        yield f"({left_out} older ones like these are left out)"
    for call in calls[-MOST_CALLS:]:
        key = f" (key {call.headers.get(KEY_HEADER) or 'missing'})" if with_key else ""
        yield _line(f"{with_reason(call)}{key}")
        if call.request_body:
            yield f"    {_line(call.request_body.decode('utf-8', 'replace'))}"
        for warning in call.warnings[:MOST_WARNINGS]:
            yield f"    warning: {_line(str(warning))}"
        if len(call.warnings) > MOST_WARNINGS:
            yield f"    and {len(call.warnings) - MOST_WARNINGS} more warnings"


def _line(text: str) -> str:
    return shortened(" ".join(text.split()), LONGEST_LINE)
