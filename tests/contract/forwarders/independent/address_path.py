"""Two calls for a track, the second by the address in the path (by contact id only where there is no address, or where
the message changes it). Strips addresses, and counts anything without an @ as no address. Three attempts."""
import json
import re
import time
from collections.abc import Callable
from typing import Any
from urllib.parse import quote

import requests

NAMES = {"firstName": "FirstName", "first_name": "FirstName", "lastName": "LastName", "last_name": "LastName"}


def dict_or_empty(value: Any) -> dict[str, Any]:
    return value if isinstance(value, dict) else {}


def address(value: Any) -> str:
    return value.strip() if isinstance(value, str) and "@" in value else ""


def user_id(value: Any) -> str:
    if isinstance(value, float) and value.is_integer():
        return f"{value:.0f}"
    return str(value) if type(value) in (str, int, float) and str(value).strip() else ""


def add_custom(custom: dict[str, Any], name: str, value: Any) -> None:
    key = re.sub(r"\s", "--", name)
    if isinstance(value, dict):
        for inner, inner_value in value.items():
            add_custom(custom, f"{name}.{inner}", inner_value)
    elif isinstance(value, bool):
        custom[f"boolean--{key}"] = value
    elif isinstance(value, float) and not (value.is_integer() and abs(value) <= 2**53):
        custom[f"float--{key}"] = value
    elif isinstance(value, (int, float)):
        custom[f"integer--{key}"] = int(value)
    elif value is not None:
        custom[f"string--{key}"] = value if isinstance(value, str) else json.dumps(value)


def factory(settings: dict[str, Any]) -> Callable[[dict[str, Any]], dict[str, Any] | None]:
    def post(path: str, body: dict[str, Any], attempts: int = 3) -> tuple[int, dict[str, Any]]:
        headers = {"autopilotapikey": str(settings["api_key"]), "Content-Type": "application/json"}
        try:
            text = json.dumps(body, allow_nan=False)
            response = requests.post(settings["base_url"] + path, text, headers=headers, timeout=4, allow_redirects=False)
            status, answer = response.status_code, dict_or_empty(response.json())
        except requests.JSONDecodeError:
            status, answer = response.status_code, {"message": response.text}
        except requests.RequestException as error:
            status, answer = 503, {"message": f"no answer from Autopilot: {error}"}
        except ValueError as error:
            return 400, {"message": f"cannot be sent: {error}"}
        if attempts > 1 and (status == 429 or status >= 500):
            time.sleep(0.005)
            return post(path, body, attempts - 1)
        return status, answer

    def deliver(message: dict[str, Any]) -> dict[str, Any] | None:
        if not isinstance(message, dict):
            return {"status": 400, "message": "not a message"}
        choice = dict_or_empty(message.get("integrations"))
        if message.get("type") not in ("identify", "track") or choice.get("AutopilotHQ", choice.get("All")) is False:
            return None
        own = dict_or_empty(message.get("properties" if message["type"] == "track" else "traits"))
        context_traits = dict_or_empty(dict_or_empty(message.get("context")).get("traits"))
        email = address(own.get("email")) or address(context_traits.get("email"))
        renamed, custom = address(own.get("_NewEmail")), dict[str, Any]()
        ids = {"Email": email, "user_id": user_id(message.get("userId")), "_NewEmail": renamed}
        body: dict[str, Any] = {key: value for key, value in ids.items() if value}
        rest = {key: value for key, value in own.items() if key not in ("email", "_NewEmail")}
        if message["type"] == "identify":
            for key, value in rest.items():
                if key in NAMES and isinstance(value, str) and not body.get(NAMES[key]):
                    body[NAMES[key]] = value
                else:
                    add_custom(custom, key, value)
            body["custom"] = custom
        status, answer = post("contact", {"contact": body})
        if message["type"] == "track" and 200 <= status < 300:
            trigger = settings["journeys"].get(str(message.get("event", "")), settings["default_trigger"])
            if not (who := email if email and not renamed else str(answer.get("contact_id", ""))):
                return {"status": 502, "message": "no contact_id in Autopilot's answer"}
            status, answer = post(f"trigger/{quote(trigger, safe='')}/contact/{quote(who, safe='')}", {"property": rest})
        return None if 200 <= status < 300 else {"status": status, "message": str(answer.get("message", answer))}

    return deliver
