"""The JUnit report: a test for each clause, named by its id, the same in every run."""

import re
from collections.abc import Iterable
from pathlib import Path
from typing import Any
from xml.etree.ElementTree import Element, SubElement, tostring

from contract_tests.terminal import fails_the_run
from contract_tests.text import printable

Row = dict[str, Any]
SUITE = "contract"
_NO_XML = re.compile("[^\\t\\n\\r -\\ud7ff\\ue000-\\ufffd\\U00010000-\\U0010ffff]")
_LONGEST = 4000
"""Characters of a failure's text."""


def junit(rows: Iterable[Row], details: dict[str, str]) -> str:
    """Return the report; a failure is only what makes the run fail.

    `details` are the texts of the failed clauses by id.
    """
    suite = Element("testsuite", name=SUITE)
    counts = {"tests": 0, "failures": 0, "errors": 0, "skipped": 0}
    for row in rows:
        case = SubElement(suite, "testcase", classname=f"{SUITE}.{row['level']}", name=row["id"])
        counts["tests"] += 1
        if row["status"] == "skipped":
            counts["skipped"] += 1
            SubElement(case, "skipped", message="not asked for")
        elif row["status"] == "failed":
            detail = details[row["id"]]
            if fails_the_run(row):
                counts["failures"] += 1
                failure = SubElement(case, "failure", message=_text(row["title"]))
                failure.text = _text(detail)
            else:
                reason = f"known: {row['known']}" if "known" in row else f"broken {row['level']}"
                counts["skipped"] += 1
                SubElement(case, "skipped", message=_text(reason)).text = _text(detail)
    return _document(suite, counts)


def no_verdict(why: str) -> str:
    """Return the report of a run that could not judge."""
    suite = Element("testsuite", name=SUITE)
    case = SubElement(suite, "testcase", classname=SUITE, name="verdict")
    SubElement(case, "error", message=_text(f"cannot judge: {why}"))
    return _document(suite, {"tests": 1, "failures": 0, "errors": 1, "skipped": 0})


def write_no_verdict(name: str | None, why: str) -> None:
    """Write the report of a run that could not judge, if there is to be one and it can be."""
    if name:
        try:
            Path(name).write_text(no_verdict(why), "utf-8")
        except OSError:
            return  # what is printed says why there is no verdict


def _document(suite: Element, counts: dict[str, int]) -> str:
    for name, number in counts.items():
        suite.set(name, str(number))
    suites = Element("testsuites")
    suites.append(suite)
    return f'<?xml version="1.0" encoding="utf-8"?>\n{tostring(suites, encoding="unicode")}\n'


def _text(text: str) -> str:
    """Return a text that XML can hold, and that a log can show line by line."""
    lines = "\n".join(printable(line) for line in text[:_LONGEST].split("\n"))
    return _NO_XML.sub("�", lines)
