"""What a message changed in an account that it may not change: the clauses ELS, at every delivery.

The account is compared as `GET /_mock/state` shows it before and after.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from contract_tests.cases.differences import Difference, State
from contract_tests.comparison import Missing, same
from contract_tests.permissions import Permission, address, letters, text
from contract_tests.text import Prose

Contact = dict[str, Any]
FREE = frozenset({"Name", "anonymous_id", "contact_id", "updated_at", "merged_contact_ids"})
"""What the account makes, or what every forwarder may write as it likes."""
MERGED = frozenset({"created_at", "api_originated", "type"})
"""What the account makes anew of two contacts."""
NONE = Missing()


@dataclass(frozen=True)
class Moved:
    """Something that may not differ and does: the clause that it breaks, and what differs."""

    clause: str
    difference: Difference


def moved(permission: Permission, before: State, after: State) -> list[Moved]:
    """Return all that differs between two states although the message may not change it."""
    return [*_contacts(permission, before, after), *_journeys(permission, before, after)]


def _contacts(permission: Permission, before: State, after: State) -> Iterator[Moved]:
    now = {contact["contact_id"]: contact for contact in after["contacts"]}
    merged_into = _merged_into(after)
    absorbed: dict[str, list[Contact]] = {}
    """The contacts that were merged into one by this message, by its id."""
    for old in before["contacts"]:
        if old["contact_id"] in now:
            continue
        winner = merged_into.get(old["contact_id"])
        if winner and permission.names(old):
            absorbed.setdefault(winner, []).append(old)
        else:
            became = Prose("merged into another contact" if winner else "deleted")
            yield _moved("ELS-03", f"the contact of {called(old)}", Prose("still there"), became)
    was = {contact["contact_id"]: contact for contact in before["contacts"]}
    for contact_id, new in now.items():
        old = was.get(contact_id)
        others = absorbed.get(contact_id, [])
        if old is None and not permission.may_make(new):
            yield _moved("ELS-03", "a new contact", NONE, Prose(called(new)))
        elif old is not None and not permission.names(old):
            if others:
                expected = Prose("merged with nobody")
                arrived = Prose(f"merged with {called(others[0])}")
                yield _moved("ELS-03", f"the contact of {called(old)}", expected, arrived)
            yield from _of_somebody_else(old, new)
        else:
            yield from _own(permission, old or {}, new, others)


def _of_somebody_else(old: Contact, new: Contact) -> Iterator[Moved]:
    """Yield what differs on a contact that the message does not identify."""
    for name, before, after in _differing(old, new):
        if name == "unsubscribed" and _is_unsubscribed(before) != _is_unsubscribed(after):
            clause = "ELS-02"
        else:
            clause = "ELS-04" if name == "lists" else "ELS-05"
        yield _moved(clause, f"{name} of {called(old)}, who is not meant", before, after)


def _own(
    permission: Permission, old: Contact, new: Contact, others: list[Contact]
) -> Iterator[Moved]:
    """Yield what differs on the message's own contact that it does not name."""
    for name, before, after in _differing(old, new):
        if _may_differ(permission, name, after) or (others and name in MERGED):
            continue
        if any(_same(after, values_of(other).get(name, NONE)) for other in others):
            continue  # where both had a value, either may win
        if not old and name in MERGED:
            continue
        if name == "lists":
            if not others:
                yield _moved("ELS-04", f"lists of {called(new)}", before, after)
        elif name == "unsubscribed" and _is_unsubscribed(before) != _is_unsubscribed(after):
            if not others:
                yield _moved("ELS-02", f"unsubscribed of {called(new)}", before, after)
        elif isinstance(before, Missing) and name not in ("Email", "user_id"):
            yield _moved("ELS-06", f"{name} of {called(new)}", before, after)
        else:
            clause = "ELS-03" if name in ("Email", "user_id") else "ELS-01"
            yield _moved(clause, f"{name} of {called(new)}", before, after)


def _may_differ(permission: Permission, name: str, after: Any) -> bool:
    if name == "Email":
        return address(_plain(after)) in permission.addresses
    if name == "user_id":
        return text(_plain(after)) in permission.user_ids
    if name == "lists":
        return "autopilotlist" in permission.custom
    if name.startswith("custom field "):
        spelling = letters(name.removeprefix("custom field "))
        return not spelling or spelling in permission.custom
    return name in permission.fields


def _journeys(permission: Permission, before: State, after: State) -> Iterator[Moved]:
    merged_into = _merged_into(after)
    contacts = {contact["contact_id"]: contact for contact in after["contacts"]}
    earlier = {journey["trigger_id"]: journey["entries"] for journey in before["journeys"]}
    was = {contact["contact_id"]: contact for contact in before["contacts"]}
    for journey in after["journeys"]:
        trigger = journey["trigger_id"]
        old, new = earlier.get(trigger, []), journey["entries"]
        for entry, current in zip(old, new, strict=False):
            contact_id = merged_into.get(entry["contact_id"], entry["contact_id"])
            if contact_id in contacts and current["ejected_at"] != entry["ejected_at"]:
                what = f"{called(contacts[contact_id])} in the journey of trigger {trigger}"
                yield _moved("ELS-04", what, Prose("stays"), Prose("ejected"))
        for entry in new[len(old) :]:
            contact = contacts.get(entry["contact_id"], {"contact_id": entry["contact_id"]})
            mine = permission.names(was.get(entry["contact_id"], contact))
            if trigger != permission.trigger or not mine:
                what = f"{called(contact)} in the journey of trigger {trigger}"
                yield _moved("ELS-04", what, Prose("does not enter"), Prose("enters"))


def called(contact: Mapping[str, Any]) -> str:
    """Return what people call a contact: its user id and address."""
    names = [str(contact[name]) for name in ("user_id", "Email") if contact.get(name)]
    return " and ".join(names) or str(contact["contact_id"])


def _merged_into(state: State) -> dict[str, str]:
    return {
        old: contact["contact_id"]
        for contact in state["contacts"]
        for old in contact.get("merged_contact_ids", ())
    }


def values_of(contact: Contact) -> dict[str, Any]:
    """Return all values of a contact by name, each custom field by its own."""
    values = {
        name: value
        for name, value in contact.items()
        if name not in FREE and name != "custom_fields"
    }
    for field in contact.get("custom_fields", ()):
        values[f"custom field {field['kind']}"] = field["value"]
    return values


def _differing(old: Contact, new: Contact) -> Iterator[tuple[str, Any, Any]]:
    before, after = values_of(old), values_of(new)
    for name in dict.fromkeys((*before, *after)):
        if not _same(before.get(name, NONE), after.get(name, NONE)):
            yield name, before.get(name, NONE), after.get(name, NONE)


def _same(one: Any, other: Any) -> bool:
    if isinstance(one, Missing) or isinstance(other, Missing):
        return isinstance(one, Missing) and isinstance(other, Missing)
    return same(one, other)


def _is_unsubscribed(value: Any) -> bool:
    return not isinstance(value, Missing) and bool(value)


def _plain(value: Any) -> Any:
    return None if isinstance(value, Missing) else value


def _moved(clause: str, what: str, expected: Any, arrived: Any) -> Moved:
    if isinstance(expected, Missing):
        expected = Prose("nothing")
    return Moved(clause, Difference(what, expected, arrived))
