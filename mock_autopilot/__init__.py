"""A stateful fake of the Autopilot REST API.

    from mock_autopilot import MockAutopilot

    with MockAutopilot() as autopilot:
        ...  # let the code under test call autopilot.base_url with autopilot.api_key
        assert "chris@example.com" in autopilot.contacts

The names are loaded on first use, so that a command pays only for what it needs.
"""

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from mock_autopilot.errors import ApiError
    from mock_autopilot.journal import Call
    from mock_autopilot.mock import AccountView, MockAutopilot, SeedWarning

__all__ = ["AccountView", "ApiError", "Call", "MockAutopilot", "SeedWarning"]


def __getattr__(name: str) -> object:
    homes = {
        "AccountView": "mock",
        "ApiError": "errors",
        "Call": "journal",
        "MockAutopilot": "mock",
        "SeedWarning": "mock",
    }
    if name not in homes:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"{__name__}.{homes[name]}"), name)
