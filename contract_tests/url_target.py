"""A forwarder behind a URL, which the run may start itself."""

import json
import os
import shlex
import socket
import time
from base64 import b64encode
from collections.abc import Iterable, Mapping
from contextlib import suppress
from http.client import HTTPException
from urllib.error import HTTPError, URLError
from urllib.parse import unquote, urlsplit, urlunsplit
from urllib.request import ProxyHandler, Request, build_opener

from contract_tests.processes import MAX_LINE, TIMEOUT, OwnProcess
from contract_tests.protocol import Message, Result, SetupError

PORT = "{port}"
"""What stands for a free port in the URL and the command of a server that is started."""
INTERVAL = 0.05
"""Seconds between looks at whether a server that was started takes connections."""


class UrlTarget:
    """A forwarder that takes each message as the body of a POST.

    A user and a password in the URL are sent as HTTP Basic authentication. `headers` are lines of
    `Name: value`.
    """

    server: OwnProcess | None = None
    """The process that was started for it, if any: it is ended with it."""

    def __init__(self, url: str, timeout: float = TIMEOUT, headers: Iterable[str] = ()) -> None:
        address, credentials = _without_user(url)
        self._url = address
        self._shown = masked(url)
        self._timeout = timeout
        self._headers = {"Content-Type": "application/json", **credentials, **_read(headers)}
        self._opener = build_opener(ProxyHandler({}))

    def deliver(self, message: Message) -> Result:
        """POST it; the HTTP status and the JSON `message` are the result."""
        body = json.dumps(message).encode()
        request = Request(self._url, body, self._headers)  # noqa: S310  # checked to be http
        try:
            with self._opener.open(request, timeout=self._timeout) as answer:
                return Result(answer.status, _message_in(answer.read(MAX_LINE)))
        except HTTPError as error:
            with error:
                return Result(error.code, _message_in(error.read(MAX_LINE)))
        except (HTTPException, OSError, ValueError) as error:
            why = error.reason if isinstance(error, URLError) else error
            ended = self.server.ended() if self.server else ""
            raise SetupError(
                f"--adapter-url {self._shown} cannot be reached: {why}"
                + (f"; {self.server.name} {ended}" if self.server and ended else "")
            ) from None

    def close(self) -> None:
        """End the server, if it was started for this run."""
        if self.server:
            self.server.close()


def start_server(
    command: str, url: str, environment: Mapping[str, str], timeout: float
) -> OwnProcess:
    """Start a server in this environment, and wait until it takes connections at the URL.

    Raises `SetupError` when it cannot be started, ends, or is not there in time, or when something
    else has its port already.
    """
    name = f"--start {command!r}"
    host, port = _host_and_port(url)
    command = command.replace(PORT, str(port))
    if _answers(host, port):
        raise SetupError(f"{name}: something else answers at {host}:{port} already")
    try:
        parts = command if os.name == "nt" else shlex.split(command)
    except ValueError as error:
        raise SetupError(f"{name}: {error}") from None
    if not parts:
        raise SetupError(f"{name} names nothing")
    server = OwnProcess(name, parts, {**environment, "PORT": str(port)})
    deadline = time.monotonic() + timeout
    why = ""
    try:
        there = False
        while not (why or there):
            there = _answers(host, port)
            time.sleep(INTERVAL)
            why = server.ended()  # also when another server has got the port meanwhile
            if not (why or there) and time.monotonic() > deadline:
                why = f"is not there at {host}:{port} after {timeout:g} s{server.last_line()}"
    except BaseException:  # an interrupt too
        server.close()
        raise
    if why:
        server.close()
        raise SetupError(f"{name} {why}")
    return server


def masked(url: str) -> str:
    """Return a URL without its secrets: user and password, and the values of its query."""
    try:
        parts = urlsplit(url)
    except ValueError:
        return url.partition("?")[0].rpartition("@")[2]
    host = parts.netloc.rpartition("@")[2]
    names = [f"{pair.partition('=')[0]}=…" for pair in parts.query.split("&") if pair]
    netloc = f"…@{host}" if host != parts.netloc else host
    return urlunsplit((parts.scheme, netloc, parts.path, "&".join(names), ""))


def _without_user(url: str) -> tuple[str, dict[str, str]]:
    """Return a URL without user and password, and the header that says them."""
    if not url.startswith(("http://", "https://")):
        raise SetupError(f"--adapter-url {masked(url)}: it must begin with http:// or https://")
    _host_and_port(url)
    parts = urlsplit(url)
    user, at, host = parts.netloc.rpartition("@")
    if not at:
        return url, {}
    user += "" if ":" in user else ":"  # as Segment has it: a write key, and an empty password
    secret = b64encode(unquote(user).encode()).decode()
    return urlunsplit(parts._replace(netloc=host)), {"Authorization": f"Basic {secret}"}


def _host_and_port(url: str) -> tuple[str, int]:
    try:
        parts = urlsplit(url)
        port = parts.port or (443 if parts.scheme == "https" else 80)
    except ValueError as error:
        raise SetupError(f"--adapter-url {masked(url)}: {error}") from None
    if not parts.hostname:
        raise SetupError(f"--adapter-url {masked(url)}: it names no host")
    return parts.hostname, port


def free_port() -> int:
    """Return the number of a port that nothing has at the moment."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def _answers(host: str, port: int) -> bool:
    with suppress(OSError), socket.create_connection((host, port), timeout=1):
        return True
    return False


def _read(headers: Iterable[str]) -> dict[str, str]:
    """Read lines of `Name: value`."""
    found = {}
    for line in headers:
        name, colon, value = line.partition(":")
        if not colon or not name.strip() or not (name + value).isprintable():
            raise SetupError("--adapter-header: write it as 'Name: value'")
        found[name.strip()] = value.strip()
    return found


def _message_in(body: bytes) -> str:
    try:
        answer = json.loads(body)
    except (ValueError, RecursionError):
        return body.decode("utf-8", "replace")
    return str(answer.get("message") or "") if isinstance(answer, Mapping) else ""
