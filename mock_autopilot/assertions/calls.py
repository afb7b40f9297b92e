"""Checks about the calls that an account received. Pure."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from difflib import SequenceMatcher
from functools import cached_property
from typing import Any

from mock_autopilot.assertions.background import background, no_calls, warning_lines, with_reason
from mock_autopilot.assertions.explanation import Failure, Section, counted, section, shown
from mock_autopilot.assertions.matching import Difference, differences, leaves, unlikeness
from mock_autopilot.assertions.seen import Seen
from mock_autopilot.recording.call_patterns import checked_method, checked_path
from mock_autopilot.recording.journal import Call, path_pattern
from mock_autopilot.views import Calls

MOST_CALLS = 10
MOST_NEAREST = 3
MOST_DIFFERENCES = 5
PATH_WEIGHT = 2
"""How much more than another method another path counts among differences."""
MOST_COMPARED = 1_000
"""How many calls are compared with the expected one, to find the nearest; the newest."""


ANYTHING: Any = ...
"""Stands for a body that does not matter."""


@dataclass(frozen=True)
class CallsCheck:
    """So many calls came with this method, path and JSON body, whatever they were answered.

    None as a method or path stands for any; in `path`, `*` stands for anything. `times` is how
    many there must be, None for one or more.
    """

    method: str | None = None
    path: str | None = None
    json: Any = ANYTHING
    times: int | None = None

    def holds(self, seen: Seen) -> bool:
        """Return whether so many came; a record that has dropped calls cannot tell how many."""
        if self.times is None:
            return any(map(self._matches, seen.calls))
        return not seen.calls.dropped and len(self.found(seen)) == self.times

    def found(self, seen: Seen) -> Calls:
        """Return the calls that match."""
        return Calls(filter(self._matches, seen.calls), seen.calls.dropped)

    def _matches(self, call: Call) -> bool:
        return (
            self.method in (None, call.method)
            and self._has_path(call.path)
            and (self.json is ANYTHING or not differences(self.json, call.body))
        )

    @cached_property
    def _pattern(self) -> re.Pattern[str]:
        return path_pattern(self.path or "*")

    def _has_path(self, path: str) -> bool:
        return self._pattern.fullmatch(path) is not None

    def failure(self, seen: Seen) -> Failure:
        """Return which calls came instead."""
        found = self.found(seen)
        count = len(found)
        if self.times is None:
            expected = "at least 1 call"
        else:
            expected = counted(self.times, "call") if self.times else "no call"
        summary = f"Expected {expected}{self}, found {count}. {no_calls(seen)}"
        enough = self.times is not None and count >= self.times
        if self.times == count:
            summary = f"Expected {expected}{self}; whether there were more cannot be told."
        numbers = {call.number for call in found}
        unlike = [call for call in seen.calls if call.number not in numbers]
        return Failure(
            summary.rstrip(),
            (
                *dropped_calls(seen),
                *section("these calls match", found, MOST_CALLS, _with_body),
                *(() if enough else self._nearest(unlike)),
                *background(seen),
            ),
        )

    def _nearest(self, calls: list[Call]) -> tuple[Section, ...]:
        """Return a section about the calls that are most like the expected one, nearest first."""
        compared = calls[-MOST_COMPARED:][::-1]  # among equals the newest
        ratios = {path: self._path_distance(path) for path in {call.path for call in compared}}
        nearest = sorted(compared, key=lambda call: self._distance(call, ratios[call.path]))
        lines = [
            line
            for call in nearest[:MOST_NEAREST]
            for line in (str(call), *(f"  {one}" for one in self._differences(call)))
        ]
        title = f"nearest of {counted(len(calls), 'other call')}"
        return section(title, lines, len(lines))

    def _differences(self, call: Call) -> list[Difference]:
        """Return what is different about a call; the first ones of its body."""
        found = []
        if self.method not in (None, call.method):
            found.append(Difference("method", self.method, call.method))
        if not self._has_path(call.path):
            found.append(Difference("path", self.path, call.path))
        if self.json is not ANYTHING:
            found += differences(self.json, call.body, "json")[:MOST_DIFFERENCES]
        return found

    def _distance(self, call: Call, path_distance: float) -> float:
        distance = PATH_WEIGHT * path_distance + (self.method not in (None, call.method))
        if self.json is not ANYTHING:
            found = differences(self.json, call.body)
            distance += sum(map(unlikeness, found)) / leaves(self.json)
        return distance

    def _path_distance(self, path: str) -> float:
        if self._has_path(path):
            return 0.0
        return 1 - SequenceMatcher(None, path, self.path or "").ratio()

    def __str__(self) -> str:
        parts = [self.method, self.path]
        if self.json is not ANYTHING:
            parts.append(f"with json {shown(self.json)}")
        return "".join(f" {part}" for part in parts if part)


def calls_check(
    method: str | None, path: str | None, json: Any, times: int | None, prefix: str = ""
) -> CallsCheck:
    """Return the check; `prefix` stands before the names of fields in errors.

    Raises `ApiError` when the method or path can match no call: a check that none was made would
    hold for any typo.
    """
    return CallsCheck(
        None if method is None else checked_method(method, f"{prefix}method"),
        None if path is None else checked_path(path, f"{prefix}path"),
        json,
        times,
    )


@dataclass(frozen=True)
class NoRejectionsCheck:
    """No call was rejected. An answer that a fault asked for is no rejection."""

    def holds(self, seen: Seen) -> bool:
        """Return whether no call was rejected."""
        return not seen.calls.dropped and not any(call.error for call in seen.calls)

    def failure(self, seen: Seen) -> Failure:
        """Return which calls were rejected."""
        rejected = [call for call in seen.calls if call.error]
        return _some(seen, rejected, "rejected", lambda call: [with_reason(call)])


@dataclass(frozen=True)
class NoWarningsCheck:
    """No call had anything about it that looks wrong."""

    def holds(self, seen: Seen) -> bool:
        """Return whether no call had warnings."""
        return not seen.calls.dropped and not any(call.warnings for call in seen.calls)

    def failure(self, seen: Seen) -> Failure:
        """Return which calls had warnings."""
        doubtful = [call for call in seen.calls if call.warnings]
        return _some(
            seen,
            doubtful,
            "taken with warnings",
            lambda call: [str(call), *(f"  {line}" for line in warning_lines(call))],
        )


def _some(seen: Seen, calls: list[Call], what: str, lines: Callable[[Call], list[str]]) -> Failure:
    if not calls:
        return Failure(f"Whether a call was {what} cannot be told.", dropped_calls(seen))
    were = "was" if len(calls) == 1 else "were"
    summary = f"{counted(len(calls), 'call')} {were} {what}."
    told = [line for call in calls[:MOST_CALLS] for line in lines(call)]
    more = len(calls) - MOST_CALLS
    return Failure(
        summary, (Section("calls", (*told, *([f"… and {more} more"] if more > 0 else []))),)
    )


def dropped_calls(seen: Seen) -> tuple[Section, ...]:
    """Return a section that says that the record is not complete; none when it is."""
    if not seen.calls.dropped:
        return ()
    line = (
        f"it has dropped {counted(seen.calls.dropped, 'older call')}; give it a larger journal_size"
    )
    return (Section("the record of calls is not complete", (line,)),)


def _with_body(call: Call) -> str:
    return f"{call} {shown(call.body)}" if call.request_body else str(call)
