"""The command that a failed run prints at its end: one case again, where a debugger can look on."""

import re
import shlex
import subprocess
import sys
from pathlib import Path

import pytest

from tests.contract.running import ROOT, contract

BROKEN = ("--adapter", "broken:factory", "--clause", "IDN-02", "--examples", "3", "--seed", "1")


def printed(output: str, label: str) -> list[str]:
    output = output.replace("\\\n    ", "")
    found = re.search(rf"^{label}:  mock-autopilot contract (.*?)(  \(|$)", output, re.MULTILINE)
    assert found, output
    return shlex.split(found[1])


def test_without_a_folder_it_says_how_to_get_a_file(folder: Path) -> None:
    done = contract(folder, *BROKEN)
    asked = printed(done.stdout, "a file of one")
    same = ["--seed", "1", "--examples", "3"]
    assert asked == ["--adapter", "broken:factory", "--clause", "IDN-02", *same, "--cases", "DIR"]


def test_the_printed_command_runs_the_case(folder: Path) -> None:
    done = contract(folder, *BROKEN, "--cases", "found")
    assert "(breakpoint() works)" in done.stdout
    again = printed(done.stdout, "run one again")
    assert again[-1] == "--in-process"
    shown = contract(folder, *again)
    assert shown.returncode == 1, shown.stdout
    assert "0 of 1 cases hold; differing: found-idn-02" in shown.stdout


def test_a_run_that_passes_prints_none(folder: Path) -> None:
    done = contract(folder, "--adapter", "adapter.contract:factory", "--clause", "TYP")
    assert "mock-autopilot contract" not in done.stdout


def test_a_breakpoint_stops_there_and_not_before(folder: Path) -> None:
    (folder / "stopping.py").write_text(
        "from broken import factory as broken\n"
        "def factory(settings):\n"
        "    deliver = broken(settings)\n"
        "    def forward(message):\n"
        "        breakpoint()\n"
        "        return deliver(message)\n"
        "    return forward\n"
    )
    contract(folder, *BROKEN, "--cases", "found")
    case = ("--case", "found/found-idn-02.json", "--in-process")
    done = subprocess.run(
        [
            sys.executable,
            "-m",
            "mock_autopilot",
            "contract",
            "--adapter",
            "stopping:factory",
            *case,
        ],
        cwd=folder,
        env={"PYTHONPATH": str(ROOT)},
        input="p message['traits']\nc\n",
        capture_output=True,
        encoding="utf-8",
        check=False,
    )
    assert done.returncode == 1, done.stdout + done.stderr
    assert done.stdout.count("(Pdb)") == 2
    assert "'email': " in done.stdout


@pytest.mark.parametrize(
    "arguments", [("--adapter", "broken:factory"), ("--adapter-command", "x", "--case", "y")]
)
def test_it_is_for_a_factory_and_a_case(folder: Path, arguments: tuple[str, ...]) -> None:
    done = contract(folder, *arguments, "--in-process")
    assert done.returncode == 2
    assert "--in-process is for --adapter with --case." in done.stdout


def test_a_factory_that_is_not_there_is_one_line(folder: Path) -> None:
    contract(folder, *BROKEN, "--cases", "found")
    case = ("--case", "found/found-idn-02.json", "--in-process")
    done = contract(folder, "--adapter", "nowhere:factory", *case)
    assert done.returncode == 2
    said = "found/found-idn-02.json: --adapter nowhere:factory: ModuleNotFoundError"
    assert done.stdout.splitlines()[-1].startswith(f"cannot judge: {said}")
