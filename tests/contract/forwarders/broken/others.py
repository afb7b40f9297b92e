"""Mistakes that move what a message does not name, and that only show in a sequence: ELS, SEQ."""

from typing import Any

from tests.contract.forwarders.broken.table import GOOD, broken, without
from tests.contract.forwarders.forwarder import Answer, Forwarder, Json


def with_custom(fields: Json, **more: Any) -> Json:
    """Return the fields with custom ones beside those that they have."""
    return {**fields, "custom": {**fields.get("custom", {}), **more}}


@broken("ELS-01", "Standard fields that a message does not have are written as blanks.")
class BlanksOver(Forwarder):
    def contact(self, message: Json) -> Json:
        return {"Company": "", "Phone": "", "LastName": "", **super().contact(message)}


@broken("ELS-01", "Every contact is given the status of a new customer.")
class StatusOfAll(Forwarder):
    def contact(self, message: Json) -> Json:
        return {"Status": "customer", **super().contact(message)}


@broken("ELS-01", "An identify without a last name clears it.")
class LastNameCleared(Forwarder):
    def identify(self, message: Json) -> Answer:
        return self.upsert({"LastName": None, **self.contact(message)})


@broken("ELS-02", "Each event marks its contact as subscribed, since somebody is active.")
class ActiveIsSubscribed(Forwarder):
    def contact(self, message: Json) -> Json:
        contact = super().contact(message)
        return {**contact, "unsubscribed": False} if message["type"] == "track" else contact


@broken("ELS-02", "A missing trait unsubscribed is written as its default, false.")
class SubscribedByDefault(Forwarder):
    def fields(self, traits: Json) -> Json:
        return {"unsubscribed": False, **super().fields(traits)}


@broken("ELS-02", "Who leaves an audience of Engage is unsubscribed.")
class ExitUnsubscribes(Forwarder):
    def contact(self, message: Json) -> Json:
        contact = super().contact(message)
        left = "personas" in (message.get("context") or {}) and False in self.own(message).values()
        return {**contact, "unsubscribed": True} if left else contact


@broken("ELS-03", "The user id of the device's last user goes along with an address alone.")
class DeviceKnowsUser(Forwarder):
    def identifiers(self, message: Json) -> Json:
        found = super().identifiers(message)
        device = found.get("anonymous_id")
        if device and "user_id" in found:
            self.memory[device] = found["user_id"]
        elif device in self.memory:
            found["user_id"] = self.memory[device]
        return found


@broken("ELS-03", "The contact is deleted before an event, and made anew by it.")
class DeletedByEvents(Forwarder):
    def track(self, message: Json) -> Answer:
        known = self.upsert(self.contact(message))
        if known.good:
            self.send("DELETE", f"contact/{known.body['contact_id']}")
        return super().track(message)


@broken("ELS-03", "A contact is made for each device, beside the one of the user.")
class ContactOfTheDevice(Forwarder):
    def identify(self, message: Json) -> Answer:
        device = message.get("anonymousId")
        if device:
            self.upsert({"user_id": f"device-{device}"})
        return super().identify(message)


@broken("ELS-04", "An identify enters the journey of all other events as well.")
class EntersTheDefaultJourney(Forwarder):
    def identify(self, message: Json) -> Answer:
        answer = super().identify(message)
        if answer.good:
            trigger = self.settings["default_trigger"]
            self.enter(f"trigger/{trigger}/contact/{answer.body['contact_id']}", {})
        return answer


@broken("ELS-04", "An event takes its contact out of the journey that it entered before.")
class OneJourneyAtATime(Forwarder):
    def track(self, message: Json) -> Answer:
        answer = super().track(message)
        who = next(iter(self.identifiers(message).values()), "")
        trigger = self.trigger(message["event"])
        if answer.good and (before := self.memory.get(who)) not in (None, trigger):
            known = self.upsert(self.identifiers(message))
            self.send("DELETE", f"journey/{before}/contact/{known.body['contact_id']}")
        self.memory[who] = trigger
        return answer


@broken("ELS-05", "Traits are written to whoever used the device last.")
class WrittenToTheDevice(Forwarder):
    def identify(self, message: Json) -> Answer:
        device = message.get("anonymousId")
        before = self.memory.get(device) if device else None
        answer = super().identify(message)
        if before and answer.good and before != answer.body["contact_id"]:
            self.upsert({"contact_id": before, **self.fields(self.traits(message))})
        if device and answer.good:
            self.memory[device] = answer.body["contact_id"]
        return answer


@broken("ELS-05", "A batch of one holds the contact before it too, with the traits of this one.")
class MixedBatch(Forwarder):
    def upsert(self, contact: Json) -> Answer:
        before = self.memory.get("contact")
        self.memory["contact"] = {
            name: value for name, value in contact.items() if name in ("Email", "user_id")
        }
        if before and before != self.memory["contact"]:
            self.send("POST", "contact", {"contact": {**self.traits_of(contact), **before}})
        return super().upsert(contact)

    def traits_of(self, contact: Json) -> Json:
        return without(contact, "Email", "user_id", "anonymous_id", "_NewEmail")


@broken("ELS-06", "The source of the contact is written to it.")
class SourceIsSegment(Forwarder):
    def contact(self, message: Json) -> Json:
        return {"LeadSource": "Segment", **super().contact(message)}


@broken("ELS-06", "A custom field says what has written the contact.")
class WrittenBy(Forwarder):
    def contact(self, message: Json) -> Json:
        return with_custom(super().contact(message), **{"string--Written--By": "forwarder"})


@broken("SEQ-01", "A contact that was read once is taken from a cache, even if others changed it.")
class StaleCache(Forwarder):
    def identify(self, message: Json) -> Answer:
        contact = self.contact(message)
        who = contact.get("user_id") or contact.get("Email")
        known = self.memory.setdefault(who, {})
        custom = contact.get("custom", {})
        new = {name: value for name, value in custom.items() if known.get(name) != value}
        for name, value in new.items():
            known.setdefault(name, value)
        if custom and not new:
            return GOOD
        return self.upsert({**contact, "custom": new} if new else contact)


@broken("ELS-03", "The first address of a user id goes with it for good.")
class AddressRemembered(Forwarder):
    def identifiers(self, message: Json) -> Json:
        found = super().identifiers(message)
        user_id, email = found.get("user_id"), found.get("Email")
        if user_id and email:
            self.memory.setdefault(user_id, email)
        if user_id in self.memory:
            found["Email"] = self.memory[user_id]
        return found


@broken("SEQ-01", "An event after one that was refused is taken for that one, and left out.")
class TakenForTheSame(Forwarder):
    def track(self, message: Json) -> Answer:
        who = tuple(self.identifiers(message).values())
        event = (who, message["event"])
        if event in self.memory:
            return GOOD
        self.memory[event] = True
        return super().track(message)
