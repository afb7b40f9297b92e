"""Everything in one flat function, two calls for a track (contact, then trigger by contact id), and one attempt only:
429, 5xx and silence are reported at once and never retried. Dates are strings, nested traits become parent.child."""
import json
from collections.abc import Callable
from typing import Any
from urllib.parse import quote

import requests


def factory(settings: dict[str, Any]) -> Callable[[dict[str, Any]], dict[str, Any] | None]:
    base = str(settings["base_url"]).rstrip("/")

    def deliver(message: dict[str, Any]) -> dict[str, Any] | None:
        if not isinstance(message, dict):
            return {"status": 400, "message": "not a Segment message"}
        if message.get("type") not in ("identify", "track"):
            return None
        switches = message.get("integrations")
        switches = switches if isinstance(switches, dict) else {}
        mine = switches.get("AutopilotHQ")
        if mine is False or (mine is None and switches.get("All") is False):
            return None

        track = message["type"] == "track"
        given = message.get("properties" if track else "traits")
        given = given if isinstance(given, dict) else {}
        context = message.get("context")
        remembered = context.get("traits") if isinstance(context, dict) else None
        remembered = remembered if isinstance(remembered, dict) else {}

        contact: dict[str, Any] = {}
        for email in (given.get("email"), remembered.get("email")):
            if isinstance(email, str) and "@" in email and "Email" not in contact:
                contact["Email"] = email
        user = message.get("userId")
        if isinstance(user, float) and user.is_integer():
            user = int(user)
        if isinstance(user, (str, int, float)) and not isinstance(user, bool) and str(user).strip():
            contact["user_id"] = str(user)
        new = given.get("_NewEmail")
        if isinstance(new, str) and "@" in new:
            contact["_NewEmail"] = new

        custom: dict[str, Any] = {}
        todo = [] if track else list(given.items())
        while todo:
            name, value = todo.pop(0)
            if value is None or name in ("email", "_NewEmail"):
                continue
            if isinstance(value, str) and name in ("firstName", "first_name", "lastName", "last_name"):
                field = "FirstName" if name.startswith("first") else "LastName"
                contact[field] = contact.get(field) or value
                continue
            if isinstance(value, dict):
                todo += [(f"{name}.{key}", inner) for key, inner in value.items()]
                continue
            kind = "boolean" if isinstance(value, bool) else "string"
            whole = isinstance(value, int) or isinstance(value, float) and value.is_integer() and abs(value) < 2**53
            if kind == "string" and whole:
                kind, value = "integer", int(value)
            elif isinstance(value, float):
                kind = "float"
            elif isinstance(value, list):
                value = json.dumps(value)
            custom[kind + "--" + "--".join(name.split(" "))] = value
        contact.update({"custom": custom} if custom else {})
        headers = {"autopilotapikey": str(settings["api_key"])}
        calls: list[tuple[str, dict[str, Any]]] = [("/contact", {"contact": contact})]
        if track:
            event = message.get("event")
            trigger = settings["journeys"].get(event) if isinstance(event, str) else None
            path = f"/trigger/{quote(str(trigger or settings['default_trigger']), safe='')}/contact/"
            calls.append((path, {"property": {k: v for k, v in given.items() if k not in ("email", "_NewEmail")}}))
        try:
            contact_id = ""
            for path, body in calls:
                answer = requests.post(base + path + contact_id, json=body, headers=headers, timeout=5, allow_redirects=False)
                if answer.status_code not in range(200, 300):
                    return {"status": answer.status_code, "message": answer.text}
                contact_id = quote(str(answer.json()["contact_id"]), safe="") if path == "/contact" else ""
        except requests.exceptions.InvalidJSONError as error:
            answered = isinstance(error, requests.exceptions.JSONDecodeError)
            return {"status": 502 if answered else 400, "message": str(error)}
        except (requests.RequestException, KeyError, TypeError) as error:
            return {"status": 503, "message": f"no usable answer: {error!r}"}
        return None

    return deliver
