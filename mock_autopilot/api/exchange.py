"""One exchange with the API, without I/O: what a door hands over, and what it gets back."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum, auto

from mock_autopilot.account import errors
from mock_autopilot.account.errors import ApiError


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
    """Says that the body is to be read: `limit` bytes at most."""

    limit: int


class BodyProblem(Enum):
    """Why there is no whole body."""

    LENGTH = auto()
    """Content-Length is no number."""
    TOO_LARGE = auto()
    INCOMPLETE = auto()


@dataclass(frozen=True, slots=True)
class BodyError:
    """A body that did not come whole: how many bytes it had, and those that are kept."""

    problem: BodyProblem
    size: int = 0
    received: bytes = b""

    def rejection(self, limit: int) -> ApiError:
        """Return the error that answers it; `limit` is that of bodies in bytes."""
        match self.problem:
            case BodyProblem.LENGTH:
                return errors.BAD_BODY(problem="Content-Length is no number.")
            case BodyProblem.TOO_LARGE:
                return errors.BODY_TOO_LARGE(limit=limit)
            case BodyProblem.INCOMPLETE:
                problem = f"The request body broke off after {self.size} bytes."
                return errors.BAD_BODY(problem=problem)


class Transport(Enum):
    """What a door does with the connection of an answer."""

    CLOSE = auto()
    """Close it after the answer."""
    DROP = auto()
    """Drop it without a byte of an answer."""


@dataclass(frozen=True, slots=True)
class Answer:
    """What a call is answered; `transport` is None where the connection simply stays."""

    status: int
    headers: Mapping[str, str]
    body: bytes
    transport: Transport | None = None
