"""The reference forwarder from Segment messages to Autopilot calls.

`plan` returns the calls that a message causes, and sends nothing; `Destination` makes them.
"""

from adapter.calls import EnterJourney, UpsertContact
from adapter.delivery import Delivery, Outcome
from adapter.destination import Destination
from adapter.errors import InvalidMessage, InvalidName, InvalidSettings
from adapter.exchange import Exchange, Retry
from adapter.naming import snake_case
from adapter.notes import Note
from adapter.plan import Plan, plan
from adapter.settings import Settings

__all__ = [
    "Delivery",
    "Destination",
    "EnterJourney",
    "Exchange",
    "InvalidMessage",
    "InvalidName",
    "InvalidSettings",
    "Note",
    "Outcome",
    "Plan",
    "Retry",
    "Settings",
    "UpsertContact",
    "plan",
    "snake_case",
]
