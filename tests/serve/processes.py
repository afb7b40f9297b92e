"""Run `mock-autopilot serve` for tests of how it starts, or why it does not."""

import re
import subprocess
import sys


def run(*options: str) -> subprocess.CompletedProcess[str]:
    """Run a `serve` that should end by itself."""
    return subprocess.run(
        [sys.executable, "-m", "mock_autopilot", "serve", *options],
        capture_output=True,
        text=True,
        timeout=10,
        check=False,
    )


def begin(*options: str) -> subprocess.Popen[str]:
    """Start a `serve` whose first line is to be read."""
    command = [sys.executable, "-m", "mock_autopilot", "serve", *options]
    return subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)


def first_line(process: subprocess.Popen[str]) -> str:
    """Wait for the first line of its output: the address, or nothing when it has ended."""
    assert process.stdout
    return process.stdout.readline()


def one_error(result: subprocess.CompletedProcess[str]) -> str:
    """Return the one line that says why it did not start."""
    assert result.returncode in (1, 2)
    assert not result.stdout
    # The error about a wrong option follows click's two lines of usage.
    usage = r"Usage: .*\nTry .*\n\n" if result.returncode == 2 else ""
    found = re.fullmatch(rf"{usage}(Error: .+)\n", result.stderr)
    assert found, result.stderr
    return found[1]
