"""The result of delivering a message."""

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
    """Autopilot took it."""
    FILTERED = "filtered"
    """It is not for Autopilot."""
    REJECTED = "rejected"
    """Invalid, or refused by Autopilot or the settings: sending it again will not help."""
    FAILED = "failed"
    """No usable answer in the time allowed: sending it again may help."""


@dataclass(frozen=True)
class Delivery:
    """The result of delivering a message, as Segment's Event Delivery page shows it (`spec`).

    Attributes:
        source: the message, or the text of a line that is not JSON.
        outcome: how the delivery ended.
        status: the status of the last answer, or None without an answer.
        message: the reason unless it was delivered; of a rejection by Autopilot its own words.
        notes: what was left out, sent in another form than one may expect, or maybe done twice.
        exchanges: every attempt at every call, in order.
        place: the place of the message in its input, such as `messages[3]`.
        bulk_position: the index of its contact in a bulk call, or None if it did not go in one.

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
        """Whether Autopilot took the message."""
        return self.outcome is Outcome.DELIVERED

    def to_json(self) -> dict[str, Any]:
        """Return it as a JSON object: without the message, each call with its attempts.

        Of a bulk call only the contact of this message is included, and the number of contacts.
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
        # All attempts at a call share one body object.
        for _, group in groupby(self.exchanges, key=lambda exchange: id(exchange.request_body)):
            attempts = list(group)
            last = attempts[-1]
            body, answer, bulk = last.request_body, last.response_body, {}
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


def outcome_of(reply: Reply) -> tuple[Outcome, str]:
    """Return the outcome of a call, and the reason unless it was delivered."""
    if reply.failure:
        return Outcome.FAILED, reply.failure
    status, answer = reply.last.status or 0, reply.last.response_body
    if status >= 400:
        return Outcome.REJECTED, _error_text(answer) or f"{reply.last.url} answers {status}"
    # Autopilot answers in JSON: an HTML page with status 200 comes from another server.
    if not isinstance(answer, dict) and status != 204:
        return Outcome.FAILED, f"{reply.last.url} answers {status}, but not with a JSON object"
    return Outcome.DELIVERED, ""


def contact_id(answer: object) -> str:
    """Return the contact's id in an answer, or an empty text if it has none."""
    found = answer.get("contact_id") if isinstance(answer, dict) else None
    # The id goes into the path of the next call; a lone surrogate, for one, is not printable.
    return found.strip() if isinstance(found, str) and found.isprintable() else ""


def contact_ids(answer: object) -> list[Any]:
    """Return the contacts' ids in an answer to a bulk call, or an empty list."""
    found = answer.get("contact_ids") if isinstance(answer, dict) else None
    return found if isinstance(found, list) else []


def _error_text(answer: object) -> str:
    text = answer.get("message") if isinstance(answer, dict) else answer
    return text.strip() if isinstance(text, str) else ""
