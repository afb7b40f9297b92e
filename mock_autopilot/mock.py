"""`MockAutopilot`: an Autopilot account in your own process, served on a loopback port."""

from collections.abc import Callable
from dataclasses import fields
from inspect import signature
from secrets import token_urlsafe
from typing import Any, Concatenate, ParamSpec

from mock_autopilot.api.control_guard import Guard
from mock_autopilot.app import create_app
from mock_autopilot.in_process import InProcessAutopilot, make_accounts
from mock_autopilot.options import ServerOptions, require_known
from mock_autopilot.servers.network import is_loopback, origin
from mock_autopilot.servers.thread_server import ThreadServer

P = ParamSpec("P")


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


class MockAutopilot(InProcessAutopilot):
    """A fake Autopilot on a free loopback port, in a thread of this process.

    Use it as a context manager, or call `close`. It is itself the view of its first account;
    `new_account` makes others that cannot see each other. It takes the options of `ServerOptions`,
    as `mock-autopilot serve` does. Control calls need the `control_token` when the host is no
    loopback address.
    """

    @takes_options(ServerOptions)
    def __init__(self, *args: Any, **named: Any) -> None:
        require_known(named, (option.name for option in fields(ServerOptions)), "MockAutopilot")
        try:
            options = ServerOptions(*args, **named)
        except TypeError as error:
            raise TypeError(str(error).replace("ServerOptions.__init__", "MockAutopilot")) from None
        accounts = make_accounts(options, stacklevel=2)
        self.control_token = options.control_token
        if not is_loopback(options.host):
            self.control_token = self.control_token or token_urlsafe(16)
        app = create_app(accounts, Guard(self.control_token))
        self._server = ThreadServer(app, host=options.host, port=options.port)
        super().__init__(accounts, f"{origin(options.host, self._server.port)}/v1/")

    @property
    def port(self) -> int:
        """The port that it listens on."""
        return self._server.port

    def close(self) -> None:
        """Stop the server. What it saw can still be asked for."""
        super().close()  # first, since a control call that waits would hold up the server's end
        self._server.close()
