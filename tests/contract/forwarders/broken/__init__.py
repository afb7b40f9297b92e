"""Broken forwarders: each is the correct one with one mistake that a developer would make.

A mistake breaks the clause that it stands under. Where it cannot but break others too, it does.
"""

from tests.contract.forwarders.broken import (
    computed,
    contacts,
    delivery,
    engage,
    entrants,
    events,
    exactness,
    filtering,
    identifiers,
    known_contacts,
    memberships,
    others,
    people,
    texts,
    values,
)
from tests.contract.forwarders.broken.table import BROKEN, Broken

__all__ = [
    "BROKEN",
    "Broken",
    "computed",
    "contacts",
    "delivery",
    "engage",
    "entrants",
    "events",
    "exactness",
    "filtering",
    "identifiers",
    "known_contacts",
    "memberships",
    "others",
    "people",
    "texts",
    "values",
]
