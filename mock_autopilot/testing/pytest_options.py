"""The options of a test's fake: from pytest's ini file, fixtures and the marker `autopilot`."""

from collections.abc import Mapping
from dataclasses import fields
from typing import Any

import pytest

from mock_autopilot.account.call_warnings import Warnings
from mock_autopilot.account.clock import make_clock
from mock_autopilot.account.errors import ApiError
from mock_autopilot.options import (
    AccountOptions,
    ServerOptions,
    account_part,
    parse_journey,
    require_known,
)
from mock_autopilot.seeds import read_state

NUMBERS = ("id_seed", "journal_size")
SERVER_OPTIONS = tuple(option.name for option in fields(ServerOptions))
INTERCEPT_OPTIONS = ("base_urls", "passthrough")
ENVIRONMENT = ("api_key", "base_url")
"""The attributes of an account that environment variables are set to."""
INI_OPTIONS: pytest.StashKey[dict[str, Any]] = pytest.StashKey()
"""In the stash of the run: what its ini file gives, read once."""


def server_options(config: pytest.Config, given: Mapping[str, Any]) -> dict[str, Any]:
    """Return the options of a session's server: those of the ini file, changed by `given`.

    `given` is what the fixture `autopilot_options` returns. Raises TypeError or ValueError that
    names the fixture, or the ini option that is not valid.
    """
    require_mapping("autopilot_options", given)
    require_known(given, SERVER_OPTIONS, "the fixture autopilot_options")
    return {**ini_options(config), **given}


def require_mapping(fixture: str, returned: object) -> None:
    """Raise TypeError unless a fixture has returned a mapping."""
    if not isinstance(returned, Mapping):
        raise TypeError(f"the fixture {fixture} must return a dict, got {returned!r:.100}")


def intercept_options(given: Mapping[str, Any]) -> tuple[tuple[str, ...], Any]:
    """Return the base URLs and the passthrough that `autopilot_intercept_options` has returned.

    Raises TypeError that names the fixture.
    """
    fixture = "autopilot_intercept_options"
    require_mapping(fixture, given)
    if misplaced := [*filter(SERVER_OPTIONS.__contains__, given)]:
        raise TypeError(f"{misplaced[0]} is not for the fixture {fixture}: use autopilot_options")
    require_known(given, INTERCEPT_OPTIONS, f"the fixture {fixture}")
    base_urls = given.get("base_urls", ())
    if not isinstance(base_urls, str | list | tuple):
        wanted = "a URL, or a list of URLs"
        raise TypeError(f"base_urls of the fixture {fixture} must be {wanted}, got {base_urls!r}")
    one_or_more = (base_urls,) if isinstance(base_urls, str) else tuple(base_urls)
    return one_or_more, given.get("passthrough", ())


def check_environment(returned: Mapping[str, Any]) -> None:
    """Raise TypeError unless `autopilot_environment` has returned names of variables."""
    fixture = "autopilot_environment"
    require_mapping(fixture, returned)
    require_known(returned, ENVIRONMENT, f"the fixture {fixture}")
    for name, variable in returned.items():
        if not isinstance(variable, str) or not variable:
            wanted = f"the name of an environment variable, got {variable!r}"
            raise TypeError(f"{name} of the fixture {fixture} must be {wanted}")


def ini_options(config: pytest.Config) -> dict[str, Any]:
    """Return the options that the ini file gives: `autopilot_strict = true`."""
    if INI_OPTIONS not in config.stash:
        config.stash[INI_OPTIONS] = _read_ini(config)
    return config.stash[INI_OPTIONS]


def _read_ini(config: pytest.Config) -> dict[str, Any]:
    options = {}
    for name in AccountOptions.__annotations__:
        ini_name = f"autopilot_{name}"
        try:
            value = config.getini(ini_name)
            if value not in (None, ""):
                options[name] = _read(config, name, value)
        except (ValueError, OSError, ApiError, pytest.UsageError) as error:
            raise ValueError(f"{ini_name} in {config.inipath}: {error}") from None
    return options


def _read(config: pytest.Config, name: str, value: Any) -> Any:
    if name in NUMBERS:
        return int(value)
    if name == "journeys":
        return tuple(map(parse_journey, value))
    if name == "seed":  # a file, from the folder of the ini file
        path = (config.inipath.parent if config.inipath else config.rootpath) / value
        read_state(path, Warnings())  # refused here, where the ini option can be named
        return path
    if name == "clock":
        make_clock(value)
    return value


def account_options(
    given: Mapping[str, Any], served: Mapping[str, Any], test: pytest.Item
) -> dict[str, Any]:
    """Return the options of a test's account: those that are given, changed by its markers.

    A marker of the function goes before one of its class or module. `served` is what the session's
    server was made with, for the first test that used it: what is not given to this test too has
    its default, so that no module has the options of another. Raises TypeError for one of the whole
    server that is not as the server was made with.
    """
    for name, value in given.items():
        if name not in AccountOptions.__annotations__ and value != served.get(name):
            raise TypeError(
                f"the fixture autopilot_options returns {name}={value!r} for this test, but the "
                "one server of the run was made without it: return it in the topmost conftest.py"
            )
    defaults = {option.name: option.default for option in fields(ServerOptions)}
    unset = {name: defaults[name] for name in account_part(served)}
    return {**unset, **account_part(given), **marker_options(test)}


def marker_options(test: pytest.Item) -> dict[str, Any]:
    """Return what the markers say; raises TypeError for one with arguments that have no name."""
    options: dict[str, Any] = {}
    for mark in reversed([*test.iter_markers("autopilot")]):
        if mark.args:
            example = "@pytest.mark.autopilot(strict=True)"
            raise TypeError(f"the marker takes options by name, as in {example}; got {mark.args}")
        options |= mark.kwargs
    return options
