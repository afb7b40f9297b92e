"""From a Segment message to Autopilot calls. Pure: nothing is sent here.

`plan` decides in the specification's order: is the message for Autopilot at all, who is it about,
what does it carry.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import quote

from adapter.contact import contact_of
from adapter.errors import InvalidName
from adapter.identity import Identifiers, address, address_at, identifiers, is_email
from adapter.message import (
    Parts,
    event_name,
    kind_of,
    message_object,
    object_at,
    parts_of,
    shown,
)
from adapter.naming import snake_case, spelling
from adapter.notes import (
    CONTEXT_TRAIT,
    CONTEXT_TRAITS_USED,
    IDENTIFYING_PROPERTY,
    INTEGRATION_CASE,
    INTEGRATION_VALUE,
    OTHER_ADDRESS,
    TRACK_UNSUBSCRIBED,
    UNUSED_PART,
    Note,
)
from adapter.settings import Settings

#: The name of this destination in a message's integrations object, case-sensitive (`seed`).
DESTINATION = "AutopilotHQ"

_SITE_ONLY = (
    "page views, form submissions, Headsup messages and association through Autopilot's JavaScript "
    "need Autopilot's own tracking code on the site, and this project does not imitate them"
)
_ONLY_SENT = "only identify and track calls are sent to Autopilot"
#: Why a message of such a type never causes a call (`seed`).
NOT_SENT: Mapping[str, str] = {
    "page": f"{_ONLY_SENT}: {_SITE_ONLY}",
    "screen": f"{_ONLY_SENT}: {_SITE_ONLY}",
    "group": _ONLY_SENT,
    "alias": _ONLY_SENT,
}


@dataclass(frozen=True)
class UpsertContact:
    """Add a contact, or update the one it identifies: `POST contact {"contact": …}`."""

    contact: dict[str, Any]

    def __str__(self) -> str:
        return f"POST contact {_json(self.body)}"

    @property
    def path(self) -> str:
        """The call's path below the base URL."""
        return "contact"

    @property
    def body(self) -> dict[str, Any]:
        """The call's body."""
        return {"contact": self.contact}


@dataclass(frozen=True)
class EnterJourney:
    """Enter the contact of the call before into a journey, with an event's properties.

    `POST trigger/{trigger_id}/contact/{contact_id} {"property": …}` (`client`). The contact's id
    comes from the answer to the call before, so that no odd address ever stands in a path.
    """

    trigger_id: str
    properties: dict[str, Any]

    def __str__(self) -> str:
        return f"POST {self.path('')}{{contact_id}} {_json(self.body)}"

    def path(self, contact_id: str) -> str:
        """Return the call's path below the base URL."""
        return f"trigger/{quote(self.trigger_id, safe='')}/contact/{quote(contact_id, safe='')}"

    @property
    def body(self) -> dict[str, Any]:
        """The call's body."""
        return {"property": self.properties}


Call = UpsertContact | EnterJourney


@dataclass(frozen=True)
class Plan:
    """What a message causes at Autopilot.

    Attributes:
        identifiers: who the message is about. With none it is planned all the same: it is the
            account that answers 400, as in life (`seed`). Not looked at when it is filtered.
        calls: in the order they are made; a later one only when the one before has succeeded.
        filtered: why the message is not for Autopilot, or None.
        rejected: why it is, but cannot be sent, or None.
        notes: a note for each thing not carried, or otherwise than one may expect.

    """

    identifiers: Identifiers = field(default_factory=Identifiers)
    calls: tuple[Call, ...] = ()
    filtered: str | None = None
    rejected: str | None = None
    notes: tuple[Note, ...] = ()


def plan(message: Mapping[str, Any], settings: Settings) -> Plan:
    """Return the calls that `message` causes at Autopilot under `settings`.

    Raises:
        InvalidMessage: `message` is not a Segment message that JSON can carry.

    """
    fields = message_object(message)
    notes: list[Note] = []
    filtered = _filtered(fields, notes)
    if filtered is not None:
        return Plan(filtered=filtered, notes=tuple(notes))
    parts = parts_of(fields, notes)
    who = identifiers(parts, notes)
    calls: tuple[Call, ...] = ()
    rejected = None
    try:
        if fields["type"] == "identify":
            calls = _identify_to_contact(fields, parts, who, notes)
        else:
            calls = _track_to_journey(fields, parts, who, notes, settings)
    except InvalidName:
        event = shown(fields["event"])
        rejected = f"No trigger id can be made of the event {event}: map it in journeys"
    # What two steps have noted alike is said once.
    return Plan(who, calls, rejected=rejected, notes=tuple(dict.fromkeys(notes)))


def _filtered(message: Mapping[str, Any], notes: list[Note]) -> str | None:
    """Return why a message does not reach Autopilot, or None when it does.

    Only its type, and then its integrations object, are looked at.
    """
    reason = NOT_SENT.get(message["type"])
    if reason is not None:
        return reason
    integrations = object_at("integrations", message.get("integrations"), notes)
    for name, value in integrations.items():
        for known in (DESTINATION, "All"):
            if name == known and not isinstance(value, bool | dict | None):
                notes.append(INTEGRATION_VALUE(f"integrations.{name}", kind=kind_of(value)))
            elif name != known and isinstance(name, str) and name.lower() == known.lower():
                notes.append(INTEGRATION_CASE(f"integrations.{name}", name=known))
    own = integrations.get(DESTINATION)
    # Only false turns off (`spec`); what is neither that, true nor an object says nothing.
    if own is False:
        return f"integrations.{DESTINATION} is false"
    if own is True or isinstance(own, dict):
        return None
    if integrations.get("All") is False:
        return f"integrations.All is false, and integrations.{DESTINATION} does not turn it on"
    return None


def _identify_to_contact(
    message: Mapping[str, Any], parts: Parts, who: Identifiers, notes: list[Note]
) -> tuple[Call, ...]:
    """Return the call of an identify: its traits, else those of its context (`ours`)."""
    if message.get("properties"):
        notes.append(UNUSED_PART("properties", use="an identify has traits"))
    if parts.context_traits and not parts.own:
        notes.append(CONTEXT_TRAITS_USED("context.traits"))
        contact = contact_of("context.traits", parts.context_traits, who, parts, notes)
        return (UpsertContact(contact),)
    for key, value in parts.context_traits.items():
        path = f"context.traits.{key}"
        if is_email(key):
            if address_at(path, value, notes) not in (None, who.email):
                notes.append(OTHER_ADDRESS(path))
        elif key not in parts.own or _json(parts.own[key]) != _json(value):
            notes.append(CONTEXT_TRAIT(path))
    return (UpsertContact(contact_of("traits", parts.own, who, parts, notes)),)


def _track_to_journey(
    message: Mapping[str, Any],
    parts: Parts,
    who: Identifiers,
    notes: list[Note],
    settings: Settings,
) -> tuple[Call, ...]:
    """Return the calls of a track: the upsert of who did it, and the entry into the journey.

    Raises:
        InvalidName: no trigger id can be made of the event's name.

    """
    if message.get("traits"):
        notes.append(UNUSED_PART("traits", use="a track has properties, and context.traits"))
    event = event_name(message)
    trigger_id = settings.journeys.get(event) or settings.default_trigger or snake_case(event)
    traits = {}
    for key, value in parts.context_traits.items():
        # Mobile libraries repeat old traits with every event (`ours`).
        if spelling(key) == "unsubscribed":
            notes.append(TRACK_UNSUBSCRIBED(f"context.traits.{key}"))
        else:
            traits[key] = value
    new_email = address_at("properties._NewEmail", parts.own.get("_NewEmail"), notes)
    contact = contact_of("context.traits", traits, who, parts, notes, new_email)
    properties = {}
    for key, value in parts.own.items():
        # What identifies is on the contact: not a second copy of the address (`ours`).
        if is_email(key) and who.email and address(value) == who.email:
            notes.append(IDENTIFYING_PROPERTY(f"properties.{key}", field="Email"))
        elif key == "_NewEmail" and new_email:
            notes.append(IDENTIFYING_PROPERTY(f"properties.{key}", field="_NewEmail"))
        else:
            properties[key] = value
    return UpsertContact(contact), EnterJourney(trigger_id, properties)


def _json(value: object) -> str:
    return json.dumps(value, ensure_ascii=False)
