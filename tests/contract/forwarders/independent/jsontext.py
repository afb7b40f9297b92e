"""Anything nested becomes JSON text, whole, at one custom field; events get the message's messageId and timestamp added
to their properties. Two calls for a track, by contact id; three attempts."""
import json
import time
from collections.abc import Callable
from typing import Any
from urllib.parse import quote

import requests


class Failed(Exception):
    """args: the status and the text to report."""


def enabled(integrations: Any) -> bool:
    if not isinstance(integrations, dict):
        return True
    mine = integrations.get("AutopilotHQ")
    return mine is not False if mine is not None else integrations.get("All") is not False


def typed(name: str, value: Any) -> tuple[str, Any]:
    if isinstance(value, (dict, list)):
        value = json.dumps(value, ensure_ascii=False)
    elif isinstance(value, float) and value.is_integer() and abs(value) < 2**53:
        value = int(value)
    kind = {"bool": "boolean", "int": "integer", "float": "float", "str": "string"}[type(value).__name__]
    return f"{kind}--{name.replace(' ', '--')}", value


def post(session: requests.Session, url: str, body: dict[str, Any]) -> str:
    failed = Failed(503, "not tried")
    for _ in range(3):
        try:
            reply = session.post(url, json=body, timeout=5, allow_redirects=False)
        except requests.exceptions.InvalidJSONError as error:
            raise Failed(400, str(error)) from error
        except requests.RequestException as error:
            failed = Failed(503, str(error))
        else:
            if 200 <= reply.status_code < 300:
                return reply.text
            failed = Failed(reply.status_code, reply.text)
            if reply.status_code != 429 and reply.status_code < 500:
                break
        time.sleep(0.01)
    raise failed


def factory(settings: dict[str, Any]) -> Callable[[dict[str, Any]], dict[str, Any] | None]:
    session, base = requests.Session(), str(settings["base_url"])
    session.headers["autopilotapikey"] = str(settings["api_key"])

    def send(message: dict[str, Any], own: dict[str, Any], old: dict[str, Any]) -> None:
        contact: dict[str, Any] = {"user_id": message.get("userId"), "_NewEmail": own.pop("_NewEmail", None)}
        emails = (own.pop("email", None), old.get("email"))
        contact["Email"] = next((text for text in emails if isinstance(text, str) and text.strip()), None)
        if type(contact["user_id"]) in (int, float):
            contact["user_id"] = str(contact["user_id"]).removesuffix(".0")
        contact = {key: value for key, value in contact.items() if isinstance(value, str) and value.strip()}
        if message["type"] == "identify":
            for name in ("firstName", "lastName", "first_name", "last_name"):
                field = "FirstName" if name.startswith("first") else "LastName"
                if field not in contact and isinstance(own.get(name), str):
                    contact[field] = own.pop(name)
            contact["custom"] = dict(typed(name, value) for name, value in own.items() if value is not None)
        answer = post(session, base + "contact", {"contact": contact})
        if message["type"] == "track":
            own = {key: message[key] for key in ("messageId", "timestamp") if key in message} | own
            trigger = settings["journeys"].get(str(message.get("event")), settings["default_trigger"])
            contact_id = json.loads(answer)["contact_id"]
            post(session, f"{base}trigger/{quote(trigger, safe='')}/contact/{quote(contact_id, safe='')}", {"property": own})

    def deliver(message: dict[str, Any]) -> dict[str, Any] | None:
        if not isinstance(message, dict):
            return {"status": 400, "message": "this is no message"}
        if message.get("type") not in ("identify", "track") or not enabled(message.get("integrations")):
            return None
        own, context = message.get("traits" if message["type"] == "identify" else "properties"), message.get("context")
        old = context.get("traits") if isinstance(context, dict) else None
        try:
            send(message, dict(own) if isinstance(own, dict) else {}, old if isinstance(old, dict) else {})
        except Failed as failed:
            return {"status": failed.args[0], "message": failed.args[1]}
        except (ValueError, KeyError, TypeError) as error:
            return {"status": 502, "message": f"Autopilot's answer names no contact: {error!r}"}
        return None

    return deliver
