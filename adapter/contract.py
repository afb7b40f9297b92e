"""The reference forwarder for the contract suite: `--adapter adapter.contract:factory`."""

from collections.abc import Callable
from typing import Any

from adapter.destination import Destination


def factory(settings: dict[str, Any]) -> Callable[[dict[str, Any]], dict[str, Any]]:
    """Return the function that delivers a message under these settings.

    Between attempts it does not wait, it only adds the time to a clock of its own. So a run takes
    no longer than its calls, and a slow machine does not use up the time for retries.
    """
    waited = 0.0

    def wait(seconds: float) -> None:
        nonlocal waited
        waited += seconds

    destination = Destination(**settings, clock=lambda: waited, sleep=wait)

    def deliver(message: dict[str, Any]) -> dict[str, Any]:
        delivery = destination.deliver(message)
        delivered = delivery.outcome in ("delivered", "filtered")
        status = 200 if delivered else delivery.status or 503
        notes = [{"id": note.id, "path": note.path} for note in delivery.notes]
        answer = {"status": status, "message": delivery.message}
        return {**answer, "outcome": delivery.outcome.value, "notes": notes}

    return deliver
