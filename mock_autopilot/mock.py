"""`MockAutopilot`: an Autopilot account in your own process, served on a loopback port."""

import json
import warnings
from collections.abc import Callable, Mapping
from dataclasses import fields
from inspect import signature
from pathlib import Path
from secrets import token_urlsafe
from typing import Any, Concatenate, ParamSpec, Self

from mock_autopilot.account import errors, journeys, state
from mock_autopilot.account.account import Account
from mock_autopilot.account.accounts import Accounts
from mock_autopilot.account.call_warnings import Warnings
from mock_autopilot.api.control_guard import Guard
from mock_autopilot.app import create_app
from mock_autopilot.options import ServerOptions
from mock_autopilot.recording.journal import Call
from mock_autopilot.servers.network import is_loopback, origin
from mock_autopilot.servers.thread_server import ThreadServer
from mock_autopilot.storage.memory import MemoryStorage
from mock_autopilot.views import ContactsView, JourneysView

P = ParamSpec("P")


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

    def reset(self) -> None:
        """Put the account back to how it began: its record of calls emptied, its faults gone."""
        self._accounts.reset(self._account)


def takes_options(
    _: Callable[P, ServerOptions],
) -> Callable[[Callable[..., None]], Callable[Concatenate["MockAutopilot", P], None]]:
    """Return a decorator that gives a constructor the parameters of `ServerOptions`.

    Type checkers and `help` then know them.
    """

    def decorate(init: Callable[..., None]) -> Callable[Concatenate["MockAutopilot", P], None]:
        init.__doc__ = "\n".join(
            f"{option.name}: {option.metadata['help']}" for option in fields(ServerOptions)
        )
        init.__signature__ = signature(ServerOptions.__init__)  # type: ignore[attr-defined]  # inspect reads it
        return init

    return decorate


class MockAutopilot(AccountView):
    """A fake Autopilot on a free loopback port, in a thread of this process.

    Use it as a context manager, or call `close`. It is itself the view of its first account;
    `new_account` makes others that cannot see each other. It takes the options of `ServerOptions`,
    as `mock-autopilot serve` does. Control calls need the `control_token` when the host is no
    loopback address.
    """

    @takes_options(ServerOptions)
    def __init__(self, *args: Any, **named: Any) -> None:
        try:
            options = ServerOptions(*args, **named)
        except TypeError as error:
            raise TypeError(str(error).replace("ServerOptions.__init__", "MockAutopilot")) from None
        found = Warnings(strict=options.strict)
        seed = None if options.seed is None else read_state(options.seed, found)
        accounts = Accounts(options, storage=MemoryStorage(), seed=seed, warnings=found)
        issue(found, stacklevel=2)
        account = accounts.get(options.api_key)
        assert account is not None  # noqa: S101  # the accounts were made with it
        self.control_token = options.control_token
        if not is_loopback(options.host):
            self.control_token = self.control_token or token_urlsafe(16)
        app = create_app(accounts, Guard(self.control_token))
        self._server = ThreadServer(app, host=options.host, port=options.port)
        super().__init__(accounts, account, f"{origin(options.host, self._server.port)}/v1/")

    @property
    def port(self) -> int:
        """The port that it listens on."""
        return self._server.port

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Stop the server. What it saw can still be asked for."""
        self._server.close()

    @property
    def unauthenticated_calls(self) -> list[Call]:
        """Calls that no account owns: their key was missing or unknown.

        As long as there is one account only, they are among its own calls instead.
        """
        return self._accounts.unauthenticated.calls()

    def new_account(self) -> AccountView:
        """Make an empty account with a key of its own on the same server."""
        return AccountView(self._accounts, self._accounts.new(), self.base_url)


class SeedWarning(UserWarning):
    """Something about a seed looks wrong, and was taken all the same."""


def issue(found: Warnings, stacklevel: int) -> None:
    """Issue each as a `SeedWarning` at the line of the caller so many levels up."""
    for one in found:
        warnings.warn(f"seed: {one}", SeedWarning, stacklevel=stacklevel + 1)


def read_state(source: Mapping[str, Any] | str | Path, found: Warnings) -> dict[str, Any]:
    """Return a state from a mapping or a JSON file, with the checks of a call's body.

    `found` takes warnings about its text. Raises OSError when the file cannot be read, `ApiError`
    when it is not JSON.
    """
    if not isinstance(source, Mapping):
        return state.parse(Path(source).read_bytes(), found)
    try:
        return state.parse(json.dumps(source).encode(), found)
    except (TypeError, ValueError) as error:
        raise errors.BAD_BODY(problem=f"The state is no JSON: {error}.") from None
