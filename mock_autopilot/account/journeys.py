"""Journeys: a trigger that contacts enter by, and what became of each entry."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from mock_autopilot.account import contact as contacts
from mock_autopilot.account.clock import http_date, parse_iso
from mock_autopilot.account.contact import Contact


@dataclass(slots=True)
class Entry:
    """One contact's entry into a journey. `ejected_at` is None as long as it is on the journey.

    Times are ISO-8601 texts. `properties` are the event's, as they came.
    """

    contact_id: str
    entered_at: str
    properties: dict[str, Any] = field(default_factory=dict)
    ejected_at: str | None = None


@dataclass(slots=True)
class Journey:
    """A journey with its API trigger, and everybody who ever entered it, oldest first.

    `journey_id` is `campaign_` and an upper-case UUID (`doc`); no call of the API tells it. That a
    journey has one trigger only is `ours`.
    """

    trigger_id: str
    name: str
    journey_id: str
    entries: list[Entry] = field(default_factory=list)


def new_journey_id(new_id: Callable[[], UUID]) -> str:
    """Make a journey's id (`doc`)."""
    return f"campaign_{str(new_id()).upper()}"


def render(journey: Journey) -> dict[str, str]:
    """Return a journey as `GET /v1/triggers` lists it (`observed`)."""
    return {
        "trigger_id": journey.trigger_id,
        "journey": journey.name,
        "trigger_type": "apiTrigger",
    }


def work_order(
    instance_id: str,
    trigger_id: str,
    contact_id_or_email: str,
    contact: Contact,
    new_id: Callable[[], UUID],
) -> dict[str, Any]:
    """Return what the API answers when a contact enters a journey (`observed`).

    `contact_id_or_email` is the contact as the call's path names it. That the contact's revision is
    always its first is `ours`: nothing here counts revisions.
    """
    document = contacts.render(contact)
    contact_id = document.pop("contact_id")
    for name in ("created_at", "updated_at"):
        if name in document:
            document[name] = http_date(parse_iso(str(document[name])))
    return {
        "bislr_identifier": instance_id,
        "trigger_id": trigger_id,
        "contact_id_or_email": contact_id_or_email,
        "rqType": "API",
        "terminated": False,
        "taskCounter": 0,
        "chunkUuid": _uuid1(new_id),
        "previousSteps": [],
        "stepUuid": _uuid1(new_id),
        "apiContact": {"_id": f"contacts_{contact_id}", "_rev": f"1-{new_id().hex}", **document},
    }


def _uuid1(new_id: Callable[[], UUID]) -> str:
    """Make a UUID of the form that recordings show, version 1, from the account's source of ids."""
    return str(UUID(int=new_id().int, version=1))
