"""Count the deliveries of `send`, and format the counts as a report."""

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from http import HTTPStatus
from typing import Any

from adapter import Delivery, Note, Outcome
from adapter.message import TYPES
from mock_autopilot.cli._text import printable

MAX_PLACES = 3
"""The number of places shown for each reason."""


@dataclass
class Tally:
    """The deliveries of a run, counted.

    Attributes:
        counts: the number of deliveries by outcome and type of message.
        reasons: the places of the messages by outcome, status and reason, unless delivered.
        notes: the number of notes by the id of their kind.
        first_notes: the first note of each kind, with the place of its message.

    """

    counts: Counter[tuple[Outcome, str]] = field(default_factory=Counter)
    reasons: defaultdict[tuple[Outcome, int | None, str], list[str]] = field(
        default_factory=lambda: defaultdict(list)
    )
    notes: Counter[str] = field(default_factory=Counter)
    first_notes: dict[str, tuple[str, Note]] = field(default_factory=dict)

    def add(self, delivery: Delivery) -> None:
        """Count a delivery."""
        self.counts[delivery.outcome, _type_of(delivery.source)] += 1
        if not delivery.delivered:
            reason = (delivery.outcome, delivery.status, delivery.message)
            self.reasons[reason].append(delivery.place)
        for note in delivery.notes:
            self.notes[note.id] += 1
            self.first_notes.setdefault(note.id, (delivery.place, note))

    @property
    def total(self) -> int:
        """The number of deliveries."""
        return self.counts.total()

    @property
    def unanswered(self) -> bool:
        """Whether a message failed without any answer."""
        return any(
            outcome is Outcome.FAILED and status is None for outcome, status, _ in self.reasons
        )

    @property
    def has_losses(self) -> bool:
        """Whether a message was rejected or failed."""
        return any(outcome in (Outcome.REJECTED, Outcome.FAILED) for outcome, _ in self.counts)

    def lines(self) -> Iterator[str]:
        """Yield the report: a table of the outcomes, then the reasons, then the notes."""
        if not self.total:
            yield "No messages."
            return
        types = sorted({kind for _, kind in self.counts})
        yield _row("outcome", [*types, "total"])
        for outcome in Outcome:
            counts = [self.counts[outcome, kind] for kind in types]
            if sum(counts):
                yield _row(outcome, [*counts, sum(counts)])
        for (outcome, status, text), places in sorted(
            self.reasons.items(), key=lambda reason: -len(reason[1])
        ):
            yield "\n" + printable(f"{outcome}{f' ({status})' if status else ''}: {text}")
            yield f"  {_places(places)}"
            if status == HTTPStatus.UNAUTHORIZED:
                yield "  --api-key is the key of the account"
        if self.notes:
            yield f"\n{'note':<22}{'times':>6}  first"
        for kind, times in self.notes.most_common():
            place, note = self.first_notes[kind]
            yield printable(f"{kind:<22}{times:>6}  {place}: {note}")


def _type_of(source: object) -> str:
    kind = source.get("type") if isinstance(source, Mapping) else None
    return kind if kind in TYPES else "invalid"


def _row(name: str, cells: list[Any]) -> str:
    return f"{name:<10}" + "".join(f"{cell:>10}" for cell in cells)


def _places(places: list[str]) -> str:
    more = f" and {len(places) - MAX_PLACES} more" if len(places) > MAX_PLACES else ""
    return printable(", ".join(places[:MAX_PLACES])) + more
