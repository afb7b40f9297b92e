"""The reference forwarder as the contract suite takes it: `--adapter adapter.contract:factory`."""

from collections.abc import Callable
from typing import Any

from adapter.destination import Destination


def factory(settings: dict[str, Any]) -> Callable[[dict[str, Any]], dict[str, Any]]:
    """Give `deliver` for these settings.

    It waits between attempts as it would in life, but on a clock of its own, where only waiting
    takes time: nobody is hurt by trying again at once, and a slow machine is no failure.
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
