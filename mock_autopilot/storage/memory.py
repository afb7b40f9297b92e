"""The contacts of one account, in memory."""

from bisect import bisect_left
from collections.abc import Iterator

from mock_autopilot.contacts import Contact


def address_key(email: str) -> str:
    """Give the form in which addresses are compared: without regard to case (`ours`)."""
    return email.lower()


class MemoryContacts:
    """Contacts in the order in which they were added, found by id, address or user id.

    Not safe for threads by itself: the account holds its lock around each operation. A caller that
    changed a contact hands it to `put` again, so that it is found by what it then is.
    """

    def __init__(self) -> None:
        self._by_id: dict[str, Contact] = {}
        self._places: dict[str, int] = {}  # of every id there ever was, so that bookmarks hold
        self._order: list[int] = []
        self._at: dict[int, Contact] = {}
        self._merged: dict[str, str] = {}
        self._by_email: dict[str, str] = {}
        self._by_user_id: dict[str, str] = {}
        self._indexed: dict[str, tuple[str | None, str | None]] = {}

    def __len__(self) -> int:
        return len(self._by_id)

    def __iter__(self) -> Iterator[Contact]:
        return (self._at[place] for place in self._order)

    def get(self, contact_id: str) -> Contact | None:
        """Find a contact by its id, or by the id of one that was merged into it."""
        return self._by_id.get(self.current_id(contact_id))

    def current_id(self, contact_id: str) -> str:
        """Give the id that a contact has now, after merges; a deleted contact keeps its last."""
        return self._merged.get(contact_id, contact_id)

    def by_email(self, email: str) -> Contact | None:
        """Find a contact by its address, in any letter case."""
        contact_id = self._by_email.get(address_key(email))
        return self._by_id[contact_id] if contact_id else None

    def by_user_id(self, user_id: str) -> Contact | None:
        """Find a contact by its user id, exactly."""
        contact_id = self._by_user_id.get(user_id)
        return self._by_id[contact_id] if contact_id else None

    def put(self, contact: Contact) -> None:
        """Add a contact, or take note of what has changed in it."""
        contact_id = contact.contact_id
        if contact_id not in self._by_id:
            place = len(self._places)
            self._places[contact_id] = place
            self._order.append(place)
            self._at[place] = contact
            self._by_id[contact_id] = contact
        for merged_id in contact.merged_ids:
            self._merged[merged_id] = contact_id
        email = address_key(contact.email) if contact.email else None
        if self._indexed.get(contact_id) == (email, contact.user_id):
            return
        self._unindex(contact_id)
        if email:
            self._by_email[email] = contact_id
        if contact.user_id:
            self._by_user_id[contact.user_id] = contact_id
        self._indexed[contact_id] = (email, contact.user_id)

    def remove(self, contact: Contact) -> None:
        """Take a contact out; it is not found by any of its ids afterwards."""
        contact_id = contact.contact_id
        place = self._places[contact_id]
        del self._by_id[contact_id], self._at[place]
        del self._order[bisect_left(self._order, place)]
        self._unindex(contact_id)
        del self._indexed[contact_id]

    def page(self, bookmark: str | None, limit: int) -> tuple[list[Contact], str | None] | None:
        """Give `limit` contacts from the bookmark on, and the next bookmark if there are more.

        A bookmark is the id of the first contact of its page, and holds when that one is gone.
        None when the bookmark was never an id of this account.
        """
        start = 0
        if bookmark:
            place = self._places.get(bookmark)
            if place is None:
                return None
            start = bisect_left(self._order, place)
        found = [self._at[place] for place in self._order[start : start + limit + 1]]
        more = found[limit].contact_id if len(found) > limit else None
        return found[:limit], more

    def _unindex(self, contact_id: str) -> None:
        email, user_id = self._indexed.get(contact_id, (None, None))
        if email and self._by_email.get(email) == contact_id:
            del self._by_email[email]
        if user_id and self._by_user_id.get(user_id) == contact_id:
            del self._by_user_id[user_id]
