"""What a run does: its verdict, its exit status, its words and its reports."""

import json
import os
import re
import shlex
import signal
import socket
import sys
from html import escape
from pathlib import Path
from typing import Any

import pytest

from contract_tests.clauses import CLAUSES
from tests.contract.running import contract, python, start

REFERENCE = ("--adapter", "adapter.contract:factory", "--examples", "3")
BROKEN = ("--adapter", "broken:factory", "--examples", "20", "--seed", "1")

#: A forwarder that drops what is false, and some that cannot be judged.
MODULES = {
    "broken": """
        from adapter.contract import factory as reference
        def factory(settings):
            deliver = reference(settings)
            def forward(message):
                traits = message.get("traits") or {}
                kept = {k: v for k, v in traits.items() if v is not False}
                return deliver({**message, "traits": kept} if traits else message)
            return forward
        """,
    "raising": """
        def factory(settings):
            raise RuntimeError("no such region")
        """,
    "unwritten": "def factory(settings) return None",
    "elsewhere": """
        def factory(settings):
            return lambda message: None
        """,
    "wordy": """
        def factory(settings):
            return lambda message: "fine"
        """,
    "late": """
        from adapter.contract import factory as reference
        def factory(settings):
            deliver, count = reference(settings), []
            def forward(message):
                count.append(1)
                return deliver(message) if len(count) < 6 else "fine"
            return forward
        """,
    "line": """
        import json, os, sys
        from adapter.contract import factory
        deliver = factory({
            "base_url": os.environ["AUTOPILOT_BASE_URL"],
            "api_key": os.environ["AUTOPILOT_API_KEY"],
            "journeys": json.loads(os.environ["AUTOPILOT_JOURNEYS"]),
            "default_trigger": os.environ["AUTOPILOT_DEFAULT_TRIGGER"],
        })
        for line in sys.stdin:
            print("got one", file=sys.stderr, flush=True)
            print(*sys.argv[1:], json.dumps(deliver(json.loads(line))), flush=True)
        """,
    "once": """
        raise RuntimeError("no region")
        """,
}


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("forwarders")
    for name, code in MODULES.items():
        lines = code.strip("\n").splitlines()
        indent = len(lines[0]) - len(lines[0].lstrip())
        (folder / f"{name}.py").write_text("\n".join(line[indent:] for line in lines))
    return folder


def command(*arguments: str) -> tuple[str, str]:
    return "--adapter-command", shlex.join([sys.executable, *arguments])


def verdicts(output: str) -> dict[str, str]:
    found = re.findall(r"^([A-Z]{3}-\d\d)  (?:MUST|SHOULD) +(passed|failed)", output, re.MULTILINE)
    return dict(found)


# --- exit statuses ---


def test_all_hold_in_an_empty_folder(tmp_path: Path) -> None:
    done = contract(tmp_path, *REFERENCE, "--clause", "INT", "--seed", "7")
    assert done.returncode == 0, done.stdout
    lines = done.stdout.splitlines()
    assert lines[0] == "target    adapter.contract:factory"
    assert re.fullmatch(r"fake      mock_autopilot\.MockAutopilot, http://127.*/v1/", lines[1])
    assert lines[2] == "seed      7, 3 examples a test"
    assert verdicts(done.stdout) == dict.fromkeys([f"INT-0{n}" for n in range(1, 7)], "passed")
    assert "6 of 6 clauses hold\npassed: every MUST that was judged holds\n" in done.stdout
    assert list(tmp_path.iterdir()) == []


def test_a_broken_clause_is_shown_whole(folder: Path) -> None:
    done = contract(folder, *BROKEN, "--clause", "IDN-01")
    assert done.returncode == 1, done.stdout
    clause = CLAUSES["IDN-01"]
    sentence = f"IDN-01 (MUST): {clause.title}"
    assert f"IDN-01  MUST    failed   {clause.title}" in done.stdout
    shown = done.stdout.partition(f"{sentence}\n")[2].splitlines()
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
    assert shown[11] == "  as a fixture case:"
    case = json.loads(shown[12])
    assert (case["id"], case["messages"]) == ("found-idn-01", [message])
    identifiers = {"Email": message["traits"]["email"], "user_id": message["userId"]}
    assert case["expect"] == {
        "deliveries": [{"delivered": True}],
        "number_of_contacts": 1,
        "people": [{**identifiers, "traits": {name: False}, "types": {name: ["boolean"]}}],
    }
    assert "0 of 1 clauses hold; broken: IDN-01 (MUST)\nfailed: MUST broken: 1" in done.stdout
    assert "Traceback" not in done.stdout


CANNOT: dict[str, tuple[tuple[str, ...], str]] = {
    "no target": ((), "name one forwarder"),
    "two targets": (
        ("--adapter", "a:b", "--adapter-command", "c"),
        "name one forwarder",
    ),
    "no factory named": (("--adapter", "broken"), "write it as package.module:factory"),
    "no such module": (("--adapter", "nowhere:factory"), "No module named 'nowhere'"),
    "no such factory": (("--adapter", "broken:fabric"), "has no attribute 'fabric'"),
    "no Python": (("--adapter", "unwritten:factory"), "SyntaxError"),
    "raising": (("--adapter", "raising:factory"), "RuntimeError: no such region"),
    "another answer": (("--adapter", "wordy:factory"), "the forwarder answered 'fine'"),
    "sends elsewhere": (("--adapter", "elsewhere:factory"), "no call reached the fake at http"),
    "nobody listens": (
        ("--adapter-url", "http://127.0.0.1:1/", "--mock-port", "18199"),
        "--adapter-url http://127.0.0.1:1/ cannot be reached",
    ),
    "a URL and no port": (("--adapter-url", "http://127.0.0.1:1/"), "needs --mock-port"),
    "no URL": (("--adapter-url", "here", "--mock-port", "18198"), "must begin with http://"),
    "ends at once": (
        command("once.py"),
        "ended with status 1; the last that it wrote to standard error: RuntimeError: no region",
    ),
    "an empty name": (("--adapter-command", ""), "--adapter-command names nothing"),
    "no place for a report": ((*REFERENCE, "--report", "no/r.json"), "no/r.json: No such file"),
    "a report that is a folder": ((*REFERENCE, "--report", "x.json"), "x.json: Is a directory"),
    "another report": ((*REFERENCE, "--report", "r.txt"), "must end in .json or .html"),
    "no such command": (("--adapter-command", "no-such-program"), "no-such-program"),
    "prints garbage": (command("line.py", "hello"), "which is no JSON"),
    "nothing selected": ((*REFERENCE, "--clause", "ABC"), "--clause ABC: there is no such clause"),
    "no known failures": ((*REFERENCE, "--known-failures", "none.txt"), "none.txt: No such file"),
    "no reason": ((*REFERENCE, "--known-failures", "bare.txt"), "bare.txt:1 gives no reason"),
    "a wrong trigger": ((*REFERENCE, "--trigger", "Signed Up"), "write EVENT=ID"),
}


@pytest.mark.parametrize("case", CANNOT)
def test_what_cannot_be_judged(folder: Path, case: str) -> None:
    arguments, told = CANNOT[case]
    (folder / "bare.txt").write_text("IDN-01\n")
    (folder / "x.json").mkdir(exist_ok=True)
    done = contract(folder, *arguments)
    assert done.returncode == 2, done.stdout
    assert told in done.stdout
    assert "Traceback" not in done.stdout
    said = done.stdout.strip().splitlines()
    assert len(said) == 1, done.stdout
    assert said[0].startswith("cannot judge: ")


def test_in_processes_it_cannot_be_judged_either(folder: Path) -> None:
    done = contract(folder, "--adapter", "elsewhere:factory", "-n", "2")
    assert done.returncode == 2
    assert done.stdout.startswith("cannot judge: no call reached the fake")
    assert len(done.stdout.splitlines()) == 1


@pytest.mark.parametrize("processes", [(), ("-n", "2")])
def test_a_forwarder_lost_on_the_way(folder: Path, processes: tuple[str, ...]) -> None:
    report = folder / "lost.json"
    one = ("--clause", "IDN-01", "--clause", "IDN-02", "--report", str(report))
    done = contract(folder, "--adapter", "late:factory", *one, *processes)
    assert done.returncode == 2, done.stdout
    assert done.stdout.count("cannot judge: the forwarder answered 'fine'") == 1
    assert verdicts(done.stdout) == {}
    assert "Traceback" not in done.stdout
    assert not report.exists()


@pytest.mark.parametrize("group", [False, True])
def test_ctrl_c_is_no_verdict(folder: Path, group: bool) -> None:
    report = folder / "interrupted.json"
    report.write_text("of an earlier run")
    arguments = ("contract", *BROKEN, "--examples", "1000", "--report", str(report))
    process = start(folder, "-m", "mock_autopilot", *arguments)
    assert process.stdout
    said = [process.stdout.readline() for _ in range(3)]  # the tests begin
    if group:  # as a terminal does
        os.killpg(process.pid, signal.SIGINT)
    else:
        process.send_signal(signal.SIGINT)
    rest, _ = process.communicate(timeout=60)
    assert said[0].startswith("target    broken:factory")
    assert process.returncode == 2, rest
    assert "cannot judge: it was interrupted" in rest
    assert "Traceback" not in rest
    assert not report.exists()


@pytest.mark.parametrize("port", ["65536", "-1", "http"])
def test_no_such_port(tmp_path: Path, port: str) -> None:
    done = contract(tmp_path, *REFERENCE, "--mock-port", port)
    assert done.returncode == 2
    assert "Invalid value for '--mock-port'" in done.stdout


def test_a_port_that_is_in_use_is_named(tmp_path: Path) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        done = contract(tmp_path, *REFERENCE, "--mock-port", str(port))
    assert done.returncode == 2
    assert done.stdout.startswith(f"cannot judge: the fake cannot listen on 127.0.0.1:{port}: ")


# --- options ---


def test_level_should() -> None:
    done = contract(
        Path(__file__).parents[2] / "docs" / "forwarders",
        *("--adapter", "factory:factory", "--examples", "3", "--clause", "IDN-16"),
    )
    assert (done.returncode, verdicts(done.stdout)) == (0, {"IDN-16": "failed"})
    assert "broken: IDN-16 (SHOULD)\npassed: every MUST that was judged holds" in done.stdout
    done = contract(
        Path(__file__).parents[2] / "docs" / "forwarders",
        *("--adapter", "factory:factory", "--examples", "3", "--clause", "IDN-16"),
        *("--level", "should"),
    )
    assert (done.returncode, verdicts(done.stdout)) == (1, {"IDN-16": "failed"})


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


def test_a_state_machine_is_shown_as_messages(folder: Path) -> None:
    done = contract(folder, *BROKEN, "--clause", "ENG-08")
    assert done.returncode == 1, done.stdout
    shown = done.stdout.partition("  the smallest messages found:\n")[2].splitlines()
    sent = [json.loads(line)["traits"] for line in shown if line.startswith('    {"type"')]
    assert sent == [{"vip": True}, {"vip": False}]
    assert re.fullmatch(r" +trait 'vip' of u0-\d+", shown[shown.index("  what differs:") + 1])
    assert "state." not in done.stdout  # Hypothesis's own account of its steps
    assert "Traceback" not in done.stdout


def test_reports(folder: Path) -> None:
    files = [folder / name for name in ("report.json", "report.html", "junit.xml")]
    arguments = ("--report", str(files[0]), "--report", str(files[1]), "--junitxml", str(files[2]))
    done = contract(folder, *BROKEN, "--clause", "IDN-01", "--clause", "IDN-04", *arguments)
    assert done.returncode == 1, done.stdout

    whole = json.loads(files[0].read_text("utf-8"))
    rows = {row["id"]: row for row in whole.pop("clauses")}
    assert whole == {"target": "broken:factory", "level": "must", "passed": False}
    assert list(rows) == list(CLAUSES)
    broken = rows["IDN-01"].pop("counterexample")
    statuses = {"IDN-01": "failed", "IDN-04": "passed"}
    assert rows == {
        clause.id: {
            "id": clause.id,
            "level": clause.level,
            "title": clause.title,
            "source": clause.source,
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
    assert escape(difference["what"]) in html

    junit = files[2].read_text("utf-8")
    assert 'tests="2"' in junit
    assert 'failures="1"' in junit


def test_known_failures(folder: Path) -> None:
    known = folder / "known.txt"
    known.write_text("# ours\n\nIDN-01: the old parser\nIDN-04: long ago\nXYZ-09: a slip\n")
    clauses = ("--clause", "IDN-01", "--clause", "IDN-04")
    done = contract(folder, *BROKEN, *clauses, "--known-failures", str(known))
    assert done.returncode == 0, done.stdout
    assert re.search(r"IDN-01  MUST    failed .*\(known: the old parser\)", done.stdout)
    assert "broken: IDN-01 (known)\npassed: every MUST that was judged holds, known" in done.stdout
    assert "known failures: IDN-04 holds now" in done.stdout
    assert "known failures: XYZ-09 names no clause" in done.stdout


def test_processes_come_to_the_same_verdicts(folder: Path) -> None:
    clauses = ("--clause", "IDN-01", "--clause", "IDN-02", "--clause", "TYP")
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
    ours = contract(folder, *arguments)
    theirs = python(folder, "-m", "pytest", *loaded, "--pyargs", "contract_tests", *arguments)
    assert (ours.returncode, theirs.returncode) == (1, 1), theirs.stdout
    assert verdicts(ours.stdout) == verdicts(theirs.stdout) != {}
