"""The state machine of ENG-08: what can happen in a space, and what must come of it."""

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
from contract_tests.engage.oracle import FIRST, LATER, AudienceOracle, News, User, read
from contract_tests.engage.source import Engage
from contract_tests.harness import Harness
from contract_tests.protocol import Message, Person
from contract_tests.strategies import identify

BEGIN = datetime(2026, 1, 31, 12, tzinfo=UTC)

NAMES = st.sampled_from(list(AUDIENCES))
KINDS = st.sampled_from(["user_id", "email", "both"])
#: Who and which of those that there are, counted round.
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
    """A sync is asked for: some minutes from now, or when it is due and some minutes late.

    What changes at its very instant, but before it is asked for, belongs to it.
    """

    minutes: int
    due: bool
    changes: list[tuple[int, int]]
    #: The message of that number, counted from 0, does not get through, and the sync ends there.
    lost: int | None = None


#: Every rule can end with one: a life without syncs, which Hypothesis likes to try, shows nothing.
SYNC = st.one_of(
    st.none(),
    st.builds(Sync, LATE, st.just(True), CHANGES),
    st.builds(Sync, LATE, st.just(True), CHANGES),
    st.builds(Sync, WAITS, st.just(False), CHANGES),
    st.builds(Sync, LATE, st.just(True), CHANGES, st.integers(0, 2)),
)


class EngageStateMachine(RuleBasedStateMachine):
    """One space, from its first audience on; time passes only where a rule says so."""

    def __init__(self, harness: Harness, engage: Engage) -> None:
        super().__init__()
        self.example = harness.example()
        self.engage = engage
        self.now = BEGIN
        self.users: list[User] = []
        self.audiences: list[AudienceOracle] = []
        self.judged = True
        """Whether nothing was delivered since the account was looked at."""

    # --- what happens in the space -----------------------------------------------------------

    @initialize(names=st.lists(NAMES, min_size=1, max_size=2, unique=True), kinds=SOME_KINDS)
    def begin(self, names: list[str], kinds: list[str]) -> None:
        """Nothing can happen without an audience and a user; of two audiences one is older."""
        for name in names:
            self.now += timedelta(hours=1)
            self.add_audience(name)
        for kind in kinds:
            self.add_user(kind)
        self.go_on(None)

    @rule(name=NAMES, members=SOME, then=SYNC)
    def new_audience(self, name: str, members: list[int], then: Sync | None) -> None:
        """An audience comes, and some are in it from the beginning."""
        if len(self.audiences) < 3 and name not in [one.name for one in self.audiences]:
            self.add_audience(name)
            self.change((user, -1) for user in members)
        self.go_on(then)

    @rule(kind=KINDS, audiences=SOME, then=SYNC)
    def new_user(self, kind: str, audiences: list[int], then: Sync | None) -> None:
        """A user comes, who may be in audiences at once."""
        if len(self.users) < 4:
            self.add_user(kind)
            self.change((-1, audience) for audience in audiences)
        self.go_on(then)

    @rule(changes=CHANGES, then=SYNC)
    def memberships_change(self, changes: list[tuple[int, int]], then: Sync | None) -> None:
        """Users enter and leave."""
        self.change(changes)
        self.go_on(then)

    @rule(user=ANY, plan=st.sampled_from(["free", "gold"]), gains=st.booleans(), then=SYNC)
    def another_identify(self, user: int, plan: str, gains: bool, then: Sync | None) -> None:
        """Something else than Engage says who a user is, perhaps by an identifier more."""
        who = self.users[user % len(self.users)]
        if gains and None in (who.person.email, who.person.user_id):
            self.add_identifier(who, plan)
        else:
            self.identify(who, plan)
        self.go_on(then)

    # --- what the rules do -------------------------------------------------------------------

    def add_audience(self, name: str) -> None:
        """Let an audience come that nobody is in."""
        self.engage.add_audience(name, self.now)
        bounds = (self.now + FIRST[0], self.now + FIRST[1])
        self.audiences.append(AudienceOracle(name, AUDIENCES[name], *bounds))

    def add_user(self, kind: str) -> None:
        """Let a user come."""
        number = len(self.users)
        email = f"ada{number}@example.com" if kind != "user_id" else None
        person = self.example.person(email, f"u{number}" if kind != "email" else None)
        user = User(f"user {number}", person)
        self.users.append(user)
        if kind == "both":  # a profile has both because something said so
            self.identify(user, "free")
        self.engage.add_user(user.name, person)

    def add_identifier(self, user: User, plan: str) -> None:
        """Let a user have both identifiers: Autopilot learns it before Engage does."""
        number = self.users.index(user)
        whole = self.example.person(f"ada{number}@example.com", f"u{number}")
        new = Person(user_id=whole.user_id) if user.person.email else Person(whole.email)
        user.person = whole
        self.identify(user, plan)
        self.engage.add_identifier(user.name, new)
        for audience in self.audiences:
            audience.gained.add(user.name)

    def change(self, changes: Iterable[tuple[int, int]]) -> None:
        """Let users enter audiences, or leave those that they are in."""
        for number, which in changes:
            user = self.users[number % len(self.users)].name
            audience = self.audiences[which % len(self.audiences)]
            tell = self.engage.leave if user in audience.members else self.engage.enter
            audience.members ^= {user}
            tell(audience.name, user, self.now)

    def identify(self, user: User, plan: str) -> None:
        """Let something else than Engage say who a user is."""
        user.plan = plan
        self.deliver(user, identify(user.person, {"plan": plan}))

    def deliver(self, user: User | None, message: Message) -> None:
        """Hand the forwarder a message about a user; one of nobody's is the Engage's fault."""
        self.example.was_delivered(self.example.deliver(message))
        self.judged = False
        if user:
            user.known = True

    def go_on(self, then: Sync | None) -> None:
        """End a rule: with a sync, if there is one, and with judging what is there now."""
        if then:
            self.sync(then)
            self.verdict()
        self.judge_next_sync()
        if not self.judged:
            self.judge_account()
            self.judged = True
        self.verdict()

    def sync(self, asked: Sync) -> None:
        """Deliver what the Engage says is due, and judge what it said."""
        due = self.engage.next_due()
        if asked.due and due:
            self.now = max(self.now, due)
        self.now += timedelta(minutes=asked.minutes)
        self.change(asked.changes)
        news: list[News | str] = []
        whole = True
        for number, message in enumerate(self.engage.sync(self.now)):
            if number == asked.lost:
                whole = False
                break
            news.append(read(message))
            self.deliver(self.named(news[-1]), message)
        ready = [one for one in self.audiences if due and due <= self.now >= one.earliest]
        if whole:
            self.judge_whole_sync(news, ready)
        else:
            self.judge_broken_sync(news, ready)

    def verdict(self) -> None:
        """Raise `Broken` when anything has differed so far."""
        self.example.check()

    def named(self, news: News | str) -> User | None:
        """Give the user whom a message names."""
        users = {one: user for user in self.users for one in user.identifiers}
        return None if isinstance(news, str) else users.get(news[1])

    # --- what must have come of it -----------------------------------------------------------

    def judge_whole_sync(self, news: list[News | str], ready: list[AudienceOracle]) -> None:
        """Require what is owed, once, of the audiences that may be due, and nothing else."""
        owed: set[News] = set()
        for audience in ready:
            must, may = audience.owed(self.users), audience.allowed(self.users)
            told = [one for one in news if isinstance(one, tuple) and one[0] == audience.key]
            # Which audience was due is for the Engage to say, as long as it is in time.
            if told or len(ready) == 1 or audience.latest <= self.now:
                extra = may.intersection(told)
                owed |= must | extra
                audience.synced(self.now, must | extra)
            elif not must:  # it may have been synced, or not
                audience.latest = max(audience.latest, self.now + LATER[1])
        self.compare_news(owed, news)

    def judge_broken_sync(self, news: list[News | str], ready: list[AudienceOracle]) -> None:
        """Require nothing but what is owed; what is still owed is for a sync to come."""
        owed: set[News] = set()
        for audience in ready:
            told = (audience.owed(self.users) | audience.allowed(self.users)).intersection(news)
            owed |= told
            audience.told_before_it_broke(self.now, told)
        self.compare_news(owed, news)

    def compare_news(self, owed: set[News], news: list[News | str]) -> None:
        """Compare what a sync had to tell with what it told."""
        expected = sorted(map(str, owed))
        if expected != sorted(map(str, news)):
            what = f"what the sync at {self.now} tells: property, identifier, value"
            self.example.differs(what, expected, [str(one) for one in news])

    def judge_next_sync(self) -> None:
        """Require that what the Engage says is due is neither too early nor too late."""
        due = self.engage.next_due()
        earliest = min(audience.earliest for audience in self.audiences)
        latest = min(audience.latest for audience in self.audiences)
        if due is None or not earliest <= due <= latest:
            expected = f"from {earliest} to {latest}"
            self.example.differs("the next sync", expected, None if due is None else str(due))

    def judge_account(self) -> None:
        """Require each user's properties: the membership at the last sync, or none."""
        known = [user for user in self.users if user.known]
        for user in known:
            told = {audience.key: audience.property_of(user) for audience in self.audiences}
            self.example.has_traits(user.person, {**told, "plan": user.plan})
        self.example.people(len(known))
