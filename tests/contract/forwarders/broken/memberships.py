"""Mistakes that show in the course of a space's life, and in Engage's events: ENG-08, ENG-09."""

from typing import Any

from tests.contract.forwarders.broken.engage import Engage, personas, sent_value
from tests.contract.forwarders.broken.table import GOOD, broken, without
from tests.contract.forwarders.forwarder import MISSING, Answer, Json


@broken("ENG-08", "What is unchanged is not sent, and unchanged is asked by key, not by user.")
class UnchangedByKey(Engage):
    def computed(self, message: Json) -> Answer:
        key, member = personas(message)["computation_key"], sent_value(message)
        if self.memory.get(key) is member:
            return GOOD
        self.memory[key] = member
        return super().computed(message)


@broken("ENG-08", "For who enters an audience, the user that came before gets false.")
class FalseForOthers(Engage):
    def identify(self, message: Json) -> Answer:
        answer = super().identify(message)
        who = self.identifiers(message)
        before = self.memory.setdefault("before", who)
        if sent_value(message) is True and who.items().isdisjoint(before.items()):
            custom = {f"boolean--{personas(message)['computation_key']}": False}
            self.upsert({**before, "custom": custom})
        self.memory["before"] = who
        return answer


@broken("ENG-08", "Memberships are kept, and sent again with every other identify; exits are not.")
class KeptMemberships(Engage):
    def contact(self, message: Json) -> Json:
        contact = super().contact(message)
        kept = self.memory.setdefault(self.who(message), {})
        if sent_value(message) is True:
            kept.update(contact["custom"])
        elif not personas(message):
            contact["custom"] = {**contact.get("custom", {}), **kept}
        return contact


@broken("ENG-08", "Engage is followed by user id; an address is followed until it has one.")
class FollowsOneIdentifier(Engage):
    def computed(self, message: Json) -> Answer:
        if message.get("userId"):
            self.memory["user ids"] = True
        later = "user ids" in self.memory and not message.get("userId")
        return GOOD if later else super().computed(message)


@broken("ENG-08", "Who enters is written down with an address; who leaves is looked up by it.")
class LeavesByAddress(Engage):
    def computed(self, message: Json) -> Answer:
        if sent_value(message) is False and not self.email(message):
            return Answer(503, {"error": "KeyError", "message": "'email'"})
        return super().computed(message)


@broken("ENG-08", "The third change of one membership counts as an error, and is left out.")
class ThirdChange(Engage):
    def computed(self, message: Json) -> Answer:
        change = self.who(message), personas(message)["computation_key"]
        self.memory[change] = self.memory.get(change, 0) + 1
        return GOOD if self.memory[change] == 3 else super().computed(message)


# --- ENG-09 ---


class Events(Engage):
    """Base of broken ones: takes the track calls of Engage by `event`."""

    def event(self, message: Json) -> Answer:
        return super().track(message)

    def track(self, message: Json) -> Answer:
        return self.event(message) if personas(message) else super().track(message)


@broken("ENG-09", "The events of Engage are dropped: Autopilot takes user properties.")
class NoEngageEvents(Events):
    def event(self, message: Json) -> Answer:
        return GOOD


@broken("ENG-09", "The events of Engage are turned into identify calls.")
class EventIsIdentify(Events):
    def event(self, message: Json) -> Answer:
        traits = without(self.own(message), "audience_key", "trait_key")
        return self.identify({**message, "type": "identify", "traits": traits})


@broken("ENG-09", "audience_key and trait_key are left out of the event's properties.")
class NoKeyProperty(Events):
    def properties(self, message: Json) -> Json:
        return without(super().properties(message), "audience_key", "trait_key")


@broken("ENG-09", "The key itself is left out of the event's properties: it is named there.")
class NoOwnProperty(Events):
    def properties(self, message: Json) -> Json:
        key: Any = personas(message).get("computation_key", "")
        return without(super().properties(message), key)


@broken("ENG-09", "Audience Exited takes the contact off the journey, and enters none.")
class ExitedEjects(Events):
    def event(self, message: Json) -> Answer:
        if message["event"] != "Audience Exited":
            return super().event(message)
        answer = self.upsert(self.contact(message))
        if answer.good:
            journey = self.trigger("Audience Entered")
            self.send("DELETE", f"journey/{journey}/contact/{answer.body['contact_id']}")
        return answer


@broken("ENG-09", "An event of Engage needs a user id.")
class EngageEventNeedsUserId(Events):
    def event(self, message: Json) -> Answer:
        known = message.get("userId")
        return super().event(message) if known else Answer(400, {"message": MISSING})
