"""What is particular to `requests`: bodies, sessions, retries, and the user's own `responses`."""

import io
from collections.abc import Callable, Iterator
from typing import Any

import pytest
import requests
import responses
from requests.adapters import HTTPAdapter
from requests.exceptions import RetryError
from urllib3 import Retry, Timeout

from mock_autopilot import intercept
from mock_autopilot.api.exchange import MAX_DRAINED
from tests.intercept.conftest import ADA, BASE_URL, CLIENTS, KEY

CONTACT = f"{BASE_URL}contact"
CONTACTS = f"{BASE_URL}contacts"
JSON = b'{"contact": {"Email": "ada@example.com"}}'
ELSEWHERE = "https://elsewhere.test/"


def post(data: Any, **headers: str) -> requests.Response:
    return requests.post(CONTACT, data=data, headers=KEY | headers, timeout=20)


class Unsized(io.BytesIO):
    """A file whose length is not known."""

    def fileno(self) -> int:
        raise OSError

    def tell(self) -> int:
        raise OSError


@pytest.mark.parametrize(
    "make",
    [
        lambda: JSON,
        lambda: JSON.decode(),
        lambda: bytearray(JSON),
        lambda: io.BytesIO(JSON),
        lambda: io.StringIO(JSON.decode()),
        lambda: iter([JSON[:7], b"", JSON[7:]]),
        lambda: iter([JSON.decode()[:7], JSON.decode()[7:]]),
    ],
    ids=["bytes", "text", "bytearray", "file", "text-file", "generator", "generator-of-text"],
)
def test_a_body_of_any_kind_arrives(make: Callable[[], Any]) -> None:
    with intercept() as autopilot:
        assert post(make()).status_code == 200
        assert autopilot.calls[0].request_body == JSON


def test_a_body_of_unknown_length_is_read_to_its_limit_and_told_too_large() -> None:
    pulled: list[int] = []

    def endless() -> Iterator[bytes]:
        while True:
            pulled.append(1)
            yield b" " * (MAX_DRAINED // 8)

    with intercept(max_body=1000) as autopilot:
        assert post(endless()).status_code == 413
        assert len(pulled) == 8
        (call,) = autopilot.calls
        assert (call.request_size, call.error and call.error.id) == (MAX_DRAINED, "body-too-large")


def test_a_declared_length_that_is_too_large_is_refused_unread() -> None:
    def unread() -> Iterator[bytes]:
        yield pytest.fail("it was read")

    with intercept(max_body=1000):
        assert post(unread(), **{"Content-Length": "1001"}).status_code == 413


def test_a_body_that_fails_is_recorded_as_it_came() -> None:
    def failing() -> Iterator[bytes]:
        yield b'{"contact"'
        raise KeyError

    with intercept() as autopilot:
        with pytest.raises(KeyError):
            post(failing())
        (call,) = autopilot.calls
        assert (call.request_body, call.status) == (b'{"contact"', 400)


@pytest.mark.parametrize(("length", "status"), [("9999", 400), (str(len(JSON)), 200), ("5", 400)])
def test_a_declared_length_is_what_is_read(length: str, status: int) -> None:
    with intercept() as autopilot:
        request = requests.Request("POST", CONTACT, headers=KEY, data=JSON).prepare()
        request.headers["Content-Length"] = length
        with requests.Session() as session:
            assert session.send(request).status_code == status
        assert autopilot.calls[0].request_size == min(int(length), len(JSON))


def test_headers_may_be_bytes() -> None:
    with intercept() as autopilot:
        headers: Any = {b"AutopilotAPIKey": b"sandbox-key", "X-Word": b"caf\xe9"}
        assert requests.get(CONTACTS, headers=headers, timeout=5).status_code == 200
        assert autopilot.calls[0].headers["x-word"] == "café"


def test_a_streamed_answer_is_read_in_parts() -> None:
    with intercept(), requests.get(CONTACTS, headers=KEY, stream=True, timeout=5) as answer:
        assert b"".join(answer.iter_content(7)) == b'{"contacts":[],"total_contacts":0}'


def test_the_host_that_the_call_names_is_recorded() -> None:
    with intercept("http://localhost:9999/") as autopilot:
        requests.get("http://localhost:9999/contacts", headers=KEY, timeout=5)
        assert autopilot.calls[0].headers["host"] == "localhost:9999"


# --- time-outs ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("timeout", "waits_for"),
    [
        (2, None),
        ((0.1, 2), None),
        ((2, 0.1), 0.1),
        (Timeout(read=2), None),
        (Timeout(connect=0.1), None),
        (Timeout(connect=5, read=0.1), 0.1),
        (Timeout(total=0.1), 0.1),
        (Timeout(total=60), None),
    ],
    ids=repr,
)
def test_the_clients_own_limit_counts(
    waits: list[float], timeout: Any, waits_for: float | None
) -> None:
    with intercept() as autopilot:
        autopilot.fail_next(delay=1)
        if waits_for is None:
            requests.get(CONTACTS, headers=KEY, timeout=timeout)
            assert waits == [1]
        else:
            with pytest.raises(requests.ReadTimeout, match=r"read timeout=0\.[01]"):
                requests.get(CONTACTS, headers=KEY, timeout=timeout)
            assert waits == []


# --- sessions and retries ------------------------------------------------------------------------


def with_retries(**options: Any) -> requests.Session:
    session = requests.Session()
    session.mount(BASE_URL, HTTPAdapter(max_retries=Retry(**options)))
    return session


def test_an_adapter_of_the_users_own_is_intercepted() -> None:
    class Adapter(HTTPAdapter):
        def send(self, request: requests.PreparedRequest, *args: Any, **named: Any) -> Any:
            request.headers["X-Own"] = "1"
            return super().send(request, *named.values())

    with intercept() as autopilot, requests.Session() as session:
        session.mount("https://", Adapter())
        assert session.get(CONTACTS, headers=KEY).status_code == 200
        assert autopilot.calls[0].headers["x-own"] == "1"


def test_a_status_is_tried_again_by_the_clients_own_retries() -> None:
    with intercept() as autopilot, with_retries(total=3, status_forcelist=[503]) as session:
        autopilot.fail_next(503, times=3, headers={"Retry-After": "60"})
        assert session.get(CONTACTS, headers=KEY).status_code == 200
        assert [call.status for call in autopilot.calls] == [503, 503, 503, 200]
        autopilot.fail_next(503, times=None)
        with pytest.raises(RetryError, match="too many 503 error responses"):
            session.get(CONTACTS, headers=KEY)
        assert len(autopilot.calls) == 8


def test_a_dropped_connection_is_tried_again_by_the_clients_own_retries() -> None:
    with intercept() as autopilot, with_retries(total=2) as session:
        autopilot.fail_next(drop_connection=True, times=2)
        assert session.get(CONTACTS, headers=KEY).status_code == 200
        assert [call.status for call in autopilot.calls] == [None, None, 200]
        autopilot.fail_next(drop_connection=True, times=None)
        with pytest.raises(requests.ConnectionError, match="Max retries exceeded"):
            session.get(CONTACTS, headers=KEY)
        with pytest.raises(requests.ConnectionError, match="Connection aborted"):
            session.post(CONTACT, headers=KEY, json=ADA)  # which urllib3 does not send twice
        assert len(autopilot.calls) == 7


def test_a_timeout_is_tried_again_by_the_clients_own_retries() -> None:
    with intercept() as autopilot, with_retries(total=1) as session:
        autopilot.fail_next(delay=5, times=1)
        assert session.get(CONTACTS, headers=KEY, timeout=1).status_code == 200
        autopilot.fail_next(delay=5, times=2)
        with pytest.raises(requests.ConnectionError, match=r"Max retries .* Read timed out"):
            session.get(CONTACTS, headers=KEY, timeout=1)
        assert len(autopilot.calls) == 4


# --- the user's own `responses` -------------------------------------------------------------------


def elsewhere() -> str:
    return requests.get(ELSEWHERE, timeout=5).text


def test_stubs_around_an_interception_answer_what_it_lets_through() -> None:
    with responses.RequestsMock() as stubs:
        stubs.get(ELSEWHERE, body="stub")
        with intercept(passthrough="elsewhere.test") as autopilot:
            assert elsewhere() == "stub"
            assert CLIENTS["requests"].add("ada@example.com").status_code == 200
        assert elsewhere() == "stub"
        with pytest.raises(requests.ConnectionError, match="refused by Responses"):
            CLIENTS["requests"].add("ada@example.com")
    assert len(autopilot.calls) == 1
    assert HTTPAdapter.send.__module__ == "requests.adapters"


@responses.activate
@intercept(passthrough=ELSEWHERE)
def test_stubs_by_the_decorator_around_an_interception(autopilot: Any) -> None:
    responses.get(ELSEWHERE, body="stub")
    assert elsewhere() == "stub"
    CLIENTS["requests"].add("ada@example.com")
    assert len(autopilot.calls) == 1


@intercept()
@responses.activate
def test_stubs_inside_see_the_calls_first_and_let_them_through(autopilot: Any) -> None:
    responses.get(ELSEWHERE, body="stub")
    with pytest.raises(requests.ConnectionError, match="refused by Responses"):
        CLIENTS["requests"].add("ada@example.com")
    responses.add_passthru(BASE_URL)
    assert elsewhere() == "stub"
    assert CLIENTS["requests"].add("ada@example.com").status_code == 200
    assert len(autopilot.calls) == 1


def test_calls_that_stubs_inside_let_through_have_faults_and_retries() -> None:
    retries = with_retries(total=2, status_forcelist=[503])
    with intercept() as autopilot, responses.RequestsMock() as stubs, retries as session:
        stubs.add_passthru(BASE_URL)
        autopilot.fail_next(drop_connection=True)
        autopilot.fail_next(503)
        assert session.get(CONTACTS, headers=KEY).status_code == 200
        assert [call.status for call in autopilot.calls] == [None, 503, 200]
        autopilot.fail_next(delay=5)
        with pytest.raises(requests.ReadTimeout):
            requests.get(CONTACTS, headers=KEY, timeout=1)
        autopilot.fail_next(drop_connection=True)
        with pytest.raises(requests.ConnectionError, match="Connection aborted"):
            requests.get(CONTACTS, headers=KEY, timeout=1)
        autopilot.fail_next(503, times=None)
        with pytest.raises(RetryError):
            session.get(CONTACTS, headers=KEY)
        assert post(iter([JSON])).status_code == 503


def test_what_stubs_inside_let_through_to_others_is_sent() -> None:
    with intercept(), responses.RequestsMock() as stubs:
        stubs.add_passthru("http://127.0.0.1:1/")
        with pytest.raises(requests.ConnectionError, match="Connection refused"):
            requests.get("http://127.0.0.1:1/", timeout=5)


def test_stubs_that_end_first_or_last_disturb_nobody() -> None:
    around, inside, one = responses.RequestsMock(), responses.RequestsMock(), intercept()
    around.start()
    autopilot = one.__enter__()
    around.stop(allow_assert=False)  # which puts back the `send` that it found
    CLIENTS["requests"].add("ada@example.com")
    assert len(autopilot.calls) == 1
    one.__exit__(None, None, None)

    autopilot = one.__enter__()
    inside.start()
    inside.get(ELSEWHERE, body="stub")
    one.__exit__(None, None, None)
    assert elsewhere() == "stub"
    inside.stop(allow_assert=False)
    with pytest.raises(requests.ConnectionError, match="Connection refused"):
        requests.get("http://127.0.0.1:1/", timeout=5)
    with intercept() as autopilot:
        CLIENTS["requests"].add("ada@example.com")
        assert len(autopilot.calls) == 1
    assert HTTPAdapter.send.__module__ == "requests.adapters"
