"""What can be done to the contacts of an account.

Each operation is one transaction: it makes all checks, and only then writes. It adds what looks
wrong to the call's `Warnings`, and returns what it changed as `Effects`.
"""

from collections.abc import Mapping, Sequence

from mock_autopilot.account import call_warnings as warn
from mock_autopilot.account import errors
from mock_autopilot.account.account import Account
from mock_autopilot.account.call_warnings import Warnings
from mock_autopilot.account.contact import Contact, render, unsubscribed
from mock_autopilot.account.contact_body import ContactUpdate
from mock_autopilot.account.contact_writing import (
    check_update,
    contacts_of_body,
    write_update,
)
from mock_autopilot.account.effects import ContactChange, Effects
from mock_autopilot.account.lookup import contact_of_path
from mock_autopilot.storage.base import Transaction

PAGE = 100
"""Contacts on a page (`client`, `observed`)."""
BULK = 100
"""Contacts that a bulk call takes at most (`doc`)."""


def upsert(account: Account, update: ContactUpdate, warnings: Warnings) -> tuple[str, Effects]:
    """Add a contact, or update the one that the body identifies; return its id."""

    def write(stored: Transaction, found: Sequence[Contact]) -> tuple[str, Effects]:
        contact, effects = write_update(update, stored, found, account)
        return contact.contact_id, effects

    return account.perform(warnings, lambda stored: check_update(update, stored, warnings), write)


def upsert_many(
    account: Account, updates: Sequence[ContactUpdate], warnings: Warnings
) -> tuple[list[str], Effects]:
    """Add or update each in turn, all or nothing (`ours`); return their ids in that order.

    All are checked, and warned about, against what is stored before the first is written.
    """
    if len(updates) > BULK:
        raise errors.TOO_MANY_CONTACTS(count=len(updates), limit=BULK)

    def check(stored: Transaction) -> None:
        for update in updates:
            check_update(update, stored, warnings, bulk=True)

    def write(stored: Transaction, _: None) -> tuple[list[str], Effects]:
        contact_ids, effects = [], Effects()
        for update in updates:  # looked up again, since one may name what another has written
            found = contacts_of_body(stored, update)
            contact, more = write_update(update, stored, found, account)
            contact_ids.append(contact.contact_id)
            effects += more
        return contact_ids, effects

    return account.perform(warnings, check, write)


def document(account: Account, contact_id_or_email: str, warnings: Warnings) -> dict[str, object]:
    """Return the document of a contact."""
    return account.perform(
        warnings,
        lambda stored: contact_of_path(stored, contact_id_or_email),
        lambda _, contact: render(contact),
    )


def delete(account: Account, contact_id_or_email: str, warnings: Warnings) -> Effects:
    """Delete a contact; by an address all that have it (`doc`).

    What they did on journeys stays on record.
    """

    def check(stored: Transaction) -> Sequence[Contact]:
        contact = contact_of_path(stored, contact_id_or_email)
        if contact_id_or_email in contact.ids:
            return [contact]
        return stored.with_address(contact_id_or_email.strip())

    def write(stored: Transaction, found: Sequence[Contact]) -> Effects:
        for contact in found:
            stored.remove(contact.contact_id)
        return Effects(contacts_deleted=tuple(contact.contact_id for contact in found))

    return account.perform(warnings, check, write)


def unsubscribe(account: Account, contact_id_or_email: str, warnings: Warnings) -> Effects:
    """Mark a contact as unsubscribed."""

    def write(stored: Transaction, contact: Contact) -> Effects:
        contact, changed = unsubscribed(contact, account.second())
        stored.put(contact)
        updated = ContactChange(contact.contact_id, changed)
        return Effects(contacts_updated=(updated,) if changed else ())

    return account.perform(
        warnings, lambda stored: contact_of_path(stored, contact_id_or_email), write
    )


def page(
    account: Account, bookmark: str | None, warnings: Warnings
) -> tuple[list[Contact], int, str | None]:
    """Return a page of contacts, how many there are in all, and the next page's bookmark.

    The page is the one that the bookmark names, or the first one. One client sends a word that
    is no bookmark for the first page (`client`): it is warned about.
    """

    def check(stored: Transaction) -> None:
        if bookmark and not stored.is_bookmark(bookmark):
            warnings.add(warn.BOOKMARK("bookmark", value=bookmark))

    def read(stored: Transaction, _: None) -> tuple[list[Contact], int, str | None]:
        found, more = stored.page(bookmark, PAGE)
        return found, stored.count(), more

    return account.perform(warnings, check, read)


def custom_fields(account: Account, warnings: Warnings) -> Mapping[str, str]:
    """Return the types of the account's custom fields, by the field's name."""
    return account.perform(warnings, lambda stored: stored.custom_fields(), lambda _, found: found)
