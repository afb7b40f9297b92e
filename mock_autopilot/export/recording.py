"""What can be made again of an account's record: the state that it began with, and its calls."""

from collections.abc import Mapping, Sequence
from typing import Any

from msgspec import UNSET, Struct

from mock_autopilot.account import errors, state
from mock_autopilot.account.account import Account, ReplayStart
from mock_autopilot.account.effects import Effects
from mock_autopilot.export.contact_names import ContactNames, ids_in_state, map_texts
from mock_autopilot.recording.journal import Call
from mock_autopilot.storage.base import AccountState, Transaction

Json = dict[str, Any]

_MADE_ANEW = ("created_at", "updated_at", "Name")
"""Members of a contact of a state that are made when they are absent."""


class RecordedCall(Struct, frozen=True, kw_only=True):
    """One call that can be made again; contact ids are by their names.

    `path` is percent-decoded and has no query, which changes nothing. `body` is UNSET for none.
    `route` is the path's pattern. `changed` is what the call did, see `changed_by`.
    """

    number: int
    method: str
    path: str
    route: str
    body: Any = UNSET
    status: int
    changed: Json = {}

    @property
    def accepted(self) -> bool:
        """Whether it was carried out; a call that was not has changed nothing."""
        return self.status < 400

    def __str__(self) -> str:
        return f"call {self.number}, {self.method} {self.route}"


class Recording(Struct, frozen=True, kw_only=True):
    """The calls that an account received, and how it was before them.

    `start` is a state without times. `left_out` has the numbers of calls that are not among
    `calls`, each with a text that says why. `end` is what came of them all (see `outcome`), None
    when that is not known.
    """

    strict: bool
    auto_journeys: bool
    start: Json
    calls: Sequence[RecordedCall]
    left_out: Sequence[tuple[int, str]] = ()
    end: Json | None = None


def record_of(account: Account) -> Recording:
    """Return what an account received since its state was last set by anything but a call.

    Raises `ApiError` (409) when calls are missing in the record, or cannot be made again.
    """

    def operation(stored: Transaction) -> tuple[list[Call], int, ReplayStart, AccountState]:
        return *account.journal.snapshot(), account.replay_start, stored.snapshot()

    calls, dropped, start, now = account.transact(operation)
    if dropped and not (calls and calls[0].number <= start.after):
        problem = (
            f"the record has lost its oldest calls ({dropped}); keep more of them (journal_size), "
            "or reset the account and make fewer."
        )
        raise errors.CANNOT_EXPORT(problem=problem)
    calls = [call for call in calls if call.number > start.after]
    begun = state.dump_state(start.state)
    names = ContactNames(ids_in_state(begun))
    for call in calls:
        for created in call.effects.contacts_created:
            names.add(created.contact_id)
    ended = state.dump_state(now)
    if name := names.other(repr(ended)):
        problem = f"the account holds the text {name}, which stands for a contact's id in exports."
        raise errors.CANNOT_EXPORT(problem=problem)
    triggers = {one.journey_id: one.trigger_id for one in (*start.state.journeys, *now.journeys)}
    left_out, kept = [], []
    for call in calls:
        recorded = _recorded(call, names, triggers)
        if reason := _why_not(call, recorded):
            left_out.append((call.number, f"{recorded}: {reason}"))
        else:
            kept.append(recorded)
    return Recording(
        strict=account.options.strict,
        auto_journeys=account.options.auto_journeys,
        start=_start(begun, names),
        calls=kept,
        left_out=left_out,
        end=outcome(ended, names),
    )


def _recorded(call: Call, names: ContactNames, triggers: Mapping[str, str]) -> RecordedCall:
    path = call.path
    prefix = "/v1/journey/"
    if path.startswith(prefix):  # a journey's own id is made anew; its trigger's names it too
        journey, slash, rest = path.removeprefix(prefix).partition("/")
        path = f"{prefix}{triggers.get(journey, journey)}{slash}{rest}"
    body = UNSET if call.body is None else map_texts(call.body, names.put_names)
    return RecordedCall(
        number=call.number,
        method=call.method,
        path=names.put_names(path),
        route=call.route or "(a path without a route)",
        body=body,
        status=call.status or 0,
        changed=changed_by(call.effects, names),
    )


def _why_not(call: Call, recorded: RecordedCall) -> str:
    """Return why a call is left out, empty when it is not. None of these has changed anything."""
    if call.fault and not call.effects:
        return "a fault answered or delayed it, and it changed nothing"
    if call.account is None:
        return "its key is not this account's"
    if recorded.status >= 500:
        return f"it was answered {recorded.status}, by a defect"
    if recorded.accepted:
        return ""
    if call.method != call.method.upper() or any(
        segment in (".", "..") for segment in call.path.split("/")
    ):
        return "clients do not send it so"
    if len(call.request_body) < call.request_size:
        return "its body is longer than what is kept of one"
    if call.request_body.strip() and call.body is None:
        return "its body is not JSON, or null"
    return ""


def _start(begun: Json, names: ContactNames) -> Json:
    """Return a state by the names of its contacts, without what is made when it is absent."""
    contacts = [
        {name: value for name, value in one.items() if name not in _MADE_ANEW}
        for one in begun["contacts"]
    ]
    journeys = [
        {
            "trigger_id": one["trigger_id"],
            "name": one["name"],
            "entries": [
                {name: v for name, v in entry.items() if name != "entered_at" and v is not None}
                for entry in one["entries"]
            ],
        }
        for one in begun["journeys"]
    ]
    parts = {"contacts": contacts, "lists": begun["lists"], "journeys": journeys}
    named: Json = map_texts({key: part for key, part in parts.items() if part}, names.put_names)
    return named


def changed_by(effects: Effects, names: ContactNames) -> Json:
    """Return who was created, merged, deleted, or entered or left a journey, by name."""
    return {
        "created": [names.of(one.contact_id) for one in effects.contacts_created],
        "merged": [
            [names.of(one.contact_id), names.of(one.into)] for one in effects.contacts_merged
        ],
        "deleted": [names.of(one) for one in effects.contacts_deleted],
        "entered": [names.of(one.contact_id) for one in effects.entries_made],
        "left": [names.of(one.contact_id) for one in effects.entries_ended],
    }


# --- what came of the calls ---

MADE_BY_THE_ACCOUNT = (
    "Name",
    "api_originated",
    "contact_id",
    "created_at",
    "custom_fields",
    "lists",
    "merged_contact_ids",
    "type",
    "updated_at",
)
"""What the account makes of a contact, which fixture cases leave out."""


def outcome(dumped: Json, names: ContactNames) -> Json:
    """Return a state's contacts and entries as a fixture case expects them."""
    journeys = {
        journey["trigger_id"]: [
            {
                "contact": entry["contact_id"],
                "properties": entry["properties"],
                **({"ejected": True} if entry["ejected_at"] else {}),
            }
            for entry in journey["entries"]
        ]
        for journey in dumped["journeys"]
        if journey["entries"]
    }
    found = {"contacts": [_as_sent(one) for one in dumped["contacts"]], "journeys": journeys}
    named: Json = map_texts(found, names.put_names)
    return named


def _as_sent(contact: Json) -> Json:
    fields = {name: value for name, value in contact.items() if name not in MADE_BY_THE_ACCOUNT}
    custom = {
        f"{one['fieldType']}--{one['kind'].replace(' ', '--')}": one["value"]
        for one in contact.get("custom_fields", ())
    }
    return {**fields, "custom": custom} if custom else fields
