"""TLS, the files of its CAs, proxies and passwords: what the environment says of a connection."""

import json
import socket
import ssl
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from adapter import Retry
from tests.adapter.support import Make, Time, identify

CERTIFICATE = Path(__file__).with_name("localhost.pem")
ANSWER = b'HTTP/1.1 200 OK\r\nContent-Length: 18\r\n\r\n{"contact_id":"p"}'
Talk = Callable[[socket.socket], None]


@contextmanager
def server(talk: Talk) -> Iterator[int]:
    """Serve connections on a port of this machine, one after the other."""
    with socket.create_server(("127.0.0.1", 0)) as listening:

        def serve() -> None:
            while True:
                try:
                    connection, _ = listening.accept()
                except OSError:
                    return
                with connection:
                    connection.settimeout(10)
                    try:
                        talk(connection)
                    except OSError:
                        continue

        thread = threading.Thread(target=serve, daemon=True)
        thread.start()
        yield listening.getsockname()[1]
        listening.shutdown(socket.SHUT_RDWR)
    thread.join(10)


def answer(connection: socket.socket) -> bytes:
    """Read a call and answer it; return its head."""
    received = b""
    while b"}}" not in received:
        received += connection.recv(65536)
    connection.sendall(ANSWER)
    return received.partition(b"\r\n\r\n")[0]


def plain(connection: socket.socket) -> None:
    connection.recv(65536)
    connection.sendall(b"HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\n\r\n")


def hang_up(connection: socket.socket) -> None:
    connection.recv(65536)


def secure(heads: list[bytes]) -> Talk:
    """Make what answers over TLS."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(CERTIFICATE)

    def talk(connection: socket.socket) -> None:
        with context.wrap_socket(connection, server_side=True) as wrapped:
            heads.append(answer(wrapped))

    return talk


@pytest.fixture(autouse=True)
def environment(monkeypatch: pytest.MonkeyPatch) -> None:
    """Name no CA files, no proxies and no passwords."""
    for name in ("REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE", "NETRC"):
        monkeypatch.delenv(name, raising=False)
    for name in ("http_proxy", "https_proxy", "all_proxy", "no_proxy"):
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(name.upper(), raising=False)


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost"])
def test_tls_to_a_plain_server_fails_at_once_and_names_the_fix(
    to: Make, time: Time, host: str
) -> None:
    with server(plain) as port:
        delivery = to(base_url=f"https://{host}:{port}/v1/").deliver(identify())
    assert (delivery.outcome, delivery.status, time.slept) == ("failed", None, [])
    assert "SSLError" in delivery.message
    assert delivery.message.endswith(" (there is no TLS at this address: use http://)")


def test_a_certificate_that_is_not_trusted_fails_at_once_and_names_the_fix(
    to: Make, time: Time
) -> None:
    with server(secure([])) as port:
        delivery = to(base_url=f"https://localhost:{port}/v1/").deliver(identify())
    assert (delivery.outcome, delivery.status, time.slept) == ("failed", None, [])
    assert delivery.message.endswith(
        " (its certificate is not trusted: name the file of the CA's certificates in "
        "REQUESTS_CA_BUNDLE)"
    )


def test_a_certificate_for_another_host_fails_at_once(
    to: Make, time: Time, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", str(CERTIFICATE))
    with server(secure([])) as port:
        delivery = to(base_url=f"https://127.0.0.1:{port}/v1/").deliver(identify())
    assert (delivery.outcome, time.slept) == ("failed", [])
    assert delivery.message.endswith(" (use the host name that its certificate is for)")


def test_a_connection_that_breaks_off_in_the_handshake_may_do_better_later(
    to: Make, time: Time
) -> None:
    with server(hang_up) as port:
        url = f"https://localhost:{port}/v1/"
        delivery = to(base_url=url, retry=Retry(total=2)).deliver(identify())
    assert (delivery.outcome, time.slept) == ("failed", [0.5, 1.0])


@pytest.mark.parametrize("name", ["REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE"])
def test_the_ca_file_of_the_environment_is_used_on_this_machine_too(
    to: Make, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    monkeypatch.setenv(name, str(CERTIFICATE))
    for proxy in ("https_proxy", "HTTPS_PROXY", "all_proxy"):
        monkeypatch.setenv(proxy, "http://127.0.0.1:9")
    with server(secure([])) as port:
        delivery = to(base_url=f"https://localhost:{port}/v1/").deliver(identify())
    assert delivery.outcome == "delivered", delivery.message


@pytest.mark.parametrize(
    ("content", "hint"),
    [
        (None, "(name the file of the CA's certificates in REQUESTS_CA_BUNDLE)"),
        ("nothing", "(there is no certificate in that file: name the file of the CA's"),
    ],
)
def test_a_ca_file_that_is_none_is_named_at_once(
    to: Make,
    time: Time,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    content: str | None,
    hint: str,
) -> None:
    file = tmp_path / "ca.pem"
    if content is not None:
        file.write_text(content)
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", str(file))
    with server(secure([])) as port:
        delivery = to(base_url=f"https://localhost:{port}/v1/").deliver(identify())
    assert (delivery.outcome, delivery.status, time.slept) == ("failed", None, [])
    assert hint in delivery.message


@pytest.mark.parametrize("entry", ["machine localhost", "default"])
def test_the_passwords_of_netrc_are_not_sent(
    to: Make, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, entry: str
) -> None:
    file = tmp_path / "netrc"
    file.write_text(f"{entry} login ada password secret\n")
    file.chmod(0o600)
    monkeypatch.setenv("NETRC", str(file))
    heads: list[bytes] = []

    def talk(connection: socket.socket) -> None:
        heads.append(answer(connection))

    with server(talk) as port:
        delivery = to(base_url=f"http://localhost:{port}/v1/").deliver(identify())
    assert delivery.outcome == "delivered", delivery.message
    (head,) = heads
    assert b"autopilotapikey" in head.lower()
    assert b"authorization" not in head.lower()


def test_a_failure_is_told_as_json_too(to: Make) -> None:
    with server(plain) as port:
        delivery = to(base_url=f"https://127.0.0.1:{port}/v1/").deliver(identify())
    (call,) = json.loads(json.dumps(delivery.to_json()))["calls"]
    assert (call["status"], call["answer"]) == (None, None)
    assert call["attempts"][0]["error"].startswith("SSLError: ")
