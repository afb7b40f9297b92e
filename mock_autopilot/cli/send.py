"""`mock-autopilot send`: deliver Segment messages from files."""

import json
import os
import socket
import sys
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from itertools import islice
from pathlib import Path
from typing import IO, TYPE_CHECKING
from urllib.parse import urlsplit

import click

from mock_autopilot.servers.network import is_loopback

if TYPE_CHECKING:
    from adapter import Delivery, Destination
    from adapter.reading import Found
    from mock_autopilot.cli._tally import Tally

CHUNK = 500
"""Messages that are delivered together: enough for full bulk calls, few enough for progress."""


class OutputLost(Exception):
    """The file of `--output` cannot be written any further."""


def _triggers(
    _context: click.Context, _option: click.Parameter, values: tuple[str, ...]
) -> dict[str, str]:
    pairs = [value.rpartition("=") for value in values]
    for value, (event, _, trigger_id) in zip(values, pairs, strict=True):
        if not event or not trigger_id:
            raise click.BadParameter(f"{value!r} is not EVENT=TRIGGER_ID.")
    return {event: trigger_id for event, _, trigger_id in pairs}


@click.command()
@click.argument("files", metavar="FILE...|-", nargs=-1, required=True)
@click.option(
    "--base-url",
    default="http://127.0.0.1:8025/v1/",
    show_default=True,
    help="Base URL of the Autopilot API.",
)
@click.option("--api-key", default="sandbox-key", show_default=True, help="Key of the account.")
@click.option(
    "--journey",
    "journeys",
    metavar="EVENT=TRIGGER_ID",
    multiple=True,
    callback=_triggers,
    help="The trigger that an event enters contacts by; give it again for more events. Without "
    "it the trigger's id is the event's name in snake_case.",
)
@click.option(
    "--default-trigger", metavar="TRIGGER_ID", help="The trigger of all events without one."
)
@click.option(
    "--output",
    metavar="FILE|-",
    help="Write what became of each message, a line of JSON each, in the order of the messages: "
    "place, outcome, status, reason, notes, calls. With - they go to standard output, and what is "
    "printed otherwise to standard error.",
)
def send(
    files: tuple[str, ...],
    base_url: str,
    api_key: str,
    journeys: dict[str, str],
    default_trigger: str | None,
    output: str | None,
) -> None:
    """Deliver Segment messages from files, or from - (standard input), to Autopilot.

    A file holds a JSON object, an array of them, a batch body ({"batch": [...]}), or one of these
    a line; it may be gzipped, and begin with a byte order mark (UTF-8, UTF-16, UTF-32). Prints what
    became of the messages: how many ended how, why, and what was noted. Exits with 1 when any was
    rejected or failed.
    """
    from adapter import Destination, InvalidSettings
    from mock_autopilot.cli._tally import Tally

    for name in files:
        if name != "-" and (Path(name).is_dir() or not os.access(name, os.R_OK)):
            raise click.ClickException(f"{name} is no file that can be read.")
    try:
        destination = Destination(
            api_key=api_key, base_url=base_url, journeys=journeys, default_trigger=default_trigger
        )
    except InvalidSettings as error:
        raise click.UsageError(str(error)) from None
    require_server(destination.settings.base_url)
    tally = Tally()
    status = None
    try:
        with _opened(output, files) as lines, destination:
            for chunk in _chunks(_read_all(files)):
                _deliver(destination, chunk, tally, lines)
                _progress(tally.total)
                if tally.unanswered:
                    click.echo("Stopped: no answer any more. What follows was not sent.", err=True)
                    break
    except KeyboardInterrupt:
        click.echo("Stopped. The messages sent last may or may not have arrived.", err=True)
        status = 130
    except OutputLost as error:
        click.echo(f"Stopped: {error}. What follows was not sent.", err=True)
        status = 1
    if sys.stderr.isatty():
        click.echo("\r", err=True, nl=False)
    for line in tally.lines():
        click.echo(line, err=output == "-")
    sys.exit(status or int(tally.lost))


def require_server(base_url: str) -> None:
    """Tell at once, and not after all retries, that no server runs on this machine."""
    url = urlsplit(base_url)
    if not is_loopback(url.hostname or ""):
        return
    try:
        port = url.port or {"http": 80, "https": 443}[url.scheme]
        socket.create_connection((url.hostname, port), timeout=5).close()
    except OSError as error:
        raise click.ClickException(
            f"no server answers at {base_url} ({error.strerror or error}). "
            "Start one with: mock-autopilot serve"
        ) from None


@contextmanager
def _opened(output: str | None, files: Iterable[str]) -> Iterator[IO[bytes] | None]:
    """Open the file to write to before anything is sent, lest what is done cannot be told."""
    if output is None or output == "-":
        yield sys.stdout.buffer if output else None
        return
    written = Path(output)
    if written.exists() and any(name != "-" and written.samefile(name) for name in files):
        raise click.UsageError(f"--output {output} is a file to read from: name another.")
    try:
        lines = written.open("wb")
    except OSError as error:
        raise click.ClickException(
            f"--output {output} cannot be written: {error.strerror}."
        ) from None
    try:
        yield lines
    finally:
        with suppress(OSError):  # what could not be written has been told
            lines.close()


def _read_all(files: Iterable[str]) -> Iterator["Found"]:
    from adapter.reading import messages_in

    for name in files:
        if name == "-":
            yield from messages_in(sys.stdin.buffer, "stdin")
            continue
        with Path(name).open("rb") as stream:
            yield from messages_in(stream, name)


def _chunks(found: Iterator["Found"]) -> Iterator[list["Found"]]:
    while chunk := list(islice(found, CHUNK)):
        yield chunk


def _deliver(
    destination: "Destination", chunk: list["Found"], tally: "Tally", lines: IO[bytes] | None
) -> None:
    deliveries = destination.deliver_found(chunk)
    for delivery in deliveries:
        tally.add(delivery)
    if lines is None:
        return
    try:
        lines.writelines(_line(delivery) for delivery in deliveries)
        lines.flush()
    except OSError as error:
        raise OutputLost(f"--output cannot be written any further ({error.strerror})") from None


def _line(delivery: "Delivery") -> bytes:
    # What UTF-8 cannot carry, half a character in an answer, becomes the escape that JSON has.
    text = json.dumps(delivery.to_json(), ensure_ascii=False) + "\n"
    return text.encode("utf-8", "backslashreplace")


def _progress(total: int) -> None:
    """Show on a terminal how far it is; elsewhere say so now and then."""
    if sys.stderr.isatty():
        click.echo(f"\r{total} messages ", err=True, nl=False)
    elif total % (20 * CHUNK) == 0:
        click.echo(f"{total} messages", err=True)
