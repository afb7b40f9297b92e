"""The wheel in a clean environment, built and installed once for all processes of a test run."""

import fcntl
import os
import subprocess
import sys
import venv
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
Done = subprocess.CompletedProcess[str]


@dataclass(frozen=True)
class Installed:
    """An environment that has the wheel."""

    wheel: Path
    folder: Path

    def command(self, program: str, *arguments: str) -> list[str]:
        programs = self.folder / ("Scripts" if os.name == "nt" else "bin")
        return [str(programs / program), *arguments]

    def environment(self, more: Mapping[str, str] | None = None) -> dict[str, str]:
        """Return the variables that its programs get: nothing leads to the checkout."""
        ours = ("PYTHONPATH", "VIRTUAL_ENV", "PYTHONSAFEPATH")
        kept = {k: v for k, v in os.environ.items() if k not in ours and not k.startswith("PYTEST")}
        return {**kept, **(more or {})}

    def run(
        self, folder: Path, program: str, *arguments: str, more: Mapping[str, str] | None = None
    ) -> Done:
        return subprocess.run(
            self.command(program, *arguments),
            capture_output=True,
            text=True,
            timeout=120,
            check=False,
            cwd=folder,
            env=self.environment(more),
        )


@contextmanager
def locked(path: Path) -> Iterator[None]:
    """Keep the other processes of the run waiting."""
    with path.open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def install(shared: Path) -> Installed:
    """Return the environment below this folder; the first process that asks makes it."""
    ready = shared / "wheel" / "ready"
    with locked(shared / "wheel.lock"):
        if not ready.exists():
            ready.parent.mkdir(exist_ok=True)
            made = Installed(_build(ready.parent), ready.parent / "venv")
            _install(made)
            ready.write_text(made.wheel.name)
    return Installed(ready.with_name(ready.read_text()), ready.with_name("venv"))


def _build(folder: Path) -> Path:
    build = [sys.executable, "-m", "build", "--wheel", "--no-isolation", "--outdir", str(folder)]
    done = subprocess.run(
        [*build, str(ROOT)], capture_output=True, text=True, timeout=120, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr
    (built,) = folder.glob("*.whl")
    return built


def _install(made: Installed) -> None:
    venv.create(made.folder, with_pip=False, symlinks=os.name != "nt")
    (python,) = made.command("python")
    pip = [sys.executable, "-m", "pip", "--python", python, "install", "--quiet"]
    done = subprocess.run(
        [*pip, f"{made.wheel}[contract]"], capture_output=True, text=True, timeout=300, check=False
    )
    if done.returncode:
        told = f"pip install failed: {done.stderr.strip()}"
        (pytest.fail if os.environ.get("CI") else pytest.skip)(told)
