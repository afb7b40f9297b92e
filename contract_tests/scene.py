"""One example: an empty account, some messages, and what must have come of them."""

import json
import re
from collections.abc import Mapping
from types import TracebackType
from typing import Any, Self

from contract_tests.case import CaseNotes
from contract_tests.fake import Fake
from contract_tests.protocol import Message, Person, Result, Target
from contract_tests.values import Missing, matching, named, same, type_named, types

MISSING_IDENTIFIERS = (
    "Missing unique identifier traits. Either `email` or `user_id` traits must be provided"
)


class Broken(AssertionError):
    """A clause is broken; `counterexample` shows how."""

    def __init__(self, counterexample: dict[str, Any]) -> None:
        lines = [
            f"{difference['what']}: expected {_shown(difference['expected'])}, "
            f"got {_shown(difference['arrived'])}"
            for difference in counterexample["differences"]
        ]
        super().__init__("\n".join(lines))
        self.counterexample = counterexample


class Scene:
    """Delivers messages and compares; leaving it raises `Broken` when anything differed.

    Everybody in a scene has identifiers that no other scene uses, so that whatever a forwarder
    remembers of one example means nothing in the next.
    """

    def __init__(self, fake: Fake, target: Target, number: int) -> None:
        self._fake = fake
        self._target = target
        self._number = number
        self._messages: list[Message] = []
        self._results: list[Result] = []
        self._differences: list[dict[str, Any]] = []
        self._case = CaseNotes(fake.settings)
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
        """Make somebody of these identifiers, marked as this scene's own."""
        if isinstance(user_id, int):
            return Person(self.email(email), user_id + self._number * 1000)
        return Person(self.email(email), f"{user_id}-{self._number}" if user_id else None)

    def email(self, email: str | None) -> str | None:
        """Mark an address as this scene's own."""
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
            contact["lists"] = [*contact["lists"], "contactlist_vip"]
            state["lists"].append({"list_id": "contactlist_vip", "title": "VIP"})
            self._fake.put_state(state)
            self._state = None

    # --- what must have come of it -----------------------------------------------------------

    def compare(self, what: str, expected: Any, arrived: Any) -> None:
        """Note a difference, if it is one."""
        if not same(expected, arrived):
            self.differs(what, expected, arrived)

    def differs(self, what: str, expected: Any, arrived: Any) -> None:
        """Note a difference, once."""
        difference = {"what": what, "expected": expected, "arrived": arrived}
        if difference not in self._differences:
            self._differences.append(difference)

    def was_delivered(self, result: Result) -> None:
        """Require that the forwarder reported success."""
        self._case.delivery(delivered=True)
        if not result.delivered:
            reported = f"{result.status} {result.message}".strip()
            self.differs("reported outcome", "delivered (2xx)", reported)

    def was_not_delivered(self, result: Result, why: str) -> None:
        """Require that the forwarder did not report success."""
        self._case.delivery(delivered=False)
        if result.delivered:
            self.differs("reported outcome", f"not delivered ({why})", "delivered")

    def if_delivered(self, person: Person, **parts: dict[str, Any]) -> None:
        """Say for the fixture case what must be there of a person if the last was delivered."""
        self._case.person(person, **parts, if_delivered=True)

    def was_rejected(self, result: Result) -> None:
        """Require the 400 of the identifier rule, with its exact text."""
        self.was_reported(result, 400)
        self._case.delivery(message=MISSING_IDENTIFIERS)
        # The account says in front of it which contact of a bulk call it means.
        words = re.sub(r"^contacts\[\d+\]: ", "", result.message)
        self.compare("reported message", MISSING_IDENTIFIERS, words)

    def was_reported(self, result: Result, status: int) -> None:
        """Require the status that the forwarder reported."""
        self._case.delivery(status=status)
        self.compare("reported status", status, result.status)

    def nothing_called(self) -> None:
        """Require that no call reached the account."""
        self._case.account(calls=[])
        calls = [f"{call['method']} {call['path']}" for call in self.calls()]
        self.compare("calls", [], calls)

    def nothing_written(self) -> None:
        """Require that the account is empty."""
        self._case.account(contacts=[], journeys={})
        self.compare("contacts", [], [_brief(contact) for contact in self.contacts()])
        entries = [entry for journey in self.state()["journeys"] for entry in journey["entries"]]
        self.compare("journey entries", [], entries)

    def contact_of(self, person: Person) -> dict[str, Any]:
        """Give the one contact that has both of a person's identifiers; require that it is there.

        An empty document when it is not.
        """
        found = matching(self.contacts(), person.identifiers)
        if len(found) != 1:
            known = [_brief(contact) for contact in self.contacts()]
            self.differs(f"contacts with {_shown(person.identifiers)}", "exactly one", known)
            return {}
        return found[0]

    def people(self, count: int) -> None:
        """Require that there are so many contacts."""
        self._case.account(number_of_contacts=count)
        contacts = self.contacts()
        if len(contacts) != count:
            self.differs("contacts", f"{count} in all", [_brief(one) for one in contacts])

    def has_traits(self, person: Person, traits: Mapping[str, Any]) -> None:
        """Require traits of a person's contact, as custom fields or as fields of that name.

        None is for a trait that must not be there.
        """
        self._case.person(person, traits=dict(traits))
        contact = self.contact_of(person)
        for name, value in traits.items() if contact else ():
            self._has(f"trait {name!r} of {_name(person)}", value, named(contact, name))

    def has_types(self, person: Person, traits: Mapping[str, Any]) -> None:
        """Require that the types of a person's custom fields are those of the values sent."""
        expected = {name: types(value) for name, value in traits.items()}
        self._case.person(person, types=expected)
        contact = self.contact_of(person)
        for name, fitting in expected.items() if contact else ():
            arrived = type_named(contact, name)
            if arrived and arrived not in fitting:
                what = f"type of trait {name!r} of {_name(person)}"
                self.differs(what, " or ".join(fitting), arrived)

    def has_fields(self, person: Person, **fields: Any) -> None:
        """Require standard fields of a person's contact; None is for one that must not be there."""
        self._case.person(person, fields=fields)
        contact = self.contact_of(person)
        for name, value in fields.items() if contact else ():
            self._has(f"field {name} of {_name(person)}", value, contact.get(name, Missing()))

    def _has(self, what: str, expected: Any, arrived: Any) -> None:
        if expected is not None:
            self.compare(what, expected, arrived)
        elif not isinstance(arrived, Missing):
            self.differs(what, "nothing", arrived)

    def entered(self, person: Person, entries: dict[str, list[dict[str, Any]]]) -> None:
        """Require the journeys that a person is on: the properties of each entry by trigger."""
        self._case.person(person, entries=entries)
        contact = self.contact_of(person)
        if not contact:
            return
        there = {
            journey["trigger_id"]: properties
            for journey in self.state()["journeys"]
            if (properties := _entries_of(contact["contact_id"], journey))
        }
        for trigger_id in sorted(entries.keys() | there.keys()):
            expected, arrived = entries.get(trigger_id, []), there.get(trigger_id, [])
            what = f"entries of {_name(person)} into the journey of trigger {trigger_id}"
            self.compare(what, expected, arrived)

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


def _entries_of(contact_id: str, journey: dict[str, Any]) -> list[dict[str, Any]]:
    return [
        entry["properties"] for entry in journey["entries"] if entry["contact_id"] == contact_id
    ]


def _name(person: Person) -> str:
    return " and ".join(reversed(person.identifiers.values()))


def _brief(contact: dict[str, Any]) -> dict[str, Any]:
    """Leave out what Autopilot makes of itself."""
    made = ("created_at", "updated_at", "api_originated", "type", "merged_contact_ids", "lists")
    return {name: value for name, value in contact.items() if name not in made}


def _shown(value: Any) -> str:
    return "nothing" if isinstance(value, Missing) else json.dumps(value, ensure_ascii=False)
