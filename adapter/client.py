"""HTTP to Autopilot, and the patience it takes. The one file that imports requests."""

import json
import time
from collections.abc import Callable
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from random import random as any_random
from typing import Any
from urllib.parse import urlsplit

from requests import RequestException, Response, Session
from requests.exceptions import (
    ChunkedEncodingError,
    ConnectionError,
    ContentDecodingError,
    Timeout,
)
from urllib3.exceptions import HTTPError

from adapter.exchange import Exchange, Reply, Retry
from adapter.settings import Settings

__all__ = ["Client", "Session"]

#: Failures that may pass. The others, such as an address no request can be made for, will not.
_PASSING = (ConnectionError, Timeout, ChunkedEncodingError, ContentDecodingError)


class Client:
    """Calls to one Autopilot account.

    Args:
        settings: the account.
        session: the requests session to use, which its owner closes; without it the client makes
            one, and `close` closes it.
        retry: how long to try.
        clock: seconds, monotonic.
        sleep: waits for so many seconds.
        random: a number from 0 up to 1.

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
        self._session = session or _session(settings.base_url)
        self._owns_session = session is None
        self._retry = retry or Retry()
        self._clock = clock
        self._sleep = sleep
        self._random = random

    def close(self) -> None:
        """Close the session, if the client made it."""
        if self._owns_session:
            self._session.close()

    def post(self, path: str, body: dict[str, Any]) -> Reply:
        """Send `body` to `path` below the base URL until the answer is final or time is up.

        Connection failures, 429 and 5xx are tried again (`spec`); any other answer is final. A
        redirection is a failure: it would have the key sent to who knows whom.
        """
        deadline = self._clock() + self._retry.total
        exchanges: list[Exchange] = []
        while True:
            timeout = max(min(self._retry.timeout, deadline - self._clock()), 0.001)
            exchange, response, passing = self._attempt(path, body, timeout)
            exchanges.append(exchange)
            failure = _failure(exchange)
            if not passing:
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
        """Give the exchange, the answer, and whether a failure of it may pass."""
        url = self._settings.base_url + path
        response, error = None, None
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
                allow_redirects=False,
            )
            passing = response.status_code == 429 or response.status_code >= 500
        except (RequestException, HTTPError) as caught:  # the latter for hosts that are none
            error = f"{type(caught).__name__}: {caught}"
            passing = isinstance(caught, _PASSING)
        exchange = Exchange(
            method="POST",
            url=url,
            path=path,
            request=body,
            status=None if response is None else response.status_code,
            answer=None if response is None else _answer(response.content),
            error=error,
            duration=self._clock() - started,
        )
        return exchange, response, passing

    def _backoff(self, attempts: int) -> float:
        # Full jitter: many clients that failed together do not come back together. The exponent
        # has a limit, since no float holds 2 ** 2000.
        doubled = self._retry.first * 2.0 ** min(attempts - 1, 30)
        return self._random() * min(self._retry.longest, doubled)


def _session(base_url: str) -> Session:
    session = Session()
    host = urlsplit(base_url).hostname or ""
    # No proxy stands between this machine and itself, whatever the environment says.
    session.trust_env = not (host == "localhost" or host == "::1" or host.startswith("127."))
    return session


def retry_after(response: Response) -> float:
    """Give the seconds that `Retry-After` asks to wait, 0 when it does not say.

    A date is compared with the answer's own `Date`, so that our clock need not be right.
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
        return f"{exchange.url} answers with a redirection ({status}): check base_url"
    return f"{exchange.url} answers {status}"


def _answer(content: bytes) -> Any:
    try:
        return json.loads(content)
    except (ValueError, RecursionError):
        return content.decode("utf-8", "replace")
