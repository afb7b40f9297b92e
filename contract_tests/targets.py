"""The three ways to a forwarder: a Python factory, an HTTP endpoint, a command."""

import json
import os
import shlex
import sys
from collections.abc import Mapping
from http.client import HTTPException
from pathlib import Path
from typing import cast
from urllib.error import HTTPError, URLError
from urllib.parse import urlsplit
from urllib.request import ProxyHandler, Request, build_opener

from contract_tests.processes import TIMEOUT, LineProcess
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

    def __init__(self, url: str, timeout: float = TIMEOUT) -> None:
        if not url.startswith(("http://", "https://")):
            raise SetupError(f"--adapter-url {url}: it must begin with http:// or https://")
        try:
            urlsplit(url)
        except ValueError as error:
            raise SetupError(f"--adapter-url {url}: {error}") from None
        self._url = url
        self._timeout = timeout
        self._opener = build_opener(ProxyHandler({}))

    def deliver(self, message: Message) -> Result:
        """POST it; the HTTP status and the JSON `message` are the result."""
        body = json.dumps(message).encode()
        request = Request(self._url, body, {"Content-Type": "application/json"})  # noqa: S310  # checked to be http
        try:
            with self._opener.open(request, timeout=self._timeout) as answer:
                return Result(answer.status, _message_in(answer.read()))
        except HTTPError as error:
            with error:
                return Result(error.code, _message_in(error.read()))
        except (HTTPException, OSError, ValueError) as error:
            why = error.reason if isinstance(error, URLError) else error
            raise SetupError(f"--adapter-url {self._url} cannot be reached: {why}") from None

    def close(self) -> None:
        """Do nothing: no resource is held."""


def _parsed(line: bytes) -> object:
    """Return the value of a line of JSON; the line itself when it is none."""
    try:
        return cast(object, json.loads(line))
    except (ValueError, RecursionError):
        return line


def _message_in(body: bytes) -> str:
    try:
        answer = json.loads(body)
    except ValueError:
        return body.decode("utf-8", "replace")
    return str(answer.get("message") or "") if isinstance(answer, Mapping) else ""


class CommandTarget:
    """A forwarder that reads a message a line and writes a result a line."""

    def __init__(self, command: str, settings: Settings, timeout: float = TIMEOUT) -> None:
        name = f"--adapter-command {command!r}"
        try:
            parts = command if os.name == "nt" else shlex.split(command)
        except ValueError as error:
            raise SetupError(f"{name}: {error}") from None
        self._process = LineProcess(name, parts, {**os.environ, **environment(settings)}, timeout)

    def deliver(self, message: Message) -> Result:
        """Write the message and read the result."""
        line = self._process.ask(message)
        answer = _parsed(line)
        if answer is None or (isinstance(answer, dict) and (not answer or "status" in answer)):
            return result_of(answer)
        raise SetupError(
            f"{self._process.name} wrote {line[:80]!r}, which is no result; it must write one JSON "
            'object with a "status" for each message, and log to standard error'
        )

    def close(self) -> None:
        """End it."""
        self._process.close()


class PythonTarget:
    """A forwarder that a factory makes, `package.module:factory`, in a process of its own.

    There the modules are the forwarder's: its author may have packages of the same names as ours.
    """

    def __init__(self, name: str, settings: Settings, timeout: float = TIMEOUT) -> None:
        if not name.partition(":")[2]:
            raise SetupError(f"--adapter {name}: write it as package.module:factory")
        # -P: the folder of a script is searched first otherwise. -u: what the forwarder prints
        # is there when it ends, however it ends.
        command = [sys.executable, "-P", "-u", str(Path(__file__).with_name("child.py"))]
        self._process = LineProcess(f"--adapter {name}", command, os.environ, timeout)
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
        answer = _parsed(line := self._process.ask(request))
        if answer is line:
            raise self._unknown_response(repr(line))
        return answer

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


def open_target(
    options: Mapping[str, str | None], settings: Settings, timeout: float = TIMEOUT
) -> Target:
    """Make the target that the options name; exactly one must be named.

    `timeout` is how many seconds a factory, and each message, may take.
    """
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
        return PythonTarget(name, settings, timeout)
    if kind == "adapter_url":
        return UrlTarget(name, timeout)
    return CommandTarget(name, settings, timeout)
