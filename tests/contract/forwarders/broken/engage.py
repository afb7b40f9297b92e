"""Mistakes in the memberships that Segment Engage sends: ENG-01 to ENG-04."""

import re
from collections.abc import Callable
from typing import Any

from tests.contract.forwarders.broken.table import GOOD, broken
from tests.contract.forwarders.forwarder import Answer, Forwarder, Json


def personas(message: Json) -> Json:
    """Return what only a message of Engage's has."""
    found: Json = (message.get("context") or {}).get("personas") or {}
    return found


def renamed(message: Json, new: Callable[[str], str]) -> Json:
    """Rename the property that a message of Engage's is about."""
    key = personas(message).get("computation_key")
    traits = message.get("traits") or {}
    return {**message, "traits": {new(k) if k == key else k: v for k, v in traits.items()}}


def revalued(message: Json, new: Callable[[Any], Any]) -> Json:
    """Change the value that a message of Engage's tells."""
    key = personas(message).get("computation_key")
    traits = message.get("traits") or {}
    return {**message, "traits": {k: new(v) if k == key else v for k, v in traits.items()}}


def sent_value(message: Json) -> Any:
    """Return the value that a message of Engage's tells."""
    return (message.get("traits") or {}).get(personas(message).get("computation_key"))


class Engage(Forwarder):
    """Base of broken ones: takes the identify calls of Engage by `computed`."""

    def computed(self, message: Json) -> Answer:
        return super().identify(message)

    def identify(self, message: Json) -> Answer:
        return self.computed(message) if personas(message) else super().identify(message)

    def who(self, message: Json) -> str:
        return str(message.get("userId") or self.email(message))


class Contacts(Engage):
    """Base of broken ones: changes the contact of such a call by `changed`."""

    def changed(self, message: Json, contact: Json) -> Json:
        return contact

    def contact(self, message: Json) -> Json:
        contact = super().contact(message)
        computed = personas(message) and message["type"] == "identify"
        return self.changed(message, contact) if computed else contact


class Keys(Engage):
    """Base of broken ones: names the property by `key`."""

    def key(self, key: str) -> str:
        return key

    def computed(self, message: Json) -> Answer:
        return super().computed(renamed(message, self.key))


# --- ENG-01 ---


@broken("ENG-01", "The key is split at digits: last_30_days.")
class SplitsAtDigits(Keys):
    def key(self, key: str) -> str:
        return re.sub(r"(?<=\d)(?=[^\W\d_])|(?<=[^\W\d_])(?=\d)", "_", key)


@broken("ENG-01", "The key is written in camelCase.")
class CamelCaseKey(Keys):
    def key(self, key: str) -> str:
        first, *rest = key.split("_")
        return first + "".join(word.capitalize() for word in rest)


@broken("ENG-01", "The key is made into words again, as people read it.")
class WordsAgain(Keys):
    def key(self, key: str) -> str:
        return key.replace("_", " ").title()


@broken("ENG-01", "Letters that are not ASCII are left out of the key.")
class AsciiKey(Keys):
    def key(self, key: str) -> str:
        return re.sub(r"[^a-z0-9_]", "", key) or "_"


@broken("ENG-01", "The key is cut off after 64 characters.")
class ShortKey(Keys):
    def key(self, key: str) -> str:
        return key[:64]


@broken("ENG-01", "The property is named after the computation's id.")
class NamedById(Engage):
    def computed(self, message: Json) -> Answer:
        return super().computed(renamed(message, lambda _: personas(message)["computation_id"]))


# --- ENG-02 ---


@broken("ENG-02", "Only entering is sent: false counts as nothing to say.")
class FalseIsNothing(Engage):
    def computed(self, message: Json) -> Answer:
        return GOOD if sent_value(message) is False else super().computed(message)


@broken("ENG-02", "Membership is sent as the text true or false.")
class MembershipIsText(Engage):
    def computed(self, message: Json) -> Answer:
        text = {True: "true", False: "false"}
        return super().computed(revalued(message, lambda v: text[v] if v in (True, False) else v))


@broken("ENG-02", "On leaving the property is erased.")
class LeavingErases(Contacts):
    def changed(self, message: Json, contact: Json) -> Json:
        erased = {**contact, "custom": dict.fromkeys(contact["custom"])}
        return erased if sent_value(message) is False else contact


@broken("ENG-02", "A property that was sent once is not sent again, whatever its value.")
class OnlyTheFirst(Engage):
    def computed(self, message: Json) -> Answer:
        sent = self.who(message), personas(message)["computation_key"]
        if sent in self.memory:
            return GOOD
        self.memory[sent] = True
        return super().computed(message)


@broken("ENG-02", "A message that was delivered before is taken for a repetition, and left out.")
class SeenBefore(Engage):
    def computed(self, message: Json) -> Answer:
        seen = self.who(message), personas(message)["computation_key"], repr(sent_value(message))
        if seen in self.memory:
            return GOOD
        self.memory[seen] = True
        return super().computed(message)


# --- ENG-03 ---


@broken("ENG-03", "On leaving, the contact is deleted and made anew.")
class LeavingDeletes(Engage):
    def computed(self, message: Json) -> Answer:
        if sent_value(message) is False:
            known = self.upsert(self.identifiers(message))
            if known.good:
                self.send("DELETE", f"contact/{known.body['contact_id']}")
        return super().computed(message)


@broken("ENG-03", "On leaving, the contact is unsubscribed.")
class LeavingUnsubscribes(Contacts):
    def changed(self, message: Json, contact: Json) -> Json:
        return {**contact, "unsubscribed": True} if sent_value(message) is False else contact


@broken("ENG-03", "On leaving, the contact is taken off its journeys.")
class LeavingEjects(Engage):
    def computed(self, message: Json) -> Answer:
        answer = super().computed(message)
        if answer.good and sent_value(message) is False:
            journeys = self.send("GET", "triggers").body["triggers"]
            for journey in journeys:
                path = f"journey/{journey['trigger_id']}/contact/{answer.body['contact_id']}"
                self.send("DELETE", path)
        return answer


@broken("ENG-03", "On leaving, all the properties that Engage ever sent of the user are cleared.")
class LeavingClears(Contacts):
    def changed(self, message: Json, contact: Json) -> Json:
        sent = self.memory.setdefault(self.who(message), {})
        sent.update(contact["custom"])
        cleared = {**dict.fromkeys(sent), **contact["custom"]}
        return {**contact, "custom": cleared} if sent_value(message) is False else contact


# --- ENG-04 ---


@broken("ENG-04", "A user has one audience: the one entered last; the others become false.")
class OneAudience(Contacts):
    def changed(self, message: Json, contact: Json) -> Json:
        sent = self.memory.setdefault(self.who(message), {})
        sent.update(contact["custom"])
        others = {key: False for key in sent if sent_value(message) is True}
        return {**contact, "custom": {**others, **contact["custom"]}}


@broken("ENG-04", "The name of the audience is the value of one property.")
class OneProperty(Contacts):
    def changed(self, message: Json, contact: Json) -> Json:
        key = personas(message)["computation_key"]
        return {**contact, "custom": {"string--audience": key if sent_value(message) else ""}}


@broken("ENG-04", "A number at the key's end counts as another version of the same audience.")
class VersionedKeys(Keys):
    def key(self, key: str) -> str:
        return re.sub(r"_\d+x?$", "", key)


@broken("ENG-04", "not_vip is taken for the contrary of vip.")
class Contraries(Contacts):
    def changed(self, message: Json, contact: Json) -> Json:
        ((key, member),) = contact["custom"].items()
        if not isinstance(member, bool):
            return contact
        pair = ("--not_", "--") if "--not_" in key else ("--", "--not_")
        return {**contact, "custom": {key: member, key.replace(*pair): not member}}
