"""The one way a call takes: route it, run its operation, record the call.

No I/O and no Flask. Every entry point (a server, code in the same process) turns what came in
into a `RequestHead`, asks `Dispatcher.open` whether to read the body, and hands that, or what was
wrong with it, to `Dispatcher.finish`.
"""

import json
import logging
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from time import perf_counter
from typing import Any
from urllib.parse import unquote

from mock_autopilot.account import errors
from mock_autopilot.account.account import Account
from mock_autopilot.account.accounts import Accounts
from mock_autopilot.account.call_warnings import Warnings
from mock_autopilot.account.clock import ManualClock, http_date, utc_now
from mock_autopilot.account.effects import NO_EFFECTS, Effects
from mock_autopilot.account.errors import ApiError, ErrorKind
from mock_autopilot.api.exchange import (
    Answer,
    Body,
    BodyError,
    RequestHead,
    Transport,
)
from mock_autopilot.api.json_body import identifiers_in, unpacked
from mock_autopilot.api.router import Router
from mock_autopilot.api.routes import Request, Route
from mock_autopilot.recording.faults import Fault
from mock_autopilot.recording.journal import KEY_HEADER, MAX_KEPT, Call, Headers, outline, redact

_SECRETS = (KEY_HEADER, "authorization", "cookie")
_MOST_DIGITS = 18
"""Digits of a Content-Length; a longer one is as good as infinite."""

_JSON = json.JSONEncoder(ensure_ascii=False, separators=(",", ":"))

_log = logging.getLogger(__name__)


class FaultTriggered(Exception):
    """A configured fault applies to this request."""

    def __init__(self, fault: Fault) -> None:
        super().__init__(fault.id)
        self.fault = fault


@dataclass(slots=True)
class _CallUnderWay:
    """What is known so far of a call under way; its record is made from it."""

    head: RequestHead
    warnings: Warnings
    arrived: datetime
    begun: float | None
    path: str
    key: str
    matched: tuple[Route, Mapping[str, str]] | ApiError
    body: bytes = b""
    size: int = 0
    no_time: Exception | None = None
    """What the clock raised, which may be the user's."""
    effects: Effects = NO_EFFECTS
    error: ErrorKind | None = None
    fault: Fault | None = None

    @property
    def route_path(self) -> str | None:
        """The pattern of the path; None for a path that is imitated nowhere."""
        return None if isinstance(self.matched, ApiError) else self.matched[0].path


class Dispatcher:
    """Answers the calls to a fake's accounts.

    `timer` gives seconds, for recorded durations. A `router` can be shared: making one takes
    milliseconds.
    """

    def __init__(
        self,
        accounts: Accounts,
        timer: Callable[[], float] = perf_counter,
        router: Router | None = None,
    ) -> None:
        self._accounts = accounts
        self._timer = timer
        self._router = router or Router()

    def open(self, head: RequestHead) -> Answer | Body:
        """Return the answer to a call that its head rules out, else how much body to read."""
        limit = self._accounts.options.max_body
        declared = head.headers.get("content-length")
        if not declared:
            return Body(limit, None)
        if not (declared.isascii() and declared.isdecimal()):
            return self.finish(head, BodyError(errors.BAD_LENGTH))
        length = int(declared.lstrip("0")[:_MOST_DIGITS] or "0")
        if length > limit:
            return self.finish(head, BodyError(errors.BODY_TOO_LARGE, length))
        return Body(limit, length)

    def finish(
        self, head: RequestHead, body: bytes | BodyError, refusal: ApiError | None = None
    ) -> Answer:
        """Route a request, run its operation, and record the exchange, however it ends.

        `refusal` is an error by which something before the API refuses the request.
        """
        call = self._begin(head)
        try:
            self._take_body(call, body)
            route, params = self._require_route(call, refusal)
            account = self._authenticate(call)
            self._trigger_fault(call, account, params)
            result = route.operation(Request(account, params, call.body, call.warnings))
            call.effects = result.effects
            answer = self._answer(call, route.status, result.body)
        except FaultTriggered as triggered:
            call.fault = triggered.fault
            answer = self._faulty_answer(call, triggered.fault)
        except ApiError as rejection:
            call.error = rejection.kind
            answer = self._answer(call, rejection.status, rejection.body())
        except Exception as defect:  # noqa: BLE001  # the last resort: logged, answered, recorded
            _log.exception("%s %s failed", head.method, call.route_path)
            self._accounts.keep_defect(defect, head.method, call.path)
            failure = errors.DEFECT(problem=type(defect).__name__)
            call.error = failure.kind
            answer = self._answer(call, failure.status, failure.body())
        if call.fault and call.fault.delay:
            answer = replace(answer, delay=call.fault.delay)
        self._record(call, answer)
        return answer

    # --- the steps ---------------------------------------------------------------------------

    def _begin(self, head: RequestHead) -> _CallUnderWay:
        key = head.headers.get(KEY_HEADER, "").strip()
        owner = self._accounts.owner(key) or self._accounts
        no_time = None
        try:
            arrived = owner.clock()
        except Exception as error:  # noqa: BLE001  # the clock is the user's: the call is recorded
            arrived, no_time = utc_now(), error
        return _CallUnderWay(
            head,
            Warnings(strict=owner.options.strict),
            arrived=arrived,
            # Where time stands, a call takes none, so that its record is the same in each run.
            begun=None if isinstance(owner.clock, ManualClock) else self._timer(),
            path=unquote(head.raw_path),
            key=key,
            matched=self._router.match(head.method, head.raw_path),
            no_time=no_time,
        )

    def _take_body(self, call: _CallUnderWay, body: bytes | BodyError) -> None:
        """Take the body as the operation reads it; raise what is wrong with it."""
        limit = self._accounts.options.max_body
        if isinstance(body, BodyError):
            call.body, call.size = body.received, body.size
            raise body.kind(size=body.size, limit=limit)
        call.body, call.size = body, len(body)
        if body and (encoding := call.head.headers.get("content-encoding")):
            call.body = unpacked(body, encoding, limit, call.warnings)
            call.size = len(call.body)

    def _require_route(
        self, call: _CallUnderWay, refusal: ApiError | None
    ) -> tuple[Route, Mapping[str, str]]:
        """Return the route with the path's parts; raise the refusal, or that there is no route."""
        if refusal:
            raise refusal
        if isinstance(call.matched, ApiError):
            raise call.matched
        return call.matched

    def _authenticate(self, call: _CallUnderWay) -> Account:
        if not call.key:
            raise errors.NO_KEY()
        account = self._accounts.get_or_create(call.key)
        if account is None:
            closed = self._accounts.closed_name(call.key)
            raise errors.ACCOUNT_CLOSED(name=closed) if closed else errors.UNKNOWN_KEY()
        if call.no_time:
            raise call.no_time
        return account

    def _trigger_fault(
        self, call: _CallUnderWay, account: Account, params: Mapping[str, str]
    ) -> None:
        """Raise `FaultTriggered` when a fault of the account is meant for the call.

        One that has only a delay leaves the call to be carried out: its answer comes late.
        """
        if not account.faults.pending():
            return
        identifiers = account.identifiers_of({*params.values(), *identifiers_in(call.body)})
        fault = account.faults.trigger(call.head.method, call.path, identifiers)
        if fault and not fault.only_delays:
            raise FaultTriggered(fault)
        call.fault = fault

    def _answer(self, call: _CallUnderWay, status: int, value: Any) -> Answer:
        """Return the answer with its body and headers: None is no body."""
        body = b"" if value is None else _encoded(value)
        # Recorded answers have it (`observed`); that it is the time of the answer is `ours`.
        headers = {"Last-Modified": http_date(call.arrived)}
        if body:
            kind = "text/plain; charset=utf-8" if isinstance(value, str) else "application/json"
            headers["Content-Type"] = kind
        return Answer(status, headers, body)

    def _faulty_answer(self, call: _CallUnderWay, fault: Fault) -> Answer:
        if fault.drops_connection:
            return Answer(502, {}, b"", Transport.DROP)
        answer = self._answer(call, fault.status, fault.respond.body)
        replaced = {name.lower() for name in fault.headers}
        kept = {name: v for name, v in answer.headers.items() if name.lower() not in replaced}
        headers = {**kept, **fault.headers}
        transport = Transport.CLOSE if fault.closes_connection else None
        return Answer(answer.status, headers, answer.body, transport)

    def _record(self, call: _CallUnderWay, answer: Answer) -> None:
        head, accounts = call.head, self._accounts
        account = accounts.get(call.key)
        duration = 0.0 if call.begun is None else self._timer() - call.begun
        dropped = answer.transport is Transport.DROP
        secrets = {name: redact(head.headers[name]) for name in _SECRETS if name in head.headers}
        accounts.record(
            call.key,
            lambda number, closed_account: Call(
                number=number,
                time=call.arrived,
                account=redact(call.key) if account or closed_account else None,
                closed_account=closed_account,
                key_outline="" if account or not call.key else outline(call.key),
                method=head.method,
                path=call.path,
                query=head.query,
                route=call.route_path,
                headers=Headers({**head.headers, **secrets}),
                request_body=call.body[:MAX_KEPT],
                request_size=call.size,
                status=None if dropped else answer.status,
                response_body=answer.body[:MAX_KEPT],
                response_size=len(answer.body),
                duration=duration,
                error=call.error,
                warnings=tuple(call.warnings),
                recorded_effects=call.effects,
                fault=call.fault.id if call.fault else None,
            ),
        )


def _encoded(value: Any) -> bytes:
    """Return an answer's JSON; a text, which only a fault answers, stays as it is."""
    if isinstance(value, str):
        return value.encode()
    return _JSON.encode(value).encode()
