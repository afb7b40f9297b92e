"""The command that runs one broken clause's messages again, where a debugger can look on."""

import shlex
from typing import Any

from contract_tests.terminal import Row


def again(option: Any, broken: list[Row]) -> list[str]:
    """Return lines that tell how to run the first of these once more; none where nothing can.

    `option` are the options of the run. A factory is made in the process of the command then, so
    that `breakpoint()` works; a server or a command is under a debugger of its own.
    """
    with_case = [row for row in broken if row["counterexample"].get("case")]
    if not with_case:
        return []
    row = with_case[0]
    command = ["mock-autopilot", "contract"]
    for name in ("adapter", "adapter_url", "adapter_command", "start", "mock_port"):
        if value := getattr(option, name):
            command += [f"--{name.replace('_', '-')}", str(value)]
    if not option.cases:
        asked = [*command, "--clause", row["id"], "--seed", str(option.seed), "--cases", "DIR"]
        return [f"a file of one:  {shlex.join(asked)}"]
    file = option.cases / f"{row['counterexample']['case']['id']}.json"
    inside = ["--in-process"] if option.adapter else []
    note = "  (breakpoint() works)" if option.adapter else ""
    return [f"run one again:  {shlex.join([*command, '--case', str(file), *inside])}{note}"]
