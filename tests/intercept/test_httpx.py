"""What is particular to `httpx`: its transports, bodies, time limits and event loops."""

import asyncio
from collections.abc import AsyncIterator, Iterator
from typing import Any

import httpx
import pytest

from mock_autopilot import intercept
from tests.intercept.conftest import BASE_URL, KEY

CONTACT = f"{BASE_URL}contact"
CONTACTS = f"{BASE_URL}contacts"
JSON = b'{"contact": {"Email": "ada@example.com"}}'


async def in_parts(parts: list[bytes]) -> AsyncIterator[bytes]:
    for part in parts:
        yield part


def test_a_body_in_parts_arrives() -> None:
    with intercept() as autopilot:
        httpx.post(CONTACT, content=iter([JSON[:7], b"", JSON[7:]]), headers=KEY)

        async def post() -> None:
            async with httpx.AsyncClient(verify=False) as client:
                await client.post(CONTACT, content=in_parts([JSON[:7], JSON[7:]]), headers=KEY)

        asyncio.run(post())
        assert [call.request_body for call in autopilot.calls] == [JSON, JSON]


def test_a_body_that_fails_is_recorded_as_it_came() -> None:
    async def failing() -> AsyncIterator[bytes]:
        yield b'{"contact"'
        raise KeyError

    async def post() -> None:
        async with httpx.AsyncClient(verify=False) as client:
            await client.post(CONTACT, content=failing(), headers=KEY)

    with intercept() as autopilot:
        with pytest.raises(KeyError):
            asyncio.run(post())
        (call,) = autopilot.calls
        assert (call.request_body, call.status) == (b'{"contact"', 400)


def test_a_declared_length_that_is_too_large_is_refused_unread() -> None:
    pulled: list[bytes] = []

    def body() -> Iterator[bytes]:
        for _ in range(5):
            pulled.append(b"x")
            yield b" " * 500

    async def async_body() -> AsyncIterator[bytes]:
        for part in body():
            yield part

    headers = KEY | {"Content-Length": "2500"}
    with intercept(max_body=1000) as autopilot:
        assert httpx.post(CONTACT, content=body(), headers=headers).status_code == 413

        async def post() -> int:
            async with httpx.AsyncClient(verify=False) as client:
                return (
                    await client.post(CONTACT, content=async_body(), headers=headers)
                ).status_code

        assert asyncio.run(post()) == 413
        assert len(pulled) == 0
        assert [call.request_size for call in autopilot.calls] == [2500, 2500]


def test_an_answer_can_be_read_as_it_comes() -> None:
    with intercept():
        with httpx.stream("GET", CONTACTS, headers=KEY) as answer:
            assert b"".join(answer.iter_raw()) == b'{"contacts":[],"total_contacts":0}'

        async def stream() -> bytes:
            async with (
                httpx.AsyncClient(verify=False) as client,
                client.stream("GET", CONTACTS) as answer,
            ):
                return await answer.aread()

        assert b"No autopilotapikey" in asyncio.run(stream())


def test_a_response_looks_like_one_from_the_network() -> None:
    with intercept():
        answer = httpx.get(CONTACTS, headers=KEY)
        assert (answer.http_version, answer.reason_phrase) == ("HTTP/1.1", "OK")
        assert answer.request.url == CONTACTS
        assert answer.raise_for_status().json() == {"contacts": [], "total_contacts": 0}


def test_only_the_limit_for_reading_counts(waits: list[float]) -> None:
    with intercept() as autopilot:
        autopilot.fail_next(delay=3, times=None)
        limit = httpx.Timeout(1, read=4)
        assert httpx.get(CONTACTS, headers=KEY, timeout=limit).status_code == 200
        with pytest.raises(httpx.ReadTimeout):
            httpx.get(CONTACTS, headers=KEY, timeout=httpx.Timeout(60, read=3))
        assert sum(waits) == 3


def test_a_client_with_a_transport_of_its_own_is_left_alone() -> None:
    def answer(request: httpx.Request) -> httpx.Response:
        return httpx.Response(200, text="own")

    with intercept() as autopilot, httpx.Client(transport=httpx.MockTransport(answer)) as client:
        assert client.get(CONTACTS).text == "own"
        assert not autopilot.calls


def test_a_transport_that_inherits_is_intercepted() -> None:
    class Transport(httpx.HTTPTransport):
        def handle_request(self, request: httpx.Request) -> httpx.Response:
            request.headers["X-Own"] = "1"
            return super().handle_request(request)

    with intercept() as autopilot, httpx.Client(transport=Transport()) as client:
        assert client.get(CONTACTS, headers=KEY).status_code == 200
        assert autopilot.calls[0].headers["x-own"] == "1"


def test_what_somebody_else_has_put_in_its_place_since_stays(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    original = httpx.HTTPTransport.handle_request
    monkeypatch.setattr(httpx.HTTPTransport, "handle_request", original)  # what is put back last

    def theirs(*_: Any) -> httpx.Response:
        return httpx.Response(200, text="theirs")

    with intercept():
        monkeypatch.setattr(httpx.HTTPTransport, "handle_request", theirs)
    assert httpx.get(CONTACTS).text == "theirs"
