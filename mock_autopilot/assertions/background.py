"""What may be the reason of a failure, whatever was checked: rejections, and calls that missed."""

from collections import Counter
from collections.abc import Iterable

from mock_autopilot.assertions.explanation import Section, counted, section
from mock_autopilot.assertions.seen import Seen
from mock_autopilot.recording.journal import Call

MOST_REJECTED = 4
MOST_OTHERS = 4


def background(seen: Seen) -> tuple[Section, ...]:
    """Return sections about rejected calls, and calls that came with other keys."""
    rejected = [with_reason(call) for call in reversed(seen.calls) if call.error]
    return (
        *section("rejected calls, the newest first", rejected, MOST_REJECTED),
        *_other_keys(seen),
    )


def with_reason(call: Call) -> str:
    """Return a call with the reason for which it was rejected."""
    answer = call.answer
    reason = answer.get("message") if isinstance(answer, dict) else None
    return f"{call} {reason}" if reason else str(call)


def with_warnings(call: Call) -> str:
    """Return a call with what looked wrong about it."""
    return f"{call} {'; '.join(map(str, call.warnings))}"


def no_calls(seen: Seen) -> str:
    """Return the sentence that says that no call came, if none did; else nothing."""
    return "" if seen.calls else f"No call came with this account's key ({seen.key})."


def _other_keys(seen: Seen) -> Iterable[Section]:
    others = list(reversed(seen.other_calls()))
    unknown = [f"{with_reason(call)} {_key(call)}" for call in others if call.account is None]
    counts = Counter(call.account for call in others if call.account)
    newest = {call.account: call for call in reversed(others)}
    known = [
        f"{counted(count, 'call')} with the key {key} of another account, the newest: {newest[key]}"
        for key, count in counts.items()
    ]
    return section("calls with other keys since this account began", unknown + known, MOST_OTHERS)


def _key(call: Call) -> str:
    sent = call.headers.get("autopilotapikey")
    return f"(its key: {sent})" if sent else "(without a key)"
