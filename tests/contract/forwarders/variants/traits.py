"""Freedoms in what of an identify arrives, and where."""

import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta, timezone
from typing import Any, ClassVar

from tests.contract.forwarders.broken.exactness import NullClears
from tests.contract.forwarders.correct import StringsForDates
from tests.contract.forwarders.forwarder import Answer, Forwarder, Json, folded
from tests.contract.forwarders.variants.table import variant

variant("A date may travel as a string.")(StringsForDates)
variant("A null trait may be passed on, and clears the field.", "IDN-19")(NullClears)


@variant("The context.traits of an identify may arrive.")
class ContextTraits(Forwarder):
    def traits(self, message: Json) -> Json:
        return {**self.person(message), **super().traits(message)}


@variant("The context.traits of a track need not arrive.")
class NoContextTraits(Forwarder):
    def traits(self, message: Json) -> Json:
        return {} if message["type"] == "track" else super().traits(message)


@variant("An unsubscribed in the context.traits of a track need not arrive.")
class TrackSubscribesNobody(Forwarder):
    def traits(self, message: Json) -> Json:
        traits = super().traits(message)
        track = message["type"] == "track"
        return {k: v for k, v in traits.items() if not (track and folded(k) == "unsubscribed")}


@variant("A text for unsubscribed may count.")
class UnsubscribedText(Forwarder):
    def standard(self, field: str, value: object) -> Any:
        words = {"true": True, "yes": True, "1": True, "false": False, "no": False, "0": False}
        if field == "unsubscribed" and not isinstance(value, bool):
            return words.get(str(value).lower())
        return super().standard(field, value)


@variant("A name of one word may clear the last name.")
class OneWordClears(Forwarder):
    def split_name(self, name: str, fields: Json) -> bool:
        if " " not in name.strip():
            fields.setdefault("LastName", "")
        return super().split_name(name, fields)


@variant("name may be a custom field.")
class NameIsCustom(Forwarder):
    def is_name(self, name: str, value: object) -> bool:
        return False


@variant("name may be in both its fields and a custom one.")
class NameInBoth(Forwarder):
    def split_name(self, name: str, fields: Json) -> bool:
        super().split_name(name, fields)
        return False


@variant("The parts of an address may be custom fields.")
class AddressIsCustom(Forwarder):
    def field(self, name: str) -> str | None:
        found = super().field(name)
        return None if found and found.startswith("Mailing") else found


class Separated(Forwarder):
    """Names the parts of objects with a separator of its own."""

    separator: ClassVar[str]

    def parts(self, name: str, value: Json) -> Iterator[tuple[str, Any]]:
        return self.flat({f"{name}{self.separator}{part}": one for part, one in value.items()})


SEPARATORS = {
    "Underscore": "_",
    "TwoUnderscores": "__",
    "Dash": "-",
    "TwoDashes": "--",
    "Space": " ",
}
for _name, _separator in SEPARATORS.items():
    variant("The parts of an object may be named with any separator.")(
        type(_name, (Separated,), {"separator": _separator})
    )


@variant("An object may be a JSON text.")
class ObjectIsJson(Forwarder):
    def parts(self, name: str, value: Json) -> Iterator[tuple[str, Any]]:
        return iter([(name, json.dumps(value))])


@variant("What stands anywhere in the message may become a custom field.")
class WholeMessage(Forwarder):
    def contact(self, message: Json) -> Json:
        contact = super().contact(message)
        rest = {name: value for name, value in message.items() if name != "traits"}
        custom = [self.custom(*one) for one in self.flat(rest) if self.keeps(*one)]
        return {**contact, "custom": {**dict(custom), **contact.get("custom", {})}}


@variant("The properties of an event may become custom fields of these very names.")
class PropertiesOnContact(Forwarder):
    def traits(self, message: Json) -> Json:
        own = {name: value for name, value in self.own(message).items() if not self.field(name)}
        return {**super().traits(message), **own}


@variant("A date may be written in another notation of the same instant, as a date.")
class DateElsewhere(Forwarder):
    def custom_value(self, value: Any) -> Any:
        value = super().custom_value(value)
        if self.custom_type(value) != "date":
            return value
        moment = datetime.fromisoformat(value)
        moment = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
        try:
            there = moment.astimezone(timezone(timedelta(hours=1)))
        except OverflowError:  # the last hour of the year 9999
            return value
        return there.isoformat(timespec="milliseconds")


@variant("A contact may be written in more calls than one.")
class WritesTwice(Forwarder):
    def upsert(self, contact: Json) -> Answer:
        less = {name: value for name, value in contact.items() if name != "LastName"}
        answer = super().upsert(less)
        return super().upsert(contact) if answer.good else answer
