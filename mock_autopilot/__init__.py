"""A stateful fake of the Autopilot REST API.

    from mock_autopilot import MockAutopilot

    with MockAutopilot() as autopilot:
        ...  # let the code under test call autopilot.base_url with autopilot.api_key
        assert "chris@example.com" in autopilot.contacts

The names are loaded on first use, so that a command pays only for what it needs.
"""

from importlib import import_module
from typing import TYPE_CHECKING

__all__ = ["AccountView", "ApiError", "Call", "Export", "MockAutopilot", "SeedWarning"]

if TYPE_CHECKING:
    from mock_autopilot.account.errors import ApiError
    from mock_autopilot.account_view import AccountView
    from mock_autopilot.export.case import Export
    from mock_autopilot.mock import MockAutopilot
    from mock_autopilot.recording.journal import Call
    from mock_autopilot.seeds import SeedWarning
else:  # hidden from type checkers, which would take any name for one of the package's

    def __getattr__(name: str) -> object:
        modules = {
            "AccountView": "account_view",
            "ApiError": "account.errors",
            "Call": "recording.journal",
            "Export": "export.case",
            "MockAutopilot": "mock",
            "SeedWarning": "seeds",
        }
        if name not in modules:
            raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
        return getattr(import_module(f"{__name__}.{modules[name]}"), name)
