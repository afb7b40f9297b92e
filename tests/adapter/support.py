"""Helpers that the tests of the forwarder share."""

import json
from collections.abc import Callable
from typing import Any

import responses

from adapter import Destination, EnterJourney, Plan, Settings, plan

BASE = "http://autopilot.test/v1/"
KEY = "0123456789abcdef"
SETTINGS = Settings("key", BASE)
LONE_SURROGATE = "\ud83d"
#: A track that enters the journey `step_activated`.
STEP_ACTIVATED = {
    "type": "track",
    "event": "Step Activated",
    "userId": "u",
    "properties": {"property": "test"},
}
Answer = tuple[int, dict[str, str], str | bytes]
PERSON: Answer = (200, {}, '{"contact_id": "person_1"}')


class Time:
    """A clock that moves when somebody sleeps."""

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


def contact(planned: Plan) -> dict[str, Any]:
    """Return the contact that a plan sends."""
    assert planned.upsert
    return planned.upsert.contact


def journey(planned: Plan) -> EnterJourney:
    """Return the call that enters the contact of a plan into a journey."""
    assert planned.entry
    return planned.entry


def identify(user: str | None = "u", **traits: Any) -> dict[str, Any]:
    return {"type": "identify", "userId": user, "traits": traits}


def answer(
    mock: responses.RequestsMock, *answers: Answer, time: Time | None = None, takes: float = 0.0
) -> None:
    """Answer the calls in turn, the last answer repeatedly; each takes so many seconds."""
    left = list(answers)

    def reply(_: object) -> Answer:
        if time:
            time.now += takes
        return left.pop(0) if len(left) > 1 else left[0]

    mock.add_callback("POST", BASE + "contact", callback=reply)


def noted(planned: Plan) -> list[tuple[str, str]]:
    """Return the id and the path of each note."""
    return [(note.id, note.path) for note in planned.notes]


def timeouts(mock: responses.RequestsMock) -> list[float]:
    return [call.request.req_kwargs["timeout"] for call in mock.calls]  # type: ignore[attr-defined]


def track(**properties: Any) -> dict[str, Any]:
    return {"type": "track", "event": "E", "userId": "u", "properties": properties}


def bodies(mock: responses.RequestsMock) -> list[Any]:
    return [json.loads(call.request.body or b"") for call in mock.calls]


def paths(mock: responses.RequestsMock) -> list[str]:
    return [str(call.request.url).removeprefix(BASE) for call in mock.calls]


def sent_contact(traits: dict[str, Any]) -> tuple[dict[str, Any], list[tuple[str, str]]]:
    """Return the contact that traits become, without its user id, and its notes."""
    planned = plan({"type": "identify", "userId": "u", "traits": traits}, SETTINGS)
    fields = dict(contact(planned))
    assert fields.pop("user_id") == "u"
    return fields, noted(planned)
