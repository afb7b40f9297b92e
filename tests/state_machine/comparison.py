"""Calls made to the fake and to the model, and the comparison of what came of them."""

import json
import re
from collections import Counter
from collections.abc import Callable
from datetime import UTC, datetime
from http import HTTPStatus
from http.client import HTTPConnection
from typing import Any, NamedTuple, TypeVar
from urllib.parse import unquote, urlsplit

from hypothesis.stateful import RuleBasedStateMachine

from mock_autopilot import MockAutopilot
from tests.state_machine.inputs import LISTS
from tests.state_machine.model import Contact, Model, RefusedError

T = TypeVar("T")
CONTACT_ID = re.compile(r"person_[0-9A-F]{8}(-[0-9A-F]{4}){3}-[0-9A-F]{12}")
SECOND = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.000Z")
ORDER = (
    "Email",
    "created_at",
    "updated_at",
    "api_originated",
    "custom_fields",
    "lists",
    "Name",
    "LastName",
    "FirstName",
)
"""The keys that a document begins with, in that order; the contact's id ends it."""


class Answer(NamedTuple):
    status: int
    body: Any


def exact(value: object) -> str:
    """Return a JSON value as text, in which 1, 1.0 and true differ."""
    return json.dumps(value, sort_keys=True)


def now() -> str:
    return datetime.now(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


class Comparison(RuleBasedStateMachine):
    """Calls the fake, does the same in the model, and compares. Subclasses add the rules."""

    def __init__(self, server: MockAutopilot, connection: HTTPConnection, seen: Counter[str]):
        super().__init__()
        self.key = server.new_account().api_key
        self.prefix = urlsplit(server.base_url).path
        self.connection = connection
        self.seen = seen
        self.model = Model(LISTS)
        self.calls: list[tuple[str, str, int]] = []
        self.known: dict[str, Contact] = {}
        self.times: dict[str, tuple[int, str, str]] = {}
        self.since = now()
        self.journey_ids: dict[str, str] = {}

    def ask(self, method: str, path: str, body: object = None) -> Answer:
        raw = None if body is None else json.dumps(body).encode()
        self.connection.request(method, path, raw, {"autopilotapikey": self.key})
        response = self.connection.getresponse()
        answered = response.read()
        return Answer(response.status, json.loads(answered) if answered else None)

    def call(self, method: str, path: str, body: object = None) -> Answer:
        answer = self.ask(method, self.prefix + path, body)
        self.calls.append((method, unquote(self.prefix + path), answer.status))
        return answer

    def agree(self, answer: Answer, wanted: Callable[[], T]) -> T | None:
        """Do the same in the model: both return a value, or both refuse for the same reason."""
        refusal: RefusedError | None = None
        value: T | None = None
        try:
            value = wanted()
        except RefusedError as raised:
            refusal = raised
        if refusal is None:
            assert answer.status in (200, 204), answer
            return value
        assert answer.status == refusal.status, (answer, refusal)
        assert answer.body.keys() == {"error", "message"}
        assert answer.body["error"] == HTTPStatus(refusal.status).phrase
        assert answer.body["message"].startswith(refusal.message), (answer, refusal)
        self.seen[f"{refusal.status}: {re.sub(r'[0-9A-F-]{36}|[0-9]+', '…', refusal.message)}"] += 1
        return None

    def upserted(self, contact: Contact, contact_id: str) -> None:
        """Compare the id of an upsert's answer; a new contact has a new one."""
        if not contact.contact_id:
            assert CONTACT_ID.fullmatch(contact_id)
            assert contact_id not in self.known
            contact.contact_id = contact_id
            self.known[contact_id] = contact
        assert contact_id == contact.contact_id

    def counted(self, wanted: Callable[[], T]) -> T:
        """Do something in the model, and take note of the merges and renames that it makes."""
        gone, emails = self._gone(), self._emails()
        value = wanted()
        renamed = self._emails()
        self.seen["a merge"] += self._gone() > gone
        if any(renamed.get(contact, email) != email for contact, email in emails.items()):
            self.seen["a rename"] += 1
        return value

    def _gone(self) -> int:
        return sum(contact.gone for contact in self.model.ever)

    def _emails(self) -> dict[Contact, str]:
        return {
            contact: contact.fields.get("Email", "").lower() for contact in self.model.contacts()
        }

    def compare(self, document: dict[str, Any], contact: Contact) -> None:
        """Compare a document; updated_at changes if the contact was written to, and only then."""
        first = [name for name in ORDER if name in document]
        assert list(document)[: len(first)] == first
        assert list(document)[-1] == "contact_id"
        fields = document.pop("custom_fields", [])
        assert bool(fields) == bool(contact.custom)
        document["custom"] = {
            field["kind"]: (field["fieldType"], field["value"]) for field in fields
        }
        assert len(document["custom"]) == len(fields)
        assert not any(field["deleted"] for field in fields)
        created = document.pop("created_at")
        assert ("updated_at" in document) == bool(contact.writes)
        updated = document.pop("updated_at", created)
        assert exact(document) == exact(contact.document())
        assert SECOND.fullmatch(created)
        assert SECOND.fullmatch(updated)
        writes, created_then, updated_then = self.times.get(
            contact.contact_id, (contact.writes, created, updated)
        )
        older = [self.times[one][1] for one in contact.ids() if one in self.times]
        assert created == min([created_then, *older])
        if contact.writes == writes:
            assert updated == updated_then
        else:
            assert updated[:19] >= self.since[:19]
        assert created <= updated
        self.times[contact.contact_id] = contact.writes, created, updated
