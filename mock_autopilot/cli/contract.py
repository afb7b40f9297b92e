"""`mock-autopilot contract`: certify a forwarder; the run of `pytest --pyargs contract_tests`."""

import os
import sys
from importlib.util import find_spec
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import click

CANNOT_JUDGE = 2


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
@click.option("--mock-host", metavar="HOST", help="Where the fake listens.  [default: 127.0.0.1]")
@click.option(
    "--mock-port",
    metavar="PORT",
    type=click.IntRange(0, 65535),
    help="The fake's port.  [default: any]",
)
@click.option("--api-key", metavar="KEY", help="The account's key.  [default: contract-key]")
@click.option(
    "--trigger",
    metavar="EVENT=ID",
    multiple=True,
    help="An event's trigger, beside those that a run always has; repeatable.",
)
@click.option("--level", type=click.Choice(["must", "should"]), help="What has to hold to pass.")
@click.option(
    "--clause", metavar="ID", multiple=True, help="Only this clause or group; repeatable."
)
@click.option(
    "--examples", metavar="N", type=click.IntRange(1), help="Examples of each test.  [default: 40]"
)
@click.option("--seed", metavar="N", type=int, help="Repeat the run that printed this seed.")
@click.option("--known-failures", metavar="FILE", help="Lines of ID: reason.")
@click.option("--report", metavar="FILE", multiple=True, help="Write it: .json or .html.")
@click.option("--junitxml", metavar="FILE", help="Write pytest's JUnit report.")
@click.option(
    "--case",
    "cases",
    metavar="FILE",
    type=click.Path(path_type=Path),
    multiple=True,
    help="Run this fixture case instead of the clauses; repeatable.",
)
@click.argument("more_cases", metavar="", type=click.Path(path_type=Path), nargs=-1)
@click.option("-n", "processes", metavar="N", help="Processes to run in (pytest-xdist).")
def contract(
    processes: str | None,
    cases: tuple[Path, ...],
    more_cases: tuple[Path, ...],
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
    # Not imported here: pytest wants to be the first to import what it loads.
    missing = [name for name in ("hypothesis", "pytest") if find_spec(name) is None]
    if missing:
        needed = " and ".join(missing)
        click.echo(
            f"Error: needs {needed}. In the checkout: pip install '.[contract]'",
            err=True,
        )
        sys.exit(CANNOT_JUDGE)
    try:
        Path.cwd()
    except OSError as error:
        click.echo(f"cannot judge: the working directory: {error.strerror}", err=True)
        sys.exit(CANNOT_JUDGE)
    if cases:
        from mock_autopilot.cli._case_files import run_case_files

        sys.exit(run_case_files([*cases, *more_cases], {**options, "n": processes}))
    import pytest

    suite = Path(__file__).parents[2] / "contract_tests"
    arguments = [str(suite), "-p", "contract_tests.plugin"]
    arguments += ["-q", "--tb=no", "--no-header", "-rN", "-p", "no:cacheprovider"]
    # Whatever configures pytest where this runs is of no concern.
    arguments += ["-c", os.devnull, "--rootdir=.", "--noconftest"]
    arguments += ["--assert=plain"]  # the suite has no assertion to rewrite
    if processes:
        arguments += ["-n", processes, "--dist=loadgroup"]
    for name, value in options.items():
        values = value if isinstance(value, tuple) else (value,)
        option = f"--{name.replace('_', '-')}"
        arguments += [f"{option}={one}" for one in values if one is not None]
    with TemporaryDirectory() as folder:  # Hypothesis would leave one where this runs
        os.environ.setdefault("HYPOTHESIS_STORAGE_DIRECTORY", folder)
        status = int(pytest.main(arguments))
    sys.exit(status if status in (0, 1) else CANNOT_JUDGE)
