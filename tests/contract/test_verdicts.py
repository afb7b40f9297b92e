"""The verdicts of a run and its exit status, with each option that they depend on."""

import json
import re
from pathlib import Path

from contract_tests.clauses import CLAUSES
from tests.contract.running import (
    BROKEN,
    REFERENCE,
    command,
    contract,
    python,
    verdicts,
)

MUSTS = sum(clause.level == "MUST" for clause in CLAUSES.values())


def test_all_hold_in_an_empty_folder(tmp_path: Path) -> None:
    done = contract(tmp_path, *REFERENCE, "--clause", "INT", "--seed", "7")
    assert done.returncode == 0, done.stdout
    lines = done.stdout.splitlines()
    assert lines[0] == "target    adapter.contract:factory"
    assert re.fullmatch(r"fake      mock_autopilot\.MockAutopilot, http://127.*/v1/", lines[1])
    assert lines[2:4] == ["contract  version 2 of 2", "seed      7, 3 examples a test"]
    assert verdicts(done.stdout) == dict.fromkeys([f"INT-0{n}" for n in range(1, 7)], "passed")
    partial = f"partial: 6 of {MUSTS} MUST clauses were judged; they hold"
    assert f"6 of 6 clauses hold\n{partial}\n" in done.stdout
    assert list(tmp_path.iterdir()) == []


def test_level_should() -> None:
    done = contract(
        Path(__file__).parents[2] / "docs" / "forwarders",
        "--adapter",
        "factory:factory",
        "--examples",
        "3",
        "--clause",
        "IDN-16",
    )
    assert (done.returncode, verdicts(done.stdout)) == (0, {"IDN-16": "failed"})
    assert (
        f"broken: IDN-16 (SHOULD)\npartial: 0 of {MUSTS} MUST clauses were judged; they hold"
        in done.stdout
    )
    done = contract(
        Path(__file__).parents[2] / "docs" / "forwarders",
        "--adapter",
        "factory:factory",
        "--examples",
        "3",
        "--clause",
        "IDN-16",
        "-v",
        "--level",
        "should",
    )
    assert (done.returncode, verdicts(done.stdout)) == (1, {"IDN-16": "failed"})


def test_known_failures(folder: Path) -> None:
    known = folder / "known.txt"
    known.write_text("# ours\n\nIDN-01: the old parser\nIDN-04: long ago\nXYZ-09: a slip\n")
    clauses = ("--clause", "IDN-01", "--clause", "IDN-04")
    done = contract(folder, *BROKEN, *clauses, "--known-failures", str(known))
    assert done.returncode == 0, done.stdout
    assert re.search(r"IDN-01  MUST    failed .*\(known: the old parser\)", done.stdout)
    partial = f"2 of {MUSTS} MUST clauses were judged; they hold, known failures apart"
    assert f"broken: IDN-01 (known)\npartial: {partial}" in done.stdout
    assert "known failures: IDN-04 holds now" in done.stdout
    assert "known failures: XYZ-09 names no clause" in done.stdout


def test_processes_come_to_the_same_verdicts(folder: Path) -> None:
    clauses = ("--clause", "IDN-01", "--clause", "IDN-02", "--clause", "TYP", "-v")
    one = contract(folder, *BROKEN, *clauses)
    two = contract(folder, *BROKEN, *clauses, "-n", "2")
    assert (one.returncode, two.returncode) == (1, 1), two.stdout
    assert verdicts(one.stdout) == verdicts(two.stdout)
    assert "one for each process" in two.stdout.splitlines()[1]


def test_a_command_may_log(folder: Path) -> None:
    done = contract(folder, *command("line.py"), "--examples", "3", "--clause", "IDR-0")
    assert done.returncode == 2  # a group is a whole word
    done = contract(folder, *command("line.py"), "--examples", "3", "--clause", "idr")
    assert done.returncode == 0, done.stdout
    assert set(verdicts(done.stdout).values()) == {"passed"}


def test_pytest_comes_to_the_same_verdicts(folder: Path) -> None:
    arguments = (*BROKEN, "--clause", "IDN-01", "--clause", "TYP")
    loaded = ("-p", "contract_tests.plugin")
    ours = contract(folder, *arguments, "-v")
    theirs = python(
        folder, "-m", "pytest", *loaded, "--pyargs", "contract_tests", *arguments, "--full"
    )
    assert (ours.returncode, theirs.returncode) == (1, 1), theirs.stdout
    assert verdicts(ours.stdout) == verdicts(theirs.stdout) != {}


#: A forwarder that breaks what the second version of the contract has come to demand.
ONLY_NEW = """
from adapter.contract import factory as reference

def factory(settings):
    deliver = reference(settings)

    def forward(message):
        if message["type"] == "identify" and not message.get("traits"):
            return None
        return deliver(message)

    return forward
"""


def test_an_earlier_version_of_the_contract(tmp_path: Path) -> None:
    (tmp_path / "new.py").write_text(ONLY_NEW)
    arguments = ("--adapter", "new:factory", "--clause", "IDN-23", "--clause", "INT", "--seed", "1")
    report = ("--report", "report.json")
    done = contract(tmp_path, *arguments, *report)
    assert (done.returncode, "IDN-23 (MUST)" in done.stdout) == (1, True)
    assert "failed: MUST broken: 1" in done.stdout
    written = json.loads((tmp_path / "report.json").read_text())
    assert (written["contract"], written["verdict"], written["passed"]) == (2, "failed", False)
    assert written["run"].keys() == {"version", "seed", "examples", "date"}
    done = contract(tmp_path, *arguments, *report, "--contract", "1")
    assert (done.returncode, verdicts(done.stdout)["IDN-23"]) == (0, "failed")
    assert "contract  version 1 of 2" in done.stdout
    assert "partial: 6 of " in done.stdout
    written = json.loads((tmp_path / "report.json").read_text())
    assert (written["contract"], written["verdict"], written["passed"]) == (1, "partial", False)
    assert contract(tmp_path, *arguments, "--contract", "3").returncode == 2


def test_another_difference_under_a_known_failure_is_told(folder: Path) -> None:
    known = folder / "symptoms.txt"
    arguments = (*BROKEN, "--clause", "IDN-01", "--known-failures", str(known))
    known.write_text("IDN-01: the old parser [falsy a boolean lost]\n")
    done = contract(folder, *arguments, "-v")
    assert done.returncode == 0, done.stdout
    assert "symptoms  falsy a boolean lost, falsy lost\n" in done.stdout
    known.write_text("IDN-01: the old parser [a boolean becomes a text]\n")
    done = contract(folder, *arguments)
    assert done.returncode == 1, done.stdout
    told = "known failures: IDN-01 shows another difference: falsy a boolean lost, falsy lost\n"
    assert told in done.stdout
