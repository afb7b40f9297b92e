"""HTTP as `serve` speaks it: stalled clients, chunks, keep-alive, concurrency, paths."""

import http.client
import json
import socket
import threading
from contextlib import closing
from urllib.parse import quote

import pytest

from tests.conftest import KEY, PATIENCE, Served
from tests.serve.http_calls import CONTACT, in_chunks, stalled


def test_a_client_that_stalls_does_not_stop_others(
    served: Served, sockets: list[socket.socket]
) -> None:
    stalled(served, sockets, "head")
    stalled(served, sockets, "body")
    answers = [served.call("POST", "/v1/contact", CONTACT).status for _ in range(20)]
    assert answers == [200] * 20


def test_a_chunked_body_is_read(served: Served) -> None:
    body = json.dumps({"contact": {"Email": "chunks@example.com", "FirstName": "C"}})
    assert in_chunks(served, body.encode()).status == 200
    assert served.call("GET", "/v1/contact/chunks@example.com").status == 200


def test_a_call_with_a_truncated_body_is_not_carried_out(served: Served) -> None:
    half = b'{"contact":{"Email":"half@example.com","FirstName":"H"}}'  # and no more comes
    with socket.create_connection((served.host, served.port), timeout=PATIENCE) as client:
        client.sendall(
            b"POST /v1/contact HTTP/1.1\r\nHost: localhost\r\nautopilotapikey: sandbox-key\r\n"
            b"Content-Length: 1000\r\n\r\n" + half
        )
        client.shutdown(socket.SHUT_WR)
        while client.recv(1000):
            pass
    assert served.call("GET", "/v1/contact/half@example.com").status == 404


def test_calls_share_a_connection(served: Served) -> None:
    client = http.client.HTTPConnection(served.host, served.port, timeout=PATIENCE)
    with closing(client):
        client.connect()
        opened = client.sock
        for method, path in (
            ("GET", "/v1/contacts"),
            ("DELETE", "/v1/contact/n"),
            ("GET", "/"),
        ):
            client.request(method, path, headers={"autopilotapikey": KEY})
            client.getresponse().read()
            assert client.sock is opened


def test_no_concurrent_call_is_lost(served: Served) -> None:
    key = served.call("POST", "/_mock/accounts").body["api_key"]

    def write(worker: int) -> None:
        for number in range(25):
            contact = {"Email": f"p{worker}.{number}@example.com", "FirstName": "P"}
            served.call("POST", "/v1/contact", {"contact": contact}, key=key)

    threads = [threading.Thread(target=write, args=(worker,)) for worker in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert served.call("GET", "/v1/contacts", key=key).body["total_contacts"] == 200
    record = served.call("GET", "/_mock/calls", key=key).body
    assert record["total"] == 201
    numbers = [call["number"] for call in record["calls"]]
    assert numbers == sorted(set(numbers))


@pytest.mark.parametrize(
    "address",
    [
        "a+b@example.com",
        "a/b@example.com",
        "a%b@example.com",
        "a%2Fb@example.com",
        "a?b@example.com",
        "a#b@example.com",
        "o'hara@example.com",
        "a&b@example.com",
        "a//b@example.com",
        "/a@example.com",
        "żółć@example.com",
        "a@例え.jp",
        "a b@example.com",
        "a;b=c@example.com",
        "../a@example.com",
        '"a@b"@example.com',
    ],
)
def test_any_address_can_be_encoded_in_a_path(address: str, served: Served) -> None:
    answer = served.call("POST", "/v1/contact", {"contact": {"Email": address, "Title": "T"}})
    path = f"/v1/contact/{quote(address, safe='')}"
    found = served.call("GET", path)
    assert (found.status, found.body["Email"]) == (200, address)
    assert found.body["contact_id"] == answer.body["contact_id"]
    enter = f"/v1/trigger/0001/contact/{quote(address, safe='')}"
    assert served.call("POST", enter).status == 200
    assert served.call("POST", f"{path}/unsubscribe").status == 200
    last = served.call("GET", "/_mock/calls").body["calls"][-1]
    assert last["path"] == f"/v1/contact/{address}/unsubscribe"
    assert served.call("DELETE", path).status == 200
    assert served.call("GET", path).status == 404
