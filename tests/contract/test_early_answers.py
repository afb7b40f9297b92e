"""Forwarders that answer before they deliver, and such as take only so many messages a second."""

from pathlib import Path

import pytest

from contract_tests.protocol import Message, Result, SetupError
from contract_tests.waiting import Flushed
from tests.contract.running import command, contract, verdicts

ASKED = ("IDR-01", "IDN-01", "IDN-12", "TRK-01", "SET-01", "RET-05", "RET-06")
FEW = ("--examples", "2", *(part for clause in ASKED for part in ("--clause", clause)))
EARLY = "answers before it delivers: a call reached the fake after it had answered"


def test_without_a_wait_it_is_told_what_helps(folder: Path) -> None:
    done = contract(folder, "--adapter", "early:factory")
    assert done.returncode == 2, done.stdout
    assert EARLY in done.stdout
    assert "--settle SECONDS" in done.stdout


@pytest.mark.parametrize(
    "forwarder",
    [
        ("--adapter", "early:factory", "--settle", "0.2"),
        ("--adapter", "early:Reporting"),
    ],
)
def test_one_that_is_waited_for_is_judged(folder: Path, forwarder: tuple[str, ...]) -> None:
    done = contract(folder, *forwarder, *FEW)
    assert done.returncode == 0, done.stdout
    assert verdicts(done.stdout) == dict.fromkeys(ASKED, "passed")


def test_a_flush_that_returns_has_delivered(folder: Path) -> None:
    """It never says that Autopilot refused something: that is caught."""
    done = contract(folder, "--adapter", "early:flushed", *FEW, "-v")
    assert done.returncode == 1, done.stdout
    silent = dict.fromkeys(("SET-01", "RET-06", "IDR-01"), "failed")
    assert verdicts(done.stdout) == dict.fromkeys(ASKED, "passed") | silent


class Answering:
    """Answers messages, and flush messages, with these statuses."""

    def __init__(self, status: int, *flushes: int) -> None:
        self.status, self.flushes = status, [*flushes]

    def deliver(self, message: Message) -> Result:
        return Result(self.flushes.pop(0) if message == {"type": "flush"} else self.status)

    def close(self) -> None: ...


def test_one_that_does_not_know_a_flush_message_is_told_so() -> None:
    with pytest.raises(SetupError, match=r"--flush: the forwarder answered 400 '' to "):
        Flushed(Answering(200, 400)).deliver({"type": "identify"})


@pytest.mark.parametrize(
    ("status", "flush", "result"),
    [(202, 200, 202), (202, 503, 503), (400, 200, 400), (400, 500, 400)],
)
def test_what_a_flush_reports(status: int, flush: int, result: int) -> None:
    target = Flushed(Answering(status, 200, flush))
    target.deliver({"type": "identify"})
    assert target.deliver({"type": "identify"}).status == result


@pytest.mark.parametrize(
    "forwarder",
    [
        ("--adapter", "early:without_plan", "--settle", "0.2"),
        ("--adapter", "early:flushed_without_plan"),
    ],
)
def test_a_wrong_one_is_caught_as_well(folder: Path, forwarder: tuple[str, ...]) -> None:
    done = contract(folder, *forwarder, "--examples", "2", "--clause", "IDN-12", "-v")
    assert done.returncode == 1, done.stdout
    assert verdicts(done.stdout) == {"IDN-12": "failed"}


def test_a_command_is_handed_a_flush_message(folder: Path) -> None:
    (folder / "flushing.py").write_text(
        (folder / "line.py")
        .read_text()
        .replace("for line in sys.stdin:", "waiting = []\nfor line in sys.stdin:")
        .replace(
            "json.dumps(deliver(json.loads(line)))",
            "json.dumps(answer(json.loads(line)))",
        )
        .replace(
            "waiting = []",
            "waiting = []\n"
            "def answer(message):\n"
            "    if message['type'] != 'flush':\n"
            "        waiting.append(message)\n"
            "        return {'status': 202}\n"
            "    results = [deliver(waiting.pop(0)) for _ in list(waiting)]\n"
            "    return next((one for one in results if one['status'] >= 300), {'status': 200})",
        )
    )
    done = contract(folder, *command("flushing.py"), *FEW, "--flush")
    assert done.returncode == 0, done.stdout
    assert verdicts(done.stdout) == dict.fromkeys(ASKED, "passed")


def test_one_that_limits_its_messages_is_told_once_and_can_be_paced(folder: Path) -> None:
    few = ("--adapter", "early:limited", "--clause", "IDR-05", "--examples", "5")
    done = contract(folder, *few)
    assert done.returncode == 2, done.stdout
    assert done.stdout.count("it limits how many messages it takes") == 1
    assert "--rate-limit N" in done.stdout
    assert contract(folder, *few, "--rate-limit", "15").returncode == 0
