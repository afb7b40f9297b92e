"""Interception of `httpx`: its two transports that use the network.

A client with a transport of another kind (`httpx.MockTransport`, an ASGI application) is left
alone.
"""

from collections.abc import Awaitable, Callable
from contextlib import ExitStack
from time import sleep

import anyio
import httpx

from mock_autopilot.api.exchange import Answer, RequestHead, Transport
from mock_autopilot.interception.active import (
    ActiveInterceptions,
    Refused,
    original_of,
    replace,
)
from mock_autopilot.interception.exchange import Exchange
from mock_autopilot.interception.urls import PORTS, Url


def change_httpx(active: ActiveInterceptions, undo: ExitStack) -> None:
    """Let the active interceptions see the calls of `httpx`."""
    original: Callable[..., httpx.Response] = original_of(httpx.HTTPTransport, "handle_request")
    original_async: Callable[..., Awaitable[httpx.Response]] = original_of(
        httpx.AsyncHTTPTransport, "handle_async_request"
    )

    def handle_request(transport: httpx.HTTPTransport, request: httpx.Request) -> httpx.Response:
        exchange = _open(active, request)
        if exchange is None:
            return original(transport, request)
        assert isinstance(request.stream, httpx.SyncByteStream)  # noqa: S101  # the client checks it
        with exchange:
            if exchange.wants_body:
                for chunk in request.stream:
                    if not exchange.feed(chunk):
                        break
        answer = exchange.answer()
        sleep(_delay(answer, request))
        return _response(answer, request)

    async def handle_async_request(
        transport: httpx.AsyncHTTPTransport, request: httpx.Request
    ) -> httpx.Response:
        exchange = _open(active, request)
        if exchange is None:
            return await original_async(transport, request)
        assert isinstance(request.stream, httpx.AsyncByteStream)  # noqa: S101  # the client checks it
        with exchange:
            if exchange.wants_body:
                async for chunk in request.stream:
                    if not exchange.feed(chunk):
                        break
        answer = exchange.answer()
        await anyio.sleep(_delay(answer, request))
        return _response(answer, request)

    replace(undo, httpx.HTTPTransport, "handle_request", handle_request)
    replace(undo, httpx.AsyncHTTPTransport, "handle_async_request", handle_async_request)


def _open(active: ActiveInterceptions, request: httpx.Request) -> Exchange | None:
    """Return the call under way; None lets it through. Raises ConnectError when it is refused."""
    path, _, query = request.url.raw_path.decode("ascii").partition("?")
    scheme, host = request.url.scheme, request.url.host
    url = Url(scheme, host, request.url.port or PORTS.get(scheme), path, query)
    try:
        claimed = active.route(request.method, url)
    except Refused as refused:
        refused.keep()
        raise httpx.ConnectError(str(refused), request=request) from None
    if claimed is None:
        return None
    interception, path = claimed
    headers = dict(request.headers.items())
    return Exchange(interception.dispatcher, RequestHead(request.method, path, query, headers))


def _delay(answer: Answer, request: httpx.Request) -> float:
    """Return how many seconds to wait; raise at once when the client would not wait so long."""
    limit: float | None = request.extensions.get("timeout", {}).get("read")
    if answer.delay and limit is not None and answer.delay >= limit:
        raise httpx.ReadTimeout("The read operation timed out", request=request)
    return answer.delay


def _response(answer: Answer, request: httpx.Request) -> httpx.Response:
    if answer.transport is Transport.DROP:
        text = "Server disconnected without sending a response."
        raise httpx.RemoteProtocolError(text, request=request)
    headers = [(name.encode(), value.encode("latin-1")) for name, value in answer.headers.items()]
    return httpx.Response(
        answer.status,
        headers=headers,
        stream=httpx.ByteStream(answer.body),  # unread, as from the network
        extensions={"http_version": b"HTTP/1.1"},
    )
