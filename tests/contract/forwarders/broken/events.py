"""Mistakes in which journey an event enters, and with what: TRK-01 to TRK-04."""

import json

from tests.contract.forwarders.broken.table import GOOD, broken, without
from tests.contract.forwarders.forwarder import Answer, Forwarder, Json, snake


@broken("TRK-01", "An event enters its journey twice.")
class EntersTwice(Forwarder):
    def enter(self, path: str, properties: Json) -> Answer:
        super().enter(path, properties)
        return super().enter(path, properties)


@broken("TRK-01", "An event enters every journey of the settings.")
class EntersAll(Forwarder):
    def enter(self, path: str, properties: Json) -> Answer:
        start, own, *rest = path.split("/")
        for trigger in set(self.settings["journeys"].values()) - {own}:
            super().enter("/".join([start, trigger, *rest]), properties)
        return super().enter(path, properties)


@broken("TRK-01", "The map of events is not looked at.")
class IgnoresMap(Forwarder):
    def trigger(self, event: str) -> str:
        return self.settings["default_trigger"] or snake(event)


@broken("TRK-01", "The contact is written, but enters nothing.")
class EntersNothing(Forwarder):
    def enter(self, path: str, properties: Json) -> Answer:
        return GOOD


@broken("TRK-01", "An identify enters the journey of the event before.")
class IdentifyEnters(Forwarder):
    def enter(self, path: str, properties: Json) -> Answer:
        self.memory["path"] = path
        return super().enter(path, properties)

    def identify(self, message: Json) -> Answer:
        answer = super().identify(message)
        return self.enter(self.memory["path"], {}) if self.memory and answer.good else answer


@broken("TRK-02", "An event is looked up without regard to its letter case.")
class EventAnyCase(Forwarder):
    def trigger(self, event: str) -> str:
        known = {name.lower(): trigger for name, trigger in self.settings["journeys"].items()}
        return known.get(event.lower()) or super().trigger(event)


@broken("TRK-02", "An event is put into lower case before it is looked up.")
class EventIsLower(Forwarder):
    def trigger(self, event: str) -> str:
        return super().trigger(event.lower())


@broken("TRK-02", "An event is put into title case before it is looked up.")
class EventIsTitle(Forwarder):
    def trigger(self, event: str) -> str:
        return super().trigger(event.title())


@broken("TRK-02", "Events are looked up by their snake_case.")
class EventIsSnake(Forwarder):
    def trigger(self, event: str) -> str:
        known = {snake(name): trigger for name, trigger in self.settings["journeys"].items()}
        return known.get(snake(event)) or super().trigger(event)


class Properties(Forwarder):
    """Base of broken ones: changes an event's properties by `changed`."""

    def changed(self, properties: Json) -> Json:
        return properties

    def properties(self, message: Json) -> Json:
        return self.changed(super().properties(message))


@broken("TRK-03", "The properties are texts.")
class PropertiesAreTexts(Properties):
    def changed(self, properties: Json) -> Json:
        return {name: str(value) for name, value in properties.items()}


@broken("TRK-03", "Properties that are falsy are dropped.")
class NoFalsyProperties(Properties):
    def changed(self, properties: Json) -> Json:
        return {name: value for name, value in properties.items() if value}


@broken("TRK-03", "Objects among the properties are flattened.")
class PropertiesFlat(Properties):
    def changed(self, properties: Json) -> Json:
        return dict(self.flat(properties))


@broken("TRK-03", "Objects and arrays among the properties become JSON texts.")
class PropertiesAreJson(Properties):
    def changed(self, properties: Json) -> Json:
        return {
            k: json.dumps(v) if isinstance(v, dict | list) else v for k, v in properties.items()
        }


@broken("TRK-03", "The properties are named in snake_case.")
class PropertiesAreSnake(Properties):
    def changed(self, properties: Json) -> Json:
        return {snake(name): value for name, value in properties.items()}


@broken("TRK-03", "true and false among the properties become 1 and 0.")
class PropertiesHaveNoBool(Properties):
    def changed(self, properties: Json) -> Json:
        return {k: int(v) if isinstance(v, bool) else v for k, v in properties.items()}


@broken("TRK-03", "The properties are sent under the key properties, which nobody reads.")
class PropertiesMisnamed(Forwarder):
    def enter(self, path: str, properties: Json) -> Answer:
        return self.send("POST", path, {"properties": properties})


@broken("TRK-03", "The properties are left out.")
class NoProperties(Properties):
    def changed(self, properties: Json) -> Json:
        return {}


class Remembers(Forwarder):
    """Base of broken ones: leaves out an event whose `mark` has been there before."""

    def mark(self, message: Json) -> object:
        return object() if message else None

    def track(self, message: Json) -> Answer:
        mark = self.mark(message)
        if mark in self.memory:
            return GOOD
        answer = super().track(message)
        self.memory.update({mark: True} if answer.good else {})
        return answer


@broken("TRK-04", "An event that a contact has entered by before is left out.")
class OncePerContact(Remembers):
    def mark(self, message: Json) -> object:
        return message["event"], message.get("userId"), self.email(message)


@broken("TRK-04", "An event with the same content is left out, whatever its messageId.")
class OncePerContent(Remembers):
    def mark(self, message: Json) -> object:
        same = without(message, "messageId", "timestamp", "sentAt", "originalTimestamp")
        return json.dumps(without(same, "receivedAt"), sort_keys=True)


@broken("TRK-04", "An event is left out when one of that name has been there, whoever's it was.")
class OncePerEvent(Remembers):
    def mark(self, message: Json) -> object:
        return message["event"]
