"""The one way in: every call to `/v1` is authenticated, done, answered and recorded here."""

import json
import logging
from collections.abc import Callable, Iterator, Mapping
from time import perf_counter
from typing import Any

from flask import Response

from mock_autopilot.account import errors
from mock_autopilot.account.account import Account
from mock_autopilot.account.accounts import Accounts
from mock_autopilot.account.call_warnings import CallWarning
from mock_autopilot.account.clock import http_date
from mock_autopilot.account.effects import Effects
from mock_autopilot.account.errors import ApiError, ErrorKind
from mock_autopilot.api.content_encoding import unpacked
from mock_autopilot.api.routes import Json, Request, Route
from mock_autopilot.recording.faults import Fault, names_in
from mock_autopilot.recording.journal import KEY_HEADER, MAX_KEPT, Call, redact

Environ = Mapping[str, Any]

_KEY_VARIABLE = f"HTTP_{KEY_HEADER.upper()}"
MAX_DRAINED = 64 * 1024 * 1024
"""Bytes of a body that is too large that are read, and thrown away, before it is refused."""
CLOSE_CONNECTION = "mock_autopilot.close_connection"
"""In the environ of a server that takes no such header: has the answer say `Connection: close`."""
DROP_CONNECTION = "mock_autopilot.drop_connection"
"""In the environ of a server that can do it: a function that drops the request's connection."""

_log = logging.getLogger(__name__)


class _Struck(Exception):
    """A fault strikes the call under way."""

    def __init__(self, fault: Fault) -> None:
        super().__init__(fault.id)
        self.fault = fault


class Door:
    """Takes calls to the accounts' API, and records each of them on whichever way it goes out.

    `timer` gives seconds, for the durations in the record.
    """

    def __init__(self, accounts: Accounts, timer: Callable[[], float] = perf_counter) -> None:
        self._accounts = accounts
        self._timer = timer

    def call(self, environ: Environ, route: Route, params: Mapping[str, str]) -> Response:
        """Do the call that the route names, and give its answer."""

        def work(raw: bytes, warnings: list[CallWarning], effects: Effects) -> Json | None:
            account = self._authenticate(environ)
            if account.faults.pending():
                names = {*params.values(), *names_in(raw)}
                method, path = environ["REQUEST_METHOD"], _text(environ["PATH_INFO"])
                fault = account.faults.strike(method, path, account.all_names(names))
                if fault:
                    raise _Struck(fault)
            return route.operation(Request(account, params, raw, warnings, effects))

        return self._exchange(environ, route.path, route.status, work)

    def refuse(self, environ: Environ, rejection: ApiError) -> Response:
        """Answer and record a call that no route takes."""

        def work(*_: object) -> Json | None:
            raise rejection

        return self._exchange(environ, None, rejection.status, work)

    def _exchange(
        self,
        environ: Environ,
        route: str | None,
        success: int,
        work: Callable[[bytes, list[CallWarning], Effects], Json | None],
    ) -> Response:
        accounts = self._accounts
        arrived, begun = accounts.clock(), self._timer()
        raw, size = b"", 0
        warnings: list[CallWarning] = []
        effects = Effects()
        error: ErrorKind | None = None
        fault: Fault | None = None
        answer: Any
        try:
            raw, size, refusal = _read(environ, accounts.options.max_body)
            if refusal:
                raise refusal  # noqa: TRY301  # answered and recorded like any other
            if raw and (encoding := environ.get("HTTP_CONTENT_ENCODING")):
                raw = unpacked(raw, encoding, accounts.options.max_body, warnings)
                size = len(raw)
            answer, status = work(raw, warnings, effects), success
        except _Struck as struck:
            fault = struck.fault
            answer, status = fault.body, fault.status
        except ApiError as rejection:
            answer, status, error = rejection.body(), rejection.status, rejection.kind
        except Exception as defect:  # noqa: BLE001  # the last line: logged, answered, recorded
            _log.exception("%s %s failed", environ["REQUEST_METHOD"], route)
            failure = errors.DEFECT(problem=type(defect).__name__)
            answer, status, error = failure.body(), failure.status, failure.kind
        body = _encode(answer)
        account = accounts.known(_key(environ))
        accounts.record(
            account,
            lambda number: Call(
                number=number,
                time=arrived,
                account=redact(account.api_key) if account else None,
                method=environ["REQUEST_METHOD"],
                path=_text(environ["PATH_INFO"]),
                query=_text(environ.get("QUERY_STRING", "")),
                route=route,
                headers=_headers(environ),
                received=raw[:MAX_KEPT],
                received_size=size,
                status=None if fault and fault.drop_connection else status,
                answered=body[:MAX_KEPT],
                answered_size=len(body),
                duration=self._timer() - begun,
                error=error,
                warnings=tuple(warnings),
                effects=effects,
                fault=fault.id if fault else None,
            ),
        )
        if fault and fault.drop_connection:
            return _drop(environ)
        mimetype = "text/plain" if isinstance(answer, str) else "application/json"
        response = Response(body, status=status, mimetype=mimetype)
        if not body:
            del response.headers["Content-Type"]
        # Recorded answers have it (`observed`); that it is the time of the answer is `ours`.
        response.headers["Last-Modified"] = http_date(arrived)
        if fault:
            response.headers.update(fault.headers)
            if fault.closes_connection and (close := environ.get(CLOSE_CONNECTION)):
                close()
                del response.headers["Connection"]
        return response

    def _authenticate(self, environ: Environ) -> Account:
        key = _key(environ)
        if not key:
            raise errors.NO_KEY()
        account = self._accounts.get(key)
        if account is None:
            raise errors.UNKNOWN_KEY()
        return account


def _key(environ: Environ) -> str:
    key: str = environ.get(_KEY_VARIABLE, "")
    return key.strip()


def _read(environ: Environ, limit: int) -> tuple[bytes, int, ApiError | None]:
    """Read the body, whether its length is declared or it is chunked.

    Gives what is kept of it, its size as far as it is known, and why it is refused, if it is.
    """
    stream = environ["wsgi.input"]
    declared = environ.get("CONTENT_LENGTH")
    if declared:
        if not declared.isdecimal():
            return b"", 0, errors.BAD_BODY(problem="Content-Length is no number.")
        length = min(int(declared), limit + 1)
    elif environ.get("wsgi.input_terminated"):
        length = limit + 1
    else:  # without a length and a server that marks the end, there is no body to read
        return b"", 0, None
    raw: bytes = stream.read(length)
    if len(raw) > limit:
        size = len(raw) + _drain(stream)
        return raw, size, errors.BODY_TOO_LARGE(limit=limit)
    if declared and len(raw) < length:
        problem = f"The request body broke off after {len(raw)} bytes."
        return raw, len(raw), errors.BAD_BODY(problem=problem)
    return raw, len(raw), None


def _drain(stream: Any) -> int:
    """Read on, within reason, for a client that hears the answer only when it has sent all.

    Gives how many bytes that were.
    """
    size = 0
    while size < MAX_DRAINED and (more := stream.read(MAX_KEPT)):
        size += len(more)
    return size


def _headers(environ: Environ) -> dict[str, str]:
    headers = {
        name[5:].replace("_", "-").lower(): value
        for name, value in environ.items()
        if name.startswith("HTTP_")
    }
    if content_type := environ.get("CONTENT_TYPE"):
        headers["content-type"] = content_type
    for secret in (KEY_HEADER, "authorization", "cookie"):
        if secret in headers:
            headers[secret] = redact(headers[secret])
    return headers


def _text(wsgi: str) -> str:
    """Read a WSGI text, whose bytes stand for themselves, as the UTF-8 that it is."""
    return wsgi.encode("latin-1").decode("utf-8", "replace")


def _encode(answer: Any) -> bytes:
    """Write an answer: None is no body, and a text, which only a fault answers, stays as it is."""
    if answer is None:
        return b""
    if isinstance(answer, str):
        return answer.encode()
    return json.dumps(answer, ensure_ascii=False, separators=(",", ":")).encode()


def _drop(environ: Environ) -> Response:
    """Drop the connection: without an answer where the server can, else in the middle of one."""
    drop = environ.get(DROP_CONNECTION)
    if drop:
        drop()
        return Response(status=502)  # goes nowhere
    response = Response(_cut(), status=502)
    response.content_length = 64
    return response


def _cut() -> Iterator[bytes]:
    yield b" "
    raise ConnectionAbortedError("a fault drops this connection, as it was asked to")
