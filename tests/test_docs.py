"""The examples in the documents do what the documents say."""

import doctest
import importlib.util
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import IO

import click
import pytest
from sybil import Document, Example
from sybil.parsers.markdown import CodeBlockParser, PythonCodeBlockParser

from adapter.engage.scenario import read_scenario
from mock_autopilot.cli.contract import contract

ROOT = Path(__file__).parent.parent
DOCUMENT_PORT = "8025"


class Shell:
    """Runs the commands of console blocks, one server in the background at most."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.port = ""
        self.server: subprocess.Popen[str] | None = None
        scripts = str(Path(sys.executable).parent)
        self.env = {**os.environ, "PATH": f"{scripts}{os.pathsep}{os.environ['PATH']}"}

    def evaluate(self, example: Example) -> str | None:
        for command, expected in commands(str(example.parsed)):
            if "curl" in command and not shutil.which("curl"):
                continue
            got = self.serve(command[:-1]) if command.endswith("&") else self.run(command)
            same = doctest.OutputChecker().check_output(
                plain(expected),
                plain(got.replace(self.port or "?", DOCUMENT_PORT)),
                doctest.ELLIPSIS,
            )
            if not same:
                return f"$ {command}\nexpected:\n{expected}\ngot:\n{got}"
        return None

    def run(self, command: str) -> str:
        if self.port:
            command = command.replace(DOCUMENT_PORT, self.port)
            there = f"--base-url http://127.0.0.1:{self.port}/v1/"
            command = command.replace("mock-autopilot send", f"mock-autopilot send {there}")
        done = subprocess.run(
            ["sh", "-c", command],
            cwd=self.folder,
            env=self.env,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            timeout=60,
            check=False,
        )
        return done.stdout

    def serve(self, command: str) -> str:
        self.server = subprocess.Popen(
            f"exec {command} --port 0",
            shell=True,
            cwd=self.folder,
            env=self.env,
            stdout=subprocess.PIPE,
            text=True,
        )
        output: IO[str] | None = self.server.stdout
        assert output
        printed = ""
        for line in output:
            printed += line
            if line.startswith("Ctrl-C"):
                break
        found = re.search(r"127\.0\.0\.1:(\d+)", printed)
        assert found, printed
        self.port = found[1]
        return printed

    def close(self) -> None:
        if self.server:
            self.server.terminate()
            self.server.communicate(timeout=10)


def commands(block: str) -> Iterator[tuple[str, str]]:
    """Split a console block into commands, each with the output that follows it."""
    for part in re.split(r"^\$ ", block, flags=re.MULTILINE)[1:]:
        lines = part.splitlines(keepends=True)
        more = [line for line in lines[1:] if line.startswith("> ")]
        command = lines[0] + "".join(line[2:] for line in more)
        yield command.strip(), "".join(lines[1 + len(more) :])


def plain(text: str) -> str:
    """Replace what differs from run to run."""
    text = re.sub(r"(person|campaign)_[0-9A-F-]{36}", r"\1_ID", text)
    return re.sub(r"\d{4}-\d\d-\d\dT[\d:.]+Z", "TIME", text).strip()


@pytest.fixture
def shell(tmp_path: Path) -> Iterator[Shell]:
    (tmp_path / "fixtures").symlink_to(ROOT / "fixtures")
    shell = Shell(tmp_path)
    yield shell
    shell.close()


@pytest.mark.parametrize(("name", "least"), [("README.md", 6), ("docs/engage.md", 3)])
def test_a_document_whose_examples_run(shell: Shell, name: str, least: int) -> None:
    document = Document.parse(
        str(ROOT / name),
        PythonCodeBlockParser(doctest_optionflags=doctest.ELLIPSIS),
        CodeBlockParser("console", shell.evaluate),
    )
    examples = list(document.examples())
    assert len(examples) >= least
    for example in examples:
        example.evaluate()


def test_the_space_in_the_document_can_be_read() -> None:
    document = (ROOT / "docs" / "engage.md").read_text("utf-8")
    (block,) = re.findall(r"^```json\n(.*?)^```$", document, re.MULTILINE | re.DOTALL)
    scenario = read_scenario(block)
    assert len(scenario.space.computations) == 7
    assert len(scenario.changes) == 5


@pytest.mark.parametrize("name", ["reference", "clauses", "notes"])
def test_the_reference_is_what_the_code_says(name: str) -> None:
    path = ROOT / "docs" / "make_reference.py"
    spec = importlib.util.spec_from_file_location("make_reference", path)
    assert spec
    assert spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    made = (ROOT / "docs" / f"{name}.md").read_text("utf-8")
    assert made == getattr(module, name)(), "run `make docs`"


def test_the_forwarders_in_the_document_are_those_that_the_tests_run() -> None:
    blocks = re.findall(r"^```\w+\n(.*?)^```$", contract_document(), re.MULTILINE | re.DOTALL)
    folder = ROOT / "docs" / "forwarders"
    for file in ("factory.py", "server.mjs", "command.py"):
        assert (folder / file).read_text("utf-8") in blocks, f"{file} has changed"


def test_the_document_names_every_option_of_the_command() -> None:
    for option in command_options():
        assert f"`{option}" in contract_document(), option


def contract_document() -> str:
    return (ROOT / "docs" / "contract.md").read_text("utf-8")


def command_options() -> list[str]:
    return [one.opts[-1] for one in contract.params if isinstance(one, click.Option)]


def test_links_in_the_documents_lead_somewhere() -> None:
    for document in (ROOT / "README.md", *(ROOT / "docs").glob("*.md")):
        for target in re.findall(r"\]\(([^)#]+)\)", document.read_text("utf-8")):
            assert (document.parent / target).exists(), f"{document.name}: {target}"
