"""Processes that a run starts, and ends with all their children."""

import json
import os
import signal
import subprocess
import time
from collections.abc import Mapping
from contextlib import suppress
from io import BufferedReader, RawIOBase
from queue import Empty, SimpleQueue
from threading import Thread
from typing import IO, cast

from contract_tests.protocol import SetupError

TIMEOUT = 90.0
"""Seconds that a forwarder has for one message, unless --timeout says otherwise."""
CHECK_INTERVAL = 0.5
"""Seconds between looks at whether a process that does not answer still runs."""
MAX_LINE = 1024 * 1024
"""Bytes of one answer."""
KEPT = 64 * 1024
"""Bytes of what it writes that are kept, the last ones."""
LINES = 6
"""Lines that are shown of a server that ended: an error has more than one."""


class OwnProcess:
    """A process with a session of its own, so that it is ended with all its children.

    `name` is what errors call it. What it writes is read and the last of it kept; of one that
    `talks` over its standard output and input that is standard error alone.

    Raises `SetupError` when it cannot be started.
    """

    def __init__(
        self,
        name: str,
        command: str | list[str],
        environment: Mapping[str, str],
        *,
        talks: bool = False,
    ) -> None:
        self.name = name
        try:
            self._process = subprocess.Popen(  # noqa: S603  # the command that was asked for
                command,
                bufsize=0,  # a buffer cannot be closed while a thread waits in it
                stdin=subprocess.PIPE if talks else subprocess.DEVNULL,
                stdout=subprocess.PIPE,
                stderr=subprocess.PIPE if talks else subprocess.STDOUT,
                env=environment,
                start_new_session=True,
            )
        except OSError as error:
            raise SetupError(f"{name}: {error}{_no_shell(command, error)}") from None
        kept = self._process.stderr if talks else self._process.stdout
        self._errors = _Tail(cast(IO[bytes], kept))

    def ended(self) -> str:
        """Return with which status it has ended, and what it wrote last; empty while it runs."""
        status = self._process.poll()
        return "" if status is None else f"ended with status {status}{self.last_line()}"

    def last_line(self) -> str:
        """Return what it wrote last, to standard error if it has that, to end an error with."""
        lines = [line.strip() for line in self._errors.text().split("\n") if line.strip()]
        if not lines:
            return ""
        if self._process.stderr:
            return f"; the last that it wrote to standard error: {lines[-1]}"
        return f"; the last that it wrote: {' / '.join(lines[-LINES:])}"

    def close(self, grace: float = 0.0) -> None:
        """End it and its children, after so many seconds in which it may end by itself."""
        with suppress(subprocess.TimeoutExpired):
            self._process.wait(grace)
        self._signal(signal.SIGTERM)
        with suppress(subprocess.TimeoutExpired):
            self._process.wait(5)
        self._signal(signal.SIGKILL)
        self._process.wait()
        self._errors.close()

    def _signal(self, number: signal.Signals) -> None:
        with suppress(OSError):  # all of them may have gone already
            os.killpg(self._process.pid, number)


class LineProcess(OwnProcess):
    """A process that is handed JSON, a line at a time, and answers each line with a line."""

    def __init__(
        self,
        name: str,
        command: str | list[str],
        environment: Mapping[str, str],
        timeout: float = TIMEOUT,
    ) -> None:
        super().__init__(name, command, environment, talks=True)
        self._timeout = timeout
        self._output = BufferedReader(cast(RawIOBase, self._process.stdout))

    def ask(self, request: object) -> bytes:
        """Write a line of JSON and return the line that comes back.

        Raises `SetupError` when none does; the process is no longer of use then.
        """
        raw = json.dumps(request).encode() + b"\n"
        responses: SimpleQueue[bytes] = SimpleQueue()
        Thread(target=lambda: responses.put(self._exchange(raw)), daemon=True).start()
        deadline = time.monotonic() + self._timeout
        line = None
        while line is None:
            # Another process may hold its output, so that there is no end of it to be read.
            ended = self._process.poll() is not None
            left = max(deadline - time.monotonic(), 0)
            with suppress(Empty):
                line = responses.get(timeout=min(CHECK_INTERVAL, left))
            if ended or time.monotonic() >= deadline:
                break
        if line and len(line) > MAX_LINE:
            raise SetupError(f"{self.name} wrote more than {MAX_LINE} bytes without a line end")
        if not line:
            why = self._why_no_answer(timed_out=line is None)
            raise SetupError(f"{self.name} {why}{self.last_line()}")
        return line

    def _exchange(self, raw: bytes) -> bytes:
        """Return the line that comes back, or nothing if none can come any more."""
        requests = self._process.stdin
        assert requests  # noqa: S101  # a pipe
        try:
            rest = memoryview(raw)
            while rest:
                rest = rest[requests.write(rest) :]
            return self._output.readline(MAX_LINE + 1)
        except (OSError, ValueError):  # ValueError: closed here
            return b""

    def _why_no_answer(self, *, timed_out: bool) -> str:
        if timed_out and self._process.poll() is None:
            self._signal(signal.SIGKILL)
            return (
                f"said nothing for {self._timeout:g} s: does it flush its output after each line?"
            )
        with suppress(subprocess.TimeoutExpired):  # it may have closed its output only
            return f"ended with status {self._process.wait(1)}"
        return "closed its output"

    def close(self, grace: float = 0.0) -> None:
        """Close its pipes, and end it and its children."""
        for pipe in (self._process.stdin, self._process.stdout):
            if pipe:
                with suppress(OSError):  # it may have gone already
                    pipe.close()
        super().close(grace)


class _Tail:
    """Reads a pipe to its end in a thread, and keeps the last of it."""

    def __init__(self, pipe: IO[bytes]) -> None:
        self._pipe = pipe
        self._kept = b""
        self._thread = Thread(target=self._read, daemon=True)
        self._thread.start()

    def _read(self) -> None:
        with suppress(OSError, ValueError):  # ValueError: closed here
            while chunk := self._pipe.read(KEPT):
                self._kept = (self._kept + chunk)[-KEPT:]

    def text(self) -> str:
        """Return what is kept, as text; the process has ended, but a child may hold the pipe."""
        self._thread.join(CHECK_INTERVAL)
        return self._kept.decode("utf-8", "replace")

    def close(self) -> None:
        """Stop."""
        self._thread.join(CHECK_INTERVAL)
        with suppress(OSError):
            self._pipe.close()


def _no_shell(command: str | list[str], error: OSError) -> str:
    """Return a note for a command that a shell would have understood."""
    first = command if isinstance(command, str) else command[0]
    if isinstance(error, FileNotFoundError) and "=" in first:
        return "; there is no shell: write env NAME=value …, or sh -c '…'"
    return ""
