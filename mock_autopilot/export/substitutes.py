"""What stands in place of a text, a number or a date: the same for the same, another for another.

Pure but for the memory of what was replaced already.
"""

import re
from collections import Counter
from collections.abc import Callable
from datetime import date, timedelta

from mock_autopilot.account.fields import FIELDS, is_date, scalar_text
from mock_autopilot.account.ids import CONTACT_PREFIX
from mock_autopilot.storage.base import address_key

_STYLES = {
    "FirstName": "First{}",
    "LastName": "Last{}",
    "Name": "First{0} Last{0}",
    "Company": "Company {}",
    "Phone": "555-{:04}",
    "MobilePhone": "555-{:04}",
    "Fax": "555-{:04}",
    "user_id": "user-{}",
    "anonymous_id": "user-{}",
}
"""How texts that are seen first in such a field are replaced; others become `text-1`, …."""
_TEXT = "text-{}"
_NUMBER = re.compile(r"-?(0|[1-9][0-9]{0,99})(\.[0-9]{1,99})?", re.ASCII)
_FIRST_NUMBER = 1001
_FIRST_DATE = date(2001, 1, 1)
_ADDRESS = re.compile(r"[^\s@]+@[^\s@]+")


class Substitutes:
    """Replaces values. White space around a text stays, and a blank text."""

    def __init__(self) -> None:
        self._texts: dict[str, str] = {}
        self._addresses: dict[str, str] = {}
        """The substitutes of addresses, by how addresses are compared."""
        self._spellings: dict[str, list[str]] = {}
        """In which letter cases each address was written."""
        self._numbers: dict[str, int] = {}
        self._personal: set[str] = set()
        self._used: Counter[str] = Counter()

    @property
    def personal(self) -> list[str]:
        """What was replaced in a field that is about a person: its texts, and all addresses."""
        return [*self._personal, *self._addresses]

    def identifier(self, text: str, field: str) -> str:
        """Return the substitute of what identifies somebody: with an @ where the text has one."""
        return self._around(text, lambda inner: self._identifier(inner, field))

    def text(self, text: str, field: str = "") -> str:
        """Return the substitute of any text; `field` is the name of the field that has it."""
        return self._around(text, lambda inner: self._any(inner, field))

    def number(self, value: float) -> float:
        """Return the substitute of a number: a whole one for a whole one."""
        number = self._number(scalar_text(value) or "")
        if isinstance(value, int):
            return number
        return float(number) if value.is_integer() else number + 0.5

    def contact_id(self, text: str) -> str:
        """Return the substitute of a contact's id that names no contact of the recording."""
        if text not in self._texts:
            self._texts[text] = f"{CONTACT_PREFIX}other{self._next('id')}"
        return self._texts[text]

    def _around(self, text: str, substitute: Callable[[str], str]) -> str:
        inner = text.strip()
        if not inner:
            return text
        begin = text.index(inner)
        return text[:begin] + substitute(inner) + text[begin + len(inner) :]

    def _identifier(self, text: str, field: str) -> str:
        return self._address(text) if "@" in text else self._any(text, field)

    def _any(self, text: str, field: str) -> str:
        if _ADDRESS.fullmatch(text) or address_key(text) in self._addresses:
            return self._address(text)
        if field in FIELDS:
            self._personal.add(text)
        if text in self._texts:
            return self._texts[text]
        if text.startswith(CONTACT_PREFIX):
            return self.contact_id(text)
        if is_date(text):
            day = _FIRST_DATE + timedelta(days=self._next("date"))
            substitute = f"{day}" if len(text) == len("2001-01-01") else f"{day}T00:00:00.000Z"
        elif _NUMBER.fullmatch(text) and scalar_text(_parsed(text)) == text:
            number = self._number(text)
            substitute = f"{number}.5" if "." in text else str(number)
        else:
            style = _STYLES.get(field, _TEXT)
            substitute = style.format(self._next(style))
        return self._texts.setdefault(text, substitute)

    def _address(self, text: str) -> str:
        key = address_key(text)
        if key not in self._addresses:
            self._addresses[key] = f"person{self._next('address')}@example.com"
        spellings = self._spellings.setdefault(key, [])
        if text not in spellings:
            spellings.append(text)
        return _spelled(self._addresses[key], spellings.index(text))

    def _number(self, text: str) -> int:
        return self._numbers.setdefault(text, _FIRST_NUMBER + len(self._numbers))

    def _next(self, style: str) -> int:
        self._used[style] += 1
        return self._used[style]


def _spelled(address: str, variant: int) -> str:
    """Return an address in one of its letter cases: the first one is all small."""
    letters = [at for at, char in enumerate(address) if char.isalpha()]
    capitals = {at for bit, at in enumerate(letters) if variant >> bit & 1}
    return "".join(char.upper() if at in capitals else char for at, char in enumerate(address))


def _parsed(text: str) -> float:
    return float(text) if "." in text else int(text)
