"""Hosts, ports and connections: what servers and applications agree on."""

import errno
import socket
from ipaddress import ip_address
from typing import Any

CLOSE_CONNECTION = "mock_autopilot.close_connection"
"""In the environ of a server that takes no such header: a function that has the connection closed
after the answer."""
DROP_CONNECTION = "mock_autopilot.drop_connection"
"""In the environ of a server that can do it: a function that drops the request's connection."""

MOST_WAITING = 4
"""How many control calls may wait at the same time, each in a thread of the server."""
THREADS = MOST_WAITING + 2
"""Threads of a server that answer: two are left for calls when all wait who may. A client that
stops in the middle of a body holds one too, so that with one left it would stop everybody; but
threads wait for one another. Measured with `bench/serve.py` on granian, calls a second: 6,700 with
one, 4,000 with four, 2,500 with 32; six are within the noise of four."""


def is_ip(host: str) -> bool:
    """Return whether a host is an IP address, and no name."""
    try:
        ip_address(host)
    except ValueError:
        return False
    return True


def is_loopback(host: str) -> bool:
    """Return whether a host can only be reached from this machine."""
    return host == "localhost" or (is_ip(host) and ip_address(host).is_loopback)


def origin(host: str, port: int) -> str:
    """Return the origin of a server: `http://host:port`."""
    return f"http://{f'[{host}]' if ':' in host else host}:{port}"


def bind(host: str, port: int) -> socket.socket:
    """Bind a port of a host, 0 for any free one, without listening yet; return the socket.

    Raises OSError when it is taken, or is not this machine's.
    """
    family, kind, protocol, _, address = socket.getaddrinfo(
        host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE
    )[0]
    bound = socket.socket(family, kind, protocol)
    try:
        try:
            bound.bind(address)  # alone: with SO_REUSEADDR two could have it until one listens
        except OSError as error:
            if error.errno != errno.EADDRINUSE or _listens(address):
                raise
            # Nobody listens: what is left are closed connections of a server before.
            bound.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            bound.bind(address)
    except OSError:
        bound.close()
        raise
    return bound


def _listens(address: tuple[Any, ...]) -> bool:
    try:
        socket.create_connection(address[:2], timeout=1).close()
    except OSError:
        return False
    return True


def port_of(bound: socket.socket) -> int:
    """Return the port that a socket is bound to."""
    port: int = bound.getsockname()[1]
    return port
