"""Contacts: `/v1/contact` and `/v1/contacts`."""

from typing import Any

from mock_autopilot.account import call_warnings as warn
from mock_autopilot.account import errors
from mock_autopilot.account.contact_body import check
from mock_autopilot.account.evidence import Evidence
from mock_autopilot.account.json_text import wrong_type
from mock_autopilot.api.routes import Json, Request, Route


def upsert(request: Request) -> Json:
    """Add a contact, or update the one that the body identifies."""
    update = check(required(request.body("contact"), "contact"), "contact", request.warnings)
    return {"contact_id": request.account.upsert(update, request.effects)}


def upsert_many(request: Request) -> Json:
    """Do the same for up to 100 contacts, all or nothing."""
    items = required(request.body("contacts"), "contacts")
    if not isinstance(items, list):
        raise wrong_type("contacts", "an array", items)
    if not items:
        request.warnings.append(warn.EMPTY("contacts"))
        request.account.accept(request.warnings)
    updates = [
        check(item, f"contacts[{index}]", request.warnings) for index, item in enumerate(items)
    ]
    contact_ids = request.account.upsert_many(updates, request.effects)
    pairs = zip(updates, contact_ids, strict=True)
    by_email = {update.email: contact_id for update, contact_id in pairs if update.email}
    return {"contact_ids": contact_ids, "email_contact_map": by_email}


def get(request: Request) -> Json:
    """Return a contact's document."""
    return request.account.document(request.who)


def delete(request: Request) -> Json:
    """Delete a contact, by an address all that have it (`doc`).

    204 in the early edition (`doc`); clients' tests see 200 (`client`).
    """
    request.account.delete(request.who, request.effects)
    return {}


def unsubscribe(request: Request) -> Json:
    """Mark a contact as unsubscribed."""
    request.account.unsubscribe(request.who, request.effects)
    return {}


def page(request: Request) -> Json:
    """Return a page of contacts by ascending id; `bookmark` is there only when more follow."""
    found = request.account.page(request.params.get("bookmark"), request.warnings)
    answer: dict[str, Any] = {"contacts": found.documents, "total_contacts": found.total}
    if found.bookmark:
        answer["bookmark"] = found.bookmark
    return answer


def custom_fields(request: Request) -> list[dict[str, str]]:
    """Return the custom fields known to the account, as an array."""
    return request.account.custom_fields()


def required(body: dict[str, Any], key: str) -> Any:
    """Take a key that the body must have."""
    if key not in body:
        raise errors.BAD_FIELD(field=key, problem="is missing from the request body.")
    return body[key]


_DOC, _CLIENT, _OBSERVED = Evidence.DOC, Evidence.CLIENT, Evidence.OBSERVED
_WHO, _ANYBODY = "<contact:contact_id_or_email>", "<any_text:contact_id_or_email>"

ROUTES = (
    Route("POST", "/v1/contact", upsert, (_DOC, _CLIENT, _OBSERVED)),
    Route("POST", "/v1/contacts", upsert_many, (_DOC, _OBSERVED)),
    Route("GET", f"/v1/contact/{_WHO}", get, (_DOC, _OBSERVED)),
    Route("DELETE", f"/v1/contact/{_WHO}", delete, (_DOC, _CLIENT, _OBSERVED)),
    Route("POST", f"/v1/contact/{_ANYBODY}/unsubscribe", unsubscribe, (_CLIENT, _OBSERVED)),
    Route("GET", "/v1/contacts", page, (_CLIENT, _OBSERVED)),
    Route("GET", "/v1/contacts/<bookmark>", page, (_CLIENT, _OBSERVED)),
    Route("GET", "/v1/contacts/custom_fields", custom_fields, (_CLIENT,)),
)
