"""What differs at Autopilot when two forwarders have delivered the same messages, by cause."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from contract_tests.cases.differences import State, entries_of
from contract_tests.comparison import Missing, same
from contract_tests.moved import MERGED, called, values_of
from contract_tests.permissions import address, letters, permission, text
from contract_tests.protocol import Message, Result, Settings
from contract_tests.text import Prose

Contact = dict[str, Any]
NONE = Missing()


@dataclass(frozen=True)
class Delivered:
    """A message, where it stands in the input, and what each forwarder reported of it."""

    place: str
    message: Message
    results: tuple[Result, Result]


@dataclass
class Cause:
    """One way in which the accounts differ, and how often.

    `where`, `one` and `other` are of the first time: whose contact, and what each account has.
    `place` is that of the first message that can have led to it; None when there is none.
    """

    what: str
    where: str
    one: Any
    other: Any
    place: str | None
    message: Message | None
    times: int = 1


@dataclass
class _Causes:
    """Causes by what they are, in the order in which they came."""

    by_what: dict[str, Cause] = field(default_factory=dict)

    def add(self, cause: Cause) -> None:
        known = self.by_what.setdefault(cause.what, cause)
        if known is not cause:
            known.times += 1


def causes(
    delivered: Sequence[Delivered], one: State, other: State, settings: Settings
) -> list[Cause]:
    """Return what differs: reported outcomes, contacts, their fields and entries."""
    found = _Causes()
    for each in delivered:
        reported = [Prose(f"{one.status} {one.message}".strip()) for one in each.results]
        if each.results[0].delivered != each.results[1].delivered:
            what = "what is reported: delivered or not"
            found.add(Cause(what, "", reported[0], reported[1], each.place, each.message))
    for mine, theirs in pairs(one["contacts"], other["contacts"]):
        contact = mine or theirs or {}
        for difference in _differing(mine, theirs, one, other):
            origin = _origin(delivered, contact, difference.name, settings)
            place, message = (origin.place, origin.message) if origin else (None, None)
            values = difference.one, difference.other
            found.add(Cause(difference.what, called(contact), *values, place, message))
    return sorted(found.by_what.values(), key=lambda cause: -cause.times)


def pairs(
    mine: Iterable[Contact], theirs: Iterable[Contact]
) -> Iterator[tuple[Contact | None, Contact | None]]:
    """Pair the contacts of one person: those of one user id, else of one address."""
    rest = {contact["contact_id"]: contact for contact in theirs}
    by_user_id = {text(one["user_id"]): key for key, one in rest.items() if one.get("user_id")}
    by_address = {address(one["Email"]): key for key, one in rest.items() if one.get("Email")}
    for contact in mine:
        key = by_user_id.get(text(contact.get("user_id")))
        if key not in rest:
            key = by_address.get(address(contact.get("Email")))
        yield contact, rest.pop(key, None) if key else None
    for contact in rest.values():
        yield None, contact


class _Difference(NamedTuple):
    """What differs of one person; `name` is the field, or the trigger id of a journey."""

    what: str
    name: str
    one: Any
    other: Any


def _differing(
    mine: Contact | None, theirs: Contact | None, one: State, other: State
) -> Iterator[_Difference]:
    if mine is None or theirs is None:
        there = Prose("there")
        yield _Difference("contacts", "", there if mine else NONE, there if theirs else NONE)
        return
    before, after = values_of(mine), values_of(theirs)
    for name in dict.fromkeys((*before, *after)):
        values = before.get(name, NONE), after.get(name, NONE)
        if name not in MERGED and not same(*values):
            yield _Difference(name, name, *values)
    types, other_types = _types(mine), _types(theirs)
    for kind in types.keys() & other_types.keys():
        if types[kind] != other_types[kind]:
            shown = Prose(types[kind]), Prose(other_types[kind])
            yield _Difference(f"type of custom field {kind}", f"custom field {kind}", *shown)
    entered = entries_of(mine["contact_id"], one)
    other_entered = entries_of(theirs["contact_id"], other)
    for trigger in sorted({*entered, *other_entered}):
        entries = entered.get(trigger, []), other_entered.get(trigger, [])
        if not same(*entries):
            what = f"entries into the journey of trigger {trigger}"
            yield _Difference(what, trigger, *entries)


def _types(contact: Contact) -> dict[str, str]:
    return {field["kind"]: field["fieldType"] for field in contact.get("custom_fields", ())}


def _origin(
    delivered: Iterable[Delivered], contact: Contact, name: str, settings: Settings
) -> Delivered | None:
    """Return the first message about a contact that names a field; else the first about it."""
    first = None
    for each in delivered:
        allowed = permission(each.message, settings)
        if allowed.names(contact):
            first = first or each
            custom = letters(name.removeprefix("custom field "))
            if name in allowed.fields or custom in allowed.custom or name == allowed.trigger:
                return each
    return first
