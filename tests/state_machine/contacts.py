"""The rules of contacts: upserts, merges, deletions, pages."""

from collections.abc import Callable
from typing import Any
from urllib.parse import quote

from hypothesis import strategies as st
from hypothesis.stateful import MultipleResults, initialize, multiple, precondition, rule

from tests.state_machine.comparison import Comparison, exact
from tests.state_machine.inputs import (
    ADDRESSES,
    ANYBODY,
    BAD,
    BOOKMARKS,
    IDENTIFIED,
    IDS,
    INVALID_NAMES,
    LISTS,
    ON_A_LIST,
    USER_IDS,
    bodies_of,
)
from tests.state_machine.model import PAGE, Contact


class ContactRules(Comparison):
    """Upserts, reads, merges and deletes contacts."""

    @initialize(target=IDS)
    def begin(self) -> MultipleResults[str]:
        """Create two contacts that a later rule may merge, and a third."""
        lists = [{"list_id": list_id, "title": list_id} for list_id in LISTS]
        assert self.ask("PUT", "/_mock/state", {"lists": lists}).status == 200
        return self.upsert_many(
            [{"Email": "ann@example.com"}, {"user_id": "u1"}, {"Email": "bob+tag@example.com"}]
        )

    @initialize(target=BOOKMARKS)
    def begin_with_the_first_page(self) -> MultipleResults[str]:
        return multiple("", "person_404")

    def _upsert(
        self,
        path: str,
        body: object,
        wanted: Callable[[], Contact],
        rest: Callable[[dict[str, Any], Contact], None] | None = None,
    ) -> Any:
        """Upsert; `rest`, if given, checks what the answer has beside the contact's id."""
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

    @rule(target=IDS, body=IDENTIFIED)
    def upsert(self, body: dict[str, Any]) -> Any:
        return self._upsert("contact", {"contact": body}, lambda: self.model.upsert(body))

    @rule(target=IDS, body=BAD)
    def upsert_badly(self, body: dict[str, Any]) -> Any:
        return self._upsert("contact", {"contact": body}, lambda: self.model.upsert(body))

    @rule(target=IDS, contact_id=IDS, body=bodies_of() | IDENTIFIED)
    def upsert_by_id(self, contact_id: str, body: dict[str, Any]) -> Any:
        return self.upsert(body | {"contact_id": contact_id})

    @rule(target=IDS, first=ADDRESSES, second=USER_IDS, both=st.sampled_from([{}, ON_A_LIST]))
    def merge(self, first: str, second: object, both: dict[str, Any]) -> Any:
        """Create a contact for each identifier, then send both identifiers in one call."""
        self.upsert({"user_id": second, "FirstName": "Bea", "Company": "B", **both})
        self.upsert({"Email": first, "FirstName": "Ann", **both})
        return self.upsert({"Email": first, "user_id": second})

    @rule(target=IDS, bodies=st.lists(IDENTIFIED, max_size=4))
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
    @rule(target=IDS, count=st.integers(PAGE - 10, PAGE + 1))
    def upsert_a_crowd(self, count: int) -> MultipleResults[str]:
        first = len(self.model.ever)
        crowd = [{"Email": f"{n}@crowd.example"} for n in range(first, first + count)]
        ids = self.upsert_many(crowd).values
        return multiple(*ids[:1], *ids[-1:])

    @rule(who=IDS | ANYBODY | INVALID_NAMES)
    def delete(self, who: str) -> None:
        answer = self.call("DELETE", f"contact/{quote(who, safe='')}")
        self.agree(answer, lambda: self.model.delete(who))
        if answer.status == 200:
            assert answer.body == {}
            self.seen["a deletion"] += 1

    @rule(who=IDS | ANYBODY | INVALID_NAMES)
    def unsubscribe(self, who: str) -> None:
        answer = self.call("POST", f"contact/{quote(who, safe='')}/unsubscribe")
        self.agree(answer, lambda: self.model.unsubscribe(who))
        assert answer.status in (400, 404) or answer.body == {}

    @rule(who=IDS | ANYBODY | INVALID_NAMES, safe=st.sampled_from(["", "@+/"]))
    def get(self, who: str, safe: str) -> None:
        answer = self.call("GET", f"contact/{quote(who, safe=safe)}")
        contact = self.agree(answer, lambda: self.model.find(who))
        if contact:
            self.compare(answer.body, contact)
            if who.startswith("person_") and who != contact.contact_id:
                self.seen["found by the id of one merged into it"] += 1

    @rule(target=BOOKMARKS, bookmark=BOOKMARKS | IDS)
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
