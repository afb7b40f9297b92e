"""`mock-autopilot contract --case`: fixture cases through a factory, a command and a server."""

import gc
import json
import re
import shlex
import shutil
import socket
import sys
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from contract_tests.cases.differences import case_differences
from contract_tests.cases.format import read_cases
from contract_tests.cases.runner import run_case, settings_for
from contract_tests.fake import DEFAULT_TRIGGER, JOURNEYS, Fake, open_fake
from contract_tests.in_process import Factory, FactoryTarget
from contract_tests.targets import environment
from mock_autopilot.installation import fixtures_path
from tests.contract.forwarders.correct import CORRECT
from tests.contract.forwarders.independent import INDEPENDENT
from tests.contract.forwarders.variants import VARIANTS
from tests.contract.running import FORWARDERS, contract, node_server

FILES = sorted((fixtures_path() / "cases").glob("*.json"))
FACTORY = ("--adapter", "factory:factory")
CASE: dict[str, Any] = {
    "id": "small",
    "title": "A small case",
    "why": "It shows a difference.",
    "source": "This test",
    "messages": [
        {"type": "identify", "userId": "u1", "traits": {"plan": "gold"}},
        {"type": "track", "userId": "u1", "event": "Step Activated"},
    ],
    "expect": {"deliveries": [{"delivered": True}, {}], "people": [{"user_id": "u1"}]},
}


def changed(**parts: Any) -> dict[str, Any]:
    return {**CASE, **parts}


def expecting(**parts: Any) -> dict[str, Any]:
    return {**CASE, "expect": {**CASE["expect"], **parts}}


def write(folder: Path, case: Any, name: str = "small.json") -> str:
    (folder / name).write_text(case if isinstance(case, str) else json.dumps(case), "utf-8")
    return str(folder / name)


def differing(output: str) -> set[str]:
    return set(re.findall(r"^(\S+) +differs ", output, re.MULTILINE))


def command(*arguments: str) -> tuple[str, str]:
    return "--adapter-command", shlex.join([sys.executable, *arguments])


@pytest.fixture
def server() -> Iterator[tuple[str, ...]]:
    """Run the documented server; return the options that name it."""
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        port = taken.getsockname()[1]
    settings = {
        "base_url": f"http://127.0.0.1:{port}/v1/",
        "api_key": "contract-key",
        "journeys": JOURNEYS,
        "default_trigger": DEFAULT_TRIGGER,
    }
    with node_server(environment(settings)) as url:
        yield "--adapter-url", url, "--mock-port", str(port)


def test_the_reference_forwarder_passes_every_case(tmp_path: Path) -> None:
    reference = ("--adapter", "adapter.contract:factory")
    done = contract(tmp_path, *reference, "--case", *map(str, FILES))
    assert done.returncode == 0, done.stdout
    assert done.stdout.startswith("target    adapter.contract:factory\nfake      mock_autopilot.")
    assert done.stdout.count("  holds  ") == len(FILES)
    assert done.stdout.endswith(f"\n{len(FILES)} of {len(FILES)} cases hold\n")
    assert list(tmp_path.iterdir()) == []


def test_a_factory() -> None:
    done = contract(FORWARDERS, *FACTORY, "--case", *map(str, FILES))
    assert done.returncode == 0, done.stdout
    assert done.stdout.count("  holds  ") == len(FILES)


def test_a_command() -> None:
    done = contract(FORWARDERS, *command("command.py"), "--case", *map(str, FILES))
    assert done.returncode == 0, done.stdout
    assert done.stdout.count("  holds  ") == len(FILES)


@pytest.mark.skipif(not shutil.which("node"), reason="node is not on the PATH")
def test_a_server(tmp_path: Path, server: tuple[str, ...]) -> None:
    done = contract(tmp_path, *server, "--case", *map(str, FILES))
    assert done.returncode == 0, done.stdout
    assert done.stdout.count("  holds  ") == len(FILES)


@pytest.mark.skipif(not shutil.which("node"), reason="node is not on the PATH")
def test_a_server_that_was_started_with_other_triggers(
    tmp_path: Path, server: tuple[str, ...]
) -> None:
    settings = {"journeys": {"Step Activated": "0007"}}
    done = contract(tmp_path, *server, "--case", write(tmp_path, changed(settings=settings)))
    assert done.returncode == 2
    assert "small expects 'Step Activated' at trigger '0007'" in done.stdout


def test_differences_are_shown(tmp_path: Path) -> None:
    person = {"user_id": "u1", "traits": {"plan": "free", "logins": 3}}
    first = write(tmp_path, expecting(people=[person], number_of_contacts=1))
    second = write(tmp_path, changed(id="other"), "other.json")
    done = contract(FORWARDERS, *FACTORY, "--case", first, "--case", second)
    assert done.returncode == 1
    assert done.stdout.splitlines()[3:] == [
        "small  differs  A small case",
        f"  file: {first}",
        "  source: This test",
        "  trait 'plan' of u1",
        '    expected  "free"',
        '    arrived   "gold"',
        "  trait 'logins' of u1",
        "    expected  3",
        "    arrived   nothing",
        "other  holds    A small case",
        "",
        "1 of 2 cases hold; differing: small",
    ]


def test_the_settings_of_a_case(tmp_path: Path) -> None:
    settings = {"journeys": {"Step Activated": "0007"}, "default_trigger": "0008"}
    entered = [{"contact": "person_1", "properties": {}}]
    case = {**expecting(journeys={"0007": entered}), "settings": settings}
    done = contract(FORWARDERS, *FACTORY, "--case", write(tmp_path, case))
    assert done.returncode == 0, done.stdout


def test_faults(tmp_path: Path) -> None:
    fault = {"before": 2, "respond": {"status": 503}, "times": None}
    person = {"user_id": "u1", "traits": {"plan": "lost"}, "if_delivered": 2}
    case = expecting(deliveries=[{"delivered": True}, {"status": 503}], people=[person])
    done = contract(FORWARDERS, *FACTORY, "--case", write(tmp_path, {**case, "faults": [fault]}))
    assert done.returncode == 0, done.stdout
    done = contract(FORWARDERS, *FACTORY, "--case", write(tmp_path, case))
    assert (done.returncode, differing(done.stdout)) == (1, {"small"})


def test_a_wrong_file_is_one_line(tmp_path: Path) -> None:
    done = contract(FORWARDERS, *FACTORY, "--case", write(tmp_path, expecting(contact=[])))
    assert done.returncode == 2, done.stdout
    assert done.stdout.startswith("cannot judge: ")
    assert done.stdout.count("\n") == 1


def test_a_fault_that_the_account_refuses(tmp_path: Path) -> None:
    faults = [{"before": 1, "respond": {"state": 503}}]
    done = contract(FORWARDERS, *FACTORY, "--case", write(tmp_path, changed(faults=faults)))
    assert done.returncode == 2, done.stdout
    file = tmp_path / "small.json"
    expected = f"cannot judge: {file}: the fault before message 1: POST /_mock/faults: 400"
    assert expected in done.stdout
    assert "Traceback" not in done.stdout


@pytest.mark.parametrize(
    ("arguments", "expected"),
    [
        ((*FACTORY, "--case", "none.json"), "none.json: No such file"),
        (("--case", str(FILES[0])), "name one forwarder"),
        ((*FACTORY, "--case", str(FILES[0]), "--clause", "IDN"), "--case takes no --clause"),
        ((*FACTORY, "--case", str(FILES[0]), "-n", "2"), "--case takes no -n"),
        ((*FACTORY, "--case", str(FILES[0]), "--seed", "0"), "--case takes no --seed"),
        ((*FACTORY, "--case", ""), "cannot judge: --case names no file\n"),
        (("--adapter", "nowhere:factory", "--case", str(FILES[0])), "No module named 'nowhere'"),
        ((*FACTORY, str(FILES[0])), "Got unexpected extra argument"),
    ],
)
def test_what_cannot_be_run(arguments: tuple[str, ...], expected: str) -> None:
    done = contract(FORWARDERS, *arguments)
    assert done.returncode == 2, done.stdout
    assert expected in done.stdout
    assert "Traceback" not in done.stdout


def test_what_a_case_says_cannot_control_the_terminal(tmp_path: Path) -> None:
    person = {"user_id": "u1", "traits": {"plan": "\x1b[31m\u202e"}}
    case = {**expecting(people=[person]), "id": "a\x1b[2J", "title": "two\nlines"}
    done = contract(FORWARDERS, *FACTORY, "--case", write(tmp_path, case))
    assert done.returncode == 1, done.stdout
    assert done.stdout.splitlines()[3] == r"a\u001b[2J  differs  two\nlines"
    assert r'    expected  "\u001b[31m\u202e"' in done.stdout.splitlines()
    assert done.stdout.replace("\n", "").isprintable()


def test_what_is_no_value_is_shown_without_quotes(tmp_path: Path) -> None:
    case = expecting(number_of_contacts=7, deliveries=[{"delivered": False}, {}])
    done = contract(FORWARDERS, *FACTORY, "--case", write(tmp_path, case))
    lines = done.stdout.splitlines()
    assert "    expected  7 in all" in lines
    assert lines[lines.index("  message 1: reported outcome") + 1 :][:2] == [
        "    expected  not delivered",
        "    arrived   delivered",
    ]


def test_the_usage_shows_several_cases_in_a_row(tmp_path: Path) -> None:
    done = contract(tmp_path, "--help")
    assert done.stdout.startswith(
        "Usage: mock-autopilot contract [OPTIONS] [--case FILE [FILE...]]\n"
    )


# --- correct forwarders, in this process ---

KEEPING_EVERY_MUST: dict[str, Factory] = {
    **CORRECT,
    **{f"independent {name}": factory for name, factory in INDEPENDENT.items()},
    **{name: variant.factory for name, variant in VARIANTS.items()},
}


@pytest.fixture(scope="module")
def fake() -> Iterator[Fake]:
    with closing(open_fake(host="127.0.0.1", port=0, api_key="cases")) as fake:
        yield fake


@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")
@pytest.mark.parametrize("name", KEEPING_EVERY_MUST)
def test_every_forwarder_that_keeps_the_contract_passes(name: str, fake: Fake) -> None:
    for case in read_cases(FILES):
        target = FactoryTarget(KEEPING_EVERY_MUST[name], settings_for(case, fake))
        steps = list(run_case(case, fake, target))
        assert case_differences(case, steps, fake.state()) == [], case.id
    gc.collect()  # some leave connections open, whose warnings belong to this test
