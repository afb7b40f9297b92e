"""The list of mutants that may live is about the code as it is now."""

from collections.abc import Iterable
from pathlib import Path

import pytest

from tests.mutation.survivors import REASONS, Mutant, explained, on_one_line

ROOT = Path(__file__).parents[2]
EXPLAINED = explained()


def test_every_survivor_changes_a_line_that_is_still_there() -> None:
    def is_there(mutant: Mutant) -> bool:
        return mutant.before in on_one_line((ROOT / mutant.module).read_text("utf-8"))

    gone = [mutant for mutant in EXPLAINED if not is_there(mutant)]
    assert gone == [], "run `make mutants` and bring survivors.toml up to date"


def test_every_survivor_changes_something() -> None:
    assert [mutant for mutant in EXPLAINED if mutant.before == mutant.after] == []


def test_every_reason_is_used() -> None:
    assert {explanation.reason for explanation in EXPLAINED.values()} == REASONS.keys()


def written(folder: Path, changes: Iterable[str], reason: str = "speed") -> Path:
    path = folder / "survivors.toml"
    entry = f'[[survivors]]\nmodule = "a.py"\nfunction = "f"\nreason = "{reason}"\nwhy = "So."\n'
    path.write_text(f"{entry}changes = {list(changes)}\n")
    return path


def test_what_the_file_says(tmp_path: Path) -> None:
    ((mutant, explanation),) = explained(written(tmp_path, ["x = 1 → x = 2"])).items()
    assert mutant == Mutant("a.py", "f", "x = 1", "x = 2")
    assert (explanation.reason, explanation.why) == ("speed", "So.")


def test_nothing_is_explained_twice_or_without_a_known_reason(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="stands twice: x → y"):
        explained(written(tmp_path, ["x → y", "x → y"]))
    with pytest.raises(ValueError, match="no such reason: luck"):
        explained(written(tmp_path, ["x → y"], reason="luck"))
