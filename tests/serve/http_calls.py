"""Calls to a `serve` process, whole ones and some that stall."""

import http.client
import socket
from contextlib import closing

from tests.conftest import KEY, PATIENCE, Served

CONTACT = {"contact": {"Email": "chris@example.com", "FirstName": "Chris"}}


def stalled(served: Served, sockets: list[socket.socket], sent: str = "body") -> None:
    """Open a connection and stop in the middle of a request's head or body."""
    head = f"POST /v1/contact HTTP/1.1\r\nHost: localhost\r\nautopilotapikey: {KEY}\r\n"
    body = 'Content-Length: 100\r\n\r\n{"contact": ' if sent == "body" else ""
    connection = socket.create_connection((served.host, served.port), timeout=PATIENCE)
    sockets.append(connection)
    connection.sendall((head + body).encode())


def is_free(port: int) -> bool:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return False
        return True


def bearer(token: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {token}"}


def in_chunks(served: Served, body: bytes) -> http.client.HTTPResponse:
    """Send a contact in two chunks."""
    with closing(http.client.HTTPConnection(served.host, served.port, timeout=PATIENCE)) as client:
        chunks = [body[:10], body[10:]]
        headers = {"autopilotapikey": KEY, "Transfer-Encoding": "chunked"}
        client.request("POST", "/v1/contact", iter(chunks), headers, encode_chunked=True)
        response = client.getresponse()
        response.read()
        return response
