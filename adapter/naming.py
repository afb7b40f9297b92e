"""How names and values are written at Autopilot: snake_case, custom keys, custom types."""

import re
import unicodedata
from datetime import datetime

from adapter.errors import InvalidName

#: Up to here a float holds every integer, so an integral float is taken for an integer.
MAX_EXACT_INTEGER = 2**53

_WORD = re.compile(r"[^\W_]+")
_WHITE_SPACE = re.compile(r"\s")
_DATE = re.compile(
    r"[0-9]{4}-[0-9]{2}-[0-9]{2}"
    r"(T[0-9]{2}:[0-9]{2}(:[0-9]{2}([.,][0-9]+)?)?(Z|[+-][0-9]{2}(:?[0-9]{2})?)?)?"
)


def snake_case(name: str) -> str:
    """Return `name` in snake_case, as an audience's name becomes a trait's (`seed`, `ours`).

    Lower case; every run of characters that are neither letters nor digits is one `_`; `aB` and
    `ABc` are word boundaries, digits make none on either side; no `_` at either end. Idempotent.
    `Order Completed Last 30days` gives `order_completed_last_30days`.

    Raises:
        InvalidName: `name` has no letter or digit.

    """
    # NFKC, so that an accent stays with its letter, and every capital has a lower-case form.
    text = unicodedata.normalize("NFKC", name)
    written = []
    for before, char, after in zip(" " + text, text, text[1:] + " ", strict=False):
        if char.isupper() and (before.islower() or (before.isupper() and after.islower())):
            written.append("_")
        # 'İ' alone has a lower case of two characters; the second, an accent, would be a word
        # boundary if the result were converted again.
        written.append(char.lower()[0])
    words = _WORD.findall(unicodedata.normalize("NFKC", "".join(written)))
    if not words:
        raise InvalidName(f"{name!r} has no letter or digit: give it a name that has one")
    return "_".join(words)


def spelling(name: str) -> str:
    """Return the form that all spellings of a name share: `firstName`, `first_name`, …"""
    return name.replace("_", "").lower()


def custom_type(value: bool | float | str) -> str:
    """Return the custom-field type of `value`: boolean, integer, float, date or string (`client`).

    An integral float within ±2^53 is an integer. A date is ISO-8601 in the extended format, with
    or without a time, and one that exists: `2024-02-30` is a string.
    """
    if isinstance(value, bool):
        return "boolean"
    if isinstance(value, int):
        return "integer"
    if isinstance(value, float):
        return "integer" if _is_whole(value) else "float"
    return "date" if _is_date(value) else "string"


def custom_key(kind: str, name: str) -> str:
    """Return the key of a custom field: `<type>--<name>`, white space written `--` (`client`)."""
    return f"{kind}--{_WHITE_SPACE.sub('--', name)}"


def name_in_key(key: str) -> str:
    """Return the name that Autopilot reads out of a custom field's key."""
    return key.partition("--")[2].replace("--", " ")


def number_text(number: int | float) -> str:
    """Return a number as text, as an id or a telephone number is written: 5.0 is `5`."""
    return str(int(number) if isinstance(number, float) and _is_whole(number) else number)


def _is_whole(number: float) -> bool:
    return number.is_integer() and abs(number) <= MAX_EXACT_INTEGER


def _is_date(text: str) -> bool:
    if not _DATE.fullmatch(text):
        return False
    try:
        datetime.fromisoformat(text)
    except ValueError:
        return False
    return True
