"""The control calls, `/_mock`: what a test harness asks of the fake. They are not recorded."""

import json
from fnmatch import fnmatchcase
from typing import Annotated, Any

from flask import Blueprint, Response, request
from msgspec import UNSET, Meta, Struct, UnsetType
from msgspec.structs import asdict

from mock_autopilot.account import errors, journeys, state
from mock_autopilot.account.account import Account
from mock_autopilot.account.accounts import Accounts
from mock_autopilot.account.call_warnings import Warnings
from mock_autopilot.account.json_text import parse_object
from mock_autopilot.account.validation import bad_field, convert
from mock_autopilot.api.control_guard import Guard
from mock_autopilot.api.quickstart import quickstart
from mock_autopilot.api.router import PATHS
from mock_autopilot.api.verify import Verifier
from mock_autopilot.installation import installed_version
from mock_autopilot.recording.journal import KEY_HEADER, Call, Journal, path_matches

MAX_DIGITS = 18
"""Digits of a number in a filter."""
STATE_LIMIT = 256 * 1024 * 1024
"""Bytes of a state that is loaded, in place of the limit for the bodies of calls."""
FILTERS = ("method", "path", "status", "after", "before", "limit")
Text = Annotated[str, Meta(min_length=1)]


class JourneyBody(Struct, forbid_unknown_fields=True):
    """The body of the control call that defines a journey."""

    name: Text
    trigger_id: Text | UnsetType = UNSET


class AccountBody(Struct, forbid_unknown_fields=True):
    """The body of the control call that makes an account; it may be left out."""

    name: Text | UnsetType = UNSET


def blueprint(accounts: Accounts, guard: Guard) -> Blueprint:
    """Return the control calls for these accounts."""
    control = Blueprint("control", __name__, url_prefix="/_mock")
    control.before_request(lambda: guard.check(request))

    @control.get("/health")
    def health() -> Response:
        return _json({"status": "ok", "version": installed_version()})

    @control.get("/quickstart")
    def snippets() -> Response:
        here, key = request.host_url.rstrip("/"), _account(accounts).api_key
        text = quickstart(here, key, guard.token, request.args.get("for"))
        return Response(text, mimetype="text/plain")

    @control.get("/calls")
    def calls() -> Response:
        return _json(_filtered(_account(accounts).journal, dict(request.args)))

    @control.delete("/calls")
    def forget_calls() -> Response:
        _account(accounts).forget_calls()
        return _json({})

    @control.get("/calls/unauthenticated")
    def unauthenticated() -> Response:
        return _json(_filtered(accounts.unauthenticated, dict(request.args)))

    @control.delete("/calls/unauthenticated")
    def forget_unauthenticated() -> Response:
        accounts.unauthenticated.clear()
        return _json({})

    @control.get("/calls/late")
    def late() -> Response:
        return _json(_filtered(accounts.late, dict(request.args)))

    @control.delete("/calls/late")
    def forget_late() -> Response:
        accounts.late.clear()
        return _json({})

    @control.get("/state")
    def show_state() -> Response:
        return _json(state.dump(_account(accounts)))

    @control.put("/state")
    def replace_state() -> Response:
        request.max_content_length = STATE_LIMIT
        account = _account(accounts)
        warnings = Warnings(strict=account.options.strict)
        state.load(account, state.parse(request.get_data(cache=False), warnings), warnings)
        found = [warning.to_json() for warning in warnings]
        return _json({**state.dump(account), "warnings": found})

    @control.get("/export")
    def show_export() -> Response:
        # Imported here because few programs export, and every server imports this module.
        from mock_autopilot.export.case import export

        return _json(export(_account(accounts), anonymise=_flag("anonymise")).to_json())

    @control.post("/reset")
    def reset() -> Response:
        accounts.reset(_account(accounts))
        return _json({})

    @control.post("/accounts")
    def new_account() -> Response:
        wanted = convert(_body() if request.content_length else {}, AccountBody)
        return _json({"api_key": accounts.new(wanted.name or None).api_key})

    @control.delete("/accounts")
    def close_account() -> Response:
        accounts.close(_account(accounts))
        return _json({})

    @control.post("/journeys")
    def define_journey() -> Response:
        account = _account(accounts)
        body = convert(_body(), JourneyBody)
        return _json(asdict(journeys.define(account, body.name, body.trigger_id or None)))

    @control.get("/faults")
    def show_faults() -> Response:
        return _json({"faults": _account(accounts).faults.to_json()})

    @control.post("/faults")
    def add_fault() -> Response:
        return _json(_account(accounts).faults.add(_body(), PATHS).to_json())

    @control.delete("/faults")
    def clear_faults() -> Response:
        _account(accounts).faults.clear()
        return _json({})

    verifier = Verifier(accounts)

    @control.post("/verify")
    def verify() -> Response:
        answer, status = verifier.verify(_account(accounts), _body())
        return _json(answer, status)

    return control


def _account(accounts: Accounts) -> Account:
    """Return the account that a control call is about."""
    key = request.headers.get(KEY_HEADER, "").strip()
    if key:
        account = accounts.get_or_create(key)
        if account is None:
            if closed := accounts.closed_name(key):
                raise errors.ACCOUNT_CLOSED(name=closed)
            raise errors.NO_ACCOUNT(tail=key[-4:] if len(key) > 4 else "")
        return account
    only = accounts.single()
    if only is None:
        raise errors.WHICH_ACCOUNT(count=len(list(accounts)))
    return only


def _body() -> dict[str, Any]:
    """Return the body's object, which may have each key only once."""
    repeated = Warnings()
    body = parse_object(request.get_data(cache=False), repeated)
    for key in repeated:
        raise bad_field(key.field, "stands twice in one object.")
    return body


def _filtered(journal: Journal, filters: dict[str, str]) -> dict[str, Any]:
    """Return the calls that the filters let through, oldest first; `total` counts them all.

    `limit` keeps the newest of them, or with `after` the oldest, so that one can page both ways.
    """
    for name in filters:
        if name not in FILTERS:
            raise bad_field(name, f"is no filter; use {', '.join(FILTERS)}.")
    after, before = _number(filters, "after"), _number(filters, "before")
    limit = _number(filters, "limit")
    status = filters.get("status", "")
    if status and not (len(status) == 3 and status[0].isdecimal() and status[1:].isalnum()):
        raise bad_field("status", "must be a status as in 404, or 4xx.")

    def wanted(call: Call) -> bool:
        return (
            (after is None or call.number > after)
            and (before is None or call.number < before)
            and call.method == filters.get("method", call.method).upper()
            and path_matches(call.path, filters.get("path", "*"))
            and (not status or fnmatchcase(str(call.status), status.lower().replace("x", "?")))
        )

    found = [call for call in journal.calls() if wanted(call)]
    total = len(found)
    if limit is not None:
        found = found[:limit] if after is not None else found[total - min(limit, total) :]
    return {
        "calls": [call.to_json() for call in found],
        "total": total,
        "dropped": journal.dropped,
    }


def _number(filters: dict[str, str], name: str) -> int | None:
    text = filters.get(name)
    if text is None:
        return None
    if not text.isdecimal() or len(text) > MAX_DIGITS:
        raise bad_field(name, f"must be a whole number, got {text[:40]!r}.")
    return int(text)


def _flag(name: str) -> bool:
    """Return whether a flag is set, by `1`; it is not when it is absent or `0`."""
    text = request.args.get(name)
    if text not in (None, "0", "1"):
        raise bad_field(name, f"must be 1 or 0, got {text[:40]!r}.")
    return text == "1"


def _json(value: Any, status: int = 200) -> Response:
    body = json.dumps(value, ensure_ascii=False)
    return Response(body, status=status, mimetype="application/json")
