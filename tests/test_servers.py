"""What the servers are set up for: how many clients, how large bodies, whose signals."""

import json
import os
import signal
import socket
import subprocess
import sys
from contextlib import ExitStack, suppress
from http.client import HTTPConnection
from pathlib import Path

import pytest

from mock_autopilot import MockAutopilot
from tests.conftest import PATIENCE, Served, eventually

MANY = 200
"""Clients that keep a connection open: more than a pool of any usual size."""


def healthy(port: int) -> bool:
    connection = HTTPConnection("127.0.0.1", port, timeout=PATIENCE)
    try:
        connection.request("GET", "/_mock/health")
        return connection.getresponse().status == 200
    except OSError:
        return False
    finally:
        connection.close()


def body_of(size: int) -> bytes:
    """Return a contact whose JSON has this size."""
    plain = json.dumps({"contact": {"Email": "large@example.com", "FirstName": "L"}}).encode()
    return plain + b" " * (size - len(plain))


class TestThreadServer:
    def test_many_idle_connections_keep_nobody_out(self, server: MockAutopilot) -> None:
        with ExitStack() as opened:
            for _ in range(MANY):
                client = socket.create_connection(("127.0.0.1", server.port), timeout=PATIENCE)
                opened.enter_context(client)
            assert healthy(server.port)


class TestServe:
    def test_many_idle_connections_keep_nobody_out(self, served: Served) -> None:
        with ExitStack() as opened:
            for _ in range(MANY):
                client = socket.create_connection(("127.0.0.1", served.port), timeout=PATIENCE)
                opened.enter_context(client)
            assert healthy(served.port)

    def test_a_body_may_have_a_mebibyte_unless_it_says_otherwise(self, served: Served) -> None:
        assert served.call("POST", "/v1/contact", body_of(1024 * 1024)).status == 200
        answer = served.call("POST", "/v1/contact", body_of(1024 * 1024 + 1))
        assert answer.status == 413
        assert "1048576 bytes" in answer.body["message"]

    @pytest.mark.skipif(not Path("/proc/self/status").exists(), reason="there is no /proc")
    def test_the_terminals_ctrl_c_reaches_no_process_but_the_first(self, served: Served) -> None:
        """Each other process has left the terminal's group, or ignores the signal."""
        group = group_of(served.process.pid)
        assert served.process.pid in group
        others = [pid for pid in group if pid != served.process.pid]
        assert [pid for pid in others if not ignores(pid, signal.SIGINT)] == []

    def test_the_port_of_a_server_that_was_killed_is_not_taken_for_its_own(
        self, tmp_path: Path
    ) -> None:
        """Until it is announced there is no port file: the server waits here for its reader."""
        port_file = tmp_path / "port"
        port_file.write_text("1\n")
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            port = probe.getsockname()[1]
        command = [sys.executable, "-m", "mock_autopilot", "serve", "--port", str(port)]
        output, full = full_pipe()
        with subprocess.Popen([*command, "--port-file", str(port_file)], stdout=full) as process:
            os.close(full)
            try:
                eventually(lambda: healthy(port), "a server that answers")
                assert not port_file.exists() or port_file.read_text() == f"{port}\n"
            finally:
                os.close(output)
                process.terminate()


def full_pipe() -> tuple[int, int]:
    """Return a pipe that nothing can be written to before something is read."""
    output, full = os.pipe()
    os.set_blocking(full, False)
    try:
        while True:
            os.write(full, b"." * 512)
    except BlockingIOError:
        os.set_blocking(full, True)
    return output, full


def group_of(leader: int) -> list[int]:
    """Return the processes of a process group."""
    members = []
    for entry in Path("/proc").iterdir():
        with suppress(ProcessLookupError):  # it may have ended meanwhile
            if entry.name.isdigit() and os.getpgid(int(entry.name)) == leader:
                members.append(int(entry.name))
    return members


def ignores(pid: int, number: signal.Signals) -> bool:
    status = Path(f"/proc/{pid}/status").read_text()
    (mask,) = [line.split()[1] for line in status.splitlines() if line.startswith("SigIgn:")]
    return bool(int(mask, 16) & 1 << (number - 1))
