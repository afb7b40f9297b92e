"""The accounts of one fake, by API key. One key is one account; they cannot see each other."""

from collections import OrderedDict, deque
from collections.abc import Callable, Iterable, Iterator, Mapping
from itertools import count
from threading import Lock
from typing import Any

from mock_autopilot.account import errors, journeys, state
from mock_autopilot.account.account import Account
from mock_autopilot.account.call_warnings import Warnings
from mock_autopilot.account.clock import make_clock
from mock_autopilot.account.ids import make_ids
from mock_autopilot.options import ServerOptions
from mock_autopilot.recording.journal import Call, Journal
from mock_autopilot.recording.refused_calls import MOST_KEPT, RefusedCall
from mock_autopilot.storage.base import Storage

CLOSED_KEYS = 1_000
"""How many closed accounts are remembered, each by its key and name."""
LATE_CALLS = 1_000
LATE_BYTES = 1024 * 1024
DEFECTS = 20
"""How many errors inside the fake are kept; each holds what its functions worked on."""


class Accounts:
    """All accounts of one fake, and the record of the calls that no account owns.

    Those with the `keys` that are given begin with `seed`, a state (see `account.state`), and the
    journeys of the options. `warnings` takes what looks wrong about the seed. `name` is what they
    are called, and what their ids are made from with an `id_seed`, in place of the key. Raises
    `ApiError` when the seed or a key is not valid, or the seed has warnings and the options are
    strict.
    """

    def __init__(
        self,
        options: ServerOptions | None = None,
        *,
        keys: Iterable[str] = (),
        seed: Mapping[str, Any] | None = None,
        warnings: Warnings | None = None,
        storage: Storage,
        name: str | None = None,
    ) -> None:
        self.options = options or ServerOptions()
        self.clock = make_clock(self.options.clock)
        """The time of the calls that no account owns."""
        self.unauthenticated = Journal(self.options.journal_size)
        """Calls with no key, or a key that no account has."""
        self.late = Journal(LATE_CALLS, LATE_BYTES)
        """Calls with the key of a closed account."""
        self.defects: deque[Exception] = deque(maxlen=DEFECTS)
        """The newest errors inside the fake, with their tracebacks."""
        self.refused: deque[RefusedCall] = deque(maxlen=MOST_KEPT)
        """The newest calls that an interception refused: they came to no account."""
        self._storage = storage
        self._numbers = count(1)
        self._last_number = 0
        self._lock = Lock()
        self._recording = Lock()
        self._unnamed = count(1)
        self._closed: OrderedDict[str, str] = OrderedDict()
        """The names of closed accounts by their keys, oldest first."""
        self._by_key: dict[str, Account] = {}
        for key in dict.fromkeys((*keys,) or (self.options.api_key,)):
            if not key.strip() or key != key.strip():
                problem = "must be there, without white space around it."
                raise errors.BAD_FIELD(field="api_key", problem=problem)
            source = f"name {name}" if name else None
            account = self._add(
                Account(key, self.options, self._storage, name=name, id_source=source)
            )
            _begin(account, seed, warnings)
            warnings = None  # every account has the same ones
        self._lasting = frozenset(self._by_key)

    def __iter__(self) -> Iterator[Account]:
        return iter(list(self._by_key.values()))

    def get_or_create(self, key: str) -> Account | None:
        """Return the account of a key; with `any_key` a new key makes one.

        A key whose account was closed has none, and gets none.
        """
        account = self._by_key.get(key)
        if account is None and self.options.any_key and key:
            with self._lock:
                if key not in self._closed:
                    account = self._by_key.get(key) or self._add(
                        Account(key, self.options, self._storage)
                    )
        return account

    def get(self, key: str) -> Account | None:
        """Return the account of a key, and never make one."""
        return self._by_key.get(key)

    def owner(self, key: str) -> Account | None:
        """Return the account whose record a call with this key belongs to, None when none does.

        A call without a known key belongs to the only account when there is just one, so that its
        owner sees the rejection.
        """
        return self._by_key.get(key) or (None if key in self._closed else self.single())

    def single(self) -> Account | None:
        """Return the account if there is just one."""
        accounts = list(self._by_key.values())
        return accounts[0] if len(accounts) == 1 else None

    def new(
        self,
        name: str | None = None,
        options: ServerOptions | None = None,
        *,
        seed: Mapping[str, Any] | None = None,
        warnings: Warnings | None = None,
    ) -> Account:
        """Make an account with a fresh key, which begins with `seed` or empty.

        With an `id_seed` its key and ids are made from the `name`, whatever other accounts do;
        without a name from how many of those were made before. (Another account with the name of an
        earlier one has the same ids, and another key.) Raises `ApiError` when the seed is not
        valid, or has warnings and the options are strict.
        """
        options = options or self.options.for_account()
        with self._lock:
            source = f"name {name}" if name else f"number {next(self._unnamed)}"
            keys = make_ids(options.id_seed, f"key of {source}")
            key = f"mock-{keys.hexadecimal()}"
            while key in self._by_key or key in self._closed:
                key = f"mock-{keys.hexadecimal()}"
            account = Account(key, options, self._storage, name=name, id_source=source)
            _begin(account, seed, warnings)
            return self._add(account)

    def close(self, account: Account) -> None:
        """Forget an account but for its key and its name. Once is enough.

        Late calls with its key are refused, and kept in `late`. Raises `ApiError` when it was there
        from the start.
        """
        if account.api_key in self._lasting:
            raise errors.NOT_CLOSABLE()
        with self._lock, self._recording:
            if self._by_key.pop(account.api_key, None):
                self._closed[account.api_key] = account.name
                if len(self._closed) > CLOSED_KEYS:
                    self._closed.popitem(last=False)
                account.close()

    def closed_name(self, key: str) -> str | None:
        """Return the name of the closed account that had this key; None when none is known."""
        return self._closed.get(key)

    def record(self, key: str, make: Callable[[int, str | None], Call]) -> None:
        """Record a call with this key.

        `make` gets its number, which counts over all accounts, and the name of the closed account
        that had the key.
        """
        with self._recording:  # so that the calls stand in the order of their numbers
            closed = self._closed.get(key)
            owner = self.owner(key)
            journal = owner.journal if owner else self.unauthenticated
            self._last_number = next(self._numbers)
            (self.late if closed else journal).append(make(self._last_number, closed))

    def calls_beside(self, account: Account) -> list[Call]:
        """Return the calls with another key or none since an account was made or reset.

        They are in the order in which they came.
        """
        journals = [one.journal for one in self if one is not account]
        found = [
            call
            for journal in (self.unauthenticated, self.late, *journals)
            for call in journal.calls()
            if call.number > account.calls_before
        ]
        return sorted(found, key=lambda call: call.number)

    def keep_defect(self, defect: Exception, method: str, path: str) -> None:
        """Keep an error inside the fake, and note in it which call met it."""
        defect.add_note(f"This is a defect of mock-autopilot. The call was {method} {path}.")
        self.defects.append(defect)

    def known_keys(self) -> str:
        """Return the keys of the newest accounts as an error message shows them to their owner."""
        newest = list(self._by_key)[-5:]
        more = len(self._by_key) - len(newest)
        return ", ".join(newest) + (f" and {more} more" if more else "")

    def reset(self, account: Account) -> None:
        """Put an account back to how it began, as `Account.reset` does."""
        account.reset()
        self.refused.clear()
        account.calls_before = self._last_number

    def _add(self, account: Account) -> Account:
        account.calls_before = self._last_number
        self._by_key[account.api_key] = account
        return account


def _begin(account: Account, seed: Mapping[str, Any] | None, warnings: Warnings | None) -> None:
    """Give an account what it begins with."""
    options = account.options
    if seed is not None:
        found = Warnings(strict=options.strict) if warnings is None else warnings
        state.load(account, seed, found)
    for name, trigger_id in options.named_journeys:
        journeys.define(account, name, trigger_id)
    account.keep_as_initial()
