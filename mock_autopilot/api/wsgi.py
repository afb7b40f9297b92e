"""The WSGI door to the dispatcher: an environ in, a response out."""

import re
from collections.abc import Callable, Iterator, Mapping
from typing import Any
from urllib.parse import quote, unquote_to_bytes

from flask import Response

from mock_autopilot.account.errors import ApiError
from mock_autopilot.api.dispatch import Dispatcher
from mock_autopilot.api.exchange import Answer, BodyError, BodyProblem, RequestHead, Transport
from mock_autopilot.recording.journal import MAX_KEPT

Environ = Mapping[str, Any]

CLOSE_CONNECTION = "mock_autopilot.close_connection"
"""In the environ of a server that takes no such header: a function that has the connection closed
after the answer."""
DROP_CONNECTION = "mock_autopilot.drop_connection"
"""In the environ of a server that can do it: a function that drops the request's connection."""
MAX_DRAINED = 64 * 1024 * 1024
"""Bytes of a refused body that are read, and thrown away, before the refusal is answered."""
_PLAIN_PATH = re.compile(r"/[A-Za-z0-9_]*(/[A-Za-z0-9_]+)*")
"""A path that is the same encoded and decoded, however it was sent."""
_AS_SENT = "/%:?#[]@!$&'()*+,;="
"""What stands unescaped in a path as it was sent."""


def answer(dispatcher: Dispatcher, environ: Environ, refusal: ApiError | None = None) -> Response:
    """Return the response to a request; `refusal` as for `Dispatcher.finish`."""
    head = head_of(environ)
    opened = dispatcher.open(head)
    stream = environ["wsgi.input"]
    if isinstance(opened, Answer):
        _drain(stream)
        return _response(environ, opened)
    body = _read(environ, opened.limit)
    if isinstance(body, BodyError) and body.problem is BodyProblem.TOO_LARGE:
        body = BodyError(body.problem, body.size + _drain(stream), body.received)
    return _response(environ, dispatcher.finish(head, body, refusal))


def head_of(environ: Environ) -> RequestHead:
    """Return the head of a WSGI request."""
    headers = {
        name[5:].replace("_", "-").lower(): value
        for name, value in environ.items()
        if name.startswith("HTTP_")
    }
    for variable, name in (("CONTENT_TYPE", "content-type"), ("CONTENT_LENGTH", "content-length")):
        if value := environ.get(variable):
            headers[name] = value
    query = environ.get("QUERY_STRING", "").encode("latin-1").decode("utf-8", "replace")
    return RequestHead(environ["REQUEST_METHOD"], _raw_path(environ), query, headers)


def _raw_path(environ: Environ) -> str:
    """Return the path as it was sent where the server tells, else the decoded one encoded again.

    Only PATH_INFO is certain: the other is used when it is the same path, behind a SCRIPT_NAME.
    """
    if _PLAIN_PATH.fullmatch(environ["PATH_INFO"]):
        return environ["PATH_INFO"]  # type: ignore[no-any-return]  # a string
    path: bytes = environ["PATH_INFO"].encode("latin-1")
    sent: str = environ.get("RAW_URI") or environ.get("REQUEST_URI") or ""
    sent = sent.partition("?")[0]
    mounted = quote(environ.get("SCRIPT_NAME", "").encode("latin-1"))
    sent = sent.removeprefix(mounted)
    if unquote_to_bytes(sent.encode("latin-1")) == path:
        return quote(sent.encode("latin-1"), safe=_AS_SENT)
    return quote(path)


def _read(environ: Environ, limit: int) -> bytes | BodyError:
    """Read the body, whether its length is declared or it is chunked."""
    declared = environ.get("CONTENT_LENGTH")
    if not declared and not environ.get("wsgi.input_terminated"):
        return b""  # without a length and a server that marks the end, there is no body to read
    length = int(declared) if declared else limit + 1
    raw: bytes = environ["wsgi.input"].read(length)
    if len(raw) > limit:
        return BodyError(BodyProblem.TOO_LARGE, len(raw), raw)
    if declared and len(raw) < length:
        return BodyError(BodyProblem.INCOMPLETE, len(raw), raw)
    return raw


def _drain(stream: Any) -> int:
    """Read on, within reason, for a client that hears the answer only when it has sent all.

    Returns how many bytes that were.
    """
    size = 0
    while size < MAX_DRAINED and (more := stream.read(MAX_KEPT)):
        size += len(more)
    return size


def _response(environ: Environ, answer: Answer) -> Response:
    if answer.transport is Transport.DROP:
        return _drop(environ)
    response = Response(answer.body, answer.status, list(answer.headers.items()))
    if not any(name.lower() == "content-type" for name in answer.headers):
        del response.headers["Content-Type"]  # Flask's own
    close: Callable[[], None] | None = environ.get(CLOSE_CONNECTION)
    if close and answer.transport is Transport.CLOSE:
        close()
        del response.headers["Connection"]
    return response


def _drop(environ: Environ) -> Response:
    """Drop the connection: without an answer where the server can, else in the middle of one."""
    drop: Callable[[], None] | None = environ.get(DROP_CONNECTION)
    if drop:
        drop()
        return Response(status=502)  # goes nowhere
    response = Response(_truncated(), status=502)
    response.content_length = 64
    return response


def _truncated() -> Iterator[bytes]:
    yield b" "
    raise ConnectionAbortedError("a fault drops this connection, as it was asked to")
