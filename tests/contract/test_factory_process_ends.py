"""When the process of a factory ends, and what a run says then."""

import fcntl
import os
import re
import shlex
import signal
import sys
import time
from pathlib import Path

import pytest

from contract_tests import targets
from contract_tests.protocol import Result, SetupError
from contract_tests.targets import CommandTarget
from tests.conftest import eventually
from tests.contract.own_factory import MESSAGE, SETTINGS, Open, delivering
from tests.contract.running import start

# --- when it ends ---

HANGS = "__import__('threading').Event().wait()"


def test_a_factory_that_hangs(open_target: Open) -> None:
    with pytest.raises(SetupError, match=r"^--adapter own:factory said nothing for 0\.2 s"):
        open_target(HANGS, 0.2)


def test_a_message_that_hangs(open_target: Open) -> None:
    target = open_target(delivering(HANGS), 2)
    with pytest.raises(SetupError, match=r"^--adapter own:factory said nothing for 2 s"):
        target.deliver(MESSAGE)


def test_a_forwarder_that_ends_its_process(open_target: Open) -> None:
    target = open_target(delivering("raise SystemExit('no more')"))
    with pytest.raises(SetupError, match=r": it ended its process: SystemExit: no more \(.*:3\)"):
        target.deliver(MESSAGE)


STAYS = "__import__('time').sleep(60)"


@pytest.mark.parametrize("fork", ["os.fork()", "ctypes.CDLL(None).fork()"])
def test_a_process_that_it_forked_does_not_hide_its_end(fork: str, open_target: Open) -> None:
    code = "import ctypes, os\n" + delivering(f"if not {fork}: {STAYS}", "os._exit(7)")
    target = open_target(code)
    started = time.monotonic()
    with pytest.raises(SetupError, match=r"^--adapter own:factory ended with status 7$"):
        target.deliver(MESSAGE)
    target.close()
    assert time.monotonic() - started < 20


def test_a_process_that_a_command_left_does_not_hide_its_end() -> None:
    target = CommandTarget("sh -c 'sleep 60 & exit 7'", SETTINGS)
    try:
        with pytest.raises(SetupError, match=r"ended with status 7$"):
            target.deliver(MESSAGE)
    finally:
        target.close()


def test_a_command_that_reads_nothing() -> None:
    target = CommandTarget("sh -c 'sleep 60 <&0 & wait'", SETTINGS, 0.2)
    try:
        with pytest.raises(SetupError, match=r"said nothing for 0\.2 s: does it flush its output"):
            target.deliver({"traits": {"a": "x" * 10**6}})
    finally:
        target.close()


def test_a_command_is_ended_with_its_children(tmp_path: Path) -> None:
    (tmp_path / "child.py").write_text(HOLDS_A_LOCK)
    script = f"cd {tmp_path}; trap '' TERM; {sys.executable} child.py & while :; do read line; done"
    target = CommandTarget(shlex.join(["sh", "-c", script]), SETTINGS, 0.2)
    eventually((tmp_path / "began").exists, "the start of the child")
    with pytest.raises(SetupError, match="said nothing"):
        target.deliver(MESSAGE)
    target.close()
    eventually(lambda: has_ended(tmp_path), "the end of the child")


ENDLESS = "import sys\nwhile True: sys.{}.write('x' * 65536)"


def test_output_without_an_end_is_not_kept() -> None:
    target = CommandTarget(shlex.join([sys.executable, "-c", ENDLESS.format("stdout")]), SETTINGS)
    try:
        with pytest.raises(SetupError, match="wrote more than 1048576 bytes without a line end"):
            target.deliver(MESSAGE)
    finally:
        target.close()


def test_errors_without_an_end_are_not_kept() -> None:
    code = "import sys\nsys.stderr.write('x' * 10**7 + '\\nthe last')\nsys.exit(5)"
    target = CommandTarget(shlex.join([sys.executable, "-c", code]), SETTINGS)
    try:
        with pytest.raises(SetupError, match=r"ended with status 5; the last .*: the last$"):
            target.deliver(MESSAGE)
    finally:
        target.close()


LOCK = "import fcntl, os\nlock = open('lock', 'w')\nfcntl.flock(lock, fcntl.LOCK_EX)\n"


@pytest.mark.parametrize(
    "code",
    [
        (
            "import os\ndef factory(settings):\n    os.fork()\n"
            "    return lambda message: {'message': 'one'}\n"
        ),
        delivering("import os", "os.fork()", "return {'message': 'one'}"),
    ],
)
def test_a_process_that_it_forked_and_that_returns_ends(
    code: str, tmp_path: Path, open_target: Open
) -> None:
    target = open_target(LOCK + code)
    assert target.deliver(MESSAGE) == target.deliver(MESSAGE) == Result(200, "one")
    target.close()
    eventually(lambda: has_ended(tmp_path), "the end of the forked process")


def test_ctrl_c_is_for_the_run_alone(open_target: Open) -> None:
    target = open_target(delivering("return {'message': str(__import__('os').getpid())}"))
    pid = target.deliver(MESSAGE).message
    os.kill(int(pid), signal.SIGINT)
    assert target.deliver(MESSAGE) == Result(200, pid)


def test_it_may_clean_up_at_its_end(tmp_path: Path, open_target: Open) -> None:
    code = "import atexit, pathlib\natexit.register(pathlib.Path('ended').touch)\n"
    open_target(code + delivering("pass")).close()
    assert (tmp_path / "ended").exists()


HOLDS_A_LOCK = (
    "import fcntl, pathlib, threading\n"
    "lock = open('lock', 'w')\n"
    "fcntl.flock(lock, fcntl.LOCK_EX)\n"
    "pathlib.Path('began').touch()\n"
    "threading.Event().wait()\n"
)
"""A module that hangs, and that can be seen to have ended, since its lock is free then."""


def has_ended(folder: Path) -> bool:
    with (folder / "lock").open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return False
        return True


@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGINT])
def test_a_process_that_hangs_ends_with_the_run(tmp_path: Path, number: signal.Signals) -> None:
    (tmp_path / "own.py").write_text(HOLDS_A_LOCK)
    run = start(tmp_path, "-m", "mock_autopilot", "contract", "--adapter", "own:factory")
    try:
        eventually((tmp_path / "began").exists, "the import of the forwarder")
        run.send_signal(number)
        output, _ = run.communicate(timeout=60)
    finally:
        run.kill()
    eventually(lambda: has_ended(tmp_path), "the end of the forwarder's process")
    if number == signal.SIGINT:
        assert (run.returncode, output) == (2, "cannot judge: it was interrupted\n")
    else:
        assert run.returncode == -number


def test_the_script_imports_the_standard_library_only() -> None:
    path = Path(targets.__file__).with_name("child.py")
    imported = re.findall(r"^(?:from|import) ([a-z_]+)", path.read_text("utf-8"), re.MULTILINE)
    assert set(imported) <= sys.stdlib_module_names
