"""The forwarders that the document shows pass: one for each way to a forwarder."""

import json
import os
import shlex
import shutil
import socket
import sys
from pathlib import Path

import pytest

from contract_tests.clauses import CLAUSES
from contract_tests.fake import DEFAULT_TRIGGER, JOURNEYS
from contract_tests.targets import environment
from tests.contract.running import FORWARDERS, Done, contract, node_server


def passes(done: Done) -> None:
    assert "0 examples" not in done.stdout
    musts = [line for line in done.stdout.splitlines() if "  MUST    " in line]
    assert [line for line in musts if "passed" not in line] == []
    assert len(musts) == sum(clause.level == "MUST" for clause in CLAUSES.values()), done.stdout
    assert done.returncode == 0, done.stdout


def test_a_factory() -> None:
    passes(contract(FORWARDERS, "--adapter", "factory:factory", "--examples", "5"))


def test_a_command() -> None:
    command = sys.executable if os.name == "nt" else shlex.quote(sys.executable)
    passes(
        contract(FORWARDERS, "--adapter-command", f"{command} command.py", "--examples", "5"),
    )


@pytest.mark.skipif(not shutil.which("node"), reason="node is not on the PATH")
def test_a_url(tmp_path: Path) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        port = taken.getsockname()[1]
    told = environment(
        {
            "base_url": f"http://127.0.0.1:{port}/v1/",
            "api_key": "contract-key",
            "journeys": JOURNEYS,
            "default_trigger": DEFAULT_TRIGGER,
        }
    )
    assert json.loads(told["AUTOPILOT_JOURNEYS"]) == JOURNEYS
    with node_server(told) as url:
        own = ("--adapter-url", url, "--mock-port", str(port))
        passes(contract(tmp_path, *own, "--examples", "5"))
