"""Mistakes in fields, updates and keeping users apart: IDN-10 on."""

import json
import re
import time
from collections.abc import Iterator
from typing import Any

from tests.contract.forwarders.broken.table import GOOD, Parts, broken, is_number, without
from tests.contract.forwarders.forwarder import FIELDS, Answer, Forwarder, Json


@broken("IDN-10", "firstName and lastName are custom fields.")
class NamesAreCustom(Forwarder):
    def field(self, name: str) -> str | None:
        return None if name in ("firstName", "lastName") else super().field(name)


@broken("IDN-10", "firstName and lastName are exchanged.")
class NamesExchanged(Forwarder):
    def field(self, name: str) -> str | None:
        found = super().field(name)
        return {"FirstName": "LastName", "LastName": "FirstName"}.get(found or "", found)


@broken("IDN-10", "lastName is in capitals.")
class NameInCapitals(Forwarder):
    def standard(self, field: str, value: object) -> Any:
        found = super().standard(field, value)
        return found.upper() if field == "LastName" and isinstance(found, str) else found


@broken("IDN-11", "The snake_case spelling of reserved traits is not known.")
class NoSnakeCase(Forwarder):
    def field(self, name: str) -> str | None:
        return None if "_" in name else super().field(name)


@broken("IDN-11", "first_name and last_name are fields of these very names.")
class SnakeCaseFields(Forwarder):
    def fields(self, traits: Json) -> Json:
        names = {k: v for k, v in traits.items() if k in ("first_name", "last_name")}
        return {**super().fields(without(traits, *names)), **names}


@broken("IDN-11", "first_name is known, last_name is forgotten.")
class NoLastName(Forwarder):
    def field(self, name: str) -> str | None:
        return None if name == "last_name" else super().field(name)


@broken("IDN-12", "The contact is deleted before it is written, so that the rest is lost.")
class DeletesFirst(Forwarder):
    def identify(self, message: Json) -> Answer:
        known = self.upsert(self.identifiers(message))
        if known.good:
            self.send("DELETE", f"contact/{known.body['contact_id']}")
        return super().identify(message)


@broken("IDN-12", "Who was identified before is not updated.")
class OnlyOnce(Forwarder):
    def identify(self, message: Json) -> Answer:
        who = self.identifiers(message)
        names = {who[key] for key in ("Email", "user_id") if key in who}
        if any(name in self.memory for name in names):
            return GOOD
        self.memory.update(dict.fromkeys(names))
        return super().identify(message)


@broken("IDN-12", "Fields that a message does not name are cleared.")
class ClearsTheRest(Forwarder):
    def identify(self, message: Json) -> Answer:
        contact = self.contact(message)
        custom = contact.get("custom", {})
        self.memory.update(dict.fromkeys(custom))
        cleared = dict.fromkeys(FIELDS.values())
        return self.upsert({**cleared, **contact, "custom": {**self.memory, **custom}})


@broken("IDN-13", "Traits are collected in one object for all users.")
class TraitsLeak(Forwarder):
    def traits(self, message: Json) -> Json:
        self.memory.update(super().traits(message))
        return dict(self.memory)


@broken("IDN-13", "A user id without an address gets the address seen last.")
class AddressLeaks(Forwarder):
    def email(self, message: Json) -> str | None:
        self.memory["email"] = super().email(message) or self.memory.get("email")
        found: str | None = self.memory["email"]
        return found


@broken("IDN-13", "A first or last name is a default for the next user.")
class NamesLeak(Forwarder):
    def fields(self, traits: Json) -> Json:
        fields = super().fields(traits)
        for name in ("FirstName", "LastName", "Company"):
            if name in fields:
                self.memory[name] = fields[name]
        return {**self.memory, **fields}


@broken("IDN-13", "firstName is kept as a custom field, and as a default for the next user.")
class CustomNamesLeak(Forwarder):
    def contact(self, message: Json) -> Json:
        contact = super().contact(message)
        name = contact.pop("FirstName", None) or self.memory.get("name")
        if name:
            self.memory["name"] = name
            contact["custom"] = {**contact.get("custom", {}), "string--firstName": name}
        return contact


@broken("IDN-14", "The moment of the last synchronisation is written to the contact.")
class LastSync(Forwarder):
    def fields(self, traits: Json) -> Json:
        fields = super().fields(traits)
        sync = {"integer--Last--Sync": time.time_ns()}
        return {**fields, "custom": {**fields.get("custom", {}), **sync}}


@broken("IDN-14", "How many messages have come is written to the contact.")
class CountsMessages(Forwarder):
    def contact(self, message: Json) -> Json:
        contact = super().contact(message)
        who = contact.get("user_id") or contact.get("Email")
        self.memory[who] = self.memory.get(who, 0) + 1
        count = {"integer--Messages": self.memory[who]}
        return {**contact, "custom": {**contact.get("custom", {}), **count}}


@broken("IDN-14", "What comes a second time is deleted and made anew, as another contact.")
class MadeAnew(Forwarder):
    def identify(self, message: Json) -> Answer:
        seen = json.dumps(self.contact(message), sort_keys=True)
        if seen in self.memory:
            self.send("DELETE", f"contact/{self.memory[seen]}")
        answer = super().identify(message)
        if answer.good:
            self.memory[seen] = answer.body["contact_id"]
        return answer


@broken("IDN-14", "Numbers are added to those sent before, as if they were counters.")
class NumbersAddUp(Forwarder):
    def contact(self, message: Json) -> Json:
        contact = super().contact(message)
        who = contact.get("user_id") or contact.get("Email")
        for key, value in contact.get("custom", {}).items():
            if is_number(value):
                self.memory[who, key] = self.memory.get((who, key), 0) + value
                contact["custom"][key] = self.memory[who, key]
        return contact


@broken("IDN-15", "All of name is the first name.")
class NameIsFirstName(Forwarder):
    def split_name(self, name: str, fields: Json) -> bool:
        return bool(fields.setdefault("FirstName", name))


@broken("IDN-15", "The last name is the last word alone.")
class LastWordOnly(Forwarder):
    def split_name(self, name: str, fields: Json) -> bool:
        first, *_, last = [*name.split(), ""][:-1] or [""]
        return super().split_name(f"{first} {last}", fields)


@broken("IDN-16", "phone, title, website and company are custom fields.")
class NoStandardFields(Forwarder):
    def field(self, name: str) -> str | None:
        found = super().field(name)
        return None if found in ("Phone", "Title", "Website", "Company") else found


@broken("IDN-16", "phone is the mobile phone.")
class PhoneIsMobile(Forwarder):
    def field(self, name: str) -> str | None:
        return "MobilePhone" if name == "phone" else super().field(name)


@broken("IDN-16", "Of a telephone number only the digits are sent.")
class PhoneIsDigits(Forwarder):
    def standard(self, field: str, value: object) -> Any:
        found = super().standard(field, value)
        return re.sub(r"\D", "", found) if field == "Phone" else found


@broken("IDN-17", "The postal code and the country are forgotten.")
class HalfAnAddress(Forwarder):
    def keeps(self, name: str, value: object) -> bool:
        forgotten = self.field(name) in ("MailingPostalCode", "MailingCountry")
        return not forgotten and super().keeps(name, value)


@broken("IDN-17", "The street is the whole address in one line.")
class AddressInOneLine(Forwarder):
    def parts(self, name: str, value: Json) -> Iterator[tuple[str, Any]]:
        if name == "address":
            return iter([("mailingStreet", ", ".join(map(str, value.values())))])
        return super().parts(name, value)


@broken("IDN-18", "The parts of an object lose their parent's name.")
class PartsAlone(Parts):
    def nested(self, name: str, value: Json) -> Iterator[tuple[str, Any]]:
        return self.flat(value)


@broken("IDN-18", "Objects are dropped.")
class NoObjects(Parts):
    def nested(self, name: str, value: Json) -> Iterator[tuple[str, Any]]:
        return iter(())


@broken("IDN-18", "An object is written as Python writes it, which is no JSON.")
class ObjectIsRepr(Parts):
    def nested(self, name: str, value: Json) -> Iterator[tuple[str, Any]]:
        return iter([(name, repr(value))])
