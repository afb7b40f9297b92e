"""The settings of a destination: account, API address, and the trigger of each event."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, NoReturn
from urllib.parse import urlsplit

from adapter.errors import InvalidSettings

_EXAMPLE = "http://127.0.0.1:8025/v1/"


@dataclass(frozen=True, repr=False)
class Settings:
    """The settings of one Autopilot destination.

    Args:
        api_key: the account's key; required (`seed`).
        base_url: where the API is, http or https; required, and kept with one `/` at its end.
            There is no default: the vendor's old host is gone, and whoever owns its name now
            would receive users' data and the key.
        journeys: trigger ids by event name, the name exactly as in the message (`ours`).
        default_trigger: the trigger id of every other event; without it an event's trigger id is
            its name in snake_case (`ours`).

    Raises:
        InvalidSettings: a setting that cannot work; the text names it and says the fix.

    """

    api_key: str
    base_url: str = ""
    journeys: Mapping[str, str] = field(default_factory=dict, hash=False)
    default_trigger: str | None = None

    def __post_init__(self) -> None:
        _check_api_key(self.api_key)
        object.__setattr__(self, "base_url", _base_url(self.base_url))
        _check_journeys(self.journeys)
        object.__setattr__(self, "journeys", _ReadOnlyDict(self.journeys))
        if self.default_trigger is not None:
            _check_trigger_id("default_trigger", self.default_trigger)

    def __repr__(self) -> str:
        """Return it without the key, except its last four characters to tell accounts apart."""
        shown = f"…{self.api_key[-4:]}" if len(self.api_key) > 8 else "…"
        return (
            f"Settings(api_key={shown!r}, base_url={self.base_url!r}, "
            f"journeys={dict(self.journeys)!r}, default_trigger={self.default_trigger!r})"
        )


class _ReadOnlyDict(dict[str, str]):
    """A dict that cannot be changed, but (unlike `MappingProxyType`) pickled and deep-copied."""

    def _refuse(self, *_: Any, **__: Any) -> NoReturn:
        raise TypeError("settings cannot be changed: make new ones with dataclasses.replace")

    __setitem__ = __delitem__ = __ior__ = _refuse
    clear = pop = popitem = setdefault = update = _refuse

    def __reduce__(self) -> tuple[type, tuple[dict[str, str]]]:
        return type(self), (dict(self),)


def _check_api_key(api_key: object) -> None:
    if not isinstance(api_key, str) or not api_key.strip():
        raise InvalidSettings("api_key", "is missing: copy it from Autopilot's settings page")
    # A header's value is Latin-1 and holds no line ends.
    if api_key != api_key.strip() or any(ord(c) < 32 or 127 <= ord(c) < 160 for c in api_key):
        raise InvalidSettings("api_key", "has white space or a control character: copy it again")
    if any(ord(c) > 255 for c in api_key):
        raise InvalidSettings("api_key", "has a character no HTTP header can carry: copy it again")


def _base_url(base_url: object) -> str:
    if base_url is None or (isinstance(base_url, str) and not base_url.strip()):
        raise InvalidSettings(
            "base_url",
            "is missing: start `mock-autopilot serve` and use the base URL that it prints, such as "
            f"{_EXAMPLE}, or MockAutopilot().base_url in Python",
        )
    example = f"use one like {_EXAMPLE}"
    if not isinstance(base_url, str):
        raise InvalidSettings("base_url", f"must be a URL as text: {example}")
    try:
        parts = urlsplit(base_url.strip())
        usable = parts.scheme in ("http", "https") and parts.hostname and parts.port != 0
    except ValueError:
        usable = False
    if not usable:
        raise InvalidSettings("base_url", f"is not an http or https URL: {example}")
    if parts.query or parts.fragment or "@" in parts.netloc:
        raise InvalidSettings("base_url", f"has a user name, query or fragment: {example}")
    return base_url.strip().rstrip("/") + "/"


def _check_journeys(journeys: object) -> None:
    if not isinstance(journeys, Mapping):
        raise InvalidSettings("journeys", "must map event names to trigger ids")
    for event, trigger_id in journeys.items():
        if not isinstance(event, str) or not event.strip():
            raise InvalidSettings("journeys", f"has the key {event!r}: use an event's name")
        _check_trigger_id(f"journeys[{event!r}]", trigger_id)


def _check_trigger_id(name: str, trigger_id: object) -> None:
    if not isinstance(trigger_id, str) or not trigger_id.strip():
        raise InvalidSettings(name, "must be a trigger id as text, such as '0001'")
    # HTTP clients remove dot segments from a path, and servers decode %2F to a slash.
    if (
        trigger_id in (".", "..")
        or "/" in trigger_id
        or any(0xD800 <= ord(c) <= 0xDFFF for c in trigger_id)
    ):
        raise InvalidSettings(name, "cannot stand in a path: use the id that Autopilot shows")
