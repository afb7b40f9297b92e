"""`mock-autopilot engage`: play Segment Engage through a simulated time."""

import json
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import urljoin

import click

from mock_autopilot.cli.send import require_server

if TYPE_CHECKING:
    from adapter import Destination
    from adapter.engage.scenario import Scenario
    from mock_autopilot.cli.timeline import Timeline

POSITIVE = click.FloatRange(min=0, min_open=True)


@click.command()
@click.argument("file", metavar="SPACE.json", type=click.Path(exists=True, dir_okay=False))
@click.option("--days", metavar="N", type=POSITIVE, help="Days to simulate, not those of the file.")
@click.option("--seed", metavar="N", type=int, help="Another seed, other times of the syncs.")
@click.option(
    "--base-url",
    metavar="URL",
    help="API of a running `serve`. Without it the account lasts as long as this command.",
)
@click.option("--api-key", default="sandbox-key", show_default=True, help="Key of the account.")
@click.option(
    "--speed",
    metavar="N",
    type=POSITIVE,
    help="Simulated seconds in a second: 3600 is an hour a second. Without it nothing waits.",
)
@click.option(
    "--state",
    "state_file",
    metavar="FILE",
    type=click.Path(dir_okay=False, path_type=Path),
    help="Where to keep what Autopilot has been told, and to go on from there.",
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
    """Play Segment Engage: sync audiences and computed traits to an account through time.

    SPACE.json defines profiles, audiences, computed traits, and what happens when. Time is
    simulated. Prints what happened, what was sent and what became of it, and at the end each
    user's properties at Autopilot. Exits with 1 when anything was rejected or failed.
    """
    from adapter import Destination, InvalidSettings
    from adapter.engage import InvalidSpace
    from adapter.engage.scenario import read_scenario
    from mock_autopilot.cli.timeline import Timeline, header

    try:
        scenario = read_scenario(Path(file).read_bytes(), days=days, seed=seed)
    except InvalidSpace as error:
        raise click.ClickException(f"{file}: {error}") from None
    timeline = Timeline(_go_on(scenario, state_file) if state_file else scenario.start)
    with _account(base_url, api_key) as url:
        try:
            destination = Destination(api_key=api_key, base_url=url)
        except InvalidSettings as error:
            raise click.UsageError(str(error)) from None
        require_server(url)
        click.echo(header(scenario, timeline.now, url))
        status = 0
        with destination:
            try:
                play(scenario, timeline, destination, _pace(timeline.now, speed))
            except KeyboardInterrupt:
                click.echo("Stopped.", err=True)
                status = 130
            except InvalidSpace as error:
                click.echo(f"Error: {error}", err=True)
                status = 1
        if state_file:
            _keep(state_file, timeline, scenario)
        differs = show_account(scenario, timeline, url, api_key)
    click.echo(f"\n{timeline.summary()}")
    sys.exit(status or int(timeline.lost or differs))


def play(
    scenario: "Scenario",
    timeline: "Timeline",
    destination: "Destination",
    wait_until: Callable[[datetime], object] = lambda _: None,
) -> None:
    """Let time pass from where the timeline stands, and print what happens."""
    from adapter.engage.simulation import simulate

    happening = simulate(
        scenario.space,
        scenario.changes,
        timeline.now,
        scenario.until,
        destination.deliver,
        wait_until,
    )
    for event in happening:
        for line in timeline.lines(event):
            click.echo(line)


def show_account(scenario: "Scenario", timeline: "Timeline", base_url: str, api_key: str) -> bool:
    """Print each user's properties at Autopilot; say if any is not as it was delivered."""
    import requests

    from mock_autopilot.cli.timeline import account_lines

    url = urljoin(base_url, "/_mock/state")
    try:
        answer = requests.get(url, headers={"autopilotapikey": api_key}, timeout=30)
        answer.raise_for_status()
        state: dict[str, Any] = answer.json()
    except requests.RequestException as error:
        click.echo(f"\nWhat Autopilot has cannot be shown: {error}", err=True)
        return False
    click.echo(f"\nAt Autopilot, {timeline.now:%Y-%m-%d %H:%M}")
    differs = False
    for line, as_delivered in account_lines(scenario.space, state, timeline.delivered):
        click.echo(line)
        differs |= not as_delivered
    return differs


@contextmanager
def _account(base_url: str | None, api_key: str) -> Iterator[str]:
    """Give the base URL of the account: the one that was named, or one of our own."""
    from mock_autopilot.mock import MockAutopilot

    if base_url:
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


def _go_on(scenario: "Scenario", file: Path) -> datetime:
    """Load the state, if there is one; give the time at which it stood."""
    if not file.exists():
        return scenario.start
    try:
        state = json.loads(file.read_text("utf-8"))
        now = datetime.fromisoformat(state["now"])
        scenario.space.load(state["told"])
    except OSError as error:
        raise click.ClickException(f"{file}: {error.strerror}") from None
    except (ValueError, LookupError, TypeError) as error:
        raise click.ClickException(f"{file}: is not what --state wrote: {error}") from None
    if now.tzinfo is None:
        raise click.ClickException(f"{file}: is not what --state wrote: `now` has no time zone")
    return now


def _keep(file: Path, timeline: "Timeline", scenario: "Scenario") -> None:
    """Write the state; a crash in the middle leaves the old one."""
    written = file.with_name(f"{file.name}.new")
    state = {"now": timeline.now.isoformat(), "told": scenario.space.save()}
    written.write_text(json.dumps(state), "utf-8")
    written.replace(file)
