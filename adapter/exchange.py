"""What went over the wire, and how patiently."""

from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Retry:
    """How long a call is tried before it has failed.

    A wait is drawn between nothing and `first` seconds, then twice that, and so on up to
    `longest`; a longer `Retry-After` is honoured. All are seconds (`spec`; the figures are `ours`:
    Segment itself tries for four hours).

    Attributes:
        total: for a call with all its attempts; no new one begins after that.
        first: the longest first wait.
        longest: the longest of all waits that Autopilot did not ask for.
        timeout: for an attempt to connect, and for each wait for more of its answer.

    """

    total: float = 60.0
    first: float = 0.5
    longest: float = 30.0
    timeout: float = 10.0


@dataclass(frozen=True)
class Exchange:
    """One attempt at one call, and what came of it. The API key is in none of it.

    Attributes:
        method: the HTTP method.
        url: where it was sent.
        path: the part of `url` below the base URL.
        request: the body, before it became JSON.
        status: the answer's status, None when none came.
        answer: the answer's body: parsed when it was JSON, else as text; None when none came.
        error: why no answer came, None when one did.
        duration: seconds from sending to the end of the answer.
        connected: False when no connection could be made, so that nothing can have arrived.

    """

    method: str
    url: str
    path: str
    request: dict[str, Any]
    status: int | None
    answer: Any
    error: str | None
    duration: float
    connected: bool = True

    @property
    def may_have_worked(self) -> bool:
        """Whether Autopilot may have done what it was asked, for all that the answer says.

        A server answers 408 or 5xx, or nothing at all, before it has done it or after.
        """
        if self.status is None:
            return self.connected
        return 200 <= self.status < 300 or self.status == 408 or self.status >= 500

    def __str__(self) -> str:
        """How it ended, in a word or two."""
        return "no answer" if self.status is None else f"the answer {self.status}"


@dataclass(frozen=True)
class Reply:
    """What came of a call after all its attempts.

    Attributes:
        exchanges: the attempts, of which there is at least one.
        failure: why there is no final answer; empty when the last exchange has one, a 2xx or 4xx.

    """

    exchanges: tuple[Exchange, ...]
    failure: str = ""

    @property
    def last(self) -> Exchange:
        """The attempt that counts."""
        return self.exchanges[-1]
