"""A stateful fake of the Autopilot REST API.

    from mock_autopilot import MockAutopilot

    with MockAutopilot() as autopilot:
        ...  # let the code under test call autopilot.base_url with autopilot.api_key
        autopilot.assert_contact("chris@example.com", FirstName="Chris")

The names are loaded on first use, so that a command pays only for what it needs.
PYTEST_DONT_REWRITE: pytest need not look for tests here, nor warn of what was imported before it.
"""

from importlib import import_module
from typing import TYPE_CHECKING

__all__ = [
    "AccountView",
    "ApiError",
    "AutopilotTestCase",
    "Call",
    "Export",
    "InProcessAutopilot",
    "LateCallWarning",
    "ManualClock",
    "MockAutopilot",
    "RefusedCall",
    "SeedWarning",
    "intercept",
]

if TYPE_CHECKING:
    from mock_autopilot.account.clock import ManualClock
    from mock_autopilot.account.errors import ApiError
    from mock_autopilot.account_view import AccountView
    from mock_autopilot.export.case import Export
    from mock_autopilot.in_process import InProcessAutopilot
    from mock_autopilot.interception.intercept import intercept
    from mock_autopilot.mock import MockAutopilot
    from mock_autopilot.recording.journal import Call
    from mock_autopilot.recording.refused_calls import RefusedCall
    from mock_autopilot.seeds import SeedWarning
    from mock_autopilot.unittest_case import AutopilotTestCase, LateCallWarning
else:  # hidden from type checkers, which would take any name for one of the package's

    def __getattr__(name: str) -> object:
        modules = {
            "AccountView": "account_view",
            "ApiError": "account.errors",
            "AutopilotTestCase": "unittest_case",
            "Call": "recording.journal",
            "Export": "export.case",
            "InProcessAutopilot": "in_process",
            "LateCallWarning": "unittest_case",
            "ManualClock": "account.clock",
            "MockAutopilot": "mock",
            "RefusedCall": "recording.refused_calls",
            "SeedWarning": "seeds",
            "intercept": "interception.intercept",
        }
        if name not in modules:
            raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
        return getattr(import_module(f"{__name__}.{modules[name]}"), name)
