"""Correct forwarders that do it differently."""

import json
from typing import Any
from urllib.parse import quote

from tests.contract.forwarders.forwarder import MISSING, Answer, Factory, Forwarder, Json, Outcome


class LocalRule(Forwarder):
    """Applies the identifier rule itself, and makes no call."""

    def deliver(self, message: Json) -> Answer:
        if not {"Email", "user_id"} & self.identifiers(message).keys():
            return Answer(400, {"message": MISSING})
        return super().deliver(message)


class Bulk(Forwarder):
    """Writes each contact as a list of one, and reports the account's own words."""

    def upsert(self, contact: Json) -> Answer:
        answer = self.send("POST", "contacts", {"contacts": [contact]})
        if not answer.good:
            return answer
        return Answer(answer.status, {"contact_id": answer.body["contact_ids"][0]})


class Carrying(Forwarder):
    """Lets the call that enters the journey carry the contact: one call for a track."""

    def track(self, message: Json) -> Answer:
        path = self.path(self.trigger(message["event"]), {}, "").rstrip("/")
        body = {"contact": self.contact(message), "property": self.properties(message)}
        return self.send("POST", path, body)


class IdsOnly(Forwarder):
    """Remembers contact ids: who is known and has nothing new enters without another upsert."""

    def upsert(self, contact: Json) -> Answer:
        who = json.dumps(contact, sort_keys=True)
        if who in self.memory:
            return Answer(200, {"contact_id": self.memory[who]})
        answer = super().upsert(contact)
        if len(contact) > 1:
            self.memory.clear()  # identifiers may have moved from one contact to another
        elif answer.good and contact.keys() <= {"Email", "user_id"}:
            self.memory[who] = answer.body["contact_id"]
        return answer

    def enter(self, path: str, properties: Json) -> Answer:
        answer = super().enter(path, properties)
        if not answer.good:
            self.memory.clear()  # it may have been deleted: the next time is by its identifiers
        return answer


class Addresses(Forwarder):
    """Names who enters by the address, percent-encoded, when there is one."""

    def path(self, trigger: str, contact: Json, contact_id: str) -> str:
        address = contact.get("_NewEmail") or contact.get("Email") or contact_id
        return super().path(trigger, contact, quote(address, safe=""))


class StringsForDates(Forwarder):
    """Knows no dates: they are texts."""

    def custom_type(self, value: object) -> str:
        return "string" if isinstance(value, str) else super().custom_type(value)


class Once(Forwarder):
    """Leaves out a message that was delivered before: its messageId says so."""

    def __call__(self, message: Json) -> Outcome:
        number = message.get("messageId") or object()
        if number in self.memory:
            return None
        outcome = super().__call__(message)
        if outcome is None:
            self.memory[number] = True
        return outcome


class LongNumbers(Forwarder):
    """Writes the large numbers that are whole with all of their digits, and says that they are."""

    def custom_value(self, value: Any) -> Any:
        value = super().custom_value(value)
        return int(value) if isinstance(value, float) and value.is_integer() else value


class NoRetry(Forwarder):
    """Leaves trying again to whoever called it."""

    tries = 1


CORRECT: dict[str, Factory] = {
    "plain": Forwarder,
    "local_rule": LocalRule,
    "bulk": Bulk,
    "carrying": Carrying,
    "ids_only": IdsOnly,
    "addresses": Addresses,
    "strings_for_dates": StringsForDates,
    "once": Once,
    "long_numbers": LongNumbers,
    "no_retry": NoRetry,
}
