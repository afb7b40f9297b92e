"""What the checks look at: all that an account holds and received, and what missed it."""

from collections.abc import Callable
from dataclasses import dataclass

from mock_autopilot.account.account import Account
from mock_autopilot.account.accounts import Accounts
from mock_autopilot.recording.journal import Call
from mock_autopilot.recording.refused_calls import RefusedCall
from mock_autopilot.views import Calls, ContactsView, JourneysView


@dataclass(frozen=True)
class Seen:
    """An account's contacts, journeys and calls.

    `key` is its API key, which is the fake's and no secret. `other_calls` returns those calls with
    another key, an unknown one or none that came since the account was made; it is asked for
    explanations only. `refused` returns the calls that the fake's interception refused.
    """

    key: str
    contacts: ContactsView
    journeys: JourneysView
    calls: Calls
    other_calls: Callable[[], list[Call]] = list
    refused: Callable[[], list[RefusedCall]] = list


def seen_by(accounts: Accounts, account: Account) -> Seen:
    """Return what there is to see of an account now."""
    return Seen(
        account.api_key,
        ContactsView(account),
        JourneysView(account),
        Calls(*account.journal.snapshot()),
        lambda: accounts.calls_beside(account),
        lambda: list(accounts.refused),
    )
