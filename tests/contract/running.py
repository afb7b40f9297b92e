"""Run the command as a stranger does: a process of its own, in a folder of its own."""

import os
import re
import shlex
import signal
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

ROOT = Path(__file__).parents[2]
FORWARDERS = ROOT / "docs" / "forwarders"
REFERENCE = ("--adapter", "adapter.contract:factory", "--examples", "3")
#: A forwarder that drops what is false (conftest.py).
BROKEN = ("--adapter", "broken:factory", "--examples", "20", "--seed", "1")
Done = subprocess.CompletedProcess[str]


@contextmanager
def default_interrupt() -> Iterator[None]:
    """Let a process that starts meanwhile be interrupted, even if this one ignores SIGINT.

    A background job of a script does, and its children inherit that; a handler is not inherited.
    """
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, before)


def start(folder: Path, *arguments: str) -> subprocess.Popen[str]:
    path = os.pathsep.join([str(ROOT), os.environ.get("PYTHONPATH", "")])
    environment = {k: v for k, v in os.environ.items() if not k.startswith("PYTEST")}
    with default_interrupt():
        return subprocess.Popen(
            [sys.executable, *arguments],
            cwd=folder,
            env={**environment, "PYTHONPATH": path},
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            encoding="utf-8",
            start_new_session=True,  # so that a signal to all of its group spares the tests
        )


def python(folder: Path, *arguments: str) -> Done:
    process = start(folder, *arguments)
    try:
        output, _ = process.communicate(timeout=120)
    finally:
        process.kill()
    return subprocess.CompletedProcess(process.args, process.returncode, output)


def contract(folder: Path, *arguments: str) -> Done:
    return python(folder, "-m", "mock_autopilot", "contract", *arguments)


@contextmanager
def node_server(settings: Mapping[str, str]) -> Iterator[str]:
    """Run the documented server with these variables; give its URL."""
    process = subprocess.Popen(
        ["node", str(FORWARDERS / "server.mjs")],
        env={**os.environ, **settings, "PORT": "0"},
        stdout=subprocess.PIPE,
        text=True,
    )
    try:
        assert process.stdout
        yield f"http://127.0.0.1:{int(process.stdout.readline())}/"
    finally:
        process.kill()
        process.communicate()


def command(*arguments: str) -> tuple[str, str]:
    """Return the options that name a Python program as the forwarder."""
    return "--adapter-command", shlex.join([sys.executable, *arguments])


def verdicts(output: str) -> dict[str, str]:
    """Return the verdicts that a run printed by clause."""
    found = re.findall(r"^([A-Z]{3}-\d\d)  (?:MUST|SHOULD) +(passed|failed)", output, re.MULTILINE)
    return dict(found)
