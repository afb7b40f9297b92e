"""Mistakes in texts, names, numbers of traits and dates: IDN-06 to IDN-09."""

import html
import re
from datetime import UTC, datetime
from typing import Any

from tests.contract.forwarders.broken.table import Dates, Texts, broken, without
from tests.contract.forwarders.forwarder import Forwarder, Json, snake


@broken("IDN-06", "A text of digits is said to be an integer.")
class DigitsAreInteger(Forwarder):
    def custom_type(self, value: object) -> str:
        digits = isinstance(value, str) and value.isdecimal()
        return "integer" if digits else super().custom_type(value)


@broken("IDN-06", "White space at both ends of a text is stripped.")
class TextStripped(Texts):
    def text(self, text: str) -> str:
        return text.strip()


@broken("IDN-06", "Text is cut off at 255 characters.")
class TextTruncated(Texts):
    def text(self, text: str) -> str:
        return text[:255]


@broken("IDN-06", "Characters that are not ASCII are dropped.")
class TextIsAscii(Texts):
    def text(self, text: str) -> str:
        return text.encode("ascii", "ignore").decode()


@broken("IDN-06", "Text is escaped as if for a web page.")
class TextIsHtml(Texts):
    def text(self, text: str) -> str:
        return html.escape(text)


@broken("IDN-06", "UTF-8 is read as Latin-1.")
class TextIsLatin(Texts):
    def text(self, text: str) -> str:
        return text.encode().decode("latin-1")


@broken("IDN-06", "Runs of white space become one space.")
class TextCollapsed(Texts):
    def text(self, text: str) -> str:
        return re.sub(r"\s+", " ", text)


@broken("IDN-06", "Characters beyond 16 bits, such as emoji, become question marks.")
class TextIs16Bits(Texts):
    def text(self, text: str) -> str:
        return re.sub(r"[^\u0000-\uffff]", "?", text)


@broken("IDN-07", "The names of custom fields are in title case.")
class NameIsTitle(Forwarder):
    def custom_name(self, name: str) -> str:
        return super().custom_name(name.title())


@broken("IDN-07", "The names of custom fields are in lower case.")
class NameIsLower(Forwarder):
    def custom_name(self, name: str) -> str:
        return super().custom_name(name.lower())


@broken("IDN-07", "The names of custom fields are in snake_case.")
class NameIsSnake(Forwarder):
    def custom_name(self, name: str) -> str:
        return snake(name) or name


@broken("IDN-07", "White space in the name of a custom field becomes an underscore.")
class NameHasUnderscores(Forwarder):
    def custom_name(self, name: str) -> str:
        return re.sub(r"\s", "_", name)


@broken("IDN-07", "Punctuation in the name of a custom field is dropped.")
class NameIsWordsOnly(Forwarder):
    def custom_name(self, name: str) -> str:
        return super().custom_name(re.sub(r"[^\w\s]", "", name))


@broken("IDN-08", "Only the first 20 traits are sent.")
class First20Traits(Forwarder):
    def fields(self, traits: Json) -> Json:
        return super().fields(dict(list(traits.items())[:20]))


@broken("IDN-08", "Only the first 50 custom fields are sent.")
class First50Custom(Forwarder):
    def fields(self, traits: Json) -> Json:
        fields = super().fields(traits)
        custom = dict(list(fields.get("custom", {}).items())[:50])
        return {**fields, "custom": custom} if custom else fields


@broken("IDN-08", "Only Segment's reserved traits are sent.")
class ReservedOnly(Forwarder):
    def fields(self, traits: Json) -> Json:
        return without(super().fields(traits), "custom")


@broken("IDN-08", "Of each type of value, only the last trait is sent.")
class OneOfEachType(Forwarder):
    def fields(self, traits: Json) -> Json:
        fields = super().fields(traits)
        last = {key.partition("--")[0]: key for key in fields.get("custom", {})}
        custom = {key: fields["custom"][key] for key in last.values()}
        return {**fields, "custom": custom} if custom else fields


@broken("IDN-09", "A date is sent as seconds since 1970.")
class DateIsSeconds(Dates):
    def date(self, date: str) -> Any:
        moment = datetime.fromisoformat(date)
        return int((moment if moment.tzinfo else moment.replace(tzinfo=UTC)).timestamp())


@broken("IDN-09", "The time behind a date is cut off.")
class DateHasNoTime(Dates):
    def date(self, date: str) -> Any:
        return date[:10]


@broken("IDN-09", "A date is read and written again, without fractions of a second.")
class DateRewritten(Dates):
    def date(self, date: str) -> Any:
        return datetime.fromisoformat(date).isoformat(timespec="seconds")


@broken("IDN-09", "A date is written as people read it, in a field of type string.")
class DateIsWords(Dates):
    def date(self, date: str) -> Any:
        return datetime.fromisoformat(date).strftime("%d %B %Y %H:%M:%S.%f")


@broken("IDN-09", "A date is written as day, month, year.")
class DateIsLocal(Dates):
    def date(self, date: str) -> Any:
        return datetime.fromisoformat(date).strftime("%d/%m/%Y")
