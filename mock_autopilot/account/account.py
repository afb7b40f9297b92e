"""An account: its state behind a storage, its record of calls, its faults, its clock and ids.

What can be done to it is in the modules `contacts` and `journeys`. No HTTP here.
"""

from collections.abc import Callable, Iterable
from typing import TypeVar

from mock_autopilot.account.call_warnings import Warnings
from mock_autopilot.account.clock import Clock, iso, iso_second, utc_now
from mock_autopilot.account.contact import Contact
from mock_autopilot.account.ids import Ids
from mock_autopilot.account.lookup import contact_of_identifier
from mock_autopilot.options import ServerOptions
from mock_autopilot.recording.faults import Faults
from mock_autopilot.recording.journal import Journal
from mock_autopilot.storage.base import Storage, Transaction

T = TypeVar("T")


class Account:
    """The state behind one API key, with the record of its calls and its faults."""

    def __init__(
        self,
        api_key: str,
        options: ServerOptions,
        storage: Storage,
        *,
        clock: Clock = utc_now,
        ids: Ids | None = None,
    ) -> None:
        self.api_key = api_key
        self.options = options
        self.ids = ids or Ids()
        self.journal = Journal(options.journal_size)
        self.faults = Faults()
        self._storage = storage
        self._clock = clock
        self.instance_id = self.ids.hexadecimal()
        """What the service calls the account in its answers."""

    def look_up(self, identifier: str) -> Contact | None:
        """Return the contact with this id, address or user id; None when there is none."""
        return self.transact(lambda stored: contact_of_identifier(stored, identifier))

    def identifiers_of(self, identifiers: Iterable[str]) -> set[str]:
        """Return these identifiers, and all others of the contacts that they name."""
        found = set(identifiers)
        for contact in [self.look_up(one) for one in found]:
            if contact:
                known = (*contact.ids, contact.email, contact.user_id)
                found |= {identifier for identifier in known if identifier}
        return found

    def now(self) -> str:
        """Return the present moment, with milliseconds."""
        return iso(self._clock())

    def second(self) -> str:
        """Return the present moment as a contact's times have it."""
        return iso_second(self._clock())

    def transact(
        self, operation: Callable[[Transaction], T], warnings: Warnings | None = None
    ) -> T:
        """Run an operation on what is stored, and return its result.

        `warnings` are those that it adds to: what a run found that was undone is forgotten.
        """
        if warnings is None:
            return self._storage.transact(self.api_key, operation)
        found_before = len(warnings)

        def attempt(stored: Transaction) -> T:
            warnings.keep_first(found_before)
            return operation(stored)

        return self._storage.transact(self.api_key, attempt)
