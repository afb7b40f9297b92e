"""One table of calls through every entry point: the same answers, and the same records."""

import gzip
import json
import re
from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass, field
from http.client import HTTPConnection
from typing import Any
from urllib.parse import urlsplit

import httpx
import pytest
import requests

from mock_autopilot import MockAutopilot, intercept
from mock_autopilot.account.accounts import Accounts
from mock_autopilot.app import create_app
from mock_autopilot.in_process import InProcessAutopilot
from mock_autopilot.options import ServerOptions
from mock_autopilot.storage.memory import MemoryStorage
from tests.conftest import StartServe

SEED = {
    "contacts": [
        {"Email": "ada@example.com", "FirstName": "Ada", "contact_id": "person_ADA"},
        {"Email": "a/b@example.com", "contact_id": "person_SLASH"},
        {"user_id": "u1", "contact_id": "person_U1"},
    ],
    "lists": [{"list_id": "contactlist_1", "title": "News"}],
    "journeys": [
        {
            "trigger_id": "0001",
            "journey_id": "campaign_1",
            "name": "Welcome",
            "entries": [{"contact_id": "person_U1", "entered_at": "2024-01-01"}],
        }
    ],
}
FAULTS: list[dict[str, Any]] = [
    {"match": {"contact": "late@example.com"}, "respond": {"status": 503, "body": None}},
    {"match": {"contact": "text@example.com"}, "respond": {"status": 429, "body": "slow down"}},
    {"match": {"path": "/v1/triggers"}, "respond": {"status": 500, "headers": {"X-Fault": "1"}}},
]
MAX_BODY = 5000
KEY = {"autopilotapikey": "key"}


@dataclass(frozen=True)
class Call:
    """One row of the table."""

    method: str
    path: str
    body: bytes | None = None
    headers: Mapping[str, str] = field(default_factory=lambda: KEY)


def post(path: str, body: Any) -> Call:
    return Call("POST", path, body if isinstance(body, bytes) else json.dumps(body).encode())


def encoded(encoding: str, body: bytes) -> Call:
    return Call("POST", "/v1/contact", body, {**KEY, "Content-Encoding": encoding})


ADA = b'{"contact": {"Email": "ada@example.com", "Title": "x"}}'
PATHS = (
    "/v1/contact",
    "/v1/contacts",
    "/v1/contact/ada@example.com",
    "/v1/contact/a%2Fb@example.com",
    "/v1/contact/person_NOBODY",
    "/v1/contact/nobody",
    "/v1/contact/ada@example.com/unsubscribe",
    "/v1/contacts/custom_fields",
    "/v1/contacts/void",
    "/v1/trigger/0001/contact",
    "/v1/trigger/0001/contact/ada%40example.com",
    "/v1/triggers",
    "/v1/journey/0001/contact/ada@example.com",
    "/v1/nothing",
    "/v1//contact",
    "/v1/contact/",
    "/v1",
    "/v1/",
    "/contact",
    "/",
    "/v1/%63ontacts",
    "/v1/contact/z%C3%A9@example.com",
    "/v1/contact/%ff@example.com",
    "/v1/contacts?limit=1&x=%20y",
)
METHODS = ("GET", "POST", "PUT", "PATCH", "DELETE", "OPTIONS")
BODIES: tuple[Any, ...] = (
    b"", b" ", b"{", b"nonsense", b"[]", b"null", b"5", b'"x"', b'"{}"', b"\xff{", b"{}\n{}",
    b'{"contact": NaN}', b'{"contact": 1e999}', b"[" * 3000, b'{"a":' * 40 + b"1" + b"}" * 40,
    b"\xef\xbb\xbf" + ADA, ADA.decode().encode("utf-16"), json.dumps(ADA.decode()).encode(),
    b'{"contact": {"Email": "a@b.c", "Email": "ada@example.com"}}',
    b'{"contact": {"Email": "ada@example.com", "FirstName": "\\ud800"}}',
    b" " * (MAX_BODY + 1), b" " * (3 * MAX_BODY),
    {}, {"contact": None}, {"contact": []}, {"contact": {}}, {"contacts": []}, {"contact": "x"},
    {"contact": {"Email": 5}}, {"contact": {"email": "ada@example.com"}}, {"x": 1, "contact": {}},
    {"contact": {"Email": " ", "user_id": None}}, {"contact": {"user_id": 7}},
    {"contact": {"Email": "new@example.com", "custom": {"string--a": 1, "b": "x", "": 2}}},
    {"contact": {"Email": "ada@example.com", "user_id": "u1"}},
    {"contact": {"Email": "ada@example.com", "_autopilot_list": "contactlist_1"}},
    {"contact": {"Email": "ada@example.com", "_autopilot_list": "contactlist_404"}},
    {"contact": {"Email": "ada@example.com", "_NewEmail": "ada@example.org"}},
    {"contact": {"contact_id": "person_ADA", "Phone": 5, "unsubscribed": "yes"}},
    {"contact": {"Email": "late@example.com"}}, {"contact": {"Email": "text@example.com"}},
)  # fmt: skip
BULKS: tuple[Any, ...] = ([], [{}], [{"user_id": "b"}], {}, 1)
PROPERTIES: tuple[Any, ...] = ({"a": 1}, [], 5)
CALLS = (
    *(Call(method, path) for path in PATHS for method in METHODS),
    *(post("/v1/contact", body) for body in BODIES),
    *(post("/v1/contacts", {"contacts": bulk}) for bulk in BULKS),
    *(post("/v1/trigger/0001/contact", {"contact": {"user_id": "t"}, "property": properties})
      for properties in PROPERTIES),
    *(post("/v1/trigger/0001/contact/person_U1", body) for body in (b"", b"{}", b"[]", b"{")),
    *(Call("GET", "/v1/triggers", None, {"autopilotapikey": key}) for key in ("", "wrong", " key")),
    Call("GET", "/v1/contacts", None, {}),
    Call("POST", "/v1/contact", ADA, {"autopilotapikey": "wrong"}),
    Call("POST", "/v1/contact", ADA, {**KEY, "Content-Type": "text/plain", "X-Odd": "a b"}),
    *(encoded(name, ADA) for name in ("identity", "gzip", "br", "X-GZIP")),
    encoded("gzip", gzip.compress(ADA, mtime=0)),
    encoded("gzip", gzip.compress(ADA, mtime=0)[:-5]),
    encoded("gzip", gzip.compress(b" " * 100_000, mtime=0)),
    Call("DELETE", "/v1/journey/campaign_1/contact/person_U1"),
    Call("DELETE", "/v1/contact/a/b@example.com"),
)  # fmt: skip

Send = Callable[[Call], tuple[int, str | None, bytes]]
Ask = Callable[[str, str, Any], Any]


@dataclass
class EntryPoint:
    """A way in: how to send a call, and how to make a control call."""

    send: Send
    control: Ask


@contextmanager
def flask_client() -> Iterator[EntryPoint]:
    accounts = Accounts(ServerOptions("key", max_body=MAX_BODY), storage=MemoryStorage(), seed=SEED)
    client = create_app(accounts).test_client()

    def send(call: Call) -> tuple[int, str | None, bytes]:
        answer = client.open(call.path, method=call.method, data=call.body, headers=call.headers)
        return answer.status_code, answer.headers.get("Content-Type"), answer.data

    def control(method: str, path: str, body: Any) -> Any:
        return client.open(f"/_mock/{path}", method=method, json=body, headers=KEY).json

    yield EntryPoint(send, control)


@contextmanager
def through_socket(address: str) -> Iterator[EntryPoint]:
    connection = HTTPConnection(address, timeout=20)

    def ask(method: str, path: str, body: bytes | None, headers: Mapping[str, str]) -> Any:
        connection.request(method, path, body, dict(headers))
        answer = connection.getresponse()
        return answer.status, answer.headers["Content-Type"], answer.read()

    def control(method: str, path: str, body: Any) -> Any:
        return json.loads(ask(method, f"/_mock/{path}", json.dumps(body).encode(), KEY)[2])

    try:
        yield EntryPoint(lambda call: ask(call.method, call.path, call.body, call.headers), control)
    finally:
        connection.close()


@contextmanager
def thread_server() -> Iterator[EntryPoint]:
    with (
        MockAutopilot("key", max_body=MAX_BODY, seed=SEED) as autopilot,
        through_socket(urlsplit(autopilot.base_url).netloc) as entry_point,
    ):
        yield entry_point


def control_in_python(autopilot: InProcessAutopilot) -> Ask:
    """Return control calls as Python code makes them: those that the table needs."""

    def control(method: str, path: str, body: Any) -> Any:
        if (method, path) == ("GET", "calls"):
            return {"calls": [call.to_json() for call in autopilot.calls]}
        assert (method, path) == ("POST", "faults")
        return autopilot._account.faults.add(body)  # as the control call does

    return control


ORIGIN = "https://api2.autopilothq.com"


@contextmanager
def intercepted_requests() -> Iterator[EntryPoint]:
    with (
        intercept(api_key="key", max_body=MAX_BODY, seed=SEED) as autopilot,
        requests.Session() as session,
    ):

        def send(call: Call) -> tuple[int, str | None, bytes]:
            url = f"{ORIGIN}{call.path}"
            # requests refuses white space before a header's value, which no server would see.
            headers = {name: value.strip() for name, value in call.headers.items()}
            answer = session.request(call.method, url, data=call.body, headers=headers, timeout=20)
            return answer.status_code, answer.headers.get("Content-Type"), answer.content

        yield EntryPoint(send, control_in_python(autopilot))


@contextmanager
def intercepted_httpx() -> Iterator[EntryPoint]:
    with (
        intercept(api_key="key", max_body=MAX_BODY, seed=SEED) as autopilot,
        httpx.Client() as client,
    ):

        def send(call: Call) -> tuple[int, str | None, bytes]:
            url = f"{ORIGIN}{call.path}"
            answer = client.request(call.method, url, content=call.body, headers=call.headers)
            return answer.status_code, answer.headers.get("Content-Type"), answer.content

        yield EntryPoint(send, control_in_python(autopilot))


def same_in_each_run(text: str) -> str:
    """Replace what differs from run to run: ids and times."""
    text = re.sub(r"[0-9A-Fa-f]{8}(-[0-9A-Fa-f]{4}){3}-[0-9A-Fa-f]{12}", "<uuid>", text)
    text = re.sub(r"(?<![0-9a-f])[0-9a-f]{32}(?![0-9a-f])", "<hex>", text)
    text = re.sub(r"20(2[5-9]|[3-9]\d)-\d\d-\d\dT[\d:.]+Z", "<time>", text)
    return re.sub(r"\w{3}, \d\d \w{3} 20\d\d [\d:]+ GMT", "<date>", text)


def all_through(entry_point: EntryPoint) -> list[tuple[Call, Any, Any]]:
    """Send the whole table, and return each call with its answer and its record."""
    for fault in FAULTS:
        entry_point.control("POST", "faults", fault)
    answers = []
    for call in CALLS:
        status, content_type, body = entry_point.send(call)
        text = same_in_each_run(body.decode("utf-8", "replace"))
        answers.append((status, content_type, text))
    calls = entry_point.control("GET", "calls", None)["calls"]
    for call in calls:
        for name in ("time", "duration_ms"):
            del call[name]
        kept = ("autopilotapikey", "content-type", "content-encoding", "x-odd")
        call["headers"] = {name: call["headers"].get(name) for name in kept}
    records = [json.loads(same_in_each_run(json.dumps(call))) for call in calls]
    return list(zip(CALLS, answers, records, strict=True))


@pytest.fixture(scope="module")
def expected() -> list[tuple[Call, Any, Any]]:
    """What comes of the table through Flask's own client."""
    with flask_client() as entry_point:
        return all_through(entry_point)


def test_the_table_has_two_hundred_calls_of_every_outcome(
    expected: list[tuple[Call, Any, Any]],
) -> None:
    assert len(CALLS) >= 200
    statuses = {answer[0] for _, answer, _ in expected}
    assert statuses >= {200, 204, 400, 401, 404, 405, 413, 415, 429, 500, 503}
    assert [answer for _, answer, _ in expected if "defect" in answer[2]] == []


def compare(there: list[tuple[Call, Any, Any]], expected: list[tuple[Call, Any, Any]]) -> None:
    for (call, answer, record), (_, expected_answer, expected_record) in zip(
        there, expected, strict=True
    ):
        assert answer == expected_answer, call
        assert record == expected_record, call


def test_the_server_in_a_thread_answers_as_flasks_client(
    expected: list[tuple[Call, Any, Any]],
) -> None:
    with thread_server() as entry_point:
        compare(all_through(entry_point), expected)


@pytest.mark.parametrize("intercepted", [intercepted_requests, intercepted_httpx])
def test_intercepted_calls_are_answered_as_those_of_flasks_client(
    expected: list[tuple[Call, Any, Any]],
    intercepted: Callable[[], AbstractContextManager[EntryPoint]],
) -> None:
    with intercepted() as entry_point:
        compare(all_through(entry_point), expected)


def test_serve_answers_as_flasks_client(
    expected: list[tuple[Call, Any, Any]], start_serve: StartServe, tmp_path: Any
) -> None:
    seed = tmp_path / "seed.json"
    seed.write_text(json.dumps(SEED))
    served = start_serve("--api-key", "key", "--max-body", str(MAX_BODY), "--seed", str(seed))
    with through_socket(f"{served.host}:{served.port}") as entry_point:
        compare(all_through(entry_point), expected)
