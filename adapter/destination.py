"""The destination: a message goes in, a delivery comes out."""

import random as random_module
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any, Self

from adapter.batches import batches
from adapter.delivery import Delivery, Outcome, contact_id, contact_ids, verdict
from adapter.errors import InvalidMessage
from adapter.exchange import Exchange, Reply, Retry
from adapter.notes import ENTERED_THOUGH, ENTERED_TWICE, Note
from adapter.plan import EnterJourney, Plan, UpsertContact, plan
from adapter.reading import Found, Source, messages_in
from adapter.settings import Settings

if TYPE_CHECKING:
    from adapter.client import Session


class Destination:
    """Autopilot as a destination of Segment messages.

    A context manager: leaving it closes the connections. Not for two threads at once.

    Args:
        api_key: the account's key (`seed`).
        base_url: where the API is; required.
        journeys: trigger ids by event name.
        default_trigger: the trigger id of every other event.
        retry: how long a call is tried.
        session: a requests session to use, which its owner closes.
        clock: seconds, monotonic.
        sleep: waits for so many seconds.
        random: a number from 0 up to 1.

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
        # Here, because requests takes its time to import, and planning needs none of it.
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
        """Close the connections, unless the session is somebody else's."""
        self._client.close()

    def deliver(self, message: Mapping[str, Any]) -> Delivery:
        """Deliver one message, and say what became of it.

        Raises:
            InvalidMessage: it is not a Segment message that JSON can carry, or it is a batch body,
                which `deliver_many` takes; nothing was sent.

        """
        return self._carry_out(Found("", message), plan(message, self.settings))

    def deliver_many(self, messages: Source) -> list[Delivery]:
        """Deliver messages, contacts in bulk where that changes nothing; deliveries in their order.

        Takes one message, a batch body, an iterable of these, or JSON as bytes, text or an open
        file: an object, an array, or one of these a line, gzipped or not. What is no message is
        one rejected delivery among the others. The messages of one user are carried out in their
        order, as far as these messages tell who is the same user. Those that went in one bulk call
        share its exchanges. When a bulk is rejected its messages go one by one, so that each has
        its own verdict.

        When a call got no answer in all the time it had, those after it are not tried any more:
        they are `failed` too, and say so.
        """
        return self.deliver_found(messages_in(messages))

    def deliver_found(self, messages: Iterable[Found]) -> list[Delivery]:
        """Deliver messages as `adapter.reading` found them; otherwise like `deliver_many`."""
        found = list(messages)
        plans = [self._plan(one) for one in found]
        deliveries: dict[int, Delivery] = {}
        unanswered = ""
        for positions in batches(plans):
            together = [(found[index], plans[index]) for index in positions]
            if unanswered and any(planned.calls for _, planned in together):
                done = [_not_tried(one, planned, unanswered) for one, planned in together]
            else:
                done = self._carry_out_together(together)
            deliveries.update(zip(positions, done, strict=True))
            unanswered = next((one.message for one in done if _is_unanswered(one)), unanswered)
        return [deliveries[index] for index in range(len(found))]

    def _plan(self, found: Found) -> Plan:
        if found.problem:
            return Plan(rejected=found.problem)
        try:
            return plan(found.message, self.settings)
        except InvalidMessage as error:
            return Plan(rejected=str(error))

    def _carry_out(self, found: Found, planned: Plan) -> Delivery:
        outcome, message = Outcome.DELIVERED, ""
        if planned.filtered is not None:
            outcome, message = Outcome.FILTERED, planned.filtered
        elif planned.rejected is not None:
            outcome, message = Outcome.REJECTED, planned.rejected
        exchanges: tuple[Exchange, ...] = ()
        notes = planned.notes
        who = ""
        for position, call in enumerate(planned.calls):
            path = call.path(who) if isinstance(call, EnterJourney) else call.path
            reply = self._client.post(path, call.body)
            exchanges += reply.exchanges
            outcome, message = verdict(reply)
            if isinstance(call, EnterJourney):
                notes += _notes_of_entry(reply, outcome)
            if outcome is not Outcome.DELIVERED:
                break
            if position + 1 < len(planned.calls):
                who = contact_id(reply.last.answer)
                if not who:
                    outcome = Outcome.FAILED
                    message = f"{reply.last.url} gives no contact_id, which the next call needs"
                    break
        status = exchanges[-1].status if exchanges else None
        return Delivery(found.message, outcome, status, message, notes, exchanges, found.place)

    def _carry_out_together(self, together: Sequence[tuple[Found, Plan]]) -> list[Delivery]:
        if len(together) == 1:
            return [self._carry_out(*together[0])]
        calls = [call for _, planned in together for call in planned.calls]
        contacts = [call.contact for call in calls if isinstance(call, UpsertContact)]
        reply = self._client.post("contacts", {"contacts": contacts})
        outcome, message = verdict(reply)
        status = reply.last.status
        if outcome is Outcome.DELIVERED and len(contact_ids(reply.last.answer)) != len(together):
            outcome = Outcome.FAILED
            message = f"{reply.last.url} does not give a contact_id for each of the contacts"
        # A key that is refused is refused for all of them.
        if outcome is Outcome.REJECTED and status not in (401, 403):
            done = [self._carry_out(found, planned) for found, planned in together]
        else:
            done = [
                Delivery(found.message, outcome, status, message, planned.notes, (), found.place)
                for found, planned in together
            ]
        return [
            replace(one, exchanges=reply.exchanges + one.exchanges, bulk_position=position)
            for position, one in enumerate(done)
        ]


def _notes_of_entry(reply: Reply, outcome: Outcome) -> tuple[Note, ...]:
    """Note what the attempts to enter a contact into a journey may have done beside what is told.

    Unlike a contact's upsert, an entry that is made twice is two entries.
    """
    *before, last = reply.exchanges
    if outcome is Outcome.DELIVERED:
        worked, kind = [one for one in before if one.may_have_worked], ENTERED_TWICE
    else:
        worked, kind = [one for one in (*before, last) if one.may_have_worked], ENTERED_THOUGH
    return (kind("event", why=str(worked[-1])),) if worked else ()


def _is_unanswered(delivery: Delivery) -> bool:
    return delivery.outcome is Outcome.FAILED and delivery.status is None


def _not_tried(found: Found, planned: Plan, why: str) -> Delivery:
    reason = why if why.startswith("Not tried") else f"Not tried, after: {why}"
    return Delivery(found.message, Outcome.FAILED, None, reason, planned.notes, place=found.place)
