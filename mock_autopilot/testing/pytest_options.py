"""The options of a test's fake: from pytest's ini file, fixtures and the marker `autopilot`."""

from collections.abc import Mapping
from dataclasses import fields
from typing import Any

import pytest

from mock_autopilot.options import AccountOptions, ServerOptions, account_part, parse_journey

NUMBERS = ("id_seed", "journal_size")


def server_options(config: pytest.Config, given: Mapping[str, Any]) -> dict[str, Any]:
    """Return the options of a session's server: those of the ini file, changed by `given`.

    Raises ValueError that names the ini option that is not valid.
    """
    return {**ini_options(config), **given}


def ini_options(config: pytest.Config) -> dict[str, Any]:
    """Return the options that the ini file gives: `autopilot_strict = true`."""
    options = {}
    for name in AccountOptions.__annotations__:
        ini_name = f"autopilot_{name}"
        try:
            value = config.getini(ini_name)
            if value not in (None, ""):
                options[name] = _read(config, name, value)
        except (ValueError, pytest.UsageError) as error:
            raise ValueError(f"{ini_name} in {config.inipath}: {error}") from None
    return options


def _read(config: pytest.Config, name: str, value: Any) -> Any:
    if name in NUMBERS:
        return int(value)
    if name == "journeys":
        return tuple(map(parse_journey, value))
    if name == "seed":  # a file, from the folder of the ini file
        return (config.inipath.parent if config.inipath else config.rootpath) / value
    return value


def account_options(
    given: Mapping[str, Any], served: Mapping[str, Any], test: pytest.Item
) -> dict[str, Any]:
    """Return the options of a test's account: those that are given, changed by its markers.

    A marker of the function goes before one of its class or module. `served` is what the session's
    server was made with, for the first test that used it: what is not given to this test too has
    its default, so that no module has the options of another.
    """
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
