"""Looks an addressed contact up by GET before a track: one that is there already, and has the message's user id (or the
message has none), is entered by its contact_id without being written again. Everything else is upserted first."""
import json
import time
from collections.abc import Callable
from typing import Any
from urllib.parse import quote

import requests

KNOWN = {"firstName": "FirstName", "first_name": "FirstName", "lastName": "LastName", "last_name": "LastName"}


def inside(value: Any, *keys: str) -> dict[str, Any]:
    for key in keys:
        value = value.get(key) if isinstance(value, dict) else None
    return value if isinstance(value, dict) else {}


def custom(name: str, value: Any) -> dict[str, Any]:
    if isinstance(value, dict):
        return {k: v for key, item in value.items() for k, v in custom(f"{name}.{key}", item).items()}
    if value is None:
        return {}
    value = int(value) if isinstance(value, float) and value.is_integer() and abs(value) < 2**53 else value
    kind = {bool: "boolean", int: "integer", float: "float"}.get(type(value), "string")
    return {f"{kind}--{name.replace(' ', '--')}": json.dumps(value) if isinstance(value, list) else value}


def factory(settings: dict[str, Any]) -> Callable[[dict[str, Any]], dict[str, Any] | None]:
    def call(method: str, path: str, body: dict[str, Any] | None = None) -> tuple[int, dict[str, Any]]:
        status, answer, key = 503, {"message": "no answer"}, {"autopilotapikey": str(settings["api_key"])}
        for _ in range(3):
            try:
                url = settings["base_url"] + path
                reply = requests.request(method, url, json=body, headers=key, timeout=5, allow_redirects=False)
                status, answer = reply.status_code, {"message": reply.text}
                answer = inside(reply.json())
            except requests.exceptions.JSONDecodeError:
                pass
            except requests.exceptions.InvalidJSONError as error:
                return 400, {"message": str(error)}
            except requests.RequestException as error:
                status, answer = 503, {"message": str(error)}
            if status < 500 and status != 429:
                break
            time.sleep(0.01)
        return status, answer

    def deliver(message: dict[str, Any]) -> dict[str, Any] | None:
        if not isinstance(message, dict):
            return {"status": 400, "message": "not a message"}
        switch = inside(message, "integrations")
        wanted = switch.get("All") if switch.get("AutopilotHQ") is None else switch["AutopilotHQ"]
        if message.get("type") not in ("identify", "track") or wanted is False:
            return None
        own = dict(inside(message, "traits" if message["type"] == "identify" else "properties"))
        emails = (own.pop("email", None), inside(message, "context", "traits").get("email"))
        email = next((text for text in emails if isinstance(text, str) and "@" in text), "")
        user, renamed = message.get("userId"), own.pop("_NewEmail", None)
        user = f"{user:.15g}" if isinstance(user, float) else str(user) if type(user) in (int, str) else ""
        contact: dict[str, Any] = {"Email": email} if email else {}
        contact |= {"user_id": user} if user.strip() else {}
        contact |= {"_NewEmail": renamed} if isinstance(renamed, str) and "@" in renamed else {}

        found: dict[str, Any] = {}
        if message["type"] == "track" and email and "_NewEmail" not in contact:
            status, found = call("GET", f"contact/{quote(email, safe='')}")
            if status == 429 or status >= 500:
                return {"status": status, "message": str(found.get("message"))}
            found = found if status == 200 and found.get("user_id") == contact.get("user_id", found.get("user_id")) else {}
        if message["type"] == "identify":
            for name in [name for name in KNOWN if isinstance(own.get(name), str)]:
                contact[KNOWN[name]] = contact.get(KNOWN[name]) or own.pop(name)
            contact["custom"] = {k: v for name, value in own.items() for k, v in custom(name, value).items()}
        status, answer = (200, found) if found.get("contact_id") else call("POST", "contact", {"contact": contact})
        if message["type"] == "track" and 200 <= status < 300:
            trigger = settings["journeys"].get(str(message.get("event")), settings["default_trigger"])
            if not isinstance(answer.get("contact_id"), str):
                return {"status": 502, "message": f"no contact_id in {answer}"}
            who = quote(answer["contact_id"], safe="")
            status, answer = call("POST", f"trigger/{quote(trigger, safe='')}/contact/{who}", {"property": own})
        return None if 200 <= status < 300 else {"status": status, "message": str(answer.get("message", answer))}

    return deliver
