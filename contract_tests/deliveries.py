"""What an example does: deliver messages, see what reached the account, note what differs."""

import json
from types import TracebackType
from typing import Any, Self

from contract_tests.cases import CaseRecorder
from contract_tests.comparison import Missing, matching, same
from contract_tests.fake import Fake
from contract_tests.protocol import Message, Person, Result, Target

Json = dict[str, Any]


class Broken(AssertionError):
    """A clause is broken; `counterexample` shows how."""

    def __init__(self, counterexample: dict[str, Any]) -> None:
        lines = [
            f"{difference['what']}: expected {shown(difference['expected'])}, "
            f"got {shown(difference['arrived'])}"
            for difference in counterexample["differences"]
        ]
        super().__init__("\n".join(lines))
        self.counterexample = counterexample


class Deliveries:
    """Delivers messages and notes differences; leaving it raises `Broken` when there is one.

    Everybody in an example has identifiers that no other example uses, so that whatever a forwarder
    remembers of one means nothing in the next.
    """

    def __init__(self, fake: Fake, target: Target, number: int) -> None:
        self._fake = fake
        self._target = target
        self._number = number
        self._messages: list[Message] = []
        self._results: list[Result] = []
        self._differences: list[dict[str, Any]] = []
        self._case = CaseRecorder(fake.settings)
        self._state: dict[str, Any] | None = None
        fake.reset()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, _: BaseException | None, __: TracebackType | None
    ) -> None:
        if kind is None:
            self.verdict()

    def verdict(self) -> None:
        """Raise `Broken` when anything has differed so far."""
        if self._differences:
            raise Broken(self._counterexample())

    # --- what happens ------------------------------------------------------------------------

    def person(self, email: str | None = None, user_id: str | int | None = None) -> Person:
        """Make somebody of these identifiers, marked as this example's own."""
        if isinstance(user_id, int):
            return Person(self.email(email), user_id + self._number * 1000)
        return Person(self.email(email), f"{user_id}-{self._number}" if user_id else None)

    def email(self, email: str | None) -> str | None:
        """Mark an address as this example's own."""
        return email.replace("@", f"@t{self._number}.") if email else None

    def deliver(self, message: Message) -> Result:
        """Hand the forwarder a message, under a messageId that no other has."""
        return self._deliver({**message, "messageId": f"m{self._number}-{len(self._messages)}"})

    def deliver_again(self) -> Result:
        """Hand the forwarder the last message once more, as whoever did not hear of it does."""
        return self._deliver(self._messages[-1])

    def _deliver(self, message: Message) -> Result:
        self._case.next_message()
        result = self._target.deliver(json.loads(json.dumps(message)))
        self._messages.append(message)
        self._results.append(result)
        self._state = None
        return result

    def fail(self, times: int, respond: dict[str, Any], **match: str | None) -> None:
        """Let the account refuse the next calls, of this `method` and `path` if they are given."""
        given = {name: value for name, value in match.items() if value}
        fault = {"match": given, "respond": respond, "times": times}
        self._case.fault(fault)
        self._fake.fail(**fault)

    def put_on_list(self, person: Person) -> None:
        """Put a person's contact on a list, as somebody at Autopilot does."""
        contact = self.contact_of(person)
        if contact:
            state = self.state()
            contact["lists"] = [*contact.get("lists", []), "contactlist_vip"]
            state["lists"].append({"list_id": "contactlist_vip", "title": "VIP"})
            self._fake.put_state(state)
            self._state = None

    # --- what differs ------------------------------------------------------------------------

    def compare(self, what: str, expected: Any, arrived: Any) -> None:
        """Note a difference, if it is one."""
        if not same(expected, arrived):
            self.differs(what, expected, arrived)

    def differs(self, what: str, expected: Any, arrived: Any) -> None:
        """Note a difference, once."""
        difference = {"what": what, "expected": expected, "arrived": arrived}
        if difference not in self._differences:
            self._differences.append(difference)

    # --- what the account shows --------------------------------------------------------------

    def calls(self) -> list[dict[str, Any]]:
        """Give the calls that reached the account."""
        return self._fake.calls()

    def state(self) -> dict[str, Any]:
        """Give the account's state."""
        if self._state is None:
            self._state = self._fake.state()
        return self._state

    def contacts(self) -> list[dict[str, Any]]:
        """Give the account's contacts."""
        contacts: list[dict[str, Any]] = self.state()["contacts"]
        return contacts

    def _counterexample(self) -> dict[str, Any]:
        calls = [
            {key: call[key] for key in ("method", "path", "body", "status", "answer", "fault")}
            for call in self.calls()
        ]
        results = [{"status": one.status, "message": one.message} for one in self._results]
        return {
            "messages": self._messages,
            "reported": results,
            "differences": self._differences,
            "calls": calls,
            "case": self._case.to_json(self._messages),
        }

    def contact_of(self, person: Person) -> dict[str, Any]:
        """Give the one contact that has both of a person's identifiers; require that it is there.

        An empty document when it is not.
        """
        found = matching(self.contacts(), person.identifiers)
        if len(found) != 1:
            known = [brief(contact) for contact in self.contacts()]
            self.differs(f"contacts with {shown(person.identifiers)}", "exactly one", known)
            return {}
        return found[0]


def brief(contact: dict[str, Any]) -> dict[str, Any]:
    """Leave out what Autopilot makes of itself."""
    made = ("created_at", "updated_at", "api_originated", "type", "merged_contact_ids", "lists")
    return {name: value for name, value in contact.items() if name not in made}


def shown(value: Any) -> str:
    """Return a value as people read it."""
    return "nothing" if isinstance(value, Missing) else json.dumps(value, ensure_ascii=False)
