"""`mock-autopilot contract`: certify a forwarder; the run of `pytest --pyargs contract_tests`."""

import os
import signal
import sys
import traceback
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.util import find_spec
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import click

from mock_autopilot.cli._text import printable

#: What would configure pytest from outside, and what the command has in its place.
_VARIABLES = {
    "PYTEST_ADDOPTS": None,
    "PYTEST_PLUGINS": None,
    # An installed plugin may reorder, repeat or skip tests, or seed what generates the messages.
    "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1",
}


def _processes(_context: click.Context, _option: click.Parameter, value: str | None) -> str | None:
    if value not in (None, "auto") and not (value.isdecimal() and int(value) > 0):
        raise click.BadParameter(f"{value!r} is neither a number from 1 nor auto.")
    return value


@click.command(context_settings={"max_content_width": 100})
@click.option(
    "--adapter",
    metavar="MODULE:FACTORY",
    help="The forwarder: a factory in Python that takes the settings and returns deliver(message).",
)
@click.option("--adapter-url", metavar="URL", help="The forwarder: takes each message as a POST.")
@click.option(
    "--adapter-command",
    metavar="CMD",
    help="The forwarder: reads a JSON message a line, writes a "
    "JSON result a line. Its settings are in the environment.",
)
@click.option(
    "--adapter-header",
    metavar="'NAME: VALUE'",
    multiple=True,
    help="A header of each message to --adapter-url, as for a token; repeatable.",
)
@click.option(
    "--start",
    metavar="CMD",
    help="Starts the server of --adapter-url with its settings in the environment, and ends it. "
    "{port} in both is a free port; PORT has it, too.",
)
@click.option(
    "--flush",
    is_flag=True,
    default=None,
    help='Hand the server or command {"type": "flush"} after each message: it answers when all '
    "that it has taken is delivered.",
)
@click.option(
    "--settle",
    metavar="SECONDS",
    type=click.FloatRange(0, min_open=True),
    help="For a forwarder that answers before it delivers: wait for its calls, so long at most.",
)
@click.option(
    "--rate-limit",
    metavar="N",
    type=click.FloatRange(0, min_open=True),
    help="Hand over N messages a second at most.",
)
@click.option("--mock-host", metavar="HOST", help="Where the fake listens.  [default: 127.0.0.1]")
@click.option(
    "--mock-port",
    metavar="PORT",
    type=click.IntRange(0, 65535),
    help="The fake's port.  [default: a free one]",
)
@click.option("--api-key", metavar="KEY", help="The account's key.  [default: contract-key]")
@click.option(
    "--timeout",
    metavar="SECONDS",
    type=click.FloatRange(0, min_open=True),
    help="How long a factory, or a message with its retries, may take.  [default: 90]",
)
@click.option(
    "--trigger",
    metavar="EVENT=ID",
    multiple=True,
    help="An event's trigger, beside those that a run always has; repeatable.",
)
@click.option(
    "--level",
    type=click.Choice(["must", "should"]),
    help="Clauses that decide the exit status.  [default: must]",
)
@click.option(
    "--contract",
    metavar="N",
    type=click.IntRange(1),
    help="Judge by the clauses of version N of the contract; newer ones are reported only.",
)
@click.option(
    "--clause", metavar="ID", multiple=True, help="Only this clause or group; repeatable."
)
@click.option(
    "--examples", metavar="N", type=click.IntRange(1), help="Examples of each test.  [default: 40]"
)
@click.option("--seed", metavar="N", type=int, help="Repeat the run that printed this seed.")
@click.option(
    "--known-failures",
    metavar="FILE",
    help="Clauses that are expected to fail, a line each: `ID: reason`, or `ID: reason [symptom]` "
    "for one symptom only, as -v shows it.",
)
@click.option(
    "--report",
    metavar="FILE",
    multiple=True,
    help="Write a report to FILE, whose name ends in .json or .html; repeatable.",
)
@click.option("--junitxml", metavar="FILE", help="Write a JUnit report, a test for each clause.")
@click.option(
    "--cases",
    "case_folder",
    metavar="DIR",
    help="Write the fixture case of each broken clause to a file in DIR.",
)
@click.option("-v", "--verbose", "full", is_flag=True, help="Print all that was found.")
@click.option(
    "--case",
    "cases",
    metavar="FILE",
    multiple=True,
    help="Run this fixture case instead of the clauses; repeatable, or several files in a row.",
)
@click.option(
    "--in-process",
    is_flag=True,
    help="With --case: make the factory in this process, where breakpoint() works.",
)
@click.argument("more_cases", metavar="[--case FILE [FILE...]]", nargs=-1)
@click.option(
    "-n",
    "processes",
    metavar="N",
    callback=_processes,
    help="Number of processes, or auto (pytest-xdist).",
)
def contract(
    processes: str | None,
    cases: tuple[str, ...],
    more_cases: tuple[str, ...],
    full: bool,
    case_folder: str | None,
    in_process: bool,
    **options: Any,
) -> None:
    """Certify that a forwarder of Segment messages keeps Autopilot's contract.

    Starts a fake account, hands the forwarder messages, and judges by what arrives, clause by
    clause. Exits with 0 when every MUST holds (--level should: every clause), 1 when one does not,
    2 when nothing could be judged.

    \b
    mock-autopilot contract --adapter adapter.contract:factory
    mock-autopilot contract --adapter adapter.contract:factory --case fixtures/cases/*.json
    """
    if more_cases and not cases:
        raise click.UsageError(f"Got unexpected extra argument ({more_cases[0]})")
    if in_process and not (cases and options["adapter"]):
        raise click.UsageError("--in-process is for --adapter with --case.")
    if in_process:
        options["in_process"] = True
    with ended_by_sigterm(), errors_without_a_verdict():
        more = (["--full"] if full else []) + ([f"--cases={case_folder}"] if case_folder else [])
        status = _run(processes, [*cases, *more_cases], options, more)
    sys.exit(status)


@contextmanager
def ended_by_sigterm() -> Iterator[None]:
    """Let a run that is told to end, as a cancelled job is, end what it has started."""
    before = signal.signal(signal.SIGTERM, signal.default_int_handler)
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, before)


@contextmanager
def errors_without_a_verdict() -> Iterator[None]:
    """End with the status that says so when an error leaves nothing judged."""
    from contract_tests.protocol import CANNOT_JUDGE, SetupError

    try:
        yield
    except SetupError as error:
        reason = str(error)
    except KeyboardInterrupt:
        reason = "it was interrupted"
    except Exception:  # noqa: BLE001  # status 1 would say that a clause is broken
        traceback.print_exc()
        reason = "an error that was not foreseen, see above"
    else:
        return
    click.echo(printable(f"cannot judge: {reason}"), err=True)
    sys.exit(CANNOT_JUDGE)


def _run(processes: str | None, cases: list[str], options: dict[str, Any], more: list[str]) -> int:
    """Run the cases or the clauses; return the exit status."""
    from contract_tests.protocol import CANNOT_JUDGE, SetupError

    # Importing these before pytest would cause PytestAssertRewriteWarning.
    missing = [name for name in ("hypothesis", "pytest") if find_spec(name) is None]
    if processes and find_spec("xdist") is None:
        missing.append("pytest-xdist (for -n)")
    if missing:
        needed = " and ".join(missing)
        click.echo(f"Error: needs {needed}. In the checkout: pip install '.[contract]'", err=True)
        return CANNOT_JUDGE
    try:
        Path.cwd()
    except OSError as error:
        raise SetupError(f"the working directory: {error.strerror}") from None
    if cases:
        from mock_autopilot.cli._case_files import run_case_files

        return run_case_files(cases, {**options, "n": processes})
    return _run_clauses(processes, options, more)


def _run_clauses(processes: str | None, options: dict[str, Any], more: list[str]) -> int:
    import pytest

    from contract_tests.protocol import CANNOT_JUDGE
    from contract_tests.url_target import PORT

    suite = Path(__file__).parents[2] / "contract_tests"
    arguments = [str(suite), "-p", "contract_tests.plugin"]
    arguments += ["-q", "--tb=no", "--no-header", "-rN", "-p", "no:cacheprovider"]
    # Whatever configures pytest where this runs is of no concern.
    arguments += ["-c", os.devnull, "--rootdir=.", "--noconftest"]
    arguments += ["--assert=plain"]  # the suite has no assertion to rewrite
    arguments += ["-p", "_hypothesis_pytestplugin"]
    url = options["adapter_url"]
    if processes and not (url and PORT not in url):  # one address has one account
        arguments += ["-p", "xdist.plugin", "-n", processes]
    for name, value in options.items():
        values = value if isinstance(value, tuple) else (value,)
        option = f"--{name.replace('_', '-')}"
        arguments += [
            option if one is True else f"{option}={one}" for one in values if one is not None
        ]
    arguments += more
    # Hypothesis would leave a folder where this runs.
    with _temporary_folder() as folder, pytest.MonkeyPatch.context() as patch:
        patch.setenv("HYPOTHESIS_STORAGE_DIRECTORY", folder)
        for name, instead in _VARIABLES.items():
            if instead is None:
                patch.delenv(name, raising=False)
            else:
                patch.setenv(name, instead)
        status = int(pytest.main(arguments))
    return status if status in (0, 1) else CANNOT_JUDGE


@contextmanager
def _temporary_folder() -> Iterator[str]:
    from contract_tests.protocol import SetupError

    try:
        folder = TemporaryDirectory()
    except OSError as error:
        raise SetupError(f"no temporary folder can be made: {error.strerror}") from None
    with folder as name:
        yield name
