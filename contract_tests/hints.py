"""The command that runs one broken clause's messages again, where a debugger can look on."""

import shlex
from typing import Any

from contract_tests.causes import causes_of
from contract_tests.options import DEFAULTS
from contract_tests.terminal import WIDTH, Row
from contract_tests.url_target import masked

_OF_THE_FORWARDER = (
    "adapter", "adapter_url", "adapter_command", "start", "adapter_header", "settle", "flush",
    "rate_limit", "timeout", "mock_host", "mock_port", "api_key", "trigger",
)  # fmt: skip


def again(option: Any, broken: list[Row]) -> list[str]:
    """Return lines that tell how to run the first of these once more; none where nothing can.

    `option` are the options of the run. A factory is made in the process of the command then, so
    that `breakpoint()` works; a server or a command is under a debugger of its own. Secrets are not
    shown.
    """
    rows = [cause.row for cause in causes_of(broken)]
    row = next((row for row in rows if _shows_it(row)), None)
    if row is None:
        return []
    command = ["mock-autopilot", "contract"]
    for name in _OF_THE_FORWARDER:
        value = getattr(option, name)
        for one in (value if isinstance(value, list) else [value]) if value else ():
            if one != DEFAULTS.get(name):
                command += [f"--{name.replace('_', '-')}", *_shown(name, one)]
    if not option.cases:
        same = ["--seed", str(option.seed), "--examples", str(option.examples)]
        asked = [*command, "--clause", row["id"], *same, "--cases", "DIR"]
        return _wrapped("a file of one:  ", asked)
    file = option.cases / f"{row['counterexample']['case']['id']}.json"
    inside = ["--in-process"] if option.adapter else []
    note = "  (breakpoint() works)" if option.adapter else ""
    return _wrapped("run one again:  ", [*command, "--case", str(file), *inside], note)


def _wrapped(label: str, command: list[str], note: str = "") -> list[str]:
    """Return a command in lines that a shell takes as one."""
    lines = [label]
    for part in map(shlex.quote, command):
        if len(lines[-1]) + len(part) > WIDTH - 4:
            lines[-1] += "\\"
            lines.append("    ")
        lines[-1] += f"{part} "
    return [*lines[:-1], lines[-1].rstrip() + note]


def _shows_it(row: Row) -> bool:
    """Return whether the fixture case of a broken clause says what was broken."""
    case = row["counterexample"].get("case")
    return bool(case) and any(name != "deliveries" for name in case["expect"])


def _shown(name: str, value: Any) -> list[str]:
    if value is True:
        return []
    if name == "adapter_url":
        return [masked(value)]
    if name == "adapter_header":
        return [f"{value.partition(':')[0]}: …"]
    return [str(value)]
