"""A forwarder as a command: a message a line comes in, a result a line goes out."""

import json
import os
import re
import sys
from typing import Any
from urllib.error import HTTPError
from urllib.request import ProxyHandler, Request, build_opener

BASE_URL, KEY = os.environ["AUTOPILOT_BASE_URL"], os.environ["AUTOPILOT_API_KEY"]
JOURNEYS = json.loads(os.environ["AUTOPILOT_JOURNEYS"])
NAMES = {"firstName": "FirstName", "first_name": "FirstName"}
NAMES |= {"lastName": "LastName", "last_name": "LastName"}
TYPES = {bool: "boolean", int: "integer", float: "float"}
HTTP = build_opener(ProxyHandler({}))


def deliver(message: dict[str, Any]) -> dict[str, Any] | None:
    integrations = message.get("integrations") or {}
    own = integrations.get("AutopilotHQ")
    on = own is True or isinstance(own, dict) or integrations.get("All") is not False
    if message["type"] not in ("identify", "track") or own is False or not on:
        return None  # not for Autopilot, which is no failure
    if message["type"] == "identify":
        return post("contact", {"contact": contact(message, message.get("traits") or {})})
    event = dict(message.get("properties") or {})
    who = contact(message, {name: event.pop(name, None) for name in ("email", "_NewEmail")})
    trigger = JOURNEYS.get(message["event"]) or os.environ["AUTOPILOT_DEFAULT_TRIGGER"]
    return post(f"trigger/{trigger}/contact", {"contact": who, "property": event})


def contact(message: dict[str, Any], traits: dict[str, Any]) -> dict[str, Any]:
    context = (message.get("context") or {}).get("traits") or {}
    found: dict[str, Any] = {
        "Email": text_of(traits.get("email")) or text_of(context.get("email")),
        "user_id": text_of(message.get("userId")),
        "_NewEmail": text_of(traits.get("_NewEmail")),
        "custom": {},
    }
    for name, value in traits.items():
        if name in NAMES and isinstance(value, str):
            found[NAMES[name]] = value
        elif value is not None and name not in ("email", "_NewEmail"):  # null must not erase
            kind = TYPES.get(type(value), "string")
            key = f"{kind}--" + re.sub(r"\s", "--", name)
            found["custom"][key] = json.dumps(value) if isinstance(value, list | dict) else value
    return {name: value for name, value in found.items() if value not in (None, {})}


def text_of(value: object) -> str | None:
    number = isinstance(value, int) and not isinstance(value, bool)
    return (str(value).strip() or None) if number or isinstance(value, str) else None


def post(path: str, body: dict[str, Any]) -> dict[str, Any]:
    headers = {"autopilotapikey": KEY, "Content-Type": "application/json"}
    request = Request(BASE_URL + path, json.dumps(body).encode(), headers)
    for _ in range(3):
        try:
            with HTTP.open(request, timeout=20) as answer:
                return {"status": answer.status}
        except HTTPError as error:
            status, text = error.code, error.read().decode()
        except OSError as error:
            status, text = 503, str(error)
        if status != 429 and status < 500:  # the others may pass
            break
    try:
        return {"status": status, "message": json.loads(text)["message"]}
    except (ValueError, KeyError, TypeError):
        return {"status": status, "message": text}


for line in sys.stdin:
    print(json.dumps(deliver(json.loads(line))), flush=True)
