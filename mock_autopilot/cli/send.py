"""`mock-autopilot send`: deliver Segment messages from files."""

import json
import os
import sys
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from itertools import islice
from pathlib import Path
from typing import IO, TYPE_CHECKING

import click

from mock_autopilot.cli._client import require_server

if TYPE_CHECKING:
    from adapter import Delivery, Destination
    from adapter.reading import InputMessage
    from mock_autopilot.cli._tally import Tally

CHUNK = 500
"""The number of messages delivered together: enough for full bulk calls, and often progress."""


class OutputError(Exception):
    """The file of `--output` can no longer be written."""


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
    help="Trigger id of an event; repeatable. Without it the trigger id is the event's name in "
    "snake_case.",
)
@click.option(
    "--default-trigger", metavar="TRIGGER_ID", help="Trigger id of all events without a --journey."
)
@click.option(
    "--output",
    metavar="FILE|-",
    help="Write the result of each message as a line of JSON, in the order of the messages: place, "
    "outcome, status, reason, notes, calls. With - they go to standard output, and the report to "
    "standard error.",
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

    A file holds a JSON object, an array of objects, a batch body ({"batch": [...]}), or one of
    these a line. It may be gzipped, and begin with a byte order mark (UTF-8, UTF-16, UTF-32).
    Prints the number of messages by outcome, the reasons of those not delivered, and the notes.
    Exits with 1 if any message was rejected or failed.
    """
    from adapter import Destination, InvalidSettings
    from mock_autopilot.cli._tally import Tally

    require_readable(files)
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
        with _open_output(output, files) as lines, destination:
            _deliver_all(destination, read_files(files), tally, lines)
    except KeyboardInterrupt:
        click.echo("Stopped. The messages sent last may or may not have arrived.", err=True)
        status = 130
    except OutputError as error:
        click.echo(f"Stopped: {error}. The remaining messages were not sent.", err=True)
        status = 1
    if sys.stderr.isatty():
        click.echo("\r", err=True, nl=False)
    for line in tally.lines():
        click.echo(line, err=output == "-")
    sys.exit(status or int(tally.has_losses))


@contextmanager
def _open_output(output: str | None, files: Iterable[str]) -> Iterator[IO[bytes] | None]:
    """Open the output before anything is sent, so that a wrong name stops the command early."""
    if output is None or output == "-":
        yield sys.stdout.buffer if output else None
        return
    written = Path(output)
    if written.exists() and any(name != "-" and written.samefile(name) for name in files):
        raise click.UsageError(f"--output {output} is also an input: name another file.")
    try:
        lines = written.open("wb")
    except OSError as error:
        raise click.ClickException(
            f"--output {output} cannot be written: {error.strerror}."
        ) from None
    try:
        yield lines
    finally:
        with suppress(OSError):  # already reported as OutputError
            lines.close()


def require_readable(files: Iterable[str]) -> None:
    """Raise ClickException for the first of the files that cannot be read."""
    for name in files:
        if name != "-" and (Path(name).is_dir() or not os.access(name, os.R_OK)):
            raise click.ClickException(f"{name} is not a readable file.")


def read_files(files: Iterable[str]) -> Iterator["InputMessage"]:
    """Yield the messages of the files, or of standard input for -."""
    from adapter.reading import read_messages

    for name in files:
        if name == "-":
            yield from read_messages(sys.stdin.buffer, "stdin")
            continue
        with Path(name).open("rb") as stream:
            yield from read_messages(stream, name)


def _deliver_all(
    destination: "Destination",
    messages: Iterator["InputMessage"],
    tally: "Tally",
    lines: IO[bytes] | None,
) -> None:
    while chunk := list(islice(messages, CHUNK)):
        _deliver(destination, chunk, tally, lines)
        _show_progress(tally.total)
        if tally.unanswered:
            click.echo("Stopped: no more answers. The remaining messages were not sent.", err=True)
            return


def _deliver(
    destination: "Destination", chunk: list["InputMessage"], tally: "Tally", lines: IO[bytes] | None
) -> None:
    deliveries = destination.deliver_read(chunk)
    for delivery in deliveries:
        tally.add(delivery)
    if lines is None:
        return
    try:
        lines.writelines(_line(delivery) for delivery in deliveries)
        lines.flush()
    except OSError as error:
        raise OutputError(f"--output can no longer be written ({error.strerror})") from None


def _line(delivery: "Delivery") -> bytes:
    # A lone surrogate, which an answer may contain, becomes a JSON escape.
    text = json.dumps(delivery.to_json(), ensure_ascii=False) + "\n"
    return text.encode("utf-8", "backslashreplace")


def _show_progress(total: int) -> None:
    """Show the number of messages so far: on a terminal always, elsewhere now and then."""
    if sys.stderr.isatty():
        click.echo(f"\r{total} messages ", err=True, nl=False)
    elif total % (20 * CHUNK) == 0:
        click.echo(f"{total} messages", err=True)
