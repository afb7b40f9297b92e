"""The three ways to a forwarder: a Python factory, an HTTP endpoint, a command."""

import json
import os
import shlex
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import cast
from urllib.parse import urlsplit

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
from contract_tests.url_target import PORT, UrlTarget, free_port, masked, start_server


def environment(settings: Settings) -> dict[str, str]:
    """Return the settings as the environment variables that every target gets."""
    return {
        "AUTOPILOT_BASE_URL": settings["base_url"],
        "AUTOPILOT_API_KEY": settings["api_key"],
        "AUTOPILOT_JOURNEYS": json.dumps(settings["journeys"]),
        "AUTOPILOT_DEFAULT_TRIGGER": settings["default_trigger"] or "",
    }


def _parsed(line: bytes) -> object:
    """Return the value of a line of JSON; the line itself when it is none."""
    try:
        return cast(object, json.loads(line))
    except (ValueError, RecursionError):
        return line


def around(settings: Settings) -> dict[str, str]:
    """Return the environment here, with the fake among the hosts that no proxy is for."""
    hosts = [os.environ.get(name) for name in ("NO_PROXY", "no_proxy")]
    direct = ",".join(filter(None, [*hosts, urlsplit(settings["base_url"]).hostname]))
    return {**os.environ, "NO_PROXY": direct, "no_proxy": direct}


class CommandTarget:
    """A forwarder that reads a message a line and writes a result a line."""

    def __init__(self, command: str, settings: Settings, timeout: float = TIMEOUT) -> None:
        name = f"--adapter-command {command!r}"
        try:
            parts = command if os.name == "nt" else shlex.split(command)
        except ValueError as error:
            raise SetupError(f"{name}: {error}") from None
        variables = {**around(settings), **environment(settings)}
        self._process = LineProcess(name, parts, variables, timeout)

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
        self._process = LineProcess(f"--adapter {name}", command, around(settings), timeout)
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
        last = self._process.last_line()
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
    options: Mapping[str, str | None],
    settings: Settings,
    timeout: float = TIMEOUT,
    *,
    headers: Sequence[str] = (),
    start: str | None = None,
) -> Target:
    """Make the target that the options name; exactly one must be named.

    `timeout` is how many seconds a factory, and each message, may take. `headers` go with each
    message to a URL, and `start` is the command that starts the server there; a `{port}` in both is
    a free port.
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
    if kind == "adapter_url":
        return _open_url(name, settings, timeout, headers, start)
    if headers or start:
        raise SetupError(f"{'--start' if start else '--adapter-header'} is for --adapter-url")
    if kind == "adapter":
        return PythonTarget(name, settings, timeout)
    return CommandTarget(name, settings, timeout)


def _open_url(
    url: str, settings: Settings, timeout: float, headers: Sequence[str], start: str | None
) -> UrlTarget:
    if PORT in url:
        if not start:
            raise SetupError(f"--adapter-url {masked(url)}: {PORT} is for servers of --start")
        url = url.replace(PORT, str(free_port()))
    target = UrlTarget(url, timeout, headers)
    if start:
        variables = {**around(settings), **environment(settings)}
        target.server = start_server(start, url, variables, timeout)
    return target
