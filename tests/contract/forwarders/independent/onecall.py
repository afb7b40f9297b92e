"""One call a message: a track is POST trigger/{id}/contact with the contact and the properties together, and the
properties go exactly as they came, email included. Three attempts."""
import json
import time
from collections.abc import Callable, Iterator
from typing import Any
from urllib.parse import quote

import requests

Json = dict[str, Any]


def as_object(value: Any) -> Json:
    return value if isinstance(value, dict) else {}


def wanted(message: Json) -> bool:
    integrations = as_object(message.get("integrations"))
    mine = integrations.get("AutopilotHQ")
    on = integrations.get("All") is not False if mine is None else mine is not False
    return on and message.get("type") in ("identify", "track")


def identifiers(message: Json, own: Json) -> Json:
    found: Json = {}
    for source in (as_object(as_object(message.get("context")).get("traits")), own):
        if isinstance(email := source.get("email"), str) and email.strip():
            found["Email"] = email
    user = message.get("userId")
    if type(user) in (str, int, float) and str(user).strip():
        found["user_id"] = str(user).removesuffix(".0") if type(user) is float else str(user)
    if isinstance(own.get("_NewEmail"), str) and own["_NewEmail"].strip():
        found["_NewEmail"] = own["_NewEmail"]
    return found


def custom_fields(traits: Json, prefix: str = "") -> Iterator[tuple[str, Any]]:
    for key, value in traits.items():
        name = (prefix + key).replace(" ", "--")
        if isinstance(value, dict):
            yield from custom_fields(value, prefix + key + ".")
        elif isinstance(value, bool):
            yield "boolean--" + name, value
        elif isinstance(value, int) or isinstance(value, float) and value.is_integer() and abs(value) < 2**53:
            yield "integer--" + name, int(value)
        elif isinstance(value, float):
            yield "float--" + name, value
        elif value is not None:
            yield "string--" + name, value if isinstance(value, str) else json.dumps(value)


def factory(settings: dict[str, Any]) -> Callable[[dict[str, Any]], dict[str, Any] | None]:
    def call(path: str, body: Json) -> Json | None:
        headers = {"autopilotapikey": str(settings["api_key"])}
        failure: Json = {}
        for _ in range(3):
            try:
                answer = requests.post(settings["base_url"] + path, json=body, headers=headers, timeout=5, allow_redirects=False)
            except requests.exceptions.InvalidJSONError as error:  # infinity, not a number
                return {"status": 400, "message": str(error)}
            except requests.RequestException as error:
                failure = {"status": 503, "message": str(error)}
            else:
                failure = {"status": answer.status_code, "message": answer.text}
                if answer.status_code != 429 and answer.status_code < 500:
                    return None if answer.ok and answer.status_code < 300 else failure
            time.sleep(0.01)
        return failure

    def deliver(message: dict[str, Any]) -> dict[str, Any] | None:
        if not isinstance(message, dict):
            return {"status": 400, "message": "not an object"}
        if not wanted(message):
            return None
        if message["type"] == "track":
            own, event = as_object(message.get("properties")), message.get("event")
            trigger = settings["journeys"].get(event if isinstance(event, str) else None, settings["default_trigger"])
            body = {"contact": identifiers(message, own), "property": own}
            return call(f"trigger/{quote(str(trigger), safe='')}/contact", body)
        own = as_object(message.get("traits"))
        rest = {key: value for key, value in own.items() if key not in ("email", "_NewEmail")}
        contact = identifiers(message, own)
        for field, spellings in (("FirstName", ("first_name", "firstName")), ("LastName", ("last_name", "lastName"))):
            for spelling in spellings:
                if isinstance(rest.get(spelling), str):
                    contact[field] = rest.pop(spelling) or contact.get(field, "")
        return call("contact", {"contact": contact | {"custom": dict(custom_fields(rest))}})

    return deliver
