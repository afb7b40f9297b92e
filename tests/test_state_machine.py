"""Random lives of an account, over HTTP, side by side with the plain model of `tests.model`."""

import json
import re
import sys
from collections import Counter
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from http import HTTPStatus
from http.client import HTTPConnection
from typing import Any, NamedTuple, TypeVar
from urllib.parse import quote, unquote, urlsplit
from uuid import UUID

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    Bundle,
    MultipleResults,
    RuleBasedStateMachine,
    initialize,
    invariant,
    multiple,
    precondition,
    rule,
    run_state_machine_as_test,
)

from mock_autopilot import MockAutopilot

from .model import PAGE, Contact, Model, RefusedError

T = TypeVar("T")

CONTACT_ID = re.compile(r"person_[0-9A-F]{8}(-[0-9A-F]{4}){3}-[0-9A-F]{12}")
TIME = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z")
SECOND = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.000Z")
JOURNEY_ID = re.compile(r"campaign_[0-9A-F]{8}(-[0-9A-F]{4}){3}-[0-9A-F]{12}")
REVISION = re.compile(r"1-[0-9a-f]{32}")
ORDER = (
    *("Email", "created_at", "updated_at", "api_originated", "custom_fields", "lists"),
    *("Name", "LastName", "FirstName"),
)
"""The keys that a document begins with, in that order; the contact's id ends it."""
NOT_AUTOPILOTS = {"shoe_size", "email"}
"""Fields below that Autopilot does not have: a state that has them is warned of."""
LISTS = ("contactlist_1", "contactlist_2")
ON_A_LIST = {"_autopilot_list": LISTS[0]}
TRIGGERS = st.sampled_from(["0001", "0001", "Wel come", "0002"])


# --- what is sent: small pools, so that contacts meet ----------------------------------------

ADDRESSES = st.sampled_from(
    [
        *("ann@example.com", "Ann@Example.com", " ANN@EXAMPLE.COM"),
        *("bob+tag@example.com", "BOB+TAG@example.com"),
        *("a/b%2F@example.com", "A/B%2f@example.com"),
        *("zoë@example.com", "ZOË@EXAMPLE.COM "),
    ]
)
ANYBODY = ADDRESSES | st.just("nobody@example.com")
USER_IDS: st.SearchStrategy[Any] = st.sampled_from(["u1", "u2", " u2 ", "7", 7, 7.0, "U1", 0.5])
INVALID_NAMES = USER_IDS.map(str)
"""What can name no contact in a path, being neither an address nor an id of the service."""
NOBODY = st.sampled_from([None, "", "  "])

JSON: st.SearchStrategy[Any] = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=2)
    | st.dictionaries(st.text(max_size=3), inner, max_size=2),
    max_leaves=4,
)  # fmt: skip
TEXT = st.none() | st.text(max_size=5)
OTHER_FIELDS: dict[Any, st.SearchStrategy[Any]] = {
    "FirstName": TEXT,
    "LastName": TEXT,
    "Company": TEXT,
    "NumberOfEmployees": st.none() | st.integers(0, 99) | st.just("10-50"),
    "unsubscribed": st.none() | st.booleans(),
    "anonymous_id": st.none() | st.sampled_from(["anon", "u1"]),
    "shoe_size": JSON,
    "email": JSON,
    "Name": JSON,
    "created_at": JSON,
    "_autopilot_list": st.none() | st.sampled_from([*LISTS, "", "contactlist_404"]),
}
CUSTOM_VALUES = st.one_of(
    st.none(),
    st.text(max_size=5),
    st.integers(),
    st.floats(allow_nan=False, allow_infinity=False),
    st.booleans(),
    st.sampled_from([True, 1, 1.0, "2016-02-14T12:02:49", "2016-02-14", "yesterday"]),
    st.just([{"a": None}]),
)
CUSTOM_KEYS = st.sampled_from(
    [
        *("string--Plan", "integer--Plan", "float--a-b", "boolean--Is--On", "date--Joined"),
        *("Plan", "Is--On", "Lucky Number", "text--Plan", "string--", ""),
    ]
)
CUSTOM = st.none() | st.dictionaries(CUSTOM_KEYS, CUSTOM_VALUES, max_size=3)
WRONG = st.sampled_from(
    [
        *(("Email", 5), ("user_id", True), ("user_id", ["u1"]), ("FirstName", {"a": 1})),
        *(("NumberOfEmployees", [5]), ("unsubscribed", "x"), ("custom", [1]), ("custom", "x")),
        *(("_NewEmail", False), ("contact_id", 7), ("_autopilot_list", [])),
    ]
)


@st.composite
def bodies_of(draw: st.DrawFn, *identifiers: str) -> dict[str, Any]:
    """Make a contact of these identifiers and of other fields."""
    pools = {"Email": ADDRESSES, "_NewEmail": ADDRESSES, "user_id": USER_IDS}
    body = {name: draw(pools[name]) for name in identifiers}
    body |= draw(st.fixed_dictionaries({}, optional=OTHER_FIELDS)) if draw(st.booleans()) else {}
    if draw(st.booleans()):
        body["custom"] = draw(CUSTOM)
    if body.get("_autopilot_list") == "contactlist_404" and draw(st.integers(0, 3)):
        del body["_autopilot_list"]
    return dict(draw(st.permutations(list(body.items()))))


IDENTIFIED = st.one_of(
    bodies_of("Email"),
    bodies_of("user_id"),
    bodies_of("Email", "user_id"),
    bodies_of("Email", "_NewEmail"),
    bodies_of("user_id", "_NewEmail"),
    bodies_of("Email", "user_id", "_NewEmail"),
)
BAD = st.one_of(
    bodies_of(),
    bodies_of("_NewEmail"),
    st.builds(lambda body, nobody: body | {"Email": nobody}, bodies_of(), NOBODY),
    st.builds(lambda body, wrong: body | dict([wrong]), IDENTIFIED, WRONG),
)
PROPERTIES = st.dictionaries(st.text(max_size=3), JSON, max_size=2)


class Answer(NamedTuple):
    status: int
    body: Any


def exact(value: object) -> str:
    """Write a JSON value so that 1, 1.0 and true are three."""
    return json.dumps(value, sort_keys=True)


def now() -> str:
    return datetime.now(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


class Machine(RuleBasedStateMachine):
    """Does each thing to the fake and to the model, and compares what came of it."""

    ids = Bundle("ids")
    bookmarks = Bundle("bookmarks")

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

    # --- how it is asked, and how answers are compared -----------------------------------

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
        """Do the same in the model: both give something, or both refuse for the same reason."""
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

    # --- contacts ------------------------------------------------------------------------

    @initialize(target=ids)
    def begin(self) -> MultipleResults[str]:
        """Begin with two who may turn out to be one, and a third."""
        lists = [{"list_id": list_id, "title": list_id} for list_id in LISTS]
        assert self.ask("PUT", "/_mock/state", {"lists": lists}).status == 200
        return self.upsert_many(
            [{"Email": "ann@example.com"}, {"user_id": "u1"}, {"Email": "bob+tag@example.com"}]
        )

    @initialize(target=bookmarks)
    def begin_with_the_first_page(self) -> MultipleResults[str]:
        return multiple("", "person_404")

    def _upsert(
        self,
        path: str,
        body: object,
        wanted: Callable[[], Contact],
        rest: Callable[[dict[str, Any], Contact], None] | None = None,
    ) -> Any:
        """Upsert; `rest` looks at what the answer has beside the contact's id, if it may."""
        answer = self.call("POST", path, body)
        contact = self.agree(answer, lambda: self.counted(wanted))
        if contact is None:
            return multiple()
        self.seen["an update" if contact.contact_id else "a new contact"] += 1
        self.upserted(contact, answer.body.pop("contact_id"))
        if rest:
            rest(answer.body, contact)
        else:
            assert answer.body == {}
        return contact.contact_id

    @rule(target=ids, body=IDENTIFIED)
    def upsert(self, body: dict[str, Any]) -> Any:
        return self._upsert("contact", {"contact": body}, lambda: self.model.upsert(body))

    @rule(target=ids, body=BAD)
    def upsert_badly(self, body: dict[str, Any]) -> Any:
        return self._upsert("contact", {"contact": body}, lambda: self.model.upsert(body))

    @rule(target=ids, contact_id=ids, body=bodies_of() | IDENTIFIED)
    def upsert_by_id(self, contact_id: str, body: dict[str, Any]) -> Any:
        return self.upsert(body | {"contact_id": contact_id})

    @rule(target=ids, first=ADDRESSES, second=USER_IDS, both=st.sampled_from([{}, ON_A_LIST]))
    def merge(self, first: str, second: object, both: dict[str, Any]) -> Any:
        """Make a contact of each identifier, then say that the two are one."""
        self.upsert({"user_id": second, "FirstName": "Bea", "Company": "B", **both})
        self.upsert({"Email": first, "FirstName": "Ann", **both})
        return self.upsert({"Email": first, "user_id": second})

    @rule(target=ids, bodies=st.lists(IDENTIFIED, max_size=4))
    def upsert_many(self, bodies: list[dict[str, Any]]) -> MultipleResults[str]:
        answer = self.call("POST", "contacts", {"contacts": bodies})
        contacts = self.agree(answer, lambda: self.counted(lambda: self.model.upsert_many(bodies)))
        if contacts is None:
            return multiple()
        assert answer.body.keys() == {"contact_ids", "email_contact_map"}
        for contact, contact_id in zip(contacts, answer.body["contact_ids"], strict=True):
            self.upserted(contact, contact_id)
        pairs = zip(bodies, contacts, strict=True)
        by_email = {b["Email"].strip(): p.contact_id for b, p in pairs if "Email" in b}
        assert answer.body["email_contact_map"] == by_email
        self.seen["a bulk"] += 1
        return multiple(*answer.body["contact_ids"])

    @rule(bodies=st.lists(IDENTIFIED, max_size=3), bad=BAD, place=st.integers(0, 3))
    def upsert_many_with_a_bad_one(
        self, bodies: list[dict[str, Any]], bad: dict[str, Any], place: int
    ) -> None:
        self.upsert_many([*bodies[:place], bad, *bodies[place:]])

    @precondition(lambda self: len(self.model.ever) < PAGE)
    @rule(target=ids, count=st.integers(PAGE - 10, PAGE + 1))
    def upsert_a_crowd(self, count: int) -> MultipleResults[str]:
        first = len(self.model.ever)
        crowd = [{"Email": f"{n}@crowd.example"} for n in range(first, first + count)]
        ids = self.upsert_many(crowd).values
        return multiple(*ids[:1], *ids[-1:])

    @rule(who=ids | ANYBODY | INVALID_NAMES)
    def delete(self, who: str) -> None:
        answer = self.call("DELETE", f"contact/{quote(who, safe='')}")
        self.agree(answer, lambda: self.model.delete(who))
        if answer.status == 200:
            assert answer.body == {}
            self.seen["a deletion"] += 1

    @rule(who=ids | ANYBODY | INVALID_NAMES)
    def unsubscribe(self, who: str) -> None:
        answer = self.call("POST", f"contact/{quote(who, safe='')}/unsubscribe")
        self.agree(answer, lambda: self.model.unsubscribe(who))
        assert answer.status in (400, 404) or answer.body == {}

    @rule(who=ids | ANYBODY | INVALID_NAMES, safe=st.sampled_from(["", "@+/"]))
    def get(self, who: str, safe: str) -> None:
        answer = self.call("GET", f"contact/{quote(who, safe=safe)}")
        contact = self.agree(answer, lambda: self.model.find(who))
        if contact:
            self.compare(answer.body, contact)
            if who.startswith("person_") and who != contact.contact_id:
                self.seen["found by the id of one merged into it"] += 1

    @rule(target=bookmarks, bookmark=bookmarks | ids)
    def page(self, bookmark: str) -> str:
        # Contact ids are random, and pages are in their order, so whether another page follows is
        # random too. One bookmark comes of it each time, lest Hypothesis draws from a bundle of
        # another size when it lives the same life again.
        return self.next_page(bookmark) or bookmark

    def next_page(self, bookmark: str) -> str:
        """Compare a page with the model's; return the next bookmark, empty when it is the last."""
        answer = self.call("GET", f"contacts/{bookmark}" if bookmark else "contacts")
        found = self.agree(answer, lambda: self.model.page(bookmark))
        assert found is not None, "a page is never refused"
        contacts, following = found
        for document, contact in zip(answer.body.pop("contacts"), contacts, strict=True):
            self.compare(document, contact)
        assert answer.body.pop("total_contacts") == len(self.model.contacts())
        assert answer.body == ({"bookmark": following} if following else {})
        if following:
            self.seen["more than one page"] += 1
        if bookmark and bookmark not in {contact.contact_id for contact in self.model.contacts()}:
            self.seen["a bookmark of one who is gone"] += 1
        return following

    @rule()
    def custom_fields(self) -> None:
        status, listed = self.call("GET", "contacts/custom_fields")
        assert status == 200
        wanted = self.model.custom_fields().items()
        assert sorted(listed, key=exact) == sorted(
            ({"name": kind, "fieldType": of_type} for kind, of_type in wanted), key=exact
        )

    # --- journeys ------------------------------------------------------------------------

    @rule(trigger_id=TRIGGERS, name=st.sampled_from(["Welcome", "Good bye"]))
    def define_journey(self, trigger_id: str, name: str) -> None:
        body = {"trigger_id": trigger_id, "name": name}
        status, answered = self.ask("POST", "/_mock/journeys", body)
        journey_id = answered.pop("journey_id")
        assert JOURNEY_ID.fullmatch(journey_id)
        assert self.journey_ids.setdefault(trigger_id, journey_id) == journey_id
        assert (status, answered) == (200, body)
        self.model.define_journey(trigger_id, name)

    @rule(
        trigger_id=TRIGGERS,
        who=ids | ANYBODY | INVALID_NAMES,
        properties=st.none() | PROPERTIES,
    )
    def enter(self, trigger_id: str, who: str, properties: dict[str, Any] | None) -> None:
        path = f"trigger/{quote(trigger_id)}/contact/{quote(who, safe='')}"
        answer = self.call("POST", path, None if properties is None else {"property": properties})
        contact = self.agree(answer, lambda: self.model.find(who))
        if contact:
            self.entered(answer.body, trigger_id, who, contact)
            self.model.enter(trigger_id, contact, properties or {})
            self.seen["an entry"] += 1

    def entered(self, order: dict[str, Any], trigger_id: str, who: str, contact: Contact) -> None:
        """Compare a work order with the contact that it is for."""
        document = order.pop("apiContact")
        assert list(document)[:2] == ["_id", "_rev"]
        assert document.pop("_id") == f"contacts_{contact.contact_id}"
        assert REVISION.fullmatch(document.pop("_rev"))
        for name in {"created_at", "updated_at"} & document.keys():
            then = parsedate_to_datetime(document[name])
            document[name] = f"{then:%Y-%m-%dT%H:%M:%S}.000Z"
        self.compare(document | {"contact_id": contact.contact_id}, contact)
        assert UUID(order.pop("chunkUuid")) != UUID(order.pop("stepUuid"))
        assert re.fullmatch("[0-9a-f]{32}", order.pop("bislr_identifier"))
        assert exact(order) == exact(
            {
                "trigger_id": trigger_id,
                "contact_id_or_email": who,
                "rqType": "API",
                "terminated": False,
                "taskCounter": 0,
                "previousSteps": [],
            }
        )

    @rule(target=ids, trigger_id=TRIGGERS, body=IDENTIFIED | BAD, properties=PROPERTIES)
    def upsert_and_enter(
        self, trigger_id: str, body: dict[str, Any], properties: dict[str, Any]
    ) -> Any:
        def wanted() -> Contact:
            contact = self.model.upsert(body)
            self.model.enter(trigger_id, contact, properties)
            return contact

        def rest(order: dict[str, Any], contact: Contact) -> None:
            self.entered(order, trigger_id, contact.contact_id, contact)

        sent = {"contact": body, "property": properties}
        return self._upsert(f"trigger/{quote(trigger_id)}/contact", sent, wanted, rest)

    @rule(
        trigger_id=TRIGGERS,
        who=ids | ANYBODY | INVALID_NAMES,
        first=st.booleans(),
        by_journey=st.booleans(),
    )
    def eject(self, trigger_id: str, who: str, first: bool, by_journey: bool) -> None:
        """Eject by the trigger's id, or by the journey's own."""
        if first:
            self.enter(trigger_id, who, None)
        if by_journey:
            self.define_journey(trigger_id, self.model.names.get(trigger_id, "Welcome"))
        journey = self.journey_ids[trigger_id] if by_journey else trigger_id
        path = f"journey/{quote(journey)}/contact/{quote(who, safe='')}"
        answer = self.call("DELETE", path)
        self.agree(answer, lambda: self.model.eject(trigger_id, who))
        if answer.status == 204:
            assert answer.body is None
            self.seen["an ejection"] += 1
            self.seen["an ejection by the journey's id"] += journey != trigger_id

    @rule(target=ids, trigger_id=TRIGGERS, email=ADDRESSES, by_journey=st.booleans())
    def enter_and_eject(self, trigger_id: str, email: str, by_journey: bool) -> Any:
        contact_id = self.upsert({"Email": email})
        self.eject(trigger_id, email, True, by_journey)
        return contact_id

    @rule()
    def triggers(self) -> None:
        listed = [
            {"trigger_id": trigger_id, "journey": name, "trigger_type": "apiTrigger"}
            for trigger_id, name in self.model.names.items()
        ]
        assert self.call("GET", "triggers") == (200, {"triggers": listed})

    # --- the whole state -----------------------------------------------------------------

    @rule()
    def save_and_restore(self) -> None:
        """Load the state as it is saved: nobody can tell afterwards, but for old bookmarks."""
        saved = self.ask("GET", "/_mock/state")
        restored = self.ask("PUT", "/_mock/state", saved.body)
        odd = [
            ("unknown-field", f"contacts[{index}].{name}")
            for index, contact in enumerate(self.model.contacts())
            for name in NOT_AUTOPILOTS & contact.fields.keys()
        ]
        warned = [(one["id"], one["field"]) for one in restored.body.pop("warnings")]
        assert sorted(warned) == sorted(odd)
        assert exact(restored) == exact(saved)
        self.model.restore()

    # --- what always holds ---------------------------------------------------------------

    def compare(self, document: dict[str, Any], contact: Contact) -> None:
        """Compare a document; who is written to was updated, and nobody else."""
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

    @invariant()
    def the_state_is_the_model(self) -> None:
        status, state = self.ask("GET", "/_mock/state")
        assert status == 200
        for document, contact in zip(state["contacts"], self.model.contacts(), strict=True):
            assert set(document.pop("merged_contact_ids")) == {p.contact_id for p in contact.merged}
            self.compare(document, contact)
        journeys = [(journey["trigger_id"], journey["name"]) for journey in state["journeys"]]
        assert journeys == list(self.model.names.items())
        for journey in state["journeys"]:
            entries = self.model.entries[journey["trigger_id"]]
            for shown, entry in zip(journey["entries"], entries, strict=True):
                assert shown["contact_id"] == self.model.now(entry.contact).contact_id
                assert exact(shown["properties"]) == exact(entry.properties)
                assert (shown["ejected_at"] is not None) == entry.ejected
                assert TIME.fullmatch(shown["entered_at"])
        self.since = now()

    @invariant()
    def each_call_is_recorded_once(self) -> None:
        status, journal = self.ask("GET", "/_mock/calls?limit=0")
        assert (status, journal) == (200, {"calls": [], "total": len(self.calls), "dropped": 0})

    def teardown(self) -> None:
        """Find everybody by each identifier, and on one of the pages; nobody who is gone."""
        if sys.exc_info()[0]:  # a step has failed, and that is what is to be told
            return
        for contact in self.model.contacts()[:20]:
            names = [
                *contact.ids(),
                *([contact.fields["Email"]] if "Email" in contact.fields else []),
            ]
            for name in names:
                self.get(name, "")
            if user_id := contact.fields.get("user_id"):
                self.upsert({"user_id": user_id})
        for contact_id, contact in self.known.items():
            if contact.gone and self.model.with_id(contact_id) is None:
                assert self.call("GET", f"contact/{contact_id}").status == 404
        bookmark = self.next_page("")
        while bookmark:
            bookmark = self.next_page(bookmark)
        calls = self.ask("GET", "/_mock/calls").body["calls"]
        recorded = [(call["method"], call["path"], call["status"]) for call in calls]
        assert recorded == self.calls
        self.the_effects_are_the_model([call["effects"] for call in calls])

    def the_effects_are_the_model(self, effects: list[dict[str, Any]]) -> None:
        """Do again what each call's record says that it changed: the model is what comes of it."""
        fields: dict[str, dict[str, Any]] = {}
        members: dict[str, list[str]] = {}
        entries: Counter[tuple[str, str]] = Counter()
        for effect in effects:
            for change in effect["contacts_created"]:
                assert change["contact_id"] not in fields
                fields[change["contact_id"]] = {}
            moved = []
            for change in [*effect["contacts_created"], *effect["contacts_updated"]]:
                contact_id = change["contact_id"]
                for one in change["fields"]:
                    name, before, after = one["field"], one["before"], one["after"]
                    assert before != after or isinstance(before, bool) != isinstance(after, bool)
                    if name.endswith(".fieldType"):
                        continue
                    assert fields[contact_id].pop(name, None) == before
                    if after is not None:
                        fields[contact_id][name] = after
                    new_address = name == "Email" and after.lower() != (before or "").lower()
                    if new_address and change in effect["contacts_updated"]:
                        moved.append({"contact_id": contact_id, "before": before, "after": after})
            assert effect["addresses_changed"] == moved
            for change in effect["list_members_added"]:
                members.setdefault(change["contact_id"], []).append(change["list_id"])
            for merge in effect["contacts_merged"]:
                assert merge["into"] in fields
                del fields[merge["contact_id"]]
            for contact_id in effect["contacts_deleted"]:
                del fields[contact_id]
            for kind in ("entries_made", "entries_ended"):
                entries.update((kind, entry["trigger_id"]) for entry in effect[kind])
        assert fields == {
            contact.contact_id: contact.fields
            | {f"custom_fields.{kind}": value for kind, (_, value) in contact.custom.items()}
            for contact in self.model.contacts()
        }
        for contact in self.model.contacts():
            assert members.get(contact.contact_id, []) == contact.lists
        for trigger_id, made in self.model.entries.items():
            assert entries["entries_made", trigger_id] == len(made)
            assert entries["entries_ended", trigger_id] == sum(entry.ejected for entry in made)


@pytest.fixture(scope="module")
def server(storage: None) -> Iterator[MockAutopilot]:
    with MockAutopilot() as fake:
        yield fake


@pytest.fixture(scope="module")
def connection(server: MockAutopilot) -> Iterator[HTTPConnection]:
    connection = HTTPConnection(urlsplit(server.base_url).netloc)
    yield connection
    connection.close()


def test_the_fake_does_what_the_model_does(
    server: MockAutopilot, connection: HTTPConnection
) -> None:
    seen: Counter[str] = Counter()

    class Here(Machine):
        def __init__(self) -> None:
            super().__init__(server, connection, seen)

    run_state_machine_as_test(
        Here,
        settings=settings(
            # Much the same lives each time, lest now and then one of the below is not among them.
            derandomize=True,
            deadline=None,
            max_examples=60,
            stateful_step_count=40,
            report_multiple_bugs=False,
        ),
    )
    for what in (
        *("a merge", "a rename", "a bulk", "a deletion", "an entry", "an ejection"),
        *("an ejection by the journey's id", "more than one page"),
        "400: Invalid contact_id_or_email value provided.",
    ):
        assert seen[what], f"{what} was never tried"


@pytest.mark.parametrize(
    "address",
    [
        *("a+b@example.com", "a/b@example.com", "a//b@example.com", "/a@example.com", "a@b.c/"),
        *("a%2Fb@example.com", "a b@example.com", "?a=b#c@example.com", "zoë@example.com"),
        *("a;b@example.com", "\\a@example.com", "..", "\0@a"),
        "a\nb@example.com",
    ],
    ids=repr,
)
def test_a_path_may_hold_any_address(
    address: str, server: MockAutopilot, connection: HTTPConnection
) -> None:
    machine = Machine(server, connection, Counter())
    machine.upsert({"Email": address})
    machine.get(address, "")
    machine.unsubscribe(address)
    machine.enter("0001", address, None)
    machine.the_state_is_the_model()
    machine.eject("0001", address, False, False)
    machine.delete(address)
    machine.the_state_is_the_model()
