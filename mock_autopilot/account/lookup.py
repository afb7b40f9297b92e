"""Which contact or journey is meant by a path, or by any identifier; ids that mean none yet."""

from mock_autopilot.account import errors
from mock_autopilot.account.contact import Contact
from mock_autopilot.account.ids import CONTACT_PREFIX, Ids
from mock_autopilot.account.journey import Journey
from mock_autopilot.storage.base import Transaction


def contact_of_path(stored: Transaction, contact_id_or_email: str) -> Contact:
    """Return the contact that a path names (`doc`: id and address are interchangeable).

    Raises `ApiError`: 404 when there is none, 400 when the text can name no contact.
    """
    text = contact_id_or_email
    found = stored.find(contact_id=text, email=text.strip())
    if found:
        return next((contact for contact in found if text in contact.ids), found[0])
    if "@" not in contact_id_or_email and not contact_id_or_email.startswith(CONTACT_PREFIX):
        raise errors.INVALID_CONTACT()
    raise errors.NO_CONTACT()


def contact_of_identifier(stored: Transaction, identifier: str) -> Contact | None:
    """Return the contact with this id, address or user id; None when there is none."""
    found = stored.find(contact_id=identifier, email=identifier, user_id=identifier)
    return next(
        (contact for contact in found if identifier in contact.ids), next(iter(found), None)
    )


def journey_of_trigger(stored: Transaction, trigger_id: str) -> Journey | None:
    """Return the journey that has a trigger; one whose own id is this does not count."""
    journey = stored.journey(trigger_id)
    return journey if journey and journey.trigger_id == trigger_id else None


def new_contact_id(ids: Ids, stored: Transaction) -> str:
    """Return an id that no contact has or had."""
    return ids.unused(
        ids.contact, lambda one: stored.is_bookmark(one) or bool(stored.find(contact_id=one))
    )


def new_journey_id(ids: Ids, stored: Transaction) -> str:
    """Return an id that no journey has."""
    return ids.unused(ids.journey, lambda one: stored.journey(one) is not None)
