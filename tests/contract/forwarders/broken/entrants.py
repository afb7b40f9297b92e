"""Mistakes in who enters, and when: TRK-05 on."""

import re
from urllib.parse import quote

from tests.contract.forwarders.broken.table import GOOD, broken, without
from tests.contract.forwarders.forwarder import MISSING, Answer, Forwarder, Json


@broken("TRK-05", "An event with an address alone is refused.")
class TrackNeedsUserId(Forwarder):
    def track(self, message: Json) -> Answer:
        known = "user_id" in self.identifiers(message)
        return super().track(message) if known else Answer(400, {"message": MISSING})


@broken("TRK-05", "The address of an event is sent as a user id.")
class TrackAddressIsUserId(Forwarder):
    def identifiers(self, message: Json) -> Json:
        who = super().identifiers(message)
        if message["type"] == "track" and "Email" in who:
            who = {"user_id": who["Email"], **without(who, "Email")}
        return who


@broken("TRK-05", "An event enters the contact that was written last.")
class EntersLastWritten(Forwarder):
    def upsert(self, contact: Json) -> Answer:
        answer = super().upsert(contact)
        if answer.good and contact.keys() - {"Email", "user_id", "anonymous_id"}:
            self.memory["last"] = answer.body["contact_id"]
        return answer

    def path(self, trigger: str, contact: Json, contact_id: str) -> str:
        return super().path(trigger, contact, self.memory.get("last", contact_id))


@broken(
    "TRK-05", "The contact's id is cached under the trigger, so that others enter as the first one."
)
class EntersFirstOfEvent(Forwarder):
    def path(self, trigger: str, contact: Json, contact_id: str) -> str:
        return super().path(trigger, contact, self.memory.setdefault(trigger, contact_id))


@broken("TRK-06", "An event with a user id alone is refused.")
class TrackNeedsAddress(Forwarder):
    def track(self, message: Json) -> Answer:
        known = "Email" in self.identifiers(message)
        return super().track(message) if known else Answer(400, {"message": MISSING})


@broken("TRK-06", "The user id stands in the path, where Autopilot does not know it.")
class UserIdInPath(Forwarder):
    def path(self, trigger: str, contact: Json, contact_id: str) -> str:
        alone = "Email" not in contact
        return super().path(trigger, contact, contact["user_id"] if alone else contact_id)


@broken("TRK-06", "The user id of an event becomes an address.")
class TrackMakesAddress(Forwarder):
    def track(self, message: Json) -> Answer:
        context = {"traits": {"email": f"{message.get('userId')}@users.invalid"}}
        known = self.identifiers(message).keys() != {"user_id"}
        return super().track(message if known else {**message, "context": context, "userId": None})


@broken("TRK-07", "Events of people whom no identify has named are left out.")
class KnownOnly(Forwarder):
    def identify(self, message: Json) -> Answer:
        self.memory.update(dict.fromkeys(map(str, self.identifiers(message).values())))
        return super().identify(message)

    def track(self, message: Json) -> Answer:
        known = any(str(name) in self.memory for name in self.identifiers(message).values())
        return super().track(message) if known else GOOD


@broken("TRK-07", "An event does not write its contact, so that an unknown one is a 404.")
class TrackDoesNotWrite(Forwarder):
    def upsert(self, contact: Json) -> Answer:
        answer = super().upsert(contact)
        if answer.good:
            self.memory.update({contact.get(key): answer.body for key in ("Email", "user_id")})
        return answer

    def track(self, message: Json) -> Answer:
        who = self.identifiers(message)
        known = [self.memory[who[k]] for k in ("Email", "user_id") if who.get(k) in self.memory]
        contact_id = known[0]["contact_id"] if known else who.get("Email") or who.get("user_id")
        path = self.path(self.trigger(message["event"]), {}, quote(str(contact_id), safe=""))
        return self.enter(path, self.properties(message))


@broken("TRK-07", "An event of an unknown contact writes the contact, and is itself forgotten.")
class FirstEventLost(Forwarder):
    def deliver(self, message: Json) -> Answer:
        who = str(message.get("userId") or self.email(message))
        known = who in self.memory
        self.memory[who] = True
        if message["type"] == "track" and not known:
            return self.upsert(self.contact(message))
        return super().deliver(message)


class InPath(Forwarder):
    """Base of broken ones: names who enters by the address, written by `written`."""

    def written(self, address: str) -> str:
        return quote(address, safe="")

    def path(self, trigger: str, contact: Json, contact_id: str) -> str:
        address = contact.get("_NewEmail") or contact.get("Email")
        return super().path(trigger, contact, self.written(address) if address else contact_id)


@broken("TRK-08", "The address stands in the path as it is.")
class AddressAsItIs(InPath):
    def written(self, address: str) -> str:
        return address


@broken("TRK-08", "The address is encoded as a whole URL is, so that ? and # cut it off.")
class AddressAsUrl(InPath):
    def written(self, address: str) -> str:
        return quote(address, safe=";/?:@&=+$,#-_.!~*'()")


@broken("TRK-08", "The address is encoded twice.")
class AddressTwice(InPath):
    def written(self, address: str) -> str:
        return quote(quote(address, safe="@"), safe="@")


@broken("TRK-08", "A + in the address is read as a space.")
class PlusIsSpace(Forwarder):
    def address(self, value: object) -> str | None:
        return super().address(value.replace("+", " ") if isinstance(value, str) else value)


@broken("TRK-08", "Addresses that a simple pattern does not match count as missing.")
class SimplePattern(Forwarder):
    def address(self, value: object) -> str | None:
        found = super().address(value)
        return found if found and re.fullmatch(r"[A-Za-z0-9_.-]+@[A-Za-z0-9.-]+", found) else None


@broken("TRK-09", "An identify of someone whom an event has made known is left out.")
class IdentifyAfterTrack(Forwarder):
    def deliver(self, message: Json) -> Answer:
        who = message.get("userId") or self.email(message)
        if message["type"] == "track":
            self.memory[who] = True
        elif who in self.memory:
            return GOOD
        return super().deliver(message)


@broken("TRK-09", "An event deletes its contact, to write it without what is old.")
class TrackDeletes(Forwarder):
    def track(self, message: Json) -> Answer:
        known = self.upsert(self.contact(message))
        if known.good:
            self.send("DELETE", f"contact/{known.body['contact_id']}")
        return super().track(message)


@broken("TRK-09", "An identify of someone whom an event has made known is refused.")
class IdentifyRefused(Forwarder):
    def deliver(self, message: Json) -> Answer:
        who = message.get("userId") or self.email(message)
        known = self.memory.setdefault(who, message["type"]) == "track"
        conflict = Answer(409, {"message": "There is a contact of that name."})
        return conflict if known and message["type"] == "identify" else super().deliver(message)
