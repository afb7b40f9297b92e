"""Fixtures of the fake for pytest, and the options of the contract suite.

pytest loads this in every run on a machine that has the package installed, in everybody's project:
it imports nothing until a fixture is used, or the suite is asked for.

`autopilot` is an account for one test, on a server of the whole session; `autopilot_intercept`
answers the calls of `requests` and `httpx` without a server. When a test fails, its report shows
the calls that came. PYTEST_DONT_REWRITE: there is nothing here to rewrite.
"""

from collections import Counter
from collections.abc import Generator, Iterator, Mapping
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

import pytest

if TYPE_CHECKING:
    from mock_autopilot.account_view import AccountView
    from mock_autopilot.in_process import InProcessAutopilot
    from mock_autopilot.mock import MockAutopilot
    from mock_autopilot.testing.watch import Watch

WATCHES: "pytest.StashKey[list[Watch]]" = pytest.StashKey()
"""In the stash of a test: what its fakes receive."""
LATE_CALLS: pytest.StashKey[dict[str, list[str]]] = pytest.StashKey()
"""In the stash of the run: late calls, `POST /v1/contact`, by the names of their tests."""
MOST_LATE = 20
"""Tests that are shown with their late calls."""

INI_TYPES: dict[str, Literal["string", "bool", "linelist"]] = {
    "auto_journeys": "bool",
    "clock": "string",
    "id_seed": "string",
    "journal_size": "string",
    "journeys": "linelist",
    "seed": "string",
    "strict": "bool",
}
"""The options that an account can have: they are written here so that nothing is imported."""


# --- fixtures --------------------------------------------------------------------------------


@pytest.fixture(scope="session")
def autopilot_options() -> Mapping[str, Any]:
    """Options of the Autopilot fake: override it to return a dict, as of `MockAutopilot`."""
    return {}


@pytest.fixture(scope="session")
def autopilot_server(
    pytestconfig: pytest.Config, autopilot_options: Mapping[str, Any]
) -> Iterator["MockAutopilot"]:
    """The server of the session, on which each test has an account of its own."""
    from mock_autopilot.testing.pytest_accounts import served

    with served(pytestconfig, autopilot_options) as server:
        yield server


@pytest.fixture
def autopilot(
    request: pytest.FixtureRequest,
    autopilot_server: "MockAutopilot",
    autopilot_options: Mapping[str, Any],
) -> Iterator["AccountView"]:
    """A new Autopilot account for this test: `base_url`, `api_key`, `contacts`, `calls`.

    `@pytest.mark.autopilot(strict=True)` gives it options of its own: strict, seed, journeys.
    """
    from mock_autopilot.testing.pytest_accounts import test_account

    with test_account(autopilot_server, autopilot_options, request.node) as account:
        yield account


@pytest.fixture
def autopilot_intercept_options() -> Mapping[str, Any]:
    """`base_urls` and `passthrough` of `autopilot_intercept`: override it to return a dict."""
    return {}


@pytest.fixture
def autopilot_intercept(
    request: pytest.FixtureRequest,
    autopilot_options: Mapping[str, Any],
    autopilot_intercept_options: Mapping[str, Any],
) -> Iterator["InProcessAutopilot"]:
    """An Autopilot account that answers this test's calls of requests and httpx in the process."""
    from mock_autopilot.testing.pytest_accounts import intercepted

    more = autopilot_intercept_options
    with intercepted(autopilot_options, more, request.node) as autopilot:
        yield autopilot


@pytest.fixture
def autopilot_environment() -> Mapping[str, str]:
    """The environment variables that `autopilot_settings` sets: override it for other names."""
    return {"api_key": "AUTOPILOT_API_KEY", "base_url": "AUTOPILOT_BASE_URL"}


@pytest.fixture
def autopilot_settings(
    autopilot: "AccountView",
    autopilot_environment: Mapping[str, str],
    monkeypatch: pytest.MonkeyPatch,
) -> "AccountView":
    """The account of `autopilot`, with environment variables that lead to it during the test."""
    from mock_autopilot.testing.pytest_accounts import environment

    for variable, value in environment(autopilot_environment, autopilot).items():
        monkeypatch.setenv(variable, value)
    return autopilot


# --- what a run shows ------------------------------------------------------------------------


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add the options of an account to those of pytest's ini file."""
    for name, kind in INI_TYPES.items():
        about = f"Option {name} of the Autopilot fake: see `mock-autopilot serve --help`."
        parser.addini(f"autopilot_{name}", about, type=kind, default=None)


def pytest_configure(config: pytest.Config) -> None:
    """Tell pytest the marker."""
    marker = "autopilot(**options): options of this test's Autopilot account, as strict=True."
    config.addinivalue_line("markers", marker)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_call(item: pytest.Item) -> Generator[None, object, object]:
    """Fail a test in which the fake itself failed, with the fake's traceback."""
    __tracebackhide__ = True
    result = yield
    if WATCHES in item.stash:
        from mock_autopilot.testing.pytest_accounts import raise_defects

        raise_defects(item.stash[WATCHES])
    return result


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(
    item: pytest.Item, call: pytest.CallInfo[None]
) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Add the calls that the fakes received to the report of a test that failed."""
    report = yield
    if WATCHES in item.stash:
        if report.failed:
            from mock_autopilot.testing.pytest_accounts import failure_sections

            report.sections += failure_sections(item.stash[WATCHES])
        if call.when == "teardown":
            del item.stash[WATCHES]
    return report


def pytest_sessionfinish(session: pytest.Session) -> None:
    """Hand the late calls of an xdist worker to the run that started it."""
    output = getattr(session.config, "workeroutput", None)
    if output is not None:
        output["autopilot_late_calls"] = session.config.stash.get(LATE_CALLS, {})


@pytest.hookimpl(optionalhook=True)
def pytest_testnodedown(node: Any) -> None:
    """Take the late calls of an xdist worker."""
    late = getattr(node, "workeroutput", {}).get("autopilot_late_calls", {})
    node.config.stash.setdefault(LATE_CALLS, {}).update(late)


def pytest_terminal_summary(
    terminalreporter: "pytest.TerminalReporter", config: pytest.Config
) -> None:
    """Show which tests had calls after their end."""
    late = config.stash.get(LATE_CALLS, {})
    if not late:
        return
    terminalreporter.section("Autopilot calls that came after their test's end")
    for test, calls in [*late.items()][:MOST_LATE]:
        counted = Counter(calls).most_common(3)
        shown = ", ".join(f"{call} ({times}x)" for call, times in counted)
        terminalreporter.line(f"{test}: {len(calls)} late: {shown}")
    if len(late) > MOST_LATE:
        terminalreporter.line(f"and {len(late) - MOST_LATE} more tests")


# --- the contract suite ----------------------------------------------------------------------


@pytest.hookimpl(tryfirst=True)
def pytest_load_initial_conftests(early_config: pytest.Config, args: list[str]) -> None:
    """Load the suite's plugin when the suite is among the arguments."""
    if "--pyargs" not in args:
        return  # a folder of that name is somebody else's
    if any(arg.partition("::")[0].partition(".")[0] == "contract_tests" for arg in args):
        spec = find_spec("contract_tests")
        ours = Path(__file__).resolve().parents[1] / "contract_tests"
        if spec and spec.origin and Path(spec.origin).resolve().parent == ours:
            early_config.pluginmanager.import_plugin("contract_tests.plugin")
