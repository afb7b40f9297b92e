"""Make docs/reference.md and docs/clauses.md from the tables that the code runs on: `make docs`."""

from collections.abc import Iterable
from pathlib import Path

import adapter.notes
from contract_tests.clauses import CLAUSES
from mock_autopilot.account import call_warnings, errors
from mock_autopilot.account.call_warnings import WarningKind
from mock_autopilot.account.errors import ErrorKind
from mock_autopilot.account.evidence import MEANINGS, Evidence
from mock_autopilot.account.fields import FIELDS
from mock_autopilot.api.router import ROUTES

HEAD = """# Reference

Made from the code's own tables by `make docs`; do not edit. What a tag says:
"""


TAKEN = """
What a call sends in another form that can be understood (a number as Phone, `1` as `unsubscribed`)
is taken, and warned of. `service` fields are kept and shown when a state defines them; the fake
makes none.
"""

CLAUSES_HEAD = """# The contract's clauses

Made from `contract_tests/clauses.py` by `make docs`; do not edit. [contract.md](contract.md) says
how they are judged.
"""


NOTES_HEAD = """# The forwarder's notes

Made from `adapter/notes.py` by `make docs`; do not edit.

`Delivery.notes` (and, before anything is sent, `Plan.notes`) says what a delivery left out, sent
under another name or with another meaning than one may expect, or may have done twice. A note has
the id of its kind, the path of a field, and a sentence that begins with that path. `send` counts
the notes by kind, and `send --output FILE` writes them with each message.

There is no note about what holds for every message: that a trait fills the field of its name
(`firstName`, `first_name` and `FirstName` alike) or a custom field with a type, that an event's
name becomes a trigger id, that `null` means no id, and that nothing else of a message than its
identifiers, traits and properties (`messageId`, `timestamp`, the rest of `context`) is sent.

The evidence is where the rule is known from: Segment's page about the destination (`seed`), clients
of the API (`client`), or our own choice (`ours`). `{…}` stands for a part of the message.
"""


def clauses() -> str:
    """Give the document of the contract's clauses."""
    rows = ((f"`{one.id}`", one.level, one.title, one.source) for one in CLAUSES.values())
    return "\n".join([CLAUSES_HEAD, *table(("id", "level", "clause", "source"), rows), ""])


def notes() -> str:
    """Return the document of the forwarder's notes."""
    kinds = (one for one in vars(adapter.notes).values() if isinstance(one, adapter.notes.NoteKind))
    rows = ((f"`{one.id}`", f"… {one.sentence}", f"`{one.evidence}`") for one in kinds)
    return "\n".join([NOTES_HEAD, *table(("id", "sentence", "evidence"), rows), ""])


def reference() -> str:
    """Give the document of the account."""
    return "\n".join(
        [
            HEAD,
            *table(("tag", "where a behaviour is known from"), tags()),
            "\n## Calls\n",
            *table(("call", "what it does", "success", "evidence"), calls()),
            "\n## Fields of a contact\n",
            *table(("field", "takes", "what it is", "evidence"), fields()),
            TAKEN,
            "## Errors\n",
            "In a message, `{…}` stands for what the call said.\n",
            *table(("status", "message", "evidence"), rejections()),
            "\n## Warnings\n",
            "They stand with the recorded call, and `--strict` makes them a 400. All are `ours`.\n",
            *table(("id", "message"), warning_rows()),
            "",
        ]
    )


def tags() -> Iterable[tuple[str, ...]]:
    for tag, meaning in MEANINGS.items():
        yield f"`{tag}`", meaning


def calls() -> Iterable[tuple[str, ...]]:
    for route in ROUTES:
        said = " ".join((route.operation.__doc__ or "").split())
        yield f"`{route.method} {route.path}`", said, str(route.status), listed(route.evidence)


def fields() -> Iterable[tuple[str, ...]]:
    for field in FIELDS.values():
        role = field.role.name.lower().replace("_", "-")
        yield f"`{field.name}`", field.accepts.value, role, listed(field.evidence)


def rejections() -> Iterable[tuple[str, ...]]:
    kinds = (kind for kind in vars(errors).values() if isinstance(kind, ErrorKind))
    for kind in sorted(kinds, key=lambda kind: kind.status):
        yield str(kind.status), kind.message, listed([kind.evidence])


def warning_rows() -> Iterable[tuple[str, ...]]:
    for kind in vars(call_warnings).values():
        if isinstance(kind, WarningKind):
            yield f"`{kind.id}`", kind.message


def listed(evidence: Iterable[Evidence]) -> str:
    return ", ".join(f"`{tag}`" for tag in evidence)


def table(head: tuple[str, ...], rows: Iterable[tuple[str, ...]]) -> Iterable[str]:
    for row in (head, tuple("---" for _ in head), *rows):
        yield f"| {' | '.join(row)} |"


if __name__ == "__main__":
    Path(__file__).with_name("reference.md").write_text(reference(), "utf-8")
    Path(__file__).with_name("clauses.md").write_text(clauses(), "utf-8")
    Path(__file__).with_name("notes.md").write_text(notes(), "utf-8")
