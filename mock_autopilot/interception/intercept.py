"""`intercept()`: an account whose calls are answered in this process, without a server."""

import inspect
from collections.abc import Callable, Iterable, Iterator
from contextlib import ExitStack, contextmanager
from functools import cache, wraps
from importlib.util import find_spec
from typing import Any, TypeVar, Unpack

from mock_autopilot.api.dispatch import Dispatcher
from mock_autopilot.api.router import Router
from mock_autopilot.in_process import InProcessAutopilot, make_accounts
from mock_autopilot.interception.active import ActiveInterceptions, Interception, replace
from mock_autopilot.interception.urls import DEFAULT_BASE_URL, BaseUrl, Passthrough
from mock_autopilot.options import AccountOptions, ServerOptions, require_known

R = TypeVar("R")

_OF_SERVERS = ("host", "port", "control_token")
_ARGUMENT = "autopilot"
"""The parameter by which a decorated function gets the fake."""


class InterceptOptions(AccountOptions, total=False):
    """The options of `ServerOptions` that mean something without a server."""

    api_key: str
    any_key: bool
    max_body: int


_NEEDS_RESPONSES = (
    "intercept() needs the package responses for the calls of requests: pip install responses"
)


def _change_clients(active: ActiveInterceptions, undo: ExitStack) -> None:
    """Let the active interceptions see the calls of the client libraries that are installed."""
    has_httpx, has_responses = (find_spec(name) is not None for name in ("httpx", "responses"))
    if not (has_httpx or has_responses):
        raise ModuleNotFoundError(_NEEDS_RESPONSES, name="responses")
    if has_responses:
        from mock_autopilot.interception.requests_client import change_requests

        change_requests(active, undo)
    else:
        _refuse_requests(undo)
    if has_httpx:
        from mock_autopilot.interception.httpx_client import change_httpx

        change_httpx(active, undo)


def _refuse_requests(undo: ExitStack) -> None:
    """Refuse the calls of `requests`, which would get onto the network."""
    import requests
    from requests.adapters import HTTPAdapter

    def send(_: HTTPAdapter, request: requests.PreparedRequest, **__: Any) -> Any:
        text = f"{request.method} {request.url} was not sent: {_NEEDS_RESPONSES}"
        raise requests.ConnectionError(text, request=request)

    replace(undo, HTTPAdapter, "send", send)


_ACTIVE = ActiveInterceptions(_change_clients)


class Intercept:
    """An interception that lasts as long as a `with` block, or a call of a decorated function.

    Each time it begins it has a new account, with this name.
    """

    def __init__(
        self,
        base_urls: tuple[str, ...],
        passthrough: str | Iterable[str] | bool,
        options: InterceptOptions,
        name: str | None = None,
    ) -> None:
        self._base_urls = tuple(map(BaseUrl.parse, base_urls or (DEFAULT_BASE_URL,)))
        self._passthrough = Passthrough.parse(passthrough)
        self._options = _server_options(options)
        self._name = name
        self._interception: Interception | None = None

    def __enter__(self) -> InProcessAutopilot:
        if self._interception:
            raise RuntimeError("this interception is active; nest with another intercept()")
        autopilot, self._interception = self._begin(stacklevel=3)
        return autopilot

    def __exit__(self, *_: object) -> None:
        if self._interception:
            _ACTIVE.stop(self._interception)
        self._interception = None

    def __call__(self, function: Callable[..., R]) -> Callable[..., R]:
        """Decorate a function or an async function, which then runs within an interception.

        One that has a parameter `autopilot` gets the fake by it.
        """
        _check_function(function)
        signature = inspect.signature(function)
        given = _ARGUMENT in signature.parameters

        @contextmanager
        def begun() -> Iterator[dict[str, Any]]:
            autopilot, interception = self._begin(stacklevel=5)
            try:
                yield {_ARGUMENT: autopilot} if given else {}
            finally:
                _ACTIVE.stop(interception)

        if inspect.iscoroutinefunction(function):

            async def run_async(*args: Any, **named: Any) -> Any:
                with begun() as argument:
                    return await function(*args, **named, **argument)

            run: Callable[..., Any] = run_async
        else:

            def run_at_once(*args: Any, **named: Any) -> Any:
                with begun() as argument:
                    return function(*args, **named, **argument)

            run = run_at_once
        decorated = wraps(function)(run)
        if given:  # so that pytest looks for no fixture of the name
            asked = [one for name, one in signature.parameters.items() if name != _ARGUMENT]
            vars(decorated)["__signature__"] = signature.replace(parameters=asked)
        return decorated

    def _begin(self, stacklevel: int) -> tuple[InProcessAutopilot, Interception]:
        """Make an account and answer calls to it; `stacklevel` as for warnings."""
        accounts = make_accounts(self._options, stacklevel=stacklevel, name=self._name)
        dispatcher = Dispatcher(accounts, router=_router())
        interception = Interception(
            dispatcher, self._base_urls, self._passthrough, accounts.refused
        )
        _ACTIVE.start(interception)
        return InProcessAutopilot(accounts, self._base_urls[0].text), interception


def intercept(
    *base_urls: str,
    passthrough: str | Iterable[str] | bool = (),
    **options: Unpack[InterceptOptions],
) -> Intercept:
    """Answer the calls that this process makes to Autopilot, without a server or a socket.

        with intercept() as autopilot:
            code_under_test()
            assert "ada@example.com" in autopilot.contacts

        @intercept()
        def test_it(autopilot): ...

    Calls of `requests` (that needs the package `responses`) and `httpx`, sync and async, to
    `https://api2.autopilothq.com/v1/`, or to the `base_urls` that are given, come to the fake: raw
    paths, bodies and headers as they were sent. Other calls are refused with a ConnectionError
    (`httpx.ConnectError`) and kept in `autopilot.refused_calls`, except those to the hosts
    (`localhost`, `localhost:8080`) and below the URLs that `passthrough` names; True lets all
    through. The options are those of `MockAutopilot` without `host`, `port` and `control_token`.
    Raises ValueError or TypeError for wrong ones.

    Nested, concurrent and interleaved interceptions do not see each other's calls: an interception
    answers the code that runs inside it, in its thread or asyncio task and in the tasks that this
    starts. Code that is inside none, as in a thread that was started within one, is answered by
    the only active interception of its URL; if there are several, it is refused. So is code that
    goes on when its interception has ended, rather than be answered by that of the next test. While
    no interception is active, all calls are sent as ever.

    Stubs of `responses` around an interception answer what `passthrough` lets through. Stubs that
    are activated inside it see the calls first: `responses.add_passthru(autopilot.base_url)` leaves
    those to the fake. An adapter's `max_retries` are obeyed, without their waits.

    For other client libraries, as `aiohttp`, use `MockAutopilot`, which is a server.
    """
    if any(map(callable, base_urls)):
        raise TypeError("the decorator needs parentheses: write @intercept()")
    return Intercept(base_urls, passthrough, options)


@cache
def _router() -> Router:
    """Return the router of all interceptions: it never changes."""
    return Router()


def _server_options(options: InterceptOptions) -> ServerOptions:
    for name in options:
        if name in ("base_url", "base_urls"):
            raise TypeError(f'base URLs have no name: write intercept("{DEFAULT_BASE_URL}")')
        if name in _OF_SERVERS:
            raise TypeError(f"intercept() has no server: {name} is an option of MockAutopilot")
    require_known(options, InterceptOptions.__annotations__, "intercept()")
    return ServerOptions(**options)


def _check_function(function: object) -> None:
    """Refuse what cannot be decorated, rather than intercept nothing."""
    if not inspect.isroutine(function):
        raise TypeError(f"intercept() decorates functions, got {function!r}")
    if inspect.isgeneratorfunction(function) or inspect.isasyncgenfunction(function):
        raise TypeError("intercept() decorates no generator: use `with intercept():` inside it")
