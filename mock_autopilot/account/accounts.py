"""The accounts of one fake, by API key. One key is one account; they cannot see each other."""

from collections.abc import Callable, Iterable, Iterator
from copy import deepcopy
from dataclasses import dataclass, field
from itertools import count
from threading import Lock
from typing import Any
from uuid import UUID, uuid4

from mock_autopilot.account import errors, state
from mock_autopilot.account.account import Account
from mock_autopilot.account.call_warnings import CallWarning
from mock_autopilot.account.clock import Clock, utc_now
from mock_autopilot.options import Options
from mock_autopilot.recording.journal import Call, Journal

DEFAULT_KEY = "sandbox-key"


@dataclass(frozen=True, slots=True)
class Beginning:
    """What the accounts that are named at the start begin with, and go back to on a reset.

    `seed` is a state (see `mock_autopilot.state`), `journeys` are (name, trigger id or None),
    `seed_warnings` tell what was odd about the seed's text.
    """

    seed: dict[str, Any] = field(default_factory=dict)
    journeys: tuple[tuple[str, str | None], ...] = ()
    seed_warnings: tuple[CallWarning, ...] = ()

    def apply(self, account: Account) -> list[CallWarning]:
        """Put the account into this state; return what looks wrong about the seed.

        Raises `ApiError` when the seed is not valid, or has warnings and the account is strict.
        """
        warnings = state.load(account, deepcopy(self.seed), self.seed_warnings)
        for name, trigger_id in self.journeys:
            account.define_journey(name, trigger_id)
        return warnings


class Accounts:
    """All accounts of one fake, and the record of the calls that no account owns."""

    def __init__(
        self,
        keys: Iterable[str] = (DEFAULT_KEY,),
        *,
        options: Options = Options(),  # noqa: B008  # frozen
        any_key: bool = False,
        beginning: Beginning = Beginning(),  # frozen
        clock: Clock = utc_now,
        new_id: Callable[[], UUID] = uuid4,
    ) -> None:
        self.options = options
        self.clock = clock
        self.strangers = Journal(options.journal_size)
        """Calls with no key, or a key that no account has."""
        self._any_key = any_key
        self._new_id = new_id
        self._numbers = count(1)
        self._lock = Lock()
        self._recording = Lock()
        self._beginnings: dict[str, Beginning] = {}
        self.seed_warnings: list[CallWarning] = []
        """What looks wrong about the seed."""
        self._by_key: dict[str, Account] = {}
        for key in dict.fromkeys(keys):
            if not key.strip() or key != key.strip():
                problem = "must be there, without white space around it."
                raise errors.BAD_FIELD(field="api_key", problem=problem)
            account = self._add(key)
            self.seed_warnings = beginning.apply(account)
            # As it was made, so that a reset brings back the same ids and times.
            self._beginnings[key] = Beginning(state.dump(account))

    def __iter__(self) -> Iterator[Account]:
        return iter(list(self._by_key.values()))

    def get(self, key: str) -> Account | None:
        """Find the account of a key; with `any_key` a new key makes one."""
        account = self._by_key.get(key)
        if account is None and self._any_key and key:
            with self._lock:
                account = self._by_key.get(key) or self._add(key)
        return account

    def known(self, key: str) -> Account | None:
        """Find the account of a key, and never make one."""
        return self._by_key.get(key)

    def only(self) -> Account | None:
        """Give the account if there is just one."""
        accounts = list(self._by_key.values())
        return accounts[0] if len(accounts) == 1 else None

    def new(self) -> Account:
        """Make an empty account with a fresh key."""
        with self._lock:
            return self._add(f"mock-{self._new_id().hex}")

    def reset(self, account: Account) -> None:
        """Put an account back to how it began: its record of calls emptied, its faults gone."""
        with account.lock:
            self._beginnings.get(account.api_key, Beginning()).apply(account)
            account.faults.clear()
            account.journal.clear()

    def record(self, account: Account | None, make: Callable[[int], Call]) -> None:
        """Record a call; `make` gets its number, which counts over all accounts.

        A call without a known key belongs to the only account when there is just one, so that its
        owner sees the rejection; else to the strangers.
        """
        owner = account or self.only()
        journal = owner.journal if owner else self.strangers
        with self._recording:  # so that the calls stand in the order of their numbers
            journal.append(make(next(self._numbers)))

    def _add(self, key: str) -> Account:
        account = Account(key, self.options, clock=self.clock, new_id=self._new_id)
        self._by_key[key] = account
        return account
