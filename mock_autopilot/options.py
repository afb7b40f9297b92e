"""The options of a fake, with defaults and help: one source for the command line and Python."""

from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from pathlib import Path
from typing import Any

DEFAULT_KEY = "sandbox-key"


@dataclass(frozen=True)
class ServerOptions:
    """How a fake behaves.

    A new option is one field here, read where it counts: `mock-autopilot serve` and
    `MockAutopilot` take it from here. Its metadata has the help, the limits of a number and, for
    the command line, the `metavar`. Raises ValueError for a number that is out of its limits.
    """

    api_key: str = field(
        default=DEFAULT_KEY,
        metadata={
            "help": "API key of an account; give it again for more.  [default: sandbox-key]",
            "metavar": "KEY",
        },
    )
    host: str = field(default="127.0.0.1", kw_only=True, metadata={"help": "Address to listen on."})
    port: int = field(
        default=0,
        kw_only=True,
        metadata={"help": "Port to listen on; 0 takes a free one.", "min": 0, "max": 65535},
    )
    any_key: bool = field(
        default=False,
        kw_only=True,
        metadata={"help": "Make an account for any key on its first use."},
    )
    seed: Mapping[str, Any] | str | Path | None = field(
        default=None,
        kw_only=True,
        metadata={
            "help": "JSON file with the state that the accounts begin with, as GET /_mock/state "
            "gives it."
        },
    )
    journeys: tuple[tuple[str, str | None], ...] = field(
        default=(),
        kw_only=True,
        metadata={
            "help": "Define a journey; its trigger gets the next free number when none is given.",
            "metavar": "NAME[=TRIGGER_ID]",
        },
    )
    auto_journeys: bool = field(
        default=True,
        kw_only=True,
        metadata={"help": "Make a journey of an unknown trigger on first use, or answer 404."},
    )
    strict: bool = field(
        default=False,
        kw_only=True,
        metadata={"help": "Answer 400 to all that is otherwise only warned about."},
    )
    max_body: int = field(
        default=1024 * 1024,
        kw_only=True,
        metadata={
            "help": "Largest request body that is accepted.",
            "metavar": "BYTES",
            "min": 1,
        },
    )
    journal_size: int = field(
        default=10_000,
        kw_only=True,
        metadata={
            "help": "Calls that are remembered for each account.",
            "metavar": "CALLS",
            "min": 0,
        },
    )
    control_token: str | None = field(
        default=None,
        kw_only=True,
        metadata={
            "help": "Token that control calls must show.  "
            "[default: none on a loopback address, else made up]",
            "metavar": "TOKEN",
        },
    )

    def __post_init__(self) -> None:
        for option in fields(self):
            value = getattr(self, option.name)
            least, most = option.metadata.get("min"), option.metadata.get("max")
            if least is not None and value < least:
                raise ValueError(f"{option.name} must be at least {least}, got {value}")
            if most is not None and value > most:
                raise ValueError(f"{option.name} must be at most {most}, got {value}")
