"""`mock-autopilot serve`: the fake in the foreground."""

import errno
import os
import secrets
from collections.abc import Callable
from dataclasses import Field, fields, replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click

from mock_autopilot.account.clock import make_clock
from mock_autopilot.options import ServerOptions, check_journeys, parse_journey
from mock_autopilot.servers.network import bind, is_loopback, origin

if TYPE_CHECKING:
    from flask import Flask

C = TypeVar("C", bound=Callable[..., Any])


def make_app(options: ServerOptions, keys: tuple[str, ...], seed: dict[str, Any]) -> "Flask":
    """Return the application, in the process that serves it."""
    from mock_autopilot.account.accounts import Accounts
    from mock_autopilot.api.control_guard import Guard
    from mock_autopilot.app import create_app
    from mock_autopilot.storage.memory import MemoryStorage

    accounts = Accounts(options, storage=MemoryStorage(), keys=keys, seed=seed)
    return create_app(accounts, Guard(options.control_token))


def _journeys(
    _context: click.Context, _option: click.Parameter, values: tuple[str, ...]
) -> tuple[tuple[str, str | None], ...]:
    try:
        journeys = tuple(map(parse_journey, values))
        check_journeys(journeys)
    except ValueError as error:
        raise click.BadParameter(str(error)) from None
    return journeys


def _in_header(_context: click.Context, _option: click.Parameter, value: Any) -> Any:
    """Refuse a key or token that no header can carry."""
    for text in (value,) if isinstance(value, str) else value or ():
        if not text or not text.isascii() or not text.isprintable() or " " in text:
            raise click.BadParameter(f"{text!r} cannot travel in a header; use printable ASCII.")
    return value


def _time(_context: click.Context, _option: click.Parameter, value: str | None) -> str | None:
    try:
        make_clock(value)
    except ValueError as error:
        raise click.BadParameter(str(error)) from None
    return value


_SPECIAL: dict[str, dict[str, Any]] = {
    "api_key": {"multiple": True, "callback": _in_header, "default": None},
    "seed": {"type": click.Path(exists=True, dir_okay=False, path_type=Path)},
    "journeys": {"multiple": True, "callback": _journeys},
    "control_token": {"callback": _in_header},
    "clock": {"callback": _time},
}
"""How the command line reads what is no flag, number or text."""
_NAMES = {"journeys": "--journey"}


def server_options(command: C) -> C:
    """Give a command the options of `ServerOptions`."""
    for option in reversed(fields(ServerOptions)):
        command = _click_option(option)(command)
    return command


def _click_option(option: Field[Any]) -> Callable[[C], C]:
    about = option.metadata
    name = _NAMES.get(option.name, f"--{option.name.replace('_', '-')}")
    default = about.get("command_default", option.default)
    text = f"{about['help']} {about.get('command_help', '')}".strip()
    if default and default is not True:
        text += f"  [default: {default}]"
    settings: dict[str, Any] = {"default": default, "help": text, "show_default": default is True}
    settings |= {"metavar": about["metavar"]} if "metavar" in about else {}
    if option.type is bool:
        settings["is_flag"] = True
        if option.default:
            name += f"/--no-{name.removeprefix('--')}"
    if "min" in about:
        settings["type"] = click.IntRange(about["min"], about.get("max"))
    return click.option(name, option.name, **{**settings, **_SPECIAL.get(option.name, {})})


@click.command()
@server_options
@click.option(
    "--port-file",
    type=click.Path(dir_okay=False, writable=True, path_type=Path),
    help="File to write the port to once connections are accepted; removed at the end.",
)
def serve(api_key: tuple[str, ...], port_file: Path | None, **named: Any) -> None:
    """Serve the fake API until Ctrl-C.

    Point your client's base URL at what is printed, and send the printed key in the header
    autopilotapikey. Ask what arrived:

    \b
    curl http://127.0.0.1:8025/_mock/calls     the calls, with answers and warnings
    curl http://127.0.0.1:8025/_mock/state     the contacts and journeys
    curl -X POST http://127.0.0.1:8025/_mock/reset
    """
    from mock_autopilot.servers import process_server

    options = ServerOptions(**named)
    keys = tuple(dict.fromkeys(api_key)) or (options.api_key,)
    if not is_loopback(options.host):
        token = options.control_token or secrets.token_urlsafe(16)
        options = replace(options, control_token=token)
    seed = _read_seed(options, keys)
    options = replace(options, seed=None)
    if port_file and not os.access(port_file.parent, os.W_OK):
        raise click.ClickException(f"cannot write {port_file}: no such folder, or not writable.")
    try:
        reserved = bind(options.host, options.port)
    except OSError as error:
        if error.errno == errno.EADDRINUSE:
            reason = "it is in use. Choose another port with --port, or --port 0 for a free one."
        else:
            reason = error.strerror or str(error)
        where = f"{options.host}:{options.port}"
        raise click.ClickException(f"cannot listen on {where}: {reason}") from None

    def ready(port: int) -> None:
        _announce(options, port, keys)
        if port_file:
            partial_file = port_file.with_name(f"{port_file.name}.partial")
            partial_file.write_text(f"{port}\n")
            partial_file.replace(port_file)  # whole or not there, for those who wait for it

    if port_file:
        port_file.unlink(missing_ok=True)  # of a server that was killed
    try:
        process_server.serve(partial(make_app, options, keys, seed), reserved, ready)
    finally:
        if port_file:
            port_file.unlink(missing_ok=True)


def _read_seed(options: ServerOptions, keys: tuple[str, ...]) -> dict[str, Any]:
    """Return the seed, and print what looks wrong about it: here, not in the server's process."""
    from mock_autopilot.account import state
    from mock_autopilot.account.accounts import Accounts
    from mock_autopilot.account.call_warnings import Warnings
    from mock_autopilot.account.errors import ApiError
    from mock_autopilot.storage.memory import MemoryStorage

    warnings = Warnings(strict=options.strict)
    try:
        seed = (
            state.parse(options.seed.read_bytes(), warnings)
            if isinstance(options.seed, Path)
            else {}
        )
        Accounts(options, storage=MemoryStorage(), keys=keys, seed=seed, warnings=warnings)
    except ApiError as error:
        raise click.ClickException(f"{options.seed}: {error.message}") from None
    for warning in warnings:
        click.echo(f"{options.seed}: {warning}", err=True)
    return seed


def _announce(options: ServerOptions, port: int, keys: tuple[str, ...]) -> None:
    here = origin(options.host, port)
    click.echo(f"Autopilot API  {here}/v1/")
    for key in keys:
        click.echo(f"API key        {key}")
    if options.any_key:
        click.echo("               (and any other: each key is an account of its own)")
    click.echo(f"Control calls  {here}/_mock/")
    click.echo(f"Quick start    {here}/_mock/quickstart")
    if options.control_token:
        click.echo(f"Control token  {options.control_token}")
    click.echo("Ctrl-C stops it.")
