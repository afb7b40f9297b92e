"""A forwarder in this process, made by a factory."""

import os
import sys
from bdb import BdbQuit
from collections.abc import Callable
from functools import partial
from pathlib import Path

from contract_tests import child
from contract_tests.protocol import (
    Message,
    Result,
    Settings,
    SetupError,
    failed,
    result_of,
)
from contract_tests.targets import around

Factory = Callable[[Settings], Callable[[Message], object]]


class FactoryTarget:
    """A forwarder that a factory at hand makes."""

    def __init__(self, factory: Factory, settings: Settings) -> None:
        self._deliver = factory(settings)
        self._flush: Callable[[], object] | None = getattr(self._deliver, "flush", None)

    def deliver(self, message: Message) -> Result:
        """Call it; what it raises is a failed delivery with the exception's text and status."""
        try:
            answer = self._deliver(message)
            flushed = self._flush() if self._flush else None
            if child.is_failure(flushed) and not child.is_failure(answer):
                answer = flushed
        except (SystemExit, KeyboardInterrupt, BdbQuit):  # BdbQuit: q in a debugger
            raise
        except BaseException as error:  # noqa: BLE001  # whatever a forwarder raises
            return failed(str(error) or type(error).__name__, getattr(error, "status", None))
        return result_of(answer)

    def close(self) -> None:
        """Do nothing: no resource is held."""


def open_here(name: str, settings: Settings) -> FactoryTarget:
    """Make the forwarder of `package.module:factory` in this process, for a debugger.

    Raises `SetupError` when there is none.
    """
    if not name.partition(":")[2]:
        raise SetupError(f"--adapter {name}: write it as package.module:factory")
    os.environ.update(around(settings))
    package_root = Path(child.__file__).resolve().parents[1]
    sys.path[:] = child.search_path([], sys.path, package_root)
    if not any(isinstance(finder, child.AuthorsPackagesFirst) for finder in sys.meta_path):
        sys.meta_path.insert(0, child.AuthorsPackagesFirst(package_root))
    try:
        made = child.make_forwarder(name, settings, package_root, child.Loop())
    except child.NoForwarder as error:
        raise SetupError(f"--adapter {name}{error}") from None
    deliver = partial(made.deliver)
    if made.flush:
        deliver.flush = made.flush  # type: ignore[attr-defined]  # where a factory's function has it
    return FactoryTarget(lambda _: deliver, settings)
