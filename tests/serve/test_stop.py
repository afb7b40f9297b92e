"""`mock-autopilot serve` stops: signals, a closed terminal, a killed parent."""

import http.client
import signal
import socket
import subprocess
from contextlib import closing

import pytest

from tests.conftest import StartServe
from tests.serve.http_calls import CONTACT, is_free, stalled


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_signal_stops_it_whatever_its_clients_do(
    number: signal.Signals, start_serve: StartServe, sockets: list[socket.socket]
) -> None:
    served = start_serve()
    with closing(http.client.HTTPConnection(served.host, served.port)) as idle:
        idle.request("GET", "/_mock/health")
        idle.getresponse().read()
        stalled(served, sockets, "head")
        stalled(served, sockets, "body")
        assert served.call("GET", "/_mock/health").status == 200
        served.signal(number)
        status = served.ended()  # of the worker too
    assert status == 0
    assert served.errors == ""
    assert is_free(served.port)


def test_ctrl_c_in_a_terminal_stops_it(start_serve: StartServe) -> None:
    served = start_serve()
    assert served.call("GET", "/_mock/health").status == 200
    served.signal(signal.SIGINT, group=True)
    assert served.ended() == 0
    assert served.errors == ""


def test_a_closed_terminal_stops_it(start_serve: StartServe) -> None:
    served = start_serve()
    assert served.call("POST", "/v1/contact", CONTACT).status == 200
    served.signal(signal.SIGHUP)
    try:
        served.ended()
    except subprocess.TimeoutExpired:
        pytest.fail("SIGHUP has it go on (with a new worker, that knows nothing)")


@pytest.mark.parametrize("busy", [False, True])
def test_the_worker_goes_when_its_parent_is_killed(
    busy: bool, start_serve: StartServe, sockets: list[socket.socket]
) -> None:
    served = start_serve()
    assert served.call("GET", "/_mock/health").status == 200
    if busy:
        stalled(served, sockets)
    served.signal(signal.SIGKILL)
    try:
        assert served.ended() == -signal.SIGKILL
    except subprocess.TimeoutExpired:
        pytest.fail("the worker is still there after its parent was killed")
    assert is_free(served.port)
