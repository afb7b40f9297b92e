"""Group the failures of a run by what may have caused them."""

import json
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from contract_tests.causes.sentences import sentence_of
from contract_tests.causes.symptoms import UNREPEATABLE, symptoms_of
from contract_tests.causes.table import BEST, EXPLAINS

Row = dict[str, Any]
Symptoms = Mapping[str, Sequence[str]]
"""The symptoms of the failed clauses, by id."""


@dataclass(frozen=True)
class Cause:
    """Failures that one mistake explains."""

    sentence: str
    """What is wrong, in words."""
    row: Row
    """The failed clause that says it best."""
    also: tuple[Row, ...]
    """The other failed clauses that it explains."""

    def to_json(self) -> Row:
        """Return it with the ids of its clauses."""
        also = [row["id"] for row in self.also]
        return {"sentence": self.sentence, "clause": self.row["id"], "also": also}


def causes_of(rows: Iterable[Row]) -> list[Cause]:
    """Group failed clauses, each with its counterexample; the most basic cause comes first.

    Two failures that have no symptom in common, and of which neither is known to lead to the other,
    are two causes. A broken MUST is never put under a broken SHOULD.
    """
    failed = [row for row in rows if row["status"] == "failed"]
    symptoms = {row["id"]: symptoms_of(row["counterexample"]) for row in failed}
    rest = sorted(failed, key=lambda row: _rank(row, symptoms))
    causes = []
    while rest:
        first, *others = rest
        shown = symptoms[first["id"]]
        also = [row for row in others if _explains(shown, symptoms[row["id"]])]
        causes.append(Cause(sentence_of(first), first, tuple(also)))
        rest = [row for row in others if row not in also]
    return causes


def _rank(row: Row, symptoms: Symptoms) -> tuple[bool, bool, int, int, int]:
    """Return what sorts failures: what counts, then the order of the table, then the size."""
    messages = row["counterexample"].get("messages", ())
    counts = "known" in row, row["level"] != "MUST"
    return (*counts, _place(row["id"], symptoms), len(messages), len(json.dumps(messages)))


def _place(clause_id: str, symptoms: Symptoms) -> int:
    if UNREPEATABLE in symptoms[clause_id]:
        return -1
    for number, best in enumerate(BEST):
        if (
            best.clause == clause_id
            and _shows(symptoms[clause_id], best.pattern)
            and all(other in symptoms for other in best.given)
            and not any(other in symptoms for other in best.holding)
            and not (best.unless and any(_shows(all_, best.unless) for all_ in symptoms.values()))
        ):
            return number
    return len(BEST)


def _explains(cause: Sequence[str], effect: Sequence[str]) -> bool:
    """Return whether the mistake behind some symptoms may have led to others."""
    if set(cause) & set(effect):
        return True
    return any(_shows(cause, one) and _shows(effect, other) for one, other in EXPLAINS)


def _shows(symptoms: Sequence[str], pattern: str) -> bool:
    return any(re.match(pattern, symptom) for symptom in symptoms)
