"""The forwarder: takes Segment messages, makes the calls, returns deliveries."""

import random as random_module
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any, Self

from adapter.batches import batches
from adapter.delivery import Delivery, Outcome, contact_id, contact_ids, outcome_of
from adapter.errors import InvalidMessage
from adapter.exchange import Exchange, Reply, Retry
from adapter.notes import MAYBE_ENTERED, MAYBE_ENTERED_TWICE, Note
from adapter.plan import Plan, plan
from adapter.reading import InputMessage, Source, read_messages
from adapter.settings import Settings

if TYPE_CHECKING:
    from adapter.client import Session


class Destination:
    """Autopilot as a destination of Segment messages.

    A context manager: leaving it closes the connections. Not thread-safe.

    Args:
        api_key: the account's key (`seed`).
        base_url: where the API is; required.
        journeys: trigger ids by event name.
        default_trigger: the trigger id of every other event.
        retry: how long a call is tried.
        session: a requests session to use, closed by its owner.
        clock: returns seconds, monotonic.
        sleep: waits for a number of seconds.
        random: returns a number from 0 up to 1.

    Raises:
        InvalidSettings: a setting that cannot work.

    """

    def __init__(
        self,
        *,
        api_key: str,
        base_url: str = "",
        journeys: Mapping[str, str] | None = None,
        default_trigger: str | None = None,
        retry: Retry | None = None,
        session: "Session | None" = None,
        clock: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], object] = time.sleep,
        random: Callable[[], float] = random_module.random,
    ) -> None:
        # Imported here because requests is slow to import, and planning does not need it.
        from adapter.client import Client

        self.settings = Settings(api_key, base_url, journeys or {}, default_trigger)
        self._client = Client(
            self.settings, session=session, retry=retry, clock=clock, sleep=sleep, random=random
        )

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Close the connections, unless the session was passed in."""
        self._client.close()

    def deliver(self, message: Mapping[str, Any]) -> Delivery:
        """Deliver one message, and return the result.

        Raises:
            InvalidMessage: it is not a Segment message that JSON can carry, or it is a batch body,
                which `deliver_many` takes; nothing was sent.

        """
        return self._carry_out(InputMessage("", message), plan(message, self.settings))

    def deliver_many(self, messages: Source) -> list[Delivery]:
        """Deliver messages, in bulk where possible, and return the deliveries in the same order.

        Takes one message, a batch body, an iterable of these, or JSON as bytes, text or an open
        file: an object, an array, or one of these a line, gzipped or not. An invalid message is a
        rejected delivery, and does not stop the others. The messages of one user are carried out
        in their order, as far as the identifiers in them tell that it is one user. Messages of one
        bulk call share its exchanges. If a bulk call is rejected, its messages are sent one by one
        so that each has its own outcome.

        After a call without any answer, the remaining messages are not tried: they are `failed`,
        and say so.
        """
        return self.deliver_read(read_messages(messages))

    def deliver_read(self, messages: Iterable[InputMessage]) -> list[Delivery]:
        """Deliver messages that `adapter.reading` has read; otherwise like `deliver_many`."""
        inputs = list(messages)
        plans = [self._plan(one) for one in inputs]
        deliveries: dict[int, Delivery] = {}
        unanswered = ""
        for positions in batches(plans):
            batch = [(inputs[index], plans[index]) for index in positions]
            if unanswered and any(planned.calls for _, planned in batch):
                done = [_not_tried(one, planned, unanswered) for one, planned in batch]
            else:
                done = self._carry_out_batch(batch)
            deliveries.update(zip(positions, done, strict=True))
            unanswered = next((one.message for one in done if _is_unanswered(one)), unanswered)
        return [deliveries[index] for index in range(len(inputs))]

    def _plan(self, one: InputMessage) -> Plan:
        if one.problem:
            return Plan(rejected=one.problem)
        try:
            return plan(one.message, self.settings)
        except InvalidMessage as error:
            return Plan(rejected=str(error))

    def _carry_out(self, source: InputMessage, planned: Plan) -> Delivery:
        outcome, message = Outcome.DELIVERED, ""
        if planned.filtered is not None:
            outcome, message = Outcome.FILTERED, planned.filtered
        elif planned.rejected is not None:
            outcome, message = Outcome.REJECTED, planned.rejected
        exchanges: tuple[Exchange, ...] = ()
        notes = planned.notes
        contact = ""
        for call in planned.calls:
            reply = self._client.post(call.path_for(contact), call.body)
            exchanges += reply.exchanges
            outcome, message = outcome_of(reply)
            if not call.idempotent:
                notes += _notes_of_entry(reply, outcome)
            if outcome is not Outcome.DELIVERED:
                break
            contact = contact_id(reply.last.response_body)
            if not contact and call is not planned.calls[-1]:
                outcome = Outcome.FAILED
                message = f"{reply.last.url} gives no contact_id, which the next call needs"
                break
        status = exchanges[-1].status if exchanges else None
        return Delivery(source.message, outcome, status, message, notes, exchanges, source.place)

    def _carry_out_batch(self, batch: Sequence[tuple[InputMessage, Plan]]) -> list[Delivery]:
        if len(batch) == 1:
            return [self._carry_out(*batch[0])]
        contacts = [planned.upsert.contact for _, planned in batch if planned.upsert]
        reply = self._client.post("contacts", {"contacts": contacts})
        outcome, message = outcome_of(reply)
        status = reply.last.status
        answered = len(contact_ids(reply.last.response_body))
        if outcome is Outcome.DELIVERED and answered != len(batch):
            outcome = Outcome.FAILED
            message = f"{reply.last.url} does not give a contact_id for each of the contacts"
        # A refused key is refused for each message alone too.
        if outcome is Outcome.REJECTED and status not in (401, 403):
            done = [self._carry_out(source, planned) for source, planned in batch]
        else:
            done = [
                Delivery(source.message, outcome, status, message, planned.notes, (), source.place)
                for source, planned in batch
            ]
        return [
            replace(one, exchanges=reply.exchanges + one.exchanges, bulk_position=position)
            for position, one in enumerate(done)
        ]


def _notes_of_entry(reply: Reply, outcome: Outcome) -> tuple[Note, ...]:
    """Return a note if the attempts may have entered the contact twice, or despite a failure."""
    attempts, kind = reply.exchanges, MAYBE_ENTERED
    if outcome is Outcome.DELIVERED:
        attempts, kind = attempts[:-1], MAYBE_ENTERED_TWICE
    doubtful = [one for one in attempts if one.may_have_succeeded]
    return (kind("event", result=str(doubtful[-1])),) if doubtful else ()


def _is_unanswered(delivery: Delivery) -> bool:
    return delivery.outcome is Outcome.FAILED and delivery.status is None


def _not_tried(source: InputMessage, planned: Plan, why: str) -> Delivery:
    reason = why if why.startswith("Not tried") else f"Not tried, after: {why}"
    return Delivery(source.message, Outcome.FAILED, None, reason, planned.notes, (), source.place)
