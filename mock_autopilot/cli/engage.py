"""`mock-autopilot engage`: play Segment Engage through a simulated time."""

import math
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from mock_autopilot.cli._client import StateUnavailable, account_state, require_server
from mock_autopilot.cli._text import printable

if TYPE_CHECKING:
    from adapter import Destination
    from adapter.engage.scenario import Scenario
    from mock_autopilot.cli._timeline import Timeline


class _Number(click.FloatRange):
    """A number in a range; unlike `click.FloatRange` it refuses NaN."""

    def convert(
        self, value: Any, param: click.Parameter | None, ctx: click.Context | None
    ) -> float:
        """Return the number in the text of an option."""
        number: float = super().convert(value, param, ctx)
        if math.isnan(number):
            self.fail("not a number.", param, ctx)
        return number


@click.command()
@click.argument("file", metavar="SPACE.json", type=click.Path(exists=True, dir_okay=False))
@click.option(
    "--days",
    metavar="N",
    type=_Number(min=0, min_open=True, max=36_500),
    help="Days to simulate.  [default: those of the file]",
)
@click.option(
    "--seed",
    metavar="N",
    type=int,
    help="Seed of the times of syncs.  [default: that of the file]",
)
@click.option(
    "--base-url",
    metavar="URL",
    help="Base URL of a running `serve`. Without it a temporary account is used.",
)
@click.option("--api-key", default="sandbox-key", show_default=True, help="Key of the account.")
@click.option(
    "--speed",
    metavar="N",
    type=_Number(min=1),
    help="Simulated seconds per second: 3600 is an hour a second. Without it there is no waiting.",
)
@click.option(
    "--state",
    "state_file",
    metavar="FILE",
    type=click.Path(dir_okay=False, path_type=Path),
    help="File that keeps what the account of --base-url has been sent; the next run continues "
    "from it.",
)
def engage(
    file: str,
    days: float | None,
    seed: int | None,
    base_url: str | None,
    api_key: str,
    speed: float | None,
    state_file: Path | None,
) -> None:
    """Play Segment Engage: sync audiences and computed traits through time.

    SPACE.json defines profiles, audiences, computed traits, and changes at given times. Time is
    simulated. Prints the changes, the messages and their results, and at the end each user's
    properties at Autopilot. Exits with 1 if any message was rejected or failed.
    """
    from adapter import Destination, InvalidSettings
    from adapter.engage import InvalidSpace, read_scenario
    from mock_autopilot.cli import _checkpoint
    from mock_autopilot.cli._timeline import Timeline, header

    if state_file and base_url is None:
        raise click.UsageError("--state needs --base-url: a temporary account is gone at the end.")
    try:
        scenario = read_scenario(Path(file).read_bytes(), days=days, seed=seed)
    except InvalidSpace as error:
        raise click.ClickException(printable(f"{file}: {error}")) from None
    start = _checkpoint.load(scenario, state_file) if state_file else scenario.start
    timeline = Timeline(start)

    def save_state() -> None:
        if state_file:
            _checkpoint.save(scenario, state_file, timeline.now)

    with _account(base_url, api_key) as account_url:
        try:
            destination = Destination(api_key=api_key, base_url=account_url)
        except InvalidSettings as error:
            raise click.UsageError(str(error)) from None
        url = destination.settings.base_url
        require_server(url)
        save_state()  # so that an unwritable file stops the command before anything is sent
        click.echo(header(scenario, timeline.now, url))
        status = 0
        try:
            with destination:
                play(scenario, timeline, destination, _pace(timeline.now, speed), save_state)
        except KeyboardInterrupt:
            click.echo("Stopped. What was sent last may or may not have arrived.", err=True)
            status = 130
        except InvalidSpace as error:
            click.echo(printable(f"Error: {error}"), err=True)
            status = 1
        finally:  # also after other errors, such as a closed pipe on standard output
            save_state()
        differs = show_account(scenario, timeline, url, api_key)
    click.echo(f"\n{timeline.summary()}")
    sys.exit(status or int(timeline.has_losses or differs))


def play(
    scenario: "Scenario",
    timeline: "Timeline",
    destination: "Destination",
    wait_until: Callable[[datetime], object] = lambda _: None,
    save_state: Callable[[], object] = lambda: None,
) -> None:
    """Advance the time from the timeline's present on, and print what happens.

    Calls `save_state` after each sync that sent messages, so that a crash does not lose them.
    """
    from adapter.engage import Sync, simulate

    events = simulate(
        scenario.space,
        scenario.changes,
        timeline.now,
        scenario.until,
        lambda message: timeline.record(destination.deliver(message)),
        wait_until,
    )
    for event in events:
        for line in timeline.lines(event):
            click.echo(printable(line))
        if isinstance(event, Sync) and event.deliveries:
            save_state()


def show_account(scenario: "Scenario", timeline: "Timeline", base_url: str, api_key: str) -> bool:
    """Print each user's properties at Autopilot; return whether any is not as delivered."""
    from mock_autopilot.cli._account import account_lines

    try:
        state = account_state(base_url, api_key)
    except StateUnavailable as error:
        click.echo(f"\nThe state of the account cannot be shown: {error}", err=True)
        return False
    click.echo(f"\nAt Autopilot, {timeline.now:%Y-%m-%d %H:%M}")
    differs = False
    for line, as_delivered in account_lines(scenario.space, state, timeline.delivered):
        click.echo(printable(line))
        differs |= not as_delivered
    return differs


@contextmanager
def _account(base_url: str | None, api_key: str) -> Iterator[str]:
    """Yield the base URL of the account: the given one, or that of a temporary fake."""
    from mock_autopilot.mock import MockAutopilot

    if base_url is not None:
        yield base_url
        return
    with MockAutopilot(api_key) as autopilot:
        yield autopilot.base_url


def _pace(start: datetime, speed: float | None) -> Callable[[datetime], None]:
    began = time.monotonic()

    def wait_until(instant: datetime) -> None:
        if speed:
            passed = (instant - start).total_seconds() / speed
            time.sleep(max(0.0, began + passed - time.monotonic()))

    return wait_until
