"""A client class with its own retry loop (408 is tried again as well), lower-casing addresses, writing anonymous_id,
and taking a userId that is an address for the address too. Two calls for a track, by contact id."""
import json
import time
from collections.abc import Callable
from typing import Any
from urllib.parse import quote

import requests


def address(value: Any) -> str | None:
    if not isinstance(value, str) or "@" not in value:
        return None
    return value.lower() if value.isascii() else value  # lower() in other alphabets can make two people one


def custom(traits: dict[str, Any], prefix: str = "") -> dict[str, Any]:
    result: dict[str, Any] = {}
    for name, value in traits.items():
        key = (prefix + name).replace(" ", "--")
        if isinstance(value, dict):
            result |= custom(value, f"{prefix}{name}.")
        elif isinstance(value, (str, list)):
            result[f"string--{key}"] = value if isinstance(value, str) else json.dumps(value)
        elif value is not None:
            whole = isinstance(value, int) or value.is_integer() and abs(value) < 2**53
            kind = "boolean" if isinstance(value, bool) else "integer" if whole else "float"
            result[f"{kind}--{key}"] = int(value) if kind == "integer" else value
    return result


class Forwarder:
    def __init__(self, settings: dict[str, Any]) -> None:
        self.base, self.journeys, self.default = settings["base_url"], settings["journeys"], settings["default_trigger"]
        self.headers = {"autopilotapikey": str(settings["api_key"]), "Content-Type": "application/json"}

    def contact(self, message: dict[str, Any], own: dict[str, Any]) -> dict[str, Any]:
        context = message["context"] if isinstance(message.get("context"), dict) else {}
        old = context["traits"] if isinstance(context.get("traits"), dict) else {}
        user, anonymous = message.get("userId"), message.get("anonymousId")
        if isinstance(user, (int, float)) and not isinstance(user, bool):
            user = str(int(user) if user == user // 1 else user)
        email = address(own.get("email")) or address(old.get("email")) or address(user)
        found = {"Email": email, "user_id": user, "_NewEmail": address(own.get("_NewEmail"))}
        found |= {"anonymous_id": anonymous} if email or user else {}
        return {key: value for key, value in found.items() if isinstance(value, str) and value.strip()}

    def post(self, path: str, body: dict[str, Any]) -> str:
        data, status, text = json.dumps(body, allow_nan=False), 503, ""
        for _ in range(3):
            try:
                reply = requests.post(self.base + path, data, headers=self.headers, timeout=5, allow_redirects=False)
                status, text = reply.status_code, reply.text
            except requests.RequestException as error:
                status, text = 503, f"no answer: {error}"
            if 200 <= status < 300:
                return text
            if status < 500 and status not in (408, 429):
                break
            time.sleep(0.005)
        raise OSError(status, text)

    def deliver(self, message: dict[str, Any]) -> dict[str, Any] | None:
        if not isinstance(message, dict):
            return {"status": 400, "message": "not an object"}
        on = message["integrations"] if isinstance(message.get("integrations"), dict) else {}
        mine = on.get("AutopilotHQ")
        if message.get("type") not in ("identify", "track") or mine is False or mine is None and on.get("All") is False:
            return None
        own = own if isinstance(own := message.get("traits" if message["type"] == "identify" else "properties"), dict) else {}
        contact, rest = self.contact(message, own), {k: v for k, v in own.items() if k not in ("email", "_NewEmail")}
        if message["type"] == "identify":
            for field, names in (("FirstName", ("firstName", "first_name")), ("LastName", ("lastName", "last_name"))):
                contact |= {field: rest.pop(n) for n in reversed(names) if isinstance(rest.get(n), str)}
            contact["custom"] = custom(rest)
        try:
            answer = self.post("contact", {"contact": contact})
            if message["type"] == "track":
                trigger, person = self.journeys.get(str(message.get("event")), self.default), json.loads(answer)["contact_id"]
                self.post(f"trigger/{quote(trigger, safe='')}/contact/{quote(person, safe='')}", {"property": rest})
        except OSError as error:
            return {"status": error.errno, "message": error.strerror}
        except (ValueError, KeyError, TypeError) as error:
            return {"status": 400, "message": f"not sent, or no contact_id in the answer: {error!r}"}
        return None


def factory(settings: dict[str, Any]) -> Callable[[dict[str, Any]], dict[str, Any] | None]:
    return Forwarder(settings).deliver
