"""Run a factory in a process of its own: `python child.py`, spoken to over a pipe.

A stand-alone script: it imports the standard library and the forwarder, and none of the packages
beside it, so that `adapter` is whatever the forwarder's author calls so. JSON objects, one a line:

    in   {"factory": "package.module:factory", "settings": {...}, "path": [...]}
    out  {} once there is a forwarder, or {"error": "..."}
    in   a message
    out  {"answer": ...}, {"unreadable": "..."} for what JSON cannot say, or
         {"raised": "...", "status": ...}
"""

import importlib.util
import json
import os
import signal
import sys
import threading
import time
import traceback
from collections.abc import Callable, Iterator
from importlib.machinery import PathFinder
from pathlib import Path
from queue import SimpleQueue
from typing import IO, Any

Deliver = Callable[[dict[str, Any]], object]
GRACE = 2.0
"""Seconds to end in, once nobody is there who could ask for more."""


class NoForwarder(Exception):
    """The factory is not there, or makes no forwarder."""


def make_forwarder(name: str, settings: dict[str, Any]) -> Deliver:
    """Import `package.module:factory` and call it. Raises `NoForwarder`, which says why not."""
    module, _, attribute = name.partition(":")
    try:
        factory = getattr(importlib.import_module(module), attribute)
    except Exception as error:
        raise NoForwarder(f": {_told(error)}") from error
    if not callable(factory):
        raise NoForwarder(f": {attribute} is no function")
    try:
        deliver = factory(settings)
    except Exception as error:
        raise NoForwarder(f": the factory raised {_told(error)}") from error
    if not callable(deliver):
        raise NoForwarder(f" returned {deliver!r}, which is no function")
    return deliver  # type: ignore[no-any-return]


def result_of(deliver: Deliver, message: dict[str, Any]) -> dict[str, Any]:
    """Deliver a message; return what became of it in JSON's terms."""
    try:
        answer = deliver(message)
    except Exception as error:  # noqa: BLE001  # whatever a stranger's code raises
        status = getattr(error, "status", None)
        return {"raised": str(error), "status": status if isinstance(status, int) else None}
    said = answer
    if isinstance(answer, dict):  # what else there is need not be JSON
        said = {key: answer[key] for key in ("status", "message") if key in answer}
    try:
        json.dumps(said)
    except (TypeError, ValueError):
        return {"unreadable": repr(answer)}
    return {"answer": said}


def _told(error: Exception) -> str:
    """Return an exception as a line: its type, its text, and where it came from."""
    frames = traceback.extract_tb(error.__traceback__)
    told = f"{type(error).__name__}: {error}"
    own = [frame for frame in frames if frame.filename not in (__file__, importlib.__file__)]
    own = [frame for frame in own if not frame.filename.startswith("<frozen")]
    return f"{told} ({own[-1].filename}:{own[-1].lineno})" if own else told


def search_path(asked: list[str], natural: list[str], home: str) -> list[str]:
    """Return where modules are looked for: the current folder, what was asked for, the rest.

    The folder with the packages beside this script comes last, unless it has a place anyway.
    """
    others = [folder for folder in asked if folder not in natural and folder != home]
    return list(dict.fromkeys([str(Path.cwd()), *others, *natural, home]))


def load_folder(package: str, home: str) -> None:
    """Load a package that is a mere folder, without an `__init__.py`, if there is one.

    Python would take one of ours instead that has the same name, wherever it is on the path.
    """
    elsewhere = [folder for folder in sys.path if folder != home]
    spec = PathFinder.find_spec(package, elsewhere)
    if spec and spec.origin is None:
        sys.modules[package] = importlib.util.module_from_spec(spec)


def take_pipes() -> tuple[IO[bytes], IO[bytes]]:
    """Return standard input and output; what is printed goes to standard error from now on."""
    asked, answers = (os.fdopen(os.dup(number), mode) for number, mode in ((0, "rb"), (1, "wb")))
    nothing = os.open(os.devnull, os.O_RDONLY)
    os.dup2(nothing, 0)
    os.close(nothing)
    os.dup2(2, 1)
    sys.stdout.reconfigure(line_buffering=True)  # type: ignore[union-attr]  # in the order of both
    return asked, answers


def lines_of(asked: IO[bytes]) -> Iterator[Any]:
    """Yield what comes in; end the process when no more can come, even if it is busy.

    A thread reads: a forwarder that hangs must not outlive those who wait for it.
    """
    waiting: SimpleQueue[bytes] = SimpleQueue()

    def read() -> None:
        for line in asked:
            waiting.put(line)
        waiting.put(b"")
        time.sleep(GRACE)
        os._exit(1)

    threading.Thread(target=read, daemon=True).start()
    while line := waiting.get():
        yield json.loads(line)


def main() -> None:
    """Make the forwarder and hand it messages until there are no more."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is for the run, which ends this process
    asked, answers = take_pipes()

    def write(answer: dict[str, Any]) -> None:
        answers.write(json.dumps(answer).encode() + b"\n")
        answers.flush()

    lines = lines_of(asked)
    first = next(lines)
    home = str(Path(__file__).parents[1])
    sys.path[:] = search_path(first["path"], sys.path, home)
    load_folder(first["factory"].partition(":")[0].partition(".")[0], home)
    try:
        deliver = make_forwarder(first["factory"], first["settings"])
    except NoForwarder as error:
        write({"error": str(error)})
        return
    write({})
    for message in lines:
        write(result_of(deliver, message))


if __name__ == "__main__":
    main()
