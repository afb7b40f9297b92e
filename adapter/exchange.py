"""The attempts at a call, and how often and how long they are repeated."""

from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Retry:
    """How long a call is tried before it has failed (`spec`). All times are in seconds.

    The first wait is drawn at random from 0 to `first`, and the upper bound doubles with each wait
    until it reaches `longest`. A longer `Retry-After` is honoured. The figures are `ours`: Segment
    itself tries for four hours.

    Attributes:
        total: time for all attempts at a call; no attempt begins after it.
        first: upper bound of the first wait.
        longest: upper bound of all waits that Autopilot did not ask for.
        timeout: time for an attempt to connect, and for each read of its answer.

    """

    total: float = 60.0
    first: float = 0.5
    longest: float = 30.0
    timeout: float = 10.0


@dataclass(frozen=True)
class Exchange:
    """One attempt at a call, and its result. It does not contain the API key.

    Attributes:
        method: the HTTP method.
        url: where it was sent.
        path: the part of `url` below the base URL.
        request_body: the body, before it became JSON.
        status: the status of the answer, or None without an answer.
        response_body: the body of the answer, parsed if it is JSON, else as text; None without an
            answer.
        error: why there is no answer, or None if there is one.
        duration: seconds from sending to the end of the answer.
        connected: False if no connection could be made, so that nothing can have arrived.

    """

    method: str
    url: str
    path: str
    request_body: dict[str, Any]
    status: int | None
    response_body: Any
    error: str | None
    duration: float
    connected: bool = True

    @property
    def may_have_succeeded(self) -> bool:
        """Whether Autopilot may have carried out the call, judging by the answer.

        A 408, a 5xx, or a lost answer may come before the call was carried out or after it.
        """
        if self.status is None:
            return self.connected
        return 200 <= self.status < 300 or self.status == 408 or self.status >= 500

    def __str__(self) -> str:
        """Return the result in a few words."""
        return "no answer" if self.status is None else f"the answer {self.status}"


@dataclass(frozen=True)
class Reply:
    """The result of a call after all its attempts.

    Attributes:
        exchanges: the attempts, one at least.
        failure: why the call failed; empty if the last exchange has a final answer, a 2xx or 4xx.

    """

    exchanges: tuple[Exchange, ...]
    failure: str = ""

    @property
    def last(self) -> Exchange:
        """The last attempt, which decides."""
        return self.exchanges[-1]
