"""The destination: a message goes in, a delivery comes out."""

import random as random_module
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any, Self

from adapter.batches import batches
from adapter.delivery import Delivery, Outcome
from adapter.errors import InvalidMessage
from adapter.exchange import Exchange, Reply, Retry
from adapter.mapping import EnterJourney, Plan, UpsertContact, plan
from adapter.settings import BASE_URL, Settings

if TYPE_CHECKING:
    from adapter.client import Session


class Destination:
    """Autopilot as a destination of Segment messages.

    A context manager: leaving it closes the connections. Not for two threads at once.

    Args:
        api_key: the account's key (`seed`).
        base_url: where the API is.
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
        base_url: str = BASE_URL,
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
            InvalidMessage: it is not a Segment message that JSON can carry; nothing was sent.

        """
        return self._carry_out(message, plan(message, self.settings))

    def deliver_many(self, messages: Iterable[Mapping[str, Any]]) -> list[Delivery]:
        """Deliver messages, contacts in bulk where that changes nothing; deliveries in their order.

        The messages of one user are carried out in their order, as far as these messages tell who
        is the same user. Those that went in one bulk call
        share its exchanges. When a bulk is rejected its messages go one by one, so that each has
        its own verdict.

        When a call got no answer in all the time it had, those after it are not tried any more:
        they are `failed` too, and say so.

        Raises:
            InvalidMessage: one is not a Segment message (`messages[3].traits`); nothing was sent.

        """
        sources = list(messages)
        plans = [self._plan_at(index, source) for index, source in enumerate(sources)]
        deliveries: dict[int, Delivery] = {}
        unanswered = ""
        for positions in batches(plans):
            together = [(sources[index], plans[index]) for index in positions]
            if unanswered and any(planned.calls for _, planned in together):
                done = [_not_tried(source, unanswered) for source, _ in together]
            else:
                done = self._carry_out_together(together)
            deliveries.update(zip(positions, done, strict=True))
            unanswered = next((one.message for one in done if _is_unanswered(one)), unanswered)
        return [deliveries[index] for index in range(len(sources))]

    def _plan_at(self, index: int, source: Mapping[str, Any]) -> Plan:
        try:
            return plan(source, self.settings)
        except InvalidMessage as error:
            inner = "" if error.field == "message" else f".{error.field}"
            raise InvalidMessage(f"messages[{index}]{inner}", error.problem) from None

    def _carry_out(self, source: Mapping[str, Any], planned: Plan) -> Delivery:
        if planned.filtered is not None:
            return Delivery(source, Outcome.FILTERED, message=planned.filtered)
        if planned.rejected is not None:
            return Delivery(source, Outcome.REJECTED, message=planned.rejected)
        exchanges: tuple[Exchange, ...] = ()
        contact_id = ""
        outcome, message = Outcome.DELIVERED, ""
        for position, call in enumerate(planned.calls):
            path = call.path(contact_id) if isinstance(call, EnterJourney) else call.path
            reply = self._client.post(path, call.body)
            exchanges += reply.exchanges
            outcome, message = verdict(reply)
            if outcome is not Outcome.DELIVERED:
                break
            if position + 1 < len(planned.calls):
                contact_id = _contact_id(reply.last.answer)
                if not contact_id:
                    outcome = Outcome.FAILED
                    message = f"{reply.last.url} gives no contact_id, which the next call needs"
                    break
        return Delivery(
            source, outcome, exchanges[-1].status, message, planned.uncarried, exchanges
        )

    def _carry_out_together(
        self, together: Sequence[tuple[Mapping[str, Any], Plan]]
    ) -> list[Delivery]:
        if len(together) == 1:
            return [self._carry_out(*together[0])]
        calls = [call for _, planned in together for call in planned.calls]
        contacts = [call.contact for call in calls if isinstance(call, UpsertContact)]
        reply = self._client.post("contacts", {"contacts": contacts})
        outcome, message = verdict(reply)
        status = reply.last.status
        if outcome is Outcome.DELIVERED and _count_of_ids(reply.last.answer) != len(together):
            outcome = Outcome.FAILED
            message = f"{reply.last.url} does not give a contact_id for each of the contacts"
        # A key that is refused is refused for all of them.
        if outcome is Outcome.REJECTED and status not in (401, 403):
            singly = [self._carry_out(source, planned) for source, planned in together]
            return [replace(one, exchanges=reply.exchanges + one.exchanges) for one in singly]
        return [
            Delivery(source, outcome, status, message, planned.uncarried, reply.exchanges)
            for source, planned in together
        ]


def _is_unanswered(delivery: Delivery) -> bool:
    return delivery.outcome is Outcome.FAILED and delivery.status is None


def _not_tried(source: Mapping[str, Any], why: str) -> Delivery:
    reason = why if why.startswith("Not tried") else f"Not tried, after: {why}"
    return Delivery(source, Outcome.FAILED, message=reason)


def verdict(reply: Reply) -> tuple[Outcome, str]:
    """Give the outcome that a reply means for its call, and the words for it."""
    if reply.failure:
        return Outcome.FAILED, reply.failure
    status, answer = reply.last.status or 0, reply.last.answer
    if status >= 400:
        return Outcome.REJECTED, _words(answer) or f"{reply.last.url} answers {status}"
    # Autopilot answers in JSON: a page of HTML with a 200 is somebody else's.
    if not isinstance(answer, dict) and status != 204:
        return Outcome.FAILED, f"{reply.last.url} answers {status}, but not with a JSON object"
    return Outcome.DELIVERED, ""


def _words(answer: object) -> str:
    words = answer.get("message") if isinstance(answer, dict) else answer
    return words.strip() if isinstance(words, str) else ""


def _count_of_ids(answer: object) -> int:
    contact_ids = answer.get("contact_ids") if isinstance(answer, dict) else None
    return len(contact_ids) if isinstance(contact_ids, list) else 0


def _contact_id(answer: object) -> str:
    contact_id = answer.get("contact_id") if isinstance(answer, dict) else None
    return contact_id.strip() if isinstance(contact_id, str) else ""
