"""The state machine of SEQ-01: people who are told of, act and change, in any order.

Beside the forwarder somebody works at Autopilot: edits contacts, unsubscribes them, puts them on
lists. After every step each person is one contact with what their own messages said; what a message
may not change is asked of every delivery (`moved`).
"""

from typing import Any

from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, rule

from contract_tests.cases.differences import who
from contract_tests.engage.messages import membership
from contract_tests.harness import Harness
from contract_tests.protocol import Message, Person
from contract_tests.sequences.people import Somebody
from contract_tests.strategies import identify, track

SOON = {"status": 503, "headers": {"Retry-After": "0"}}
KINDS = st.sampled_from(["email", "user_id", "both"])
#: Which of the people; an index modulo their number.
WHO = st.integers(0, 2)
#: By which of their identifiers a message names them, if they have it.
BY = st.sampled_from(["both", "email", "user_id"])
#: Which device a message comes from: two people may share one.
DEVICE = st.sampled_from([None, None, "a1", "a2"])
#: Whether the account refuses the first call.
REFUSED = st.sampled_from([False, False, False, True])
TRAITS = st.fixed_dictionaries(
    {},
    optional={
        "firstName": st.sampled_from(["Ada", "Grace"]),
        "plan": st.sampled_from(["gold", "free", "", None]),
        "logins": st.sampled_from([0, 3, 12]),
        "is_admin": st.booleans(),
        "score": st.sampled_from([0.5, None]),
        "unsubscribed": st.booleans(),
        "newsletter": st.booleans(),
        "address": st.sampled_from([{"city": "Bonn"}, {"street": "Elm 1", "city": "Köln"}]),
    },
)
EVENTS = st.sampled_from(["Step Activated", "step activated", "Order Completed", "Signed Up"])
PROPERTIES = st.fixed_dictionaries(
    {},
    optional={
        "total": st.sampled_from([0, 12.5]),
        "coupon": st.just("X"),
        "title": st.just("Red shirt"),
    },
)
EDITS = st.sampled_from(
    [
        {"Company": "Acme", "Phone": "+44 20 7946 0958"},
        {"LeadSource": "fair", "Status": "lead", "LastName": "King"},
        {"Title": "CEO", "MailingStreet": "Main St 12", "MailingState": "NRW"},
        {"custom": {"string--note": "called", "boolean--checked": True}},
    ]
)


class SequenceMachine(RuleBasedStateMachine):
    """Some people and one forwarder."""

    def __init__(self, harness: Harness) -> None:
        super().__init__()
        self.example = harness.example()
        self.trigger_of = harness.trigger_of
        self.people: list[Somebody] = []
        self.addresses = 0

    @initialize(kinds=st.lists(KINDS, min_size=1, max_size=3))
    def begin(self, kinds: list[str]) -> None:
        """Somebody begins with an address, a user id or both; Autopilot knows nobody yet."""
        for kind in kinds:
            number = len(self.people)
            whole = self.example.person(f"ada{number}@example.com", f"u{number}")
            self.people.append(Somebody(whole, kind))

    # --- messages ----------------------------------------------------------------------------

    @rule(who=WHO, by=BY, traits=TRAITS, device=DEVICE, refused=REFUSED)
    def identify(
        self, who: int, by: str, traits: dict[str, Any], device: str | None, refused: bool
    ) -> None:
        """Send an identify."""
        one = self.somebody(who)
        message = identify(one.named_by(by), traits)
        self.deliver(one, message, device, refused)
        one.learn(traits)
        self.check()

    @rule(who=WHO, by=BY, event=EVENTS, properties=PROPERTIES, device=DEVICE, refused=REFUSED)
    def track(
        self,
        who: int,
        by: str,
        event: str,
        properties: dict[str, Any],
        device: str | None,
        refused: bool,
    ) -> None:
        """Send an event."""
        one = self.somebody(who)
        properties = {**properties, "number": self.example.delivered}  # no two are the same
        self.deliver(one, track(one.named_by(by), event, properties), device, refused)
        one.entries.setdefault(self.trigger_of(event), []).append(properties)
        self.check()

    @rule(who=WHO, device=DEVICE, traits=TRAITS)
    def gain_an_identifier(self, who: int, device: str | None, traits: dict[str, Any]) -> None:
        """Send an identify with both identifiers, of somebody of whom one was known."""
        one = self.somebody(who)
        one.kind = "both"
        self.deliver(one, identify(one.whole, traits), device)
        one.learn(traits)
        self.check()

    @rule(who=WHO)
    def change_the_address(self, who: int) -> None:
        """Send an identify with a new address beside the old one."""
        one = self.somebody(who)
        if one.kind == "user_id":
            return
        self.addresses += 1
        new = self.example.email(f"new{self.addresses}@example.com")
        self.deliver(one, identify(one.named_by("both"), {"_NewEmail": new}))
        one.whole = Person(new, one.whole.user_id)
        one.earlier.clear()
        self.check()

    @rule(who=WHO, by=BY, key=st.sampled_from(["vip", "vip_2"]), member=st.booleans())
    def enter_or_leave_an_audience(self, who: int, by: str, key: str, member: bool) -> None:
        """Send what Engage does of a membership."""
        one = self.somebody(who)
        self.deliver(one, membership(one.named_by(by), key, member))
        one.learn({key: member})
        self.check()

    @rule(who=WHO, number=st.integers(0, 3))
    def deliver_late(self, who: int, number: int) -> None:
        """Deliver a message once more: it may count as the first time it came, or as now."""
        one = self.somebody(who)
        if not one.earlier:
            return
        number, message = one.earlier[-1 - number % len(one.earlier)]
        self.example.was_delivered(self.example.redeliver(number))
        if message["type"] == "track":
            sent = {k: v for k, v in message["properties"].items() if k != "email"}
            one.perhaps.setdefault(self.trigger_of(message["event"]), []).append(sent)
        else:
            one.recall(message["traits"])
        self.check()

    # --- what somebody does at Autopilot -----------------------------------------------------

    @rule(who=WHO, fields=EDITS)
    def edit_at_autopilot(self, who: int, fields: dict[str, Any]) -> None:
        """Give a contact other fields."""
        self.write(self.somebody(who), "POST", "/v1/contact", fields)

    @rule(who=WHO)
    def unsubscribe_at_autopilot(self, who: int) -> None:
        """Unsubscribe a contact."""
        self.write(self.somebody(who), "POST", "/v1/contact/{contact_id}/unsubscribe")

    @rule(who=WHO)
    def put_on_a_list_at_autopilot(self, who: int) -> None:
        """Put a contact on a list."""
        one = self.somebody(who)
        if one.there:
            self.example.put_on_list(one.named_by("both"))

    # --- what the rules do -------------------------------------------------------------------

    def somebody(self, who: int) -> Somebody:
        """Return one of the people."""
        return self.people[who % len(self.people)]

    def deliver(
        self, one: Somebody, message: Message, device: str | None = None, refused: bool = False
    ) -> None:
        """Hand the forwarder a message; again, as Segment does, if it was refused for now."""
        if device:
            message = {**message, "anonymousId": device}
        if refused:
            self.example.fail(1, SOON)
        result = self.example.deliver(message)
        if refused and not result.delivered:
            result = self.example.deliver_again()
        self.example.was_delivered(result)
        one.there = True
        one.earlier.append((self.example.delivered - 1, message))

    def write(
        self, one: Somebody, method: str, path: str, fields: dict[str, Any] | None = None
    ) -> None:
        """Make a call of the API as somebody else does."""
        contact = self.example.contact_of(one.named_by("both")) if one.there else None
        if contact:
            named = {"contact_id": contact["contact_id"]}
            body = [{"contact": {**named, **fields}}] if fields else []
            self.example.call(method, path.format(**named), *body)

    # --- what must follow --------------------------------------------------------------------

    def check(self) -> None:
        """Require one contact of each person, with their traits and entries; raise `Broken`."""
        self.example.check_moved()
        there = [one for one in self.people if one.there]
        self.example.people(len(there))
        self.example.check()
        for one in there:
            contact = self.example.contact_of(one.named_by("both"))
            self.example.check()
            self.compare(one, contact)
        self.example.check()

    def compare(self, one: Somebody, contact: dict[str, Any]) -> None:
        """Require of a contact what the messages said."""
        person = one.named_by("both")
        for name, (expected, arrived) in one.wrong_traits(contact).items():
            if len(one.traits[name]) > 1:
                what = f"trait {name!r} of {who(person.identifiers)}"
                self.example.differs(what, expected, arrived)
            elif name == "firstName":
                self.example.has_fields(person, FirstName=expected)
            else:
                self.example.has_traits(person, {name: expected})
        entered = self.example.entries_of(contact["contact_id"])
        for trigger in sorted({*one.entries, *entered}):
            if not one.has_entered(trigger, entered.get(trigger, [])):
                self.example.entered(person, one.entries)
