"""Freedoms in how a forwarder calls, tries again and reports."""

from threading import Timer

from tests.contract.forwarders.correct import Bulk, NoRetry, Once
from tests.contract.forwarders.forwarder import Answer, Forwarder, Json, Outcome
from tests.contract.forwarders.variants.table import variant

variant("messageIds may be remembered.")(Once)
variant("A 429 or a 5xx need not be tried again.")(NoRetry)


@variant("Calls that only read are free, for a filtered message too.")
class ReadsFirst(Forwarder):
    def __call__(self, message: Json) -> Outcome:
        self.send("GET", "contacts")
        return super().__call__(message)


@variant("The words around the text of the 400 are free.")
class WordsAround(Forwarder):
    def outcome(self, answer: Answer) -> Outcome:
        said = super().outcome(answer)
        return (
            {**said, "message": f"Autopilot says: {said['message']} (see the log)"}
            if said
            else said
        )


@variant("A filtered message need not be reported.")
class FilteredUnreported(Forwarder):
    def __call__(self, message: Json) -> Outcome:
        return super().__call__(message) if self.wanted(message) else {"status": None}


@variant("A trait of an old message may be left out when a newer message had it.")
class ByTimestamp(Forwarder):
    def identify(self, message: Json) -> Answer:
        who = str(message.get("userId") or self.email(message))
        when, newest = message.get("timestamp") or "", self.memory.setdefault(who, {})
        traits = {
            name: value
            for name, value in self.own(message).items()
            if not when or when >= newest.get(name, "") or name in ("email", "_NewEmail")
        }
        newest.update(dict.fromkeys(traits, when))
        return super().identify({**message, "traits": traits})


@variant("A message whose answer was lost may be delivered anew, whole.")
class RetriesWhole(Forwarder):
    tries = 1

    def deliver(self, message: Json) -> Answer:
        answer = super().deliver(message)
        for _ in range(2):
            if not self.passing(answer):
                break
            answer = super().deliver(message)
        return answer


@variant("A 408 may be tried again.")
class Retries408(Forwarder):
    def passing(self, answer: Answer) -> bool:
        return answer.status == 408 or super().passing(answer)


@variant("A refused bulk call may be followed by its items singly.")
class OneByOne(Bulk):
    def upsert(self, contact: Json) -> Answer:
        answer = super().upsert(contact)
        refused = 400 <= answer.status < 500 and answer.status != 429
        return Forwarder.upsert(self, contact) if refused else answer


class Later(Forwarder):
    """Answers at once, and delivers a little later. It is not judged, but told so."""

    delay = 0.01

    def __call__(self, message: Json) -> Outcome:
        Timer(self.delay, super().__call__, [message]).start()
        return None


class Flushing(Forwarder):
    """Answers at once, and delivers every 0.3 s what came meanwhile. It is told so as well."""

    def __init__(self, settings: Json) -> None:
        super().__init__(settings)
        self.waiting: list[Json] = []

    def __call__(self, message: Json) -> Outcome:
        self.waiting.append(message)
        if len(self.waiting) == 1:
            Timer(0.3, self.flush).start()
        return None

    def flush(self) -> None:
        waiting, self.waiting = self.waiting, []
        for message in waiting:
            super().__call__(message)
