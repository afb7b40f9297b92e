"""A forwarder as a factory in Python."""

import json
from collections.abc import Callable
from typing import Any

import requests

SENT = {"identify": "traits", "track": "properties"}
FIELDS = {"firstName": "FirstName", "first_name": "FirstName"}
FIELDS |= {"lastName": "LastName", "last_name": "LastName"}
TYPES = {bool: "boolean", int: "integer", float: "float"}


def factory(settings: dict[str, Any]) -> Callable[[dict[str, Any]], dict[str, Any] | None]:
    def deliver(message: dict[str, Any]) -> dict[str, Any] | None:
        chosen = message.get("integrations") or {}
        if message["type"] not in SENT or chosen.get("AutopilotHQ", chosen.get("All")) is False:
            return None  # not for Autopilot, which is no failure
        given = dict(message.get(SENT[message["type"]]) or {})
        context = (message.get("context") or {}).get("traits") or {}
        contact = {"user_id": message.get("userId"), "_NewEmail": given.pop("_NewEmail", None)}
        contact["Email"] = given.pop("email", None) or context.get("email")
        if message["type"] == "track":
            trigger = settings["journeys"].get(message["event"], settings["default_trigger"])
            return post(f"trigger/{trigger}/contact", {"contact": contact, "property": given})
        traits = {name: value for name, value in given.items() if value is not None}
        contact |= {FIELDS[name]: traits.pop(name) for name in FIELDS.keys() & traits.keys()}
        return post("contact", {"contact": contact | {"custom": dict(map(custom, traits.items()))}})

    def post(path: str, body: dict[str, Any]) -> dict[str, Any]:
        headers = {"autopilotapikey": settings["api_key"]}
        answer = requests.post(settings["base_url"] + path, json=body, headers=headers, timeout=20)
        return {"status": answer.status_code, "message": answer.json().get("message")}

    return deliver


def custom(trait: tuple[str, Any]) -> tuple[str, Any]:
    name, value = trait
    value = json.dumps(value) if isinstance(value, list | dict) else value
    return f"{TYPES.get(type(value), 'string')}--{name.replace(' ', '--')}", value
