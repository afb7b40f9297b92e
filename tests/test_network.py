"""Hosts and ports: who can reach a host, and how a port is taken."""

import socket

import pytest

from mock_autopilot.servers.network import bind, is_ip, is_loopback, origin, port_of


@pytest.mark.parametrize(
    ("host", "ip", "loopback"),
    [
        ("localhost", False, True),
        ("127.0.0.1", True, True),
        ("127.1.2.3", True, True),
        ("::1", True, True),
        ("0.0.0.0", True, False),
        ("192.168.0.1", True, False),
        ("fe80::1", True, False),
        ("localhost.example", False, False),
        ("", False, False),
    ],
)
def test_which_hosts_are_ips_and_loopback(host: str, ip: bool, loopback: bool) -> None:
    assert (is_ip(host), is_loopback(host)) == (ip, loopback)


def test_an_ipv6_address_stands_in_brackets_in_an_origin() -> None:
    assert origin("::1", 80) == "http://[::1]:80"
    assert origin("localhost", 80) == "http://localhost:80"


def test_a_port_cannot_be_bound_twice() -> None:
    with bind("127.0.0.1", 0) as first:
        assert first.type == socket.SOCK_STREAM
        assert first.getsockname()[0] == "127.0.0.1"
        first.listen()
        with pytest.raises(OSError, match="in use"):
            bind("127.0.0.1", port_of(first))


def test_a_port_with_only_closed_connections_can_be_bound() -> None:
    with bind("127.0.0.1", 0) as listener:
        port = port_of(listener)
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)  # as servers do
        listener.listen()
        with socket.create_connection(("127.0.0.1", port)) as client:
            there, _ = listener.accept()
            there.close()  # the side that closes first keeps the port for a while
            assert client.recv(1) == b""
    with bind("127.0.0.1", port) as again:
        assert port_of(again) == port


def test_another_machines_address_cannot_be_bound() -> None:
    with pytest.raises(OSError, match="assign"):
        bind("192.0.2.1", 0)  # an address for documents
