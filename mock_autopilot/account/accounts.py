"""The accounts of one fake, by API key. One key is one account; they cannot see each other."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from itertools import count
from threading import Lock
from typing import Any

from mock_autopilot.account import errors, journeys, state
from mock_autopilot.account.account import Account, ReplayStart
from mock_autopilot.account.call_warnings import Warnings
from mock_autopilot.account.clock import Clock, utc_now
from mock_autopilot.account.ids import Ids
from mock_autopilot.options import ServerOptions
from mock_autopilot.recording.journal import Call, Journal
from mock_autopilot.storage.base import AccountState, Storage, Transaction


class Accounts:
    """All accounts of one fake, and the record of the calls that no account owns.

    Those with the `keys` that are given begin with `seed`, a state (see `account.state`), and the
    journeys of the options. `warnings` takes what looks wrong about the seed. Raises `ApiError`
    when the seed or a key is not valid, or the seed has warnings and the options are strict.
    """

    def __init__(
        self,
        options: ServerOptions | None = None,
        *,
        keys: Iterable[str] = (),
        seed: Mapping[str, Any] | None = None,
        warnings: Warnings | None = None,
        storage: Storage,
        clock: Clock = utc_now,
        ids: Ids | None = None,
    ) -> None:
        self.options = options or ServerOptions()
        self.clock = clock
        self.unauthenticated = Journal(self.options.journal_size)
        """Calls with no key, or a key that no account has."""
        self._storage = storage
        self._ids = ids or Ids()
        self._numbers = count(1)
        self._lock = Lock()
        self._recording = Lock()
        self._initial: dict[str, AccountState] = {}
        """What the accounts began with, with the ids and times that were made then."""
        self._by_key: dict[str, Account] = {}
        for key in dict.fromkeys((*keys,) or (self.options.api_key,)):
            if not key.strip() or key != key.strip():
                problem = "must be there, without white space around it."
                raise errors.BAD_FIELD(field="api_key", problem=problem)
            account = self._add(key)
            if seed is not None:
                found = Warnings(strict=self.options.strict) if warnings is None else warnings
                state.load(account, seed, found)
            for name, trigger_id in self.options.journeys:
                journeys.define(account, name, trigger_id)
            self._initial[key] = account.transact(lambda stored: stored.snapshot())
            warnings = None  # every account has the same ones

    def __iter__(self) -> Iterator[Account]:
        return iter(list(self._by_key.values()))

    def get_or_create(self, key: str) -> Account | None:
        """Return the account of a key; with `any_key` a new key makes one."""
        account = self._by_key.get(key)
        if account is None and self.options.any_key and key:
            with self._lock:
                account = self._by_key.get(key) or self._add(key)
        return account

    def get(self, key: str) -> Account | None:
        """Return the account of a key, and never make one."""
        return self._by_key.get(key)

    def single(self) -> Account | None:
        """Return the account if there is just one."""
        accounts = list(self._by_key.values())
        return accounts[0] if len(accounts) == 1 else None

    def new(self) -> Account:
        """Make an empty account with a fresh key."""
        with self._lock:
            return self._add(f"mock-{self._ids.hexadecimal()}")

    def reset(self, account: Account) -> None:
        """Put an account back to how it began: its record of calls emptied, its faults gone."""
        initial = self._initial.get(account.api_key, AccountState())

        def operation(stored: Transaction) -> None:
            account.faults.clear()
            account.journal.clear()
            stored.restore(initial)
            account.replay_start = ReplayStart(initial)

        account.transact(operation)

    def record(self, account: Account | None, make: Callable[[int], Call]) -> None:
        """Record a call; `make` gets its number, which counts over all accounts.

        A call without a known key belongs to the only account when there is just one, so that its
        owner sees the rejection; else to the unauthenticated ones.
        """
        owner = account or self.single()
        journal = owner.journal if owner else self.unauthenticated
        with self._recording:  # so that the calls stand in the order of their numbers
            journal.append(make(next(self._numbers)))

    def _add(self, key: str) -> Account:
        account = Account(key, self.options, self._storage, clock=self.clock, ids=self._ids)
        self._by_key[key] = account
        return account
