"""Mistakes in which of Engage's messages are sent, and in computed traits: ENG-05 to ENG-07."""

import re
from typing import Any

from tests.contract.forwarders.broken.engage import Engage, personas, revalued, sent_value
from tests.contract.forwarders.broken.table import GOOD, broken, is_number
from tests.contract.forwarders.forwarder import MISSING, Answer, Json

# --- ENG-05 ---


@broken("ENG-05", "All: false is obeyed of Engage, whatever AutopilotHQ says.")
class EngageAllFalse(Engage):
    def wanted(self, message: Json) -> bool:
        everything = (message.get("integrations") or {}).get("All")
        return super().wanted(message) and not (personas(message) and everything is False)


@broken("ENG-05", "What Engage sends is always wanted: it was turned on there.")
class EngageAlwaysOn(Engage):
    def wanted(self, message: Json) -> bool:
        return bool(personas(message)) or super().wanted(message)


@broken("ENG-05", "A message of Engage is sent only if it names AutopilotHQ.")
class EngageMustName(Engage):
    def wanted(self, message: Json) -> bool:
        named = self.destination in (message.get("integrations") or {})
        return super().wanted(message) and (named or not personas(message))


@broken("ENG-05", "Messages of Engage are dropped: their context is not known.")
class NoPersonas(Engage):
    def wanted(self, message: Json) -> bool:
        return super().wanted(message) and not personas(message)


# --- ENG-06 ---


@broken("ENG-06", "Of Engage, the anonymous id is the user id of those who have none.")
class EngageAnonymousUser(Engage):
    def identifiers(self, message: Json) -> Json:
        who = super().identifiers(message)
        alone = personas(message) and who.keys() == {"anonymous_id"}
        return {**who, "user_id": who["anonymous_id"]} if alone else who


@broken("ENG-06", "Of Engage, who has neither address nor user id is left out in silence.")
class EngageSilent(Engage):
    def deliver(self, message: Json) -> Answer:
        nobody = personas(message) and not {"Email", "user_id"} & self.identifiers(message).keys()
        return GOOD if nobody else super().deliver(message)


@broken("ENG-06", "Of Engage, who has neither address nor user id is the user of the space.")
class SpaceIsUser(Engage):
    def identifiers(self, message: Json) -> Json:
        who = super().identifiers(message)
        nobody = personas(message) and not {"Email", "user_id"} & who.keys()
        return {**who, "user_id": personas(message)["space_id"]} if nobody else who


@broken("ENG-06", "The 400 for a message of Engage has a wording of its own.")
class EngageWording(Engage):
    def deliver(self, message: Json) -> Answer:
        answer = super().deliver(message)
        own = Answer(400, {"message": "Profile has no external id"})
        return own if personas(message) and answer.body.get("message") == MISSING else answer


# --- ENG-07 ---


class Computed(Engage):
    """Base of broken ones: changes the values of computed traits by `value`."""

    def value(self, value: Any) -> Any:
        return value

    def computed(self, message: Json) -> Answer:
        trait = personas(message)["computation_class"] == "trait"
        return super().computed(revalued(message, self.value) if trait else message)


@broken("ENG-07", "The numbers of computed traits become texts.")
class ComputedText(Computed):
    def value(self, value: Any) -> Any:
        return str(value) if is_number(value) else value


@broken("ENG-07", "Computed traits are memberships: true or false.")
class ComputedBoolean(Computed):
    def value(self, value: Any) -> Any:
        return bool(value)


@broken("ENG-07", "Computed traits are rounded to two digits, as amounts are.")
class ComputedRounded(Computed):
    def value(self, value: Any) -> Any:
        return round(value, 2) if isinstance(value, float) else value


@broken("ENG-07", "Computed traits of no value, 0 and the empty text among them, are not sent.")
class ComputedFalsy(Computed):
    def computed(self, message: Json) -> Answer:
        return (
            super().computed(message)
            if sent_value(message) or sent_value(message) is False
            else GOOD
        )


@broken("ENG-07", "Texts of computed traits that look like numbers become numbers.")
class ComputedNumbers(Computed):
    def value(self, value: Any) -> Any:
        number = isinstance(value, str) and re.fullmatch(r"-?\d+(\.\d+)?", value, re.ASCII)
        return float(value) if number else value
