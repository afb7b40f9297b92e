"""Hosts and ports: who can reach a host, and how a port is taken."""

import socket
from ipaddress import ip_address


def is_ip(host: str) -> bool:
    """Say whether a host is an IP address, and no name."""
    try:
        ip_address(host)
    except ValueError:
        return False
    return True


def is_loopback(host: str) -> bool:
    """Say whether a host can only be reached from this machine."""
    return host == "localhost" or (is_ip(host) and ip_address(host).is_loopback)


def bind(host: str, port: int) -> socket.socket:
    """Take a port of a host, 0 for any free one; nothing is accepted yet.

    Raises OSError when it is taken, or is not this machine's.
    """
    family, kind, protocol, _, address = socket.getaddrinfo(
        host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE
    )[0]
    bound = socket.socket(family, kind, protocol)
    try:
        bound.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        bound.bind(address)
    except OSError:
        bound.close()
        raise
    return bound


def port_of(bound: socket.socket) -> int:
    """Give the port that a socket is bound to."""
    port: int = bound.getsockname()[1]
    return port
