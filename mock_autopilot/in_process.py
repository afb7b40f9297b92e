"""The accounts of a fake in this process, whichever way calls come in."""

from typing import Any, Unpack

from mock_autopilot.account.accounts import Accounts
from mock_autopilot.account.call_warnings import Warnings
from mock_autopilot.account_view import AccountView
from mock_autopilot.options import AccountOptions, ServerOptions
from mock_autopilot.recording.journal import outline, redact
from mock_autopilot.recording.refused_calls import RefusedCall
from mock_autopilot.seeds import issue, read_state
from mock_autopilot.storage.memory import MemoryStorage
from mock_autopilot.views import Calls


def make_accounts(options: ServerOptions, stacklevel: int, name: str | None = None) -> Accounts:
    """Return the accounts that the options describe, kept in memory.

    `name` is what the first one is called; with an `id_seed` its ids are made from it, as those of
    `new_account(name)` are. What looks wrong about their seed is issued as `SeedWarning`, at the
    line of the caller so many levels up. Raises OSError when the seed cannot be read, `ApiError`
    when it is not valid.
    """
    found, seed = _read_seed(options)
    accounts = Accounts(options, storage=MemoryStorage(), seed=seed, warnings=found, name=name)
    issue(found, stacklevel=stacklevel + 1)
    return accounts


def _read_seed(options: ServerOptions) -> tuple[Warnings, dict[str, Any] | None]:
    """Return the state that accounts begin with, and what takes the warnings about it."""
    found = Warnings(strict=options.strict)
    return found, None if options.seed is None else read_state(options.seed, found)


class InProcessAutopilot(AccountView):
    """The accounts of a fake in this process. It is itself the view of its first account.

    `new_account` makes others; none sees another.
    """

    def __init__(self, accounts: Accounts, base_url: str) -> None:
        account = accounts.get(accounts.options.api_key)
        assert account is not None  # noqa: S101  # the accounts were made with it
        super().__init__(accounts, account, base_url)

    def close(self) -> None:
        """End: who waits for a call waits no longer. What was seen can still be asked for."""
        for account in self._accounts:
            account.journal.stop_waiting()

    @property
    def defects(self) -> list[Exception]:
        """The newest errors inside the fake itself, with their tracebacks.

        A call in which the fake fails is answered 500.
        """
        return list(self._accounts.defects)

    @property
    def late_calls(self) -> Calls:
        """The newest calls with the key of an account that was closed: see `closed_account`."""
        return Calls(*self._accounts.late.snapshot())

    @property
    def refused_calls(self) -> list[RefusedCall]:
        """The newest calls that the interception refused, and that were not sent, oldest first.

        They went to a host that is not intercepted, as a rule. A server sees no such calls.
        """
        return list(self._accounts.refused)

    @property
    def unauthenticated_calls(self) -> Calls:
        """Calls that no account owns: their key was missing or unknown.

        As long as there is one account only, they are among its own calls instead.
        """
        return Calls(*self._accounts.unauthenticated.snapshot())

    def new_account(
        self, name: str | None = None, **options: Unpack[AccountOptions]
    ) -> AccountView:
        """Make an account with a key of its own; it is empty unless `seed` or `journeys` fill it.

        `name` is what messages call it: a test's name, say. With an `id_seed` its key and ids are
        made from the name, so that they are the same whatever tests run before; without a name from
        how many accounts were made. `options` are those in which it differs from the others.

        Close it when it is done with, or use it as a context manager.
        """
        chosen = self._accounts.options.for_account(**options)
        found, seed = _read_seed(chosen)
        account = self._accounts.new(name, chosen, seed=seed, warnings=found)
        issue(found, stacklevel=2)
        return AccountView(self._accounts, account, self.base_url)

    def account(self, api_key: str) -> AccountView:
        """Return the account of any key; with `any_key` it is made on the key's first use.

        Raises KeyError, with the known keys, when there is none.
        """
        account = self._accounts.get_or_create(api_key)
        if account is not None:
            return AccountView(self._accounts, account, self.base_url)
        if closed := self._accounts.closed_name(api_key):
            raise KeyError(f"the account of the key {redact(api_key)} was closed: {closed}")
        known = self._accounts.known_keys()
        raise KeyError(f"no account has the key {outline(api_key)}; there are: {known}")
