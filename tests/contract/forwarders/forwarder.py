"""A correct forwarder, in methods that can be overridden one by one.

It shares no code with the reference forwarder: what both do right is not the same lines.
"""

import json
import re
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime
from http.client import HTTPConnection, HTTPException
from typing import Any, ClassVar
from urllib.parse import quote, urlsplit

Json = dict[str, Any]
Outcome = Json | None
Deliver = Callable[[Json], Outcome]
Factory = Callable[[Json], Deliver]

MISSING = "Missing unique identifier traits. Either `email` or `user_id` traits must be provided"
TEXT_FIELDS = (
    "FirstName", "LastName", "Company", "Title", "Salutation", "Industry", "Status", "Website",
    "Phone", "MobilePhone", "Fax", "LeadSource", "Twitter", "LinkedIn",
    "MailingStreet", "MailingCity", "MailingState", "MailingPostalCode", "MailingCountry",
)  # fmt: skip
FIELDS = {
    **{name.lower(): name for name in TEXT_FIELDS},
    "company.name": "Company",
    "company.industry": "Industry",
    "company.employeecount": "NumberOfEmployees",
    "company.employees": "NumberOfEmployees",
    "numberofemployees": "NumberOfEmployees",
    "address.street": "MailingStreet",
    "address.city": "MailingCity",
    "address.state": "MailingState",
    "address.postalcode": "MailingPostalCode",
    "address.country": "MailingCountry",
    "unsubscribed": "unsubscribed",
}
DATE = re.compile(r"\d{4}-\d\d-\d\d(T\d\d:\d\d(:\d\d(\.\d+)?)?(Z|[+-]\d\d:\d\d)?)?", re.ASCII)


@dataclass(frozen=True)
class Answer:
    """What a call was answered; a lost one counts as 503."""

    status: int
    body: Any = None

    @property
    def good(self) -> bool:
        return 200 <= self.status < 300


def folded(name: str) -> str:
    """Return what `firstName`, `first_name` and `FirstName` have in common."""
    return name.replace("_", "").lower()


def snake(name: str) -> str:
    name = re.sub(r"(?<=[a-z])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])", "_", name)
    return re.sub(r"[\W_]+", "_", name).strip("_").lower()


def is_date(text: str) -> bool:
    try:
        datetime.fromisoformat(text)
    except ValueError:
        return False
    return DATE.fullmatch(text) is not None


class Forwarder:
    """Made from the settings; called with one message after the other."""

    types: ClassVar[tuple[str, ...]] = ("identify", "track")
    destination = "AutopilotHQ"
    tries = 3

    def __init__(self, settings: Json) -> None:
        self.settings = settings
        self.memory: dict[Any, Any] = {}
        """For those that remember something; a correct one need not."""

    def __call__(self, message: Json) -> Outcome:
        return self.outcome(self.deliver(message)) if self.wanted(message) else None

    # --- which messages ---

    def wanted(self, message: Json) -> bool:
        return message["type"] in self.types and self.enabled(message.get("integrations") or {})

    def enabled(self, integrations: Json) -> bool:
        own = integrations.get(self.destination)
        if own is True or isinstance(own, dict):
            return True
        return own is not False and integrations.get("All") is not False

    def deliver(self, message: Json) -> Answer:
        return self.track(message) if message["type"] == "track" else self.identify(message)

    def identify(self, message: Json) -> Answer:
        return self.upsert(self.contact(message))

    def track(self, message: Json) -> Answer:
        contact = self.contact(message)
        answer = self.upsert(contact)
        if not answer.good:
            return answer
        path = self.path(self.trigger(message["event"]), contact, answer.body["contact_id"])
        return self.enter(path, self.properties(message))

    # --- who ---

    def own(self, message: Json) -> Json:
        return message.get("properties" if message["type"] == "track" else "traits") or {}

    def person(self, message: Json) -> Json:
        return (message.get("context") or {}).get("traits") or {}

    def identifiers(self, message: Json) -> Json:
        found = {
            "Email": self.email(message),
            "user_id": self.user_id(message.get("userId")),
            "anonymous_id": self.user_id(message.get("anonymousId")),
            "_NewEmail": self.address(self.own(message).get("_NewEmail")),
        }
        return {name: value for name, value in found.items() if value is not None}

    def email(self, message: Json) -> str | None:
        given = [
            value
            for traits in (self.own(message), self.person(message))
            for name, value in traits.items()
            if folded(name) == "email"
        ]
        return next((found for value in given if (found := self.address(value))), None)

    def address(self, value: object) -> str | None:
        return value.strip() or None if isinstance(value, str) else None

    def user_id(self, value: object) -> str | None:
        if isinstance(value, float) and value.is_integer():
            value = int(value)
        if isinstance(value, int | float) and not isinstance(value, bool):
            return str(value)
        return value.strip() or None if isinstance(value, str) else None

    # --- what ---

    def contact(self, message: Json) -> Json:
        return {**self.fields(self.traits(message)), **self.identifiers(message)}

    def traits(self, message: Json) -> Json:
        return self.person(message) if message["type"] == "track" else self.own(message)

    def fields(self, traits: Json) -> Json:
        fields: Json = {}
        custom: Json = {}
        for name, value in self.flat(traits):
            field = self.field(name)
            taken = self.standard(field, value) if field else None
            if folded(name) == "email" or name == "_NewEmail" or not self.keeps(name, value):
                continue
            if field and taken is not None and fields.setdefault(field, taken) == taken:
                continue
            if self.is_name(name, value) and self.split_name(value, fields):
                continue
            custom.update([self.custom(name, value)])
        return {**fields, "custom": custom} if custom else fields

    def flat(self, traits: Json) -> Iterator[tuple[str, Any]]:
        """Return all traits with objects taken apart, `name` behind what goes before it."""
        for name, value in sorted(traits.items(), key=lambda trait: folded(trait[0]) == "name"):
            if isinstance(value, dict):
                yield from self.parts(name, value)
            else:
                yield name, value

    def parts(self, name: str, value: Json) -> Iterator[tuple[str, Any]]:
        return self.flat({f"{name}.{part}": inner for part, inner in value.items()})

    def keeps(self, name: str, value: object) -> bool:
        return value is not None and bool(name.strip())

    def field(self, name: str) -> str | None:
        return FIELDS.get(folded(name))

    def standard(self, field: str, value: object) -> Any:
        """Return the value as the field takes it, or None when it does not."""
        if isinstance(value, bool) or field == "unsubscribed":
            return value if isinstance(value, bool) and field == "unsubscribed" else None
        if field == "NumberOfEmployees":
            return value if isinstance(value, int | str) else None
        return str(self.custom_value(value)) if isinstance(value, int | float | str) else None

    def is_name(self, name: str, value: object) -> bool:
        return folded(name) == "name" and isinstance(value, str)

    def split_name(self, name: str, fields: Json) -> bool:
        """Fill the fields that are empty from a name; say whether it is all in them now."""
        first, _, last = " ".join(name.split()).partition(" ")
        fields.update({"FirstName": first} if first and not fields.get("FirstName") else {})
        fields.update({"LastName": last} if last and not fields.get("LastName") else {})
        return [fields.get("FirstName", ""), fields.get("LastName", "")] == [first, last]

    def custom(self, name: str, value: object) -> tuple[str, Any]:
        value = self.custom_value(value)
        return f"{self.custom_type(value)}--{self.custom_name(name)}", value

    def custom_name(self, name: str) -> str:
        return re.sub(r"\s", "--", name)

    def custom_value(self, value: Any) -> Any:
        if isinstance(value, float) and value.is_integer() and abs(value) <= 2**53:
            return int(value)
        return json.dumps(value, ensure_ascii=False) if isinstance(value, list) else value

    def custom_type(self, value: object) -> str:
        if isinstance(value, str) and is_date(value):
            return "date"
        return {bool: "boolean", int: "integer", float: "float"}.get(type(value), "string")

    def trigger(self, event: str) -> str:
        found = self.settings["journeys"].get(event) or self.settings["default_trigger"]
        return str(found or snake(event))

    def properties(self, message: Json) -> Json:
        address = self.identifiers(message).get("Email")
        return {
            name: value
            for name, value in self.own(message).items()
            if name != "_NewEmail" and not (folded(name) == "email" and value == address)
        }

    # --- calls ---

    def upsert(self, contact: Json) -> Answer:
        return self.send("POST", "contact", {"contact": contact})

    def path(self, trigger: str, contact: Json, contact_id: str) -> str:
        return f"trigger/{quote(trigger, safe='')}/contact/{contact_id}"

    def enter(self, path: str, properties: Json) -> Answer:
        return self.send("POST", path, {"property": properties})

    def send(self, method: str, path: str, body: Json | None = None) -> Answer:
        answer = self.attempt(method, path, body)
        for _ in range(self.tries - 1):
            if not self.passing(answer):
                break
            time.sleep(0.002)
            answer = self.attempt(method, path, body)
        return answer

    def passing(self, answer: Answer) -> bool:
        return answer.status == 429 or answer.status >= 500

    def attempt(self, method: str, path: str, body: Json | None) -> Answer:
        headers = {"autopilotapikey": self.settings["api_key"], "Content-Type": "application/json"}
        base = urlsplit(self.settings["base_url"])
        raw = None if body is None else json.dumps(body)
        # http.client, not requests: most of the time of these tests is spent here.
        connection = HTTPConnection(base.netloc, timeout=10)
        try:
            connection.request(method, f"{base.path}{path}", raw, headers)
            got = connection.getresponse()
            text = got.read().decode()
        except (HTTPException, OSError) as error:
            return self.lost(error)
        finally:
            connection.close()
        try:
            return Answer(got.status, json.loads(text))
        except ValueError:
            return Answer(got.status, {"message": text})

    def lost(self, error: Exception) -> Answer:
        return Answer(503, {"message": f"No answer: {error}"})

    def outcome(self, answer: Answer) -> Outcome:
        if answer.good:
            return None
        said = answer.body.get("message") if isinstance(answer.body, dict) else answer.body
        return {"status": answer.status, "message": str(said)}
