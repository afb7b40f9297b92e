"""What is passed to a forwarder and what it answers."""

from dataclasses import dataclass, field
from typing import Any, Protocol, TypeGuard

MISSING_IDENTIFIERS = (
    "Missing unique identifier traits. Either `email` or `user_id` traits must be provided"
)
"""The text of the 400 of the identifier rule."""

Message = dict[str, Any]
Settings = dict[str, Any]
"""`{"base_url", "api_key", "journeys": {event: trigger_id}, "default_trigger"}`."""


@dataclass(frozen=True)
class Person:
    """Somebody whom messages are about; a user id may be a number."""

    email: str | None = None
    user_id: str | int | None = None

    @property
    def identifiers(self) -> dict[str, str]:
        """Those that there are, as Autopilot has them."""
        given = {"Email": self.email, "user_id": self.user_id}
        return {name: str(value) for name, value in given.items() if value is not None}


@dataclass(frozen=True)
class Result:
    """What a forwarder reports of a message; the status is None when it gave none."""

    status: int | None
    message: str = ""
    details: dict[str, Any] = field(default_factory=dict)
    """What else it answered; no clause looks at it."""
    early: bool = False
    """Whether it was given before the message was delivered: what became of it nobody has said."""

    @property
    def delivered(self) -> bool:
        """Whether it says that the message was delivered."""
        return self.status is not None and 200 <= self.status < 300


class Target(Protocol):
    """A forwarder under test."""

    def deliver(self, message: Message) -> Result:
        """Hand it a message and return its answer.

        Raises `SetupError` when it cannot be reached.
        """

    def close(self) -> None:
        """Release what it holds."""


CANNOT_JUDGE = 2
"""The exit status when nothing could be judged."""


class SetupError(Exception):
    """The forwarder cannot be tested: it is not there, or it does not send to the fake."""


def is_status(value: object) -> TypeGuard[int]:
    """Return whether a value is a number as a status is one; `True` and `False` are not."""
    return isinstance(value, int) and not isinstance(value, bool)


def failed(message: str, status: object) -> Result:
    """Return the result of an exception: its text, and its status if that is a number."""
    return Result(status if is_status(status) else None, message)


def result_of(answer: object) -> Result:
    """Read what a forwarder answered: nothing (200), or `{"status", "message", …}`.

    Raises `SetupError` when it is neither.
    """
    if answer is None:
        return Result(200)
    if isinstance(answer, dict):
        status, message = answer.get("status", 200), answer.get("message") or ""
        if (is_status(status) or status is None) and isinstance(message, str):
            details = {k: v for k, v in answer.items() if k not in ("status", "message")}
            return Result(status, message, details)
    raise wrong_answer(repr(answer))


def wrong_answer(shown: str) -> SetupError:
    """Return the error of a forwarder that answered something else."""
    return SetupError(
        f"the forwarder answered {shown}; it must answer nothing, or an object with "
        '"status" (a number) and "message" (a text)'
    )
