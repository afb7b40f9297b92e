"""A table of steps for each type; numbers with a fraction are sent with fifteen significant digits. A message that is none is
answered 422.
"""

from __future__ import annotations

import json
import math
import re
from datetime import datetime
from urllib.parse import quote

import requests


MISSING = "Missing unique identifier traits. Either `email` or `user_id` traits must be provided"
PLACEHOLDERS = {"null", "undefined", "none", "nan", "[object object]"}
FIELDS = {
    "firstname": "FirstName", "first_name": "FirstName",
    "lastname": "LastName", "last_name": "LastName",
    "phone": "Phone", "mobilephone": "MobilePhone", "mobile_phone": "MobilePhone", "fax": "Fax",
    "title": "Title", "salutation": "Salutation", "website": "Website", "industry": "Industry",
    "status": "Status", "leadsource": "LeadSource", "lead_source": "LeadSource", "twitter": "Twitter",
    "linkedin": "LinkedIn", "linked_in": "LinkedIn", "company": "Company",
    "mailingstreet": "MailingStreet", "mailingcity": "MailingCity", "mailingstate": "MailingState",
    "mailingpostalcode": "MailingPostalCode", "mailingcountry": "MailingCountry",
}
ADDRESS = {
    "street": "MailingStreet", "city": "MailingCity", "state": "MailingState", "postalcode": "MailingPostalCode",
    "postal_code": "MailingPostalCode", "country": "MailingCountry",
}
ISO = re.compile(r"\d{4}-\d{2}-\d{2}(T\d{2}:\d{2}:\d{2}(\.\d{1,6})?(Z|[+-]\d{2}:\d{2})?)?\Z", re.ASCII)


class Refused(Exception):
    status = 400


def as_map(value):
    return value if isinstance(value, dict) else {}


def context_traits(message):
    return as_map(as_map(message.get("context")).get("traits"))


def wanted(message):
    flags = as_map(message.get("integrations"))
    own = flags.get("AutopilotHQ")
    if own is not None:
        return own is not False
    return flags.get("All") is not False


def address_of(value):
    if not isinstance(value, str) or "@" not in value:
        return None
    return value.strip()


def any_case(traits, wanted_name):
    """The trait of that name; in another letter case when it is not there as written."""
    if address_of(traits.get(wanted_name)):
        return traits[wanted_name]
    for name, value in traits.items():
        if name.lower() == wanted_name and address_of(value):
            return value
    return None


def user_id_of(value):
    if isinstance(value, bool):
        return None
    if isinstance(value, int):
        return str(value)
    if isinstance(value, float) and math.isfinite(value):
        return str(int(value)) if value.is_integer() else repr(value)
    if not isinstance(value, str) or not value.strip() or value.strip().lower() in PLACEHOLDERS:
        return None
    return value


def check_finite(value, path):
    if isinstance(value, float) and not math.isfinite(value):
        raise Refused(f"{path} is {value}, which cannot be sent")
    if isinstance(value, dict):
        for key, inner in value.items():
            check_finite(inner, f"{path}.{key}")
    elif isinstance(value, list):
        for inner in value:
            check_finite(inner, path)


def is_iso(value):
    if not ISO.match(value):
        return False
    try:
        datetime.fromisoformat(value.replace("Z", "+00:00"))
    except ValueError:
        return False
    return True


def put_custom(custom, name, value, notes):
    if value is None:
        return
    if isinstance(value, dict) and value:
        for key, inner in value.items():
            put_custom(custom, f"{name}.{key}", inner, notes)
        return
    if isinstance(value, (dict, list)):
        kind, value = "string", json.dumps(value)
    elif isinstance(value, bool):
        kind = "boolean"
    elif isinstance(value, int):
        kind = "integer"
    elif isinstance(value, float):
        kind = "float"
        if value.is_integer() and abs(value) < 2**53:
            kind, value = "integer", int(value)
        else:
            value = float(f"{value:.15g}")
    else:
        kind = "date" if is_iso(value) else "string"
    if not name.strip():
        notes.append("a trait without a name was left out")
        return
    key = kind + "--" + re.sub(r"\s", "--", name)
    if key in custom:
        notes.append(f"{name} was there twice")
        return
    custom[key] = value


def put_field(contact, custom, field, name, value, notes):
    if value is None:
        return
    if isinstance(value, int) and not isinstance(value, bool):
        value, plain = str(value), value
    else:
        plain = value
    if field in contact or not isinstance(value, str):
        notes.append(f"{name} went to a custom field")
        put_custom(custom, name, plain, notes)
        return
    contact[field] = value


def unsubscribed_of(value):
    if isinstance(value, bool):
        return value
    if isinstance(value, (int, str)):
        return {"true": True, "yes": True, "1": True, "false": False, "no": False, "0": False}.get(str(value).lower())
    return None


def fill(contact, traits, own, notes, with_unsubscribed=True):
    custom = {}
    late = []
    for name, value in traits.items():
        low = name.lower()
        if value is None:
            continue
        if low == "email":
            if value != contact.get("Email"):
                notes.append(f"{name} was not used")
        elif name == "_NewEmail":
            continue
        elif name in ("userId", "anonymousId") and value == own.get(name):
            continue
        elif low == "unsubscribed" and unsubscribed_of(value) is not None:
            if with_unsubscribed:
                contact["unsubscribed"] = unsubscribed_of(value)
            else:
                notes.append("unsubscribed of context.traits was left out")
        elif low in ("name", "company", "address") and not (low == "company" and isinstance(value, str)):
            late.append((low, name, value))
        elif low in FIELDS:
            put_field(contact, custom, FIELDS[low], name, value, notes)
        elif low in ("numberofemployees", "number_of_employees") and type(value) is int:
            contact["NumberOfEmployees"] = value
        else:
            put_custom(custom, name, value, notes)
    for low, name, value in late:
        if low == "name" and isinstance(value, str):
            words = value.split(None, 1)
            if words and not contact.get("FirstName"):
                contact["FirstName"] = words[0]
            if len(words) == 2 and not contact.get("LastName"):
                contact["LastName"] = words[1].strip()
            elif len(words) == 1:
                notes.append("name has one word: LastName stays as it is")
        elif low == "company" and isinstance(value, dict):
            for key, inner in value.items():
                if key == "name":
                    put_field(contact, custom, "Company", f"{name}.{key}", inner, notes)
                elif key == "industry":
                    put_field(contact, custom, "Industry", f"{name}.{key}", inner, notes)
                elif key in ("employee_count", "employees") and type(inner) is int:
                    contact.setdefault("NumberOfEmployees", inner)
                else:
                    put_custom(custom, f"{name}.{key}", inner, notes)
        elif low == "address" and isinstance(value, dict):
            for key, inner in value.items():
                if key.lower() in ADDRESS:
                    put_field(contact, custom, ADDRESS[key.lower()], f"{name}.{key}", inner, notes)
                else:
                    put_custom(custom, f"{name}.{key}", inner, notes)
        else:
            put_custom(custom, name, value, notes)
    if custom:
        contact["custom"] = custom


def identified(message, first, notes):
    second = context_traits(message)
    email = address_of(any_case(first, "email") if message["type"] == "identify" else first.get("email")) or address_of(second.get("email"))
    user = user_id_of(message.get("userId"))
    if email is None and user is not None:
        email = address_of(user)
    if email is None and user is None:
        raise Refused(MISSING)
    contact = {}
    if email is not None:
        contact["Email"] = email
    if user is not None:
        contact["user_id"] = user
    new_address = address_of(first.get("_NewEmail"))
    if new_address is not None:
        contact["_NewEmail"] = new_address
    return contact


def identify_contact(message, notes):
    traits = as_map(message.get("traits")) or context_traits(message)
    contact = identified(message, as_map(message.get("traits")), notes)
    check_finite(traits, "traits")
    fill(contact, traits, message, notes)
    return contact


def track_contact(message, notes):
    contact = identified(message, as_map(message.get("properties")), notes)
    traits = context_traits(message)
    check_finite(traits, "context.traits")
    fill(contact, traits, message, notes, with_unsubscribed=False)
    return contact


def properties_of(message, notes):
    properties = as_map(message.get("properties"))
    check_finite(properties, "properties")
    return {key: value for key, value in properties.items() if key not in ("email", "_NewEmail")}


def snake_case(text):
    out = []
    for index, char in enumerate(text):
        if not char.isalnum():
            out.append("_")
            continue
        before = text[index - 1] if index else ""
        after = text[index + 1 : index + 2]
        if char.isupper() and (before.islower() or (before.isupper() and after.islower())):
            out.append("_")
        out.append(char.lower())
    return re.sub("_+", "_", "".join(out)).strip("_")


def trigger_for(event, journeys, default):
    if not isinstance(event, str) or not event.strip():
        raise Refused("a track call needs an event name")
    trigger = journeys.get(event) or default or snake_case(event)
    if not trigger:
        raise Refused(f"the event {event!r} has no trigger")
    return str(trigger)


class Api:
    """The account, over requests."""

    def __init__(self, settings):
        self.base = settings["base_url"].rstrip("/")
        self.session = requests.Session()
        self.session.trust_env = False
        self.session.headers["autopilotapikey"] = settings.get("api_key") or ""
        self.session.headers["Content-Type"] = "application/json"

    def call(self, method, path, body=None):
        data = None if body is None else json.dumps(body).encode()
        try:
            response = self.session.request(method, self.base + path, data=data, timeout=20)
        except requests.RequestException as error:
            return 503, {"message": f"no answer: {error}"}
        try:
            answer = response.json()
        except ValueError:
            answer = {"message": response.text}
        return response.status_code, answer if isinstance(answer, dict) else {"message": response.text}


def save_identified(job):
    return "POST", "/contact", {"contact": identify_contact(job["message"], job["notes"])}


def save_tracked(job):
    contact = track_contact(job["message"], job["notes"])
    job["trigger"] = trigger_for(job["message"].get("event"), job["journeys"], job["default"])
    job["properties"] = properties_of(job["message"], job["notes"])
    return "POST", "/contact", {"contact": contact}


def enter_journey(job):
    who = job["answer"].get("contact_id")
    if not isinstance(who, str):
        raise ValueError("no contact_id in the answer of the account")
    path = f"/trigger/{quote(job['trigger'], safe='')}/contact/{quote(who, safe='')}"
    return "POST", path, {"property": job["properties"]}


STEPS = {"identify": [save_identified], "track": [save_tracked, enter_journey]}


def factory(settings):
    api = Api(settings)
    fixed = {"journeys": settings.get("journeys") or {}, "default": settings.get("default_trigger")}

    def deliver(message):
        if not isinstance(message, dict):
            return {"status": 422, "message": "a message is an object"}
        kind = message.get("type")
        steps = STEPS.get(kind) if isinstance(kind, str) else None
        if steps is None or not wanted(message):
            return {"status": 200, "message": "nothing to do"}
        job = {"message": message, "notes": [], "answer": {}, **fixed}
        for step in steps:
            try:
                request = step(job)
            except Refused as refusal:
                return {"status": 400, "message": str(refusal)}
            status, job["answer"] = api.call(*request)
            if not 200 <= status < 300:
                return {"status": status, "message": str(job["answer"].get("message", "refused"))}
        return {"status": 200, "message": "done. " + " ".join(job["notes"])}

    return deliver
