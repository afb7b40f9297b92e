"""A mapping table: every trait is flattened to a path, and the table says which paths (in any spelling) are Autopilot
fields; name is split; a track carries context.traits too, and leaves email in its properties. One attempt."""
import json
from collections.abc import Callable, Iterator
from typing import Any
from urllib.parse import quote

import requests

PLAIN = "FirstName LastName Phone MobilePhone Fax Title Salutation Website Industry Status LeadSource Twitter LinkedIn Company"
FIELDS = {name.lower(): name for name in PLAIN.split()} | {
    "company.name": "Company", "address.street": "MailingStreet", "address.city": "MailingCity",
    "address.state": "MailingState", "address.postalcode": "MailingPostalCode", "address.country": "MailingCountry",
}
TYPES: dict[type, str] = {bool: "boolean", int: "integer", float: "float", str: "string"}


def table(value: Any, default: dict[str, Any] | None = None) -> dict[str, Any]:
    return value if isinstance(value, dict) and value else default or {}


def paths(traits: dict[str, Any], above: str = "") -> Iterator[tuple[str, Any]]:
    for key, value in traits.items():
        if isinstance(value, dict):
            yield from paths(value, f"{above}{key}.")
        elif isinstance(value, list):
            yield above + key, json.dumps(value)
        elif isinstance(value, float) and value.is_integer() and abs(value) < 2**53:
            yield above + key, int(value)
        elif value is not None:
            yield above + key, value


def mapped(traits: dict[str, Any]) -> dict[str, Any]:
    contact: dict[str, Any] = {"custom": {}}
    for path, value in paths(traits):
        field = FIELDS.get(path.replace("_", "").lower(), "")
        if path == "unsubscribed" and isinstance(value, bool):
            contact["unsubscribed"] = value
        elif field and isinstance(value, str) and not contact.get(field):
            contact[field] = value
        elif path not in ("email", "_NewEmail"):
            contact["custom"][f"{TYPES[type(value)]}--{'--'.join(path.split(' '))}"] = value
    if isinstance(traits.get("name"), str):  # the whole name stays a custom field too
        for field, part in zip(("FirstName", "LastName"), traits["name"].split(maxsplit=1)):
            contact[field] = contact.get(field) or part
    return contact


def factory(settings: dict[str, Any]) -> Callable[[dict[str, Any]], dict[str, Any] | None]:
    def post(path: str, body: dict[str, Any]) -> tuple[int, str]:
        key = {"autopilotapikey": str(settings["api_key"])}
        try:
            reply = requests.post(settings["base_url"] + path, None, body, headers=key, timeout=5, allow_redirects=False)
        except requests.RequestException as error:
            return 400 if isinstance(error, requests.exceptions.InvalidJSONError) else 503, str(error)
        return reply.status_code, reply.text

    def deliver(message: dict[str, Any]) -> dict[str, Any] | None:
        if not isinstance(message, dict):
            return {"status": 400, "message": "not a message"}
        switch = table(message.get("integrations"))
        mine = switch.get("AutopilotHQ")
        if message.get("type") not in ("identify", "track") or (switch.get("All") if mine is None else mine) is False:
            return None
        old, track = table(table(message.get("context")).get("traits")), message["type"] == "track"
        own = table(message.get("properties")) if track else table(message.get("traits"), old)
        contact = mapped({key: old[key] for key in old if key != "unsubscribed"} if track else own)
        emails = [text for text in (own.get("email"), old.get("email")) if isinstance(text, str) and "@" in text]
        contact |= {"Email": emails[0]} if emails else {}
        user, renamed = message.get("userId"), own.get("_NewEmail")
        if type(user) in TYPES and not isinstance(user, bool) and str(user).strip():
            contact["user_id"] = f"{user:.0f}" if isinstance(user, float) and user.is_integer() else str(user)
        if isinstance(renamed, str) and "@" in renamed:
            contact["_NewEmail"] = renamed
        status, text = post("contact", {"contact": contact})
        if track and 200 <= status < 300:
            trigger = settings["journeys"].get(str(message.get("event")), settings["default_trigger"])
            try:
                path = f"trigger/{quote(trigger, safe='')}/contact/{quote(json.loads(text)['contact_id'], safe='')}"
            except (ValueError, KeyError, TypeError):
                return {"status": 502, "message": text}
            status, text = post(path, {"property": own})
        return None if 200 <= status < 300 else {"status": status, "message": text}

    return deliver
