"""What the tests of the forwarder have in common."""

from collections.abc import Callable
from typing import Any

import responses

from adapter import Destination, Plan, Settings

BASE = "http://autopilot.test/v1/"
KEY = "0123456789abcdef"
SETTINGS = Settings("key", BASE)
Answer = tuple[int, dict[str, str], str | bytes]
PERSON: Answer = (200, {}, '{"contact_id": "person_1"}')


class Time:
    """A clock that sleeping moves, and an answer that takes its time."""

    def __init__(self) -> None:
        self.now = 1000.0
        self.slept: list[float] = []
        self.oversleeps = 0.0

    def clock(self) -> float:
        return self.now

    def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)
        self.now += seconds + self.oversleeps


Make = Callable[..., Destination]


def identify(user: str | None = "u", **traits: Any) -> dict[str, Any]:
    return {"type": "identify", "userId": user, "traits": traits}


def answer(
    mock: responses.RequestsMock, *answers: Answer, time: Time | None = None, takes: float = 0.0
) -> None:
    """Give these answers in turn, the last one for ever; each takes so many seconds."""
    left = list(answers)

    def reply(_: object) -> Answer:
        if time:
            time.now += takes
        return left.pop(0) if len(left) > 1 else left[0]

    mock.add_callback("POST", BASE + "contact", callback=reply)


def noted(planned: Plan) -> list[tuple[str, str]]:
    """Give the id and the path of each note."""
    return [(note.id, note.path) for note in planned.notes]


def timeouts(mock: responses.RequestsMock) -> list[float]:
    return [call.request.req_kwargs["timeout"] for call in mock.calls]  # type: ignore[attr-defined]


def track(**properties: Any) -> dict[str, Any]:
    return {"type": "track", "event": "E", "userId": "u", "properties": properties}
