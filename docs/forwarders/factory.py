"""A forwarder as a factory in Python."""

import json
from collections.abc import Callable
from typing import Any

import requests

SENT = {"identify": "traits", "track": "properties"}
FIELDS = {"firstname": "FirstName", "lastname": "LastName"}
TYPES = {bool: "boolean", int: "integer", float: "float"}


def text(value: object) -> str | None:
    """Return what can identify: text that is not blank."""
    return value if isinstance(value, str) and value.strip() else None


def factory(settings: dict[str, Any]) -> Callable[[dict[str, Any]], dict[str, Any] | None]:
    def deliver(message: dict[str, Any]) -> dict[str, Any] | None:
        chosen = message.get("integrations") or {}
        own = chosen.get("AutopilotHQ")
        if message["type"] not in SENT or (chosen.get("All") if own is None else own) is False:
            return None  # not for Autopilot, which is no failure
        given = dict(message.get(SENT[message["type"]]) or {})
        context = (message.get("context") or {}).get("traits") or {}
        user_id = message.get("userId")
        ids = {
            "Email": text(given.pop("email", None)) or text(context.get("email")),
            "user_id": user_id if type(user_id) in (int, float) else text(user_id),
            "_NewEmail": text(given.pop("_NewEmail", None)),
        }
        contact: dict[str, Any] = {k: v for k, v in ids.items() if v is not None}
        if message["type"] == "track":
            trigger = settings["journeys"].get(message["event"], settings["default_trigger"])
            return post(f"trigger/{trigger}/contact", {"contact": contact, "property": given})
        contact["custom"] = {}
        for name, value in given.items():
            plain = json.dumps(value) if isinstance(value, list | dict) else value
            kind, field = TYPES.get(type(plain), "string"), name.replace("_", "").lower()
            if plain is None:
                continue  # it must not erase
            if field in FIELDS and isinstance(plain, str):
                contact[FIELDS[field]] = plain
            else:
                contact["custom"][f"{kind}--{name.replace(' ', '--')}"] = plain
        return post("contact", {"contact": contact})

    def post(path: str, body: dict[str, Any]) -> dict[str, Any]:
        headers = {"autopilotapikey": settings["api_key"]}
        answer = requests.post(settings["base_url"] + path, json=body, headers=headers, timeout=20)
        said = answer.json() if answer.text.startswith("{") else {}
        return {"status": answer.status_code, "message": said.get("message")}

    return deliver
