"""The reference forwarder as the contract suite takes it: `--adapter adapter.contract:factory`."""

from collections.abc import Callable
from typing import Any

from adapter.destination import Destination
from adapter.exchange import Retry


def factory(settings: dict[str, Any]) -> Callable[[dict[str, Any]], dict[str, Any]]:
    """Give `deliver` for these settings; it tries again soon, since nobody is hurt."""
    destination = Destination(**settings, retry=Retry(total=1.0, first=0.01))

    def deliver(message: dict[str, Any]) -> dict[str, Any]:
        delivery = destination.deliver(message)
        delivered = delivery.outcome in ("delivered", "filtered")
        status = 200 if delivered else delivery.status or 503
        return {"status": status, "message": delivery.message}

    return deliver
