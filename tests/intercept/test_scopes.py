"""Which interception answers: nested, interleaved, in threads and in tasks."""

import asyncio
from collections.abc import Callable
from contextvars import Context, copy_context
from threading import Barrier, Thread
from typing import Any

import httpx
import pytest
import requests
from requests.adapters import HTTPAdapter

from mock_autopilot import InProcessAutopilot, intercept
from tests.intercept.conftest import BASE_URL, CLIENTS, KEY, Client

OTHER = "http://localhost:9999/v1/"


def untouched() -> bool:
    """Return whether the client libraries are as they were."""
    methods: tuple[Any, ...] = (
        HTTPAdapter.send,
        HTTPAdapter.get_connection_with_tls_context,
        httpx.HTTPTransport.handle_request,
        httpx.AsyncHTTPTransport.handle_async_request,
    )
    return all(method.__module__.split(".")[0] in ("requests", "httpx") for method in methods)


def people(*autopilots: InProcessAutopilot) -> list[list[str]]:
    """Return the addresses that each fake has, without their domain."""
    return [
        [str(one.contacts[name].email).partition("@")[0] for name in one.contacts]
        for one in autopilots
    ]


def in_thread(function: Callable[[], Any]) -> Any:
    """Run a function in a thread of its own; return its result, or raise its error."""
    results: list[Any] = []

    def run() -> None:
        try:
            results.append(function())
        except Exception as error:  # noqa: BLE001  # raised again below
            results.append(error)

    # As before Python 3.14, and as a pool's thread that was started earlier: an empty context.
    thread = Thread(target=lambda: Context().run(run))
    thread.start()
    thread.join()
    if isinstance(results[0], Exception):
        raise results[0]
    return results[0]


def test_when_it_ends_all_is_as_it_was(client: Client) -> None:
    assert untouched()
    with intercept():
        assert not untouched()
    assert untouched()


@pytest.mark.parametrize(
    ("owner", "name"),
    [
        (httpx.HTTPTransport, "handle_request"),
        (httpx.AsyncHTTPTransport, "handle_async_request"),
        (HTTPAdapter, "get_connection_with_tls_context"),
        (HTTPAdapter, "send"),
    ],
)
def test_what_another_library_left_over_does_not_pile_up(owner: type, name: str) -> None:
    """It patched the method within an interception, and put that back when it had ended."""
    original = getattr(owner, name)
    for _ in range(2):
        with pytest.MonkeyPatch.context() as others, intercept():  # which ends first
            others.setattr(owner, name, lambda *_: None)
        assert getattr(owner, name) is not original
    with intercept():
        pass
    assert getattr(owner, name) is original


class TestNested:
    def test_the_inner_one_answers_its_url(self, client: Client) -> None:
        with intercept() as outer:
            client.add("before@x")
            with intercept() as inner:
                client.add("inside@x")
            client.add("after@x")
        assert people(outer, inner) == [["before", "after"], ["inside"]]
        assert untouched()

    def test_the_outer_one_answers_what_is_only_its_own(self, client: Client) -> None:
        with intercept(OTHER) as outer, intercept() as inner:
            client.add("outer@x", OTHER)
            client.add("inner@x")
        assert people(outer, inner) == [["outer"], ["inner"]]

    def test_the_inner_one_says_what_else_is_let_through(self, client: Client) -> None:
        with (
            intercept(passthrough="example.test"),
            intercept(),
            pytest.raises(client.refused, match=r"GET http://example\.test/ was not sent"),
        ):
            client("GET", "http://example.test/")


class TestInterleaved:
    def test_the_one_that_began_second_goes_on(self, client: Client) -> None:
        first, second = intercept(), intercept()
        one = first.__enter__()
        two = second.__enter__()
        first.__exit__(None, None, None)
        client.add("later@x")
        second.__exit__(None, None, None)
        assert people(one, two) == [[], ["later"]]
        assert untouched()

    def test_the_one_that_began_first_gets_its_calls_again(self, client: Client) -> None:
        first, second, third = intercept(), intercept(OTHER), intercept()
        one, two = first.__enter__(), second.__enter__()
        three = third.__enter__()
        first.__exit__(None, None, None)
        third.__exit__(None, None, None)
        with pytest.raises(client.refused):
            client.add("nobody@x")
        client.add("two@x", OTHER)
        second.__exit__(None, None, None)
        assert people(one, two, three) == [[], ["two"], []]
        assert untouched()

    def test_one_that_is_ended_in_another_context_is_ended_here_too(self, client: Client) -> None:
        one = intercept()
        with intercept() as outer:
            inner = one.__enter__()
            copy_context().run(one.__exit__, None, None, None)
            client.add("outer@x")
        assert people(outer, inner) == [["outer"], []]
        assert untouched()

    def test_ending_twice_is_no_error(self) -> None:
        one = intercept()
        one.__enter__()
        one.__exit__(None, None, None)
        one.__exit__(None, None, None)
        assert untouched()


class TestThreads:
    def test_each_thread_has_its_own(self, client: Client) -> None:
        together = Barrier(4)
        found: dict[int, Any] = {}

        def run(number: int) -> None:
            with intercept() as autopilot:
                together.wait(timeout=20)
                for call in range(3):
                    client.add(f"{number}.{call}@x")
                together.wait(timeout=20)
                found[number] = people(autopilot)

        threads = [Thread(target=run, args=(number,)) for number in range(4)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert found == {n: [[f"{n}.0", f"{n}.1", f"{n}.2"]] for n in range(4)}
        assert untouched()

    def test_a_thread_inside_the_only_one_of_the_url_is_answered_by_it(
        self, client: Client
    ) -> None:
        with intercept() as first, intercept(OTHER) as second:
            in_thread(lambda: client.add("first@x"))
            in_thread(lambda: client.add("second@x", OTHER))
        assert people(first, second) == [["first"], ["second"]]

    def test_a_thread_inside_nested_ones_is_answered_by_the_inner_one(self, client: Client) -> None:
        with intercept() as outer, intercept() as inner:
            in_thread(lambda: client.add("inner@x"))
        assert people(outer, inner) == [[], ["inner"]]

    def test_a_thread_is_refused_what_its_only_interception_refuses(self, client: Client) -> None:
        with intercept() as autopilot, pytest.raises(client.refused, match="was not sent"):
            in_thread(lambda: client("GET", "http://example.test/"))
        assert [call.url for call in autopilot.refused_calls] == ["http://example.test/"]

    def test_a_thread_that_several_may_have_started_is_refused(self, client: Client) -> None:
        with intercept() as mine:
            started, done = Barrier(2), Barrier(2)

            def other() -> None:
                with intercept():
                    started.wait(timeout=20)
                    done.wait(timeout=20)

            thread = Thread(target=lambda: Context().run(other))
            thread.start()
            started.wait(timeout=20)
            try:
                with pytest.raises(client.refused, match=r"2 interceptions .*copy_context"):
                    in_thread(lambda: client.add("whose@x"))
                assert [call.reason for call in mine.refused_calls] == ["2 interceptions of it"]
                context = copy_context()
                in_thread(lambda: context.run(client.add, "mine@x"))
            finally:
                done.wait(timeout=20)
                thread.join()
        assert people(mine) == [["mine"]]


class TestLate:
    """Code that goes on after the interception in which it was started."""

    def test_it_is_not_answered_by_the_next_one(self, client: Client) -> None:
        with intercept() as first:
            context = copy_context()
        with intercept() as following:
            with pytest.raises(client.refused, match="in which this code was started has ended"):
                context.run(client.add, "late@x")
            assert not following.calls
            assert not following.refused_calls
        assert [call.reason for call in first.refused_calls] == ["its interception has ended"]

    def test_other_calls_of_it_are_let_through_or_not_as_any(self, client: Client) -> None:
        with intercept():
            context = copy_context()
        with intercept(), pytest.raises(client.refused, match="was not sent"):
            context.run(client, "GET", "http://127.0.0.1:1/")
        with (
            intercept(passthrough=True),
            pytest.raises(client.refused, match=r"refused|All connection attempts failed"),
        ):
            context.run(client, "GET", "http://127.0.0.1:1/")

    def test_one_around_that_is_still_active_answers_it(self, client: Client) -> None:
        with intercept() as outer:
            with intercept():
                context = copy_context()
            context.run(client.add, "late@x")
        assert people(outer) == [["late"]]


def test_each_asyncio_task_has_its_own_and_gives_it_to_those_it_starts() -> None:
    async def add(client: httpx.AsyncClient, email: str) -> None:
        await client.post(f"{BASE_URL}contact", json={"contact": {"Email": email}}, headers=KEY)

    async def task(client: httpx.AsyncClient, number: int) -> list[list[str]]:
        with intercept() as autopilot:
            await asyncio.sleep(0)
            await add(client, f"{number}.own@x")
            await asyncio.create_task(add(client, f"{number}.task@x"))
            await asyncio.to_thread(CLIENTS["requests"].add, f"{number}.thread@x")
            return people(autopilot)

    async def run() -> list[list[list[str]]]:
        async with httpx.AsyncClient(verify=False) as client:
            return await asyncio.gather(*(task(client, number) for number in range(3)))

    assert asyncio.run(run()) == [[[f"{n}.own", f"{n}.task", f"{n}.thread"]] for n in range(3)]
    assert untouched()


def test_a_client_that_was_made_before_is_intercepted_and_works_afterwards() -> None:
    with requests.Session() as session, httpx.Client(verify=False) as client:
        with intercept() as autopilot:
            session.get(f"{BASE_URL}contacts", headers=KEY, timeout=5)
            client.get(f"{BASE_URL}contacts", headers=KEY)
            assert len(autopilot.calls) == 2
        with pytest.raises(requests.ConnectionError, match=r"127\.0\.0\.1"):
            session.get("http://127.0.0.1:1/", timeout=5)
        with pytest.raises(httpx.ConnectError, match="refused"):
            client.get("http://127.0.0.1:1/")
