"""An account: its state behind a storage, its record of calls, its faults, its clock and ids.

What can be done to it is in the modules `contacts` and `journeys`. No HTTP here.
"""

from collections.abc import Callable, Iterable
from typing import TypeVar

from msgspec import Struct
from msgspec.structs import replace

from mock_autopilot.account import errors
from mock_autopilot.account.call_warnings import Warnings
from mock_autopilot.account.clock import ManualClock, iso, iso_second, make_clock
from mock_autopilot.account.contact import Contact
from mock_autopilot.account.ids import make_ids
from mock_autopilot.account.journey import Journey
from mock_autopilot.account.lookup import contact_of_identifier
from mock_autopilot.options import ServerOptions
from mock_autopilot.recording.faults import Faults
from mock_autopilot.recording.journal import Journal, redact
from mock_autopilot.storage.base import AccountState, Storage, Transaction

T = TypeVar("T")
Checked = TypeVar("Checked")


class ReplayStart(Struct, frozen=True):
    """What a replay of the recorded calls begins with; from there on only calls change the state.

    `after` is the number of the last recorded call that came before this state, 0 for none.
    """

    state: AccountState = AccountState()
    after: int = 0

    def with_journey(self, journey: Journey) -> "ReplayStart":
        """Return the start with a journey that was defined later, in place of its trigger's."""
        trigger_id = journey.trigger_id
        journeys = {one.trigger_id: one for one in self.state.journeys} | {trigger_id: journey}
        entries = {trigger_id: (), **self.state.entries}
        return replace(
            self, state=replace(self.state, journeys=tuple(journeys.values()), entries=entries)
        )


class Account:
    """The state behind one API key, with the record of its calls and its faults.

    `name` is what the account is called where people read of it. `id_source` is the name from which
    its ids are made when the options have an `id_seed`. Without them it is the key.
    """

    def __init__(
        self,
        api_key: str,
        options: ServerOptions,
        storage: Storage,
        *,
        name: str | None = None,
        id_source: str | None = None,
    ) -> None:
        self.api_key = api_key
        self.name = name or redact(api_key)
        self.options = options
        self.ids = make_ids(options.id_seed, id_source or api_key)
        self.clock = make_clock(options.clock)
        self.journal = Journal(options.journal_size)
        self.faults = Faults()
        self.replay_start = ReplayStart()
        self.closed = False
        self.calls_before = 0
        """The number of the fake's last call before this account was made or reset."""
        self._storage = storage
        self.instance_id = self.ids.hexadecimal()
        """What the service calls the account in its answers."""
        self._initial = AccountState()
        self._initial_ids = self.ids.position()

    def keep_as_initial(self) -> None:
        """Take what is stored now, with its ids and times, as what `reset` goes back to."""
        self._initial = self.transact(lambda stored: stored.snapshot())
        self._initial_ids = self.ids.position()

    def reset(self) -> None:
        """Put the account back to how it began: its record of calls emptied, its faults gone.

        With an `id_seed` the same ids are made again, and a clock that stands goes back.
        """

        def operation(stored: Transaction) -> None:
            self.faults.clear()
            self.journal.clear()
            self.ids.restart(self._initial_ids)
            if isinstance(self.clock, ManualClock) and self.clock is not self.options.clock:
                self.clock.restart()
            stored.restore(self._initial)
            self.replay_start = ReplayStart(self._initial)

        self.transact(operation)

    def close(self) -> None:
        """Forget all: the state, the record of calls, the faults. It can do nothing afterwards."""
        self.closed = True
        self._storage.forget(self.api_key)
        self._initial = AccountState()
        self.replay_start = ReplayStart()
        self.faults.clear()
        self.journal.clear()

    def require_open(self) -> None:
        """Raise `ApiError` when the account was closed."""
        if self.closed:
            raise errors.ACCOUNT_CLOSED(name=self.name)

    def look_up(self, identifier: str) -> Contact | None:
        """Return the contact with this id, address or user id; None when there is none."""
        return self.transact(lambda stored: contact_of_identifier(stored, identifier))

    def identifiers_of(self, identifiers: Iterable[str]) -> set[str]:
        """Return these identifiers, and all others of the contacts that they name."""

        def operation(stored: Transaction) -> set[str]:
            found = set(identifiers)
            for contact in [contact_of_identifier(stored, one) for one in found]:
                known = (*contact.ids, contact.email, contact.user_id) if contact else ()
                found |= {identifier for identifier in known if identifier}
            return found

        return self.transact(operation)

    def forget_calls(self) -> None:
        """Empty the record of calls; what they did stays."""

        def operation(stored: Transaction) -> None:
            self.journal.clear()
            self.replay_start = ReplayStart(stored.snapshot())

        self.transact(operation)

    def now(self) -> str:
        """Return the present moment, with milliseconds."""
        return iso(self.clock())

    def second(self) -> str:
        """Return the present moment as a contact's times have it."""
        return iso_second(self.clock())

    def transact(self, operation: Callable[[Transaction], T]) -> T:
        """Run an operation on what is stored, and return its result.

        Raises `ApiError` when the account was closed.
        """
        self.require_open()
        try:
            return self._storage.transact(self.api_key, operation)
        finally:
            if self.closed:  # meanwhile: the storage has begun anew with the key
                self._storage.forget(self.api_key)

    def perform(
        self,
        warnings: Warnings,
        check: Callable[[Transaction], Checked],
        write: Callable[[Transaction, Checked], T],
    ) -> T:
        """Run the operation of a call, and return what `write` returns.

        `check` looks, adds to the call's warnings, and raises `ApiError` for what is refused. It
        returns what `write` needs to know. Between them a strict account refuses the call if
        there are any warnings, so that nothing is written then.
        """
        found_before = len(warnings)

        def operation(stored: Transaction) -> T:
            warnings.keep_first(found_before)  # those of a run that was undone are forgotten
            checked = check(stored)
            warnings.reject_if_strict()
            return write(stored, checked)

        return self.transact(operation)
