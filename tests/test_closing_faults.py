"""Faults that close the connection, through both servers."""

import http.client

from mock_autopilot import MockAutopilot
from tests.conftest import KEY, StartServe


def closes(host: str, port: int, key: str) -> tuple[int, str | None, bool]:
    """Return the status, the answer's Connection header, and whether the connection was closed."""
    connection = http.client.HTTPConnection(host, port, timeout=20)
    connection.request("GET", "/v1/contacts", headers={"autopilotapikey": key})
    answer = connection.getresponse()
    answer.read()
    said = (answer.status, answer.headers["Connection"], connection.sock is None)
    connection.close()
    return said


FAULT = {"respond": {"status": 503, "headers": {"Connection": "close", "Retry-After": "1"}}}


def test_a_fault_can_close_the_connection() -> None:
    with MockAutopilot() as autopilot:
        autopilot.fail_next(503, headers={"connection": "Close"})
        assert closes("127.0.0.1", autopilot.port, autopilot.api_key) == (503, "close", True)
        status, _, closed = closes("127.0.0.1", autopilot.port, autopilot.api_key)
        assert (status, closed) == (200, False)
        assert [call.status for call in autopilot.calls] == [503, 200]


def test_a_fault_can_close_a_connection_of_serve(start_serve: StartServe) -> None:
    served = start_serve()
    assert served.call("POST", "/_mock/faults", FAULT).status == 200
    assert closes(served.host, served.port, KEY) == (503, "close", True)
    assert closes(served.host, served.port, KEY)[0] == 200
