"""Make docs/mutants.md: what the tests notice of small changes to the rules. `make mutants`.

mutmut makes the mutants and runs against each the tests that run its function. What then still
lives, and survivors.toml does not explain, is tried once more in a fresh process with all tests:
some functions run only when a module is imported or a server starts, before any test. What seemed
to hang is tried once more too, since a busy machine can make anything look so.
"""

import json
import os
import shutil
import subprocess
import sys
import tomllib
from collections import Counter
from collections.abc import Iterable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from itertools import groupby
from pathlib import Path

import click
from mutmut.mutation.data import SourceFileMutationData
from mutmut.mutation.diff_apply import get_diff_for_mutant
from mutmut.stats import status_by_exit_code
from mutmut.utils.file_utils import walk_mutatable_files
from mutmut.utils.format_utils import (
    mangled_name_from_mutant_name,
    orig_function_and_class_names_from_key,
)

from tests.mutation.survivors import (
    REASONS,
    SURVIVORS,
    Explanation,
    Mutant,
    explained,
    on_one_line,
)

ROOT = Path(__file__).parents[2]
TABLE = ROOT / "docs" / "mutants.md"
WORKPLACE = ROOT / "mutants"
"""Where mutmut copies the project to."""
PATIENCE = 60.0
"""Seconds after which a mutant that seemed to hang does so."""


@dataclass(frozen=True)
class Result:
    """What became of a mutant: `name` is mutmut's, `status` one of its words."""

    name: str
    mutant: Mutant
    status: str


def run() -> None:
    """Let mutmut do its work, from the beginning."""
    shutil.rmtree(WORKPLACE, ignore_errors=True)
    mutmut = Path(sys.executable).with_name("mutmut")
    if subprocess.run([mutmut, "run"], cwd=ROOT).returncode:
        raise SystemExit("mutmut failed")


def results() -> list[Result]:
    found = []
    for path in sorted(walk_mutatable_files()):
        data = SourceFileMutationData(path=path)
        data.load()
        for name, exit_code in data.exit_code_by_key.items():
            status: str = status_by_exit_code[exit_code]
            found.append(Result(name, mutant_of(name, path), status))
    return found


def mutant_of(name: str, path: Path) -> Mutant:
    diff: str = get_diff_for_mutant(name, path=path)
    changed = [line for line in diff.splitlines() if not line.startswith(("---", "+++"))]
    before, after = (
        on_one_line(" ".join(line[1:] for line in changed if line.startswith(sign)))
        for sign in "-+"
    )
    function, owner = orig_function_and_class_names_from_key(name)
    return Mutant(path.as_posix(), f"{owner}.{function}" if owner else function, before, after)


def tried_again(result: Result) -> Result:
    """Run all tests, or for one that seemed to hang its own, in a fresh process."""
    options = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["tool"]["mutmut"]
    tests = options["pytest_add_cli_args_test_selection"]
    hangs = result.status == "timeout"
    if hangs:
        stats = json.loads((WORKPLACE / "mutmut-stats.json").read_text("utf-8"))
        function = mangled_name_from_mutant_name(result.name)
        tests = stats["tests_by_mangled_function_name"][function]
    command = [sys.executable, "-m", "pytest", "-xq", *options["pytest_add_cli_args"], *tests]
    environment = {"PYTHONPATH": str(WORKPLACE), "MUTANT_UNDER_TEST": result.name}
    try:
        done = subprocess.run(
            command,
            cwd=WORKPLACE,
            env={**os.environ, **environment},
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            timeout=PATIENCE if hangs else None,
        )
    except subprocess.TimeoutExpired:
        return Result(result.name, result.mutant, "killed")
    return Result(result.name, result.mutant, "survived" if done.returncode == 0 else "killed")


def second_try(found: list[Result], known: Mapping[Mutant, Explanation]) -> list[Result]:
    doubtful = [one for one in found if one.status != "killed" and one.mutant not in known]
    with ThreadPoolExecutor(os.cpu_count()) as pool:
        again = {one.name: one for one in pool.map(tried_again, doubtful)}
    return [again.get(one.name, one) for one in found]


def document(found: Iterable[Result], known: Mapping[Mutant, Explanation]) -> str:
    found = list(found)
    lived = sorted(
        {one.mutant for one in found if one.status != "killed" and one.mutant in known},
        key=lambda mutant: (mutant.module, mutant.function, known[mutant].why, mutant.change),
    )
    killed = sum(one.status == "killed" for one in found)
    lines = [
        "# What the tests notice",
        "",
        "Made by `make mutants`; do not edit. The tool mutmut makes one",
        "small change at a time to a function of the forwarder (`adapter`) or of the fake's rules,",
        "and runs the tests that run the function. A mutant that no test notices is listed in",
        "`tests/mutation/survivors.toml` with the reason why it may live, or else `make mutants`",
        "fails. The command line and the servers are left out. mutmut changes functions only, and",
        "no decorated ones: the control calls of `control/views.py`, and properties, stay as they",
        "are. So do the tables at the top of a module, most of which",
        "[reference.md](reference.md) shows: a test compares the two.",
        "",
        f"* Mutants: {len(found)}, of which killed: {killed} ({share(killed, len(found))}).",
        f"* Survivors, each explained below: {len(found) - killed}.",
        "",
        "| module | mutants | killed | survive | score |",
        "| --- | --- | --- | --- | --- |",
        *(f"| {' | '.join(row)} |" for row in score(found)),
        "",
        "## The survivors",
    ]
    for reason, title in REASONS.items():
        those = [mutant for mutant in lived if known[mutant].reason == reason]
        if not those:
            continue
        lines += ["", f"### {title} ({len(those)})"]
        for module, of_module in groupby(those, key=lambda mutant: mutant.module):
            lines += ["", f"`{module}`", ""]
            for (function, why), same in groupby(
                of_module, key=lambda mutant: (mutant.function, known[mutant].why)
            ):
                lines.append(f"* `{function}`: {why}")
                lines += [f"    * `` {mutant.before} `` → `` {mutant.after} ``" for mutant in same]
    return "\n".join([*lines, ""])


def score(found: Iterable[Result]) -> Iterable[tuple[str, ...]]:
    """Give the rows of the score: each module, then each package, then all."""
    made: Counter[str] = Counter()
    killed: Counter[str] = Counter()
    for one in found:
        package = one.mutant.module.partition("/")[0]
        for part in (one.mutant.module, f"all of {package}", "all"):
            made[part] += 1
            killed[part] += one.status == "killed"
    for part in sorted(made, key=lambda part: (part.startswith("all"), part == "all", part)):
        numbers = made[part], killed[part], made[part] - killed[part]
        yield part, *map(str, numbers), share(killed[part], made[part])


def share(part: int, whole: int) -> str:
    return f"{100 * part / whole:.1f} %"


def main() -> int:
    known = explained()
    run()
    found = second_try(results(), known)
    for row in score(found):
        click.echo(f"{row[0]:<40}" + "".join(f"{number:>9}" for number in row[1:]))
    unexplained = [one for one in found if one.status != "killed" and one.mutant not in known]
    for one in unexplained:
        click.echo(f"\nsurvives unexplained: {one.name}\n  {one.mutant.module}", err=True)
        click.echo(f"  {one.mutant.function}\n  {one.mutant.change}", err=True)
    dead = known.keys() - {one.mutant for one in found if one.status != "killed"}
    for mutant in sorted(dead):
        click.echo(f"\nno longer survives, take it out of {SURVIVORS.name}:", err=True)
        click.echo(f"  {mutant.module} {mutant.function}\n  {mutant.change}", err=True)
    if unexplained:
        return 1
    TABLE.write_text(document(found, known), "utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
