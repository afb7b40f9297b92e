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
from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
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

from tests.mutation.kinds import kind_of
from tests.mutation.survivors import (
    REASONS,
    ROOT,
    SURVIVORS,
    Change,
    Row,
    missing,
    read_rows,
    surplus,
)

TABLE = ROOT / "docs" / "mutants.md"
WORKPLACE = ROOT / "mutants"
"""Where mutmut copies the project to."""
PATIENCE = 60.0
"""Seconds after which a mutant that seemed to hang does so."""
OPTIONS = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["tool"]["mutmut"]

HEAD = """# What the tests notice

Made by `make mutants`; do not edit. The tool mutmut makes one small change at a time to a function
of the forwarder (`adapter`) or of the fake's rules, and runs the tests that run the function. A
mutant that no test notices is listed in `tests/mutation/survivors.toml` with the reason why it may
live, or else `make mutants` fails. mutmut changes functions only, and no decorated ones: properties
and Flask's views stay as they are. So do the tables at the top of a module, most of which
[reference.md](reference.md) shows: a test compares the two. Files that are left out stand in
`tests/mutation/exempt.toml`, each with the tests that would see it break.
"""


@dataclass(frozen=True)
class Mutant:
    """A mutant: `name` is mutmut's, `status` one of its words, `diff` the lines that differ."""

    name: str
    status: str
    change: Change
    diff: tuple[str, ...]


def run() -> None:
    """Let mutmut do its work, from the beginning."""
    shutil.rmtree(WORKPLACE, ignore_errors=True)
    mutmut = Path(sys.executable).with_name("mutmut")
    if subprocess.run([mutmut, "run"], cwd=ROOT).returncode:
        raise SystemExit("mutmut failed")


def mutants() -> list[Mutant]:
    """Read what mutmut found."""
    found = []
    for path in sorted(walk_mutatable_files()):
        data = SourceFileMutationData(path=path)
        data.load()
        for name, exit_code in data.exit_code_by_key.items():
            diff = get_diff_for_mutant(name, path=path).splitlines()[3:]  # below its headers
            before, after = (" ".join(x[1:] for x in diff if x[0] == sign) for sign in "-+")
            function, owner = orig_function_and_class_names_from_key(name)
            whole = f"{owner}.{function}" if owner else function
            change = Change(path.as_posix(), whole, kind_of(before, after))
            lines = tuple(line for line in diff if line[0] in "-+")
            found.append(Mutant(name, status_by_exit_code[exit_code], change, lines))
    return found


def beyond(found: Iterable[Mutant], rows: Iterable[Row]) -> list[Mutant]:
    """Return the survivors of each change of which more survive than may."""
    lived = [one for one in found if one.status != "killed"]
    too_many = surplus((one.change for one in lived), rows)
    return [one for one in lived if one.change in too_many]


def tried_again(mutant: Mutant) -> Mutant:
    """Run all tests, or for one that seemed to hang its own, in a fresh process."""
    tests = OPTIONS["pytest_add_cli_args_test_selection"]
    hangs = mutant.status == "timeout"
    if hangs:
        stats = json.loads((WORKPLACE / "mutmut-stats.json").read_text("utf-8"))
        function = mangled_name_from_mutant_name(mutant.name)
        tests = stats["tests_by_mangled_function_name"][function]
    command = [sys.executable, "-m", "pytest", "-xq", *OPTIONS["pytest_add_cli_args"], *tests]
    environment = {"PYTHONPATH": str(WORKPLACE), "MUTANT_UNDER_TEST": mutant.name}
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
        return replace(mutant, status="killed")
    return replace(mutant, status="survived" if done.returncode == 0 else "killed")


def second_try(found: list[Mutant], rows: Iterable[Row]) -> list[Mutant]:
    """Try the survivors again that are not explained."""
    with ThreadPoolExecutor(os.cpu_count()) as pool:
        again = {one.name: one for one in pool.map(tried_again, beyond(found, rows))}
    return [again.get(one.name, one) for one in found]


def document(found: list[Mutant], rows: Iterable[Row]) -> str:
    """Return the text of docs/mutants.md."""
    killed = sum(one.status == "killed" for one in found)
    lines = [
        HEAD,
        f"* Mutants: {len(found)}, of which killed: {killed} ({share(killed, len(found))}).",
        f"* Survivors, each explained below: {len(found) - killed}.",
        "",
        "| module | mutants | killed | survive | score |",
        "| --- | --- | --- | --- | --- |",
        *(f"| {' | '.join(row)} |" for row in score(found)),
        "",
        *explanations(rows),
    ]
    return "\n".join([*lines, ""])


def explanations(rows: Iterable[Row]) -> Iterable[str]:
    """Yield the lines about the survivors, by reason."""
    yield "## The survivors"
    places: dict[str, dict[str, list[Row]]] = {reason: {} for reason in REASONS}
    for row in rows:
        places[row.reason].setdefault(row.why, []).append(row)
    for reason, title in REASONS.items():
        number = sum(row.number for those in places[reason].values() for row in those)
        yield from ("", f"### {title} ({number})", "")
        for why, those in places[reason].items():
            yield f"* {why}"
            for row in those:
                module, function, kind = row.change
                yield f"    * `{module}`, `{function}`: {kind}, {row.number}"


def score(found: Iterable[Mutant]) -> Iterable[tuple[str, ...]]:
    """Yield the rows of the score: each module, then each package, then all."""
    made: Counter[str] = Counter()
    killed: Counter[str] = Counter()
    for one in found:
        package = one.change.module.partition("/")[0]
        for part in (one.change.module, f"all of {package}", "all"):
            made[part] += 1
            killed[part] += one.status == "killed"
    for part in sorted(made, key=lambda part: (part.startswith("all"), part == "all", part)):
        numbers = made[part], killed[part], made[part] - killed[part]
        yield part, *map(str, numbers), share(killed[part], made[part])


def share(part: int, whole: int) -> str:
    return f"{100 * part / whole:.1f} %"


def main() -> int:
    rows = read_rows(SURVIVORS.read_text("utf-8"))
    run()
    found = second_try(mutants(), rows)
    for row in score(found):
        click.echo(f"{row[0]:<40}" + "".join(f"{number:>9}" for number in row[1:]))
    lived = (one.change for one in found if one.status != "killed")
    for change, number in missing(lived, rows).items():
        click.echo(f"take {number} out of {SURVIVORS.name}: {', '.join(change)}")
    unexplained = beyond(found, rows)
    for one in unexplained:
        told = "\n".join([f"more survive than may: {one.name}", *map(str, one.change), *one.diff])
        click.echo(f"\n{told}", err=True)
    if unexplained:
        return 1
    TABLE.write_text(document(found, rows), "utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
