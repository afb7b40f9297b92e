"""The rules of journeys: definitions, entries, ejections."""

import re
from email.utils import parsedate_to_datetime
from typing import Any
from urllib.parse import quote
from uuid import UUID

from hypothesis import strategies as st
from hypothesis.stateful import rule

from tests.state_machine.comparison import exact
from tests.state_machine.contacts import ContactRules
from tests.state_machine.inputs import (
    ADDRESSES,
    ANYBODY,
    BAD,
    IDENTIFIED,
    IDS,
    INVALID_NAMES,
    PROPERTIES,
    TRIGGERS,
)
from tests.state_machine.model import Contact

JOURNEY_ID = re.compile(r"campaign_[0-9A-F]{8}(-[0-9A-F]{4}){3}-[0-9A-F]{12}")
REVISION = re.compile(r"1-[0-9a-f]{32}")


class JourneyRules(ContactRules):
    """Lets contacts enter journeys and ejects them."""

    @rule(trigger_id=TRIGGERS, name=st.sampled_from(["Welcome", "Good bye"]))
    def define_journey(self, trigger_id: str, name: str) -> None:
        body = {"trigger_id": trigger_id, "name": name}
        status, answered = self.ask("POST", "/_mock/journeys", body)
        if self.model.names.get(trigger_id, name) not in (name, trigger_id):
            assert (status, "already" in answered["message"]) == (400, True)
            return
        journey_id = answered.pop("journey_id")
        assert JOURNEY_ID.fullmatch(journey_id)
        assert self.journey_ids.setdefault(trigger_id, journey_id) == journey_id
        assert (status, answered) == (200, body)
        self.model.define_journey(trigger_id, name)

    @rule(
        trigger_id=TRIGGERS,
        who=IDS | ANYBODY | INVALID_NAMES,
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

    @rule(target=IDS, trigger_id=TRIGGERS, body=IDENTIFIED | BAD, properties=PROPERTIES)
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
        who=IDS | ANYBODY | INVALID_NAMES,
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

    @rule(target=IDS, trigger_id=TRIGGERS, email=ADDRESSES, by_journey=st.booleans())
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
