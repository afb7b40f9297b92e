"""The part of Segment Engage: what it sends to Autopilot of a space's users, and when."""

from adapter.engage.computation import Audience, ComputedTrait
from adapter.engage.profile import Event, Identifier, Profile
from adapter.engage.schedule import Schedule
from adapter.engage.space import Space
from adapter.errors import InvalidSpace

__all__ = [
    "Audience",
    "ComputedTrait",
    "Event",
    "Identifier",
    "InvalidSpace",
    "Profile",
    "Schedule",
    "Space",
]
