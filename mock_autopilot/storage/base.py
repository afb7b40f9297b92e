"""What an account needs of a storage. Databases can stand behind it, so it speaks in values.

Contacts, journeys and entries go in and out as frozen values: nothing stored is changed in place.
"""

from collections.abc import Callable, Mapping, Sequence
from typing import Protocol, TypeVar

from msgspec import Struct

from mock_autopilot.account.contact import Contact
from mock_autopilot.account.journey import Entry, Journey

T = TypeVar("T")


def address_key(email: str) -> str:
    """Return the form in which addresses are compared: without regard to case (`ours`)."""
    return email.lower()


class AccountState(Struct, frozen=True):
    """All that an account stores. `lists` has titles by list id, `entries` those by trigger id."""

    contacts: Sequence[Contact] = ()
    lists: Mapping[str, str] = {}
    journeys: Sequence[Journey] = ()
    entries: Mapping[str, Sequence[Entry]] = {}


class Transaction(Protocol):
    """What an operation can do to the stored state of one account."""

    def find(
        self,
        *,
        email: str | None = None,
        new_email: str | None = None,
        contact_id: str | None = None,
        user_id: str | None = None,
    ) -> list[Contact]:
        """Return the contacts that these name, in this order, each once.

        An address, in any letter case, names the contact that had it first. An id names also the
        contact into which its own was merged.
        """

    def with_address(self, email: str) -> list[Contact]:
        """Return all contacts that have an address, in any letter case."""

    def put(self, contact: Contact) -> None:
        """Add a contact, or replace the one with its id."""

    def remove(self, contact_id: str) -> None:
        """Remove a contact; no id finds it afterwards."""

    def contacts(self) -> Sequence[Contact]:
        """Return all contacts in the order in which they were added."""

    def count(self) -> int:
        """Return how many contacts there are."""

    def is_bookmark(self, bookmark: str) -> bool:
        """Return whether a bookmark is, or once was, the id of a contact."""

    def page(self, bookmark: str | None, limit: int) -> tuple[list[Contact], str | None]:
        """Return `limit` contacts by ascending id, and the next bookmark if there are more.

        A bookmark is the id of the first contact of its page, and holds when that one is gone.
        Without one, or with one that is none (`is_bookmark`), it is the first page.
        """

    def custom_fields(self) -> Mapping[str, str]:
        """Return the types of the custom fields that contacts have, by the field's name.

        Where contacts differ, it is the type that most of them have; among equals the one that
        stands first in `fields.CUSTOM_TYPES`.
        """

    def lists(self) -> Mapping[str, str]:
        """Return the titles of the lists by their ids."""

    def journey(self, trigger_or_journey_id: str) -> Journey | None:
        """Return the journey with this trigger, else the one with this id of its own."""

    def journeys(self) -> Sequence[Journey]:
        """Return all journeys in the order in which they were defined."""

    def define(self, journey: Journey) -> None:
        """Add a journey, or replace the one with its trigger; its entries stay."""

    def enter(self, trigger_id: str, entry: Entry) -> None:
        """Add an entry into a journey."""

    def eject(self, trigger_id: str, contact: Contact, at: str) -> int:
        """End the entries of a contact that are not ended yet, and return how many there were."""

    def entries(self, trigger_id: str) -> Sequence[Entry]:
        """Return the entries into a journey, oldest first.

        Those of a contact that was merged into another one have the other's id.
        """

    def snapshot(self) -> AccountState:
        """Return all that is stored."""

    def restore(self, state: AccountState) -> None:
        """Replace all that is stored."""


class Storage(Protocol):
    """Where accounts keep their state."""

    def transact(self, api_key: str, operation: Callable[[Transaction], T]) -> T:
        """Run an operation on the state of the account with this key, and return its result.

        The operation sees no other's changes while it runs. It makes all its checks before its
        first write, so that one that raises has changed nothing. It keeps nothing outside, since
        it may be run again: a storage that finds the data changed under it undoes what it did
        and runs it once more. Operations of one account do not nest.
        """

    def forget(self, api_key: str) -> None:
        """Forget all that is stored for this key, which is then like one that was never used."""
