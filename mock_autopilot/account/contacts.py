"""What can be done to the contacts of an account.

Each operation is one transaction: it looks, makes all checks, and only then writes. What it
changed is returned as `Effects`; what looks wrong is added to the call's `Warnings`.
"""

from collections.abc import Sequence

from mock_autopilot.account import call_warnings as warn
from mock_autopilot.account import errors
from mock_autopilot.account.account import Account
from mock_autopilot.account.call_warnings import Warnings
from mock_autopilot.account.contact import Contact, render, unsubscribed
from mock_autopilot.account.contact_body import ContactUpdate
from mock_autopilot.account.effects import ContactChange, Effects
from mock_autopilot.account.lookup import contact_of_path
from mock_autopilot.account.upsert import check, contacts_of_body, write
from mock_autopilot.storage.base import Transaction

PAGE = 100
"""Contacts on a page (`client`, `observed`)."""
BULK = 100
"""Contacts that a bulk call takes at most (`doc`)."""


def upsert(account: Account, update: ContactUpdate, warnings: Warnings) -> tuple[str, Effects]:
    """Add a contact, or update the one that the body identifies; return its id."""

    def operation(stored: Transaction) -> tuple[str, Effects]:
        found = check(update, stored, warnings)
        warnings.reject_if_strict()
        contact, effects = write(update, stored, found, account)
        return contact.contact_id, effects

    return account.transact(operation, warnings)


def upsert_many(
    account: Account, updates: Sequence[ContactUpdate], warnings: Warnings
) -> tuple[list[str], Effects]:
    """Add or update each in turn, all or nothing (`ours`); return their ids in that order.

    All are checked, and warned about, against what is stored before the first is written.
    """
    if len(updates) > BULK:
        raise errors.TOO_MANY_CONTACTS(count=len(updates), limit=BULK)

    def operation(stored: Transaction) -> tuple[list[str], Effects]:
        for update in updates:
            check(update, stored, warnings, bulk=True)
        warnings.reject_if_strict()
        contact_ids, effects = [], Effects()
        for update in updates:  # looked up again, since one may name what another has written
            contact, more = write(update, stored, contacts_of_body(stored, update), account)
            contact_ids.append(contact.contact_id)
            effects += more
        return contact_ids, effects

    return account.transact(operation, warnings)


def document(account: Account, contact_id_or_email: str) -> dict[str, object]:
    """Return the document of a contact."""
    return render(account.transact(lambda stored: contact_of_path(stored, contact_id_or_email)))


def delete(account: Account, contact_id_or_email: str) -> Effects:
    """Delete a contact; by an address all that have it (`doc`).

    What they did on journeys stays on record.
    """

    def operation(stored: Transaction) -> Effects:
        found = [contact_of_path(stored, contact_id_or_email)]
        if contact_id_or_email not in found[0].ids:
            found = stored.sharing(contact_id_or_email.strip())
        for contact in found:
            stored.remove(contact.contact_id)
        return Effects(contacts_deleted=tuple(contact.contact_id for contact in found))

    return account.transact(operation)


def unsubscribe(account: Account, contact_id_or_email: str) -> Effects:
    """Mark a contact as unsubscribed."""

    def operation(stored: Transaction) -> Effects:
        contact = contact_of_path(stored, contact_id_or_email)
        contact, changed = unsubscribed(contact, account.second())
        stored.put(contact)
        updated = ContactChange(contact.contact_id, changed)
        return Effects(contacts_updated=(updated,) if changed else ())

    return account.transact(operation)


def page(
    account: Account, bookmark: str | None, warnings: Warnings
) -> tuple[list[Contact], int, str | None]:
    """Return a page of contacts, how many there are in all, and the next page's bookmark.

    The page is the one that the bookmark names, or the first one. One client sends a word that
    is no bookmark for the first page (`client`): it is warned about.
    """

    def operation(stored: Transaction) -> tuple[list[Contact], int, str | None]:
        if bookmark and not stored.knows(bookmark):
            warnings.add(warn.BOOKMARK("bookmark", value=bookmark))
            warnings.reject_if_strict()
        found, more = stored.page(bookmark, PAGE)
        return found, stored.count(), more

    return account.transact(operation, warnings)
