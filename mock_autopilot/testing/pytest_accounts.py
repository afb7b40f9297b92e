"""What the fixtures of the pytest plugin do; it loads this when one of them is used."""

from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from traceback import format_exception
from typing import Any, NoReturn, cast

import pytest

from mock_autopilot.account.errors import ApiError
from mock_autopilot.account_view import AccountView
from mock_autopilot.in_process import InProcessAutopilot
from mock_autopilot.mock import MockAutopilot
from mock_autopilot.pytest_plugin import LATE_CALLS, WATCHES
from mock_autopilot.testing.pytest_options import (
    account_options,
    check_environment,
    intercept_options,
    marker_options,
    server_options,
)
from mock_autopilot.testing.watch import Watch

SERVED: pytest.StashKey[Mapping[str, Any]] = pytest.StashKey()
"""In the stash of the run: the options that its server was made with."""
WRONG_OPTIONS = (TypeError, ValueError, OSError, ApiError)


@contextmanager
def served(config: pytest.Config, given: Mapping[str, Any]) -> Iterator[MockAutopilot]:
    """Serve for a session; the late calls are in the stash of `config` afterwards."""
    try:
        config.stash[SERVED] = server_options(config, given)
        server = MockAutopilot(**config.stash[SERVED])
    except WRONG_OPTIONS as error:
        _refuse(error)
    with server:
        yield server
    late = config.stash.setdefault(LATE_CALLS, {})
    for call in server.late_calls:
        late.setdefault(str(call.closed_account), []).append(f"{call.method} {call.path}")


@contextmanager
def test_account(
    server: MockAutopilot, given: Mapping[str, Any], test: pytest.Item
) -> Iterator[AccountView]:
    """Make an account for a test, watched, and close it afterwards."""
    try:
        options = server_options(test.config, given)
        served = test.config.stash.get(SERVED, {})
        account = server.new_account(test.nodeid, **account_options(options, served, test))
    except WRONG_OPTIONS as error:
        _refuse(error)
    with account, _watched(test, Watch(server, account, "autopilot")):
        yield account


@contextmanager
def intercepted(
    given: Mapping[str, Any], more: Mapping[str, Any], test: pytest.Item
) -> Iterator[InProcessAutopilot]:
    """Intercept the calls of a test, watched; `more` has `base_urls` and `passthrough`."""
    from mock_autopilot.interception.intercept import Intercept, InterceptOptions

    known = InterceptOptions.__annotations__
    with ExitStack() as interception:
        try:
            options = server_options(test.config, given)
            taken = {name: value for name, value in options.items() if name in known}
            chosen = cast(InterceptOptions, {**taken, **marker_options(test)})
            base_urls, passthrough = intercept_options(more)
            autopilot = interception.enter_context(
                Intercept(base_urls, passthrough, chosen, test.nodeid)
            )
        except WRONG_OPTIONS as error:
            _refuse(error)
        except ModuleNotFoundError as error:  # a package that answers the calls of a client
            pytest.fail(str(error), pytrace=False)
        with _watched(test, Watch(autopilot, autopilot, "autopilot_intercept")):
            yield autopilot


@contextmanager
def _watched(test: pytest.Item, watch: Watch) -> Iterator[None]:
    """Show the calls if the test fails; raise an error inside the fake that was not raised yet."""
    test.stash.setdefault(WATCHES, []).append(watch)
    try:
        yield
    finally:
        watch.end()
    raise_defects([watch])


def raise_defects(watches: list[Watch]) -> None:
    """Raise the first error inside a fake that was not told yet."""
    __tracebackhide__ = True
    for watch in watches:
        for defect in watch.take_defects():
            raise defect


def failure_sections(watches: list[Watch]) -> Iterator[tuple[str, str]]:
    """Yield the sections of a failed test's report: titles and texts."""
    for watch in watches:
        for defect in watch.take_defects():
            yield "Error inside the Autopilot fake", "".join(format_exception(defect))
        whose = f" of {watch.fixture}" if len(watches) > 1 else ""
        yield f"Autopilot calls{whose}", watch.text()


def environment(names: Mapping[str, str], account: AccountView) -> dict[str, str]:
    """Return the values of the variables whose `names` `autopilot_environment` has returned."""
    try:
        check_environment(names)
    except TypeError as error:
        _refuse(error)
    return {variable: getattr(account, name) for name, variable in names.items()}


def _refuse(error: Exception) -> NoReturn:
    text = f"wrong options for the Autopilot fake: {error}"
    raise pytest.fail.Exception(text, pytrace=False) from None
