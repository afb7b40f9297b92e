"""The state machine of SEQ-01: people who are told of, act and change, in any order.

Beside the forwarder somebody works at Autopilot: edits contacts, unsubscribes them, puts them on
lists. After every step each person is one contact with what their own messages said; what a message
may not change is asked of every delivery (`moved`).
"""

from dataclasses import dataclass, field
from typing import Any

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, rule

from contract_tests.comparison import Missing, agrees, named
from contract_tests.engage.messages import membership
from contract_tests.harness import Harness
from contract_tests.machines import run_machine
from contract_tests.protocol import Message, Person
from contract_tests.strategies import identify, track

STEPS = 12
"""Steps of a generated sequence."""
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
    },
)
EVENTS = st.sampled_from(["Step Activated", "step activated", "Order Completed", "Signed Up"])
PROPERTIES = st.fixed_dictionaries(
    {}, optional={"total": st.sampled_from([0, 12.5]), "coupon": st.just("X")}
)
EDITS = st.sampled_from(
    [
        {"Company": "Acme", "Phone": "+44 20 7946 0958"},
        {"LeadSource": "fair", "Status": "lead", "LastName": "King"},
        {"custom": {"string--note": "called", "boolean--checked": True}},
    ]
)


@dataclass
class Somebody:
    """A person of a sequence, and what Autopilot must have of them."""

    whole: Person
    """Both identifiers."""
    kind: str
    """The identifiers that are known: email, user_id or both."""
    there: bool = False
    """Whether Autopilot has a contact of them."""
    traits: dict[str, list[Any]] = field(default_factory=dict)
    """The values that each trait may have by now, `Missing` for none."""
    entries: dict[str, list[dict[str, Any]]] = field(default_factory=dict)
    """The properties of each entry by trigger id."""
    perhaps: dict[str, list[dict[str, Any]]] = field(default_factory=dict)
    """Those of entries of which there may be more, since the message came again."""
    earlier: list[tuple[int, Message]] = field(default_factory=list)
    """The messages that can come late, with their numbers: those since the address changed."""

    def named_by(self, by: str) -> Person:
        """Return the identifiers for a message; all that are known, if this one is not."""
        if self.kind != "both" or not self.there:
            by = self.kind
        return Person(
            self.whole.email if by != "user_id" else None,
            self.whole.user_id if by != "email" else None,
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
        self.learn(one, traits)
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
        self.learn(one, traits)
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
        self.learn(one, {key: member})
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
            for name, value in message["traits"].items():
                if name in one.traits:
                    one.traits[name].append(Missing() if value is None else value)
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

    def learn(self, one: Somebody, traits: dict[str, Any]) -> None:
        """Note what a contact must have after an identify."""
        for name, value in traits.items():
            if value is None:
                one.traits[name] = [*one.traits.get(name, []), Missing()]
            else:
                one.traits[name] = [value]

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
            self.compare_traits(one, contact)
            self.compare_entries(one, contact["contact_id"])
        self.example.check()

    def compare_traits(self, one: Somebody, contact: dict[str, Any]) -> None:
        """Require a value of each trait that was sent."""
        for name, allowed in one.traits.items():
            if name == "unsubscribed":
                continue  # no source says that the trait of this name is the field
            arrived = named(contact, "FirstName" if name == "firstName" else name)
            if not any(_agrees(value, arrived) for value in allowed):
                what = f"trait {name!r} of {one.whole.user_id} or {one.whole.email}"
                self.example.differs(what, allowed[-1], arrived)

    def compare_entries(self, one: Somebody, contact_id: str) -> None:
        """Require the entries that were sent, in any order, and no others."""
        arrived = self.example.entries_of(contact_id)
        for trigger in sorted({*one.entries, *arrived}):
            rest = [*arrived.get(trigger, [])]
            wanted = one.entries.get(trigger, [])
            lacking = not all(_take(entry, rest) for entry in wanted)
            allowed = [*one.perhaps.get(trigger, [])]
            if lacking or not all(_take_back(entry, allowed) for entry in rest):
                what = f"entries of {one.whole.user_id} into the journey of trigger {trigger}"
                self.example.differs(what, wanted, arrived.get(trigger, []))


def run_sequences(harness: Harness, own: settings | None = None, number: int | None = None) -> None:
    """Run a forwarder through fixed and generated sequences.

    `own` are Hypothesis's settings and `number` a seed, those of the run by default. There are half
    as many sequences as examples, since each has many messages. Raises `Broken`.
    """
    own = own or settings()
    run_machine(lambda: SequenceMachine(harness), FIXED, own, STEPS, number)


def one_after_the_other(machine: SequenceMachine) -> None:
    """Send an identify of two people from one device, the second says less."""
    machine.begin(["both", "both"])
    said = {"firstName": "Ada", "plan": "gold", "logins": 3}
    machine.identify(0, "both", said, "a1", refused=False)
    machine.identify(1, "both", {"is_admin": True}, "a1", refused=False)
    machine.identify(0, "user_id", {"is_admin": False}, "a1", refused=False)
    machine.track(1, "email", "Signed Up", {}, "a1", refused=False)


def after_an_edit(machine: SequenceMachine) -> None:
    """Send messages of somebody whom others have unsubscribed, edited and put on a list."""
    machine.begin(["both"])
    machine.identify(0, "both", {"plan": "gold"}, None, refused=False)
    machine.edit_at_autopilot(0, {"Company": "Acme", "LastName": "King", "Status": "lead"})
    machine.edit_at_autopilot(0, {"custom": {"string--note": "called"}})
    machine.put_on_a_list_at_autopilot(0)
    machine.unsubscribe_at_autopilot(0)
    machine.track(0, "user_id", "Step Activated", {"total": 0}, None, refused=False)
    machine.identify(0, "email", {"logins": 3}, None, refused=False)
    machine.enter_or_leave_an_audience(0, "user_id", "vip", member=True)
    machine.enter_or_leave_an_audience(0, "email", "vip", member=False)


def found_by_each_identifier(machine: SequenceMachine) -> None:
    """Somebody gains an address, changes it, and is named by each identifier in turn."""
    machine.begin(["user_id", "both"])
    machine.identify(0, "user_id", {"plan": "gold"}, None, refused=False)
    machine.identify(1, "both", {"plan": "free"}, None, refused=False)
    machine.gain_an_identifier(0, None, {"logins": 3})
    machine.track(0, "email", "Order Completed", {"total": 12.5}, None, refused=True)
    machine.change_the_address(0)
    machine.identify(0, "email", {"score": 0.5}, None, refused=False)
    machine.identify(0, "user_id", {"is_admin": True}, None, refused=True)
    machine.track(0, "email", "Step Activated", {}, None, refused=False)


def there_and_back(machine: SequenceMachine) -> None:
    """Send a value, another, and the first again; and an event twice, with other properties."""
    machine.begin(["user_id", "email"])
    for plan in ("gold", "free", "gold"):
        for who in (0, 1):
            machine.identify(who, "both", {"plan": plan, "logins": 3}, None, refused=False)
            machine.track(who, "both", "Signed Up", {"coupon": "X"}, None, refused=False)
            machine.track(who, "both", "Order Completed", {"total": 0}, None, refused=False)


#: Where forwarders have been seen to go wrong: every run tries these.
FIXED = (one_after_the_other, after_an_edit, found_by_each_identifier, there_and_back)


def _agrees(value: Any, arrived: Any) -> bool:
    if isinstance(value, Missing) or isinstance(arrived, Missing):
        return isinstance(value, Missing) and isinstance(arrived, Missing)
    return agrees(value, arrived)


def _take(sent: dict[str, Any], entries: list[dict[str, Any]]) -> bool:
    """Take the first entry with these properties out of a list; return whether there is one."""
    for number, entry in enumerate(entries):
        if all(agrees(value, entry.get(name, Missing())) for name, value in sent.items()):
            del entries[number]
            return True
    return False


def _take_back(entry: dict[str, Any], sent: list[dict[str, Any]]) -> bool:
    """Take the first properties that an entry has out of a list; return whether there are any."""
    for number, properties in enumerate(sent):
        if all(agrees(value, entry.get(name, Missing())) for name, value in properties.items()):
            del sent[number]
            return True
    return False
