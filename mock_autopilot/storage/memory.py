"""The contacts of one account, in memory."""

from collections.abc import Iterator
from itertools import islice

from sortedcontainers import SortedList

from mock_autopilot.account.contact import Contact


def address_key(email: str) -> str:
    """Return the form in which addresses are compared: without regard to case (`ours`)."""
    return email.lower()


class MemoryContacts:
    """Contacts by id, address or user id; iterated as they were added, paged by ascending id.

    No operation but iteration takes a time that grows with the number of contacts (pages grow with
    its logarithm). Not safe for threads by itself: the account holds its lock around each
    operation. A caller that changed a contact hands it to `put` again, so that it is found by what
    it then is.
    """

    def __init__(self) -> None:
        self._by_id: dict[str, Contact] = {}
        self._ids: SortedList[str] = SortedList()
        self._removed: set[str] = set()
        self._merged: dict[str, str] = {}
        self._by_email: dict[str, list[str]] = {}
        """Several contacts have one address only where a state says so."""
        self._by_user_id: dict[str, str] = {}
        self._indexed: dict[str, tuple[str | None, str | None]] = {}

    def __len__(self) -> int:
        return len(self._by_id)

    def __iter__(self) -> Iterator[Contact]:
        return iter(self._by_id.values())

    def get(self, contact_id: str) -> Contact | None:
        """Find a contact by its id, or by the id of one that was merged into it."""
        return self._by_id.get(self.current_id(contact_id))

    def current_id(self, contact_id: str) -> str:
        """Return the id that a contact has now, after merges; a deleted contact keeps its last."""
        return self._merged.get(contact_id, contact_id)

    def by_email(self, email: str) -> Contact | None:
        """Find a contact by its address, in any letter case: the one that had it first."""
        contact_ids = self._by_email.get(address_key(email))
        return self._by_id[contact_ids[0]] if contact_ids else None

    def all_by_email(self, email: str) -> list[Contact]:
        """Find all contacts that have an address, in any letter case."""
        return [self._by_id[one] for one in self._by_email.get(address_key(email), ())]

    def by_user_id(self, user_id: str) -> Contact | None:
        """Find a contact by its user id, exactly."""
        contact_id = self._by_user_id.get(user_id)
        return self._by_id[contact_id] if contact_id else None

    def put(self, contact: Contact) -> None:
        """Add a contact, or take note of what has changed in it."""
        contact_id = contact.contact_id
        if contact_id not in self._by_id:
            self._by_id[contact_id] = contact
            self._ids.add(contact_id)
        for merged_id in contact.merged_ids:
            self._merged[merged_id] = contact_id
        email = address_key(contact.email) if contact.email else None
        if self._indexed.get(contact_id) == (email, contact.user_id):
            return
        self._unindex(contact_id)
        if email:
            self._by_email.setdefault(email, []).append(contact_id)
        if contact.user_id:
            self._by_user_id[contact.user_id] = contact_id
        self._indexed[contact_id] = (email, contact.user_id)

    def remove(self, contact: Contact) -> None:
        """Take a contact out; it is not found by any of its ids afterwards."""
        contact_id = contact.contact_id
        del self._by_id[contact_id]
        self._ids.remove(contact_id)
        self._removed.add(contact_id)
        self._unindex(contact_id)
        del self._indexed[contact_id]

    def knows(self, bookmark: str) -> bool:
        """Say whether a bookmark is, or once was, the id of a contact of this account."""
        return bookmark in self._by_id or bookmark in self._removed

    def page(self, bookmark: str | None, limit: int) -> tuple[list[Contact], str | None]:
        """Return `limit` contacts from the bookmark on, and the next bookmark if there are more.

        A bookmark is the id of the first contact of its page, and holds when that one is gone.
        Without one, or with one that is none (`knows`), it is the first page (`client`).
        """
        begin = bookmark if bookmark and self.knows(bookmark) else None
        ids = islice(self._ids.irange(minimum=begin), limit + 1)
        found = [self._by_id[contact_id] for contact_id in ids]
        more = found[limit].contact_id if len(found) > limit else None
        return found[:limit], more

    def _unindex(self, contact_id: str) -> None:
        email, user_id = self._indexed.get(contact_id, (None, None))
        if email:
            sharing = self._by_email[email]
            sharing.remove(contact_id)
            if not sharing:
                del self._by_email[email]
        if user_id and self._by_user_id.get(user_id) == contact_id:
            del self._by_user_id[user_id]
