"""`mock-autopilot record`: what a running fake received, as a fixture case and as a pytest file."""

import json
import sys
from pathlib import Path
from typing import Any

import click

from mock_autopilot.cli._client import ControlCallFailed, account_export, require_server
from mock_autopilot.cli._text import count, printable


@click.command()
@click.option(
    "--base-url",
    default="http://127.0.0.1:8025/v1/",
    show_default=True,
    help="Base URL of the running fake.",
)
@click.option("--api-key", default="sandbox-key", show_default=True, help="Key of the account.")
@click.option(
    "--control-token",
    metavar="TOKEN",
    help="Token that `serve` printed, where control calls need one.",
)
@click.option(
    "--pytest",
    "pytest_file",
    metavar="FILE|-",
    help="Write a pytest file that makes the calls on a fake of its own, and checks the statuses "
    "and what came of them. It runs where this package and pytest are installed.",
)
@click.option(
    "--case",
    "case_file",
    metavar="FILE|-",
    help="Write a fixture case (JSON) with the calls and the answers; `contract --case FILE` "
    "replays it, where the extra `contract` of this package is installed.",
)
@click.option(
    "--anonymise",
    is_flag=True,
    help="Replace names, addresses, and all other texts, numbers and dates. Who is the same as "
    "whom stays, and so do the names of fields, keys, triggers and lists.",
)
def record(
    base_url: str,
    api_key: str,
    control_token: str | None,
    pytest_file: str | None,
    case_file: str | None,
    anonymise: bool,
) -> None:
    """Write what a running fake received as files that replay it.

    Let your program talk to a fake (mock-autopilot serve), then keep what it sent as a test. A file
    that is there is overwritten; - is standard output. Rejected calls that cannot be made again are
    left out, and named.

    \b
    mock-autopilot record --pytest test_recorded.py
    mock-autopilot record --anonymise --case recorded.json
    """
    outputs = [name for name in (pytest_file, case_file) if name]
    if not outputs:
        raise click.UsageError("Name a file to write: --pytest FILE, --case FILE, or both.")
    if len(outputs) == 2 and (outputs[0] == outputs[1] or _same_file(*outputs)):
        raise click.UsageError("--pytest and --case name the same file: name two.")
    require_server(base_url)
    try:
        export = account_export(base_url, api_key, control_token, anonymise=anonymise)
    except ControlCallFailed as error:
        raise click.ClickException(printable(str(error))) from None
    case = export["case"]
    if pytest_file:
        _write("--pytest", pytest_file, export["pytest"])
    if case_file:
        if case_file != "-":
            case["id"] = Path(case_file).stem
        _write("--case", case_file, _json(case))
    _report(case, [name for name in outputs if name != "-"])


def _report(case: dict[str, Any], files: list[str]) -> None:
    written = f"{count(len(case['calls']), 'call')} written to {' and '.join(files)}"
    if files:
        click.echo(printable(written), err=True)
    for reason in case.get("left_out", ()):
        click.echo(printable(f"left out: {reason}"), err=True)


def _same_file(one: str, other: str) -> bool:
    return Path(one).resolve() == Path(other).resolve()


def _json(case: dict[str, Any]) -> str:
    return json.dumps(case, indent=2, ensure_ascii=False) + "\n"


def _write(option: str, name: str, text: str) -> None:
    raw = text.encode()
    if name == "-":
        sys.stdout.buffer.write(raw)
        sys.stdout.buffer.flush()
        return
    try:
        Path(name).write_bytes(raw)
    except OSError as error:
        raise click.ClickException(
            printable(f"{option} {name} cannot be written: {error.strerror}.")
        ) from None
