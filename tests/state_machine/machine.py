"""The whole state machine: the rules, saved and loaded states, and what always holds."""

import re
import sys

from hypothesis.stateful import invariant, rule

from tests.state_machine.comparison import exact, now
from tests.state_machine.journeys import JourneyRules
from tests.state_machine.replay import Replay

TIME = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z")
NOT_AUTOPILOTS = {"shoe_size", "email"}
"""Fields below that Autopilot does not have: a state that has them is warned about."""


class AccountStateMachine(JourneyRules):
    """Does each thing to the fake and to the model, and compares what came of it."""

    @rule()
    def save_and_restore(self) -> None:
        """Load the state as it is saved: nothing differs afterwards, except for old bookmarks."""
        saved = self.ask("GET", "/_mock/state")
        restored = self.ask("PUT", "/_mock/state", saved.body)
        expected = [
            ("unknown-field", f"contacts[{index}].{name}")
            for index, contact in enumerate(self.model.contacts())
            for name in NOT_AUTOPILOTS & contact.fields.keys()
        ]
        warned = [(one["id"], one["field"]) for one in restored.body.pop("warnings")]
        assert sorted(warned) == sorted(expected)
        assert exact(restored) == exact(saved)
        self.model.restore()

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
        """Find each contact by each identifier and on a page, and no deleted one."""
        if sys.exc_info()[0]:  # a step has failed, and its failure is the one to report
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
        replay = Replay()
        for call in calls:
            replay.apply(call["effects"])
        replay.compare(self.model)
