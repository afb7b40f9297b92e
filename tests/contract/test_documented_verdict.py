"""The verdict that docs/contract.md shows is that of the forwarder with two mistakes."""

import re
from pathlib import Path

from tests.contract.running import FORWARDERS, ROOT, contract

COMMAND = "$ mock-autopilot contract --adapter two_mistakes:factory --examples 3 --seed 1\n"


def causes(output: str) -> list[str]:
    """Return the headings of the causes, and the clauses that say them best."""
    return re.findall(r"^\d\. .*|^   [A-Z]{3}-\d\d \(.*", output, re.MULTILINE)


def test_the_verdict_on_two_mistakes(tmp_path: Path) -> None:
    document = (ROOT / "docs" / "contract.md").read_text("utf-8")
    shown = document.partition(COMMAND)[2].partition("```")[0]
    for name in ("factory", "two_mistakes"):
        code = (FORWARDERS / f"{name}.py").read_text("utf-8")
        assert f"```python\n{code}```" in document
        (tmp_path / f"{name}.py").write_text(code)
    done = contract(tmp_path, *COMMAND.split()[3:])
    assert done.returncode == 1, done.stdout
    assert causes(done.stdout) == causes(shown) != []
    lines = done.stdout.splitlines()
    assert len(lines) <= 100
    assert max(map(len, lines)) <= 100
