"""Mistakes in what is refused, lost and tried again: RET."""

import time

from tests.contract.forwarders.broken.table import GOOD, broken
from tests.contract.forwarders.correct import Carrying
from tests.contract.forwarders.forwarder import Answer, Forwarder, Json, Outcome


@broken("RET-01", "A 5xx, once the tries are used up, is reported as delivered.")
class ServerErrorIsSuccess(Forwarder):
    def outcome(self, answer: Answer) -> Outcome:
        return None if answer.status >= 500 else super().outcome(answer)


@broken("RET-01", "A message that a 5xx refused is put into a queue that nobody empties.")
class QueuedForEver(Forwarder):
    def deliver(self, message: Json) -> Answer:
        answer = super().deliver(message)
        if answer.status < 500:
            return answer
        self.memory[len(self.memory)] = message
        return GOOD


@broken("RET-01", "A 5xx is reported for an identify, for a track it is not.")
class TrackErrorIsSuccess(Forwarder):
    tries = 1

    def deliver(self, message: Json) -> Answer:
        answer = super().deliver(message)
        return GOOD if answer.status >= 500 and message["type"] == "track" else answer


@broken("RET-02", "A 429 counts as delivered.")
class ThrottledIsSuccess(Forwarder):
    def passing(self, answer: Answer) -> bool:
        return answer.status >= 500

    def outcome(self, answer: Answer) -> Outcome:
        return None if answer.status == 429 else super().outcome(answer)


@broken("RET-02", "After a 429 all messages are left out for a while, in silence.")
class SilentPause(Forwarder):
    tries = 1

    def attempt(self, method: str, path: str, body: Json | None) -> Answer:
        if self.memory.get("until", 0) > time.monotonic():
            return GOOD
        answer = super().attempt(method, path, body)
        if answer.status == 429:
            self.memory["until"] = time.monotonic() + 1
            return GOOD
        return answer


@broken("RET-02", "When the tries end with a 429 it is hoped that Autopilot has a queue.")
class HopesForQueue(Forwarder):
    def deliver(self, message: Json) -> Answer:
        answer = super().deliver(message)
        return GOOD if answer.status == 429 else answer


@broken("RET-03", "A dropped connection counts as delivered.")
class LostIsSuccess(Forwarder):
    def lost(self, error: Exception) -> Answer:
        return Answer(0, {"message": str(error)})

    def outcome(self, answer: Answer) -> Outcome:
        return super().outcome(answer) if answer.status else None


@broken("RET-03", "An exception is logged, and the outcome is a success.")
class LoggedOnly(Forwarder):
    def lost(self, error: Exception) -> Answer:
        raise ConnectionError from error

    def __call__(self, message: Json) -> Outcome:
        try:
            return super().__call__(message)
        except ConnectionError:
            return None


@broken("RET-03", "When no try got an answer, the message is put by and reported as delivered.")
class LostPutBy(Forwarder):
    def lost(self, error: Exception) -> Answer:
        return Answer(599, {"message": str(error)})

    def outcome(self, answer: Answer) -> Outcome:
        return None if answer.status == 599 else super().outcome(answer)


@broken("RET-04", "Every failure is tried again, a 4xx too.")
class RetriesAll(Forwarder):
    def passing(self, answer: Answer) -> bool:
        return not answer.good


@broken("RET-04", "A 4xx other than the 400 and the 401 is reported as delivered.")
class RefusalIsSuccess(Forwarder):
    def outcome(self, answer: Answer) -> Outcome:
        refused = 402 <= answer.status < 500 and answer.status != 429
        return None if refused else super().outcome(answer)


@broken("RET-04", "What a 4xx refused is tried again in the bulk call.")
class TriesBulk(Forwarder):
    def upsert(self, contact: Json) -> Answer:
        answer = super().upsert(contact)
        if 400 <= answer.status < 500 and answer.status != 429:
            self.send("POST", "contacts", {"contacts": [contact]})
        return answer


@broken("RET-05", "The loop of tries does not end with the first success.")
class NoBreak(Forwarder):
    tries = 1

    def track(self, message: Json) -> Answer:
        answer = super().track(message)
        if self.passing(answer):
            super().track(message)
            return super().track(message)
        return answer


@broken("RET-05", "A track that had to be tried again is also queued, and sent once more.")
class RetriedAndQueued(Forwarder):
    def attempt(self, method: str, path: str, body: Json | None) -> Answer:
        answer = super().attempt(method, path, body)
        self.memory["again"] = self.memory.get("again") or self.passing(answer)
        return answer

    def track(self, message: Json) -> Answer:
        self.memory.clear()
        answer = super().track(message)
        return super().track(message) if self.memory.get("again") else answer


@broken(
    "RET-05", "What was refused is tried in the contact-carrying form, and in the usual one too."
)
class TriesBothForms(Carrying):
    tries = 1

    def track(self, message: Json) -> Answer:
        answer = Forwarder.track(self, message)
        if not self.passing(answer):
            return answer
        super().track(message)
        return Forwarder.track(self, message)
