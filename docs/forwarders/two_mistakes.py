"""The forwarder of factory.py with two mistakes."""

from collections.abc import Callable
from typing import Any

from factory import factory as right


def factory(settings: dict[str, Any]) -> Callable[[dict[str, Any]], dict[str, Any] | None]:
    deliver = right(settings)

    def wrong(message: dict[str, Any]) -> dict[str, Any] | None:
        if traits := message.get("traits"):
            kept = {name: value for name, value in traits.items() if value or value is None}
            message = {**message, "traits": kept}  # 0, false and "" are lost
        if message["type"] == "track":
            message = {**message, "context": {}}  # where the address may be
        return deliver(message)

    return wrong
