"""What a counterexample shows, as short texts: failures that share one may have one cause.

A symptom says what kind of difference there is, and between what kinds of values; it names nobody.
"""

import json
import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

Json = dict[str, Any]
_DATE = re.compile(r"\d{4}-\d\d-\d\d(T.*)?", re.ASCII)
_NOTHING = object()
UNREPEATABLE = "not repeatable"
"""The symptom of a forwarder that did otherwise with the same messages."""
_ENOUGH = 20
"""Differences that are looked at; a lost contact can lead to hundreds."""


def symptoms_of(counterexample: Json) -> tuple[str, ...]:
    """Return the symptoms of a counterexample, in the order of its differences."""
    if "error" in counterexample:
        kind = re.split(r"[:(\n]", counterexample["error"].strip(), maxsplit=1)[0]
        return (f"error {kind}",)
    if not counterexample.get("repeatable", True):
        return (UNREPEATABLE,)
    found: list[str] = []
    for difference in counterexample.get("differences", [])[:_ENOUGH]:
        found += _symptoms(difference, message_concerned(counterexample), counterexample)
    return tuple(dict.fromkeys(found))


def message_concerned(counterexample: Json) -> Json:
    """Return the first message that was not delivered; the last one if all were."""
    messages: list[Json] = counterexample["messages"]
    for message, reported in zip(messages, counterexample["reported"], strict=False):
        if not isinstance(reported["status"], int) or not 200 <= reported["status"] < 300:
            return message
    return messages[-1] if messages else {}


def named_by(message: Json) -> str:
    """Return in words by which identifiers a message names somebody."""
    own = message.get("properties" if message.get("type") == "track" else "traits") or {}
    context = (message.get("context") or {}).get("traits") or {}
    address = _is_there(own.get("email"))
    elsewhere = isinstance(context, dict) and _is_there(context.get("email"))
    names = [
        *([_user_id(message["userId"])] if _is_there(message.get("userId")) else []),
        *(["an address"] if address else []),
        *(["an address in context.traits"] if elsewhere and not address else []),
    ]
    alone = f"{names[0]} alone" if len(names) == 1 else ""
    return alone or " and ".join(names) or "no identifier"


def kind_of(value: Any) -> str:
    """Return the kind of a value in a word or two."""
    if value is None:
        return "null"
    if isinstance(value, bool):
        return "a boolean"
    if isinstance(value, int):
        return "a whole number"
    if isinstance(value, float):
        return "a number"
    if isinstance(value, str):
        return "a date" if _DATE.fullmatch(value) else "a text"
    return "a list" if isinstance(value, list) else "an object"


def is_prose(difference: Json, name: str) -> bool:
    """Return whether the expected or arrived value is said in words."""
    return name in difference.get("prose", ())


def about(difference: Json) -> str:
    """Return what a difference is about, without the person."""
    what: str = difference["what"]
    return "journey" if " in the journey of " in what else what.partition(" of ")[0]


def _user_id(value: Any) -> str:
    return "a user id" if isinstance(value, str) else f"{kind_of(value)} as user id"


def _is_there(value: Any) -> bool:
    return bool(value.strip()) if isinstance(value, str) else value not in (None, {}, [])


def _symptoms(difference: Json, message: Json, found: Json) -> Iterator[str]:
    what: str = difference["what"]
    if what.startswith("reported"):
        yield from _reported(difference, message)
    elif what == "calls that write":
        yield f"written {message.get('type')}"
    elif what.startswith("contacts with "):
        yield lost_identifier(difference)
    elif what == "contacts":
        wanted = difference["expected"]
        number = 0 if isinstance(wanted, list) else int(str(wanted).split()[0])
        arrived = difference.get("arrived") or []
        if number == 0:
            yield "contact unwanted"
        yield "contacts more" if len(arrived) > number else "contacts fewer"
    elif what == "journeys":
        yield "journeys unwanted"
    elif what.startswith("entries "):
        yield from _entries(difference["expected"], difference.get("arrived") or [])
    elif what.startswith("type of trait"):
        yield f"type {difference['expected']} becomes {difference.get('arrived')}"
    elif "who is not meant" in what:
        yield f"other person {_field(about(difference))}"
    elif what.startswith(("trait ", "field ", "'", '"')):
        if is_not_updated(difference, found["messages"]):
            yield "value not updated"
            if not difference["expected"]:
                yield f"falsy {kind_of(difference['expected'])} lost"
                yield "falsy lost"
                return
        yield from _values(difference["expected"], difference, what)
    else:
        yield f"moved {_field(about(difference))}"
        yield from _moved(difference)


def _field(what: str) -> str:
    """Return a field's name without what the forwarder's user has chosen."""
    return "custom field" if what.startswith("custom field") else what


def _moved(difference: Json) -> Iterator[str]:
    if "arrived" not in difference:
        yield "moved away"
    elif is_prose(difference, "expected") and difference["expected"] == "nothing":
        yield "moved in"


def _reported(difference: Json, message: Json) -> Iterator[str]:
    expected, arrived = difference["expected"], difference.get("arrived")
    if difference["what"].endswith("outcome") and str(expected).startswith("delivered"):
        yield f"refused {message.get('type')} with {named_by(message)}"
        yield f"refused {message.get('type')}"
    elif difference["what"].endswith("outcome"):
        yield "false success"
    elif difference["what"].endswith("status"):
        delivered = isinstance(arrived, int) and 200 <= arrived < 300
        yield "false success" if delivered else "other status"
    else:
        yield "other text"


def lost_identifier(difference: Json) -> str:
    """Return the symptom of a person who is not exactly one contact."""
    wanted: Mapping[str, str] = json.loads(difference["what"].removeprefix("contacts with "))
    known = difference.get("arrived") or []
    near = [one for one in known if any(_alike(one.get(n), v) for n, v in wanted.items())]
    if not near:
        return f"no contact {' and '.join(wanted)}" if not known else "contact of other identifiers"
    missing = [n for n, v in wanted.items() if not any(_alike(o.get(n), v) for o in near)]
    if missing:
        return f"identifier lost {missing[0]}"
    return "contacts two"


def _alike(one: Any, other: Any) -> bool:
    return str(one).lower() == str(other).lower()


def _values(expected: Any, difference: Json, what: str) -> Iterator[str]:
    if is_prose(difference, "expected"):
        yield "value unwanted"
        return
    kind = kind_of(expected)
    arrived = difference.get("arrived", _NOTHING)
    if what.startswith(("'", '"')) and isinstance(arrived, dict):
        arrived = _part(arrived, about(difference).strip("'\""))
        yield "part lost" if arrived is _NOTHING else "part changed"
    if arrived is _NOTHING:
        if what.startswith("field"):
            yield f"{about(difference)} lost"
            yield "field lost"
            return
        yield f"{kind} lost" if expected else f"falsy {kind} lost"
        yield "value lost" if expected else "falsy lost"
        return
    if kind_of(arrived) != kind:
        yield f"{kind} becomes {kind_of(arrived)}"
    else:
        yield f"{kind} changed"


def is_not_updated(difference: Json, messages: list[Json]) -> bool:
    """Return whether what arrived is the value of an earlier message."""
    if is_prose(difference, "expected") or "arrived" not in difference:
        return False
    name = re.sub(r"^(trait |field )", "", about(difference)).strip("'\"")
    earlier = [
        value
        for message in messages[:-1]
        for key, value in (message.get("traits") or {}).items()
        if letters(key) == letters(name)
    ]
    return any(
        json.dumps(value) == json.dumps(difference["arrived"]) != json.dumps(difference["expected"])
        for value in earlier
    )


def letters(name: str) -> str:
    """Return what the spellings of a name have in common."""
    return "".join(filter(str.isalnum, name)).lower()


def _part(contact: Json, path: str) -> Any:
    """Return what a contact has under the path of a part of an object, in whatever spelling."""
    for key, value in contact.get("custom", {}).items():
        if letters(key.partition("--")[2]) == letters(path):
            return value
    return _NOTHING


def _entries(wanted: list[Json], arrived: list[Json]) -> Iterator[str]:
    if len(arrived) > len(wanted):
        yield "entry too many" if wanted else "entry unwanted"
    elif len(arrived) < len(wanted):
        yield "entry lost"
    else:
        yield from _properties(wanted, arrived)


def _properties(wanted: Iterable[Json], arrived: Iterable[Json]) -> Iterator[str]:
    for one, other in zip(wanted, arrived, strict=True):
        for name, value in one.items():
            if name not in other:
                if not value:
                    yield "falsy property lost"
                yield f"property {kind_of(value)} lost"
                yield "property lost"
            elif kind_of(value) != kind_of(other[name]):
                yield f"property {kind_of(value)} becomes {kind_of(other[name])}"
            elif json.dumps(value) != json.dumps(other[name]):
                yield f"property {kind_of(value)} changed"
        if other.keys() - one.keys():
            yield "property added"
