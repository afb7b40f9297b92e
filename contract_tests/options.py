"""The suite's options, and the forwarder and the fake that they name."""

from collections.abc import Iterable
from pathlib import Path
from typing import Any

import pytest

from contract_tests.clauses import CLAUSES
from contract_tests.fake import open_fake
from contract_tests.harness import Harness
from contract_tests.protocol import Message, Result, SetupError, Target
from contract_tests.targets import open_target

EXAMPLES = 40
"""Examples of each test, unless --examples says otherwise."""


class TargetLost(BaseException):
    """The target was lost in a test, which says nothing of the clause; Hypothesis stops at once."""


class _Watched:
    """A target whose loss in the middle of a run ends the run."""

    def __init__(self, target: Target) -> None:
        self._target = target

    def deliver(self, message: Message) -> Result:
        try:
            return self._target.deliver(message)
        except SetupError as error:
            raise TargetLost(str(error)) from None

    def close(self) -> None:
        self._target.close()


def add_options(parser: pytest.Parser) -> None:
    """Add the suite's options."""
    group = parser.getgroup("contract", "certify a forwarder of Segment messages to Autopilot")
    add = group.addoption
    add("--adapter", metavar="MODULE:FACTORY", help="the forwarder: a factory in Python")
    add("--adapter-url", metavar="URL", help="the forwarder: takes each message as a POST")
    add("--adapter-command", metavar="CMD", help="the forwarder: a message a line on its input")
    add("--mock-host", default="127.0.0.1", help="where the fake listens")
    add("--mock-port", type=port, default=0, help="the fake's port; 0 takes a free one")
    add("--api-key", default="contract-key", help="the key of the fake's account")
    add("--trigger", action="append", metavar="EVENT=ID", help="an event's trigger; repeatable")
    add("--level", choices=["must", "should"], default="must", help="what has to hold to pass")
    add("--clause", action="append", metavar="ID", help="only this clause, or a group as in IDN")
    add("--examples", type=_positive, default=EXAMPLES, metavar="N", help="examples of each test")
    add("--seed", type=int, default=None, metavar="N", help="repeat the run that printed it")
    add("--known-failures", type=Path, metavar="FILE", help="lines of ID: reason")
    add("--report", type=Path, action="append", metavar="FILE", help="write it: .json or .html")


def _positive(text: str) -> int:
    if int(text) < 1:
        raise ValueError(text)
    return int(text)


def port(text: str) -> int:
    """Read a port's number; argparse names this function in its error."""
    if not 0 <= int(text) <= 65535:
        raise ValueError(text)
    return int(text)


def clear_reports(files: Iterable[Path]) -> None:
    """Check that these can be written, and remove those of an earlier run."""
    files = list(files)
    for file in files:
        if file.suffix.lower() not in (".json", ".html"):
            raise SetupError(f"--report {file}: its name must end in .json or .html")
    for file in files:
        try:
            file.unlink(missing_ok=True)
            file.touch()
            file.unlink()
        except OSError as error:
            raise SetupError(f"--report {file}: {error.strerror}") from None


def clause_or_group(name: str) -> str:
    """Return the id of a requested clause or group. Raises `SetupError` if there is none."""
    groups = list(dict.fromkeys(clause_id.partition("-")[0] for clause_id in CLAUSES))
    if name.upper() not in (*CLAUSES, *groups):
        raise SetupError(
            f"--clause {name}: there is no such clause; it takes an id as in IDN-01, or a group: "
            + " ".join(groups)
        )
    return name.upper()


def known_failures(file: Path | None) -> dict[str, str]:
    """Read lines of `ID: reason`; blank lines and those that begin with # are left out."""
    if file is None:
        return {}
    try:
        lines = file.read_text("utf-8").splitlines()
    except OSError as error:
        raise SetupError(f"--known-failures {file}: {error.strerror}") from None
    known = {}
    for number, line in enumerate(lines, start=1):
        if line.strip() and not line.startswith("#"):
            clause_id, _, reason = line.partition(":")
            if not reason.strip():
                raise SetupError(f"{file}:{number} gives no reason; write it as ID: reason")
            known[clause_id.strip()] = reason.strip()
    return known


def open_harness(option: Any) -> Harness:
    """Start the fake, open the forwarder, and check that they reach one another.

    Raises `SetupError` when they do not.
    """
    if option.adapter_url and not option.mock_port:
        raise SetupError("--adapter-url needs --mock-port: the port that the forwarder sends to")
    fake = open_fake(
        host=option.mock_host,
        port=option.mock_port,
        api_key=option.api_key,
        triggers=option.trigger or (),
    )
    target = None
    try:
        target = open_target(forwarder(option), fake.settings)
        harness = Harness(fake, _Watched(target))
        harness.probe()
    except BaseException as error:  # an interrupt too
        if target:
            target.close()
        fake.close()
        if isinstance(error, TargetLost):
            raise SetupError(str(error)) from None
        raise
    return harness


def forwarder(option: Any) -> dict[str, str | None]:
    """Return the options that name the forwarder."""
    kinds = ("adapter", "adapter_url", "adapter_command")
    return {kind: getattr(option, kind) for kind in kinds}
