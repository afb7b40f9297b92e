"""The file of `engage --state`: how far a run came, so that the next can continue."""

from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated, Any

import click
import msgspec

from adapter.engage import InvalidSpace, Scenario


class Checkpoint(msgspec.Struct):
    """The contents of the file.

    Attributes:
        space_id: the space that it belongs to.
        now: the simulated time that the run has reached.
        sync_states: what the account has been sent, as `Space.save` returns it.

    """

    space_id: str
    now: Annotated[datetime, msgspec.Meta(tz=True)]
    sync_states: dict[str, Any]


def load(scenario: Scenario, file: Path) -> datetime:
    """Restore the state of the scenario's space, and return the time to continue from.

    Without a file that is the start of the scenario.
    """
    if not file.exists():
        return scenario.start
    if not file.is_file():
        raise click.BadParameter(f"{file} is not a regular file.", param_hint="'--state'")
    try:
        checkpoint = msgspec.json.decode(file.read_bytes(), type=Checkpoint)
        _check(checkpoint, scenario)
        scenario.space.load(checkpoint.sync_states)
        return checkpoint.now.astimezone(UTC)
    except OSError as error:
        raise click.ClickException(f"{file}: {error.strerror}") from None
    except InvalidSpace as error:
        raise click.ClickException(f"{file}: {error}") from None
    except (ValueError, OverflowError, RecursionError) as error:
        raise click.ClickException(
            f"{file}: was not written by --state ({error}). Name another file, or remove it to "
            "send everything again."
        ) from None


def save(scenario: Scenario, file: Path, now: datetime) -> None:
    """Write the file; a crash meanwhile leaves the old one intact."""
    temporary = file.with_name(f"{file.name}.new")
    checkpoint = Checkpoint(scenario.space.space_id, now, scenario.space.save())
    try:
        temporary.write_bytes(msgspec.json.encode(checkpoint))
        temporary.replace(file)
    except OSError as error:
        raise click.ClickException(
            f"{file}: the state cannot be written: {error.strerror}"
        ) from None


def _check(checkpoint: Checkpoint, scenario: Scenario) -> None:
    space, states = scenario.space, checkpoint.sync_states
    keys = {computation.key for computation in space.computations}
    if checkpoint.space_id != space.space_id or (states and not keys & states.keys()):
        raise InvalidSpace("the state", "belongs to another space: name another file")
    if checkpoint.now > scenario.until:
        reached = f"{checkpoint.now:%Y-%m-%d %H:%M}"
        raise InvalidSpace("the state", f"has already reached {reached}: use more --days")
