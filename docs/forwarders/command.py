"""A forwarder as a command: a message a line comes in, a result a line goes out."""

import json
import sys
from os import environ
from typing import Any

import requests

SENT = {"identify": "traits", "track": "properties"}
FIELDS = {"firstName": "FirstName", "first_name": "FirstName"}
FIELDS |= {"lastName": "LastName", "last_name": "LastName"}
TYPES = {bool: "boolean", int: "integer", float: "float"}


def deliver(message: dict[str, Any]) -> dict[str, Any] | None:
    chosen = message.get("integrations") or {}
    if message["type"] not in SENT or chosen.get("AutopilotHQ", chosen.get("All")) is False:
        return None  # not for Autopilot, which is no failure
    given = dict(message.get(SENT[message["type"]]) or {})
    context = (message.get("context") or {}).get("traits") or {}
    contact = {"user_id": message.get("userId"), "_NewEmail": given.pop("_NewEmail", None)}
    contact["Email"] = given.pop("email", None) or context.get("email")
    if message["type"] == "track":
        journeys = json.loads(environ["AUTOPILOT_JOURNEYS"])
        trigger = journeys.get(message["event"], environ["AUTOPILOT_DEFAULT_TRIGGER"])
        return post(f"trigger/{trigger}/contact", {"contact": contact, "property": given})
    traits = {name: value for name, value in given.items() if value is not None}
    contact |= {FIELDS[name]: traits.pop(name) for name in FIELDS.keys() & traits.keys()}
    return post("contact", {"contact": contact | {"custom": dict(map(custom, traits.items()))}})


def custom(trait: tuple[str, Any]) -> tuple[str, Any]:
    name, value = trait
    value = json.dumps(value) if isinstance(value, list | dict) else value
    return f"{TYPES.get(type(value), 'string')}--{name.replace(' ', '--')}", value


def post(path: str, body: dict[str, Any]) -> dict[str, Any]:
    url, headers = environ["AUTOPILOT_BASE_URL"], {"autopilotapikey": environ["AUTOPILOT_API_KEY"]}
    answer = requests.post(url + path, json=body, headers=headers, timeout=20)
    return {"status": answer.status_code, "message": answer.json().get("message")}


for line in sys.stdin:
    try:
        result = deliver(json.loads(line))
    except requests.RequestException as error:
        result = {"status": 503, "message": str(error)}
    print(json.dumps(result), flush=True)
