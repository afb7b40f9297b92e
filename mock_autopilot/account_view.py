"""One account as Python code sees it: how to reach it, what it saw, and what it is made to do."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from mock_autopilot.account import journeys, state
from mock_autopilot.account.account import Account
from mock_autopilot.account.accounts import Accounts
from mock_autopilot.account.call_warnings import Warnings
from mock_autopilot.export.case import Export, export
from mock_autopilot.recording.journal import Call
from mock_autopilot.seeds import issue, read_state
from mock_autopilot.views import ContactsView, JourneysView


class AccountView:
    """One account: how to reach it, and what it saw."""

    def __init__(self, accounts: Accounts, account: Account, base_url: str) -> None:
        self._accounts = accounts
        self._account = account
        self.base_url = base_url
        """The API's base URL, ending in `/v1/`."""
        self.api_key = account.api_key

    @property
    def calls(self) -> list[Call]:
        """The recorded calls, oldest first."""
        return self._account.journal.calls()

    @property
    def contacts(self) -> ContactsView:
        """The contacts: `contacts["chris@example.com"]`, by address, user id or contact id."""
        return ContactsView(self._account)

    @property
    def journeys(self) -> JourneysView:
        """The journeys with their entries: `journeys["0001"]`, by trigger id or name."""
        return JourneysView(self._account)

    @property
    def state(self) -> dict[str, Any]:
        """The whole state as JSON values; `seed` takes it back."""
        copied: dict[str, Any] = json.loads(json.dumps(state.dump(self._account)))
        return copied

    def seed(self, source: Mapping[str, Any] | str | Path) -> None:
        """Replace the state by this one: a mapping, or the path of a JSON file.

        Raises `ApiError` that names the field when it is not valid; then nothing has changed. What
        looks wrong about it is issued as a `SeedWarning`, and refused when the account is strict.
        """
        found = Warnings(strict=self._account.options.strict)
        state.load(self._account, read_state(source, found), found)
        issue(found, stacklevel=2)

    def add_journey(self, name: str, trigger_id: str | None = None) -> str:
        """Define a journey; return its trigger's id: the next free number when none is given."""
        return journeys.define(self._account, name, trigger_id).trigger_id

    def fail_next(
        self,
        status: int = 503,
        *,
        times: int | None = 1,
        method: str | None = None,
        path: str | None = None,
        contact: str | None = None,
        body: Any = None,
        headers: Mapping[str, str] | None = None,
        drop_connection: bool = False,
    ) -> str:
        """Make the next calls fail before they do anything; return the fault's id.

        `times` is how many, None for all from now on. `path` (`/v1/contact/*`), `method` and
        `contact` (an address, user id or contact id) narrow down which. They are answered with
        `status`, `body` and `headers`, or their connection is dropped. A call that triggered it has
        the id as its `fault`.
        """
        match = {"method": method, "path": path, "contact": contact}
        respond: dict[str, Any] = {"drop_connection": True}
        if not drop_connection:
            respond = {"status": status, "headers": dict(headers or {})}
            respond |= {} if body is None else {"body": body}
        given = {key: value for key, value in match.items() if value is not None}
        fault = {"match": given, "respond": respond, "times": times}
        return self._account.faults.add(fault).id

    def export(self, *, anonymise: bool = False) -> Export:
        """Return the calls as a fixture case and as a pytest file: both make them again, and pass.

        They are those since the account was made or reset, or since its state was last set by
        `seed`. Rejected ones that cannot be made again are left out, and named. With `anonymise`
        names, addresses, and all other texts, numbers and dates are replaced; who is the same as
        whom stays. Raises `ApiError` (409) that says why when the calls cannot be made again.
        """
        return export(self._account, anonymise=anonymise)

    def reset(self) -> None:
        """Put the account back to how it began: its record of calls emptied, its faults gone."""
        self._accounts.reset(self._account)
