"""Which clause says a mistake best, and what one mistake explains besides.

Of failures that may have one cause, the clause of the first row that fits is the one that is named.
What is basic stands above what needs it: that a message arrives at all above what it carries.
"""

from typing import NamedTuple

WHO = "refused|no contact|identifier lost|contact of|contacts|value unwanted"


class Best(NamedTuple):
    """When a clause says a mistake best."""

    clause: str
    pattern: str
    """Of its counterexample's symptoms (see `symptoms`) one begins with this; empty for any."""
    given: tuple[str, ...] = ()
    """Clauses that are broken too."""
    unless: str = ""
    """A symptom that no failure of the run begins with."""
    holding: tuple[str, ...] = ()
    """Clauses that are not broken."""


_ROWS: tuple[tuple[str | tuple[str, ...], ...], ...] = (
    ("SET-01", "", (), "no contact"),
    ("TYP-01", "written"),
    ("TYP-02", "written"),
    ("TYP-01", ""),
    ("TYP-02", ""),
    ("IDN-13", "identifier lost user_id", ("ELS-05",)),
    # --- what is kept for or from Autopilot ---
    ("INT-02", ""),
    ("INT-03", ""),
    # --- whom a message is about ---
    ("IDR-17", ""),
    ("ELS-05", "other person custom field", (), "identifier lost|contact of"),
    ("INT-01", WHO, ("IDR-05", "IDR-06"), "", ("INT-04",)),
    ("IDR-09", "contact of other identifiers", (), "", ("IDR-08",)),
    ("IDR-05", WHO),
    ("IDR-06", WHO),
    ("TRK-06", "refused track with a user id alone", (), "refused track with an address alone"),
    ("TRK-05", "refused track with an address alone", (), "refused track with a user id alone"),
    ("TRK-07", "refused track|no contact", ("TRK-05", "TRK-06"), "entry unwanted"),
    ("TRK-01", "entry lost", (), "entry unwanted|refused track"),
    ("IDR-10", "contacts two|identifier lost user_id"),
    ("TRK-05", WHO),
    ("TRK-06", WHO),
    ("TRK-07", "refused track|no contact", (), "entry unwanted"),
    ("IDR-10", "refused|no contact|identifier lost|contact of|contacts"),
    ("IDR-11", "refused|no contact|identifier lost|contact of|contacts"),
    ("IDR-07", "refused|no contact|identifier lost|contact of|contacts"),
    ("IDR-08", "refused|no contact|identifier lost|contact of|contacts"),
    ("IDR-09", "refused|no contact|identifier lost|contact of|contacts|entry lost"),
    ("TRK-08", "refused|no contact|identifier lost|contact of|contacts|moved"),
    ("INT-01", WHO),
    ("INT-04", WHO),
    ("INT-05", WHO),
    ("INT-06", WHO),
    # --- who is nobody ---
    ("IDR-01", ""),
    ("IDR-02", ""),
    ("IDR-04", "false success|other|written|contact|no contact|refused|identifier|moved"),
    ("IDR-03", ""),
    # --- what must not move ---
    ("TRK-14", "", (), "", ("IDN-22",)),
    ("ELS-02", ""),
    # --- values ---
    ("IDN-14", ""),
    ("IDN-13", "value unwanted"),
    ("IDN-12", "value lost", ("ELS-01",)),
    ("IDN-02", "falsy", (), "value lost"),
    ("IDN-07", "value lost", ("IDN-01", "IDN-04", "IDN-05", "IDN-06")),
    ("IDN-03", "value unwanted|null"),
    ("IDN-01", "a boolean|type boolean"),
    ("IDN-04", "a whole number|type integer"),
    ("IDN-05", "a number|type float"),
    ("IDN-09", "a date|type .*date"),
    ("IDN-06", "a text"),
    ("IDN-07", ""),
    ("IDN-08", ""),
    ("IDN-10", ""),
    ("IDN-11", ""),
    ("IDN-12", ""),
    ("IDN-13", ""),
    ("IDN-14", ""),
    ("IDN-27", ""),
    # --- events ---
    ("RET-06", "", (), "", ("RET-01", "RET-04")),
    ("ELS-04", "moved journey", ("TRK-01",), "entry too many|entry lost"),
    ("TRK-01", "entry"),
    ("TRK-02", "entry|refused|no contact"),
    ("TRK-03", "property|falsy property"),
    ("TRK-01", ""),
    ("TRK-05", ""),
    ("TRK-06", ""),
    ("TRK-07", ""),
    ("TRK-09", ""),
    # --- failures ---
    ("RET-07", "", (), "", ("RET-01", "RET-02")),
    ("RET-01", "false success"),
    ("RET-02", "false success"),
    ("RET-03", "false success"),
    ("RET-04", ""),
    ("RET-05", ""),
    ("RET-06", ""),
    ("RET-07", ""),
    ("RET-01", ""),
    ("RET-02", ""),
    ("RET-03", ""),
    # --- Engage ---
    ("ENG-09", "entry"),
    ("ENG-05", "no contact|refused|written|contact unwanted"),
    ("ENG-04", "a boolean changed", ("ELS-01",)),
    ("ENG-02", "a boolean becomes"),
    ("ENG-01", ""),
    ("ENG-02", ""),
    ("ENG-03", ""),
    ("ENG-04", ""),
    ("ENG-07", ""),
    ("ENG-09", ""),
    ("ENG-06", ""),
    ("ENG-05", ""),
    ("ELS-01", ""),
    ("ELS-05", ""),
    ("ELS-04", ""),
    ("ELS-03", ""),
    ("IDR-11", ""),
    ("IDR-10", ""),
    ("IDR-05", ""),
    ("IDR-06", ""),
    ("IDN-22", ""),
    ("ENG-08", ""),
    ("SEQ-01", ""),
)
BEST = tuple(Best(*row) for row in _ROWS)  # type: ignore[arg-type]  # each row is one
"""The order in which the clauses of one cause are asked whether they say it."""

EXPLAINS: tuple[tuple[str, str], ...] = (
    ("not repeatable", ""),  # while that is so, nothing else can be told apart from it
    (
        "refused|no contact|identifier lost|contact of|contacts|written|contact unwanted",
        (
            "refused|no contact|identifier lost|contact|entry|journeys|other person|written"
            "|moved (a new contact|Email|user_id|journey|the contact)"
        ),
    ),
    ("value lost|field lost|value not|. changed|part lost", "moved custom field|moved [A-Z]|field"),
    ("value unwanted", "moved"),
    ("false success|other", "false success|other|moved"),
    ("entry|journeys", "entry|journeys|moved journey"),
    ("moved unsubscribed|other person unsubscribed", "value unwanted|null becomes|moved unsub"),
)
"""Symptoms of a mistake, and those that it leads to in messages of another kind."""
