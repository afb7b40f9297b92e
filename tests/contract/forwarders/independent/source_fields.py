"""Writes what the message says of its source (context.ip, context.library.name, …) as custom fields
beside the traits, and anonymous_id; nested names are joined with two underscores. Two calls, three attempts."""
import json
import time
from collections.abc import Callable
from itertools import chain
from typing import Any
from urllib.parse import quote

import requests

SOURCE = ("context.ip", "context.locale", "context.timezone", "context.userAgent", "context.library.name")
NAMES = (("FirstName", "firstName"), ("FirstName", "first_name"), ("LastName", "lastName"), ("LastName", "last_name"))


def at(message: Any, path: str) -> Any:
    for step in path.split("."):
        message = message.get(step) if isinstance(message, dict) else None
    return message


def record(message: dict[str, Any], path: str) -> dict[str, Any]:
    found = at(message, path)
    return dict(found) if isinstance(found, dict) else {}


def typed(name: str, value: Any) -> list[tuple[str, Any]]:
    if isinstance(value, dict):
        return list(chain.from_iterable(typed(f"{name}__{key}", inner) for key, inner in value.items()))
    if isinstance(value, float) and value.is_integer() and abs(value) < 2**53:
        value = int(value)
    kind = {bool: "boolean", int: "integer", float: "float"}.get(type(value), "string")
    text = json.dumps(value) if isinstance(value, list) else value
    return [] if value is None else [(f"{kind}--{name.replace(' ', '--')}", text)]


def factory(settings: dict[str, Any]) -> Callable[[dict[str, Any]], dict[str, Any] | None]:
    def post(path: str, body: dict[str, Any], again: int = 2) -> tuple[int, str]:
        try:
            key = {"autopilotapikey": str(settings["api_key"])}
            reply = requests.post(settings["base_url"] + path, None, body, headers=key, timeout=8, allow_redirects=False)
            status, text = reply.status_code, reply.text
        except requests.exceptions.InvalidJSONError as error:
            status, text = 400, f"{error}"
        except requests.RequestException as error:
            status, text = 503, f"{error}"
        if again and (status == 429 or status >= 500):
            time.sleep(0.01)
            return post(path, body, again - 1)
        return status, text

    def deliver(message: dict[str, Any]) -> dict[str, Any] | None:
        if not isinstance(message, dict):
            return {"status": 400, "message": "not a message"}
        asked = at(message, "integrations.AutopilotHQ")
        if (at(message, "integrations.All") if asked is None else asked) is False:
            return None
        if message.get("type") not in ("identify", "track"):
            return None
        own = record(message, "traits" if message["type"] == "identify" else "properties")
        contact: dict[str, Any] = {}
        for email in (own.pop("email", None), at(message, "context.traits.email")):
            if isinstance(email, str) and email.strip():
                contact.setdefault("Email", email)
        user, anonymous, renamed = message.get("userId"), message.get("anonymousId"), own.pop("_NewEmail", None)
        user = int(user) if isinstance(user, float) and user.is_integer() else user
        if type(user) in (str, int, float) and str(user).strip():
            contact["user_id"] = str(user)
        if contact and isinstance(anonymous, str) and anonymous.strip():
            contact["anonymous_id"] = anonymous
        if isinstance(renamed, str) and renamed.strip():
            contact["_NewEmail"] = renamed
        custom = dict(chain.from_iterable(typed(path, at(message, path)) for path in SOURCE))
        if message["type"] == "identify":
            for field, name in NAMES:
                if field not in contact and isinstance(own.get(name), str):
                    contact[field] = own.pop(name)
            custom |= dict(chain.from_iterable(typed(name, own[name]) for name in own))
        status, text = post("contact", {"contact": contact | {"custom": custom}})
        if message["type"] == "track" and 200 <= status < 300:
            trigger = settings["journeys"].get(str(message.get("event")), settings["default_trigger"])
            try:
                who = quote(json.loads(text)["contact_id"], safe="")
            except (ValueError, KeyError, TypeError):
                return {"status": 502, "message": text}
            status, text = post(f"trigger/{quote(trigger, safe='')}/contact/{who}", {"property": own})
        return None if 200 <= status < 300 else {"status": status, "message": text}

    return deliver
