"""The requests session, its proxies, and who closes it."""

import pytest
import requests
import responses

from adapter import Destination
from tests.adapter.support import (
    BASE,
    KEY,
    PERSON,
    Make,
    answer,
    identify,
)


class Session(requests.Session):
    closed = False

    def close(self) -> None:
        self.closed = True
        super().close()


def test_a_session_is_closed_only_if_the_destination_made_it(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    theirs = Session()
    with Destination(api_key=KEY, base_url=BASE, session=theirs):
        pass
    assert not theirs.closed
    made: list[Session] = []

    def make() -> Session:
        made.append(Session())
        return made[-1]

    monkeypatch.setattr("adapter.client.Session", make)
    with Destination(api_key=KEY, base_url=BASE):
        pass
    assert [session.closed for session in made] == [True]


@pytest.mark.parametrize(
    ("host", "proxied"),
    [
        ("localhost", False),
        ("127.0.0.1", False),
        ("127.1.2.3", False),
        ("[::1]", False),
        ("autopilot.test", True),
        ("128.0.0.1", True),
    ],
)
def test_a_proxy_is_used_except_to_reach_this_machine(
    monkeypatch: pytest.MonkeyPatch,
    to: Make,
    autopilot: responses.RequestsMock,
    host: str,
    proxied: bool,
) -> None:
    for name in ("no_proxy", "NO_PROXY", "all_proxy", "ALL_PROXY", "HTTP_PROXY"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("http_proxy", "http://proxy.test:3128")
    autopilot.post(f"http://{host}:8025/v1/contact", json={"contact_id": "person_1"})
    delivery = to(base_url=f"http://{host}:8025/v1/").deliver(identify())
    assert delivery.outcome == "delivered"
    proxies = autopilot.calls[0].request.req_kwargs["proxies"]  # type: ignore[attr-defined]
    assert ("http" in proxies) is proxied


def test_a_given_session_is_used(to: Make, autopilot: responses.RequestsMock) -> None:
    answer(autopilot, PERSON)
    with requests.Session() as theirs:
        theirs.headers["X-Trace"] = "7"
        assert to(session=theirs).deliver(identify()).outcome == "delivered"
    headers = autopilot.calls[0].request.headers
    assert headers["X-Trace"] == "7"
    assert headers["Content-Type"] == "application/json; charset=utf-8"
