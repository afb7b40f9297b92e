"""Journeys: `/v1/triggers`, `/v1/trigger` and `/v1/journey`."""

from typing import Any

from mock_autopilot.account import journeys
from mock_autopilot.account.call_warnings import CallWarning
from mock_autopilot.account.contact_body import check
from mock_autopilot.account.evidence import Evidence
from mock_autopilot.account.json_text import as_object
from mock_autopilot.api.contacts import required
from mock_autopilot.api.routes import Json, Request, Route


def triggers(request: Request) -> Json:
    """List the journeys that have an API trigger."""
    return {"triggers": [journeys.render(journey) for journey in request.account.triggers()]}


def enter(request: Request) -> Json:
    """Let a contact enter a journey; the event's properties may come along.

    The answer is the work order.
    """
    properties = {}
    if request.raw.strip():
        properties = _properties(request.body("property"), request.warnings)
    request.account.accept(request.warnings)
    trigger_id = request.params["trigger_id"]
    return request.account.enter(trigger_id, request.who, properties, request.effects)


def upsert_and_enter(request: Request) -> Json:
    """Add or update a contact and let it enter a journey.

    Two clients' samples show the body's `contact`; the `property` beside it, and the answer (the
    work order with the `contact_id`), are `ours`.
    """
    body = request.body("contact", "property")
    update = check(required(body, "contact"), "contact", request.warnings)
    properties = _properties(body, request.warnings)
    contact_id, work_order = request.account.upsert_and_enter(
        request.params["trigger_id"], update, properties, request.effects
    )
    return {**work_order, "contact_id": contact_id}


def eject(request: Request) -> None:
    """Take a contact off a journey, named by its own id or by its trigger's (`ours`)."""
    request.account.eject(request.params["journey_id"], request.who, request.effects)


def _properties(body: dict[str, Any], warnings: list[CallWarning]) -> dict[str, Any]:
    return as_object(body.get("property", {}), "property", warnings)


_DOC, _CLIENT, _OBSERVED = Evidence.DOC, Evidence.CLIENT, Evidence.OBSERVED
_WHO = "<any_text:contact_id_or_email>"

ROUTES = (
    Route("GET", "/v1/triggers", triggers, (_OBSERVED,)),
    Route("POST", "/v1/trigger/<trigger_id>/contact", upsert_and_enter, (_CLIENT,)),
    Route("POST", f"/v1/trigger/<trigger_id>/contact/{_WHO}", enter, (_CLIENT, _OBSERVED)),
    Route("DELETE", f"/v1/journey/<journey_id>/contact/{_WHO}", eject, (_DOC,), status=204),
)
