"""Writes each contact through the bulk endpoint, as a list of one, and takes its id from contact_ids; applies the
identifier rule itself (placeholders such as "null" count as missing), so that nobody's message makes no call at all."""
import json
import time
from collections.abc import Callable
from typing import Any
from urllib.parse import quote

import requests

MISSING = "Missing unique identifier traits. Either `email` or `user_id` traits must be provided"
PLACEHOLDERS = {"", "null", "undefined", "none", "nan", "[object object]"}


def mapping(value: object) -> dict[str, Any]:
    return dict(value) if isinstance(value, dict) else {}


def real(value: object) -> str:
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    usable = isinstance(value, (str, int, float)) and not isinstance(value, bool)
    return str(value) if usable and str(value).strip().lower() not in PLACEHOLDERS else ""


def real_address(value: object) -> str:
    return real(value) if isinstance(value, str) and "@" in value else ""


def typed(name: str, value: Any) -> dict[str, Any]:
    if isinstance(value, dict):
        return {key: item for inner in value for key, item in typed(f"{name}.{inner}", value[inner]).items()}
    if isinstance(value, float) and value.is_integer() and abs(value) < 2**53:
        value = int(value)
    kind = {bool: "boolean", int: "integer", float: "float"}.get(type(value), "string")
    value = json.dumps(value, ensure_ascii=False) if isinstance(value, list) else value
    return {} if value is None else {f"{kind}--{name.replace(' ', '--')}": value}


def factory(settings: dict[str, Any]) -> Callable[[dict[str, Any]], dict[str, Any] | None]:
    key = {"autopilotapikey": str(settings["api_key"])}

    def post(path: str, body: dict[str, Any]) -> tuple[int, Any]:
        status, answer = 503, None
        for _ in range(3):
            try:
                response = requests.post(settings["base_url"] + path, None, body, headers=key, timeout=6, allow_redirects=False)
                status, answer = response.status_code, response.text
                answer = json.loads(answer)
            except json.JSONDecodeError:  # the text will do
                pass
            except requests.exceptions.InvalidJSONError as error:  # infinity, not a number
                return 400, str(error)
            except requests.RequestException as error:
                status, answer = 503, str(error)
            if status < 500 and status != 429:
                return status, answer
            time.sleep(0.01)
        return status, answer

    def failure(status: int, answer: Any) -> dict[str, Any] | None:
        return None if 200 <= status < 300 else {"status": status, "message": mapping(answer).get("message") or str(answer)}

    def deliver(message: dict[str, Any]) -> dict[str, Any] | None:
        if not isinstance(message, dict):
            return {"status": 400, "message": "not a message"}
        switches = {"All": True} | mapping(message.get("integrations"))
        if message.get("type") not in ("identify", "track") or switches.get("AutopilotHQ", switches["All"]) is False:
            return None
        own = mapping(message.get("traits" if message["type"] == "identify" else "properties"))
        context_traits = mapping(mapping(message.get("context")).get("traits"))
        email = real_address(own.pop("email", None)) or real_address(context_traits.get("email"))
        renamed, user = real_address(own.pop("_NewEmail", None)), real(message.get("userId"))
        if not email and not user:
            return {"status": 400, "message": MISSING}
        ids = {"Email": email, "user_id": user, "_NewEmail": renamed}
        contact: dict[str, Any] = {key: value for key, value in ids.items() if value}
        if message["type"] == "identify":
            for field, camel, snake in (("FirstName", "firstName", "first_name"), ("LastName", "lastName", "last_name")):
                texts = [own.pop(key) for key in (camel, snake) if isinstance(own.get(key), str)]
                contact.update({field: next(filter(None, texts), "")} if texts else {})
            contact["custom"] = {key: item for name in own for key, item in typed(name, own[name]).items()}
        status, answer = post("contacts", {"contacts": [contact]})
        if message["type"] == "identify" or failure(status, answer):
            return failure(status, answer)
        trigger = settings["journeys"].get(str(message.get("event")), settings["default_trigger"])
        person = quote(str((mapping(answer).get("contact_ids") or ["?"])[0]), safe="")
        return failure(*post(f"trigger/{quote(trigger, safe='')}/contact/{person}", {"property": own}))

    return deliver
