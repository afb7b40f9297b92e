"""What a run shows of a broken clause: in the terminal, as JSON and as HTML."""

import json
import re
from html import unescape
from pathlib import Path
from typing import Any

import pytest

from contract_tests.clauses import CLAUSES, VERSION
from contract_tests.report import Verdicts, page
from tests.contract.running import (
    BROKEN,
    contract,
)


def test_a_broken_clause_is_shown_whole(folder: Path) -> None:
    done = contract(folder, *BROKEN, "--clause", "IDN-01", "-v", "--cases", "cases")
    assert done.returncode == 1, done.stdout
    clause = CLAUSES["IDN-01"]
    sentence = f"IDN-01 (MUST): {clause.title}"
    assert f"IDN-01  MUST    failed   {clause.title}" in done.stdout
    shown = done.stdout.partition(f"\n{sentence}\n")[2].splitlines()
    assert shown[0] == f"  source: {clause.source}"
    message = json.loads(shown[2])
    # No noise is left in the smallest.
    assert message.keys() == {"type", "userId", "traits", "messageId"}
    (name,) = message["traits"].keys() - {"email"}
    assert (message["type"], message["traits"][name]) == ("identify", False)
    assert shown[3:8] == [
        "      the forwarder reported: 200",
        "  what differs:",
        f"    trait {name!r} of {message['userId']} and {message['traits']['email']}",
        "      expected  false",
        "      arrived   nothing",
    ]
    assert shown[8] == "  the calls that reached the account:"
    assert shown[9].startswith('    POST /v1/contact {"contact": {"Email": "ada@')
    assert shown[10].startswith('      200 {"contact_id": "person_')
    case = json.loads((folder / "cases" / "found-idn-01.json").read_text("utf-8"))
    assert (case["id"], case["messages"]) == ("found-idn-01", [message])
    identifiers = {"Email": message["traits"]["email"], "user_id": message["userId"]}
    assert case["expect"] == {
        "deliveries": [{"delivered": True}],
        "number_of_contacts": 1,
        "people": [{**identifiers, "traits": {name: False}, "types": {name: ["boolean"]}}],
    }
    assert "0 of 1 clauses hold; broken: IDN-01 (MUST)\nfailed: MUST broken: 1" in done.stdout
    assert "Traceback" not in done.stdout


def test_a_state_machine_is_shown_as_messages(folder: Path) -> None:
    done = contract(folder, *BROKEN, "--clause", "ENG-08", "-v")
    assert done.returncode == 1, done.stdout
    shown = done.stdout.partition("  the smallest messages found:\n")[2].splitlines()
    sent = [json.loads(line)["traits"] for line in shown if line.startswith('    {"type"')]
    assert sent == [{"vip": True}, {"vip": False}]
    assert re.fullmatch(r" +trait 'vip' of u0-\d+", shown[shown.index("  what differs:") + 1])
    assert "state." not in done.stdout  # Hypothesis's own account of its steps
    assert "Traceback" not in done.stdout


def report_of(folder: Path, *arguments: str) -> dict[str, Any]:
    file = folder / "again.json"
    contract(folder, *arguments, "--report", str(file))
    whole: dict[str, Any] = json.loads(file.read_text("utf-8"))
    return whole


def test_a_seed_repeats_the_counterexample(folder: Path) -> None:
    arguments = (*BROKEN, "--clause", "IDN-08", "--clause", "IDN-12")
    first, second = (report_of(folder, *arguments) for _ in range(2))
    found = [
        [row["counterexample"]["messages"] for row in report["clauses"] if "counterexample" in row]
        for report in (first, second)
    ]
    assert found[0]
    assert found[0] == found[1]


def test_the_report_files(folder: Path) -> None:
    files = [folder / name for name in ("report.json", "report.html", "junit.xml")]
    arguments = ("--report", str(files[0]), "--report", str(files[1]), "--junitxml", str(files[2]))
    done = contract(folder, *BROKEN, "--clause", "IDN-01", "--clause", "IDN-04", *arguments)
    assert done.returncode == 1, done.stdout

    whole = json.loads(files[0].read_text("utf-8"))
    rows = {row["id"]: row for row in whole.pop("clauses")}
    run, causes = whole.pop("run"), whole.pop("causes")
    assert whole == {
        "target": "broken:factory",
        "contract": VERSION,
        "level": "must",
        "verdict": "failed",
        "passed": False,
        "judged": 2,
    }
    assert (run["seed"], run["examples"]) == (1, 20)
    assert run.keys() == {"version", "seed", "examples", "date"}
    (cause,) = causes
    assert cause["sentence"].startswith("false is lost: trait ")
    assert (cause["clause"], cause["also"], cause["counts"]) == ("IDN-01", [], True)
    assert list(rows) == list(CLAUSES)
    broken = rows["IDN-01"].pop("counterexample")
    assert rows["IDN-01"].pop("symptoms") == ["falsy a boolean lost", "falsy lost"]
    statuses = {"IDN-01": "failed", "IDN-04": "passed"}
    assert rows == {
        clause.id: {
            "id": clause.id,
            "level": clause.level,
            "title": clause.title,
            "source": clause.source,
            "since": clause.since,
            "decides": clause.level == "MUST",
            "status": statuses.get(clause.id, "skipped"),
        }
        for clause in CLAUSES.values()
    }
    assert broken.keys() == {"messages", "reported", "differences", "calls", "case"}
    assert broken["case"]["id"] == "found-idn-01"
    assert broken["case"]["messages"] == broken["messages"]
    assert broken["reported"] == [{"status": 200, "message": ""}]
    (difference,) = broken["differences"]
    assert difference == {"what": difference["what"], "expected": False}
    (call,) = broken["calls"]
    assert call.keys() == {"method", "path", "body", "status", "answer", "fault"}

    html = files[1].read_text("utf-8")
    assert html.startswith("<!doctype html>")
    assert not re.search(r'(?:src|href)\s*=(?!"#)|url\(|@import|<script|<link', html)
    assert "IDN-01" in html
    assert difference["what"] in unescape(html)

    junit = files[2].read_text("utf-8")
    assert f'tests="{len(CLAUSES)}" failures="1" errors="0"' in junit
    assert '<testcase classname="contract.MUST" name="IDN-04" />' in junit
    assert '<testcase classname="contract.MUST" name="IDN-01"><failure message="true and' in junit


@pytest.mark.parametrize("order", [1, -1])
def test_the_smallest_counterexample_is_shown_in_whichever_order_tests_end(order: int) -> None:
    found: list[dict[str, Any]] = [
        {"error": "TypeError"},
        {"messages": [{"type": "identify", "userId": "u1"}, {"type": "track"}]},
        {"messages": [{"type": "identify", "userId": "u1"}]},
        {"messages": [{"type": "identify", "userId": "u12"}]},
    ]
    verdicts = Verdicts()
    for number, counterexample in list(enumerate(found))[::order]:
        test = f"test[{number}]"
        verdicts.add("IDN-01", test, counterexample)
    (row,) = verdicts.judged()
    assert row["counterexample"] == found[2]


def test_the_page_escapes_what_it_shows() -> None:
    verdicts = Verdicts({"IDN-01": "<b>known</b>"})
    error = {"error": "<script>alert('&')</script>"}
    verdicts.add("IDN-01", "test", error)
    html = page(verdicts.to_json("<i>target</i>", {}))
    assert not re.search("<b>|<i>|<script", html)
    assert "<title>Contract: &lt;i&gt;target&lt;/i&gt;</title>" in html
    assert "&lt;script&gt;alert(&#39;&amp;&#39;)&lt;/script&gt;" in html
    assert "known: &lt;b&gt;known&lt;/b&gt;" in html


#: A forwarder that fails after the messages of the start, with words that no file can hold.
ODD = """
from adapter.contract import factory as reference
def factory(settings):
    deliver, count = reference(settings), []
    def forward(message):
        count.append(1)
        result = deliver(message)
        odd = {"status": 500, "message": "a\\ud800\\x1b[2J\\nb"}
        return odd if len(count) > 3 else result
    return forward
"""


@pytest.mark.parametrize("processes", [(), ("-n", "2")])
def test_what_a_forwarder_says_is_escaped(tmp_path: Path, processes: tuple[str, ...]) -> None:
    (tmp_path / "odd.py").write_text(ODD)
    files = [tmp_path / name for name in ("odd.json", "odd.html", "odd.xml")]
    arguments = ("--report", str(files[0]), "--report", str(files[1]), "--junitxml", str(files[2]))
    few = ("--examples", "3", "--clause", "IDN-01")
    done = contract(tmp_path, "--adapter", "odd:factory", *few, *arguments, *processes, "-v")
    assert done.returncode == 1, done.stdout
    assert "0 of 1 clauses hold; broken: IDN-01 (MUST)" in done.stdout
    escaped = r"500 a\ud800\u001b[2J\nb"
    assert f"      the forwarder reported: {escaped}" in done.stdout.splitlines()
    assert f"      arrived   {escaped}" in done.stdout.splitlines()
    assert done.stdout.replace("\n", "").isprintable()
    assert escaped in files[1].read_text("utf-8")
    clauses = {row["id"]: row for row in json.loads(files[0].read_text("utf-8"))["clauses"]}
    found = clauses["IDN-01"]["counterexample"]
    assert found["reported"][0]["message"] == "a\ud800\x1b[2J\nb"
    assert found["differences"][0]["prose"] == ["expected", "arrived"]
    assert files[2].exists()


def test_a_run_that_cannot_judge_is_an_error_in_junit(folder: Path) -> None:
    file = folder / "none.xml"
    file.write_text('<testsuites tests="1" failures="0" />')
    done = contract(folder, "--adapter", "otherwise:other_key", "--junitxml", str(file))
    assert done.returncode == 2
    assert 'errors="1"' in file.read_text("utf-8")
    assert "cannot judge: the forwarder sends another API key" in file.read_text("utf-8")


def test_a_known_failure_is_none_in_junit(folder: Path) -> None:
    known, file = folder / "junit-known.txt", folder / "known.xml"
    known.write_text("IDN-01: the old parser\n")
    arguments = ("--clause", "IDN-01", "--known-failures", str(known), "--junitxml", str(file))
    done = contract(folder, *BROKEN, *arguments)
    assert done.returncode == 0, done.stdout
    assert 'failures="0"' in file.read_text("utf-8")
    assert "known: the old parser" in file.read_text("utf-8")


BLOCKING = """
import os
from adapter.contract import factory as reference
def factory(settings):
    os.makedirs("blocked.json", exist_ok=True)
    return reference(settings)
"""


def test_a_report_that_cannot_be_written_is_told_after_the_summary(tmp_path: Path) -> None:
    (tmp_path / "blocking.py").write_text(BLOCKING)
    few = ("--examples", "3", "--clause", "IDN-01", "--report", "blocked.json")
    done = contract(tmp_path, "--adapter", "blocking:factory", *few)
    assert done.returncode == 0, done.stdout
    assert "they hold\n--report blocked.json: Is a directory\n" in done.stdout
    assert "Traceback" not in done.stdout
