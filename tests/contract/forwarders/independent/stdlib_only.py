"""urllib only; drops nulls at every depth of traits and properties, and enters a track in one call whose contact and
pruned properties travel together. Three attempts; redirects are not followed but reported."""
import contextlib
import http.client
import json
import time
import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Callable
from typing import Any


class NoRedirect(urllib.request.HTTPRedirectHandler):
    def redirect_request(self, *args: Any) -> None: ...


def prune(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: prune(item) for key, item in value.items() if item is not None}
    return [prune(item) for item in value] if isinstance(value, list) else value


def pruned_dict(value: Any) -> dict[str, Any]:
    return prune(value) if isinstance(value, dict) else {}


def custom(traits: dict[str, Any], prefix: str = "") -> dict[str, Any]:
    fields: dict[str, Any] = {}
    for name, value in traits.items():
        name = prefix + name
        if isinstance(value, dict):
            fields.update(custom(value, name + "."))
            continue
        if isinstance(value, float) and value.is_integer() and abs(value) < 2**53:
            value = int(value)
        kind = {bool: "boolean", int: "integer", float: "float"}.get(type(value), "string")
        fields[f"{kind}--{name.replace(' ', '--')}"] = json.dumps(value) if isinstance(value, list) else value
    return fields


def factory(settings: dict[str, Any]) -> Callable[[dict[str, Any]], dict[str, Any] | None]:
    opener = urllib.request.build_opener(NoRedirect)
    headers = {"autopilotapikey": str(settings["api_key"]), "Content-Type": "application/json"}

    def post(path: str, body: dict[str, Any]) -> dict[str, Any] | None:
        report: dict[str, Any] = {}
        for _ in range(3):
            try:
                data = json.dumps(body, allow_nan=False).encode()
                opener.open(urllib.request.Request(settings["base_url"] + path, data, headers), timeout=5).close()
                return None
            except urllib.error.HTTPError as error:
                report = {"status": error.code, "message": error.reason}
                with contextlib.suppress(OSError, http.client.HTTPException):
                    report["message"] = error.read().decode(errors="replace")
            except (OSError, http.client.HTTPException) as error:
                report = {"status": 503, "message": f"no answer: {error!r}"}
            except ValueError as error:
                report = {"status": 400, "message": str(error)}
            if report["status"] < 500 and report["status"] != 429:
                break
            time.sleep(0.01)
        return report

    def deliver(message: dict[str, Any]) -> dict[str, Any] | None:
        if not isinstance(message, dict):
            return {"status": 400, "message": "not a message"}
        choice = pruned_dict(message.get("integrations"))
        if choice.get("AutopilotHQ", choice.get("All")) is False or message.get("type") not in ("identify", "track"):
            return None
        own = pruned_dict(message.get("properties" if message["type"] == "track" else "traits"))
        old, user = pruned_dict(pruned_dict(message.get("context")).get("traits")), message.get("userId")
        user = int(user) if isinstance(user, float) and user.is_integer() else user
        ids = {"user_id": user if isinstance(user, str) or type(user) not in (int, float) else str(user)}
        ids |= {"_NewEmail": own.pop("_NewEmail", None), "Email": old.get("email")}
        if isinstance(email := own.pop("email", None), str) and email.strip():
            ids["Email"] = email
        contact: dict[str, Any] = {key: text for key, text in ids.items() if isinstance(text, str) and text.strip()}
        if message["type"] == "track":
            trigger = settings["journeys"].get(str(message.get("event")), settings["default_trigger"])
            path = f"trigger/{urllib.parse.quote(trigger, safe='')}/contact"
            return post(path, {"contact": contact, "property": own})
        for key, field in (("first", "FirstName"), ("last", "LastName")):
            for name in (f"{key}_name", f"{key}Name"):  # camelCase goes before
                contact |= {field: own.pop(name)} if isinstance(own.get(name), str) else {}
        return post("contact", {"contact": contact | {"custom": custom(own)}})

    return deliver
