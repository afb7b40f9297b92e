"""Make the documents of the code's own tables: `make docs`."""

import dataclasses
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import click

import adapter.notes
from contract_tests.clauses import CLAUSES
from mock_autopilot.account import call_warnings, errors
from mock_autopilot.account.call_warnings import WarningKind
from mock_autopilot.account.errors import ErrorKind
from mock_autopilot.account.evidence import MEANINGS, Evidence
from mock_autopilot.account.fields import FIELDS
from mock_autopilot.api.router import ROUTES
from mock_autopilot.cli.serve import serve
from mock_autopilot.options import ServerOptions

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

OPTIONS_HEAD = """# Options of the fake

Made from `mock_autopilot/options.py` by `make docs`; do not edit.

`MockAutopilot` takes all of them by name, `mock-autopilot serve` as options of the command line.
`intercept()` takes all but `host`, `port` and `control_token`. Those of an account (the last
column) are also taken by `new_account()`, by the marker `@pytest.mark.autopilot(strict=True)`, and
by pytest's ini file with `autopilot_` before the name ([pytest.md](pytest.md#options)).
"""

OPTIONS_END = """
* `seed` is in Python a mapping or the path of a JSON file, for the command line and the ini file a
  path.
* `journeys` is in Python a list of names, or of pairs of a name and a trigger id; elsewhere
  `NAME=TRIGGER_ID`, one or more times (in the ini file a line each).
* `clock` is in Python also a `datetime`, or a callable that returns one with its time zone. A clock
  that stands is moved by `account.clock.tick(60)`.
"""


def options() -> str:
    """Return the document of the fake's options."""
    head = ("in Python", "default", "`mock-autopilot serve`", "what it does", "an account's")
    return "\n".join([OPTIONS_HEAD, *table(head, option_rows()), OPTIONS_END])


def clauses() -> str:
    """Give the document of the contract's clauses."""
    rows = (
        (f"`{one.id}`", one.level, str(one.since), one.title, one.source)
        for one in CLAUSES.values()
    )
    return "\n".join([CLAUSES_HEAD, *table(("id", "level", "since", "clause", "source"), rows), ""])


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


def option_rows() -> Iterable[tuple[str, ...]]:
    shown = {one.name: one for one in serve.params if isinstance(one, click.Option)}
    for option in dataclasses.fields(ServerOptions):
        yield (
            f"`{option.name}`",
            f"`{option.default!r}`",
            command_option(option, shown[option.name]),
            option.metadata["help"],
            "yes" if option.metadata.get("per_account") else "",
        )


def command_option(option: dataclasses.Field[Any], shown: click.Option) -> str:
    names = " / ".join(f"`{name}`" for name in (*shown.opts, *shown.secondary_opts))
    other = option.metadata.get("command_default")
    more = "repeatable" if shown.multiple else f"default `{other}`" if other else ""
    return f"{names}, {more}" if more else names


def listed(evidence: Iterable[Evidence]) -> str:
    return ", ".join(f"`{tag}`" for tag in evidence)


def table(head: tuple[str, ...], rows: Iterable[tuple[str, ...]]) -> Iterable[str]:
    for row in (head, tuple("---" for _ in head), *rows):
        yield f"| {' | '.join(row)} |"


if __name__ == "__main__":
    for document in (reference, clauses, notes, options):
        Path(__file__).with_name(f"{document.__name__}.md").write_text(document(), "utf-8")
