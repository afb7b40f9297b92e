"""Runs the examples of a document: its files, its commands and its Python, in the order they come.

A block whose first line is a comment with a file name (`# test_signup.py`) is written to that file.
"""

import doctest
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterable, Iterator
from itertools import takewhile
from pathlib import Path
from typing import IO

from sybil import Document, Example, Region
from sybil.parsers.markdown import CodeBlockParser, PythonCodeBlockParser

DOCUMENT_PORT = "8025"
FILE_LANGUAGES = ("ini", "js", "sh", "yaml")
"""Languages of blocks that are files, and nothing else."""
OTHER_PROGRAMS = ("curl", "node")
"""What a command may need that this project does not install: without it, it is left out."""
FILE_NAME = re.compile(r"(?:#|//) ([\w./-]+\.\w+)\n")


class Shell:
    """Runs the commands of console blocks, one server in the background at most."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.port = ""
        self.server: subprocess.Popen[str] | None = None
        scripts = str(Path(sys.executable).parent)
        self.env = {name: os.environ[name] for name in os.environ if "PYTEST" not in name}
        self.env["PATH"] = f"{scripts}{os.pathsep}{os.environ['PATH']}"
        self.env["COLUMNS"] = "80"  # the width of what pytest prints
        # Readers do not have these; each costs more time than all the rest of a short run.
        self.env["PYTEST_ADDOPTS"] = "-p no:hypothesispytest -p no:anyio"

    def evaluate(self, example: Example) -> str | None:
        """Run the commands of a block; return how what they print differs from the document."""
        for command, expected in commands(str(example.parsed)):
            if any(name in command and not shutil.which(name) for name in OTHER_PROGRAMS):
                continue
            got = self.serve(command[:-1]) if command.endswith("&") else self.run(command)
            if self.port:
                got = got.replace(self.port, DOCUMENT_PORT)
            checker = doctest.OutputChecker()
            if not checker.check_output(plain(expected), plain(got), doctest.ELLIPSIS):
                return f"$ {command}\nexpected:\n{expected}\ngot:\n{got}"
        return None

    def write(self, example: Example) -> None:
        """Write the file of a block."""
        text = str(example.parsed)
        name = FILE_NAME.match(text)
        assert name, f"{example.path}:{example.line}: the block names no file in its first line"
        path = self.folder / name[1]
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text.replace(DOCUMENT_PORT, self.port or DOCUMENT_PORT), "utf-8")

    def run(self, command: str) -> str:
        """Run a command; return what it prints."""
        if self.port:
            command = command.replace(DOCUMENT_PORT, self.port)
            there = f"--base-url http://127.0.0.1:{self.port}/v1/"
            for name in ("send", "record"):
                whole = f"mock-autopilot {name}"
                command = command.replace(whole, f"{whole} {there}")
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
        """Start a server on a free port; return what it prints."""
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
        """Stop the server."""
        if self.server:
            self.server.terminate()
            self.server.communicate(timeout=10)


def examples(path: Path, shell: Shell) -> list[Example]:
    """Return the examples of a document, to be evaluated in their order."""
    python = PythonCodeBlockParser(doctest_optionflags=doctest.ELLIPSIS)

    def python_or_file(document: Document) -> Iterable[Region]:
        for region in python(document):
            if FILE_NAME.match(str(region.parsed)):
                region.evaluator = shell.write
            yield region

    document = Document.parse(
        str(path),
        python_or_file,
        CodeBlockParser("console", shell.evaluate),
        *(CodeBlockParser(language, shell.write) for language in FILE_LANGUAGES),
    )
    return list(document.examples())


def commands(block: str) -> Iterator[tuple[str, str]]:
    """Split a console block into commands, each with the output that follows it."""
    for part in re.split(r"^\$ ", block, flags=re.MULTILINE)[1:]:
        lines = part.splitlines(keepends=True)
        more = list(takewhile(lambda line: line.startswith("> "), lines[1:]))
        command = lines[0] + "".join(line[2:] for line in more)
        yield command.strip(), "".join(lines[1 + len(more) :])


def plain(text: str) -> str:
    """Replace what differs from run to run."""
    text = re.sub(r"(person|campaign)_[0-9A-F-]{36}", r"\1_ID", text)
    return re.sub(r"\d{4}-\d\d-\d\dT[\d:.]+Z", "TIME", text).strip()
