"""`mock-autopilot serve`: the fake in the foreground."""

import errno
import os
import secrets
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from mock_autopilot.servers.network import bind, is_loopback, origin

if TYPE_CHECKING:
    from flask import Flask

    from mock_autopilot.account.accounts import Accounts
    from mock_autopilot.account.call_warnings import CallWarning

DEFAULT_PORT = 8025


@dataclass(frozen=True)
class Setup:
    """What the server serves; simple values, since they travel to another process."""

    keys: tuple[str, ...]
    any_key: bool
    strict: bool
    auto_journeys: bool
    max_body: int
    journal_size: int
    seed: dict[str, Any]
    seed_warnings: tuple["CallWarning", ...]
    journeys: tuple[tuple[str, str | None], ...]
    token: str | None

    def accounts(self) -> "Accounts":
        """Make the accounts. Raises `ApiError` when the seed is not valid."""
        from mock_autopilot.account.accounts import Accounts, Beginning
        from mock_autopilot.options import Options

        options = Options(self.strict, self.auto_journeys, self.max_body, self.journal_size)
        beginning = Beginning(self.seed, self.journeys, self.seed_warnings)
        return Accounts(self.keys, options=options, any_key=self.any_key, beginning=beginning)


def make_app(setup: Setup) -> "Flask":
    """Make the application, in the process that serves it."""
    from mock_autopilot.api.control_guard import Guard
    from mock_autopilot.app import create_app

    return create_app(setup.accounts(), Guard(setup.token))


def _journeys(
    _context: click.Context, _option: click.Parameter, values: tuple[str, ...]
) -> tuple[tuple[str, str | None], ...]:
    journeys = []
    for value in values:
        name, _, trigger_id = value.partition("=")
        if not name.strip():
            raise click.BadParameter(f"{value!r} has no name; write NAME or NAME=TRIGGER_ID.")
        journeys.append((name, trigger_id or None))
    return tuple(journeys)


def _keys(
    _context: click.Context, _option: click.Parameter, values: tuple[str, ...]
) -> tuple[str, ...]:
    for value in values:
        if not value or not value.isascii() or not value.isprintable() or " " in value:
            raise click.BadParameter(f"{value!r} cannot travel in a header; use printable ASCII.")
    return values


@click.command()
@click.option("--host", default="127.0.0.1", show_default=True, help="Address to listen on.")
@click.option(
    "--port",
    type=click.IntRange(0, 65535),
    default=DEFAULT_PORT,
    show_default=True,
    help="Port to listen on; 0 takes a free one.",
)
@click.option(
    "--api-key",
    "keys",
    metavar="KEY",
    multiple=True,
    callback=_keys,
    help="API key of an account; give it again for more accounts.  [default: sandbox-key]",
)
@click.option("--any-key", is_flag=True, help="Make an account for any key on its first use.")
@click.option(
    "--seed",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="JSON file with the state that the accounts begin with, as GET /_mock/state gives it.",
)
@click.option(
    "--journey",
    "journeys",
    metavar="NAME[=TRIGGER_ID]",
    multiple=True,
    callback=_journeys,
    help="Define a journey; its trigger gets the next free number when none is given.",
)
@click.option(
    "--auto-journeys/--no-auto-journeys",
    default=True,
    show_default=True,
    help="Make a journey of an unknown trigger on first use, or answer 404.",
)
@click.option(
    "--strict", is_flag=True, help="Answer 400 to all that is otherwise only warned about."
)
@click.option(
    "--max-body",
    metavar="BYTES",
    type=click.IntRange(1),
    default=1024 * 1024,
    show_default=True,
    help="Largest request body that is accepted.",
)
@click.option(
    "--journal-size",
    metavar="CALLS",
    type=click.IntRange(0),
    default=10_000,
    show_default=True,
    help="Calls that are remembered for each account.",
)
@click.option(
    "--port-file",
    type=click.Path(dir_okay=False, writable=True, path_type=Path),
    help="File to write the port to once connections are accepted; removed at the end.",
)
@click.option(
    "--control-token",
    metavar="TOKEN",
    callback=lambda c, o, value: _keys(c, o, (value,))[0] if value is not None else None,
    help="Token that control calls must show.  [default: none on a loopback address, else made up]",
)
def serve(
    host: str,
    port: int,
    keys: tuple[str, ...],
    any_key: bool,
    seed: Path | None,
    journeys: tuple[tuple[str, str | None], ...],
    auto_journeys: bool,
    strict: bool,
    max_body: int,
    journal_size: int,
    port_file: Path | None,
    control_token: str | None,
) -> None:
    """Serve the fake API until Ctrl-C.

    Point your client's base URL at what is printed, and send the printed key in the header
    autopilotapikey. Ask what arrived:

    \b
    curl http://127.0.0.1:8025/_mock/calls     the calls, with answers and warnings
    curl http://127.0.0.1:8025/_mock/state     the contacts and journeys
    curl -X POST http://127.0.0.1:8025/_mock/reset
    """
    from mock_autopilot.account.accounts import DEFAULT_KEY
    from mock_autopilot.account.errors import ApiError
    from mock_autopilot.account.state import parse
    from mock_autopilot.servers import process_server as foreground

    token = control_token or (None if is_loopback(host) else secrets.token_urlsafe(16))
    try:
        state, odd = parse(seed.read_bytes()) if seed else ({}, [])
        options = (any_key, strict, auto_journeys, max_body, journal_size)
        setup = Setup(keys or (DEFAULT_KEY,), *options, state, tuple(odd), journeys, token)
        # Made here too, so that what is wrong with a seed is told here.
        for warning in setup.accounts().seed_warnings:
            click.echo(f"{seed}: {warning}", err=True)
    except ApiError as error:
        raise click.ClickException(f"{seed}: {error.message}") from None

    if port_file and not os.access(port_file.parent, os.W_OK):
        raise click.ClickException(f"cannot write {port_file}: no such folder, or not writable.")
    try:
        reserved = bind(host, port)
    except OSError as error:
        if error.errno == errno.EADDRINUSE:
            reason = "it is in use. Choose another port with --port, or --port 0 for a free one."
        else:
            reason = error.strerror or str(error)
        raise click.ClickException(f"cannot listen on {host}:{port}: {reason}") from None

    def ready(bound: int) -> None:
        _announce(host, bound, setup)
        if port_file:
            partial_file = port_file.with_name(f"{port_file.name}.partial")
            partial_file.write_text(f"{bound}\n")
            partial_file.replace(port_file)  # whole or not there, for those who wait for it

    if port_file:
        port_file.unlink(missing_ok=True)  # of a server that was killed
    try:
        foreground.serve(partial(make_app, setup), reserved, ready)
    finally:
        if port_file:
            port_file.unlink(missing_ok=True)


def _announce(host: str, port: int, setup: Setup) -> None:
    here = origin(host, port)
    click.echo(f"Autopilot API  {here}/v1/")
    for key in dict.fromkeys(setup.keys):
        click.echo(f"API key        {key}")
    if setup.any_key:
        click.echo("               (and any other: each key is an account of its own)")
    click.echo(f"Control calls  {here}/_mock/")
    if setup.token:
        click.echo(f"Control token  {setup.token}")
    click.echo("Ctrl-C stops it.")
