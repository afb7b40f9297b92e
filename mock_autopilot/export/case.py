"""An account's export: the fixture case of what it received, and the pytest file of that."""

from dataclasses import dataclass
from typing import Any

from msgspec import UNSET

from mock_autopilot.account import errors
from mock_autopilot.account.account import Account
from mock_autopilot.export.anonymise import anonymised
from mock_autopilot.export.pytest_file import pytest_source
from mock_autopilot.export.recording import record_of
from mock_autopilot.export.replay import Replayed, replay
from mock_autopilot.installation import installed_version

Json = dict[str, Any]


@dataclass(frozen=True)
class Export:
    """What an account received, ready to be replayed.

    `case` is a fixture case as JSON values: the calls in their order, with the answers and what
    came of them. `pytest_source` is the text of a pytest file that makes the same calls.
    `left_out` has a line for each call that is in neither, with the reason.
    """

    case: dict[str, Any]
    pytest_source: str
    left_out: tuple[str, ...]

    def to_json(self) -> dict[str, Any]:
        """Return the export as the control call shows it."""
        return {"case": self.case, "pytest": self.pytest_source, "left_out": [*self.left_out]}


def export(account: Account, *, anonymise: bool = False) -> Export:
    """Return what an account received since its state was last set by anything but a call.

    With `anonymise` names, addresses, and all other texts, numbers and dates are replaced, each by
    the same everywhere. Everything was replayed once, so the export passes. Raises `ApiError` (409)
    that says why when it cannot be replayed.
    """
    replayed = replay(record_of(account))
    if anonymise:
        replayed = replay(anonymised(replayed.recording))
    if not replayed.calls:
        reasons = "".join(f"; {reason}" for _, reason in replayed.recording.left_out)
        problem = f"it was no call that could be made again{reasons}."
        raise errors.CANNOT_EXPORT(problem=problem)
    source = f"Recorded by mock-autopilot {installed_version()}{', anonymised' * anonymise}"
    case = _case(replayed, source)
    left_out = tuple(reason for _, reason in replayed.recording.left_out)
    return Export(case, pytest_source(replayed, source), left_out)


def _case(replayed: Replayed, source: str) -> Json:
    recording = replayed.recording
    account: Json = {"strict": True} if recording.strict else {}
    if not recording.auto_journeys:
        account["auto_journeys"] = False
    if recording.start:
        account["state"] = recording.start
    left_out = [reason for _, reason in recording.left_out]
    return {
        "id": "recorded",
        "title": "What an account received",
        "why": "The fake must answer these calls as it did, and the same must come of them.",
        "source": source,
        **({"left_out": left_out} if left_out else {}),
        **({"account": account} if account else {}),
        "calls": [
            {
                "method": one.call.method,
                "path": one.call.path,
                **({} if one.call.body is UNSET else {"body": one.call.body}),
                "status": one.call.status,
                **({} if one.answer is UNSET else {"answer": one.answer}),
            }
            for one in replayed.calls
        ],
        "expect": replayed.end,
    }
