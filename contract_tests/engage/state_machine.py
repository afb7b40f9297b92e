"""The state machine of ENG-08: what can happen in a space, and what must follow from it."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    rule,
)

from contract_tests.engage.messages import AUDIENCES
from contract_tests.engage.oracle import (
    FIRST_SYNC,
    LATER_SYNC,
    AudienceOracle,
    Update,
    User,
    parse_update,
)
from contract_tests.engage.source import Engage
from contract_tests.harness import Harness
from contract_tests.protocol import Message, Person
from contract_tests.strategies import identify
from contract_tests.text import Prose

Updates = list[Update | str]
"""The updates of a sync; a wrong message is a sentence that says why."""

BEGIN = datetime(2026, 1, 31, 12, tzinfo=UTC)

NAMES = st.sampled_from(list(AUDIENCES))
KINDS = st.sampled_from(["user_id", "email", "both"])
#: Which of the users or audiences that there are; an index modulo their number.
ANY = st.integers(0, 3)
SOME = st.lists(ANY, max_size=2, unique=True)
SOME_KINDS = st.lists(KINDS, min_size=1, max_size=3)
#: Users, and audiences which they enter, or leave if they are in.
CHANGES = st.lists(st.tuples(ANY, ANY), max_size=3)
#: Minutes.
WAITS = st.sampled_from([0, 5, 60, 120, 180, 359, 361, 2880])
LATE = st.sampled_from([0, 0, 0, 1, 59, 2880])


@dataclass(frozen=True)
class Sync:
    """A sync is requested: some minutes from now, or when it is due and some minutes late.

    Changes at the instant of the sync, before it is requested, belong to it.
    """

    minutes: int
    due: bool
    changes: list[tuple[int, int]]
    #: The message of that number, counted from 0, does not get through, and the sync ends there.
    lost: int | None = None


#: Every rule can end with one: Hypothesis likes sequences without syncs, which show nothing.
SYNC = st.one_of(
    st.none(),
    st.builds(Sync, LATE, st.just(True), CHANGES),
    st.builds(Sync, LATE, st.just(True), CHANGES),
    st.builds(Sync, WAITS, st.just(False), CHANGES),
    st.builds(Sync, LATE, st.just(True), CHANGES, st.integers(0, 2)),
)


class EngageStateMachine(RuleBasedStateMachine):
    """One space and one forwarder; time passes only where a rule says so."""

    def __init__(self, harness: Harness, engage: Engage) -> None:
        super().__init__()
        self.example = harness.example()
        self.engage = engage
        self.now = BEGIN
        self.users: list[User] = []
        self.audiences: list[AudienceOracle] = []
        self.account_checked = True
        """Whether nothing was delivered since the account was compared."""

    # --- what happens in the space -----------------------------------------------------------

    @initialize(names=st.lists(NAMES, min_size=1, max_size=2, unique=True), kinds=SOME_KINDS)
    def begin(self, names: list[str], kinds: list[str]) -> None:
        """Create audiences, one older than the other, and users: no rule does anything without."""
        for name in names:
            self.now += timedelta(hours=1)
            self.add_audience(name)
        for kind in kinds:
            self.add_user(kind)
        self.finish_rule(None)

    @rule(name=NAMES, members=SOME, then=SYNC)
    def new_audience(self, name: str, members: list[int], then: Sync | None) -> None:
        """Create an audience, which may have members at once."""
        if len(self.audiences) < 3 and name not in [one.name for one in self.audiences]:
            self.add_audience(name)
            self.change_memberships((user, -1) for user in members)
        self.finish_rule(then)

    @rule(kind=KINDS, audiences=SOME, then=SYNC)
    def new_user(self, kind: str, audiences: list[int], then: Sync | None) -> None:
        """Create a user, who may be in audiences at once."""
        if len(self.users) < 4:
            self.add_user(kind)
            self.change_memberships((-1, audience) for audience in audiences)
        self.finish_rule(then)

    @rule(changes=CHANGES, then=SYNC)
    def memberships_change(self, changes: list[tuple[int, int]], then: Sync | None) -> None:
        """Users enter and leave audiences."""
        self.change_memberships(changes)
        self.finish_rule(then)

    @rule(user=ANY, plan=st.sampled_from(["free", "gold"]), gains=st.booleans(), then=SYNC)
    def another_identify(self, user: int, plan: str, gains: bool, then: Sync | None) -> None:
        """Send an identify from another source, perhaps with an identifier more."""
        who = self.users[user % len(self.users)]
        if gains and None in (who.person.email, who.person.user_id):
            self.add_identifier(who, plan)
        else:
            self.identify(who, plan)
        self.finish_rule(then)

    # --- what the rules do -------------------------------------------------------------------

    def add_audience(self, name: str) -> None:
        """Create an audience without members."""
        self.engage.add_audience(name, self.now)
        bounds = (self.now + FIRST_SYNC[0], self.now + FIRST_SYNC[1])
        self.audiences.append(AudienceOracle(name, AUDIENCES[name], *bounds))

    def add_user(self, kind: str) -> None:
        """Create a user."""
        number = len(self.users)
        email = f"ada{number}@example.com" if kind != "user_id" else None
        person = self.example.person(email, f"u{number}" if kind != "email" else None)
        user = User(f"user {number}", person)
        self.users.append(user)
        if kind == "both":  # a profile has both because an identify named both
            self.identify(user, "free")
        self.engage.add_user(user.name, person)

    def add_identifier(self, user: User, plan: str) -> None:
        """Return a user the other identifier: Autopilot learns it before Engage does."""
        number = self.users.index(user)
        both = self.example.person(f"ada{number}@example.com", f"u{number}")
        new = Person(user_id=both.user_id) if user.person.email else Person(both.email)
        user.person = both
        self.identify(user, plan)
        self.engage.add_identifier(user.name, new)
        for audience in self.audiences:
            audience.gained_identifier.add(user.name)

    def change_memberships(self, changes: Iterable[tuple[int, int]]) -> None:
        """Users enter audiences, or leave those that they are in."""
        for number, which in changes:
            user = self.users[number % len(self.users)].name
            audience = self.audiences[which % len(self.audiences)]
            tell = self.engage.leave if user in audience.members else self.engage.enter
            audience.members ^= {user}
            tell(audience.name, user, self.now)

    def identify(self, user: User, plan: str) -> None:
        """Send an identify of a user from another source than Engage."""
        user.plan = plan
        self.deliver(user, identify(user.person, {"plan": plan}))

    def deliver(self, user: User | None, message: Message) -> None:
        """Hand the forwarder a message; without a user it is a wrong one of the Engage's."""
        self.example.was_delivered(self.example.deliver(message))
        self.account_checked = False
        if user:
            user.has_contact = True

    def finish_rule(self, then: Sync | None) -> None:
        """End a rule: run the sync, if there is one, and check what is there now."""
        if then:
            self.run_sync(then)
            self.check()
        self.check_next_sync()
        if not self.account_checked:
            self.check_account()
            self.account_checked = True
        self.check()

    def run_sync(self, requested: Sync) -> None:
        """Deliver the messages that the Engage sends, and check them."""
        due = self.engage.next_due()
        if requested.due and due:
            self.now = max(self.now, due)
        self.now += timedelta(minutes=requested.minutes)
        self.change_memberships(requested.changes)
        updates: Updates = []
        complete = True
        for number, message in enumerate(self.engage.sync(self.now)):
            if number == requested.lost:
                complete = False
                break
            updates.append(parse_update(message))
            self.deliver(self.user_named(updates[-1]), message)
        ready = [one for one in self.audiences if due and due <= self.now >= one.earliest]
        if complete:
            self.check_complete_sync(updates, ready)
        else:
            self.check_interrupted_sync(updates, ready)

    def check(self) -> None:
        """Raise `Broken` if anything has differed so far."""
        self.example.check()

    def user_named(self, update: Update | str) -> User | None:
        """Return the user whom an update names."""
        users = {one: user for user in self.users for one in user.identifiers}
        return None if isinstance(update, str) else users.get(update[1])

    # --- what must follow -----------------------------------------------------------

    def check_complete_sync(self, updates: Updates, ready: list[AudienceOracle]) -> None:
        """Require the updates of the audiences that may be due, each once, and nothing else."""
        required: set[Update] = set()
        for audience in ready:
            must, may = audience.required_updates(self.users), audience.optional_updates(self.users)
            sent = [one for one in updates if isinstance(one, tuple) and one[0] == audience.key]
            # The Engage may choose which audience is due, within the limits.
            if sent or len(ready) == 1 or audience.latest <= self.now:
                extra = may.intersection(sent)
                required |= must | extra
                audience.record_sync(self.now, must | extra)
            elif not must:  # whether it was synced cannot be seen
                audience.latest = max(audience.latest, self.now + LATER_SYNC[1])
        self.compare_updates(required, updates)

    def check_interrupted_sync(self, updates: Updates, ready: list[AudienceOracle]) -> None:
        """Require nothing but required updates; those that are missing are for the next sync."""
        required: set[Update] = set()
        for audience in ready:
            due = audience.required_updates(self.users) | audience.optional_updates(self.users)
            sent = due.intersection(updates)
            required |= sent
            audience.record_interrupted_sync(self.now, sent)
        self.compare_updates(required, updates)

    def compare_updates(self, required: set[Update], updates: Updates) -> None:
        """Compare the updates that a sync had to send with those that it sent."""
        expected = sorted(map(str, required))
        if expected != sorted(map(str, updates)):
            what = f"what the sync at {self.now} sends: property, identifier, value"
            self.example.differs(what, expected, [str(one) for one in updates])

    def check_next_sync(self) -> None:
        """Require that the next sync is due neither too early nor too late."""
        due = self.engage.next_due()
        earliest = min(audience.earliest for audience in self.audiences)
        latest = min(audience.latest for audience in self.audiences)
        if due is None or not earliest <= due <= latest:
            expected = Prose(f"from {earliest} to {latest}")
            self.example.differs("the next sync", expected, None if due is None else Prose(due))

    def check_account(self) -> None:
        """Require each user's properties: the membership at the last sync, or none."""
        known = [user for user in self.users if user.has_contact]
        for user in known:
            sent = {audience.key: audience.expected_property(user) for audience in self.audiences}
            self.example.has_traits(user.person, {**sent, "plan": user.plan})
        self.example.people(len(known))
