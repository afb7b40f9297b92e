"""The accounts of a fake in this process, whichever way calls come in."""

from mock_autopilot.account.accounts import Accounts
from mock_autopilot.account.call_warnings import Warnings
from mock_autopilot.account_view import AccountView
from mock_autopilot.options import ServerOptions
from mock_autopilot.seeds import issue, read_state
from mock_autopilot.storage.memory import MemoryStorage
from mock_autopilot.views import Calls


def make_accounts(options: ServerOptions, stacklevel: int) -> Accounts:
    """Return the accounts that the options describe, kept in memory.

    What looks wrong about their seed is issued as `SeedWarning`, at the line of the caller so many
    levels up. Raises OSError when the seed cannot be read, `ApiError` when it is not valid.
    """
    found = Warnings(strict=options.strict)
    seed = None if options.seed is None else read_state(options.seed, found)
    accounts = Accounts(options, storage=MemoryStorage(), seed=seed, warnings=found)
    issue(found, stacklevel=stacklevel + 1)
    return accounts


class InProcessAutopilot(AccountView):
    """The accounts of a fake in this process. It is itself the view of its first account.

    `new_account` makes others; none sees another.
    """

    def __init__(self, accounts: Accounts, base_url: str) -> None:
        account = accounts.get(accounts.options.api_key)
        assert account is not None  # noqa: S101  # the accounts were made with it
        super().__init__(accounts, account, base_url)

    @property
    def unauthenticated_calls(self) -> Calls:
        """Calls that no account owns: their key was missing or unknown.

        As long as there is one account only, they are among its own calls instead.
        """
        return Calls(*self._accounts.unauthenticated.snapshot())

    def new_account(self) -> AccountView:
        """Make an empty account with a key of its own."""
        return AccountView(self._accounts, self._accounts.new(), self.base_url)
