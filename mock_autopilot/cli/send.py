"""`mock-autopilot send`: deliver Segment messages from files."""

import os
import socket
import sys
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

import click

from mock_autopilot.addresses import is_loopback
from mock_autopilot.cli.messages import Found, read

if TYPE_CHECKING:
    from adapter import Delivery, Destination

CHUNK = 500
"""Messages that are delivered together: enough for full bulk calls, few enough for progress."""
SHOWN = 3
"""Places that are named for each reason."""
OUTCOMES = ("delivered", "filtered", "rejected", "failed")


@dataclass
class Tally:
    """What became of the messages: counts by outcome and type, and the reasons with their places.

    A reason's key is (outcome, status, text); a note is what a delivered message could not carry.
    """

    counts: Counter[tuple[str, str]] = field(default_factory=Counter)
    reasons: dict[tuple[str, int | None, str], list[str]] = field(
        default_factory=lambda: defaultdict(list)
    )
    notes: dict[str, list[str]] = field(default_factory=lambda: defaultdict(list))

    def add(self, found: Found, delivery: "Delivery") -> None:
        """Count a delivery."""
        outcome = delivery.outcome.value
        self.counts[outcome, found.message["type"]] += 1
        if outcome != "delivered":
            self.reasons[outcome, delivery.status, delivery.message].append(found.place)
        for note in delivery.uncarried:
            self.notes[note].append(found.place)

    def refuse(self, place: str, problem: str) -> None:
        """Count what is no message and was not sent."""
        self.counts["rejected", "invalid"] += 1
        self.reasons["rejected", None, problem].append(place)

    @property
    def total(self) -> int:
        """How many there were."""
        return self.counts.total()

    @property
    def unanswered(self) -> bool:
        """Whether anything failed without any answer."""
        return any(outcome == "failed" and not status for outcome, status, _ in self.reasons)

    @property
    def lost(self) -> bool:
        """Whether anything was rejected or failed."""
        return any(outcome in ("rejected", "failed") for outcome, _ in self.counts)


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
def send(
    files: tuple[str, ...],
    base_url: str,
    api_key: str,
    journeys: dict[str, str],
    default_trigger: str | None,
) -> None:
    """Deliver Segment messages from files, or from - (standard input), to Autopilot.

    A file holds one JSON object, an array of them, or one a line; it may be gzipped. Prints what
    became of them. Exits with 1 when any was rejected or failed.
    """
    from adapter import Destination, InvalidSettings

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
    try:
        with destination:
            for chunk in _chunks(_read_all(files)):
                _deliver(destination, chunk, tally)
                _progress(tally.total)
                if tally.unanswered:
                    click.echo("Stopped: no answer any more. What follows was not sent.", err=True)
                    break
    except KeyboardInterrupt:
        click.echo("Stopped. The messages sent last may or may not have arrived.", err=True)
        _report(tally)
        sys.exit(130)
    _report(tally)
    sys.exit(1 if tally.lost else 0)


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


def _read_all(files: Iterable[str]) -> Iterator[Found]:
    for name in files:
        if name == "-":
            yield from read("stdin", sys.stdin.buffer)
            continue
        with Path(name).open("rb") as stream:
            yield from read(name, stream)


def _chunks(found: Iterator[Found]) -> Iterator[list[Found]]:
    while chunk := list(islice(found, CHUNK)):
        yield chunk


def _deliver(destination: "Destination", chunk: list[Found], tally: Tally) -> None:
    from adapter import InvalidMessage, check

    valid = []
    for found in chunk:
        try:
            if not found.problem:
                check(found.message)
                valid.append(found)
                continue
            problem = found.problem
        except InvalidMessage as error:
            problem = str(error)
        tally.refuse(found.place, problem)
    deliveries = destination.deliver_many(found.message for found in valid)
    for found, delivery in zip(valid, deliveries, strict=True):
        tally.add(found, delivery)


def _progress(total: int) -> None:
    """Show on a terminal how far it is; elsewhere say so now and then."""
    if sys.stderr.isatty():
        click.echo(f"\r{total} messages ", err=True, nl=False)
    elif total % (20 * CHUNK) == 0:
        click.echo(f"{total} messages", err=True)


def _report(tally: Tally) -> None:
    if sys.stderr.isatty():
        click.echo("\r", err=True, nl=False)
    if not tally.total:
        click.echo("No messages.")
        return
    types = sorted({kind for _, kind in tally.counts})
    _row("outcome", [*types, "total"])
    for outcome in OUTCOMES:
        counts = [tally.counts[outcome, kind] for kind in types]
        if sum(counts):
            _row(outcome, [*counts, sum(counts)])
    for (outcome, status, text), places in sorted(tally.reasons.items(), key=lambda r: -len(r[1])):
        click.echo(f"\n{outcome}{f' ({status})' if status else ''}: {text}")
        click.echo(f"  {_places(places)}")
    for note, places in sorted(tally.notes.items(), key=lambda n: -len(n[1])):
        click.echo(f"\nnot carried as it was: {note}")
        click.echo(f"  {_places(places)}")


def _row(name: str, cells: list[Any]) -> None:
    click.echo(f"{name:<10}" + "".join(f"{cell:>10}" for cell in cells))


def _places(places: list[str]) -> str:
    more = f" and {len(places) - SHOWN} more" if len(places) > SHOWN else ""
    return ", ".join(places[:SHOWN]) + more
