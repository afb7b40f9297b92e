"""Dataclass-heavy; the only one of these that sends ISO-8601 text as type date. Where identify's traits are empty it
reads context.traits. Two calls for a track, by contact id; retries left to urllib3's Retry."""
import json
import re
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from urllib.parse import quote

import requests
from requests.adapters import HTTPAdapter
from urllib3.util import Retry

ISO = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}(T[0-9]{2}:[0-9]{2}:[0-9]{2}(\.[0-9]{1,6})?(Z|[+-][0-9]{2}:[0-9]{2})?)?")
STANDARD = {"firstName": "FirstName", "first_name": "FirstName", "lastName": "LastName", "last_name": "LastName"}
RETRY = Retry(2, status_forcelist=(429, 500, 502, 503, 504), allowed_methods=None, backoff_factor=0.002,
              raise_on_status=False, respect_retry_after_header=False)


def is_date(text: str) -> bool:
    with suppress(ValueError):
        return bool(ISO.fullmatch(text) and datetime.fromisoformat(text))
    return False


def obj(value: Any) -> dict[str, Any]:
    return value if isinstance(value, dict) else {}


@dataclass
class Contact:
    fields: dict[str, Any] = field(default_factory=dict)
    custom: dict[str, Any] = field(default_factory=dict)

    def identify_by(self, name: str, value: object) -> None:
        value = int(value) if isinstance(value, float) and value.is_integer() else value
        if isinstance(value, (str, int, float)) and not isinstance(value, bool) and str(value).strip():
            self.fields.setdefault(name, str(value))

    def add(self, name: str, value: Any) -> None:
        value = int(value) if isinstance(value, float) and value.is_integer() and abs(value) < 2**53 else value
        if isinstance(value, dict):
            for inner, item in value.items():
                self.add(f"{name}.{inner}", item)
        elif isinstance(value, str) and name in STANDARD:
            self.fields[STANDARD[name]] = self.fields.get(STANDARD[name]) or value
        elif value is not None and name not in ("email", "_NewEmail"):
            kind = {bool: "boolean", int: "integer", float: "float"}.get(type(value), "string")
            kind = "date" if isinstance(value, str) and is_date(value) else kind
            self.custom[f"{kind}--{name.replace(' ', '--')}"] = json.dumps(value) if isinstance(value, list) else value


def factory(settings: dict[str, Any]) -> Callable[[dict[str, Any]], dict[str, Any] | None]:
    session, key = requests.Session(), {"autopilotapikey": str(settings["api_key"])}
    session.mount(settings["base_url"], HTTPAdapter(max_retries=RETRY))

    def post(path: str, body: dict[str, Any]) -> tuple[int, str]:
        try:
            reply = session.post(settings["base_url"] + path, None, body, headers=key, timeout=5, allow_redirects=False)
        except requests.RequestException as error:
            return 400 if isinstance(error, requests.exceptions.InvalidJSONError) else 503, str(error)
        return reply.status_code, reply.text

    def deliver(message: dict[str, Any]) -> dict[str, Any] | None:
        if not isinstance(message, dict):
            return {"status": 400, "message": "not a message"}
        switches, kind = obj(message.get("integrations")), message.get("type")
        wish = switches.get("AutopilotHQ")
        if kind not in ("identify", "track") or wish is False or wish is None and switches.get("All") is False:
            return None
        known, contact = obj(obj(message.get("context")).get("traits")), Contact()
        own = obj(message.get("properties")) if kind == "track" else obj(message.get("traits")) or known
        for name, value in (("Email", own.get("email")), ("Email", known.get("email")), ("_NewEmail", own.get("_NewEmail"))):
            contact.identify_by(name, value if isinstance(value, str) else None)
        contact.identify_by("user_id", message.get("userId"))
        for name, value in own.items() if kind == "identify" else ():
            contact.add(name, value)
        status, text = post("contact", {"contact": contact.fields | {"custom": contact.custom}})
        if kind == "track" and 200 <= status < 300:
            trigger = settings["journeys"].get(str(message.get("event")), settings["default_trigger"])
            try:
                path = f"trigger/{quote(trigger, safe='')}/contact/{quote(json.loads(text)['contact_id'], safe='')}"
            except (ValueError, KeyError, TypeError):
                return {"status": 502, "message": f"no contact_id in {text}"}
            status, text = post(path, {"property": {key: own[key] for key in own if key != "email"}})
        return None if 200 <= status < 300 else {"status": status, "message": text}

    return deliver
