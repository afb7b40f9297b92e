"""The three ways to a forwarder: a Python factory, an HTTP endpoint, a command."""

import json
import os
import shlex
import subprocess
import sys
import time
from collections.abc import Mapping
from contextlib import suppress
from http.client import HTTPException
from io import BufferedReader, RawIOBase
from pathlib import Path
from queue import Empty, SimpleQueue
from tempfile import TemporaryFile
from threading import Thread
from typing import cast
from urllib.error import HTTPError, URLError
from urllib.parse import urlsplit
from urllib.request import ProxyHandler, Request, build_opener

from contract_tests.protocol import (
    Message,
    Result,
    Settings,
    SetupError,
    Target,
    failed,
    result_of,
    wrong_answer,
)

TIMEOUT = 90.0
"""Seconds that a forwarder has for one message; retries are part of them."""
CHECK_INTERVAL = 0.5
"""Seconds between looks at whether a process that does not answer still runs."""


def environment(settings: Settings) -> dict[str, str]:
    """Return the settings as the environment variables that every target gets."""
    return {
        "AUTOPILOT_BASE_URL": settings["base_url"],
        "AUTOPILOT_API_KEY": settings["api_key"],
        "AUTOPILOT_JOURNEYS": json.dumps(settings["journeys"]),
        "AUTOPILOT_DEFAULT_TRIGGER": settings["default_trigger"] or "",
    }


class UrlTarget:
    """A forwarder that takes each message as the body of a POST."""

    def __init__(self, url: str) -> None:
        if not url.startswith(("http://", "https://")):
            raise SetupError(f"--adapter-url {url}: it must begin with http:// or https://")
        try:
            urlsplit(url)
        except ValueError as error:
            raise SetupError(f"--adapter-url {url}: {error}") from None
        self._url = url
        self._opener = build_opener(ProxyHandler({}))

    def deliver(self, message: Message) -> Result:
        """POST it; the HTTP status and the JSON `message` are the result."""
        body = json.dumps(message).encode()
        request = Request(self._url, body, {"Content-Type": "application/json"})  # noqa: S310  # checked to be http
        try:
            with self._opener.open(request, timeout=TIMEOUT) as answer:
                return Result(answer.status, _message_in(answer.read()))
        except HTTPError as error:
            with error:
                return Result(error.code, _message_in(error.read()))
        except (HTTPException, OSError, ValueError) as error:
            why = error.reason if isinstance(error, URLError) else error
            raise SetupError(f"--adapter-url {self._url} cannot be reached: {why}") from None

    def close(self) -> None:
        """Do nothing: no resource is held."""


def _message_in(body: bytes) -> str:
    try:
        answer = json.loads(body)
    except ValueError:
        return body.decode("utf-8", "replace")
    return str(answer.get("message") or "") if isinstance(answer, Mapping) else ""


class _Process:
    """A process that reads a line and writes a line, each within `TIMEOUT`."""

    def __init__(self, name: str, command: str | list[str], environment: Mapping[str, str]) -> None:
        self.name = name
        self._log = TemporaryFile()  # noqa: SIM115  # as long as the process
        try:
            self._process = subprocess.Popen(  # noqa: S603  # the command that was asked for
                command,
                bufsize=0,  # a buffer cannot be closed while a thread waits in it
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=self._log,
                env=environment,
            )
        except OSError as error:
            self._log.close()
            raise SetupError(f"{name}: {error}") from None
        self._output = BufferedReader(cast(RawIOBase, self._process.stdout))

    def ask(self, request: object) -> bytes:
        """Write a line of JSON and return the line that comes back.

        Raises `SetupError` when none does; the process is no longer of use then.
        """
        raw = json.dumps(request).encode() + b"\n"
        responses: SimpleQueue[bytes] = SimpleQueue()
        Thread(target=lambda: responses.put(self._exchange(raw)), daemon=True).start()
        deadline = time.monotonic() + TIMEOUT
        line = None
        while line is None:
            # Another process may hold its output, so that there is no end of it to be read.
            ended = self._process.poll() is not None
            left = max(deadline - time.monotonic(), 0)
            with suppress(Empty):
                line = responses.get(timeout=min(CHECK_INTERVAL, left))
            if ended or time.monotonic() >= deadline:
                break
        if not line:
            why = self._why_no_answer(timed_out=line is None)
            raise SetupError(f"{self.name} {why}{self.last_stderr_line()}")
        return line

    def _exchange(self, raw: bytes) -> bytes:
        """Return the line that comes back, or nothing if none can come any more."""
        requests = self._process.stdin
        assert requests  # noqa: S101  # a pipe
        try:
            rest = memoryview(raw)
            while rest:
                rest = rest[requests.write(rest) :]
            return self._output.readline()
        except (OSError, ValueError):  # ValueError: closed here
            return b""

    def _why_no_answer(self, *, timed_out: bool) -> str:
        if timed_out and self._process.poll() is None:
            self._process.kill()
            return f"said nothing for {TIMEOUT:g} s"
        with suppress(subprocess.TimeoutExpired):  # it may have closed its output only
            return f"ended with status {self._process.wait(1)}"
        return "closed its output"

    def last_stderr_line(self) -> str:
        self._log.seek(0)
        text = self._log.read().decode("utf-8", "replace")
        lines = [line.strip() for line in text.split("\n") if line.strip()]
        return f"; the last that it wrote to standard error: {lines[-1]}" if lines else ""

    def close(self, grace: float = 0.0) -> None:
        """End it, after so many seconds in which it may end by itself."""
        for pipe in (self._process.stdin, self._process.stdout):
            if pipe:
                with suppress(OSError):  # it may have gone already
                    pipe.close()
        with suppress(subprocess.TimeoutExpired):
            self._process.wait(grace)
        self._process.terminate()
        try:
            self._process.wait(5)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        self._log.close()


class CommandTarget:
    """A forwarder that reads a message a line and writes a result a line."""

    def __init__(self, command: str, settings: Settings) -> None:
        name = f"--adapter-command {command!r}"
        try:
            parts = command if os.name == "nt" else shlex.split(command)
        except ValueError as error:
            raise SetupError(f"{name}: {error}") from None
        self._process = _Process(name, parts, {**os.environ, **environment(settings)})

    def deliver(self, message: Message) -> Result:
        """Write the message and read the result."""
        line = self._process.ask(message)
        try:
            return result_of(json.loads(line))
        except (ValueError, RecursionError):
            raise SetupError(
                f"{self._process.name} wrote {line[:80]!r}, which is no JSON; "
                "it must write one result a line, and log to standard error"
            ) from None

    def close(self) -> None:
        """End it."""
        self._process.close()


class PythonTarget:
    """A forwarder that a factory makes, `package.module:factory`, in a process of its own.

    There the modules are the forwarder's: its author may have packages of the same names as ours.
    """

    def __init__(self, name: str, settings: Settings) -> None:
        if not name.partition(":")[2]:
            raise SetupError(f"--adapter {name}: write it as package.module:factory")
        # -P: the folder of a script is searched first otherwise. -u: what the forwarder prints
        # is there when it ends, however it ends.
        command = [sys.executable, "-P", "-u", str(Path(__file__).with_name("child.py"))]
        self._process = _Process(f"--adapter {name}", command, os.environ)
        try:
            self._make_forwarder(name, settings)
        except BaseException:  # an interrupt too
            self._process.close()
            raise

    def _make_forwarder(self, name: str, settings: Settings) -> None:
        path = [folder for folder in sys.path if folder]
        match self._ask({"factory": name, "settings": settings, "path": path}):
            case {"exit": str(error)}:
                raise self._ended("the factory", error)
            case {"error": str(error)}:
                raise SetupError(f"{self._process.name}{error}")
            case other if other != {}:
                raise self._unknown_response(json.dumps(other))

    def deliver(self, message: Message) -> Result:
        """Hand it over; an exception is a failed delivery with its text and its `status`."""
        match self._ask(message):
            case {"exit": str(error)}:
                raise self._ended("it", error)
            case {"raised": str(text), "status": status}:
                return failed(text, status)
            case {"unreadable": str(shown)}:
                raise wrong_answer(shown)
            case {"answer": answer}:
                return result_of(answer)
            case other:
                raise self._unknown_response(json.dumps(other))

    def _ask(self, request: object) -> object:
        line = self._process.ask(request)
        try:
            return json.loads(line)
        except (ValueError, RecursionError):
            raise self._unknown_response(repr(line)) from None

    def _ended(self, who: str, error: str) -> SetupError:
        last = self._process.last_stderr_line()
        return SetupError(f"{self._process.name}: {who} ended its process: {error}{last}")

    def _unknown_response(self, shown: str) -> SetupError:
        return SetupError(
            f"{self._process.name}: its process wrote {shown[:80]}, which is no response; "
            "only the suite may write to its pipe"
        )

    def close(self) -> None:
        """End it, as Python programs end: what was registered with `atexit` runs."""
        self._process.close(grace=2.0)


def open_target(options: Mapping[str, str | None], settings: Settings) -> Target:
    """Make the target that the options name; exactly one must be named."""
    named = {key: value for key, value in options.items() if value is not None}
    if len(named) != 1:
        raise SetupError(
            "name one forwarder: --adapter package.module:factory, --adapter-url URL or "
            "--adapter-command CMD"
        )
    ((kind, name),) = named.items()
    if not name.strip():
        raise SetupError(f"--{kind.replace('_', '-')} names nothing")
    if kind == "adapter":
        return PythonTarget(name, settings)
    if kind == "adapter_url":
        return UrlTarget(name)
    return CommandTarget(name, settings)
