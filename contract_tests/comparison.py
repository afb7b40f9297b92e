"""Whether a value that arrived is the value that was sent."""

import json
import math
import re
import unicodedata
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

EXACT = "exact"
"""Strictness: texts agree code point for code point, numbers in every digit."""
NULLS = "nulls"
"""Strictness: a null property has arrived."""
ONLY = "only"
"""Strictness: an event has no other properties than those that were sent."""


@dataclass(frozen=True)
class Missing:
    """Stands for a value that did not arrive."""

    def __repr__(self) -> str:
        return "nothing"


def same(expected: Any, arrived: Any) -> bool:
    """Return whether two JSON values are the same: 5 and 5.0 are, true and 1 are not."""
    if isinstance(expected, dict) and isinstance(arrived, dict):
        return expected.keys() == arrived.keys() and all(
            same(value, arrived[key]) for key, value in expected.items()
        )
    if isinstance(expected, list) and isinstance(arrived, list):
        return len(expected) == len(arrived) and all(map(same, expected, arrived))
    if isinstance(expected, bool) or isinstance(arrived, bool):
        return expected is arrived
    if isinstance(expected, float) and isinstance(arrived, int):
        return expected == _float(arrived)  # 1.5e300 may be written with all its digits
    if isinstance(expected, int | float) and isinstance(arrived, int | float):
        return expected == arrived
    return type(expected) is type(arrived) and bool(expected == arrived)


def agrees(expected: Any, arrived: Any, strict: Collection[str] = ()) -> bool:
    """Return whether a value arrived as a MUST requires, or as `strict` requires beyond it.

    Text may come in another Unicode normal form and with other line ends. Whole numbers within
    ±2^53 are exact, of others 15 significant digits count. A null in an object may be left out.
    """
    if isinstance(expected, dict) and isinstance(arrived, dict):
        names = {_text(name, strict) for name in expected}
        there = {_text(name, strict): value for name, value in arrived.items()}
        return there.keys() <= names and all(
            _has(there, _text(name, strict), value, strict) for name, value in expected.items()
        )
    if isinstance(expected, list) and isinstance(arrived, list):
        return len(expected) == len(arrived) and all(
            agrees(one, other, strict) for one, other in zip(expected, arrived, strict=True)
        )
    if isinstance(expected, str) and isinstance(arrived, str):
        return _text(expected, strict) == _text(arrived, strict)
    if EXACT not in strict and _is_inexact(expected) and _is_number(arrived):
        return math.isclose(_float(expected), _float(arrived), rel_tol=1e-14)
    return same(expected, arrived)


def _has(there: Mapping[str, Any], name: str, expected: Any, strict: Collection[str]) -> bool:
    if name not in there:
        return expected is None and NULLS not in strict
    return agrees(expected, there[name], strict)


def _text(text: str, strict: Collection[str] = ()) -> str:
    """Return a text in one normal form with one kind of line end, unless it has to be exact."""
    if EXACT in strict:
        return text
    return unicodedata.normalize("NFKC", re.sub("\r\n?", "\n", text))


def _is_number(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def _is_inexact(value: Any) -> bool:
    """Return whether a value is a number that a writer of 15 digits may change."""
    return _is_number(value) and not (value == round(value) and abs(value) <= 2**53)


def _float(number: float) -> float:
    try:
        return float(number)
    except OverflowError:
        return math.inf if number > 0 else -math.inf


# --- events ---


def entries_agree(
    sent: list[dict[str, Any]], arrived: list[dict[str, Any]], strict: Collection[str] = ()
) -> bool:
    """Return whether the properties of these entries are those that were sent.

    There may be others beside them, unless `ONLY`. Whether the address that identifies is among
    them is each forwarder's choice and never compared.
    """
    return len(sent) == len(arrived) and all(
        agrees(expected, _comparable(expected, entry, strict), strict)
        for expected, entry in zip(sent, arrived, strict=True)
    )


def _comparable(
    sent: dict[str, Any], arrived: dict[str, Any], strict: Collection[str]
) -> dict[str, Any]:
    names = {_text(name, strict) for name in sent}
    if ONLY not in strict:
        return {name: value for name, value in arrived.items() if _text(name, strict) in names}
    return {
        name: value
        for name, value in arrived.items()
        if name in sent or name.lower() not in ("email", "_newemail")
    }


# --- contacts ---


def matching(
    contacts: Iterable[dict[str, Any]], identifiers: Mapping[str, str]
) -> list[dict[str, Any]]:
    """Return the contacts that have all of these identifiers.

    The letter case counts of a user id; the normal form counts of neither.
    """

    def normal(name: str, value: object) -> str:
        return _text(str(value).lower() if name == "Email" else str(value))

    return [
        contact
        for contact in contacts
        if all(
            normal(name, contact.get(name)) == normal(name, v) for name, v in identifiers.items()
        )
    ]


def custom_fields(contact: dict[str, Any]) -> dict[str, Any]:
    """Return the values of a contact's custom fields by name."""
    return {field["kind"]: field["value"] for field in contact.get("custom_fields", [])}


def custom_name(field: dict[str, Any]) -> str:
    """Return the name under which a custom field is sent."""
    name: str = field["kind"].replace(" ", "--")
    return f"{field['fieldType']}--{name}"


def named(contact: dict[str, Any], name: str) -> Any:
    """Return what a contact has under a trait's name: a custom field, or a field of that name."""
    custom = _custom_field(contact, name)
    return custom["value"] if custom else contact.get(name, Missing())


def type_named(contact: dict[str, Any], name: str) -> str | None:
    """Return the type of a trait's custom field; None when there is no such field."""
    custom = _custom_field(contact, name)
    return custom["fieldType"] if custom else None


def trait_agrees(
    expected: Any, contact: dict[str, Any], name: str, strict: Collection[str] = ()
) -> bool:
    """Return whether a trait arrived; None is for one that must not be there.

    A date in a custom field of type date is compared by the instant: the account may write it in
    another way than it was sent.
    """
    arrived = named(contact, name)
    if expected is None:
        return isinstance(arrived, Missing)
    then = instant(expected)
    if then and type_named(contact, name) == "date":
        return instant(arrived) == then
    return agrees(expected, arrived, strict)


def part_arrived(
    contact: dict[str, Any], path: str, value: Any, fields: Mapping[str, Any] | None = None
) -> bool:
    """Return whether a trait, or a part of an object, arrived at one of its possible places.

    These are the standard `fields` with the values there, a custom field of the path's names with
    any separator between them, and a custom field that holds the object as JSON text.
    """
    if fields and all(agrees(v, contact.get(name, Missing())) for name, v in fields.items()):
        return True
    custom = {_letters(name): value for name, value in custom_fields(contact).items()}
    if agrees(value, custom.get(_letters(path), Missing())):
        return True
    whole, *parts = path.split(".")
    found = _parsed(custom.get(_letters(whole)))
    for part in parts:
        found = _part(found, part)
    return bool(parts) and agrees(value, found)


def _part(whole: object, name: str) -> Any:
    """Return what an object has under a name, or an array at a number."""
    if isinstance(whole, dict):
        return whole.get(name, Missing())
    if isinstance(whole, list) and name.isdecimal() and int(name) < len(whole):
        return whole[int(name)]
    return Missing()


def _letters(name: str) -> str:
    return "".join(char for char in name if char.isalnum()).lower()


def _parsed(text: object) -> Any:
    try:
        return json.loads(text) if isinstance(text, str) else Missing()
    except ValueError:
        return Missing()


def _custom_field(contact: dict[str, Any], name: str) -> dict[str, Any] | None:
    kind = re.sub(r"\s", " ", name)  # white space goes in as --, and comes out as a space
    fields: list[dict[str, Any]] = contact.get("custom_fields", [])
    exact = [field for field in fields if field["kind"] == kind]
    alike = exact or [field for field in fields if _text(field["kind"]) == _text(kind)]
    return alike[0] if alike else None


# --- types and dates ---

_DATE = re.compile(r"\d{4}-\d\d-\d\d(T.*)?", re.ASCII)


def types(value: object) -> list[str]:
    """Return the types that a custom field of this value may have."""
    if isinstance(value, bool):
        return ["boolean"]
    if isinstance(value, int | float):
        return ["integer", "float"] if float(value).is_integer() else ["float"]
    dated = isinstance(value, str) and _DATE.fullmatch(value)
    return ["string", "date"] if dated else ["string"]


def instant(value: object) -> datetime | None:
    """Return the instant that a date stands for, to the millisecond; None for what is no date.

    One without an offset is in UTC.
    """
    if not isinstance(value, str) or not _DATE.fullmatch(value):
        return None
    try:
        moment = datetime.fromisoformat(value)
    except ValueError:
        return None
    moment = moment.replace(microsecond=moment.microsecond // 1000 * 1000)
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)
