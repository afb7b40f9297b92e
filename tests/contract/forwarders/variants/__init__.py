"""Correct forwarders that use a freedom: each does one thing otherwise that the sources leave open.

Some of what is free has a SHOULD of its own, which is then all that may be found of it.
"""

from tests.contract.forwarders.variants import delivery, events, identifiers, traits
from tests.contract.forwarders.variants.table import VARIANTS, Variant

__all__ = ["VARIANTS", "Variant", "delivery", "events", "identifiers", "traits"]
