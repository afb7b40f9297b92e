"""Freedoms in the properties of events, and in how texts and numbers are written."""

import re
import unicodedata
from typing import Any

from tests.contract.forwarders.broken.events import OncePerContent
from tests.contract.forwarders.broken.exactness import NoNullProperties, NoNullsInside, deep, digits
from tests.contract.forwarders.forwarder import Forwarder, Json, Outcome
from tests.contract.forwarders.variants.table import variant

variant("The same event again may make no second entry.", "TRK-04")(OncePerContent)
variant("A null property may be left out.", "TRK-11")(NoNullProperties)
variant("A null inside a property may be left out.", "TRK-11")(NoNullsInside)


@variant("The address and the new one may stay among the properties.")
class KeepsAddress(Forwarder):
    def properties(self, message: Json) -> Json:
        return dict(self.own(message))


@variant("An event may have more properties than were sent.", "TRK-10")
class MoreProperties(Forwarder):
    def properties(self, message: Json) -> Json:
        names = ("messageId", "timestamp", "event", "userId")
        more = {name: message[name] for name in names if name in message}
        return {**more, "email": self.email(message), **super().properties(message)}


class Rewritten(Forwarder):
    """Rewrites the texts of a message, those that identify and those that are names too."""

    def rewritten(self, text: str) -> str:
        return text

    def everywhere(self, value: Any) -> Any:
        if isinstance(value, dict):
            return {self.rewritten(k): self.everywhere(v) for k, v in value.items()}
        if isinstance(value, list):
            return [self.everywhere(one) for one in value]
        return self.rewritten(value) if isinstance(value, str) else value

    def __call__(self, message: Json) -> Outcome:
        return super().__call__(self.everywhere(message))


@variant("Text may be brought into a normal form.", "IDN-20", "TRK-12", "ENG-10")
class Composed(Rewritten):
    def rewritten(self, text: str) -> str:
        return unicodedata.normalize("NFKC", text)


@variant("Text may be taken apart by a normal form.", "IDN-20", "TRK-12", "ENG-10")
class Decomposed(Rewritten):
    def rewritten(self, text: str) -> str:
        return unicodedata.normalize("NFD", text)


@variant("Text may have other line ends.", "IDN-20", "TRK-12", "ENG-10")
class CarriageReturns(Rewritten):
    def rewritten(self, text: str) -> str:
        return re.sub("\r\n?|\n", "\r\n", text)


@variant("Numbers may be written with 15 digits.", "IDN-21", "TRK-12", "ENG-10")
class Digits15(Forwarder):
    def __call__(self, message: Json) -> Outcome:
        return super().__call__(deep(message, lambda value: digits(value, 15)))
