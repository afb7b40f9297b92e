"""From a Segment message to Autopilot calls. Pure: nothing is sent here."""

import json
from collections.abc import Iterator, Mapping
from copy import deepcopy
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote

from adapter.contact import contact_of
from adapter.errors import InvalidName
from adapter.identity import (
    Identifiers,
    address,
    context_traits,
    identifiers,
    is_email,
)
from adapter.message import check
from adapter.naming import snake_case
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
        """Give the call's path below the base URL."""
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
            account that answers 400, as in life (`seed`).
        calls: in the order they are made; a later one only when the one before has succeeded.
        filtered: why the message is not for Autopilot, or None.
        rejected: why it is, but cannot be sent with these settings, or None.
        uncarried: a sentence for each thing not carried, or otherwise than one may expect.

    """

    identifiers: Identifiers
    calls: tuple[Call, ...] = ()
    filtered: str | None = None
    rejected: str | None = None
    uncarried: tuple[str, ...] = ()


def plan(message: Mapping[str, Any], settings: Settings) -> Plan:
    """Give the calls that `message` causes at Autopilot under `settings`.

    Raises:
        InvalidMessage: `message` is not a Segment message that JSON can carry.

    """
    check(message)
    who = identifiers(message)
    reason = _filtered(message)
    if reason is not None:
        return Plan(who, filtered=reason)
    if message["type"] == "identify":
        contact, uncarried = contact_of(message.get("traits") or {}, who)
        return Plan(who, (UpsertContact(contact),), uncarried=(*_left_out(message), *uncarried))
    return _plan_track(message, settings, who)


def _plan_track(message: Mapping[str, Any], settings: Settings, who: Identifiers) -> Plan:
    event = message["event"]
    trigger_id = settings.journeys.get(event) or settings.default_trigger
    if trigger_id is None:
        try:
            trigger_id = snake_case(event)
        except InvalidName:
            return Plan(
                who,
                rejected=f"No trigger id can be made of the event {event!r}: map it in journeys",
            )
    properties = message.get("properties") or {}
    new_email = address(properties.get("_NewEmail"))
    contact, uncarried = contact_of(
        context_traits(message), who, new_email=new_email, where="context.traits"
    )
    carried = {
        key: value
        for key, value in properties.items()
        # What identifies is on the contact: not a second copy of the address (`ours`).
        if not (is_email(key) and who.email and address(value) == who.email)
        and not (key == "_NewEmail" and new_email)
    }
    calls = (UpsertContact(contact), EnterJourney(trigger_id, deepcopy(carried)))
    return Plan(who, calls, uncarried=(*_left_out(message), *uncarried))


def _left_out(message: Mapping[str, Any]) -> Iterator[str]:
    """Name what is not carried of a message beside its traits and properties."""
    for name in ("userId", "anonymousId"):
        value = message.get(name)
        if isinstance(value, bool) or not isinstance(value, str | int | float | None):
            yield f"{name} is neither text nor a number: left out"
    if message["type"] == "identify":
        email = identifiers(message).email
        for key, value in context_traits(message).items():
            if not is_email(key):
                yield f"context.traits.{key} is carried with a track only: left out"
            elif not isinstance(value, str | None) or address(value) not in (None, email):
                yield f"context.traits.{key} is not the address that identifies: left out"


def _filtered(message: Mapping[str, Any]) -> str | None:
    reason = NOT_SENT.get(message["type"])
    if reason is not None:
        return reason
    integrations = message.get("integrations") or {}
    own = integrations.get(DESTINATION)
    # Only false turns off (`spec`); what is neither that, true nor an object says nothing.
    if own is False:
        return f"integrations.{DESTINATION} is false"
    if own is True or isinstance(own, dict):
        return None
    if integrations.get("All") is False:
        return f"integrations.All is false, and integrations.{DESTINATION} does not turn it on"
    return None


def _json(body: dict[str, Any]) -> str:
    return json.dumps(body, ensure_ascii=False)
