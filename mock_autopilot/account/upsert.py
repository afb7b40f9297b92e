"""Write what a call says of a contact into the store: who is meant, merging, and what changes."""

from collections.abc import Callable

from mock_autopilot.account import contact as contacts
from mock_autopilot.account.contact import Contact
from mock_autopilot.account.contact_body import ContactUpdate
from mock_autopilot.account.effects import (
    AddressChange,
    ContactChange,
    Effects,
    FieldChange,
    ListChange,
    Merge,
    combined,
)
from mock_autopilot.storage import MemoryContacts, address_key


def candidates(store: MemoryContacts, update: ContactUpdate) -> list[Contact]:
    """Find the contacts that a body names: the one that wins, then those merged into it.

    The address wins (`help`). A `_NewEmail` that somebody has already is the same contact,
    renamed before, or else one to merge (`ours`).
    """
    found = (
        update.email and store.by_email(update.email),
        update.new_email and store.by_email(update.new_email),
        update.contact_id and store.get(update.contact_id),
        update.user_id and store.by_user_id(update.user_id),
    )
    named = {contact.contact_id: contact for contact in found if contact}
    return sorted(named.values(), key=lambda contact: contact.email is None)


def write(
    store: MemoryContacts,
    update: ContactUpdate,
    now: str,
    new_contact_id: Callable[[], str],
    effects: Effects,
) -> Contact:
    """Add or update the contact that a checked body names; note in `effects` what changed.

    `now` is the time of the call as a contact's times have it.
    """
    found = candidates(store, update)
    if not found:
        contact = Contact(new_contact_id(), created_at=now)
        fields = tuple(contacts.apply(contact, update, now))
        effects.contacts_created += (ContactChange(contact.contact_id, fields),)
        _note_lists(contact, [], effects)
        store.put(contact)
        return contact
    contact, *others = found
    address, lists = contact.email, list(contact.lists)
    changed: list[FieldChange] = []
    for other in others:
        store.remove(other)
        changed += contacts.merge(contact, other, now)
        effects.contacts_merged += (Merge(other.contact_id, contact.contact_id),)
    changed += contacts.apply(contact, update, now)
    store.put(contact)
    if others:
        changed = combined(changed)
    if changed:
        effects.contacts_updated += (ContactChange(contact.contact_id, tuple(changed)),)
    if contact.email and address_key(contact.email) != address_key(address or ""):
        moved = AddressChange(contact.contact_id, address, contact.email)
        effects.addresses_changed += (moved,)
    _note_lists(contact, lists, effects)
    return contact


def _note_lists(contact: Contact, before: list[str], effects: Effects) -> None:
    effects.list_members_added += tuple(
        ListChange(list_id, contact.contact_id)
        for list_id in contact.lists
        if list_id not in before
    )
