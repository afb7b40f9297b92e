"""Make recorded calls again, on an account of its own, and see that the same comes of them."""

import json
from collections.abc import Iterable, Mapping, Sequence
from typing import Any
from urllib.parse import quote

from msgspec import UNSET, Struct
from msgspec.structs import replace

from mock_autopilot.account import errors, state
from mock_autopilot.account.accounts import Accounts
from mock_autopilot.account.call_warnings import Warnings
from mock_autopilot.account.errors import ApiError
from mock_autopilot.api.dispatch import Dispatcher
from mock_autopilot.api.exchange import RequestHead
from mock_autopilot.export.contact_names import ContactNames, ids_in_state, map_texts
from mock_autopilot.export.recording import RecordedCall, Recording, changed_by, outcome
from mock_autopilot.options import ServerOptions
from mock_autopilot.recording.journal import KEY_HEADER, Call
from mock_autopilot.storage.base import AccountState
from mock_autopilot.storage.memory import MemoryStorage

Json = dict[str, Any]

SAFE_IN_PATH = "/@:+,;=&!$'()*~"
"""Characters that a path may have as they are."""

_ANEW = {
    *("created_at", "updated_at"),
    *("bislr_identifier", "chunkUuid", "stepUuid", "_rev"),
    "bookmark",
}
"""Members of answers that are made anew in each run."""


class ReplayedCall(Struct, frozen=True):
    """A call, and what its answer has in every run (UNSET for no answer in JSON)."""

    call: RecordedCall
    answer: Any


class Replayed(Struct, frozen=True, kw_only=True):
    """A recording that was made again: the same came of it.

    `end` is what came of it. `seed_warnings` says whether its state is taken with warnings only.
    """

    recording: Recording
    calls: Sequence[ReplayedCall]
    end: Json
    seed_warnings: bool


def replay(recording: Recording) -> Replayed:
    """Make the calls again; leave out rejected ones that are answered otherwise now.

    Raises `ApiError` (409) when a call that was carried out has another effect, or when something
    else came of all calls.
    """
    scratch = _Scratch(recording)
    calls, left_out = [], list(recording.left_out)
    for call in recording.calls:
        before = None if call.accepted else scratch.snapshot()
        again = scratch.make(call)
        if again.status == call.status:
            if scratch.changed_by(again) != call.changed:
                raise errors.CANNOT_EXPORT(problem=f"made again, {call} would do something else.")
            calls.append(ReplayedCall(call, scratch.lasting(again)))
        elif before is None:
            problem = f"made again, {call} would be answered {again.status} and not {call.status}."
            raise errors.CANNOT_EXPORT(problem=problem)
        else:
            scratch.restore(before)
            reason = f"made again, it is answered {again.status} and not {call.status}"
            left_out.append((call.number, f"{call}: {reason}"))
    end = outcome(state.dump(scratch.account), scratch.names)
    if recording.end is not None and _in_any_order(end) != _in_any_order(recording.end):
        problem = (
            "the account holds what did not come of its recorded calls alone, or calls that came "
            "at the same time were not carried out in the order of the record."
        )
        raise errors.CANNOT_EXPORT(problem=problem)
    return Replayed(
        recording=replace(recording, left_out=sorted(left_out)),
        calls=calls,
        end=end,
        seed_warnings=scratch.seed_warnings,
    )


class _Scratch:
    """An account that has what the recorded one began with, and the names of its contacts."""

    def __init__(self, recording: Recording) -> None:
        options = ServerOptions(
            "replay",
            strict=recording.strict,
            auto_journeys=recording.auto_journeys,
            journal_size=1,
        )
        accounts = Accounts(options, storage=MemoryStorage())
        (self.account,) = accounts
        warnings = Warnings(strict=recording.strict)
        try:
            state.load(self.account, recording.start, warnings)
        except ApiError as error:
            problem = f"the state that it began with is refused: {error.message}"
            raise errors.CANNOT_EXPORT(problem=problem) from None
        self.seed_warnings = bool(len(warnings))
        self.names = ContactNames(ids_in_state(state.dump(self.account)))
        self._dispatcher = Dispatcher(accounts)

    def make(self, call: RecordedCall) -> Call:
        """Make a call; return its record."""
        body = b""
        if call.body is not UNSET:
            body = json.dumps(map_texts(call.body, self.names.put_ids)).encode()
        path = quote(self.names.put_ids(call.path), safe=SAFE_IN_PATH)
        headers = {KEY_HEADER: self.account.api_key}
        self._dispatcher.finish(RequestHead(call.method, path, "", headers), body)
        (made,) = self.account.journal.calls()
        return made

    def changed_by(self, call: Call) -> Json:
        """Return what a call changed, and name the contacts that it created."""
        for created in call.effects.contacts_created:
            self.names.add(created.contact_id)
        return changed_by(call.effects, self.names)

    def snapshot(self) -> AccountState:
        """Return what the account stores."""
        return self.account.transact(lambda stored: stored.snapshot())

    def restore(self, before: AccountState) -> None:
        """Undo what came after a snapshot."""
        self.account.transact(lambda stored: stored.restore(before))

    def lasting(self, call: Call) -> Any:
        """Return what an answer has in every run; contacts on a page stand in another order."""
        if call.answer is None or call.method == "HEAD":  # whose answer has no body on its way
            return UNSET
        answer = map_texts(_without(call.answer, _ANEW), self.names.put_names)
        if isinstance(answer, Mapping) and call.route and call.route.startswith("/v1/contacts"):
            answer = _without(answer, {"contacts"})
        return answer


def _in_any_order(end: Json) -> Json:
    """Return what came of calls so that it is equal if calls at the same time took turns."""

    def ordered(items: Iterable[Json]) -> list[str]:
        return sorted(json.dumps(item, sort_keys=True) for item in items)

    journeys = {trigger: ordered(entries) for trigger, entries in end["journeys"].items()}
    return {"contacts": ordered(end["contacts"]), "journeys": journeys}


def _without(value: Any, names: set[str]) -> Any:
    """Return a JSON value without the members of these names, at any depth."""
    match value:
        case dict():
            return {key: _without(v, names) for key, v in value.items() if key not in names}
        case list():
            return [_without(inner, names) for inner in value]
        case _:
            return value
