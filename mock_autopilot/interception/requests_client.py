"""Interception of `requests`, by a private mock of the `responses` library.

It changes `HTTPAdapter.send`. A mock of the user's that starts later sees the calls first, and what
it lets through may go past ours; so the connection that the original `send` asks for is taken over
too, and no call that an interception answers gets onto the network.
"""

import re
from collections.abc import Iterable
from contextlib import ExitStack
from functools import partial
from http.client import RemoteDisconnected
from time import sleep
from typing import Any

import requests
from requests import PreparedRequest
from requests.adapters import HTTPAdapter
from requests.exceptions import RetryError
from responses import CallbackResponse, RequestsMock
from responses.registries import FirstMatchRegistry
from urllib3 import HTTPConnectionPool, HTTPSConnectionPool, Timeout
from urllib3.exceptions import HTTPError, MaxRetryError, ProtocolError, ReadTimeoutError

from mock_autopilot.api.exchange import RequestHead, Transport
from mock_autopilot.interception.active import (
    ActiveInterceptions,
    Interception,
    Refused,
    original_of,
    replace,
)
from mock_autopilot.interception.exchange import Exchange
from mock_autopilot.interception.urls import Url

_ANYTHING = re.compile("")


class _Lost(Exception):
    """The connection broke before the answer; `error` is what urllib3 says of it."""

    def __init__(self, error: HTTPError) -> None:
        super().__init__(error)
        self.error = error


def change_requests(active: ActiveInterceptions, undo: ExitStack) -> None:
    """Let the active interceptions see the calls of `requests`."""
    left = getattr(HTTPAdapter.send, "mock", None)
    if isinstance(left, _Mock):  # it was under a mock of the user's that has ended since
        left.stop(allow_assert=False)
    mock = _Mock(active)
    mock.start()
    ours = HTTPAdapter.send
    original = original_of(HTTPAdapter, "get_connection_with_tls_context")

    def connection(adapter: HTTPAdapter, request: PreparedRequest, *args: Any, **named: Any) -> Any:
        try:
            claimed = active.route(str(request.method), Url.parse(str(request.url)))
        except Refused:  # a mock of the user's has let it through
            claimed = None
        if claimed:
            return _Connection(mock, adapter, request)
        return original(adapter, request, *args, **named)

    replace(undo, HTTPAdapter, "get_connection_with_tls_context", connection)

    def stop() -> None:
        if HTTPAdapter.send is ours:  # else a mock of the user's is above: ours lets all through
            mock.stop(allow_assert=False)

    undo.callback(stop)


class _Mock(RequestsMock):
    """Answers calls for the active interceptions; `HTTPAdapter.send` is as it is found now."""

    def __init__(self, active: ActiveInterceptions) -> None:
        super().__init__(
            assert_all_requests_are_fired=False,
            registry=partial(_Registry, active),  # type: ignore[arg-type]  # it is called only
            real_adapter_send=HTTPAdapter.send,
        )
        self.add_passthru(_ANYTHING)  # the registry refuses what is not to be let through
        self._send = super().unbound_on_send()

    def unbound_on_send(self) -> Any:
        """Return what replaces `HTTPAdapter.send`: it raises what that raises."""

        def send(
            adapter: HTTPAdapter, request: PreparedRequest, *args: Any, **named: Any
        ) -> requests.Response:
            try:
                return self.send(adapter, request, *args, **named)
            except ReadTimeoutError as error:
                raise requests.ReadTimeout(error, request=request) from error
            except (ProtocolError, MaxRetryError) as error:
                raise requests.ConnectionError(error, request=request) from error

        vars(send)["mock"] = self
        return send

    def send(
        self, adapter: HTTPAdapter, request: PreparedRequest, *args: Any, **named: Any
    ) -> requests.Response:
        """Send as urllib3 does, by the adapter's `max_retries`, and raise its errors."""
        retries = adapter.max_retries
        while True:
            try:
                return self._send(adapter, request, *args, **named)
            except _Lost as lost:
                retries = retries.increment(request.method, request.url, error=lost.error)
            finally:
                self.calls.reset()  # it would keep every call


class _Registry(FirstMatchRegistry):
    """Finds what answers a call; None lets it through."""

    def __init__(self, active: ActiveInterceptions) -> None:
        super().__init__()
        self._active = active

    def find(self, request: PreparedRequest) -> tuple[CallbackResponse | None, list[str]]:
        """Return what answers a call. Raises ConnectionError when it is refused."""
        method, url = str(request.method), Url.parse(str(request.url))
        try:
            claimed = self._active.route(method, url)
        except Refused as refused:
            refused.keep()
            raise requests.ConnectionError(str(refused), request=request) from None
        if claimed is None:
            return None, []
        answer = partial(_answer, *claimed, url)
        return CallbackResponse(method, _ANYTHING, answer, content_type=None), []


class _Connection:
    """Stands for urllib3's connection pool in `HTTPAdapter.send`, which calls `urlopen`."""

    def __init__(self, mock: _Mock, adapter: HTTPAdapter, request: PreparedRequest) -> None:
        self._mock = mock
        self._adapter = adapter
        self._request = request

    def urlopen(self, *, timeout: Timeout, **_: Any) -> Any:
        """Return the answer as urllib3 does; raise its errors."""
        try:
            return self._mock.send(self._adapter, self._request, timeout=timeout).raw
        except RetryError as error:
            raise error.args[0] from None  # as urllib3 raised it


def _answer(
    interception: Interception, path: str, url: Url, request: PreparedRequest
) -> tuple[int, dict[str, str], bytes]:
    """Return the answer to a call; raise `_Lost` when there is none."""
    headers = {_text(name).lower(): _text(value) for name, value in request.headers.items()}
    headers.setdefault("host", url.location)
    head = RequestHead(str(request.method), path, url.query, headers)
    exchange = Exchange(interception.dispatcher, head)
    with exchange:
        if exchange.wants_body:
            for chunk in _chunks(request.body):
                if not exchange.feed(chunk):
                    break
    answer = exchange.answer()
    if answer.delay:
        _wait(answer.delay, url, request)
    if answer.transport is Transport.DROP:
        end = RemoteDisconnected("Remote end closed connection without response")
        raise _Lost(ProtocolError("Connection aborted.", end))
    return answer.status, dict(answer.headers), answer.body


def _text(value: str | bytes) -> str:
    return value if isinstance(value, str) else value.decode("latin-1")


def _chunks(body: Any) -> Iterable[bytes]:
    """Return the parts of a body, as urllib3 sends them."""
    if body is None:
        return ()
    if isinstance(body, str | bytes | bytearray | memoryview):
        body = (body,)
    return (chunk.encode() if isinstance(chunk, str) else bytes(chunk) for chunk in body)


def _wait(delay: float, url: Url, request: PreparedRequest) -> None:
    """Wait for a late answer; raise at once when the client would not wait so long."""
    limit = _read_timeout(vars(request)["req_kwargs"].get("timeout"))
    if limit is None or delay < limit:
        sleep(delay)
        return
    pool_class = HTTPSConnectionPool if url.scheme == "https" else HTTPConnectionPool
    text = f"Read timed out. (read timeout={limit})"
    raise _Lost(ReadTimeoutError(pool_class(url.host, url.port), str(request.url), text))


def _read_timeout(timeout: Any) -> float | None:
    """Return how many seconds a client waits for an answer; None is for ever."""
    if isinstance(timeout, Timeout):
        timeout = timeout.clone()
        timeout.start_connect()
        timeout = timeout.read_timeout
    limit: float | None = timeout[1] if isinstance(timeout, tuple) else timeout
    return limit
