"""One example: an empty account, some messages, and what must have come of them."""

import json
from collections.abc import Callable, Collection, Iterable, Mapping
from types import TracebackType
from typing import Any, Self

from contract_tests.broken import Broken
from contract_tests.cases.differences import (
    Difference,
    State,
    account_differences,
    delivery_differences,
    entries_of,
    person_differences,
    reports,
    who,
)
from contract_tests.cases.format import (
    AccountExpectation,
    ExpectedDelivery,
    ExpectedPart,
    Json,
)
from contract_tests.cases.recorder import CaseRecorder, expected_person
from contract_tests.clauses import CLAUSES
from contract_tests.comparison import Missing, matching, named, same, trait_agrees, types
from contract_tests.fake import Fake
from contract_tests.moved import Moved, moved
from contract_tests.permissions import permission
from contract_tests.protocol import MISSING_IDENTIFIERS, Message, Person, Result, Target

VIP = {"list_id": "contactlist_vip", "title": "VIP"}
_CALL = ("method", "path", "body", "status", "answer", "fault")


class Example:
    """Delivers messages and collects differences; leaving it raises `Broken` if there is one.

    Everybody in an example has identifiers that no other example uses, so that whatever a forwarder
    remembers of one means nothing in the next. `note` is told of what a message changed that it may
    not change, whatever the example is about.
    """

    def __init__(
        self,
        fake: Fake,
        target: Target,
        number: int,
        note: Callable[[Moved, Json], None],
    ) -> None:
        self._fake = fake
        self._target = target
        self._number = number
        self._note = note
        self._messages: list[Message] = []
        self._results: list[Result] = []
        self._differences: list[Difference] = []
        self._recorder = CaseRecorder(fake.settings)
        self.moved: list[Moved] = []
        """What a message changed that it may not change."""
        self._state: State | None = {"contacts": [], "lists": [], "journeys": []}
        fake.reset()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, _: BaseException | None, __: TracebackType | None
    ) -> None:
        if kind is None:
            self.check()

    def check(self) -> None:
        """Raise `Broken` if anything has differed so far."""
        if self._differences:
            raise Broken(self._counterexample(), self._differences)

    def check_moved(self) -> None:
        """Raise `Broken`, of its clause, if a message changed what it must not change."""
        for one in self.moved:
            if CLAUSES[one.clause].level == "MUST":
                raise Broken(self._seen([one.difference]), [one.difference], one.clause)

    # --- what happens ------------------------------------------------------------------------

    def person(self, email: str | None = None, user_id: str | int | None = None) -> Person:
        """Return a person of these identifiers, marked as this example's own."""
        if isinstance(user_id, int):
            return Person(self.email(email), user_id + self._number * 1000)
        return Person(self.email(email), f"{user_id}-{self._number}" if user_id else None)

    def email(self, email: str | None) -> str | None:
        """Return an address marked as this example's own."""
        return email.replace("@", f"@t{self._number}.") if email else None

    def deliver(self, message: Message) -> Result:
        """Hand the forwarder a message, under a messageId that no other has."""
        return self._deliver({**message, "messageId": f"m{self._number}-{len(self._messages)}"})

    def deliver_again(self) -> Result:
        """Hand the forwarder the last message once more, as Segment does when it got no answer."""
        return self._deliver(self._messages[-1])

    def redeliver(self, number: int) -> Result:
        """Hand the forwarder an earlier message once more, late; they are numbered from 0."""
        return self._deliver(self._messages[number])

    @property
    def delivered(self) -> int:
        """How many messages were handed over."""
        return len(self._messages)

    def call(self, method: str, path: str, *body: Any) -> None:
        """Call the API, as somebody else does."""
        self._fake.call(method, path, *body)
        self._state = None

    def _deliver(self, message: Message) -> Result:
        self._recorder.next_message()
        before = self.state()
        result = self._target.deliver(json.loads(json.dumps(message)))
        self._messages.append(message)
        self._results.append(result)
        self._state = None
        found = moved(permission(message, self._fake.settings), before, self.state())
        self.moved += found
        for one in found:
            self._note(one, self._seen([one.difference]))
        return result

    def fail(self, times: int, respond: Json, **match: str | None) -> None:
        """Make the account refuse the next calls, of this `method` and `path` if they are given."""
        given = {name: value for name, value in match.items() if value}
        fault = {"match": given, "respond": respond, "times": times}
        self._recorder.fault(fault)
        self._fake.fail(**fault)

    def put_on_list(self, person: Person) -> None:
        """Put a person's contact on a list, as somebody at Autopilot does."""
        contact = self.contact_of(person)
        if contact and VIP["list_id"] not in contact.get("lists", ()):
            state = self.state()
            contact["lists"] = [*contact.get("lists", ()), VIP["list_id"]]
            if VIP not in state["lists"]:
                state["lists"].append(VIP)
            self._fake.put_state(state)
            self._state = None

    # --- what the account shows --------------------------------------------------------------

    def calls(self) -> list[Json]:
        """Return the calls that reached the account."""
        return self._fake.calls()

    def state(self) -> State:
        """Return the account's state."""
        if self._state is None:
            self._state = self._fake.state()
        return self._state

    def contacts(self) -> list[Json]:
        """Return the account's contacts."""
        contacts: list[Json] = self.state()["contacts"]
        return contacts

    def entries(self) -> list[Json]:
        """Return the entries into all journeys."""
        return [entry for journey in self.state()["journeys"] for entry in journey["entries"]]

    def entries_of(self, contact_id: str) -> dict[str, list[Json]]:
        """Return the properties of a contact's entries, by trigger id."""
        return entries_of(contact_id, self.state())

    def contact_of(self, person: Person) -> Json:
        """Return the one contact that has both of a person's identifiers; require that it is there.

        Returns an empty document when it is not.
        """
        self._add(person_differences(expected_person(person), self.state()))
        found = matching(self.contacts(), person.identifiers)
        return found[0] if len(found) == 1 else {}

    # --- what is required --------------------------------------------------------------------

    def was_delivered(self, result: Result) -> None:
        """Require that the forwarder reported success."""
        self._require_delivery(result, ExpectedDelivery(delivered=True))

    def was_not_delivered(self, result: Result) -> None:
        """Require that the forwarder did not report success."""
        self._require_delivery(result, ExpectedDelivery(delivered=False))

    def was_rejected(self, result: Result) -> None:
        """Require the 400 of the identifier rule, with its text among what was reported."""
        expected = ExpectedDelivery(status=400, message=MISSING_IDENTIFIERS)
        self._require_delivery(result, expected)

    def was_reported(self, result: Result, status: int) -> None:
        """Require the status that the forwarder reported."""
        self._require_delivery(result, ExpectedDelivery(status=status))

    def if_delivered(self, person: Person, **parts: Any) -> None:
        """Record for the case what a person must have if the last message is delivered."""
        self._recorder.person(expected_person(person, **parts), if_delivered=True)

    def nothing_sent(self) -> None:
        """Require that no call reached the account except calls that only read."""
        calls = [call for call in self.calls() if call["method"] not in ("GET", "HEAD")]
        self.compare("calls that write", [], [f"{one['method']} {one['path']}" for one in calls])

    def nothing_written(self) -> None:
        """Require that the account is empty."""
        self._require_account(AccountExpectation(contacts=[], journeys={}))

    def people(self, count: int) -> None:
        """Require that there are so many contacts."""
        self._require_account(AccountExpectation(number_of_contacts=count))

    def has_traits(
        self, person: Person, traits: Mapping[str, Any], strict: Collection[str] = ()
    ) -> None:
        """Require traits of a person's contact, as custom fields or as fields of that name.

        None is for a trait that must not be there. `strict` is as in `comparison`.
        """
        self._require_person(person, traits=dict(traits), strict=list(strict))

    def has_or_lacks(self, person: Person, traits: Mapping[str, Any]) -> None:
        """Require of each trait, or field of that name, that it has this value or is not there.

        A fixture case cannot say that.
        """
        contact = self.contact_of(person)
        for name, value in traits.items() if contact else ():
            arrived = named(contact, name)
            if not isinstance(arrived, Missing) and not trait_agrees(value, contact, name):
                self.differs(f"{name!r} of {who(person.identifiers)}", value, arrived)

    def has_parts(self, person: Person, parts: Mapping[str, ExpectedPart]) -> None:
        """Require parts of objects, by their paths (`address.city`), each at one of its places."""
        self._require_person(person, parts=dict(parts))

    def has_types(self, person: Person, traits: Mapping[str, Any]) -> None:
        """Require that the types of a person's custom fields are those of the values sent."""
        self._require_person(person, types={name: types(value) for name, value in traits.items()})

    def has_fields(self, person: Person, **fields: Any) -> None:
        """Require standard fields of a person's contact; None is for one that must not be there."""
        self._require_person(person, fields=fields)

    def entered(
        self, person: Person, entries: dict[str, list[Json]], strict: Collection[str] = ()
    ) -> None:
        """Require the journeys that a person is on: the properties of each entry by trigger.

        There may be more properties than these, unless `strict` says otherwise.
        """
        self._require_person(person, entries=entries, strict=list(strict))

    def _require_delivery(self, result: Result, expected: ExpectedDelivery) -> None:
        if reports(expected, result):
            self._recorder.delivery(expected)
            self._add(delivery_differences(expected, result))

    def _require_account(self, expected: AccountExpectation) -> None:
        self._recorder.account(expected)
        self._add(account_differences(expected, self.state(), {}))

    def _require_person(self, person: Person, **parts: Any) -> None:
        expected = expected_person(person, **parts)
        self._recorder.person(expected)
        self._add(person_differences(expected, self.state()))

    # --- what differs ------------------------------------------------------------------------

    def compare(self, what: str, expected: Any, arrived: Any) -> None:
        """Note a difference, if there is one."""
        if not same(expected, arrived):
            self.differs(what, expected, arrived)

    def differs(self, what: str, expected: Any, arrived: Any) -> None:
        """Note a difference."""
        self._add([Difference(what, expected, arrived)])

    def _add(self, differences: Iterable[Difference]) -> None:
        self._differences += [one for one in differences if one not in self._differences]

    def _counterexample(self) -> Json:
        case = self._recorder.to_json(self._messages)
        return {**self._seen(self._differences), "case": case}

    def _seen(self, differences: Iterable[Difference]) -> Json:
        """Return what happened so far, and what differs."""
        return {
            "messages": [*self._messages],
            "reported": [{"status": one.status, "message": one.message} for one in self._results],
            "differences": [one.to_json() for one in differences],
            "calls": [{key: call[key] for key in _CALL} for call in self.calls()],
        }
