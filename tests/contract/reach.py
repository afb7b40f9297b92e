"""What the messages of a run reach: features of them, and how many messages have each."""

import re
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator
from typing import Any

from contract_tests.comparison import instant

Message = dict[str, Any]

FIELDS = (
    "userId", "anonymousId", "traits", "properties", "event", "context", "integrations",
    "messageId", "timestamp", "sentAt", "version", "channel",
)  # fmt: skip
IN_CONTEXT = ("traits", "personas", "library", "ip", "page")
TYPES = ("identify", "track", "page", "screen", "group", "alias")
VALUES: dict[str, Callable[[Any], bool]] = {
    "true": lambda value: value is True,
    "false": lambda value: value is False,
    "0": lambda value: _is_int(value) and value == 0,
    "a whole number above 0": lambda value: _is_int(value) and value > 0,
    "a whole number below 0": lambda value: _is_int(value) and value < 0,
    "a whole number beyond 32 bits": lambda value: _is_int(value) and abs(value) > 2**32,
    "a fraction": lambda value: isinstance(value, float),
    "a fraction of more than 15 digits": lambda value: (
        isinstance(value, float) and float(f"{value:.15g}") != value
    ),
    "the empty text": lambda value: value == "",
    "text of ASCII": lambda value: isinstance(value, str) and value != "" and value.isascii(),
    "text beyond ASCII": lambda value: isinstance(value, str) and not value.isascii(),
    "text with a control character": lambda value: (
        isinstance(value, str) and re.search(r"[\x00-\x1f]", value) is not None
    ),
    "text of more than 1,000 characters": lambda value: (
        isinstance(value, str) and len(value) > 1000
    ),
    "a date": lambda value: instant(value) is not None and "T" not in value,
    "a date with a time": lambda value: instant(value) is not None and "T" in value,
    "null": lambda value: value is None,
    "an object": lambda value: isinstance(value, dict),
    "an object in an object": lambda value: (
        isinstance(value, dict) and any(isinstance(inner, dict) for inner in value.values())
    ),
    "an array": lambda value: isinstance(value, list),
}  # fmt: skip
NAMES: dict[str, Callable[[str], bool]] = {
    "in camelCase": lambda name: re.search("[a-z][A-Z]", name) is not None,
    "in snake_case": lambda name: re.search("[a-z]_[a-z]", name) is not None,
    "with white space": lambda name: re.search(r"\S\s+\S", name) is not None,
    "with punctuation": lambda name: re.search(r"[^\w\s]", name) is not None,
    "beyond ASCII": lambda name: not name.isascii(),
    "that is a word of a programming language": lambda name: (
        name in ("constructor", "toString", "__proto__", "hasOwnProperty", "class", "None")
    ),
}
IDENTIFIED = ("an address", "a user id", "both", "neither")
SEQUENCES = [(before, after) for before in IDENTIFIED[:3] for after in IDENTIFIED[:3]]


def features() -> list[str]:
    """Return all features, in the order in which they are shown."""
    return [
        *(f"type: {kind}" for kind in TYPES),
        *(f"field: {name}" for name in FIELDS),
        *(f"field: context.{name}" for name in IN_CONTEXT),
        *(f"{kind} name {which}" for kind in ("trait's", "event's") for which in NAMES),
        *(f"trait: {kind}" for kind in VALUES),
        *(f"property: {kind}" for kind in VALUES),
        *(f"named by {which}" for which in IDENTIFIED),
        "user id: a number", "user id: blank or null", "user id: of a wrong type",
        "address: blank or null", "address: of a wrong type", "address: in context.traits only",
        "address: two that differ", "_NewEmail: in traits", "_NewEmail: in properties",
        *(f"the same person by {one}, then by {other}" for one, other in SEQUENCES),
        "two people on one device", "the same message again", "an earlier message again, late",
        "Engage: entered", "Engage: left", "Engage: a computed trait", "Engage: an event",
    ]  # fmt: skip


def reached(messages: Iterable[Message]) -> Counter[str]:
    """Count the messages of a run, in their order, that have each feature."""
    counts: Counter[str] = Counter()
    by_example: defaultdict[str, list[Message]] = defaultdict(list)
    for message in messages:
        example = message["messageId"].partition("-")[0]
        counts.update(set(_of_message(message)) | set(_in_sequence(message, by_example[example])))
        by_example[example].append(message)
    return counts


def _of_message(message: Message) -> Iterator[str]:
    yield f"type: {message['type']}"
    yield from (f"field: {name}" for name in FIELDS if name in message)
    context = _object(message.get("context"))
    yield from (f"field: context.{name}" for name in IN_CONTEXT if name in context)
    traits, properties = (_object(message.get(name)) for name in ("traits", "properties"))
    event = message.get("event", "")
    for which, has in NAMES.items():
        if any(map(has, traits)):
            yield f"trait's name {which}"
        if has(event):
            yield f"event's name {which}"
    for kind, is_kind in VALUES.items():
        if any(map(is_kind, traits.values())):
            yield f"trait: {kind}"
        if any(map(is_kind, properties.values())):
            yield f"property: {kind}"
    yield from _identifiers(message, traits or properties, _object(context.get("traits")))
    yield from (f"_NewEmail: in {name}" for name in ("traits", "properties")
                if "_NewEmail" in _object(message.get(name)))  # fmt: skip
    yield from _engage(message, traits, _object(context.get("personas")))


def _identifiers(message: Message, own: Message, context: Message) -> Iterator[str]:
    user, email = message.get("userId"), own.get("email")
    yield f"named by {_named(message)}"
    if isinstance(user, int | float) and not isinstance(user, bool):
        yield "user id: a number"
    elif isinstance(user, bool | list | dict):
        yield "user id: of a wrong type"
    elif "userId" in message and not (user or "").strip():
        yield "user id: blank or null"
    if email is not None and not isinstance(email, str):
        yield "address: of a wrong type"
    elif "email" in own and not (email or "").strip():
        yield "address: blank or null"
    if context.get("email") and not email:
        yield "address: in context.traits only"
    if context.get("email") and email and context["email"] != email:
        yield "address: two that differ"


def _engage(message: Message, traits: Message, personas: Message) -> Iterator[str]:
    if not personas:
        return
    value = traits.get(personas["computation_key"])
    if message["type"] == "track":
        yield "Engage: an event"
    elif personas["computation_class"] == "trait":
        yield "Engage: a computed trait"
    else:
        yield "Engage: entered" if value else "Engage: left"


def _in_sequence(message: Message, earlier: list[Message]) -> Iterator[str]:
    person = _person(message, earlier)
    for before in earlier:
        if before["messageId"] == message["messageId"]:
            late = before["messageId"] != earlier[-1]["messageId"]
            yield "an earlier message again, late" if late else "the same message again"
        if _who(before) & person:
            yield f"the same person by {_named(before)}, then by {_named(message)}"
        elif (
            (device := before.get("anonymousId"))
            and device == message.get("anonymousId")
            and _who(before)
            and person
        ):
            yield "two people on one device"


def _person(message: Message, earlier: list[Message]) -> set[str]:
    """Return all identifiers of the person whom a message names, as messages have joined them."""
    person = _who(message)
    for _ in earlier:  # as often as one may lead to another
        joined = person.union(*(_who(one) for one in earlier if _who(one) & person))
        if joined == person:
            break
        person = joined
    return person


def _who(message: Message) -> set[str]:
    """Return what names somebody, without what marks the example."""
    own = _object(message.get("traits")) or _object(message.get("properties"))
    email = own.get("email") or _object(_object(message.get("context")).get("traits")).get("email")
    user = message.get("userId")
    return {f"{kind}:{value}" for kind, value in (("user", user), ("email", email)) if value}


def _named(message: Message) -> str:
    kinds = {one.partition(":")[0] for one in _who(message)}
    if len(kinds) == 2:
        return "both"
    return {"user": "a user id", "email": "an address"}.get("".join(kinds), "neither")


def _object(value: Any) -> Message:
    return value if isinstance(value, dict) else {}


def _is_int(value: object) -> bool:
    return isinstance(value, int) and not isinstance(value, bool)
