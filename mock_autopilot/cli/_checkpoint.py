"""What is kept of a run of `engage` so that another can go on."""

from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated, Any

import click
import msgspec

from adapter.engage import InvalidSpace, Scenario


class Saved(msgspec.Struct):
    """The file: whose it is, the time at which it stands, and what Autopilot was told."""

    space_id: str
    now: Annotated[datetime, msgspec.Meta(tz=True)]
    told: dict[str, Any]


def go_on(scenario: Scenario, file: Path) -> datetime:
    """Load the state, if there is one; give the time at which it stood."""
    if not file.exists():
        return scenario.start
    if not file.is_file():
        raise click.BadParameter(f"{file} is no file.", param_hint="'--state'")
    try:
        saved = msgspec.json.decode(file.read_bytes(), type=Saved)
        _check(saved, scenario)
        scenario.space.load(saved.told)
        return saved.now.astimezone(UTC)
    except OSError as error:
        raise click.ClickException(f"{file}: {error.strerror}") from None
    except InvalidSpace as error:
        raise click.ClickException(f"{file}: {error}") from None
    except (ValueError, OverflowError, RecursionError) as error:
        raise click.ClickException(
            f"{file}: is not what --state wrote ({error}). Name another file, or remove it to "
            "send everything anew."
        ) from None


def keep(scenario: Scenario, file: Path, now: datetime) -> None:
    """Write the state; a crash in the middle leaves the old one."""
    written = file.with_name(f"{file.name}.new")
    saved = Saved(scenario.space.space_id, now, scenario.space.save())
    try:
        written.write_bytes(msgspec.json.encode(saved))
        written.replace(file)
    except OSError as error:
        raise click.ClickException(
            f"{file}: the state cannot be written: {error.strerror}"
        ) from None


def _check(saved: Saved, scenario: Scenario) -> None:
    keys = {computation.key for computation in scenario.space.computations}
    if saved.space_id != scenario.space.space_id or (saved.told and not keys & saved.told.keys()):
        raise InvalidSpace("the state", "is another space's: name another file")
    if saved.now > scenario.until:
        reached = f"{saved.now:%Y-%m-%d %H:%M}"
        raise InvalidSpace("the state", f"stands at {reached} already: give more --days")
