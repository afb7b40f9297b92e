"""Journeys: `/v1/triggers`, `/v1/trigger` and `/v1/journey`."""

from typing import Any

from mock_autopilot.account import journeys
from mock_autopilot.account.contact_body import read_contact
from mock_autopilot.account.evidence import Evidence
from mock_autopilot.account.journey import render
from mock_autopilot.account.validation import as_object
from mock_autopilot.api.routes import Request, Result, Route


def triggers(request: Request) -> Result:
    """List the journeys that have an API trigger."""
    found = journeys.triggers(request.account, request.warnings)
    return Result({"triggers": [render(journey) for journey in found]})


def enter(request: Request) -> Result:
    """Add an entry of a contact into a journey; the event's properties may come along.

    The answer is the work order.
    """
    properties = {}
    if request.raw.strip():
        properties = _properties(request.body("property", others="property"), request)
    trigger_id = request.params["trigger_id"]
    return Result(
        *journeys.enter(
            request.account, trigger_id, request.contact_id_or_email, properties, request.warnings
        )
    )


def upsert_and_enter(request: Request) -> Result:
    """Add or update a contact and let it enter a journey.

    Two clients' samples show the body's `contact`; the `property` beside it, and the answer (the
    work order with the `contact_id`), are `ours`.
    """
    body = request.body("contact", "property", required="contact", others="property")
    update = read_contact(body["contact"], "contact", request.warnings)
    properties = _properties(body, request)
    trigger_id = request.params["trigger_id"]
    contact_id, work_order, effects = journeys.upsert_and_enter(
        request.account, trigger_id, update, properties, request.warnings
    )
    return Result({**work_order, "contact_id": contact_id}, effects)


def eject(request: Request) -> Result:
    """Take a contact off a journey, named by its own id or by its trigger's (`ours`)."""
    effects = journeys.eject(
        request.account, request.params["journey_id"], request.contact_id_or_email, request.warnings
    )
    return Result(effects=effects)


def _properties(body: dict[str, Any], request: Request) -> dict[str, Any]:
    return as_object(body.get("property", {}), "property", request.warnings)


_DOC, _CLIENT, _OBSERVED = Evidence.DOC, Evidence.CLIENT, Evidence.OBSERVED
_REST = "<rest:contact_id_or_email>"

ROUTES = (
    Route("GET", "/v1/triggers", triggers, (_OBSERVED,)),
    Route("POST", "/v1/trigger/<trigger_id>/contact", upsert_and_enter, (_CLIENT,)),
    Route("POST", f"/v1/trigger/<trigger_id>/contact/{_REST}", enter, (_CLIENT, _OBSERVED)),
    Route("DELETE", f"/v1/journey/<journey_id>/contact/{_REST}", eject, (_DOC,), status=204),
)
