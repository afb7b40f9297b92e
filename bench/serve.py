"""Measure `mock-autopilot serve`: how soon it answers, and how many calls a second it takes.

Each figure stands beside those of named alternatives, measured in the same run: absolute figures
are this machine's at this moment, ratios hold. A call is a POST /v1/contact that adds a contact of
its own; the client is this process, with nothing but sockets and a selector. Every measurement has
a fresh server, and the servers take turns.
"""

import argparse
import os
import platform
import re
import selectors
import socket
import statistics
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from importlib.metadata import version
from itertools import count
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from flask import Flask

THREADS = (1, 2, 4)
HELLO = """
import sys
from flask import Flask
app = Flask("hello")
@app.get("/")
def hello():
    return "hello"
def load():
    return app
port = int(sys.argv[1])
"""
HELLO_GRANIAN = f"""{HELLO}
from granian.constants import Interfaces
from granian.log import LogLevels
from granian.server import Server
Server("hello", port=port, interface=Interfaces.WSGI, blocking_threads=2, websockets=False,
       log_level=LogLevels.error).serve(target_loader=load, wrap_loader=False)
"""
HELLO_WAITRESS = f"""{HELLO}
from waitress import serve
serve(app, host="127.0.0.1", port=port)
"""


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--seconds", type=float, default=3.0, help="length of one measurement (3)")
    parser.add_argument("--connections", type=int, default=16, help="kept alive, at once (16)")
    parser.add_argument("--rounds", type=int, default=5, help="measurements of each server (5)")
    options = parser.parse_args()
    packages = ", ".join(f"{name} {version(name)}" for name in ("granian", "flask", "waitress"))
    print(f"{os.cpu_count()} CPUs, {platform.platform()}")
    print(f"Python {platform.python_version()}, {packages}")
    measure_starts(options.rounds)
    measure_calls(options.rounds, options.seconds, options.connections)


@dataclass
class Row:
    """The figures of one server."""

    name: str
    command: list[str]
    figures: list[float] = field(default_factory=list)


def show(title: str, rows: list[Row]) -> None:
    """Print the figures; the ratios are to the first row's median."""
    print(f"\n{title:<52}{'min':>8}{'median':>8}{'max':>8}{'ratio':>8}")
    base = statistics.median(rows[0].figures)
    for row in rows:
        low, middle, high = min(row.figures), statistics.median(row.figures), max(row.figures)
        print(f"  {row.name:<50}{low:>8.0f}{middle:>8.0f}{high:>8.0f}{middle / base:>8.2f}")


# --- cold start ----------------------------------------------------------------------------------


def measure_starts(rounds: int) -> None:
    """From the start of the process to its first answer."""
    serve = [sys.executable, "-m", "mock_autopilot", "serve", "--port"]
    rows = [
        Row("mock-autopilot serve", serve),
        Row("Flask hello on granian", [sys.executable, "-c", HELLO_GRANIAN]),
        Row("Flask hello on waitress", [sys.executable, "-c", HELLO_WAITRESS]),
    ]
    for _ in range(rounds):
        for row in rows:
            row.figures.append(cold_start(row.command) * 1000)
    show(f"cold start, ms, {rounds} rounds", rows)


def cold_start(command: list[str]) -> float:
    """Give the seconds until a server, started now, has answered its first call."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    path = "/_mock/health" if "mock_autopilot" in command else "/"
    call = f"GET {path} HTTP/1.1\r\nHost: localhost\r\n\r\n".encode()
    began = time.perf_counter()
    with running([*command, str(port)]) as process:
        while True:
            if process.poll() is not None:
                raise SystemExit(f"{command} ended")
            try:
                connection = socket.create_connection(("127.0.0.1", port))
                break
            except OSError:
                time.sleep(0.0005)
        with closing(connection):
            exchange(connection, call)
            return time.perf_counter() - began


# --- calls a second ------------------------------------------------------------------------------


def measure_calls(rounds: int, seconds: float, connections: int) -> None:
    """Calls a second, the servers in turn."""
    from mock_autopilot.servers import network

    launch = [sys.executable, __file__, "launch"]
    serve = [sys.executable, "-m", "mock_autopilot", "serve", "--port", "0"]
    others = [threads for threads in THREADS if threads != network.THREADS]
    rows = [
        Row(f"mock-autopilot serve ({network.THREADS} threads)", serve),
        *(
            Row(
                f"the same with {threads} thread{'s'[: threads - 1]}",
                [*launch, "serve", f"{threads}"],
            )
            for threads in others
        ),
        Row("the same application on waitress", [*launch, "waitress"]),
        Row("Flask view that does nothing, same granian", [*launch, "nothing"]),
    ]
    busy = 0.0
    for _ in range(rounds):
        for row in rows:
            with running(row.command) as process:
                port = first_port(process)
                drive(port, connections, min(seconds, 0.5))
                rate, share = drive(port, connections, seconds)
            row.figures.append(rate)
            busy = max(busy, share)
    show(f"calls a second, {connections} connections, {rounds} x {seconds:g} s", rows)
    print(f"  (the client was busy {busy:.0%} of the time at most)")


def drive(port: int, connections: int, seconds: float) -> tuple[float, float]:
    """Call as fast as answers come; give calls a second, and how busy this kept a CPU."""
    requests = calls()
    selector = selectors.DefaultSelector()
    opened = [socket.create_connection(("127.0.0.1", port)) for _ in range(connections)]
    done = 0
    began, busy = time.perf_counter(), time.process_time()
    end = began + seconds
    try:
        for connection in opened:
            connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            connection.setblocking(False)
            selector.register(connection, selectors.EVENT_READ, (connection, bytearray()))
            connection.send(next(requests))
        while time.perf_counter() < end:
            for key, _ in selector.select(1):
                connection, received = key.data
                received += connection.recv(65536)
                if is_whole(received):
                    received.clear()
                    done += 1
                    connection.send(next(requests))
        elapsed = time.perf_counter() - began
        return done / elapsed, (time.process_time() - busy) / elapsed
    finally:
        selector.close()
        for connection in opened:
            connection.close()


def calls() -> Iterator[bytes]:
    """Give calls, each of which adds another contact."""
    run = os.urandom(4).hex()
    for number in count():
        body = (
            b'{"contact":{"Email":"p%b.%08d@example.com","FirstName":"Chris","LastName":"Smith",'
            b'"Company":"Example","custom":{"integer--Age":41,"string--Plan":"gold"}}}'
            % (run.encode(), number)
        )
        yield (
            b"POST /v1/contact HTTP/1.1\r\nHost: 127.0.0.1\r\nautopilotapikey: sandbox-key\r\n"
            b"Content-Type: application/json\r\nContent-Length: %d\r\n\r\n%b" % (len(body), body)
        )


def is_whole(received: bytes | bytearray) -> bool:
    """Say whether the answer is there; end the run when it is no success."""
    if not received:
        raise SystemExit("the server has closed a connection")
    if not received.startswith(b"HTTP/1.1 200"):
        raise SystemExit(f"not a success: {bytes(received[:500])!r}")
    end = received.find(b"\r\n\r\n")
    length = re.search(rb"(?i)\r\ncontent-length: *(\d+)\r\n", received)
    return end > 0 and length is not None and len(received) >= end + 4 + int(length[1])


def exchange(connection: socket.socket, call: bytes) -> None:
    """Make one call and wait for its answer."""
    connection.sendall(call)
    received = bytearray(connection.recv(65536))
    while not is_whole(received):
        received += connection.recv(65536)


# --- servers -------------------------------------------------------------------------------------


@contextmanager
def running(command: list[str]) -> Iterator[subprocess.Popen[str]]:
    """Run a server, and stop it at the end."""
    process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
    try:
        yield process
    finally:
        process.terminate()
        process.communicate()


def first_port(process: subprocess.Popen[str]) -> int:
    """Read the port from the first line that the server prints."""
    assert process.stdout
    found = re.search(r"127\.0\.0\.1:(\d+)", process.stdout.readline())
    if not found:
        raise SystemExit("the server has not started")
    return int(found[1])


def launch(kind: str, *arguments: str) -> None:
    """Be one of the servers."""
    if kind == "serve":
        from mock_autopilot.cli import main as command_line
        from mock_autopilot.servers import network

        network.THREADS = int(arguments[0])
        command_line(["serve", "--port", "0"])
    elif kind == "waitress":
        import logging
        from threading import Event

        from mock_autopilot.account.accounts import Accounts
        from mock_autopilot.app import create_app
        from mock_autopilot.servers.thread_server import ThreadServer
        from mock_autopilot.storage.memory import MemoryStorage

        # It would log each call that has to wait.
        logging.getLogger("waitress.queue").setLevel(logging.ERROR)
        announce(ThreadServer(create_app(Accounts(storage=MemoryStorage()))).port)
        Event().wait()
    else:
        from mock_autopilot.servers import network, process_server
        from mock_autopilot.servers.network import bind

        process_server.serve(nothing, bind("127.0.0.1", 0), announce)


def announce(port: int) -> None:
    """Print where the server is."""
    print(f"http://127.0.0.1:{port}", flush=True)


def nothing() -> "Flask":
    """Make the application that answers as the API does, and does nothing."""
    from flask import Flask, Response

    app = Flask("nothing", static_folder=None)
    answer = '{"contact_id":"person_00000000-0000-0000-0000-000000000000"}'

    @app.post("/v1/contact")
    def upsert() -> Response:
        return Response(answer, mimetype="application/json")

    return app


if __name__ == "__main__":
    if sys.argv[1:2] == ["launch"]:
        launch(*sys.argv[2:])
    else:
        main()
