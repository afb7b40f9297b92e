"""The API under WSGI: a Flask request in, a Flask response out."""

import re
from collections.abc import Callable, Iterator, Mapping
from io import BytesIO
from time import sleep
from typing import IO, Any
from urllib.parse import quote, unquote_to_bytes

from flask import Request, Response

from mock_autopilot.account import errors
from mock_autopilot.account.errors import ApiError
from mock_autopilot.api.dispatch import Dispatcher
from mock_autopilot.api.exchange import (
    MAX_DRAINED,
    Answer,
    Body,
    BodyError,
    RequestHead,
    Transport,
)
from mock_autopilot.servers.network import CLOSE_CONNECTION, DROP_CONNECTION

Environ = Mapping[str, Any]

_CHUNK = 256 * 1024
_PLAIN_PATH = re.compile(r"/[A-Za-z0-9_]*(/[A-Za-z0-9_]+)*")
"""A path that is the same encoded and decoded, however it was sent."""
_SAFE = "/%:?#[]@!$&'()*+,;="
"""Characters that stay as they are in a path that was encoded by its sender."""


class ApiRequest(Request):
    """A request whose body can be read again when a hook of the user has read it."""

    @property
    def body(self) -> IO[bytes]:
        """The body, from its beginning if it was read with `get_data` or `get_json`."""
        read_before = vars(self).get("_cached_data")
        return self.environ["wsgi.input"] if read_before is None else BytesIO(read_before)


def answer(
    dispatcher: Dispatcher, request: ApiRequest, refusal: ApiError | None = None
) -> Response:
    """Return the response to a request; `refusal` as for `Dispatcher.finish`."""
    head = head_of(request.environ)
    opened = dispatcher.open(head)
    if isinstance(opened, Body):
        body = _read(request, opened)
        return _response(request.environ, dispatcher.finish(head, body, refusal))
    if request.environ.get("wsgi.input_terminated"):
        _drain(request.body, MAX_DRAINED)
    elif request.content_length:  # the stream may be the connection itself: not a byte more
        _drain(request.body, request.content_length)
    return _response(request.environ, opened)


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
    return RequestHead(environ["REQUEST_METHOD"].upper(), _raw_path(environ), query, headers)


def _raw_path(environ: Environ) -> str:
    """Return the path as it was sent where the server tells, else the decoded one encoded again.

    Only PATH_INFO is certain: the other is used when it is the same path, behind a SCRIPT_NAME.
    """
    decoded: str = environ["PATH_INFO"]
    if _PLAIN_PATH.fullmatch(decoded):
        return decoded
    path = decoded.encode("latin-1")
    sent: str = environ.get("RAW_URI") or environ.get("REQUEST_URI") or ""
    sent = sent.partition("?")[0]
    mounted = quote(environ.get("SCRIPT_NAME", "").encode("latin-1"))
    sent = sent.removeprefix(mounted)
    if unquote_to_bytes(sent.encode("latin-1")) == path:
        return quote(sent.encode("latin-1"), safe=_SAFE)
    return quote(path)


def _read(request: ApiRequest, wanted: Body) -> bytes | BodyError:
    """Read the body, whether its length is declared or it is chunked."""
    if wanted.length is None and not request.environ.get("wsgi.input_terminated"):
        return b""  # without a length and a server that marks the end, there is no body to read
    stream = request.body
    if wanted.length is not None:
        raw = stream.read(wanted.length)
        whole = len(raw) == wanted.length
        return raw if whole else BodyError(errors.INCOMPLETE_BODY, len(raw), raw)
    raw = stream.read(wanted.limit + 1)
    if len(raw) <= wanted.limit:
        return raw
    return BodyError(errors.BODY_TOO_LARGE, len(raw) + _drain(stream, MAX_DRAINED), raw)


def _drain(stream: IO[bytes], most: int) -> int:
    """Read on, `most` bytes, for a client that reads the answer only when it has sent all.

    Returns how many bytes that were.
    """
    left = most = min(most, MAX_DRAINED)
    while left and (more := stream.read(min(left, _CHUNK))):
        left -= len(more)
    return most - left


def _response(environ: Environ, answered: Answer) -> Response:
    if answered.delay:
        sleep(answered.delay)  # holds one of the server's threads for that long
    if answered.transport is Transport.DROP:
        return _drop(environ)
    response = Response(answered.body, answered.status, list(answered.headers.items()))
    if not any(name.lower() == "content-type" for name in answered.headers):
        del response.headers["Content-Type"]  # Flask's own
    close: Callable[[], None] | None = environ.get(CLOSE_CONNECTION)
    if close and answered.transport is Transport.CLOSE:
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
