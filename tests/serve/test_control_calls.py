"""Who may make control calls to a `serve` process."""

import re

import pytest

from tests.conftest import Served, StartServe
from tests.serve.http_calls import CONTACT, bearer


@pytest.mark.parametrize(
    "headers",
    [
        {"Host": "attacker.example"},
        {"Host": "attacker.example:8025"},
        {"Host": "localhost.attacker.example"},
        {"Origin": "http://attacker.example"},
        {"Origin": "null"},
    ],
)
def test_control_calls_from_a_foreign_host_or_origin_are_refused(
    headers: dict[str, str], served: Served
) -> None:
    for method, path in (("GET", "/_mock/state"), ("POST", "/_mock/reset")):
        assert served.call(method, path, headers=headers).status == 403


def test_control_calls_from_this_machines_own_origin_are_allowed(served: Served) -> None:
    host = f"localhost:{served.port}"
    own = {"Host": host, "Origin": f"http://{host}"}
    assert served.call("GET", "/_mock/health", headers=own).body["status"] == "ok"


def test_a_server_on_all_interfaces_demands_the_control_token(start_serve: StartServe) -> None:
    served = start_serve("--host", "0.0.0.0")
    shown = re.search(r"^Control token  (\S{16,})$", "".join(served.printed), re.MULTILINE)
    assert shown
    assert served.call("GET", "/_mock/calls").status == 401
    assert served.call("GET", "/_mock/calls", headers=bearer("")).status == 401
    assert served.call("GET", "/_mock/calls", headers=bearer(shown[1])).status == 200
    foreign = {"Host": "autopilot.internal:8025", **bearer(shown[1])}
    assert served.call("GET", "/_mock/calls", headers=foreign).status == 200
    assert served.call("POST", "/v1/contact", CONTACT).status == 200
