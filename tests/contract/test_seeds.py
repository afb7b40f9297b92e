"""The seed alone chooses the messages of a run."""

import os
from pathlib import Path

import pytest

from tests.contract.running import contract

RECORDING = """
import json
from adapter.contract import factory as reference

def factory(settings):
    deliver = reference(settings)

    def forward(message):
        with open("messages.jsonl", "a") as file:
            print(json.dumps(message), file=file)
        return deliver(message)

    return forward
"""


@pytest.fixture
def messages(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> "Messages":
    return Messages(tmp_path, monkeypatch)


class Messages:
    """Runs the contract, and returns the messages that the forwarder got."""

    def __init__(self, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        self._folder = folder
        self._monkeypatch = monkeypatch

    def __call__(self, seed: int, source: str = RECORDING, **variables: str) -> str:
        (self._folder / "recording.py").write_text(source)
        for name in ("CI", "HYPOTHESIS_PROFILE"):
            self._monkeypatch.delenv(name, raising=False)
        for name, value in variables.items():
            self._monkeypatch.setitem(os.environ, name, value)
        arguments = ("--adapter", "recording:factory", "--clause", "IDN-06", "--examples", "4")
        done = contract(self._folder, *arguments, "--seed", str(seed))
        assert done.returncode == 0, done.stdout
        file = self._folder / "messages.jsonl"
        text = file.read_text()
        file.unlink()
        return text


def test_the_same_seed_gives_the_same_messages_wherever_it_runs(messages: Messages) -> None:
    first = messages(1)
    assert messages(1, CI="true") == first
    other_source = f"{RECORDING}\nPECULIAR = ['a constant of the source', 123456789]\n"
    assert messages(1, other_source, HYPOTHESIS_PROFILE="ci") == first


def test_another_seed_gives_other_messages_on_a_ci_service_too(messages: Messages) -> None:
    assert messages(1, CI="true") != messages(2, CI="true")
