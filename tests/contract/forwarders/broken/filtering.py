"""Mistakes in which messages are sent: SET, TYP, INT."""

from tests.contract.forwarders.broken.table import broken
from tests.contract.forwarders.forwarder import MISSING, Answer, Forwarder, Json, Outcome


@broken("SET-01", "Only 400 and 5xx count as failures, so a refused key is a success.")
class RefusedKeyIsSuccess(Forwarder):
    def outcome(self, answer: Answer) -> Outcome:
        return None if answer.status == 401 else super().outcome(answer)


@broken("SET-01", "A refused key is reported as an error of the server.")
class RefusedKeyIs500(Forwarder):
    def outcome(self, answer: Answer) -> Outcome:
        return super().outcome(Answer(500, answer.body) if answer.status == 401 else answer)


@broken("SET-01", "A refused key is reported as a missing identifier, like every 4xx.")
class RefusedKeyIs400(Forwarder):
    def outcome(self, answer: Answer) -> Outcome:
        refused = answer.status == 401
        return super().outcome(Answer(400, {"message": MISSING}) if refused else answer)


@broken("TYP-01", "A page is sent as an identify.")
class PageIsIdentify(Forwarder):
    types = ("identify", "track", "page")


@broken("TYP-01", "A page is sent as the event “Viewed … Page”.")
class PageIsTrack(Forwarder):
    types = ("identify", "track", "page")

    def deliver(self, message: Json) -> Answer:
        if message["type"] == "page":
            event = f"Viewed {message.get('name') or 'a'} Page"
            message = {**message, "type": "track", "event": event}
        return super().deliver(message)


@broken("TYP-01", "A screen writes the person of its context.")
class ScreenWritesPerson(Forwarder):
    types = ("identify", "track", "screen")

    def own(self, message: Json) -> Json:
        return self.person(message) if message["type"] == "screen" else super().own(message)


@broken("TYP-02", "The traits of a group are written to the contact.")
class GroupTraits(Forwarder):
    types = ("identify", "track", "group")


@broken("TYP-02", "A group writes its name as the contact's company.")
class GroupIsCompany(Forwarder):
    types = ("identify", "track", "group")

    def own(self, message: Json) -> Json:
        traits = super().own(message)
        return {"company": traits.get("name", "?")} if message["type"] == "group" else traits


@broken("TYP-02", "An alias makes contacts of both ids.")
class AliasMerges(Forwarder):
    types = ("identify", "track", "alias")

    def deliver(self, message: Json) -> Answer:
        if message["type"] == "alias":
            self.upsert({"user_id": self.user_id(message.get("previousId"))})
        return super().deliver(message)


@broken("INT-01", "A message without an integrations object is not sent.")
class NeedsIntegrations(Forwarder):
    def wanted(self, message: Json) -> bool:
        return bool(message.get("integrations")) and super().wanted(message)


@broken("INT-01", "A message without All is not sent.")
class NeedsAll(Forwarder):
    def enabled(self, integrations: Json) -> bool:
        return super().enabled({"All": False, **integrations})


@broken("INT-02", "All: false is ignored.")
class IgnoresAll(Forwarder):
    def enabled(self, integrations: Json) -> bool:
        return integrations.get(self.destination) is not False


@broken("INT-02", "All: false is obeyed for identify only.")
class IgnoresAllForTrack(Forwarder):
    def wanted(self, message: Json) -> bool:
        return message["type"] == "track" or super().wanted(message)


@broken("INT-02", "All: false is obeyed only when no other destination is named.")
class AllOnlyAlone(Forwarder):
    def enabled(self, integrations: Json) -> bool:
        return super().enabled(integrations) or len(integrations) > 1


@broken("INT-03", "AutopilotHQ: false falls through to All, which is on.")
class OwnFalseFallsThrough(Forwarder):
    def enabled(self, integrations: Json) -> bool:
        return bool(integrations.get(self.destination) or integrations.get("All", True))


@broken("INT-03", "It looks for itself under the name Autopilot.")
class OtherName(Forwarder):
    destination = "Autopilot"


@broken("INT-03", "All: true wins over AutopilotHQ: false.")
class AllTrueWins(Forwarder):
    def enabled(self, integrations: Json) -> bool:
        return integrations.get("All") is True or super().enabled(integrations)


@broken("INT-04", "All: false wins over AutopilotHQ: true.")
class AllFalseWins(Forwarder):
    def enabled(self, integrations: Json) -> bool:
        return integrations.get("All") is not False and super().enabled(integrations)


@broken("INT-04", "It must be turned on under the name autopilothq.")
class LowerCaseName(Forwarder):
    destination = "autopilothq"

    def enabled(self, integrations: Json) -> bool:
        return integrations.get("AutopilotHQ") is not False and super().enabled(integrations)


@broken("INT-05", "An empty object counts as false.")
class EmptyObjectIsFalse(Forwarder):
    def enabled(self, integrations: Json) -> bool:
        return bool(integrations.get(self.destination, integrations.get("All", True)))


@broken("INT-05", "Only true turns it on, an object does not.")
class OnlyTrueIsOn(Forwarder):
    def enabled(self, integrations: Json) -> bool:
        return integrations.get(self.destination, integrations.get("All", True)) is True


@broken("INT-05", "An object must say enabled: true.")
class ObjectNeedsEnabled(Forwarder):
    def enabled(self, integrations: Json) -> bool:
        own = integrations.get(self.destination)
        return bool(own.get("enabled")) if isinstance(own, dict) else super().enabled(integrations)


@broken("INT-06", "The letter case of its name does not count.")
class AnyLetterCase(Forwarder):
    def enabled(self, integrations: Json) -> bool:
        names = {self.destination.lower(): self.destination, "all": "All"}
        return super().enabled({names.get(k.lower(), k): v for k, v in integrations.items()})


@broken("INT-06", "Another destination's false turns it off.")
class AnyFalseIsOff(Forwarder):
    def enabled(self, integrations: Json) -> bool:
        own = integrations.get(self.destination)
        return super().enabled(integrations) and (own or False not in integrations.values())


@broken("INT-06", "Once destinations are named, it must be among them.")
class NamedOnly(Forwarder):
    def enabled(self, integrations: Json) -> bool:
        named = integrations.keys() - {"All"}
        return super().enabled(integrations) and (not named or self.destination in named)
