"""A journey, an entry into it, and how the API answers them. Pure."""

from typing import Any

from msgspec import Struct


class Entry(Struct, frozen=True, kw_only=True):
    """One contact's entry into a journey. `ejected_at` is None as long as it is on the journey.

    Times are ISO-8601 texts. `properties` are the event's, as they came.
    """

    contact_id: str
    entered_at: str
    properties: dict[str, Any] = {}
    ejected_at: str | None = None


class Journey(Struct, frozen=True, kw_only=True):
    """A journey with its API trigger.

    `journey_id` is made by the service (`doc`); no call of the API tells it. That a journey has
    one trigger only is `ours`.
    """

    trigger_id: str
    journey_id: str
    name: str

    @property
    def made_on_use(self) -> bool:
        """Whether the first use of its trigger made it, so that it is called by the trigger's id.

        One that was defined with that id as its name cannot be told apart.
        """
        return self.name == self.trigger_id


def render(journey: Journey) -> dict[str, str]:
    """Return a journey as `GET /v1/triggers` lists it (`observed`)."""
    return {
        "trigger_id": journey.trigger_id,
        "journey": journey.name,
        "trigger_type": "apiTrigger",
    }
