"""A forwarder as a factory in Python."""

import re
from collections.abc import Callable
from typing import Any

import requests

FIELDS = {"firstName": "FirstName", "first_name": "FirstName"}
FIELDS |= {"lastName": "LastName", "last_name": "LastName"}
TYPES = {bool: "boolean", int: "integer", float: "float"}


def factory(settings: dict[str, Any]) -> Callable[[dict[str, Any]], dict[str, Any] | None]:
    session = requests.Session()

    def deliver(message: dict[str, Any]) -> dict[str, Any] | None:
        integrations = message.get("integrations") or {}
        own = integrations.get("AutopilotHQ")
        on = own is True or isinstance(own, dict) or integrations.get("All") is not False
        if message["type"] not in ("identify", "track") or own is False or not on:
            return None  # not for Autopilot, which is no failure
        if message["type"] == "identify":
            return post("contact", {"contact": contact(message, message.get("traits") or {})})
        given = message.get("properties") or {}
        who = contact(message, {name: given.get(name) for name in ("email", "_NewEmail")})
        event = {name: value for name, value in given.items() if name not in ("email", "_NewEmail")}
        trigger = settings["journeys"].get(message["event"]) or settings["default_trigger"]
        return post(f"trigger/{trigger}/contact", {"contact": who, "property": event})

    def post(path: str, body: dict[str, Any]) -> dict[str, Any]:
        url, headers = settings["base_url"] + path, {"autopilotapikey": settings["api_key"]}
        for _ in range(3):
            try:
                answer = session.post(url, json=body, headers=headers, timeout=20)
                status, text = answer.status_code, answer.text
            except requests.RequestException as error:
                status, text = 503, str(error)
            if status != 429 and status < 500:  # the others may pass
                break
        words = re.search(r'"message": ?"([^"]*)"', text)
        return {"status": status, "message": words[1] if words else text}

    return deliver


def contact(message: dict[str, Any], traits: dict[str, Any]) -> dict[str, Any]:
    context = (message.get("context") or {}).get("traits") or {}
    identifiers = {
        "Email": text_of(traits.get("email")) or text_of(context.get("email")),
        "user_id": text_of(message.get("userId")),
        "_NewEmail": text_of(traits.get("_NewEmail")),
    }
    fields: dict[str, Any] = {name: value for name, value in identifiers.items() if value}
    custom = {}
    for name, value in traits.items():
        if name in FIELDS and isinstance(value, str):
            fields[FIELDS[name]] = value
        elif value is not None and name not in ("email", "_NewEmail"):  # null must not erase
            plain = value if type(value) in (*TYPES, str) else str(value)
            key = f"{TYPES.get(type(plain), 'string')}--" + re.sub(r"\s", "--", name)
            custom[key] = plain
    return {**fields, "custom": custom} if custom else fields


def text_of(value: object) -> str:
    number = isinstance(value, int) and not isinstance(value, bool)
    return str(value).strip() if number or isinstance(value, str) else ""
