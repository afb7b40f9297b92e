"""Mistakes about people with several identifiers, reserved traits and odd names: IDR-13 on."""

import re
from collections.abc import Iterator
from typing import Any

from tests.contract.forwarders.broken.table import GOOD, broken
from tests.contract.forwarders.forwarder import Answer, Forwarder, Json, folded


@broken("IDR-13", "The address of the context goes before that of the traits.")
class ContextAddressFirst(Forwarder):
    def email(self, message: Json) -> str | None:
        return self.address(self.person(message).get("email")) or super().email(message)


@broken("IDR-13", "Traits of the context are written over the message's own.")
class ContextOverTraits(Forwarder):
    def own(self, message: Json) -> Json:
        own = super().own(message)
        return {**own, **self.person(message)} if message["type"] == "identify" else own


@broken("IDR-14", "_NewEmail is known in traits, not in properties.")
class NewAddressOfTraitsOnly(Forwarder):
    def identifiers(self, message: Json) -> Json:
        found = super().identifiers(message)
        if message["type"] == "track":
            found.pop("_NewEmail", None)
        return found


@broken("IDR-14", "An event with _NewEmail goes to a contact of the new address.")
class EventOfTheNewAddress(Forwarder):
    def identifiers(self, message: Json) -> Json:
        found = super().identifiers(message)
        if message["type"] == "track" and "_NewEmail" in found:
            found["Email"] = found.pop("_NewEmail")
            found.pop("user_id", None)
        return found


@broken("IDR-15", "A device's first contact is taken for everybody who uses it.")
class ContactByDevice(Forwarder):
    def upsert(self, contact: Json) -> Answer:
        device = contact.get("anonymous_id")
        if device in self.memory:
            contact = {**contact, "contact_id": self.memory[device]}
        answer = super().upsert(contact)
        if device and answer.good:
            self.memory.setdefault(device, answer.body["contact_id"])
        return answer


@broken("IDR-15", "The user id of a device is remembered, and goes before the message's own.")
class UserByDevice(Forwarder):
    def identifiers(self, message: Json) -> Json:
        found = super().identifiers(message)
        device = found.get("anonymous_id")
        if device and "user_id" in found:
            found["user_id"] = self.memory.setdefault(device, found["user_id"])
        return found


@broken("IDR-16", "An event with an address is sent without its user id.")
class EventWithoutUserId(Forwarder):
    def identifiers(self, message: Json) -> Json:
        found = super().identifiers(message)
        if message["type"] == "track" and "Email" in found:
            found.pop("user_id", None)
        return found


@broken("IDR-16", "An event with a user id is sent without its address.")
class EventWithoutAddress(Forwarder):
    def contact(self, message: Json) -> Json:
        found = super().contact(message)
        if message["type"] == "track" and "user_id" in found:
            found.pop("Email", None)
        return found


@broken("IDN-23", "An identify without traits is thought to say nothing.")
class NoTraitsNoCall(Forwarder):
    def identify(self, message: Json) -> Answer:
        return super().identify(message) if self.own(message) else GOOD


@broken("IDN-23", "The traits are taken to be there.")
class TraitsRequired(Forwarder):
    def own(self, message: Json) -> Json:
        return dict(message["properties" if message["type"] == "track" else "traits"])


@broken("IDN-24", "unsubscribed is a custom field.")
class UnsubscribedIsCustom(Forwarder):
    def field(self, name: str) -> str | None:
        return None if folded(name) == "unsubscribed" else super().field(name)


@broken("IDN-24", "unsubscribed is written when it is true only.")
class NeverResubscribed(Forwarder):
    def keeps(self, name: str, value: object) -> bool:
        return super().keeps(name, value) and not (name == "unsubscribed" and value is False)


@broken("IDN-25", "Reserved traits that Autopilot has no field for are left out.")
class UnknownReservedLeftOut(Forwarder):
    def keeps(self, name: str, value: object) -> bool:
        return super().keeps(name, value) and folded(name) not in ("description", "avatar")


@broken("IDN-25", "mobilePhone and phone are one field.")
class OnePhone(Forwarder):
    def field(self, name: str) -> str | None:
        found = super().field(name)
        return "Phone" if found == "MobilePhone" else found


@broken("IDN-25", "Traits that are named as Autopilot's own fields are thought to be spoofed.")
class OwnNamesLeftOut(Forwarder):
    def keeps(self, name: str, value: object) -> bool:
        return super().keeps(name, value) and not re.fullmatch("[A-Z][a-z]+([A-Z][a-z]+)*", name)


@broken("IDN-26", "Arrays are left out.")
class ArraysLeftOut(Forwarder):
    def keeps(self, name: str, value: object) -> bool:
        return super().keeps(name, value) and not isinstance(value, list)


@broken("IDN-26", "Of an array the first item arrives.")
class FirstItemOnly(Forwarder):
    def flat(self, traits: Json) -> Iterator[tuple[str, Any]]:
        firsts = {
            name: value[0] if isinstance(value, list) and value else value
            for name, value in traits.items()
        }
        return super().flat(firsts)


@broken("TRK-13", "Spaces around an event's name, and between its words, do not count.")
class EventSpacesFolded(Forwarder):
    def trigger(self, event: str) -> str:
        return super().trigger(" ".join(event.split()))


@broken("TRK-13", "An event named as a method of the object that has the journeys finds that.")
class MethodIsJourney(Forwarder):
    def trigger(self, event: str) -> str:
        inherited = {"constructor": "Object", "toString": "toString", "__proto__": "object"}
        return inherited.get(event) or super().trigger(event)


@broken("TRK-13", "The punctuation of an event's name does not count.")
class EventsFolded(Forwarder):
    def trigger(self, event: str) -> str:
        def letters(name: str) -> str:
            return re.sub(r"\W|_", "", name)

        known = {letters(name): trigger for name, trigger in self.settings["journeys"].items()}
        return str(known.get(letters(event)) or super().trigger(event))
