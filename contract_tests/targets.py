"""The three ways to a forwarder: a Python factory, an HTTP endpoint, a command."""

import importlib
import json
import os
import shlex
import subprocess
import sys
import traceback
from collections.abc import Callable, Mapping
from contextlib import suppress
from http.client import HTTPException
from pathlib import Path
from tempfile import TemporaryFile
from threading import Timer
from typing import Any
from urllib.error import HTTPError, URLError
from urllib.request import ProxyHandler, Request, build_opener

from contract_tests.protocol import Message, Result, Settings, SetupError, Target, result_of

TIMEOUT = 90.0
"""Seconds that a forwarder has for one message; retries are part of them."""


def environment(settings: Settings) -> dict[str, str]:
    """Give the settings as the environment variables that every target gets."""
    return {
        "AUTOPILOT_BASE_URL": settings["base_url"],
        "AUTOPILOT_API_KEY": settings["api_key"],
        "AUTOPILOT_JOURNEYS": json.dumps(settings["journeys"]),
        "AUTOPILOT_DEFAULT_TRIGGER": settings["default_trigger"] or "",
    }


class PythonTarget:
    """A forwarder that a factory in this process makes: `package.module:factory`."""

    def __init__(self, name: str, settings: Settings) -> None:
        factory = load(name)
        try:
            self._deliver: Callable[[Message], object] = factory(settings)
        except Exception as error:
            raise SetupError(f"--adapter {name}: the factory raised {_told(error)}") from error
        if not callable(self._deliver):
            raise SetupError(f"{name} returned {self._deliver!r}, which is no function")

    def deliver(self, message: Message) -> Result:
        """Call it; what it raises is a failed delivery with the exception's text and status."""
        try:
            answer = self._deliver(message)
        except Exception as error:  # noqa: BLE001  # whatever a stranger's code raises
            status = getattr(error, "status", None)
            return Result(status if isinstance(status, int) else None, str(error))
        return result_of(answer)

    def close(self) -> None:
        """Nothing is held."""


def load(name: str) -> Callable[[Settings], Any]:
    """Import `package.module:factory`, from the current folder too."""
    module_name, _, attribute = name.partition(":")
    if not attribute:
        raise SetupError(f"--adapter {name}: write it as package.module:factory")
    here = str(Path.cwd())
    if here not in sys.path:
        sys.path.insert(0, here)
    try:
        factory = getattr(importlib.import_module(module_name), attribute)
    except Exception as error:
        raise SetupError(f"--adapter {name}: {_told(error)}") from error
    if not callable(factory):
        raise SetupError(f"--adapter {name}: {attribute} is no function")
    return factory  # type: ignore[no-any-return]


def _told(error: Exception) -> str:
    """Say an exception in a line: its type, its text, and where it came from."""
    frames = traceback.extract_tb(error.__traceback__)
    told = f"{type(error).__name__}: {error}"
    own = [frame for frame in frames if frame.filename not in (__file__, importlib.__file__)]
    own = [frame for frame in own if not frame.filename.startswith("<frozen")]
    return f"{told} ({own[-1].filename}:{own[-1].lineno})" if own else told


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


class CommandTarget:
    """A forwarder that reads a message a line and writes a result a line."""

    def __init__(self, command: str, settings: Settings) -> None:
        self._command = command
        self._log = TemporaryFile()  # noqa: SIM115  # as long as the process
        self._timed_out = False
        try:
            self._process = subprocess.Popen(  # noqa: S603  # the command that was asked for
                command if os.name == "nt" else shlex.split(command),
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=self._log,
                env={**os.environ, **environment(settings)},
            )
        except (OSError, ValueError) as error:
            raise SetupError(f"--adapter-command {command!r}: {error}") from None

    def deliver(self, message: Message) -> Result:
        """Write the message and read the result."""
        process = self._process
        assert process.stdin  # noqa: S101  # both are pipes
        assert process.stdout  # noqa: S101  # likewise
        watch = Timer(TIMEOUT, self._give_up)
        watch.start()
        try:
            process.stdin.write(json.dumps(message).encode() + b"\n")
            process.stdin.flush()
            line = process.stdout.readline()
        except OSError:
            line = b""
        finally:
            watch.cancel()
        if not line:
            raise SetupError(
                f"--adapter-command {self._command!r} {self._silence()}{self._last_words()}"
            )
        try:
            return result_of(json.loads(line))
        except ValueError:
            raise SetupError(
                f"--adapter-command {self._command!r} wrote {line[:80]!r}, which is no JSON; "
                "it must write one result a line, and log to standard error"
            ) from None

    def _give_up(self) -> None:
        self._timed_out = True
        self._process.kill()

    def _silence(self) -> str:
        """Say why there is no answer."""
        if self._timed_out:
            return f"said nothing for {TIMEOUT:g} s"
        with suppress(subprocess.TimeoutExpired):  # it may have closed its output only
            return f"ended with status {self._process.wait(1)}"
        return "closed its output"

    def _last_words(self) -> str:
        """Give the last line that it wrote to standard error."""
        self._log.seek(0)
        lines = self._log.read().decode("utf-8", "replace").split("\n")
        said = [line.strip() for line in lines if line.strip()]
        return f"; the last that it wrote to standard error: {said[-1]}" if said else ""

    def close(self) -> None:
        """End it."""
        for pipe in (self._process.stdin, self._process.stdout):
            if pipe:
                with suppress(OSError):  # it may have gone already
                    pipe.close()
        self._process.terminate()
        try:
            self._process.wait(5)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        self._log.close()


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
