"""HTTP calls to Autopilot, with retries. The only module that imports requests."""

import json
import time
from collections.abc import Callable
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from random import random as any_random
from typing import Any
from urllib.parse import urlsplit

from requests import PreparedRequest, Response, Session
from requests.exceptions import (
    ChunkedEncodingError,
    ConnectionError,
    ConnectTimeout,
    ContentDecodingError,
    ProxyError,
    Timeout,
)
from urllib3.exceptions import HTTPError, NewConnectionError

from adapter.exchange import Exchange, Reply, Retry
from adapter.settings import Settings

__all__ = ["Client", "Session"]

#: Failures worth another attempt. Others, such as an invalid URL, would fail in the same way.
_TRANSIENT = (ConnectionError, Timeout, ChunkedEncodingError, ContentDecodingError)
_NO_TLS_HERE = "there is no TLS at this address: use http://"
_CA_FILE = "name the file of the CA's certificates in REQUESTS_CA_BUNDLE"
#: TLS failures that no retry mends: a part of the text of OpenSSL or requests, and the fix.
_TLS_FAILURES = {
    "WRONG_VERSION_NUMBER": _NO_TLS_HERE,
    "RECORD_LAYER_FAILURE": _NO_TLS_HERE,
    "record layer failure": _NO_TLS_HERE,
    "certificate is not valid for": "use the host name that its certificate is for",
    "certificate has expired": "its certificate has to be renewed",
    "CERTIFICATE_VERIFY_FAILED": f"its certificate is not trusted: {_CA_FILE}",
    "NO_CERTIFICATE_OR_CRL_FOUND": f"there is no certificate in that file: {_CA_FILE}",
    "suitable TLS CA certificate bundle": _CA_FILE,
}


class Client:
    """Calls to one Autopilot account.

    Args:
        settings: the account.
        session: a requests session to use, closed by its owner. Without it the client makes one,
            which `close` closes.
        retry: how long a call is tried.
        clock: returns seconds, monotonic.
        sleep: waits for a number of seconds.
        random: returns a number from 0 up to 1.

    """

    def __init__(
        self,
        settings: Settings,
        *,
        session: Session | None = None,
        retry: Retry | None = None,
        clock: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], object] = time.sleep,
        random: Callable[[], float] = any_random,
    ) -> None:
        self._settings = settings
        self._session = session or new_session()
        self._owns_session = session is None
        self._proxies = no_proxies(settings.base_url) if session is None else None
        self._retry = retry or Retry()
        self._clock = clock
        self._sleep = sleep
        self._random = random

    def close(self) -> None:
        """Close the session if the client made it."""
        if self._owns_session:
            self._session.close()

    def post(self, path: str, body: dict[str, Any]) -> Reply:
        """Send `body` to `path` below the base URL until the answer is final or time is up.

        Connection failures, 429 and 5xx are tried again (`spec`); any other answer is final. A
        redirect is a failure: following it would send the API key to another host.
        """
        deadline = self._clock() + self._retry.total
        exchanges: list[Exchange] = []
        while True:
            timeout = max(min(self._retry.timeout, deadline - self._clock()), 0.001)
            exchange, response, transient = self._attempt(path, body, timeout)
            exchanges.append(exchange)
            failure = _failure(exchange)
            if not transient:
                return Reply(tuple(exchanges), failure)
            asked = 0.0 if response is None else retry_after(response)
            wait = max(asked, self._backoff(len(exchanges)))
            left = deadline - self._clock()
            if wait >= left:
                why = f"; it asks to wait {asked:g} s" if asked and asked >= left else ""
                spent = f"attempt {len(exchanges)}, {self._retry.total:g} s allowed in all"
                return Reply(tuple(exchanges), f"{failure}{why} ({spent})")
            self._sleep(wait)

    def _attempt(
        self, path: str, body: dict[str, Any], timeout: float
    ) -> tuple[Exchange, Response | None, bool]:
        """Return the exchange, the answer, and whether another attempt may fare better."""
        url = self._settings.base_url + path
        response, error, connected = None, None, True
        started = self._clock()
        try:
            response = self._session.post(
                url,
                data=json.dumps(body, ensure_ascii=False, allow_nan=False).encode(),
                headers={
                    "autopilotapikey": self._settings.api_key,
                    "Content-Type": "application/json; charset=utf-8",
                },
                timeout=timeout,
                proxies=self._proxies,
                allow_redirects=False,
            )
            transient = response.status_code == 429 or response.status_code >= 500
        # urllib3 raises HTTPError for an invalid host, requests OSError for a missing CA file.
        except (OSError, HTTPError) as caught:
            error = f"{type(caught).__name__}: {caught}"
            hint = next((fix for text, fix in _TLS_FAILURES.items() if text in error), "")
            error += f" ({hint})" if hint else ""
            transient = isinstance(caught, _TRANSIENT) and not hint
            connected = transient and _was_connected(caught)
        exchange = Exchange(
            method="POST",
            url=url,
            path=path,
            request_body=body,
            status=None if response is None else response.status_code,
            response_body=None if response is None else _parsed(response.content),
            error=error,
            duration=self._clock() - started,
            connected=connected,
        )
        return exchange, response, transient

    def _backoff(self, attempts: int) -> float:
        # Full jitter, so that clients that failed together do not all come back at once. The
        # exponent is limited because 2.0 ** 2000 overflows.
        doubled = self._retry.first * 2.0 ** min(attempts - 1, 30)
        return self._random() * min(self._retry.longest, doubled)


def no_proxies(url: str) -> dict[str, str] | None:
    """Return the `proxies` argument of a request to `url`.

    Requests to this machine never use a proxy, others those that the environment names.
    """
    host = urlsplit(url).hostname or ""
    is_here = host == "localhost" or host == "::1" or host.startswith("127.")
    return {"no_proxy": host} if is_here else None


def new_session() -> Session:
    """Return a session for calls to Autopilot; the caller closes it."""
    session = Session()
    # Proxies and CA files come from the environment, but passwords in .netrc must not be sent:
    # Autopilot's key has a header of its own.
    session.auth = _no_auth
    return session


def _no_auth(request: PreparedRequest) -> PreparedRequest:
    return request


def _was_connected(failure: Exception) -> bool:
    reason = getattr(failure.args[0], "reason", None) if failure.args else None
    return not isinstance(failure, ConnectTimeout | ProxyError) and not isinstance(
        reason, NewConnectionError
    )


def retry_after(response: Response) -> float:
    """Return the seconds that `Retry-After` asks to wait, or 0 if it is missing or invalid.

    A date is compared with the answer's own `Date`, so that a wrong local clock does not matter.
    """
    value = response.headers.get("Retry-After", "").strip()
    if value.isascii() and value.isdigit():
        return float(value)
    until = _http_date(value)
    if until is None:
        return 0.0
    now = _http_date(response.headers.get("Date", "")) or datetime.now(UTC)
    return max((until - now).total_seconds(), 0.0)


def _http_date(value: str) -> datetime | None:
    try:
        date = parsedate_to_datetime(value)
    except (ValueError, OverflowError):
        return None
    return date if date.tzinfo else date.replace(tzinfo=UTC)


def _failure(exchange: Exchange) -> str:
    status = exchange.status
    if status is None:
        return f"No answer from {exchange.url}: {exchange.error}"
    if 200 <= status < 300 or (400 <= status < 500 and status != 429):
        return ""
    if 300 <= status < 400:
        return f"{exchange.url} answers with a redirect ({status}): check base_url"
    return f"{exchange.url} answers {status}"


def _parsed(content: bytes) -> Any:
    try:
        return json.loads(content)
    except (ValueError, RecursionError):
        return content.decode("utf-8", "replace")
