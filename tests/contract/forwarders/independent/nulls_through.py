"""Passes every null on as JSON null (a null trait as null in its field, a null property as it came) where the others
leave null traits out. Two calls for a track, by contact id; failures are reported, only silence is tried again."""
import json
import time
from collections.abc import Callable, Iterator
from typing import Any
from urllib.parse import quote

import requests

Json = dict[str, Any]


def section(message: Json, *path: str) -> Json:
    here: Any = message
    for step in path:
        here = here.get(step) if isinstance(here, dict) else None
    return here if isinstance(here, dict) else {}


def is_off(integrations: Json) -> bool:
    return integrations.get("All" if integrations.get("AutopilotHQ") is None else "AutopilotHQ") is False


def fields(name: str, value: Any) -> Iterator[tuple[str, Any]]:
    if isinstance(value, dict):
        for key in value:
            yield from fields(f"{name}.{key}", value[key])
        return
    kind = "string"  # of null too: nothing tells what it was
    if isinstance(value, float):
        kind, value = ("integer", int(value)) if value.is_integer() and abs(value) < 2**53 else ("float", value)
    elif isinstance(value, int):
        kind = "boolean" if isinstance(value, bool) else "integer"
    elif isinstance(value, list):
        value = json.dumps(value)
    yield f"{kind}--" + name.replace(" ", "--"), value


def contact_of(message: Json, own: Json) -> Json:
    contact: Json = {}
    for email in (section(message, "context", "traits").get("email"), own.get("email")):
        if isinstance(email, str) and "@" in email:
            contact["Email"] = email
    user = message.get("userId")
    if isinstance(user, str) and user.strip() or isinstance(user, (int, float)) and not isinstance(user, bool):
        contact["user_id"] = str(int(user) if isinstance(user, float) and user.is_integer() else user)
    if isinstance(own.get("_NewEmail"), str) and "@" in own["_NewEmail"]:
        contact["_NewEmail"] = own["_NewEmail"]
    return contact


def factory(settings: dict[str, Any]) -> Callable[[dict[str, Any]], dict[str, Any] | None]:
    key = {"autopilotapikey": str(settings["api_key"])}

    def post(path: str, body: Json) -> Json:
        for _ in range(3):
            try:
                reply = requests.post(settings["base_url"] + path, None, body, headers=key, timeout=5, allow_redirects=False)
                return {"status": reply.status_code, "message": reply.text}
            except requests.exceptions.InvalidJSONError as error:
                return {"status": 400, "message": str(error)}
            except requests.RequestException:
                time.sleep(0.01)
        return {"status": 503, "message": "Autopilot did not answer three times"}

    def deliver(message: dict[str, Any]) -> dict[str, Any] | None:
        if not isinstance(message, dict):
            return {"status": 400, "message": "not an object"}
        if message.get("type") not in ("identify", "track") or is_off(section(message, "integrations")):
            return None
        own = section(message, "properties" if message["type"] == "track" else "traits")
        contact, rest = contact_of(message, own), {k: v for k, v in own.items() if k not in ("email", "_NewEmail")}
        if message["type"] == "identify":
            for field, names in {"FirstName": ("firstName", "first_name"), "LastName": ("lastName", "last_name")}.items():
                values = [rest.pop(name) for name in names if name in rest and isinstance(rest[name], (str, type(None)))]
                if values:
                    contact[field] = next((value for value in values if value), values[0])
            contact["custom"] = dict(pair for name in rest for pair in fields(name, rest[name]))
        result = post("contact", {"contact": contact})
        if message["type"] == "track" and 200 <= result["status"] < 300:
            trigger = settings["journeys"].get(str(message.get("event")), settings["default_trigger"])
            try:
                who = quote(json.loads(result["message"])["contact_id"], safe="")
            except (ValueError, TypeError, KeyError):
                return {"status": 502, "message": result["message"]}
            result = post(f"trigger/{quote(trigger, safe='')}/contact/{who}", {"property": rest})
        return None if 200 <= result["status"] < 300 else result

    return deliver
