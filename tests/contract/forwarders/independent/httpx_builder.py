"""Class based, over httpx; the trigger is called by the (lower-cased) address, else by contact id.

Nested traits as JSON text, `name` also as a custom field, dates as text, anonymous_id written, context.traits do not land,
a filtered message is answered None.
"""

from __future__ import annotations

import json
import math
import re
import urllib.parse

import httpx


MISSING = "Missing unique identifier traits. Either `email` or `user_id` traits must be provided"


class Refused(Exception):
    status = 400


def mapping(value):
    """PHP's empty array, null and whatever else is no map count as an empty one."""
    return value if isinstance(value, dict) else {}


def wanted(message):
    flags = mapping(message.get("integrations"))
    if flags.get("AutopilotHQ") is None:
        return flags.get("All") is not False
    return flags["AutopilotHQ"] is not False


class Sender:
    """Who a message is about."""

    def __init__(self, message, first):
        second = mapping(mapping(message.get("context")).get("traits"))
        own = [first.get("email")]
        if message["type"] == "identify":
            own += [value for name, value in first.items() if name.lower() == "email"]
        self.email = next(filter(None, map(self.address, own)), None) or self.address(second.get("email"))
        self.user_id = self.identifier(message.get("userId"))
        self.new_email = self.address(first.get("_NewEmail"))
        self.message = message

    @staticmethod
    def address(value):
        if isinstance(value, str) and "@" in value:
            return value.strip().lower()
        return None

    @staticmethod
    def identifier(value):
        if value is True or value is False or value is None:
            return None
        if isinstance(value, (int, float)):
            if value != value or value in (math.inf, -math.inf):
                return None
            return str(int(value)) if value == int(value) else repr(value)
        if isinstance(value, str) and value.strip():
            if value.strip().lower() in ("null", "undefined", "none", "nan", "[object object]"):
                return None
            return value
        return None

    def contact(self):
        contact = {}
        if self.user_id is not None:
            contact["user_id"] = self.user_id
        if self.email is not None:
            contact["Email"] = self.email
        if not contact:
            raise Refused("400 Bad Request: " + MISSING + ". Nothing was written.")
        if self.new_email is not None:
            contact["_NewEmail"] = self.new_email
        anonymous = self.message.get("anonymousId")
        if isinstance(anonymous, str) and anonymous.strip():
            contact["anonymous_id"] = anonymous
        return contact


class ContactBuilder:
    NAMES = ("FirstName", "LastName", "Phone", "MobilePhone", "Fax", "Title", "Salutation", "Website", "Industry",
             "Status", "LeadSource", "Twitter", "LinkedIn", "Company")

    def __init__(self, contact):
        self.result = dict(contact)
        self.custom = {}
        self.notes = []
        self.fields = {name.lower(): name for name in self.NAMES}
        for name in self.NAMES:
            self.fields[re.sub("(?<=[a-z])(?=[A-Z])", "_", name).lower()] = name

    def add(self, name, value):
        if isinstance(value, float) and not math.isfinite(value):
            raise Refused(f"the trait {name} is {value}: that cannot be sent")
        if value is None or name.lower() == "email" or name == "_NewEmail":
            return
        lower = name.lower()
        if lower == "unsubscribed" and isinstance(value, bool):
            self.result["unsubscribed"] = value
            return
        field = self.fields.get(lower)
        if field == "Company" and isinstance(value, dict) and isinstance(value.get("name"), str):
            self.result.setdefault("Company", value["name"])
        elif field and field not in self.result and isinstance(value, str):
            self.result[field] = value
            return
        elif field and field not in self.result and type(value) is int:
            self.result[field] = str(value)
            return
        self.add_custom(name, value)

    def add_custom(self, name, value):
        if isinstance(value, bool):
            prefix = "boolean"
        elif isinstance(value, int):
            prefix = "integer"
        elif isinstance(value, float):
            prefix = "float"
            if value == int(value) and abs(value) < 9007199254740992:
                prefix, value = "integer", int(value)
        elif isinstance(value, str):
            prefix = "string"
        else:
            prefix = "string"
            try:
                value = json.dumps(value, allow_nan=False)
            except ValueError:
                raise Refused(f"the trait {name} holds a number that cannot be sent") from None
        if name.strip() == "":
            self.notes.append("a trait with a blank name is left out")
            return
        self.custom[prefix + "--" + "--".join(re.split(r"\s", name))] = value

    def split_name(self, name):
        """`name` fills what firstName and lastName left empty."""
        if not isinstance(name, str) or not name.split():
            return
        first, *rest = name.split(None, 1)
        if self.result.get("FirstName", "") == "":
            self.result["FirstName"] = first
        if rest and self.result.get("LastName", "") == "":
            self.result["LastName"] = rest[0].rstrip()

    def build(self):
        if self.custom:
            self.result["custom"] = self.custom
        return self.result


def identify_contact(message, notes):
    traits = mapping(message.get("traits"))
    builder = ContactBuilder(Sender(message, traits).contact())
    for name, value in traits.items():
        builder.add(name, value)
    builder.split_name(traits.get("name"))
    notes.extend(builder.notes)
    return builder.build()


def track_contact(message, notes):
    return Sender(message, mapping(message.get("properties"))).contact()


def properties_of(message, notes):
    properties = mapping(message.get("properties"))
    try:
        json.dumps(properties, allow_nan=False)
    except ValueError:
        raise Refused("the properties hold a number that cannot be sent: " + ", ".join(properties)) from None
    return dict(properties)


def snake_case(text):
    previous, words = "", []
    for char, following in zip(text, text[1:] + " "):
        if char.isalnum():
            boundary = char.isupper() and (previous.islower() or (previous.isupper() and following.islower()))
            if boundary or not previous.isalnum():
                words.append("")
            words[-1] += char.lower()
        previous = char
    return "_".join(words)


def trigger_for(event, journeys, default):
    if not isinstance(event, str) or event.strip() == "":
        raise Refused("track without an event")
    if journeys.get(event):
        return str(journeys[event])
    trigger = default if default else snake_case(event)
    if not trigger:
        raise Refused("no trigger can be named after the event " + event)
    return str(trigger)


class Api:
    """The account, over httpx."""

    def __init__(self, settings):
        self.base = settings["base_url"].rstrip("/")
        self.client = httpx.Client(
            headers={"autopilotapikey": settings.get("api_key") or "", "content-type": "application/json"},
            timeout=20,
            trust_env=False,
        )

    def call(self, method, path, body=None):
        content = None if body is None else json.dumps(body).encode("ascii")
        try:
            response = self.client.request(method, self.base + path, content=content)
        except httpx.HTTPError as error:
            return 503, {"message": f"no answer: {error!r}"}
        try:
            answer = response.json()
        except ValueError:
            answer = None
        return response.status_code, answer if isinstance(answer, dict) else {"message": response.text}


class Forwarder:
    def __init__(self, settings):
        self.api = Api(settings)
        self.journeys = dict(settings.get("journeys") or {})
        self.default = settings.get("default_trigger") or None

    def __call__(self, message):
        if not isinstance(message, dict):
            return {"status": 400, "message": "not a message"}
        handler = {"identify": self.identify, "track": self.track}.get(str(message.get("type")))
        if handler is None or not wanted(message):
            return None
        try:
            status, text = handler(message)
        except Refused as refusal:
            status, text = 400, str(refusal)
        return {"status": status, "message": text}

    def identify(self, message):
        notes = []
        contact = identify_contact(message, notes)
        status, answer = self.save(contact)
        return status, self.text(status, answer, notes)

    def save(self, contact):
        return self.api.call("POST", "/contact", {"contact": contact})

    def track(self, message):
        notes = []
        contact = track_contact(message, notes)
        trigger = trigger_for(message.get("event"), self.journeys, self.default)
        properties = properties_of(message, notes)
        status, answer = self.save(contact)
        if not 200 <= status <= 299:
            return status, self.text(status, answer, notes)
        who = self.handle(contact, answer)
        status, answer = self.enter(trigger, who, properties)
        return status, self.text(status, answer, notes)

    def handle(self, contact, answer):
        """What the trigger call knows the contact by: its (new) address, else its id."""
        who = contact.get("_NewEmail") or contact.get("Email") or answer.get("contact_id")
        if not who:
            raise RuntimeError("the account's answer names no contact")
        return who

    def enter(self, trigger, who, properties):
        trigger, who = (urllib.parse.quote(part, safe="") for part in (trigger, who))
        return self.api.call("POST", f"/trigger/{trigger}/contact/{who}", {"property": properties})

    @staticmethod
    def text(status, answer, notes):
        if 200 <= status <= 299:
            return "delivered" + "".join(f" ({note})" for note in notes)
        return str(answer.get("message") or answer)


def factory(settings):
    return Forwarder(settings)
