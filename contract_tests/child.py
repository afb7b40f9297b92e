"""Run a factory in a process of its own: `python child.py`, spoken to over a pipe.

A stand-alone script: it imports the standard library and the forwarder, and none of the packages
beside it, so that `adapter` is whatever the forwarder's author calls so. JSON objects, one a line:

    in   {"factory": "package.module:factory", "settings": {...}, "path": [...]}
    out  {} once there is a forwarder, or {"error": "..."}
    in   a message
    out  {"answer": ...}, {"unreadable": "..."} for what JSON cannot say, or
         {"raised": "...", "status": ...}, {"exit": "..."} if the forwarder ends the process

Factories and forwarders may be coroutine functions: they run on one event loop. A forwarder that
has `flush()`, which delivers what it has taken, is asked to after each message: what it raises, and
a result that it returns, is what became of a message that was taken.
"""

import importlib
import inspect
import json
import os
import signal
import sys
import threading
import time
import traceback
from collections.abc import Awaitable, Callable, Iterator
from importlib.machinery import ModuleSpec, PathFinder
from pathlib import Path
from queue import SimpleQueue
from typing import IO, Any, NamedTuple

Deliver = Callable[[dict[str, Any]], object]
GRACE = 2.0
"""Seconds that a busy forwarder gets after the run has closed the pipe."""
OUR_PACKAGES = ("adapter", "bench", "contract_tests", "docs", "fixtures", "tests")
"""What an installation or a checkout of this project puts on the path, beside `mock_autopilot`."""


class Forwarder(NamedTuple):
    """What a factory made."""

    deliver: Deliver
    flush: Callable[[], object] | None = None
    """Delivers what it has taken, if it delivers later."""


class NoForwarder(Exception):
    """The factory is not there, or makes no forwarder."""


class Loop:
    """One event loop for all that is asynchronous, made when something is."""

    def __init__(self) -> None:
        self._run: Callable[[Awaitable[object]], object] | None = None

    def finished(self, value: object) -> object:
        """Return a value; of an awaitable what comes of it."""
        if not inspect.isawaitable(value):
            return value
        if self._run is None:
            import asyncio  # takes as long as all else here

            self._run = asyncio.new_event_loop().run_until_complete
        return self._run(value)


def make_forwarder(
    name: str, settings: dict[str, Any], package_root: Path, loop: Loop
) -> Forwarder:
    """Import `package.module:factory` and call it. Raises `NoForwarder`, which says why not."""
    module, _, attribute = name.partition(":")
    try:
        factory = getattr(importlib.import_module(module), attribute)
    except Exception as error:  # importing a module runs it, and can raise anything
        note = ""
        if isinstance(error, ImportError | AttributeError):
            missing = error.name if isinstance(error, ImportError) else None
            note = describe_found(module, package_root)
            note = note or describe_found(missing or "", package_root)
        raise NoForwarder(f": {describe_error(error)}{note}") from error
    if not callable(factory):
        raise NoForwarder(f": {attribute} is not callable")
    try:
        made = loop.finished(factory(settings))
    except Exception as error:  # so can calling a factory
        raise NoForwarder(f": the factory raised {describe_error(error)}") from error
    deliver: object = made if callable(made) else getattr(made, "deliver", None)
    if not callable(deliver):
        returned = safe_text(repr, made)
        raise NoForwarder(f" returned {returned}, which is not callable and has no deliver()")
    call: Deliver = deliver
    flush: object = getattr(made, "flush", None)
    return Forwarder(
        lambda message: loop.finished(call(message)),
        (lambda: loop.finished(flush())) if callable(flush) else None,
    )


def deliver_as_json(forwarder: Forwarder, message: dict[str, Any]) -> str:
    """Deliver a message; return the response as a line of JSON."""
    try:
        answer = forwarder.deliver(message)
        flushed = forwarder.flush() if forwarder.flush else None
        if is_failure(flushed) and not is_failure(answer):
            answer = flushed
    except (SystemExit, KeyboardInterrupt):
        raise
    except BaseException as error:  # noqa: BLE001  # a failed delivery, as a cancelled task is
        said = safe_text(str, error)
        response = {"raised": said if said.strip() else describe_error(error), "status": None}
        try:
            return json.dumps({**response, "status": getattr(error, "status", None)})
        except Exception:  # noqa: BLE001  # the status is whatever the author made of it
            return json.dumps(response)
    try:
        kept = answer
        if isinstance(answer, dict):  # what else there is need not be JSON
            kept = {key: answer[key] for key in ("status", "message") if key in answer}
        return json.dumps({"answer": kept})
    except Exception:  # noqa: BLE001  # methods of the answer can raise anything
        return json.dumps({"unreadable": safe_text(repr, answer)})


def is_failure(answer: object) -> bool:
    """Return whether an answer is a result that reports a failure."""
    status = answer.get("status", 200) if isinstance(answer, dict) else 200
    return not (isinstance(status, int) and 200 <= status < 300)


def safe_text(convert: Callable[[object], str], value: object) -> str:
    """Return `str` or `repr` of a value; its type's name if that raises."""
    try:
        return convert(value)
    except Exception:  # noqa: BLE001  # __str__ and __repr__ can raise anything
        return type(value).__name__


def describe_error(error: BaseException) -> str:
    """Return an exception as a line: its type, its text, and where it came from."""
    frames = traceback.extract_tb(error.__traceback__)
    described = f"{type(error).__name__}: {safe_text(str, error)}".rstrip(": ")
    own = [frame for frame in frames if frame.filename not in (__file__, importlib.__file__)]
    own = [frame for frame in own if not frame.filename.startswith("<frozen")]
    return f"{described} ({own[-1].filename}:{own[-1].lineno})" if own else described


def describe_found(module: str, package_root: Path) -> str:
    """Return a note if a module was looked for in a package of ours."""
    name = module.partition(".")[0]
    found = getattr(sys.modules.get(name), "__path__", ())
    ours = [folder for folder in found if Path(folder).resolve() == package_root / name]
    if name not in OUR_PACKAGES or not ours:
        return ""
    return f"; `{name}` is {ours[0]}; name the folder of yours with PYTHONPATH=…"


def search_path(requested: list[str], default_path: list[str], package_root: Path) -> list[str]:
    """Return where modules are looked for: the current folder, what was asked for, the rest.

    The folder with the packages beside this script comes last, unless it has a place anyway.
    """
    root = str(package_root)
    others = [folder for folder in requested if folder not in default_path and folder != root]
    return list(dict.fromkeys([str(Path.cwd()), *others, *default_path, root]))


class AuthorsPackagesFirst:
    """Finds a package of the forwarder's author before one of ours that has the same name.

    Ours may come first on the path (in site-packages, before the folder of an editable
    installation), and Python prefers a package with an `__init__.py` to a folder without one.
    """

    def __init__(self, package_root: Path) -> None:
        self._root = package_root

    def find_spec(self, name: str, path: object = None, _: object = None) -> ModuleSpec | None:
        """Return where a top-level package is, if there is one elsewhere than beside this script.

        The import system calls it; `path` is None for a top-level package.
        """
        if path is not None or name not in OUR_PACKAGES:
            return None
        elsewhere = [folder for folder in sys.path if Path(folder).resolve() != self._root]
        for finder in sys.meta_path:
            spec = None
            if finder is PathFinder:
                spec = PathFinder.find_spec(name, elsewhere)
            elif finder is not self:  # an editable installation can have one of its own
                spec = finder.find_spec(name, None)
            if spec:
                return spec
        return None


def take_pipes() -> tuple[IO[bytes], IO[bytes]]:
    """Return standard input and output; what is printed goes to standard error from now on.

    Processes that the forwarder forks have neither: their copies would keep the pipes open.
    """
    requests, responses = (
        os.fdopen(os.dup(number), mode) for number, mode in ((0, "rb"), (1, "wb"))
    )
    nothing = os.open(os.devnull, os.O_RDONLY)
    os.dup2(nothing, 0)
    os.close(nothing)
    os.dup2(2, 1)

    def disconnect() -> None:
        nothing = os.open(os.devnull, os.O_RDWR)
        for pipe in (requests, responses):  # the numbers stay taken, for the objects that have them
            os.dup2(nothing, pipe.fileno(), inheritable=False)
        os.close(nothing)

    if hasattr(os, "register_at_fork"):
        os.register_at_fork(after_in_child=disconnect)
    return requests, responses


def lines_of(requests: IO[bytes]) -> Iterator[Any]:
    """Yield what comes in; end the process when no more can come, even if it is busy.

    A thread reads: a forwarder that hangs must not outlive those who wait for it.
    """
    waiting: SimpleQueue[bytes] = SimpleQueue()

    def read() -> None:
        for line in requests:
            waiting.put(line)
        waiting.put(b"")  # `main` ends, unless the forwarder is busy or hangs
        time.sleep(GRACE)
        os._exit(1)

    threading.Thread(target=read, daemon=True).start()
    while line := waiting.get():
        yield json.loads(line)


def main() -> None:
    """Make the forwarder and hand it messages until there are no more."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is for the run, which ends this process
    requests, responses = take_pipes()
    own_process = os.getpid()

    def write(line: str) -> None:
        if os.getpid() != own_process:  # the forwarder forked, and returned there too
            os._exit(0)
        responses.write(line.encode() + b"\n")
        responses.flush()

    lines = lines_of(requests)
    first = next(lines)
    package_root = Path(__file__).resolve().parents[1]
    sys.path[:] = search_path(first["path"], sys.path, package_root)
    sys.meta_path.insert(0, AuthorsPackagesFirst(package_root))
    try:
        forwarder = make_forwarder(first["factory"], first["settings"], package_root, Loop())
        write("{}")
        for message in lines:
            write(deliver_as_json(forwarder, message))
    except NoForwarder as error:
        write(json.dumps({"error": str(error)}))
    except SystemExit as error:
        write(json.dumps({"exit": describe_error(error)}))
        raise


if __name__ == "__main__":
    main()
