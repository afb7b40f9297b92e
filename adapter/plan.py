"""From a Segment message to Autopilot calls. Pure: nothing is sent here.

`plan` decides in the specification's order: is the message for Autopilot at all, who is it about,
what does it carry.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from adapter.calls import Call, EnterJourney, UpsertContact
from adapter.contact import build_contact
from adapter.errors import InvalidName
from adapter.identity import Identifiers, address, address_at, is_email, read_identifiers
from adapter.json_values import json_text, kind_of, shown
from adapter.message import Parts, event_name, message_object, object_at, parts_of
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
class Plan:
    """What a message causes at Autopilot: nothing, an upsert, or an upsert and an entry.

    Attributes:
        identifiers: who the message is about; empty when it is filtered. A message without any is
            planned all the same, and the account answers 400, as Autopilot does (`seed`).
        upsert: the call that adds or updates the contact.
        entry: the call that enters the contact into a journey, made after the upsert succeeded.
        filtered: why the message is not for Autopilot, or None.
        rejected: why it is for Autopilot but cannot be sent, or None.
        notes: what is not carried, or not as one may expect.

    """

    identifiers: Identifiers = field(default_factory=Identifiers)
    upsert: UpsertContact | None = None
    entry: EnterJourney | None = None
    filtered: str | None = None
    rejected: str | None = None
    notes: tuple[Note, ...] = ()

    @property
    def calls(self) -> tuple[Call, ...]:
        """The calls in the order in which they are made."""
        return tuple(call for call in (self.upsert, self.entry) if call is not None)


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
    ids = read_identifiers(parts, notes)
    _note_unused_part(fields, notes)
    entry = None
    if fields["type"] == "identify":
        upsert = _upsert_of_identify(parts, ids, notes)
    else:
        event = event_name(fields)
        trigger_id = _trigger_id(event, settings)
        if trigger_id is None:
            reason = f"No trigger id can be made of the event {shown(event)}: map it in journeys"
            return Plan(ids, rejected=reason, notes=tuple(dict.fromkeys(notes)))
        upsert, entry = _calls_of_track(parts, ids, notes, trigger_id)
    # Two steps may have made the same note.
    return Plan(ids, upsert, entry, notes=tuple(dict.fromkeys(notes)))


def _filtered(message: Mapping[str, Any], notes: list[Note]) -> str | None:
    """Return why a message is not sent to Autopilot, or None if it is.

    Reads only its type and its integrations object.
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
    # Only false turns it off (`spec`); true or an object turns it on, other values do neither.
    if own is False:
        return f"integrations.{DESTINATION} is false"
    if own is True or isinstance(own, dict):
        return None
    if integrations.get("All") is False:
        return f"integrations.All is false, and integrations.{DESTINATION} does not turn it on"
    return None


def _note_unused_part(message: Mapping[str, Any], notes: list[Note]) -> None:
    """Note the properties of an identify, or the traits of a track."""
    if message["type"] == "identify":
        part, use = "properties", "an identify has traits"
    else:
        part, use = "traits", "a track has properties, and context.traits"
    if message.get(part):
        notes.append(UNUSED_PART(part, use=use))


def _upsert_of_identify(parts: Parts, ids: Identifiers, notes: list[Note]) -> UpsertContact:
    """Return the call of an identify: its own traits, or else those of its context (`ours`)."""
    if parts.context_traits and not parts.own:
        notes.append(CONTEXT_TRAITS_USED("context.traits"))
        contact = build_contact("context.traits", parts.context_traits, ids, parts, notes)
        return UpsertContact(contact)
    for key, value in parts.context_traits.items():
        path = f"context.traits.{key}"
        if is_email(key):
            if address_at(path, value, notes) not in (None, ids.email):
                notes.append(OTHER_ADDRESS(path))
        elif key not in parts.own or json_text(parts.own[key]) != json_text(value):
            notes.append(CONTEXT_TRAIT(path))
    return UpsertContact(build_contact("traits", parts.own, ids, parts, notes))


def _trigger_id(event: str, settings: Settings) -> str | None:
    """Return the trigger that an event enters contacts by, or None if its name makes no id."""
    try:
        return settings.journeys.get(event) or settings.default_trigger or snake_case(event)
    except InvalidName:
        return None


def _calls_of_track(
    parts: Parts, ids: Identifiers, notes: list[Note], trigger_id: str
) -> tuple[UpsertContact, EnterJourney]:
    """Return the calls of a track: the upsert of its user, and the entry into the journey."""
    traits = {}
    for key, value in parts.context_traits.items():
        # Mobile libraries repeat old traits with every event (`ours`).
        if spelling(key) == "unsubscribed":
            notes.append(TRACK_UNSUBSCRIBED(f"context.traits.{key}"))
        else:
            traits[key] = value
    new_email = address_at("properties._NewEmail", parts.own.get("_NewEmail"), notes)
    contact = build_contact("context.traits", traits, ids, parts, notes, new_email)
    properties = {}
    for key, value in parts.own.items():
        # An address that is sent with the contact is not repeated with the event (`ours`).
        if is_email(key) and ids.email and address(value) == ids.email:
            notes.append(IDENTIFYING_PROPERTY(f"properties.{key}", field="Email"))
        elif key == "_NewEmail" and new_email:
            notes.append(IDENTIFYING_PROPERTY(f"properties.{key}", field="_NewEmail"))
        else:
            properties[key] = value
    return UpsertContact(contact), EnterJourney(trigger_id, properties)
