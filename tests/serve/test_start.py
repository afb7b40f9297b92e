"""`mock-autopilot serve` starts: its output, port file, host and port, and version."""

import re
import signal
import socket
import subprocess
import sys
from pathlib import Path

import pytest

from tests.conftest import PATIENCE, Served, StartServe, eventually
from tests.serve.http_calls import CONTACT
from tests.serve.processes import begin, first_line, one_error, run


def test_it_prints_its_url_and_key(served: Served) -> None:
    assert f"Autopilot API  http://127.0.0.1:{served.port}/v1/\n" in served.printed
    assert "API key        sandbox-key\n" in served.printed
    assert served.port_file.read_text() == f"{served.port}\n"
    assert not list(served.port_file.parent.glob("*.partial"))
    assert served.call("POST", "/v1/contact", CONTACT).status == 200


def test_the_port_file_is_removed_at_the_end(start_serve: StartServe) -> None:
    served = start_serve()
    served.signal(signal.SIGTERM)
    assert served.ended() == 0
    assert not served.port_file.exists()


def test_a_port_file_of_an_earlier_run_is_replaced(tmp_path: Path) -> None:
    port_file = tmp_path / "port"
    port_file.write_text("1\n")
    with begin("--port", "0", "--port-file", str(port_file)) as process:
        try:
            port = re.search(r":(\d+)/", first_line(process))
            assert port

            def renewed() -> bool:
                return port_file.exists() and port_file.read_text() == f"{port[1]}\n"

            eventually(renewed, "the new port in the file")
        finally:
            process.terminate()


def test_a_port_file_that_cannot_be_written_is_an_error(tmp_path: Path) -> None:
    result = run("--port", "0", "--port-file", str(tmp_path / "missing" / "port"))
    assert "missing" in one_error(result)


def test_a_port_that_another_serve_uses_is_an_error(served: Served) -> None:
    result = run("--port", str(served.port))
    assert one_error(result).startswith(
        f"Error: cannot listen on 127.0.0.1:{served.port}: it is in use."
    )
    assert result.returncode == 1
    assert served.call("GET", "/_mock/health").status == 200


@pytest.mark.parametrize("shares", [False, True])
def test_a_port_that_another_program_uses_is_an_error(shares: bool) -> None:
    with socket.socket() as holder:
        if shares:
            holder.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)
        holder.bind(("127.0.0.1", 0))
        holder.listen()
        port = holder.getsockname()[1]
        result = run("--port", str(port))
    assert f"127.0.0.1:{port}: it is in use." in one_error(result)
    assert result.returncode == 1


def test_only_one_of_several_started_at_once_gets_the_port() -> None:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = str(probe.getsockname()[1])
    processes = [begin("--port", port) for _ in range(4)]
    try:
        begun = [bool(first_line(process)) for process in processes]
    finally:
        for process in processes:
            process.terminate()
        for process in processes:
            process.communicate(timeout=PATIENCE)
    assert begun.count(True) == 1


@pytest.mark.parametrize("host", ["no such host", "host.invalid", "192.0.2.1"])
def test_a_host_that_is_not_this_machine_is_an_error(host: str) -> None:
    assert f"cannot listen on {host}:0" in one_error(run("--host", host, "--port", "0"))


def test_a_host_may_be_localhost(start_serve: StartServe) -> None:
    assert start_serve("--host", "localhost").call("GET", "/_mock/health").status == 200


def test_the_host_may_be_an_ipv6_address(start_serve: StartServe) -> None:
    try:
        with socket.socket(socket.AF_INET6) as probe:
            probe.bind(("::1", 0))
    except OSError:
        pytest.skip("this machine has no ::1")
    served = start_serve("--host", "::1")
    assert f"Autopilot API  http://[::1]:{served.port}/v1/\n" in served.printed
    assert served.call("POST", "/v1/contact", CONTACT).status == 200
    assert served.call("GET", "/_mock/state").status == 200


def test_health_and_the_version_option_show_the_same_version(served: Served) -> None:
    shown = served.call("GET", "/_mock/health").body["version"]
    assert version_line() == f"mock-autopilot, version {shown}\n"


def test_the_version_is_unknown_without_the_packages_metadata() -> None:
    missing = "import importlib.metadata as m; m.Distribution.discover = lambda **_: iter(()); "
    assert version_line(missing) == "mock-autopilot, version unknown\n"


def version_line(first: str = "") -> str:
    """Return what `--version` prints, in a process that runs `first` before."""
    code = f"{first}from mock_autopilot.cli import main; main(['--version'])"
    command = [sys.executable, "-c", code]
    return subprocess.run(
        command, capture_output=True, text=True, timeout=PATIENCE, check=True
    ).stdout
