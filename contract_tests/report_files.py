"""Writes the files of a run: reports, and the fixture cases of what is broken."""

import json
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from contract_tests.fake import fake_version
from contract_tests.junit import junit
from contract_tests.report import failure, page

Json = dict[str, Any]


def run_of(seed: int, examples: int, settle: float) -> Json:
    """Return what a report says of the run itself; `settle` are seconds, 0 for none."""
    return {
        **({"settle": settle} if settle else {}),
        "version": fake_version(),
        "seed": seed,
        "examples": examples,
        "date": datetime.now(UTC).isoformat(timespec="seconds"),
    }


def write_reports(
    files: Iterable[Path], case_folder: Path | None, junit_file: str | None, report: Json
) -> list[str]:
    """Write all files of a run; return a line for each that could not be written.

    Args:
        files: reports, as JSON or HTML by the end of their names.
        case_folder: where the fixture cases go; None for nowhere.
        junit_file: the JUnit report; None for none.
        report: see `Verdicts.to_json`.

    """
    unwritten = []
    for option, file, text in _files(files, case_folder, junit_file, report):
        try:
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_text(text, "utf-8", errors="backslashreplace")
        except OSError as error:
            unwritten.append(f"{option} {file}: {error.strerror}")
    return unwritten


def _files(
    files: Iterable[Path], case_folder: Path | None, junit_file: str | None, report: Json
) -> Iterator[tuple[str, Path, str]]:
    for file in files:
        html = file.suffix.lower() == ".html"
        yield "--report", file, page(report) if html else json.dumps(report, indent=2)
    broken = [row for row in report["clauses"] if "counterexample" in row]
    if junit_file:
        details = {row["id"]: "\n".join(line for line, _ in failure(row)) for row in broken}
        text = junit(report["clauses"], details)
        yield "--junitxml", Path(junit_file), text
    for row in broken if case_folder else ():
        case = row["counterexample"].get("case")
        if case and case_folder:
            yield "--cases", case_folder / f"{case['id']}.json", json.dumps(case, indent=2)
