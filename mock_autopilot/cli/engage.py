"""`mock-autopilot engage`: play Segment Engage through a simulated time."""

import math
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
    from mock_autopilot.cli._timeline import Timeline


class _Number(click.FloatRange):
    """A number in a range, and no NaN, which is in none but is not outside either."""

    def convert(
        self, value: Any, param: click.Parameter | None, ctx: click.Context | None
    ) -> float:
        """Read it."""
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
    help="Days to simulate, not those of the file.",
)
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
    type=_Number(min=1),
    help="Simulated seconds in a second: 3600 is an hour a second. Without it nothing waits.",
)
@click.option(
    "--state",
    "state_file",
    metavar="FILE",
    type=click.Path(dir_okay=False, path_type=Path),
    help="Where to keep what the account of --base-url has been told, and to go on from there.",
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

    SPACE.json defines profiles, audiences, computed traits, and what happens when. Time is
    simulated. Prints what happened, what was sent and what became of it, and at the end each
    user's properties at Autopilot. Exits with 1 when anything was rejected or failed.
    """
    from adapter import Destination, InvalidSettings
    from adapter.engage import InvalidSpace, read_scenario
    from mock_autopilot.cli._checkpoint import go_on, keep
    from mock_autopilot.cli._timeline import Timeline, header, plain

    if state_file and base_url is None:
        raise click.UsageError(
            "--state needs --base-url: an account of its own is gone at the end."
        )
    try:
        scenario = read_scenario(Path(file).read_bytes(), days=days, seed=seed)
    except InvalidSpace as error:
        raise click.ClickException(plain(f"{file}: {error}")) from None
    timeline = Timeline(go_on(scenario, state_file) if state_file else scenario.start)

    def keep_state() -> None:
        if state_file:
            keep(scenario, state_file, timeline.now)

    with _account(base_url, api_key) as given:
        try:
            destination = Destination(api_key=api_key, base_url=given)
        except InvalidSettings as error:
            raise click.UsageError(str(error)) from None
        url = destination.settings.base_url
        require_server(url)
        keep_state()  # before anything is sent: can it be kept?
        status = 0
        with destination:
            try:
                click.echo(header(scenario, timeline.now, url))
                play(scenario, timeline, destination, _pace(timeline.now, speed), keep_state)
            except KeyboardInterrupt:
                click.echo("Stopped. What was sent last may or may not have arrived.", err=True)
                status = 130
            except InvalidSpace as error:
                click.echo(plain(f"Error: {error}"), err=True)
                status = 1
            finally:  # whatever ends it, such as a reader of the output that has gone
                keep_state()
        differs = show_account(scenario, timeline, url, api_key)
    click.echo(f"\n{timeline.summary()}")
    sys.exit(status or int(timeline.lost or differs))


def play(
    scenario: "Scenario",
    timeline: "Timeline",
    destination: "Destination",
    wait_until: Callable[[datetime], object] = lambda _: None,
    keep_state: Callable[[], object] = lambda: None,
) -> None:
    """Let time pass from where the timeline stands, and print what happens.

    `keep_state` is called after each sync that had something to send, lest a crash loses it.
    """
    from adapter.engage import Sync, simulate
    from mock_autopilot.cli._timeline import plain

    happening = simulate(
        scenario.space,
        scenario.changes,
        timeline.now,
        scenario.until,
        lambda message: timeline.count(destination.deliver(message)),
        wait_until,
    )
    for event in happening:
        for line in timeline.lines(event):
            click.echo(plain(line))
        if isinstance(event, Sync) and event.deliveries:
            keep_state()


def show_account(scenario: "Scenario", timeline: "Timeline", base_url: str, api_key: str) -> bool:
    """Print each user's properties at Autopilot; say if any is not as it was delivered."""
    from mock_autopilot.cli._timeline import account_lines, plain

    state = _state(urljoin(base_url, "/_mock/state"), api_key)
    if isinstance(state, str):
        click.echo(f"\nWhat Autopilot has cannot be shown: {state}", err=True)
        return False
    click.echo(f"\nAt Autopilot, {timeline.now:%Y-%m-%d %H:%M}")
    differs = False
    for line, as_delivered in account_lines(scenario.space, state, timeline.delivered):
        click.echo(plain(line))
        differs |= not as_delivered
    return differs


def _state(url: str, api_key: str) -> dict[str, Any] | str:
    """Ask the fake for the account's state; why it gives none, when it does not."""
    import requests

    from adapter.client import new_session, no_proxies

    try:
        # As the forwarder does: no proxy between this machine and itself, and no redirection,
        # which would have the key sent to who knows whom.
        with new_session() as session:
            answer = session.get(
                url,
                headers={"autopilotapikey": api_key},
                timeout=30,
                proxies=no_proxies(url),
                allow_redirects=False,
            )
        answer.raise_for_status()
        state = answer.json()
    except requests.RequestException as error:
        return str(error)
    if isinstance(state, dict) and "contacts" in state:
        return state
    return f"{url} is not the fake's"


@contextmanager
def _account(base_url: str | None, api_key: str) -> Iterator[str]:
    """Give the base URL of the account: the one that was named, or one of our own."""
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
