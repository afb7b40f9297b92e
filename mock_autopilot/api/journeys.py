"""Journeys: `/v1/triggers`, `/v1/trigger` and `/v1/journey`."""

from typing import Any

from mock_autopilot import journeys
from mock_autopilot.api.contacts import required
from mock_autopilot.api.routes import Json, Request, Route
from mock_autopilot.contact_update import check
from mock_autopilot.evidence import Evidence
from mock_autopilot.jsonbody import wrong_type


def triggers(request: Request) -> Json:
    """List the journeys that have an API trigger."""
    return {"triggers": [journeys.render(journey) for journey in request.account.triggers()]}


def enter(request: Request) -> Json:
    """Let a contact enter a journey; the event's properties may come along."""
    properties = _properties(request.body("property")) if request.raw.strip() else {}
    request.account.accept(request.warnings)
    request.account.enter(request.params["trigger_id"], request.who, properties)
    return {}


def upsert_and_enter(request: Request) -> Json:
    """Add or update a contact and let it enter a journey.

    Two clients' samples show the body's `contact`; the `property` beside it, and the `contact_id`
    in the answer, are `ours`.
    """
    body = request.body("contact", "property")
    update = check(required(body, "contact"), "contact", request.warnings)
    properties = _properties(body)
    trigger_id = request.params["trigger_id"]
    return {"contact_id": request.account.upsert_and_enter(trigger_id, update, properties)}


def eject(request: Request) -> None:
    """Take a contact off a journey."""
    request.account.eject(request.params["journey_id"], request.who)


def _properties(body: dict[str, Any]) -> dict[str, Any]:
    properties = body.get("property", {})
    if not isinstance(properties, dict):
        raise wrong_type("property", "an object", properties)
    return properties


_DOC, _CLIENT = Evidence.DOC, Evidence.CLIENT
_WHO = "<any_text:contact_id_or_email>"

ROUTES = (
    Route("GET", "/v1/triggers", triggers, (_CLIENT,)),
    Route("POST", "/v1/trigger/<trigger_id>/contact", upsert_and_enter, (_CLIENT,)),
    Route("POST", f"/v1/trigger/<trigger_id>/contact/{_WHO}", enter, (_CLIENT,)),
    Route("DELETE", f"/v1/journey/<journey_id>/contact/{_WHO}", eject, (_DOC,), status=204),
)
