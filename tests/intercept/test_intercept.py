"""`intercept()`: what is answered, its options, and the decorator."""

import asyncio
import inspect
import json
from collections.abc import AsyncIterator, Iterator
from dataclasses import fields
from pathlib import Path
from typing import Any, get_type_hints

import httpx
import pytest
import requests
from requests.adapters import HTTPAdapter

from mock_autopilot import InProcessAutopilot, SeedWarning, intercept
from mock_autopilot.interception.intercept import InterceptOptions
from mock_autopilot.options import ServerOptions
from tests.intercept.conftest import ADA, BASE_URL, CLIENTS, KEY, Client


def test_calls_to_the_real_base_url_are_answered_and_recorded(client: Client) -> None:
    with intercept() as autopilot:
        assert autopilot.base_url == BASE_URL
        answer = client("POST", json=ADA)
        assert answer.status_code == 200
        assert answer.headers["Content-Type"] == "application/json"
        assert answer.json() == {"contact_id": autopilot.contacts["ada@example.com"].contact_id}
    (call,) = autopilot.calls  # it can still be read
    assert (call.method, call.path, call.body, call.status) == ("POST", "/v1/contact", ADA, 200)
    assert call.headers["host"] == "api2.autopilothq.com"
    assert call.headers["user-agent"].startswith(("python-requests/", "python-httpx/"))


@pytest.mark.parametrize(
    ("base_url", "shown", "url"),
    [
        ("http://localhost:9999/v1/", None, "http://localhost:9999/v1/contact"),
        ("http://localhost:9999/v1", "http://localhost:9999/v1/", "http://localhost:9999/v1/contact"),
        ("http://localhost:9999", "http://localhost:9999/", "http://localhost:9999/contact"),
        ("https://gateway.test/autopilot/", None, "https://gateway.test/autopilot/contact"),
        ("https://gateway.test/a/v1/", None, "https://gateway.test:443/a/v1/contact"),
        ("HTTP://Gateway.TEST:80/", None, "http://gateway.test/contact"),
        ("http://[::1]:8080/v1/", None, "http://[::1]:8080/v1/contact"),
    ],
)  # fmt: skip
def test_any_base_url_can_be_given(
    client: Client, base_url: str, shown: str | None, url: str
) -> None:
    with intercept(base_url) as autopilot:
        assert autopilot.base_url == (shown or base_url)
        assert client("POST", url, json=ADA).status_code == 200
        assert [call.path for call in autopilot.calls] == ["/v1/contact"]
        with pytest.raises(client.refused):
            client("POST", BASE_URL, json=ADA)


def test_several_base_urls_are_the_same_account(client: Client) -> None:
    with intercept(BASE_URL, "http://localhost:1/v1/") as autopilot:
        client.add("ada@example.com")
        client.add("bob@example.com", "http://localhost:1/v1/")
        assert autopilot.base_url == BASE_URL
        assert len(autopilot.contacts) == 2


def test_a_call_beside_the_api_is_told_what_is_wrong(client: Client) -> None:
    with intercept() as autopilot:
        answer = client("POST", "https://api2.autopilothq.com/contact", json=ADA)
        assert answer.status_code == 404
        assert "Is /v1/ missing from the base URL?" in answer.json()["message"]
        assert [call.path for call in autopilot.calls] == ["/contact"]


def test_a_base_url_that_the_calls_go_on_with_v1_is_told(client: Client) -> None:
    with intercept("https://a.b"):
        answer = client("POST", "https://a.b/v1/contact", json=ADA)
        assert answer.status_code == 404
        hint = "intercept() was given a base URL that does not end in /v1/"
        assert answer.json()["message"].endswith(hint)


def test_a_path_arrives_as_it_was_sent(client: Client) -> None:
    with intercept(seed={"contacts": [{"Email": "a/b@example.com"}]}) as autopilot:
        assert client("GET", f"{BASE_URL}contact/a%2Fb@example.com?x=%20y").status_code == 200
        assert [(call.path, call.query) for call in autopilot.calls] == [
            ("/v1/contact/a/b@example.com", "x=%20y")
        ]


def test_each_account_of_an_interception_is_its_own(client: Client) -> None:
    with intercept() as autopilot:
        other = autopilot.new_account()
        client("POST", json=ADA, headers={"autopilotapikey": other.api_key})
        client("GET", f"{BASE_URL}contacts", headers={"autopilotapikey": "wrong"})
        assert other.base_url == BASE_URL
        assert (len(other.contacts), len(autopilot.contacts)) == (1, 0)
        assert [call.status for call in autopilot.unauthenticated_calls] == [401]


def test_the_answer_to_head_has_no_body(client: Client) -> None:
    with intercept() as autopilot:
        answer = client("HEAD")
        assert answer.content == b""
        assert int(answer.headers["Content-Length"]) == autopilot.calls[0].response_size > 0


@pytest.mark.parametrize("status", [204, 304])
def test_a_status_without_a_body_has_none(client: Client, status: int) -> None:
    with intercept() as autopilot:
        autopilot.fail_next(status)
        answer = client("POST", json=ADA)
        assert (answer.status_code, answer.content) == (status, b"")
        assert "Content-Length" not in answer.headers


# --- options ------------------------------------------------------------------------------------


def test_the_options_of_the_account_are_taken(client: Client) -> None:
    options: InterceptOptions = {
        "api_key": "key",
        "strict": True,
        "journeys": (("Welcome", "0007"),),
        "auto_journeys": False,
        "max_body": 500,
        "journal_size": 1,
    }
    with intercept(**options) as autopilot:
        assert client("POST", json=ADA).status_code == 401
        key = {"autopilotapikey": "key"}
        assert client("POST", json={"contact": {"email": "x"}}, headers=key).status_code == 400
        assert client("POST", json={"x": " " * 500}, headers=key).status_code == 413
        assert list(autopilot.journeys) == ["0007"]
        assert len(autopilot.calls) == 1


def test_the_options_are_those_of_a_server_without_what_only_servers_have() -> None:
    servers = {"host", "port", "control_token"}
    hints = get_type_hints(ServerOptions)
    wanted = {one.name: hints[one.name] for one in fields(ServerOptions) if one.name not in servers}
    assert get_type_hints(InterceptOptions) == wanted


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"port": 80}, "intercept() has no server: port is an option of MockAutopilot"),
        ({"strikt": True}, "intercept() has no option 'strikt'; did you mean strict?"),
        ({"max_body": 0}, "max_body must be at least 1, got 0"),
        ({"passthrough": [5]}, "passthrough takes hosts and URLs, got 5"),
        (
            {"passthrough": ["*.example.com"]},
            "passthrough knows no *: name each host, or True for all: '*.example.com'",
        ),
        ({"api_key": None}, "api_key must be a string, got None"),
        ({"base_url": BASE_URL}, f'base URLs have no name: write intercept("{BASE_URL}")'),
    ],
)
def test_a_wrong_option_is_refused(options: dict[str, Any], message: str) -> None:
    with pytest.raises((TypeError, ValueError)) as caught:
        intercept(**options)
    assert str(caught.value) == message


def test_an_unknown_option_like_no_other_is_told_all() -> None:
    with pytest.raises(TypeError, match="has no option 'xyz'; there are seed, journeys, auto"):
        intercept(xyz=1)  # type: ignore[call-arg]  # that is what is tested


def test_an_odd_seed_warns_at_the_line_that_begins(tmp_path: Path) -> None:
    odd = {"contacts": [{"Email": "ada"}]}
    with pytest.warns(SeedWarning) as warned, intercept(seed=odd):
        pass
    decorated = intercept(seed=odd)(lambda: None)
    with pytest.warns(SeedWarning) as warned_again:
        decorated()
    asynchronous = intercept(seed=odd)(nothing)
    with pytest.warns(SeedWarning) as warned_last:
        asyncio.run(asynchronous())
    found = [*warned, *warned_again, *warned_last]
    assert {Path(one.filename).name for one in found[:2]} == {"test_intercept.py"}
    assert len(found) == 3


async def nothing() -> None:
    pass


# --- one at a time --------------------------------------------------------------------------------


def test_an_interception_can_be_used_again_with_a_new_account() -> None:
    one = intercept()
    with one as first:
        requests.post(f"{BASE_URL}contact", json=ADA, headers=KEY, timeout=5)
    with one as second:
        assert (len(first.contacts), len(second.contacts)) == (1, 0)


def test_an_interception_that_is_active_cannot_begin_again() -> None:
    one = intercept()
    with one, pytest.raises(RuntimeError, match="nest with another"), one:
        pass
    assert HTTPAdapter.send.__module__ == "requests.adapters"


def test_an_error_inside_ends_the_interception() -> None:
    with pytest.raises(KeyError), intercept():
        raise KeyError
    assert HTTPAdapter.send.__module__ == "requests.adapters"


# --- the decorator -------------------------------------------------------------------------------


def test_each_call_of_a_decorated_function_has_an_account_of_its_own(client: Client) -> None:
    @intercept()
    def code(autopilot: InProcessAutopilot) -> int:
        client.add("ada@example.com")
        return len(autopilot.calls)

    assert [code(), code()] == [1, 1]
    assert not inspect.signature(code).parameters


def test_a_decorated_function_keeps_its_parameters_and_name() -> None:
    @intercept("http://localhost:1/", strict=True)
    def code(one: int, *, two: int = 2) -> tuple[int, int, int]:
        return one, two, CLIENTS["requests"].add("x@example.com", "http://localhost:1/").status_code

    assert code(5, two=6) == (5, 6, 400)  # a contact with an address only is a warning
    assert code.__name__ == "code"
    assert list(inspect.signature(code).parameters) == ["one", "two"]


def test_a_decorated_method_is_given_the_fake() -> None:
    class Tests:
        @intercept()
        def test(self, name: str, autopilot: InProcessAutopilot) -> bool:
            CLIENTS["httpx"].add(name)
            return name in autopilot.contacts

    assert Tests().test("ada@example.com")


def test_a_decorated_async_function_is_intercepted_until_it_ends() -> None:
    @intercept()
    async def code(autopilot: InProcessAutopilot) -> list[int | None]:
        async with httpx.AsyncClient(verify=False) as client:
            for _ in range(2):
                await asyncio.sleep(0)
                await client.get(f"{BASE_URL}contacts", headers=KEY)
        return [call.status for call in autopilot.calls]

    assert inspect.iscoroutinefunction(code)

    async def both() -> list[list[int | None]]:
        return [*await asyncio.gather(code(), code())]

    assert asyncio.run(both()) == [[200, 200], [200, 200]]


def test_what_cannot_be_decorated_is_refused() -> None:
    def generator() -> Iterator[None]:
        yield

    async def async_generator() -> AsyncIterator[None]:
        yield

    for function in (generator, async_generator):
        with pytest.raises(TypeError, match=r"use `with intercept\(\):` inside"):
            intercept()(function)
    with pytest.raises(TypeError, match=r"needs parentheses: write @intercept\(\)"):
        intercept(generator)  # type: ignore[arg-type]  # that is what is tested
    with pytest.raises(TypeError, match="decorates functions, got <class"):
        intercept()(Client)


def test_the_record_shows_bodies_as_json() -> None:
    with intercept() as autopilot:
        CLIENTS["requests"]("POST", data=json.dumps(ADA))
        assert autopilot.calls[0].to_json()["body"] == ADA
