"""A forwarder behind a URL: started by the run, behind a token, and used by more than one run."""

import json
import os
import shlex
import socket
import sys
from pathlib import Path

import pytest

from contract_tests.protocol import SetupError
from contract_tests.targets import environment
from contract_tests.url_target import UrlTarget, free_port, masked, start_server
from tests.contract.running import ROOT, contract, verdicts

FREE = "http://127.0.0.1:{port}/"
FEW = ("--examples", "2", "--clause", "IDN-01", "--clause", "TRK-02")


def server(*arguments: str) -> str:
    return shlex.join([sys.executable, "server.py", *arguments])


def gone(pid: int) -> bool:
    """Return whether a process has ended; one that nobody has waited for has, too."""
    status = Path(f"/proc/{pid}/stat")
    return not status.exists() or status.read_text().rpartition(")")[2].split()[0] == "Z"


def pids(folder: Path) -> list[int]:
    return [int(pid) for pid in (folder / "pids.txt").read_text().split()]


@pytest.mark.parametrize("processes", [(), ("-n", "2")])
def test_it_is_started_judged_and_ended_with_its_children(
    folder: Path, processes: tuple[str, ...]
) -> None:
    (folder / "pids.txt").unlink(missing_ok=True)
    done = contract(folder, "--adapter-url", FREE, "--start", server(), *FEW, *processes)
    assert done.returncode == 0, done.stdout
    assert set(verdicts(done.stdout).values()) == {"passed"}
    assert len(pids(folder)) == 2 if not processes else 6  # the controller's, and each worker's
    assert all(gone(pid) for pid in pids(folder))


def test_at_a_port_of_its_own_it_works_in_processes_too(folder: Path) -> None:
    url = f"http://127.0.0.1:{free_port()}/"
    done = contract(folder, "--adapter-url", url, "--start", server(), *FEW, "-n", "2")
    assert done.returncode == 0, done.stdout


def test_one_that_ends_on_the_way_is_no_verdict(folder: Path) -> None:
    done = contract(folder, "--adapter-url", FREE, "--start", server("--crash"), *FEW)
    assert done.returncode == 2, done.stdout
    assert "ended with status 3; the last that it wrote: ready / Error: out of memory" in (
        done.stdout
    )
    assert all(gone(pid) for pid in pids(folder))


CANNOT: dict[str, tuple[tuple[str, ...], str]] = {
    "no such program": (("--start", "no-such-program"), "--start 'no-such-program': [Errno 2]"),
    "an empty command": (("--start", " "), "--start ' ' names nothing"),
    "a quote too many": (("--start", "node '"), '--start "node \'": No closing quotation'),
    "ends at once": (
        ("--start", f"{sys.executable} once.py"),
        "ended with status 1; the last that it wrote: ",
    ),
    "never there": (
        ("--start", "sleep 600", "--timeout", "0.3"),
        "after 0.3 s",
    ),
}


@pytest.mark.parametrize("case", CANNOT)
def test_what_cannot_be_started(folder: Path, case: str) -> None:
    arguments, expected = CANNOT[case]
    done = contract(folder, "--adapter-url", FREE, *arguments)
    assert (done.returncode, len(done.stdout.splitlines())) == (2, 1), done.stdout
    assert expected in done.stdout


def test_a_port_that_something_else_has(folder: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        url = f"http://127.0.0.1:{taken.getsockname()[1]}/"
        done = contract(folder, "--adapter-url", url, "--start", server())
    assert done.returncode == 2
    assert "something else answers at 127.0.0.1:" in done.stdout


@pytest.mark.parametrize(
    ("arguments", "expected"),
    [
        (("--adapter", "early:factory", "--start", "x"), "--start is for --adapter-url"),
        (
            ("--adapter", "early:factory", "--adapter-header", "A: b"),
            "--adapter-header is for --adapter-url",
        ),
        (("--adapter-url", FREE, "--mock-port", "18197"), "{port} is for servers of --start"),
    ],
)
def test_options_that_belong_together(
    folder: Path, arguments: tuple[str, ...], expected: str
) -> None:
    done = contract(folder, *arguments)
    assert (done.returncode, len(done.stdout.splitlines())) == (2, 1), done.stdout
    assert expected in done.stdout


def test_a_header_opens_the_door(folder: Path) -> None:
    token = ("--adapter-url", FREE, "--start", server("--token"), *FEW)
    refused = contract(folder, *token)
    assert refused.returncode == 2
    assert "said 403 'who are you?'" in refused.stdout
    assert contract(folder, *token, "--adapter-header", "X-Token: s3cret").returncode == 0


def test_secrets_of_a_url_are_sent_and_not_shown(folder: Path) -> None:
    url = FREE.replace("//", "//ann:pass%20word@") + "hook?token=s3cret"
    report = folder / "secrets.json"
    started = ("--start", server("--user"), "--report", str(report), *FEW)
    done = contract(folder, "--adapter-url", url, *started)
    assert done.returncode == 0, done.stdout
    told = json.loads(report.read_text("utf-8"))["target"]
    assert told == "http://…@127.0.0.1:{port}/hook?token=…"
    assert told in done.stdout
    for secret in ("s3cret", "pass%20word"):
        assert secret not in done.stdout + report.read_text("utf-8")


@pytest.mark.parametrize(
    ("url", "shown"),
    [
        ("http://127.0.0.1:80/a?b", "http://127.0.0.1:80/a?b=…"),
        ("http://u@h/", "http://…@h/"),
        ("http://h", "http://h"),
        ("http://[::", "http://[::"),
    ],
)
def test_what_is_shown_of_a_url(url: str, shown: str) -> None:
    assert masked(url) == shown


@pytest.mark.parametrize("header", ["", "X-Token", ": x", "A: b\nC: d"])
def test_a_header_has_a_name_and_a_value(header: str) -> None:
    with pytest.raises(SetupError, match="write it as 'Name: value'"):
        UrlTarget("http://127.0.0.1:1/", headers=[header])


def test_a_server_that_stays_up_meets_new_people_in_each_run(folder: Path) -> None:
    port, fake = free_port(), free_port()
    url = f"http://127.0.0.1:{port}/"
    settings = {
        "base_url": f"http://127.0.0.1:{fake}/v1/",
        "api_key": "contract-key",
        "journeys": {"Step Activated": "0001"},
        "default_trigger": "0000",
    }
    variables = {**os.environ, **environment(settings), "PYTHONPATH": str(ROOT)}
    (folder / "seen.txt").unlink(missing_ok=True)
    own = Path.cwd()
    os.chdir(folder)
    try:
        running = start_server(server("--note"), url, variables, 10)
    finally:
        os.chdir(own)
    try:
        runs = []
        for _ in range(2):
            few = ("--clause", "IDR-05", "--examples", "3", "--seed", "1")
            done = contract(folder, "--adapter-url", url, "--mock-port", str(fake), *few)
            assert done.returncode == 0, done.stdout
            runs.append((folder / "seen.txt").read_text().split())
    finally:
        running.close()
    first, both = runs
    assert len(both) == 2 * len(first)
    assert not set(both[len(first) :]) & set(first)
