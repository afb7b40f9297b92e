"""The people of a sequence, and what Autopilot must have of them by now."""

from dataclasses import dataclass, field
from typing import Any

from contract_tests.comparison import Missing, agrees, named
from contract_tests.protocol import Message, Person

Properties = dict[str, Any]


@dataclass
class Somebody:
    """A person of a sequence, and what Autopilot must have of them."""

    whole: Person
    """Both identifiers."""
    kind: str
    """The identifiers that are known: email, user_id or both."""
    there: bool = False
    """Whether Autopilot has a contact of them."""
    traits: dict[str, list[Any]] = field(default_factory=dict)
    """The values that each trait may have by now, `Missing` for none."""
    entries: dict[str, list[dict[str, Any]]] = field(default_factory=dict)
    """The properties of each entry by trigger id."""
    perhaps: dict[str, list[dict[str, Any]]] = field(default_factory=dict)
    """Those of entries of which there may be more, since the message came again."""
    earlier: list[tuple[int, Message]] = field(default_factory=list)
    """The messages that can come late, with their numbers: those since the address changed."""

    def named_by(self, by: str) -> Person:
        """Return the identifiers for a message; all that are known, if this one is not."""
        if self.kind != "both" or not self.there:
            by = self.kind
        return Person(
            self.whole.email if by != "user_id" else None,
            self.whole.user_id if by != "email" else None,
        )

    def learn(self, traits: dict[str, Any]) -> None:
        """Note what the contact must have after an identify; null may have erased it or not.

        Where the parts of an object arrive is each forwarder's own choice.
        """
        for name, value in traits.items():
            if isinstance(value, dict):
                continue
            self.traits[name] = (
                [*self.traits.get(name, []), Missing()] if value is None else [value]
            )

    def recall(self, traits: dict[str, Any]) -> None:
        """Note what the contact may have after an old identify came late."""
        for name, value in traits.items():
            if name in self.traits:
                self.traits[name].append(Missing() if value is None else value)

    def wrong_traits(self, contact: dict[str, Any]) -> dict[str, tuple[Any, Any]]:
        """Return what was expected, and what arrived, of each trait that is another."""
        wrong = {}
        for name, allowed in self.traits.items():
            if name == "unsubscribed":
                continue  # no source says that the trait of this name is the field
            arrived = named(contact, "FirstName" if name == "firstName" else name)
            if not any(_agrees(value, arrived) for value in allowed):
                wrong[name] = allowed[-1], arrived
        return wrong

    def has_entered(self, trigger: str, arrived: list[Properties]) -> bool:
        """Return whether these are the entries of one journey, in any order."""
        rest = [*arrived]
        perhaps = [*self.perhaps.get(trigger, [])]
        wanted = self.entries.get(trigger, [])
        return all(_take(sent, rest) for sent in wanted) and all(
            any(_has(entry, sent) for sent in perhaps) for entry in rest
        )


def _agrees(value: Any, arrived: Any) -> bool:
    if isinstance(value, Missing) or isinstance(arrived, Missing):
        return isinstance(value, Missing) and isinstance(arrived, Missing)
    return agrees(value, arrived)


def _take(sent: Properties, entries: list[Properties]) -> bool:
    """Take the first entry with these properties out of a list; return whether there is one."""
    for number, entry in enumerate(entries):
        if _has(entry, sent):
            del entries[number]
            return True
    return False


def _has(entry: Properties, sent: Properties) -> bool:
    return all(agrees(value, entry.get(name, Missing())) for name, value in sent.items())
