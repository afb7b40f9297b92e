"""An account asked over HTTP, byte by byte, whose answers are read by a strict JSON parser."""

import json
from collections.abc import Iterator
from http.client import HTTPConnection
from typing import Any, NoReturn

from mock_autopilot import MockAutopilot

LIMIT = 1024 * 1024
"""Bytes that a body may have."""
LEVELS = 32
"""Levels of arrays and objects that a body may have, itself included."""
SEED: dict[str, Any] = {
    "contacts": [
        {"Email": "known@example.com", "FirstName": "Ann", "custom": {"string--Plan": "free"}},
        {"user_id": "u1", "lists": ["contactlist_1"]},
    ],
    "lists": [{"list_id": "contactlist_1", "title": "One"}],
    "journeys": [{"trigger_id": "0001", "name": "Welcome", "entries": []}],
}
CONTACT = "/v1/contact"
BULK = "/v1/contacts"
ENTER = "/v1/trigger/0001/contact/known@example.com"
UPSERT_AND_ENTER = "/v1/trigger/0001/contact"
SHOWN = (
    "/v1/contacts",
    "/v1/contacts/custom_fields",
    "/v1/triggers",
    f"{CONTACT}/known@example.com",
    "/_mock/state",
    "/_mock/calls",
    "/_mock/calls/unauthenticated",
)


class Account:
    """An account of the fake that is called over HTTP with bodies given as bytes."""

    def __init__(self, server: MockAutopilot, connection: HTTPConnection, seed: object = SEED):
        self.key = server.new_account().api_key
        self.connection = connection
        assert self.ask("PUT", "/_mock/state", dumped(seed))[0] == 200

    def ask(
        self,
        method: str,
        path: str,
        body: bytes | Iterator[bytes] | None = None,
        encoding: str | None = None,
    ) -> tuple[int, bytes]:
        """Send a body unchanged, chunked if it is an iterator; return the status and the answer."""
        chunked = body is not None and not isinstance(body, bytes)
        headers = {"autopilotapikey": self.key} | (
            {"Transfer-Encoding": "chunked"} if chunked else {}
        )
        headers |= {} if encoding is None else {"Content-Encoding": encoding}
        self.connection.request(method, path, body, headers, encode_chunked=chunked)
        response = self.connection.getresponse()
        return response.status, response.read()

    def state(self) -> bytes:
        status, answer = self.ask("GET", "/_mock/state")
        assert status == 200
        return answer

    def is_refused(self, method: str, path: str, body: bytes | Iterator[bytes]) -> tuple[int, str]:
        """Send what must be refused and write nothing; return the status and the message."""
        before = self.state()
        status, answer = self.ask(method, path, body)
        message = refusal(status, answer)
        assert self.state() == before
        return status, message

    def shows_strict_json(self) -> None:
        for path in SHOWN:
            status, answer = self.ask("GET", path)
            assert status in (200, 404), path
            strict(answer)


def dumped(value: object) -> bytes:
    return json.dumps(value).encode()


def strict(raw: bytes) -> Any:
    """Read JSON as the strictest of parsers: UTF-8, numbers only, text that is Unicode."""

    def refuse(name: str) -> NoReturn:
        raise AssertionError(f"{name} is no JSON")

    value = json.loads(raw.decode(), parse_constant=refuse)
    json.dumps(value, ensure_ascii=False).encode()
    return value


def refusal(status: int, answer: bytes) -> str:
    """Return the message of an answer that is a refusal in the API's own form."""
    assert 400 <= status < 500, answer
    body = strict(answer)
    assert body.keys() == {"error", "message"}
    assert isinstance(body["error"], str)
    assert body["error"]
    assert isinstance(body["message"], str)
    assert body["message"]
    return str(body["message"])
