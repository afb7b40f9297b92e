"""The suite's options, and the files that they name."""

import math
import os
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

import pytest

from contract_tests.clauses import CLAUSES, VERSION
from contract_tests.processes import TIMEOUT
from contract_tests.protocol import SetupError
from contract_tests.url_target import PORT, masked

DEFAULTS: Mapping[str, Any] = {
    "mock_host": "127.0.0.1",
    "mock_port": 0,
    "api_key": "contract-key",
    "timeout": TIMEOUT,
}
"""Of the options of the fake and the forwarder those that are something when not given."""
EXAMPLES = 40
"""Examples of each test, unless --examples says otherwise."""


def add_options(parser: pytest.Parser) -> None:
    """Add the suite's options."""
    group = parser.getgroup("contract", "certify a forwarder of Segment messages to Autopilot")
    add = group.addoption
    add("--adapter", metavar="MODULE:FACTORY", help="the forwarder: a factory in Python")
    add("--adapter-url", metavar="URL", help="the forwarder: takes each message as a POST")
    add("--adapter-command", metavar="CMD", help="the forwarder: a message a line on its input")
    add(
        "--adapter-header",
        action="append",
        metavar="'NAME: VALUE'",
        help="a header of each message to --adapter-url; repeatable",
    )
    add("--start", metavar="CMD", help="starts the server of --adapter-url, and ends it")
    add("--flush", action="store_true", help='hand over {"type": "flush"} after each message')
    add(
        "--settle",
        type=_seconds,
        default=0.0,
        metavar="SECONDS",
        help="how long to wait for the calls of a forwarder that answers before it delivers",
    )
    add(
        "--rate-limit",
        type=_seconds,
        default=0.0,
        metavar="N",
        help="how many messages a second the forwarder takes",
    )
    add("--mock-host", default=DEFAULTS["mock_host"], help="where the fake listens")
    add(
        "--mock-port",
        type=port,
        default=DEFAULTS["mock_port"],
        help="the fake's port; by default a free one",
    )
    add("--api-key", default=DEFAULTS["api_key"], help="the key of the fake's account")
    add(
        "--timeout",
        type=_seconds,
        default=DEFAULTS["timeout"],
        metavar="SECONDS",
        help="how long a factory, or a message with its retries, may take",
    )
    add("--trigger", action="append", metavar="EVENT=ID", help="an event's trigger; repeatable")
    add(
        "--level",
        choices=["must", "should"],
        default="must",
        help="clauses that decide the exit status",
    )
    add(
        "--contract",
        type=int,
        choices=range(1, VERSION + 1),
        default=VERSION,
        metavar="N",
        help="judge by the clauses of version N; newer ones are reported only",
    )
    add("--clause", action="append", metavar="ID", help="only this clause, or a group as in IDN")
    add("--examples", type=_positive, default=EXAMPLES, metavar="N", help="examples of each test")
    add("--seed", type=int, default=None, metavar="N", help="repeat the run that printed it")
    add(
        "--known-failures",
        type=Path,
        metavar="FILE",
        help="clauses that are expected to fail, a line each: `ID: reason`, or `ID: reason "
        "[symptom]` for one symptom only, as -v shows it",
    )
    add(
        "--report",
        type=Path,
        action="append",
        metavar="FILE",
        help="write a report to FILE, whose name ends in .json or .html; repeatable",
    )

    add("--full", action="store_true", help="print all that was found of each clause")
    add(
        "--cases",
        type=Path,
        metavar="DIR",
        help="write the fixture case of each broken clause to a file in DIR",
    )


def forwarder_name(option: Any) -> str:
    """Return how a forwarder was named, without what is secret in a URL."""
    url = masked(option.adapter_url or "")
    return option.adapter or url or option.adapter_command or "none"


def in_processes(option: Any) -> bool:
    """Return whether the tests are spread over processes, by pytest-xdist.

    Raises `SetupError` when they cannot be.
    """
    spread = getattr(option, "numprocesses", None) or getattr(option, "dist", "no") != "no"
    if spread and option.adapter_url and PORT not in option.adapter_url:
        raise SetupError(
            f"one address has one account: leave out -n, or start a server for each process, "
            f"--start CMD with {PORT} in it and in the URL"
        )
    return bool(spread)


def _seconds(text: str) -> float:
    seconds = float(text)
    if not 0 < seconds < math.inf:
        raise ValueError(text)
    return seconds


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
        _clear("--report", file)


def clear_junit_report(name: str | None) -> None:
    """Check that pytest can write its report, and remove that of an earlier run."""
    if name:
        file = Path(os.path.expandvars(name)).expanduser()
        try:
            file.parent.mkdir(parents=True, exist_ok=True)  # as pytest does
        except OSError as error:
            raise SetupError(f"--junitxml {file}: {error.strerror}") from None
        _clear("--junitxml", file)


def _clear(option: str, file: Path) -> None:
    try:
        file.unlink(missing_ok=True)
        file.touch()
        file.unlink()
    except OSError as error:
        raise SetupError(f"{option} {file}: {error.strerror}") from None


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
        lines = file.read_text("utf-8-sig").splitlines()
    except OSError as error:
        raise SetupError(f"--known-failures {file}: {error.strerror}") from None
    except UnicodeDecodeError:
        raise SetupError(f"--known-failures {file} is not UTF-8") from None
    known = {}
    for number, line in enumerate(lines, start=1):
        if line.strip() and not line.startswith("#"):
            clause_id, _, reason = line.partition(":")
            if not reason.strip():
                raise SetupError(f"{file}:{number} gives no reason; write it as ID: reason")
            known[clause_id.strip().upper()] = reason.strip()
    return known
