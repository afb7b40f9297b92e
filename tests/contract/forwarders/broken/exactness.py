"""Mistakes at the level SHOULD: what arrives otherwise than it was sent, and what is added."""

import unicodedata
from collections.abc import Callable
from typing import Any

from tests.contract.forwarders.broken.computed import Computed
from tests.contract.forwarders.broken.events import Properties
from tests.contract.forwarders.broken.table import Texts, Values, broken
from tests.contract.forwarders.forwarder import Forwarder, Json


def digits(value: Any, number: int) -> Any:
    """Write a number with a point in so many significant digits."""
    return float(f"{value:.{number}g}") if isinstance(value, float) else value


def nfkd(value: Any) -> Any:
    return unicodedata.normalize("NFKD", value) if isinstance(value, str) else value


def deep(value: Any, change: Callable[[Any], Any]) -> Any:
    """Change every value inside a value, but none of its names."""
    if isinstance(value, dict):
        return {name: deep(inner, change) for name, inner in value.items()}
    if isinstance(value, list):
        return [deep(inner, change) for inner in value]
    return change(value)


# --- IDR-12 ---


@broken("IDR-12", "A user id of true or false is the text True or False.")
class BooleanIsUser(Forwarder):
    def user_id(self, value: object) -> str | None:
        return str(value) if isinstance(value, bool) else super().user_id(value)


@broken("IDR-12", "A number for an address is its text.")
class NumberIsAddress(Forwarder):
    def address(self, value: object) -> str | None:
        number = isinstance(value, int | float) and not isinstance(value, bool)
        return super().address(str(value) if number else value)


@broken("IDR-12", "Of an array of addresses the first one identifies.")
class FirstAddress(Forwarder):
    def address(self, value: object) -> str | None:
        return super().address(value[0] if isinstance(value, list) and value else value)


# --- IDN-19 ---


class Clears(Forwarder):
    """Base of broken ones: sends null for traits that are null where it `clears`."""

    def clears(self, name: str) -> bool:
        return False

    def contact(self, message: Json) -> Json:
        contact = super().contact(message)
        nulls = [n for n, value in self.traits(message).items() if value is None and self.clears(n)]
        fields = {field: None for name in nulls if (field := self.field(name))}
        custom = {f"string--{self.custom_name(n)}": None for n in nulls if not self.field(n)}
        both = {**contact.get("custom", {}), **custom}
        return {**contact, **fields, **({"custom": both} if both else {})}


@broken("IDN-19", "null is sent, and clears the field.")
class NullClears(Clears):
    def clears(self, name: str) -> bool:
        return True


@broken("IDN-19", "null clears standard fields.")
class NullClearsFields(Clears):
    def clears(self, name: str) -> bool:
        return self.field(name) is not None


@broken("IDN-19", "null clears custom fields.")
class NullClearsCustom(Clears):
    def clears(self, name: str) -> bool:
        return self.field(name) is None


# --- IDN-20, IDN-21 ---


@broken("IDN-20", "Text is normalised, so that ligatures and full-width letters turn into others.")
class TextNormalised(Texts):
    def text(self, text: str) -> str:
        return unicodedata.normalize("NFKD", text)


@broken("IDN-20", "Letters with accents are composed.")
class TextComposed(Texts):
    def text(self, text: str) -> str:
        return unicodedata.normalize("NFC", text)


@broken("IDN-20", "Lines end with CR and LF.")
class TextHasCarriageReturns(Texts):
    def text(self, text: str) -> str:
        return text.replace("\r\n", "\n").replace("\n", "\r\n")


@broken("IDN-21", "Numbers are written with 15 digits.")
class FifteenDigits(Values):
    def value(self, value: Any) -> Any:
        return digits(value, 15)


@broken("IDN-21", "Numbers are written with 16 digits.")
class SixteenDigits(Values):
    def value(self, value: Any) -> Any:
        return digits(value, 16)


# --- IDN-22 ---


@broken("IDN-22", "Every contact has Segment as its source.")
class SourceMark(Forwarder):
    def contact(self, message: Json) -> Json:
        return {"LeadSource": "Segment", **super().contact(message)}


@broken("IDN-22", "An event before any identify calls the contact Unknown.")
class CalledUnknown(Forwarder):
    def contact(self, message: Json) -> Json:
        contact = super().contact(message)
        who = message.get("userId") or self.email(message)
        first = self.memory.setdefault(who, message["type"]) == "track"
        return {"Title": "Unknown", **contact} if message["type"] == "track" and first else contact


@broken("IDN-22", "Every contact is said to be subscribed.")
class Subscribed(Forwarder):
    def contact(self, message: Json) -> Json:
        return {"unsubscribed": False, **super().contact(message)}


# --- TRK-10 to TRK-12 ---


@broken("TRK-10", "The messageId is added to the properties.")
class AddsMessageId(Forwarder):
    def properties(self, message: Json) -> Json:
        return {**super().properties(message), "messageId": message.get("messageId")}


@broken("TRK-10", "The event's name is added to the properties.")
class AddsEvent(Forwarder):
    def properties(self, message: Json) -> Json:
        return {**super().properties(message), "event": message["event"]}


@broken("TRK-11", "Properties that are null are left out.")
class NoNullProperties(Properties):
    def changed(self, properties: Json) -> Json:
        return {name: value for name, value in properties.items() if value is not None}


@broken("TRK-11", "What is null inside a property is left out.")
class NoNullsInside(Properties):
    def changed(self, properties: Json) -> Json:
        return {name: self.lacking(value) for name, value in properties.items()}

    def lacking(self, value: Any) -> Any:
        if isinstance(value, list):
            return [self.lacking(one) for one in value]
        if isinstance(value, dict):
            return {k: self.lacking(v) for k, v in value.items() if v is not None}
        return value


@broken("TRK-12", "Numbers among the properties are written with 15 digits.")
class PropertiesHave15Digits(Properties):
    def changed(self, properties: Json) -> Json:
        changed: Json = deep(properties, lambda value: digits(value, 15))
        return changed


@broken("TRK-12", "Texts among the properties are normalised.")
class PropertiesNormalised(Properties):
    def changed(self, properties: Json) -> Json:
        changed: Json = deep(properties, nfkd)
        return changed


# --- ENG-10 ---


@broken("ENG-10", "Computed traits are written with 15 digits.")
class ComputedHas15Digits(Computed):
    def value(self, value: Any) -> Any:
        return digits(value, 15)


@broken("ENG-10", "Texts of computed traits are normalised.")
class ComputedNormalised(Computed):
    def value(self, value: Any) -> Any:
        return nfkd(value)
