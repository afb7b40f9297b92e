"""What cannot be tested is one line that says why, and exit status 2."""

import os
import signal
import socket
from pathlib import Path

import pytest

from tests.contract.running import (
    BROKEN,
    REFERENCE,
    ROOT,
    command,
    contract,
    python,
    start,
    verdicts,
)

CASE = ROOT / "fixtures" / "cases" / "01-seed-identify.json"
CANNOT: dict[str, tuple[tuple[str, ...], str]] = {
    "no target": ((), "name one forwarder"),
    "two targets": (
        ("--adapter", "a:b", "--adapter-command", "c"),
        "name one forwarder",
    ),
    "no factory named": (("--adapter", "broken"), "write it as package.module:factory"),
    "no such module": (("--adapter", "nowhere:factory"), "No module named 'nowhere'"),
    "no such factory": (("--adapter", "broken:fabric"), "has no attribute 'fabric'"),
    "no Python": (("--adapter", "unwritten:factory"), "SyntaxError"),
    "raising": (("--adapter", "raising:factory"), "RuntimeError: no such region"),
    "another answer": (("--adapter", "wordy:factory"), "the forwarder answered 'fine'"),
    "sends elsewhere": (("--adapter", "elsewhere:factory"), "no call reached the fake at http"),
    "another key": (("--adapter", "otherwise:other_key"), "sends another API key"),
    "another path": (("--adapter", "otherwise:other_path"), "set AUTOPILOT_BASE_URL"),
    "no journeys": (("--adapter", "otherwise:no_journeys"), "Set AUTOPILOT_JOURNEYS"),
    "nobody listens": (
        ("--adapter-url", "http://127.0.0.1:1/", "--mock-port", "18199"),
        "--adapter-url http://127.0.0.1:1/ cannot be reached",
    ),
    "a URL and no port": (("--adapter-url", "http://127.0.0.1:1/"), "needs --mock-port"),
    "no URL": (("--adapter-url", "here", "--mock-port", "18198"), "must begin with http://"),
    "a broken URL": (
        ("--adapter-url", "http://[::", "--mock-port", "18198"),
        "--adapter-url http://[::: Invalid IPv6 URL",
    ),
    "an empty key": ((*REFERENCE, "--api-key", ""), "--api-key '': api_key must be there"),
    "ends at once": (
        command("once.py"),
        "ended with status 1; the last that it wrote to standard error: RuntimeError: no region",
    ),
    "an empty name": (("--adapter-command", ""), "--adapter-command names nothing"),
    "no place for a report": ((*REFERENCE, "--report", "no/r.json"), "no/r.json: No such file"),
    "a report that is a folder": ((*REFERENCE, "--report", "x.json"), "x.json: Is a directory"),
    "another report": ((*REFERENCE, "--report", "r.txt"), "must end in .json or .html"),
    "no such command": (("--adapter-command", "no-such-program"), "no-such-program"),
    "a command for a shell": (
        ("--adapter-command", "LOG=1 no-such-program"),
        "'LOG=1'; there is no shell: write env NAME=value …, or sh -c '…'",
    ),
    "a log on standard output": (command("line.py", '{"level": "info"}'), "which is no result"),
    "prints garbage": (command("line.py", "hello"), "which is no result"),
    "nothing selected": ((*REFERENCE, "--clause", "ABC"), "--clause ABC: there is no such clause"),
    "no known failures": ((*REFERENCE, "--known-failures", "none.txt"), "none.txt: No such file"),
    "no reason": ((*REFERENCE, "--known-failures", "bare.txt"), "bare.txt:1 gives no reason"),
    "known failures not in UTF-8": (
        (*REFERENCE, "--known-failures", "latin.txt"),
        "--known-failures latin.txt is not UTF-8",
    ),
    "no place for a JUnit report": (
        (*REFERENCE, "--junitxml", "/dev/null/a/b.xml"),
        "--junitxml /dev/null/a/b.xml: Not a directory",
    ),
    "a case nested too deeply": (
        (*REFERENCE[:2], "--case", "deep.json"),
        "deep.json is nested too deeply",
    ),
    "a wrong trigger": ((*REFERENCE, "--trigger", "Signed Up"), "write EVENT=ID"),
}


@pytest.mark.parametrize("case", CANNOT)
def test_what_cannot_be_judged(folder: Path, case: str) -> None:
    arguments, expected = CANNOT[case]
    (folder / "bare.txt").write_text("IDN-01\n")
    (folder / "latin.txt").write_bytes(b"IDN-01: caf\xe9\n")
    (folder / "deep.json").write_text("[" * 100_000)
    (folder / "x.json").mkdir(exist_ok=True)
    done = contract(folder, *arguments)
    assert done.returncode == 2, done.stdout
    assert expected in done.stdout
    assert "Traceback" not in done.stdout
    said = done.stdout.strip().splitlines()
    assert len(said) == 1, done.stdout
    assert said[0].startswith("cannot judge: ")


@pytest.mark.parametrize("more", [(), ("--case", str(CASE))])
def test_a_folder_that_is_gone(tmp_path: Path, more: tuple[str, ...]) -> None:
    run = "import os, sys; os.rmdir(os.getcwd()); sys.argv[0] = 'mock-autopilot'; "
    run += "from mock_autopilot.cli import main; main()"
    done = python(tmp_path, "-P", "-c", run, "contract", *REFERENCE[:2], *more)
    assert (done.returncode, done.stdout) == (
        2,
        "cannot judge: the working directory: No such file or directory\n",
    )


def test_in_processes_it_cannot_be_judged_either(folder: Path) -> None:
    done = contract(folder, "--adapter", "elsewhere:factory", "-n", "2")
    assert done.returncode == 2
    assert done.stdout.startswith("cannot judge: no call reached the fake")
    assert len(done.stdout.splitlines()) == 1


@pytest.mark.parametrize("processes", [(), ("-n", "2")])
def test_a_forwarder_lost_on_the_way(folder: Path, processes: tuple[str, ...]) -> None:
    report = folder / "lost.json"
    one = ("--clause", "IDN-01", "--clause", "IDN-02", "--report", str(report))
    done = contract(folder, "--adapter", "late:factory", *one, *processes)
    assert done.returncode == 2, done.stdout
    assert done.stdout.count("cannot judge: the forwarder answered 'fine'") == 1
    assert "interrupted" not in done.stdout
    assert verdicts(done.stdout) == {}
    assert "Traceback" not in done.stdout
    assert not report.exists()


@pytest.mark.parametrize("group", [False, True])
def test_ctrl_c_is_no_verdict(folder: Path, group: bool) -> None:
    report = folder / "interrupted.json"
    report.write_text("of an earlier run")
    arguments = ("contract", *BROKEN, "--examples", "1000", "--report", str(report))
    process = start(folder, "-m", "mock_autopilot", *arguments)
    assert process.stdout
    said = [process.stdout.readline() for _ in range(3)]
    process.stdout.read(1)  # the mark of the first test: from here on they run
    if group:  # as a terminal does
        os.killpg(process.pid, signal.SIGINT)
    else:
        process.send_signal(signal.SIGINT)
    rest, _ = process.communicate(timeout=60)
    assert said[0].startswith("target    broken:factory")
    assert process.returncode == 2, rest
    assert "cannot judge: it was interrupted" in rest
    assert "Traceback" not in rest
    assert not report.exists()


@pytest.mark.parametrize("port", ["65536", "-1", "http"])
def test_no_such_port(tmp_path: Path, port: str) -> None:
    done = contract(tmp_path, *REFERENCE, "--mock-port", port)
    assert done.returncode == 2
    assert "Invalid value for '--mock-port'" in done.stdout


def test_a_port_that_is_in_use_is_named(tmp_path: Path) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        done = contract(tmp_path, *REFERENCE, "--mock-port", str(port))
    assert done.returncode == 2
    assert done.stdout.startswith(f"cannot judge: the fake cannot listen on 127.0.0.1:{port}: ")
