"""What a run found, clause by clause: as JSON and as an HTML page."""

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from contract_tests.cases.recorder import fixture_case
from contract_tests.causes import causes_of
from contract_tests.causes.symptoms import symptoms_of
from contract_tests.clauses import CLAUSES, VERSION, Clause
from contract_tests.terminal import (
    Lines,
    Row,
    fails_the_run,
    listed,
    not_counting,
    table,
    values,
    verdict,
)
from contract_tests.text import printable, shown


@dataclass
class Verdicts:
    """The verdicts of one run. A clause with several tests holds when all of them passed.

    The clauses of these `levels`, as of this version of the contract, decide; the rest is reported.
    """

    known_failures: Mapping[str, str] = field(default_factory=dict)
    """Reasons by clause id: clauses that are expected not to hold."""
    levels: tuple[str, ...] = ("MUST",)
    version: int = VERSION
    _passed: set[str] = field(default_factory=set)
    _failed: dict[str, dict[str, dict[str, Any]]] = field(default_factory=dict)

    def add(self, clause_id: str, test: str, counterexample: dict[str, Any] | None) -> None:
        """Add what one test, whose id is unique in the run, found of a clause; None: it holds."""
        if counterexample is None:
            self._passed.add(clause_id)
        else:
            self._failed.setdefault(clause_id, {})[test] = counterexample

    def status(self, clause_id: str) -> str:
        """Return a clause's verdict: passed, failed, or skipped when it was not tested."""
        if clause_id in self._failed:
            return "failed"
        return "passed" if clause_id in self._passed else "skipped"

    def rows(self) -> list[Row]:
        """Return the clauses with their verdicts, as the report has them."""
        return [self._row(clause) for clause in CLAUSES.values()]

    def judged(self) -> list[Row]:
        """Return the clauses that were tested."""
        return [row for row in self.rows() if row["status"] != "skipped"]

    def decisive(self) -> list[Row]:
        """Return the clauses that decide."""
        return [row for row in self.rows() if row["decides"]]

    def unexpected(self) -> list[Row]:
        """Return the failed clauses among those that decide, but for known failures."""
        return [row for row in self.judged() if row["status"] == "failed" and fails_the_run(row)]

    def verdict(self) -> str:
        """Return passed, failed, or partial when a clause that decides was not tested."""
        if self.unexpected():
            return "failed"
        tested = all(row["status"] != "skipped" for row in self.decisive())
        return "passed" if tested else "partial"

    def sentence(self) -> str:
        """Return the verdict in a sentence."""
        levels = " and ".join(self.levels)
        verdict, decisive = self.verdict(), self.decisive()
        if verdict == "failed":
            return f"failed: {levels} broken: {len(self.unexpected())}"
        known = ", known failures apart" if any("known" in row for row in self.judged()) else ""
        if verdict == "passed":
            return f"passed: every {levels} holds{known}"
        tested = sum(row["status"] != "skipped" for row in decisive)
        return (
            f"partial: {tested} of {len(decisive)} {levels} clauses were judged; they hold{known}"
        )

    def stale(self) -> list[str]:
        """Return a sentence for each known failure that holds now, is another, or no clause."""
        unknown = [f"{name} names no clause" for name in self.known_failures if name not in CLAUSES]
        held = [
            f"{name} holds now"
            for name in self.known_failures
            if name in CLAUSES and self.status(name) == "passed"
        ]
        others = [
            f"{name} shows another difference: {', '.join(symptoms_of(_smallest(found)))}"
            for name in self.known_failures
            if (found := self._not_known(name))
        ]
        return [*unknown, *held, *others]

    def to_json(self, target: str, run: Mapping[str, Any]) -> dict[str, Any]:
        """Return the whole report; `run` says what was run: version, seed, examples, date."""
        rows, verdict = self.rows(), self.verdict()
        return {
            "target": target,
            "contract": self.version,
            "level": "should" if "SHOULD" in self.levels else "must",
            "verdict": verdict,
            "passed": verdict == "passed",
            "judged": len(self.judged()),
            "run": dict(run),
            "causes": [
                {**cause.to_json(), "counts": fails_the_run(cause.row)} for cause in causes_of(rows)
            ],
            "clauses": rows,
        }

    def _row(self, clause: Clause) -> Row:
        row: Row = {
            "id": clause.id,
            "level": clause.level,
            "title": clause.title,
            "source": clause.source,
            "since": clause.since,
            "decides": clause.level in self.levels and clause.since <= self.version,
            "status": self.status(clause.id),
        }
        others = self._not_known(clause.id)
        if clause.id in self.known_failures and not others:
            row["known"] = self.known_failures[clause.id]
        if clause.id in self._failed:
            found = _smallest(others or self._failed[clause.id])
            row["symptoms"] = [*symptoms_of(found)]
            case = {"case": fixture_case(clause, found["case"])} if "case" in found else {}
            row["counterexample"] = {**found, **case}
        return row

    def _not_known(self, clause_id: str) -> dict[str, dict[str, Any]]:
        """Return what was found of a known failure that is another than the one that is known.

        A reason may end in the symptom that is known, in brackets.
        """
        known = re.search(r"\[(.+)\]$", self.known_failures.get(clause_id, ""))
        return {
            test: found
            for test, found in self._failed.get(clause_id, {}).items()
            if known and known[1] not in symptoms_of(found)
        }


def _smallest(found: Mapping[str, dict[str, Any]]) -> dict[str, Any]:
    """Return the smallest counterexample, whatever the order in which the tests ended."""

    def size(item: tuple[str, dict[str, Any]]) -> tuple[bool, int, int, str]:
        test, one = item
        messages = one.get("messages", ())
        return "error" in one, len(messages), len(json.dumps(messages)), test

    return min(found.items(), key=size)[1]


def failure(row: Row) -> Lines:
    """Return all that was found of a failed clause."""
    return ((printable(line), style) for line, style in _found(row))


def _found(row: Row) -> Lines:
    found = row["counterexample"]
    yield f"  source: {row['source']}", ""
    if "error" in found:
        yield from ((f"  {line}", "") for line in found["error"].splitlines())
        return
    yield "  the smallest messages found:", ""
    for message, reported in zip(found["messages"], found["reported"], strict=True):
        yield f"    {shown(message)}", ""
        words = f"{reported['status']} {reported['message']}".strip()
        yield f"      the forwarder reported: {words}", ""
    yield "  what differs:", ""
    for difference in found["differences"]:
        expected, arrived = values(difference)
        yield f"    {difference['what']}", ""
        yield f"      expected  {shown(expected)}", "green"
        yield f"      arrived   {shown(arrived)}", "red"
    yield "  the calls that reached the account:" if found["calls"] else "  no call arrived", ""
    for call in found["calls"]:
        fault = f"  (fault {call['fault']})" if call["fault"] else ""
        yield f"    {call['method']} {call['path']} {shown(call['body'])}{fault}", ""
        yield f"      {call['status']} {shown(call['answer'])}", ""


def page(report: dict[str, Any]) -> str:
    """Return the report (see `Verdicts.to_json`) as one HTML page, which loads nothing."""
    # Only a run that writes one needs it.
    from jinja2 import Environment, FileSystemLoader

    templates = FileSystemLoader(Path(__file__).with_name("templates"))
    template = Environment(loader=templates, autoescape=True).get_template("report.html")
    statuses = [row["status"] for row in report["clauses"]]
    held = statuses.count("passed")
    return template.render(
        report,
        held=held,
        rows={row["id"]: row for row in report["clauses"]},
        failure=failure,
    )


def details(rows: Sequence[Row], *, failed: bool, verbose: bool) -> Lines:
    """Return what is printed of the judged clauses: all of it if `verbose`."""
    if failed:
        yield from verdict(rows)
    if verbose or not failed:
        yield from table(rows)
    if not failed and not verbose and (apart := not_counting(rows)):
        yield "", ""
        yield from listed(apart)
    for row in rows:
        if verbose and "counterexample" in row:
            yield "", ""
            yield f"{row['id']} ({row['level']}): {row['title']}", "red"
            yield from failure(row)
            yield printable(f"  symptoms  {', '.join(row['symptoms'])}"), ""
