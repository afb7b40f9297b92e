"""Every test of the API runs on two storages; and a way to call a test's account."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest
import requests

from mock_autopilot import AccountView, MockAutopilot

Call = Callable[..., requests.Response]


@pytest.fixture(scope="module", autouse=True)
def both_storages(storage: None) -> None:
    """Run every test of the API on each storage."""


@pytest.fixture(scope="module")
def server(storage: None) -> Iterator[MockAutopilot]:
    with MockAutopilot() as autopilot:
        yield autopilot


@pytest.fixture(scope="session")
def session() -> Iterator[requests.Session]:
    with requests.Session() as session:
        session.trust_env = False
        yield session


@pytest.fixture
def call(account: AccountView, session: requests.Session) -> Call:
    """Call the API: `call("GET", "contact/a@b.c")`, with a JSON body or None."""

    def call(method: str, path: str, body: Any = None, key: str | None = None) -> requests.Response:
        headers = {"autopilotapikey": account.api_key if key is None else key}
        url = f"{account.base_url}{path}"
        return session.request(method, url, headers=headers, json=body, timeout=10)

    return call


@pytest.fixture
def control(account: AccountView, session: requests.Session) -> Call:
    """Make a control call: `control("GET", "state")`."""

    def control(method: str, path: str, body: Any = None, **headers: str) -> requests.Response:
        url = account.base_url.removesuffix("v1/") + f"_mock/{path}"
        headers = {"autopilotapikey": account.api_key} | headers
        return session.request(method, url, headers=headers, json=body, timeout=10)

    return control
