"""What is wrong, in one sentence made of the smallest counterexample."""

import json
import re
from collections.abc import Mapping
from typing import Any

from contract_tests.causes.symptoms import (
    about,
    is_not_updated,
    is_prose,
    kind_of,
    letters,
    lost_identifier,
    message_concerned,
    named_by,
)
from contract_tests.text import Prose, shown

Json = dict[str, Any]
_LONGEST = 48
"""Characters of a value in a sentence."""
_ARTICLE = {"identify": "an identify", "alias": "an alias"}


def sentence_of(row: Json) -> str:
    """Return what is wrong of a failed clause, in words."""
    found = row["counterexample"]
    if "error" in found:
        return f"the forwarder's test ended in an error: {found['error'].splitlines()[0]}"
    difference, message = found["differences"][0], message_concerned(found)
    said = _said(difference, message, found)
    if not found.get("repeatable", True):
        return f"the same messages do not lead to the same another time: once {said}"
    return said


def _said(difference: Json, message: Json, found: Json) -> str:
    what: str = difference["what"]
    if what.startswith("reported"):
        return _reported(difference, message, found)
    if what == "calls that write":
        return f"{_a(message)} makes calls that write: {', '.join(difference['arrived'])[:120]}"
    if what.startswith("contacts with "):
        return _contact(difference, message)
    if what == "contacts":
        return _contacts(difference, message)
    if what == "calls that were made again":
        again = ", ".join(difference["arrived"])[:120]
        return f"a call that was refused for good is made again: {again}"
    if what.endswith(", after an event"):
        name = what.partition(" of ")[0]
        return f"{name} of the contact {_went(difference)} by an event's property"
    if what == "journeys":
        return f"{_a(message)} enters a journey that it must not enter"
    if what.startswith("entries "):
        return _entries(difference, message)
    if what.startswith("type of trait"):
        name = what.removeprefix("type of ").partition(" of ")[0]
        expected = difference["expected"]
        return f"a custom field is of type {difference.get('arrived')}, not {expected}: {name}"
    if what.startswith(("trait ", "field ", "'", '"')):
        if is_not_updated(difference, found["messages"]):
            expected, arrived = short(difference["expected"]), short(difference["arrived"])
            return f"{about(difference)} stays {arrived} when a later message says {expected}"
        return _value(difference, message)
    if "who is not meant" in what:
        return f"{about(difference)} of somebody else {_went(difference)} by {_a(message)}"
    return _moved(difference, message)


def _a(message: Json) -> str:
    kind = str(message.get("type"))
    return _ARTICLE.get(kind, f"a {kind}")


def short(value: Any) -> str:
    """Return a value as a sentence shows it."""
    text = shown(value)
    return text if len(text) <= _LONGEST else f"{text[:_LONGEST]}…"


def _reported(difference: Json, message: Json, found: Json) -> str:
    what, expected = difference["what"], difference["expected"]
    arrived = difference.get("arrived")
    if what.endswith("outcome") and str(expected).startswith("delivered"):
        said = short(Prose(str(arrived or "no answer").partition(". ")[0]))
        return f"{_a(message)} with {named_by(message)} is refused: {said}"
    if what.endswith("outcome"):
        refused = [call["status"] for call in found["calls"] if call["status"] not in (200, None)]
        because = f" although Autopilot answered {refused[-1]}" if refused else ""
        return f"{_a(message)} that did not arrive is reported as delivered{because}"
    if what.endswith("status"):
        who = named_by(message)
        return f"{_a(message)} with {who} is reported as {arrived}, not as {expected}"
    return f"the reported text is {short(arrived)}, without {short(expected)}"


def _contact(difference: Json, message: Json) -> str:
    what, symptom = difference["what"], lost_identifier(difference)
    who = named_by(message)
    if symptom.startswith("identifier lost "):
        name = symptom.removeprefix("identifier lost ")
        return f"{name} is missing from the contact when {_a(message)} has {who}"
    if symptom.startswith("no contact"):
        return f"{_a(message)} with {who} makes no contact{_integrations(message)}"
    if symptom == "contacts two":
        return f"one person becomes two contacts by {_a(message)} with {who}"
    known = [one.get("Email") or one.get("user_id") for one in difference.get("arrived") or []]
    wanted = json.loads(what.removeprefix("contacts with "))
    other = f"{short(known[-1] if known else None)}, not {short(next(iter(wanted.values())))}"
    return f"{_a(message)} with {who} makes a contact of another identifier: {other}"


def _integrations(message: Json) -> str:
    chosen = message.get("integrations")
    return f", with integrations {short(chosen)}" if chosen is not None else ""


def _contacts(difference: Json, message: Json) -> str:
    wanted, arrived = difference["expected"], difference.get("arrived") or []
    if isinstance(wanted, list):
        return f"{_a(message)} with {named_by(message)} makes a contact, and must not"
    return f"there are {len(arrived)} contacts, not {str(wanted).split()[0]}"


def _entries(difference: Json, message: Json) -> str:
    wanted, arrived = difference["expected"], difference.get("arrived") or []
    event = short(message.get("event"))
    if len(arrived) > len(wanted):
        times = "more than once" if wanted else "a journey that is not its own"
        return f"the event {event} enters {times}" if wanted else f"the event {event} is in {times}"
    if len(arrived) < len(wanted):
        return f"an event does not enter its journey: {event}"
    for one, other in zip(wanted, arrived, strict=True):
        for name, value in one.items():
            if name not in other:
                return f"the property {short(name)} of an event is lost: {short(value)}"
            if json.dumps(value) != json.dumps(other[name]):
                changed = f"{short(value)} arrives as {short(other[name])}"
                return f"{_becomes(value, other[name])} among an event's properties: {changed}"
    added = sorted({*arrived[0]} - {*wanted[0]}) if wanted else []
    return f"an event has properties that were not sent: {', '.join(added)[:80]}"


def _value(difference: Json, message: Json) -> str:
    name, expected = about(difference), difference["expected"]
    if is_prose(difference, "expected"):
        arrived = short(difference.get("arrived"))
        return f"{name} has a value that no message named: {arrived}"
    if "arrived" not in difference:
        kind = short(expected) if expected in (False, "", 0) else kind_of(expected)
        sent = _sent(message, name)
        later = "" if sent else f" after {_a(message)} that does not name it"
        return f"{kind} is lost{later}: {name} {short(expected)} does not arrive"
    arrived = difference["arrived"]
    if name.startswith(("'", '"')) and isinstance(arrived, dict):
        return f"a part of an object is lost: {name} {short(expected)}"
    changed = f"{name} {short(expected)} arrives as {short(arrived)}"
    return f"{_becomes(expected, arrived)}: {changed}"


def _sent(message: Json, name: str) -> bool:
    """Return whether a message has the trait of a difference."""
    traits = message.get("traits")
    found = re.fullmatch(r"(?:trait |field )?(['\"]?)(.+)\1", name, re.DOTALL)
    if not isinstance(traits, Mapping) or not found:
        return True
    wanted = letters(found[2].partition(".")[0])
    return any(letters(one) == wanted for one in traits) or (not name.startswith("trait"))


def _becomes(expected: Any, arrived: Any) -> str:
    one, other = kind_of(expected), kind_of(arrived)
    return f"{one} becomes {other}" if one != other else f"{one} is changed"


def _moved(difference: Json, message: Json) -> str:
    name = about(difference)
    if name == "a new contact":
        return f"{_a(message)} makes a contact that it does not identify: {difference['arrived']}"
    if name.startswith("the contact"):
        return f"a contact is {difference.get('arrived')} by {_a(message)} that does not say so"
    if name == "journey":
        if difference.get("arrived") == "ejected":
            return f"a contact is taken out of a journey by {_a(message)} that does not say so"
        return f"a contact enters a journey by {_a(message)} that does not say so"
    return f"{name} {_went(difference)} by {_a(message)} that does not name it"


def _went(difference: Json) -> str:
    before = _before(difference)
    if "arrived" not in difference:
        return f"is erased (it was {before})"
    arrived = short(difference["arrived"])
    if is_prose(difference, "expected") and difference["expected"] == "nothing":
        return f"is set to {arrived}"
    return f"went from {before} to {arrived}"


def _before(difference: Json) -> str:
    expected = difference["expected"]
    return short(Prose(expected) if is_prose(difference, "expected") else expected)
