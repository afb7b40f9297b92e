"""The three ways to a forwarder: a Python factory, an HTTP endpoint, a command."""

import json
import os
import shlex
import subprocess
import sys
from collections.abc import Mapping
from contextlib import suppress
from http.client import HTTPException
from pathlib import Path
from tempfile import TemporaryFile
from threading import Timer
from typing import Any
from urllib.error import HTTPError, URLError
from urllib.request import ProxyHandler, Request, build_opener

from contract_tests.protocol import (
    Message,
    Result,
    Settings,
    SetupError,
    Target,
    result_of,
    wrong_answer,
)

TIMEOUT = 90.0
"""Seconds that a forwarder has for one message; retries are part of them."""


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
        """Nothing is held."""


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
        self._timed_out = False
        try:
            self._process = subprocess.Popen(  # noqa: S603  # the command that was asked for
                command,
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=self._log,
                env=environment,
            )
        except OSError as error:
            self._log.close()
            raise SetupError(f"{name}: {error}") from None

    def ask(self, question: object) -> bytes:
        """Write a line of JSON and return the line that comes back.

        Raises `SetupError` when none does; the process is no longer of use then.
        """
        process = self._process
        assert process.stdin  # noqa: S101  # both are pipes
        assert process.stdout  # noqa: S101  # likewise
        watch = Timer(TIMEOUT, self._give_up)
        watch.start()
        try:
            process.stdin.write(json.dumps(question).encode() + b"\n")
            process.stdin.flush()
            line = process.stdout.readline()
        except OSError:
            line = b""
        finally:
            watch.cancel()
        if not line:
            raise SetupError(f"{self.name} {self._silence()}{self._last_words()}")
        return line

    def _give_up(self) -> None:
        self._timed_out = True
        self._process.kill()

    def _silence(self) -> str:
        """Return why there is no answer."""
        if self._timed_out:
            return f"said nothing for {TIMEOUT:g} s"
        with suppress(subprocess.TimeoutExpired):  # it may have closed its output only
            return f"ended with status {self._process.wait(1)}"
        return "closed its output"

    def _last_words(self) -> str:
        """Return the last line that it wrote to standard error."""
        self._log.seek(0)
        lines = self._log.read().decode("utf-8", "replace").split("\n")
        said = [line.strip() for line in lines if line.strip()]
        return f"; the last that it wrote to standard error: {said[-1]}" if said else ""

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
        except ValueError:
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
        # -P: the folder of a script is searched first otherwise.
        command = [sys.executable, "-P", str(Path(__file__).with_name("child.py"))]
        self._process = _Process(f"--adapter {name}", command, os.environ)
        try:
            path = [folder for folder in sys.path if folder]
            self._ask({"factory": name, "settings": settings, "path": path})
        except BaseException:  # an interrupt too
            self._process.close()
            raise

    def deliver(self, message: Message) -> Result:
        """Hand it over; an exception is a failed delivery with its text and its `status`."""
        told = self._ask(message)
        if "raised" in told:
            return Result(told["status"], told["raised"])
        if "unreadable" in told:
            raise wrong_answer(told["unreadable"])
        return result_of(told["answer"])

    def _ask(self, question: object) -> dict[str, Any]:
        told: dict[str, Any] = json.loads(self._process.ask(question))
        if "error" in told:
            raise SetupError(f"{self._process.name}{told['error']}")
        return told

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
