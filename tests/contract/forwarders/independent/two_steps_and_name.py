"""With a user id and an address: a first write by user id alone, then one with both, so the account merges; Name is
written beside FirstName and LastName when the message names both.
"""

from __future__ import annotations

import http.client
import json
import math
import re
import urllib.parse
from datetime import datetime
from urllib.parse import quote


MISSING = "Missing unique identifier traits. Either `email` or `user_id` traits must be provided"
SEPARATOR = ":"
STANDARD = dict(
    firstname="FirstName", first_name="FirstName", lastname="LastName", last_name="LastName", phone="Phone",
    mobilephone="MobilePhone", mobile_phone="MobilePhone", fax="Fax", title="Title", salutation="Salutation",
    website="Website", industry="Industry", status="Status", leadsource="LeadSource", lead_source="LeadSource",
    twitter="Twitter", linkedin="LinkedIn", linked_in="LinkedIn", company="Company",
)
POSTAL = dict(
    street="MailingStreet", city="MailingCity", state="MailingState", postalCode="MailingPostalCode",
    postal_code="MailingPostalCode", country="MailingCountry",
)
DATE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}(T[0-9]{2}:[0-9]{2}:[0-9]{2}([.][0-9]{1,6})?(Z|[+-][0-9]{2}:[0-9]{2})?)?")


class Refused(Exception):
    status = 400


def table(message, *path):
    """The map at a path of the message, {} when there is none."""
    for step in path:
        message = message.get(step) if isinstance(message, dict) else None
    return message if isinstance(message, dict) else {}


def wanted(message):
    flags = table(message, "integrations")
    for name in ("AutopilotHQ", "All"):
        if flags.get(name) is not None:
            return flags[name] is not False
    return True


def first_address(*candidates):
    for candidate in candidates:
        if isinstance(candidate, str) and "@" in candidate:
            return candidate.strip()
    return None


def text_id(value):
    match value:
        case bool() | None:
            return None
        case int():
            return str(value)
        case float() if math.isfinite(value):
            return f"{value:.0f}" if value.is_integer() else repr(value)
        case str() if value.strip():
            return value
    return None


def identity(message, own):
    spellings = [own[n] for n in own if message["type"] == "identify" and n.lower() == "email"]
    email = first_address(own.get("email"), *spellings, table(message, "context", "traits").get("email"))
    user_id = text_id(message.get("userId"))
    if not email and not user_id:
        raise Refused(MISSING)
    yield from (pair for pair in (
        ("Email", email),
        ("user_id", user_id),
        ("_NewEmail", first_address(own.get("_NewEmail"))),
        ("anonymous_id", text_id(message.get("anonymousId"))),
    ) if pair[1])


def leaves(name, value):
    """(name, scalar) of every leaf; arrays and empty maps as JSON text."""
    if isinstance(value, dict) and value:
        for key, inner in value.items():
            yield from leaves(name + SEPARATOR + key, inner)
    elif isinstance(value, (dict, list)):
        yield name, encode(name, value)
    elif value is not None:
        yield name, value


def encode(name, value):
    try:
        return json.dumps(value, allow_nan=False)
    except ValueError:
        raise Refused(f"{name}: a number in it cannot be sent") from None


def kind_of(name, value):
    if isinstance(value, bool):
        return "boolean", value
    if isinstance(value, int):
        return "integer", value
    if isinstance(value, float):
        if not math.isfinite(value):
            raise Refused(f"{name}: {value} cannot be sent")
        if value.is_integer() and abs(value) < 2**53:
            return "integer", int(value)
        return "float", value
    if DATE.fullmatch(value):
        try:
            datetime.fromisoformat(value.replace("Z", "+00:00"))
            return "date", value
        except ValueError:
            pass
    return "string", value


def standard(name, value):
    """The (field, value) pairs that a trait gives to standard fields."""
    lower = name.lower()
    if isinstance(value, int) and not isinstance(value, bool) and lower in STANDARD:
        value = str(value)
    if lower in STANDARD and isinstance(value, str):
        yield STANDARD[lower], value
    elif lower == "unsubscribed" and isinstance(value, bool):
        yield "unsubscribed", value
    elif lower == "company" and isinstance(value, dict) and isinstance(value.get("name"), str):
        yield "Company", value["name"]
    elif lower == "address" and isinstance(value, dict):
        for part, text in value.items():
            if part in POSTAL and isinstance(text, str):
                yield POSTAL[part], text


def from_traits(traits):
    for name, value in traits.items():
        if name.lower() == "email" or name == "_NewEmail":
            continue
        yield from standard(name, value)


def from_name(traits, contact):
    words = traits["name"].split(None, 1) if isinstance(traits.get("name"), str) else []
    for field, word in zip(("FirstName", "LastName"), words):
        if not contact.get(field):
            yield field, word.strip()


def custom_of(traits):
    for name, value in traits.items():
        if name.lower() == "email" or name == "_NewEmail":
            continue
        if not isinstance(value, dict) and any(True for _ in standard(name, value)):
            continue
        for leaf, scalar in leaves(name, value):
            kind, scalar = kind_of(leaf, scalar)
            if leaf.strip():
                yield f"{kind}--" + re.sub(r"\s", "--", leaf), scalar


def identify_contact(message, notes):
    own = table(message, "traits")
    contact = dict(identity(message, own))
    traits = own or table(message, "context", "traits")
    contact.update(from_traits(traits))
    contact.update(from_name(traits, contact))
    custom = dict(custom_of(traits))
    if custom:
        contact["custom"] = custom
    return contact


def track_contact(message, notes):
    return dict(identity(message, table(message, "properties")))


def properties_of(message, notes):
    properties = table(message, "properties")
    for name, value in properties.items():
        encode(name, value)
    return {name: value for name, value in properties.items() if name not in ("email", "_NewEmail")}


def snake_case(text):
    words = []
    for chunk in "".join(c if c.isalnum() else " " for c in text).split():
        start = 0
        for i in range(1, len(chunk)):
            a, b, c = chunk[i - 1], chunk[i], chunk[i + 1 : i + 2]
            if b.isupper() and (a.islower() or (a.isupper() and c.islower())):
                words.append(chunk[start:i])
                start = i
        words.append(chunk[start:])
    return "_".join(words).lower()


def trigger_for(event, journeys, default):
    if not isinstance(event, str) or not event.strip():
        raise Refused("the event has no name")
    for candidate in (journeys.get(event), default, snake_case(event)):
        if candidate:
            return str(candidate)
    raise Refused("the event's name has no letter or digit")


class Api:
    """The account, over http.client: one connection a call."""

    def __init__(self, settings):
        url = urllib.parse.urlsplit(settings["base_url"])
        self.kind = http.client.HTTPSConnection if url.scheme == "https" else http.client.HTTPConnection
        self.host, self.port, self.root = url.hostname, url.port, url.path.rstrip("/")
        self.key = settings.get("api_key") or ""

    def call(self, method, path, body=None):
        headers = {"autopilotapikey": self.key, "Accept": "application/json"}
        data = None
        if body is not None:
            data = json.dumps(body).encode()
            headers["Content-Type"] = "application/json"
        connection = self.kind(self.host, self.port, timeout=20)
        try:
            connection.request(method, self.root + path, body=data, headers=headers)
            response = connection.getresponse()
            status, text = response.status, response.read()
        except (OSError, http.client.HTTPException) as error:
            return 503, {"message": f"no answer: {error}"}
        finally:
            connection.close()
        try:
            answer = json.loads(text)
        except ValueError:
            answer = None
        return status, answer if isinstance(answer, dict) else {"message": text.decode("utf-8", "replace")}


def ok(status):
    return 200 <= status < 300


def answer_of(status, data):
    return {"status": status, "message": str(data.get("message") or data)}


def factory(settings):
    api = Api(settings)
    journeys = settings.get("journeys") or {}
    default = settings.get("default_trigger")

    def write(contact):
        if "user_id" in contact and "Email" in contact:
            status, data = api.call("POST", "/contact", {"contact": {"user_id": contact["user_id"]}})
            if not ok(status):
                return status, data
        return api.call("POST", "/contact", {"contact": contact})

    def identify(message, notes):
        contact = identify_contact(message, notes)
        if contact.get("FirstName") and contact.get("LastName"):
            contact["Name"] = contact["FirstName"] + " " + contact["LastName"]
        status, data = write(contact)
        if not ok(status):
            return answer_of(status, data)
        return {"status": status, "message": "; ".join(["contact written", *notes])}

    def track(message, notes):
        contact = track_contact(message, notes)
        trigger = trigger_for(message.get("event"), journeys, default)
        properties = properties_of(message, notes)
        status, data = write(contact)
        if not ok(status):
            return answer_of(status, data)
        who = data.get("contact_id")
        if not who:
            return {"status": 502, "message": "the account's answer names no contact"}
        path = f"/trigger/{quote(trigger, safe='')}/contact/{quote(who, safe='')}"
        status, data = api.call("POST", path, {"property": properties})
        if not ok(status):
            return answer_of(status, data)
        return {"status": status, "message": "; ".join(["journey entered", *notes])}

    def deliver(message):
        if not isinstance(message, dict):
            return {"status": 400, "message": "that is no message"}
        kind = message.get("type")
        if kind != "identify" and kind != "track":
            return {"status": 200, "message": "filtered: only identify and track are sent"}
        if not wanted(message):
            return {"status": 200, "message": "filtered: turned off by integrations"}
        try:
            return (identify if kind == "identify" else track)(message, [])
        except Refused as refusal:
            return {"status": refusal.status, "message": str(refusal)}

    return deliver
