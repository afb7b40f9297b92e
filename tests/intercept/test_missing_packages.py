"""What `intercept()` does without the packages that are optional."""

from typing import Any

import pytest
import requests
from requests.adapters import HTTPAdapter

from mock_autopilot import intercept
from mock_autopilot.interception import intercept as module
from tests.intercept.conftest import CLIENTS


def without(*missing: str) -> Any:
    return lambda name: None if name in missing else object()


def test_without_the_needed_packages_it_says_what_to_install(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(module, "find_spec", without("responses", "httpx"))
    with pytest.raises(ModuleNotFoundError, match="pip install responses"), intercept():
        pass
    monkeypatch.undo()
    with intercept() as autopilot:
        CLIENTS["requests"].add("ada@example.com")
        assert autopilot.calls


def test_with_httpx_alone_calls_of_requests_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "find_spec", without("responses"))
    with intercept() as autopilot:
        with pytest.raises(requests.ConnectionError, match="pip install responses"):
            CLIENTS["requests"].add("ada@example.com")
        CLIENTS["httpx"].add("ada@example.com")
        assert len(autopilot.calls) == 1
    assert HTTPAdapter.send.__module__ == "requests.adapters"


def test_without_httpx_requests_are_answered(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "find_spec", without("httpx"))
    with intercept() as autopilot:
        CLIENTS["requests"].add("ada@example.com")
        assert len(autopilot.calls) == 1
