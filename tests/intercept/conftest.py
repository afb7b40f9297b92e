"""Calls by each client library: `requests`, and `httpx` in both ways."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import Any

import httpx
import pytest
import requests

BASE_URL = "https://api2.autopilothq.com/v1/"
KEY = {"autopilotapikey": "sandbox-key"}
ADA = {"contact": {"Email": "ada@example.com"}}


@dataclass(frozen=True)
class Client:
    """A client library: how to make a call, and what it raises."""

    send: Callable[..., Any]
    refused: type[Exception]
    dropped: type[Exception]
    timed_out: type[Exception]

    def __call__(self, method: str, url: str = f"{BASE_URL}contact", **named: Any) -> Any:
        headers = KEY | named.pop("headers", {})
        return self.send(method, url, **{"timeout": 20, "headers": headers} | named)

    def add(self, email: str, base_url: str = BASE_URL) -> Any:
        return self("POST", f"{base_url}contact", json={"contact": {"Email": email}})


def send_async(*args: Any, **named: Any) -> httpx.Response:
    async def send() -> httpx.Response:
        async with httpx.AsyncClient(verify=False) as client:
            return await client.request(*args, **named)

    return asyncio.run(send())


# Without verify=False each client loads the system's certificates, which takes most of its time.
HTTPX = (httpx.ConnectError, httpx.RemoteProtocolError, httpx.ReadTimeout)
CLIENTS = {
    "requests": Client(
        requests.request, requests.ConnectionError, requests.ConnectionError, requests.ReadTimeout
    ),
    "httpx": Client(partial(httpx.request, verify=False), *HTTPX),
    "httpx-async": Client(send_async, *HTTPX),
}


@pytest.fixture(params=[*CLIENTS.values()], ids=[*CLIENTS])
def client(request: pytest.FixtureRequest) -> Client:
    """Return each client library."""
    found: Client = request.param
    return found


@pytest.fixture
def waits(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """Record for how many seconds was waited, instead of waiting."""
    waited: list[float] = []

    async def sleep(seconds: float) -> None:
        waited.append(seconds)

    monkeypatch.setattr("mock_autopilot.interception.requests_client.sleep", waited.append)
    monkeypatch.setattr("mock_autopilot.interception.httpx_client.sleep", waited.append)
    monkeypatch.setattr("mock_autopilot.interception.httpx_client.anyio.sleep", sleep)
    return waited
