"""One exchange with the API, without I/O: what an entry point hands over, and what it gets."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum, auto

from mock_autopilot.account.errors import ErrorKind

MAX_DRAINED = 64 * 1024 * 1024
"""Bytes of a refused body that are read, and thrown away, before the refusal is answered."""


@dataclass(frozen=True, slots=True)
class RequestHead:
    """A request without its body.

    `raw_path` is as it was sent, percent-encoded, since `%2F` is no slash. `headers` are by their
    names in lower case.
    """

    method: str
    raw_path: str
    query: str
    headers: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Body:
    """Says that the body is to be read: `limit` bytes at most.

    `length` is how many it has by its Content-Length, None when that is not given.
    """

    limit: int
    length: int | None


@dataclass(frozen=True, slots=True)
class BodyError:
    """A body that did not come whole: which error that is, its size, and those bytes that came.

    The size is what is known of it: by its Content-Length, or what was read.
    """

    kind: ErrorKind
    size: int = 0
    received: bytes = b""


class Transport(Enum):
    """What is done with the connection of an answer."""

    CLOSE = auto()
    """Close it after the answer."""
    DROP = auto()
    """Drop it without a byte of an answer."""


@dataclass(frozen=True, slots=True)
class Answer:
    """What a call is answered; `transport` is None where the connection simply stays.

    The entry point waits `delay` seconds before it answers, or drops the connection.
    """

    status: int
    headers: Mapping[str, str]
    body: bytes
    transport: Transport | None = None
    delay: float = 0.0
