"""Segment Engage, simulated: the messages that a space sends to Autopilot, and when."""

from adapter.engage.computation import Audience, ComputedTrait
from adapter.engage.profile import Event, Identifier, Profile
from adapter.engage.scenario import Scenario, read_scenario
from adapter.engage.schedule import Schedule
from adapter.engage.simulation import Change, Sync, deliver_due, simulate
from adapter.engage.space import Space
from adapter.errors import InvalidSpace

__all__ = [
    "Audience",
    "Change",
    "ComputedTrait",
    "Event",
    "Identifier",
    "InvalidSpace",
    "Profile",
    "Scenario",
    "Schedule",
    "Space",
    "Sync",
    "deliver_due",
    "read_scenario",
    "simulate",
]
