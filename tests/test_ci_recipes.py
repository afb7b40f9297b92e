"""The pipelines in docs/ci.md, run on the tests that docs/pytest.md and docs/node.md show.

What cannot run here is left out: the lines that install, and the `uses` of GitHub.
"""

import os
import re
import shlex
import shutil
import signal
import subprocess
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import yaml  # type: ignore[import-untyped]  # it comes with responses, and without types

from mock_autopilot.servers.network import bind
from tests.document_shell import DOCUMENT_PORT, FILE_NAME, OTHER_PROGRAMS, Shell, examples

DOCS = Path(__file__).parent.parent / "docs"


@dataclass(frozen=True)
class Project:
    """What a job is run on: files of a page, and what shows that their tests have passed."""

    page: str
    files: tuple[str, ...]
    passed: str


PROJECTS = {
    "node": Project("node.md", ("signup.mjs", "autopilot.mjs", "signup.test.mjs"), "pass 3"),
    "pytest": Project("pytest.md", ("signup.py", "test_signup.py"), "1 passed"),
}


def recipes() -> list[dict[str, Any]]:
    page = (DOCS / "ci.md").read_text("utf-8")
    return [yaml.safe_load(block) for block in re.findall(r"```yaml\n(.*?)```", page, re.DOTALL)]


def github_scripts(job: str) -> list[str]:
    """Return the commands of each step: a shell of its own runs it."""
    github, _ = recipes()
    return [step["run"] for step in github["jobs"][job]["steps"] if "run" in step]


def gitlab_scripts(job: str) -> list[str]:
    """Return the commands of the job: one shell runs them all."""
    _, gitlab = recipes()
    return ["\n".join(gitlab[job]["script"])]


def without_installing(script: str) -> str:
    lines = [line for line in script.splitlines() if not line.startswith("pip install ")]
    return "\n".join(lines)


def write_files(project: Project, shell: Shell) -> None:
    for example in examples(DOCS / project.page, shell):
        name = FILE_NAME.match(str(example.parsed))
        if name and name[1] in project.files:
            shell.write(example)


@pytest.mark.parametrize("scripts", [github_scripts, gitlab_scripts])
@pytest.mark.parametrize("job", PROJECTS)
def test_the_commands_of_a_job(job: str, scripts: Any, tmp_path: Path) -> None:
    missing = [name for name in OTHER_PROGRAMS if job == "node" and not shutil.which(name)]
    if missing:
        pytest.skip(f"not on the PATH: {missing}")
    shell = Shell(tmp_path)
    with bind("127.0.0.1", 0) as reserved:
        shell.port = str(reserved.getsockname()[1])
    write_files(PROJECTS[job], shell)
    steps = map(without_installing, scripts(job))
    commands = " && ".join(f"bash -e -c {shlex.quote(step)}" for step in steps)
    commands = commands.replace("-autopilot serve", f"-autopilot serve --port {DOCUMENT_PORT}")
    output = tmp_path / "output"
    with output.open("w") as file:
        running = subprocess.Popen(
            ["bash", "-c", commands.replace(DOCUMENT_PORT, shell.port)],
            cwd=tmp_path,
            env=shell.env,
            stdout=file,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
        try:
            status = running.wait(timeout=60)
        finally:
            with suppress(ProcessLookupError):
                os.killpg(running.pid, signal.SIGTERM)  # the server, if there is one
    assert status == 0, output.read_text()
    assert PROJECTS[job].passed in output.read_text()


def test_all_jobs_of_the_recipes_are_run() -> None:
    github, gitlab = recipes()
    for jobs in (github["jobs"], gitlab.keys() - {"variables"}):
        assert set(jobs) == set(PROJECTS)
