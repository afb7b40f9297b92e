"""What became of a message."""

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from itertools import groupby
from typing import Any

from adapter.exchange import Exchange, Reply
from adapter.notes import Note


class Outcome(StrEnum):
    """How a delivery ended; each is equal to its text, such as `"delivered"`."""

    DELIVERED = "delivered"
    """Autopilot has it."""
    FILTERED = "filtered"
    """It was not for Autopilot."""
    REJECTED = "rejected"
    """It is no message, or Autopilot or the settings do not take it: trying again will not help."""
    FAILED = "failed"
    """No usable answer in the time allowed: trying again may help."""


@dataclass(frozen=True)
class Delivery:
    """What became of a message, as Segment's Event Delivery page shows it (`spec`).

    Attributes:
        source: the message; of a line that is not JSON its text.
        outcome: how it ended.
        status: the status of the last answer, None when none came.
        message: empty when delivered, the reason when filtered, Autopilot's own words or what is
            wrong with the message when rejected, what happened when failed.
        notes: a note for each thing not carried, carried otherwise than one may expect, or
            perhaps done twice.
        exchanges: every attempt at every call, in order.
        place: where the message was found among several, such as `messages[3]`.
        bulk_position: which contact of a bulk call was its own, when it went in one.

    """

    source: Any
    outcome: Outcome
    status: int | None = None
    message: str = ""
    notes: tuple[Note, ...] = ()
    exchanges: tuple[Exchange, ...] = ()
    place: str = ""
    bulk_position: int | None = None

    @property
    def delivered(self) -> bool:
        """Whether Autopilot has it."""
        return self.outcome is Outcome.DELIVERED

    def to_json(self) -> dict[str, Any]:
        """Return it as JSON has it: without the message, and each call with all its attempts.

        Of a bulk call it has the message's own contact, and how many there were.
        """
        return {
            "place": self.place,
            "outcome": self.outcome.value,
            "status": self.status,
            "reason": self.message,
            "notes": [note.to_json() for note in self.notes],
            "calls": list(self._calls()),
        }

    def _calls(self) -> Iterator[dict[str, Any]]:
        # All attempts at a call have one body.
        for _, group in groupby(self.exchanges, key=lambda exchange: id(exchange.request)):
            attempts = list(group)
            last = attempts[-1]
            body, answer, bulk = last.request, last.answer, {}
            if self.bulk_position is not None and "contacts" in body:
                bulk = {"bulk": {"position": self.bulk_position, "of": len(body["contacts"])}}
                body = {"contacts": [body["contacts"][self.bulk_position]]}
                ids = contact_ids(answer)
                if len(ids) > self.bulk_position:
                    answer = {"contact_ids": [ids[self.bulk_position]]}
            yield {
                "method": last.method,
                "path": last.path,
                "body": body,
                **bulk,
                "status": last.status,
                "answer": answer,
                "attempts": [
                    {"status": one.status, "error": one.error, "seconds": round(one.duration, 6)}
                    for one in attempts
                ],
            }


def verdict(reply: Reply) -> tuple[Outcome, str]:
    """Return the outcome that a reply means for its call, and the words for it."""
    if reply.failure:
        return Outcome.FAILED, reply.failure
    status, answer = reply.last.status or 0, reply.last.answer
    if status >= 400:
        return Outcome.REJECTED, _words(answer) or f"{reply.last.url} answers {status}"
    # Autopilot answers in JSON: a page of HTML with a 200 is somebody else's.
    if not isinstance(answer, dict) and status != 204:
        return Outcome.FAILED, f"{reply.last.url} answers {status}, but not with a JSON object"
    return Outcome.DELIVERED, ""


def contact_id(answer: object) -> str:
    """Return the contact's id in an answer, empty when there is none."""
    found = answer.get("contact_id") if isinstance(answer, dict) else None
    # Half a character is not printable, and cannot stand in the next call's path.
    return found.strip() if isinstance(found, str) and found.isprintable() else ""


def contact_ids(answer: object) -> list[Any]:
    """Return the contacts' ids in an answer to a bulk call, none when there are none."""
    found = answer.get("contact_ids") if isinstance(answer, dict) else None
    return found if isinstance(found, list) else []


def _words(answer: object) -> str:
    words = answer.get("message") if isinstance(answer, dict) else answer
    return words.strip() if isinstance(words, str) else ""
