"""The calls that a fake received, as a failed test shows them. Pure."""

from collections.abc import Callable, Iterator, Sequence

from mock_autopilot.assertions.background import MOST_WARNINGS, warning_lines, with_key, with_reason
from mock_autopilot.assertions.explanation import LONGEST_LINE, counted, shortened
from mock_autopilot.recording.journal import Call
from mock_autopilot.recording.refused_calls import RefusedCall, counted_calls

MOST_CALLS = 10
"""Calls that are shown of one kind."""
_CLOSED = "The test closed its account, which forgot its calls."


def calls_text(
    key: str,
    calls: Sequence[Call],
    other_keys: Sequence[Call] = (),
    refused: Sequence[RefusedCall] = (),
    closed: bool = False,
) -> str:
    """Return the calls of a test as text: rejected ones first, then those with warnings.

    `key` is the API key of the test's account. `other_keys` are the calls that came meanwhile with
    another key or none, `refused` those that its interception refused. `closed` says that
    the test has closed its account, which forgets its calls.
    """
    rejected = [call for call in calls if _rejected(call)]
    doubtful = [call for call in calls if call.warnings and not _rejected(call)]
    others = [call for call in calls if not call.warnings and not _rejected(call)]
    lines = [_CLOSED if closed else _summary(calls, rejected, doubtful)]
    for group in (rejected, doubtful, others):
        # The only account of a fake has the calls with an unknown key among its own.
        lines += _listed(
            group, lambda call: with_reason(call) if call.account else with_key(call, key)
        )
    if other_keys:
        count = counted(len(other_keys), "call")
        lines += ["", f"{count} without a key, or with another one than {key}:"]
        lines += _listed(other_keys, with_key)
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
        return "No call came."
    parts = [counted(len(calls), "call")]
    parts += [f"{len(rejected)} rejected"] if rejected else []
    parts += [f"{len(doubtful)} with warnings"] if doubtful else []
    return ", ".join(parts) + ":"


def _listed(calls: Sequence[Call], line: Callable[[Call], str]) -> Iterator[str]:
    """Yield the lines of the newest of the calls, in the order in which they came."""
    left_out = len(calls) - MOST_CALLS
    if left_out > 0:
        yield f"({left_out} older ones like these are left out)"
    for call in calls[-MOST_CALLS:]:
        yield _line(line(call))
        if call.request_body:
            yield f"    {_line(call.request_body.decode('utf-8', 'replace'))}"
        for number, text in enumerate(warning_lines(call)):
            yield f"    {'warning: ' if number < MOST_WARNINGS else ''}{_line(text)}"


def _line(text: str) -> str:
    return shortened(" ".join(text.split()), LONGEST_LINE)
