"""Contacts: `/v1/contact` and `/v1/contacts`."""

from typing import Any

from mock_autopilot.account import call_warnings as warn
from mock_autopilot.account import contacts
from mock_autopilot.account.contact import render
from mock_autopilot.account.contact_body import read_contact
from mock_autopilot.account.evidence import Evidence
from mock_autopilot.account.validation import wrong_type
from mock_autopilot.api.routes import Request, Result, Route


def upsert(request: Request) -> Result:
    """Add a contact, or update the one that the body identifies."""
    body = request.body("contact", required="contact")
    update = read_contact(body["contact"], "contact", request.warnings)
    contact_id, effects = contacts.upsert(request.account, update, request.warnings)
    return Result({"contact_id": contact_id}, effects)


def upsert_many(request: Request) -> Result:
    """Do the same for up to 100 contacts, all or nothing."""
    items = request.body("contacts", required="contacts")["contacts"]
    if not isinstance(items, list):
        raise wrong_type("contacts", "an array", items)
    if not items:
        request.warnings.add(warn.EMPTY("contacts"))
    updates = [
        read_contact(item, f"contacts[{index}]", request.warnings)
        for index, item in enumerate(items)
    ]
    contact_ids, effects = contacts.upsert_many(request.account, updates, request.warnings)
    pairs = zip(updates, contact_ids, strict=True)
    by_email = {update.email: contact_id for update, contact_id in pairs if update.email}
    return Result({"contact_ids": contact_ids, "email_contact_map": by_email}, effects)


def get(request: Request) -> Result:
    """Return a contact's document."""
    return Result(contacts.document(*request.about_contact))


def delete(request: Request) -> Result:
    """Delete a contact, by an address all that have it (`doc`).

    204 in the early edition (`doc`); clients' tests see 200 (`client`).
    """
    return Result({}, contacts.delete(*request.about_contact))


def unsubscribe(request: Request) -> Result:
    """Mark a contact as unsubscribed."""
    return Result({}, contacts.unsubscribe(*request.about_contact))


def page(request: Request) -> Result:
    """Return a page of contacts by ascending id; `bookmark` is there only when more follow."""
    bookmark = request.params.get("bookmark")
    found, total, more = contacts.page(request.account, bookmark, request.warnings)
    documents = [render(contact) for contact in found]
    answer: dict[str, Any] = {"contacts": documents, "total_contacts": total}
    return Result({**answer, "bookmark": more} if more else answer)


def custom_fields(request: Request) -> Result:
    """Return the custom fields known to the account, as an array."""
    types = contacts.custom_fields(request.account, request.warnings)
    return Result([{"name": kind, "fieldType": name} for kind, name in types.items()])


_DOC, _CLIENT, _OBSERVED = Evidence.DOC, Evidence.CLIENT, Evidence.OBSERVED
_CONTACT, _REST = "<contact:contact_id_or_email>", "<rest:contact_id_or_email>"

ROUTES = (
    Route("POST", "/v1/contact", upsert, (_DOC, _CLIENT, _OBSERVED)),
    Route("POST", "/v1/contacts", upsert_many, (_DOC, _OBSERVED)),
    Route("GET", f"/v1/contact/{_CONTACT}", get, (_DOC, _OBSERVED)),
    Route("DELETE", f"/v1/contact/{_CONTACT}", delete, (_DOC, _CLIENT, _OBSERVED)),
    Route("POST", f"/v1/contact/{_REST}/unsubscribe", unsubscribe, (_CLIENT, _OBSERVED)),
    Route("GET", "/v1/contacts", page, (_CLIENT, _OBSERVED)),
    Route("GET", "/v1/contacts/<bookmark>", page, (_CLIENT, _OBSERVED)),
    Route("GET", "/v1/contacts/custom_fields", custom_fields, (_CLIENT,)),
)
