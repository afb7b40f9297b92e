"""The options of a fake, with defaults and help: one source for the command line and Python."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import Field, dataclass, field, fields, replace
from datetime import datetime
from difflib import get_close_matches
from pathlib import Path
from typing import Any, TypedDict, TypeGuard, Unpack, cast

DEFAULT_KEY = "sandbox-key"


@dataclass(frozen=True)
class ServerOptions:
    """How a fake behaves.

    A new option is one field here, read where it counts: `mock-autopilot serve` and
    `MockAutopilot` take it from here. Its metadata has the help, the limits of a number and, for
    the command line, what differs there. Raises ValueError or TypeError that names the option.
    """

    api_key: str = field(
        default=DEFAULT_KEY,
        metadata={
            "help": "API key of the account.",
            "command_help": "Give it again for more accounts.",
            "metavar": "KEY",
        },
    )
    host: str = field(default="127.0.0.1", kw_only=True, metadata={"help": "Address to listen on."})
    port: int = field(
        default=0,
        kw_only=True,
        metadata={
            "help": "Port to listen on; 0 takes a free one.",
            "command_default": 8025,
            "min": 0,
            "max": 65535,
        },
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
            "help": "State that the accounts begin with, as GET /_mock/state gives it.",
            "command_help": "The name of a JSON file.",
            "per_account": True,
        },
    )
    journeys: Sequence[str | tuple[str, str | None]] = field(
        default=(),
        kw_only=True,
        metadata={
            "help": "Journeys to define: a name, or name and trigger id; without one the trigger "
            "gets the next free number.",
            "command_help": "Give it again for more journeys.",
            "metavar": "NAME[=TRIGGER_ID]",
            "per_account": True,
        },
    )
    auto_journeys: bool = field(
        default=True,
        kw_only=True,
        metadata={
            "help": "Make a journey of an unknown trigger on its first use; else it is a 404.",
            "per_account": True,
        },
    )
    strict: bool = field(
        default=False,
        kw_only=True,
        metadata={
            "help": "Answer 400 to all that is otherwise only warned about.",
            "per_account": True,
        },
    )
    max_body: int = field(
        default=1024 * 1024,
        kw_only=True,
        metadata={
            "help": "Largest request body that is accepted, in bytes.",
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
            "per_account": True,
        },
    )
    id_seed: int | None = field(
        default=None,
        kw_only=True,
        metadata={
            "help": "Number from which all ids and keys are made, the same in each run; without "
            "one they are random.",
            "metavar": "N",
            "min": 0,
            "per_account": True,
        },
    )
    clock: Callable[[], datetime] | datetime | str | None = field(
        default=None,
        kw_only=True,
        metadata={
            "help": "Time at which the clock stands (ISO 8601; UTC without a zone), in place of "
            "the present.",
            "metavar": "TIME",
            "per_account": True,
        },
    )
    control_token: str | None = field(
        default=None,
        kw_only=True,
        metadata={
            "help": "Token that control calls must show. Without one, none on a loopback address, "
            "else a random one.",
            "metavar": "TOKEN",
        },
    )

    def __post_init__(self) -> None:
        for option in fields(self):
            _check(option, getattr(self, option.name))
        if self.control_token == "":
            raise ValueError("control_token must not be empty; None means the default")
        check_journeys(self.journeys)

    @property
    def named_journeys(self) -> Iterator[tuple[str, str | None]]:
        """The journeys to define, each with its name and its trigger's id or None."""
        for journey in self.journeys:
            yield (journey, None) if isinstance(journey, str) else journey

    def for_account(self, **changed: Unpack["AccountOptions"]) -> "ServerOptions":
        """Return the options of another account: it begins empty, and differs in what is given.

        Raises TypeError for one that is the whole fake's, with the nearest name for a typo.
        """
        require_known(changed, AccountOptions.__annotations__, "an account")
        return replace(replace(self, seed=None, journeys=()), **changed)


class AccountOptions(TypedDict, total=False):
    """The options that one account can have for itself; `ServerOptions` says what they mean."""

    seed: Mapping[str, Any] | str | Path | None
    journeys: Sequence[str | tuple[str, str | None]]
    auto_journeys: bool
    strict: bool
    journal_size: int
    id_seed: int | None
    clock: Callable[[], datetime] | datetime | str | None


def require_known(names: Iterable[str], known: Iterable[str], owner: str) -> None:
    """Raise TypeError for the first name of an option that the owner does not have.

    It has the nearest name for a typo, else all that are known.
    """
    known = list(known)
    for name in names:
        if name not in known:
            near = get_close_matches(name, known, n=1)
            hint = f"did you mean {near[0]}?" if near else f"there are {', '.join(known)}"
            raise TypeError(f"{owner} has no option {name!r}; {hint}")


def account_part(options: Mapping[str, Any]) -> AccountOptions:
    """Return those of a fake's options that one account can have for itself."""
    part = {name: options[name] for name in AccountOptions.__annotations__ if name in options}
    return cast(AccountOptions, part)


def parse_journey(text: str) -> tuple[str, str | None]:
    """Return the name and the trigger id, or None, of a journey in the form NAME[=TRIGGER_ID].

    Raises ValueError that says what is wrong with it.
    """
    name, _, trigger_id = text.partition("=")
    if not name.strip():
        raise ValueError(f"{text!r} has no name; write NAME or NAME=TRIGGER_ID.")
    if "/" in trigger_id:
        raise ValueError(f"the trigger id {trigger_id!r} may hold no slash.")
    return name, trigger_id or None


_JOURNEYS_EXAMPLE = 'as in journeys=["Trial", ("Welcome", "0001")]'


def check_journeys(journeys: object) -> None:
    """Raise TypeError or ValueError that says what is wrong with the journeys of an option."""
    if isinstance(journeys, str) or not isinstance(journeys, Sequence):
        raise TypeError(f"journeys must be a list, {_JOURNEYS_EXAMPLE}; got {journeys!r}")
    names = set[str]()
    for journey in journeys:
        if isinstance(journey, str):
            name, equals, trigger_id = journey.partition("=")
            if equals:  # the form of the command line
                pair = f"({name!r}, {trigger_id or None!r})"
                raise ValueError(f"journeys takes pairs: write {pair} in place of {journey!r}")
        elif _is_name_with_trigger(journey):
            name, _ = journey
        else:
            wanted = "names, or pairs of a name and a trigger id or None"
            raise TypeError(f"journeys must be {wanted}, {_JOURNEYS_EXAMPLE}; got {journey!r}")
        if name in names:
            raise ValueError(f"journeys has the name {name!r} twice; give each one its own")
        names.add(name)


def _is_name_with_trigger(pair: object) -> TypeGuard[tuple[str, str | None]]:
    return (
        isinstance(pair, tuple)
        and len(pair) == 2
        and isinstance(pair[0], str)
        and isinstance(pair[1], str | None)
    )


def _check(option: Field[Any], value: object) -> None:
    """Refuse a number, text, True or False that is none: `"no"` would be as good as True."""
    if value is None and option.default is None:
        return
    if "min" in option.metadata:
        _check_number(option, value)
    elif isinstance(option.default, bool) and not isinstance(value, bool):
        raise TypeError(f"{option.name} must be True or False, got {value!r}")
    elif option.name in _TEXTS and not isinstance(value, str):
        raise TypeError(f"{option.name} must be a string, got {value!r}")


_TEXTS = ("api_key", "host", "control_token")


def _check_number(option: Field[Any], value: object) -> None:
    least, most = option.metadata["min"], option.metadata.get("max")
    if not isinstance(value, int) or isinstance(value, bool):
        raise TypeError(f"{option.name} must be a whole number, got {value!r}")
    if value < least:
        raise ValueError(f"{option.name} must be at least {least}, got {value}")
    if most is not None and value > most:
        raise ValueError(f"{option.name} must be at most {most}, got {value}")
