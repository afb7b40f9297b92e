"""One account as Python code sees it: how to reach it, what it saw, and what it is made to do."""

import json
from collections.abc import Mapping
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Any, Self

from mock_autopilot.account import journeys, state
from mock_autopilot.account.account import Account
from mock_autopilot.account.accounts import Accounts
from mock_autopilot.account.call_warnings import Warnings
from mock_autopilot.account.clock import ManualClock
from mock_autopilot.account.errors import ApiError
from mock_autopilot.api.router import PATHS
from mock_autopilot.arguments import require_seconds, require_text
from mock_autopilot.assertions.mixin import Assertions
from mock_autopilot.seeds import issue, read_state
from mock_autopilot.views import Calls, ContactsView, JourneysView

if TYPE_CHECKING:
    from mock_autopilot.export.case import Export


class AccountView(Assertions):
    """One account: how to reach it, what it saw, and assertions about that."""

    def __init__(self, accounts: Accounts, account: Account, base_url: str) -> None:
        self._accounts = accounts
        self._own_account = account
        self.base_url = base_url
        """The API's base URL, ending in `/v1/`."""
        self.api_key = account.api_key
        self.name = account.name
        """What messages call the account: the name that it was given, else the end of its key."""

    @property
    def _account(self) -> Account:
        """The account; raises `ApiError` when it was closed, for then there is nothing to see."""
        self._own_account.require_open()
        return self._own_account

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        _type: type[BaseException] | None,
        _error: BaseException | None,
        _traceback: TracebackType | None,
    ) -> None:
        self.close()

    def close(self) -> None:
        """Forget the account: its state, its record of calls and its faults. Once is enough.

        Late calls with its key are answered 401, and are in `MockAutopilot.late_calls`; it cannot
        be asked any more. Raises `ApiError` for an account that the fake had from the start, which
        can only be `reset`.
        """
        self._accounts.close(self._own_account)

    def __repr__(self) -> str:
        reach = f"base_url={self.base_url!r}, api_key={self.api_key!r}"
        if self._own_account.closed:
            return f"<{type(self).__name__} {reach}: closed>"
        holds = f"contacts={len(self.contacts)}, journeys={len(self.journeys)}"
        return f"<{type(self).__name__} {reach}: {holds}, calls={len(self.calls)}>"

    @property
    def calls(self) -> Calls:
        """The recorded calls, oldest first; its `dropped` counts older ones that are gone."""
        return Calls(*self._account.journal.snapshot())

    @property
    def clock(self) -> ManualClock:
        """The account's own clock: `clock.tick(60)` moves it on by a minute.

        Raises TypeError when the clock does not stand, but goes on as time does.
        """
        clock = self._account.clock
        if not isinstance(clock, ManualClock):
            hint = 'give a time at which it stands, as in clock="2026-01-31T09:00:00Z"'
            raise TypeError(f"this clock cannot be moved; {hint}")
        return clock

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
        """Define a journey; return its trigger's id: the next free number when none is given.

        Raises `ApiError` when the id cannot stand in a path, or is another journey's.
        """
        require_text("name", name)
        if trigger_id is not None:
            require_text("trigger_id", trigger_id)
        return journeys.define(self._account, name, trigger_id).trigger_id

    def fail_next(
        self,
        status: int | None = None,
        *,
        times: int | None = 1,
        method: str | None = None,
        path: str | None = None,
        contact: str | None = None,
        body: Any = None,
        headers: Mapping[str, str] | None = None,
        drop_connection: bool = False,
        delay: float | None = None,
    ) -> str:
        """Make the next calls fail before they do anything; return the fault's id.

        `times` is how many, None for all from now on. `path` (`/v1/contact/*`), `method` and
        `contact` (an address, user id or contact id) narrow down which. They are answered with
        `status` (503 if not given), `body` and `headers`, or their connection is dropped; `delay`
        is how many seconds late. With a delay and nothing else the calls are carried out as ever,
        and answered late. A call that triggered it has the id as its `fault`.

        Raises `ApiError`, TypeError or ValueError that names the argument which is not valid.
        """
        if delay is not None:
            require_seconds("delay", delay)
        match = {"method": method, "path": path, "contact": contact}
        respond: dict[str, Any] = {} if delay is None else {"delay_ms": round(delay * 1000)}
        answer = {"status": status, "headers": headers, "body": body}
        answer = {key: value for key, value in answer.items() if value is not None}
        if drop_connection is not False:
            respond["drop_connection"] = drop_connection
        elif answer or not respond:
            respond["status"] = 503
        respond |= answer
        given = {key: value for key, value in match.items() if value is not None}
        if isinstance(headers, Mapping):
            respond["headers"] = dict(headers)
        fault = {"match": given, "respond": respond, "times": times}
        try:
            return self._account.faults.add(fault, PATHS).id
        except ApiError as refusal:
            raise ApiError(refusal.kind, _as_argument(refusal.message)) from None

    def export(self, *, anonymise: bool = False) -> "Export":
        """Return the calls as a fixture case and as a pytest file: both make them again, and pass.

        They are those since the account was made or reset, or since its state was last set by
        `seed`. Rejected ones that cannot be made again are left out, and named. With `anonymise`
        names, addresses, and all other texts, numbers and dates are replaced; who is the same as
        whom stays. Raises `ApiError` (409) that says why when the calls cannot be made again.
        """
        # Imported here because few programs export, and all import this module.
        from mock_autopilot.export.case import export

        return export(self._account, anonymise=anonymise)

    def reset(self) -> None:
        """Put the account back to how it began: its record of calls emptied, its faults gone.

        With an `id_seed` the same ids are made again, and a clock that stands goes back.
        """
        self._accounts.reset(self._account)


def _as_argument(message: str) -> str:
    """Return an error about a fault's body with the field called as `fail_next` takes it."""
    for group in ("match", "respond"):
        message = message.removeprefix(f"{group}.")
    return f"fail_next() {rest}" if (rest := message.removeprefix("respond ")) != message else rest
