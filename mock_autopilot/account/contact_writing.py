"""Add or update the contact that a call's body names: which one, merging, and what changes."""

from collections.abc import Sequence

from mock_autopilot.account import call_warnings as warn
from mock_autopilot.account import errors
from mock_autopilot.account.account import Account
from mock_autopilot.account.call_warnings import Warnings
from mock_autopilot.account.contact import Contact, apply, merge, says_nothing, type_changes
from mock_autopilot.account.contact_body import ContactUpdate, require_identifier
from mock_autopilot.account.effects import (
    AddressChange,
    ContactChange,
    Effects,
    FieldChange,
    ListChange,
    Merge,
    combined,
)
from mock_autopilot.account.lookup import new_contact_id
from mock_autopilot.storage.base import Transaction, address_key


def contacts_of_body(stored: Transaction, update: ContactUpdate) -> list[Contact]:
    """Return the contacts that a body names: the one that wins, then those merged into it.

    The address wins (`help`). A `_NewEmail` that somebody has already is the same contact,
    renamed before, or else one to merge (`ours`).
    """
    found = stored.find(
        email=update.email,
        new_email=update.new_email,
        contact_id=update.contact_id,
        user_id=update.user_id,
    )
    return sorted(found, key=lambda contact: contact.email is None)


def check_update(
    update: ContactUpdate,
    stored: Transaction,
    warnings: Warnings,
    *,
    bulk: bool = False,
    entering: bool = False,
) -> list[Contact]:
    """Make all checks and warnings that need what is stored; return the contacts that are named.

    `bulk` is for one of several bodies, whose error names the item; `entering` for a body beside
    a trigger. Raises `ApiError` when the contact is not identified, or its list does not exist.
    """
    found = contacts_of_body(stored, update)
    has_contact_id = any(update.contact_id in contact.ids for contact in found)
    if update.contact_id and not has_contact_id:
        warnings.add(warn.UNKNOWN_CONTACT_ID(f"{update.path}.contact_id"))
    require_identifier(update, has_contact_id=has_contact_id, bulk=bulk)
    if update.list_id and update.list_id not in stored.lists():
        raise errors.NO_LIST()
    if found:
        warnings.add(*type_changes(found[0], update))
    if not entering and says_nothing(found[0] if found else None, update):
        warnings.add(warn.ONLY_IDENTIFIER(update.path))
    return found


def write_update(
    update: ContactUpdate, stored: Transaction, found: Sequence[Contact], account: Account
) -> tuple[Contact, Effects]:
    """Add or update the contact that a checked body names; return it, and what changed.

    `found` are the contacts that it names (`contacts_of_body`).
    """
    now = account.second()
    if not found:
        new = Contact(contact_id=new_contact_id(account.ids, stored), created_at=now)
        contact, changed = apply(new, update, now)
        stored.put(contact)
        created = ContactChange(contact.contact_id, tuple(changed))
        added = _added_to_lists(new, contact)
        return contact, Effects(contacts_created=(created,), list_members_added=added)
    before, *others = found
    contact, changed = before, list[FieldChange]()
    for other in others:
        stored.remove(other.contact_id)
        contact, gained = merge(contact, other, now)
        changed += gained
    contact, given = apply(contact, update, now)
    stored.put(contact)
    changed = combined([*changed, *given]) if others else given
    contact_id = contact.contact_id
    return contact, Effects(
        contacts_updated=(ContactChange(contact_id, tuple(changed)),) if changed else (),
        contacts_merged=tuple(Merge(other.contact_id, contact_id) for other in others),
        addresses_changed=_address_change(before, contact),
        list_members_added=_added_to_lists(before, contact),
    )


def _address_change(before: Contact, after: Contact) -> tuple[AddressChange, ...]:
    if not after.email or address_key(after.email) == address_key(before.email or ""):
        return ()
    return (AddressChange(after.contact_id, before.email, after.email),)


def _added_to_lists(before: Contact, after: Contact) -> tuple[ListChange, ...]:
    return tuple(
        ListChange(list_id, after.contact_id)
        for list_id in after.lists
        if list_id not in before.lists
    )
