"""Mistakes that show on contacts that have much already, on old messages, and on refusals."""

import re
from typing import Any

from tests.contract.forwarders.broken.table import GOOD, broken
from tests.contract.forwarders.forwarder import Answer, Forwarder, Json, folded

MAILING = ("MailingStreet", "MailingCity", "MailingState", "MailingPostalCode", "MailingCountry")


@broken("IDR-17", "A user id of digits is read as a number: leading zeros are gone.")
class LeadingZerosLost(Forwarder):
    def user_id(self, value: Any) -> str | None:
        found = super().user_id(value)
        return str(int(found)) if found and found.isdecimal() else found


@broken("IDR-17", "A user id that reads as a number with a fraction is rounded.")
class UserIdRounded(Forwarder):
    def user_id(self, value: Any) -> str | None:
        found = super().user_id(value)
        return f"{float(found):.0f}" if found and re.fullmatch(r"\d+\.\d+", found) else found


@broken("IDN-09", "The offset of a time is replaced by Z, and the time left as it is.")
class OffsetIsZ(Forwarder):
    def custom_value(self, value: Any) -> Any:
        value = super().custom_value(value)
        date = self.custom_type(value) == "date"
        return re.sub(r"(?<=:\d\d)(\.\d+)?[+-]\d\d:\d\d$", r"\1Z", value) if date else value


@broken("IDN-09", "The offset of a time is cut off.")
class OffsetLost(Forwarder):
    def custom_value(self, value: Any) -> Any:
        value = super().custom_value(value)
        date = self.custom_type(value) == "date"
        return re.sub(r"(?<=:\d\d)(\.\d+)?[+-]\d\d:\d\d$", r"\1", value) if date else value


@broken("ELS-01", "An address blanks the parts that it does not have.")
class AddressPartsBlanked(Forwarder):
    def fields(self, traits: Json) -> Json:
        blank = dict.fromkeys(MAILING, "") if isinstance(traits.get("address"), dict) else {}
        return {**blank, **super().fields(traits)}


@broken("ELS-02", "Who wants no newsletter is unsubscribed from everything.")
class NewsletterUnsubscribes(Forwarder):
    def fields(self, traits: Json) -> Json:
        off = traits.get("newsletter") is False
        return {**super().fields(traits), **({"unsubscribed": True} if off else {})}


@broken("ELS-01", "Every contact has its lead from here.")
class LeadFromHere(Forwarder):
    def contact(self, message: Json) -> Json:
        return {"LeadSource": "Segment", **super().contact(message)}


@broken("ELS-01", "A trait lands in the field whose name it begins with.")
class FieldByItsBeginning(Forwarder):
    def field(self, name: str) -> str | None:
        return super().field(name) or super().field(name.partition("_")[0])


@broken("IDN-27", "A message that is older than the last one of its user is left out whole.")
class OlderLeftOut(Forwarder):
    def deliver(self, message: Json) -> Answer:
        who = str(message.get("userId") or self.email(message))
        when, newest = message.get("timestamp") or "", self.memory.get(who, "")
        if when and when < newest:
            return GOOD
        self.memory[who] = max(when, newest)
        return super().deliver(message)


@broken("IDN-27", "A message that is older than a day is out of date, whatever came before.")
class OldLeftOut(Forwarder):
    def deliver(self, message: Json) -> Answer:
        when = message.get("timestamp") or ""
        newest = self.memory["newest"] = max(when, self.memory.get("newest", ""))
        return GOOD if when and when[:10] < newest[:10] else super().deliver(message)


@broken("TRK-14", "The properties of an event are taken for traits.")
class PropertiesAreTraits(Forwarder):
    def traits(self, message: Json) -> Json:
        return {**super().traits(message), **self.own(message)}


@broken("TRK-14", "An event's property unsubscribed unsubscribes.")
class EventUnsubscribes(Forwarder):
    def contact(self, message: Json) -> Json:
        said = {name: value for name, value in self.own(message).items() if name == "unsubscribed"}
        return {**said, **super().contact(message)}


@broken("TRK-14", "A property that has the exact name of a field is written to it.")
class FieldsAmongProperties(Forwarder):
    def contact(self, message: Json) -> Json:
        own = self.own(message) if message["type"] == "track" else {}
        named = {name: value for name, value in own.items() if self.field(name) == name}
        return {**named, **super().contact(message)}


@broken("RET-06", "An event whose journey is not found enters the default journey.")
class DefaultAfterNotFound(Forwarder):
    def enter(self, path: str, properties: Json) -> Answer:
        answer = super().enter(path, properties)
        if answer.status != 404:
            return answer
        _, _, rest = path.removeprefix("trigger/").partition("/")
        other = f"trigger/{self.settings['default_trigger']}/{rest}"
        return super().enter(other, properties)


@broken("RET-06", "A journey that is not found counts as nobody's, and all is well.")
class NotFoundIsFine(Forwarder):
    def enter(self, path: str, properties: Json) -> Answer:
        answer = super().enter(path, properties)
        return GOOD if answer.status == 404 else answer


@broken("RET-07", "A contact that is refused is sent again without its address.")
class AgainWithoutAddress(Forwarder):
    def upsert(self, contact: Json) -> Answer:
        answer = super().upsert(contact)
        if answer.status in (400, 422) and "user_id" in contact:
            rest = {name: value for name, value in contact.items() if name != "Email"}
            return super().upsert(rest)
        return answer


@broken("RET-07", "A contact that is refused is sent again with its identifiers alone.")
class AgainWithoutTraits(Forwarder):
    def upsert(self, contact: Json) -> Answer:
        answer = super().upsert(contact)
        if answer.status in (400, 422):
            return super().upsert({n: v for n, v in contact.items() if folded(n) in NAMING})
        return answer


NAMING = ("email", "userid", "anonymousid")
