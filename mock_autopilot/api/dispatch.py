"""The one way a call takes: route it, run its operation, record the exchange.

No I/O and no Flask. Every door (a server, code in the same process) turns what came in into a
`RequestHead`, asks `Dispatcher.open` whether to read the body, and hands that, or what was wrong
with it, to `Dispatcher.finish`.
"""

import json
import logging
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from time import perf_counter
from typing import Any
from urllib.parse import unquote

from mock_autopilot.account import errors
from mock_autopilot.account.account import Account
from mock_autopilot.account.accounts import Accounts
from mock_autopilot.account.call_warnings import Warnings
from mock_autopilot.account.clock import http_date
from mock_autopilot.account.effects import NO_EFFECTS, Effects
from mock_autopilot.account.errors import ApiError, ErrorKind
from mock_autopilot.api.exchange import (
    Answer,
    Body,
    BodyError,
    BodyProblem,
    RequestHead,
    Transport,
)
from mock_autopilot.api.json_body import identifiers_in, unpacked
from mock_autopilot.api.router import Router
from mock_autopilot.api.routes import Request, Route
from mock_autopilot.recording.faults import Fault
from mock_autopilot.recording.journal import KEY_HEADER, MAX_KEPT, Call, redact

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
class _Exchange:
    """What is known so far of a call under way; its record is made from it."""

    head: RequestHead
    warnings: Warnings
    arrived: datetime
    begun: float
    path: str
    key: str
    body: bytes = b""
    size: int = 0
    route: Route | None = None
    effects: Effects = NO_EFFECTS
    error: ErrorKind | None = None
    fault: Fault | None = None

    @property
    def route_path(self) -> str | None:
        """The pattern of the path; None for a path that is imitated nowhere."""
        return self.route.path if self.route else None


class Dispatcher:
    """Answers the calls to a fake's accounts. `timer` gives seconds, for recorded durations."""

    def __init__(self, accounts: Accounts, timer: Callable[[], float] = perf_counter) -> None:
        self._accounts = accounts
        self._timer = timer
        self._router = Router()

    def open(self, head: RequestHead) -> Answer | Body:
        """Return the answer to a call that its head rules out, else how much body to read."""
        limit = self._accounts.options.max_body
        declared = head.headers.get("content-length") or "0"
        if not declared.isdecimal():
            return self.finish(head, BodyError(BodyProblem.LENGTH))
        if int(declared[:_MOST_DIGITS]) > limit:
            return self.finish(head, BodyError(BodyProblem.TOO_LARGE, int(declared[:_MOST_DIGITS])))
        return Body(limit)

    def finish(
        self, head: RequestHead, body: bytes | BodyError, refusal: ApiError | None = None
    ) -> Answer:
        """Route a request, run its operation, and record the exchange, however it ends.

        `refusal` is an error by which something before the API refuses the request.
        """
        exchange = self._begin(head)
        try:
            self._take_body(exchange, body)
            if refusal:
                raise refusal  # noqa: TRY301  # answered and recorded like any other
            exchange.route, params = self._router.match(head.method, head.raw_path)
            account = self._authenticate(exchange.key)
            self._trigger_fault(exchange, account, params)
            request = Request(account, params, exchange.body, exchange.warnings)
            reply = exchange.route.operation(request)
            exchange.effects = reply.effects
            answer = self._answer(exchange, exchange.route.status, reply.body)
        except FaultTriggered as triggered:
            exchange.fault = triggered.fault
            answer = self._faulty_answer(exchange, triggered.fault)
        except ApiError as rejection:
            exchange.error = rejection.kind
            answer = self._answer(exchange, rejection.status, rejection.body())
        except Exception as defect:  # noqa: BLE001  # the last resort: logged, answered, recorded
            _log.exception("%s %s failed", head.method, exchange.route_path)
            failure = errors.DEFECT(problem=type(defect).__name__)
            exchange.error = failure.kind
            answer = self._answer(exchange, failure.status, failure.body())
        self._record(exchange, answer)
        return answer

    # --- the steps ---------------------------------------------------------------------------

    def _begin(self, head: RequestHead) -> _Exchange:
        return _Exchange(
            head,
            Warnings(strict=self._accounts.options.strict),
            arrived=self._accounts.clock(),
            begun=self._timer(),
            path=unquote(head.raw_path),
            key=head.headers.get(KEY_HEADER, "").strip(),
        )

    def _take_body(self, exchange: _Exchange, body: bytes | BodyError) -> None:
        """Take the body as the operation reads it; raise what is wrong with it."""
        limit = self._accounts.options.max_body
        if isinstance(body, BodyError):
            exchange.body, exchange.size = body.received, body.size
            raise body.rejection(limit)
        exchange.body, exchange.size = body, len(body)
        if body and (encoding := exchange.head.headers.get("content-encoding")):
            exchange.body = unpacked(body, encoding, limit, exchange.warnings)
            exchange.size = len(exchange.body)

    def _authenticate(self, key: str) -> Account:
        if not key:
            raise errors.NO_KEY()
        account = self._accounts.get(key)
        if account is None:
            raise errors.UNKNOWN_KEY()
        return account

    def _trigger_fault(
        self, exchange: _Exchange, account: Account, params: Mapping[str, str]
    ) -> None:
        """Raise `FaultTriggered` when a fault of the account is meant for the call."""
        if not account.faults.pending():
            return
        identifiers = account.identifiers_of({*params.values(), *identifiers_in(exchange.body)})
        fault = account.faults.trigger(exchange.head.method, exchange.path, identifiers)
        if fault:
            raise FaultTriggered(fault)

    def _answer(self, exchange: _Exchange, status: int, value: Any) -> Answer:
        """Return the answer with its body and headers: None is no body."""
        body = b"" if value is None else _encoded(value)
        # Recorded answers have it (`observed`); that it is the time of the answer is `ours`.
        headers = {"Last-Modified": http_date(exchange.arrived)}
        if body:
            kind = "text/plain; charset=utf-8" if isinstance(value, str) else "application/json"
            headers["Content-Type"] = kind
        return Answer(status, headers, body)

    def _faulty_answer(self, exchange: _Exchange, fault: Fault) -> Answer:
        if fault.drops_connection:
            return Answer(502, {}, b"", Transport.DROP)
        answer = self._answer(exchange, fault.status, fault.respond.body)
        replaced = {name.lower() for name in fault.headers}
        kept = {name: v for name, v in answer.headers.items() if name.lower() not in replaced}
        headers = {**kept, **fault.headers}
        transport = Transport.CLOSE if fault.closes_connection else None
        return Answer(answer.status, headers, answer.body, transport)

    def _record(self, exchange: _Exchange, answer: Answer) -> None:
        head, accounts = exchange.head, self._accounts
        account = accounts.known(exchange.key)
        dropped = answer.transport is Transport.DROP
        secrets = {name: redact(head.headers[name]) for name in _SECRETS if name in head.headers}
        accounts.record(
            account,
            lambda number: Call(
                number=number,
                time=exchange.arrived,
                account=redact(account.api_key) if account else None,
                method=head.method,
                path=exchange.path,
                query=head.query,
                route=exchange.route_path,
                headers={**head.headers, **secrets},
                request_body=exchange.body[:MAX_KEPT],
                request_size=exchange.size,
                status=None if dropped else answer.status,
                response_body=answer.body[:MAX_KEPT],
                response_size=len(answer.body),
                duration=self._timer() - exchange.begun,
                error=exchange.error,
                warnings=tuple(exchange.warnings),
                effects=exchange.effects,
                fault=exchange.fault.id if exchange.fault else None,
            ),
        )


def _encoded(value: Any) -> bytes:
    """Return an answer's JSON; a text, which only a fault answers, stays as it is."""
    if isinstance(value, str):
        return value.encode()
    return _JSON.encode(value).encode()
