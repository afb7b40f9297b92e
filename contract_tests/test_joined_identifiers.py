"""IDR: an address and a user id of one person, and an anonymous id of two."""

import pytest

from contract_tests.harness import Harness, clause
from contract_tests.protocol import Person
from contract_tests.strategies import identify, track

ADDRESSES = ["ada@example.com", "Grace@example.org"]
of_both_types = pytest.mark.parametrize("kind", ["identify", "track"])


@clause("IDR-10")
@pytest.mark.parametrize("email", ADDRESSES)
@pytest.mark.parametrize("user_id", ["u1", "007", "Ada"])
@pytest.mark.parametrize("first", ["identify", "track"])
def test_the_user_id_first_the_address_later(
    harness: Harness, email: str, user_id: str, first: str
) -> None:
    with harness.example() as example:
        unknown, known = example.person(user_id=user_id), example.person(email, user_id)
        if first == "identify":
            example.was_delivered(example.deliver(identify(unknown, {"plan": "gold"})))
        else:
            example.was_delivered(example.deliver(track(unknown, "Step Activated", {"n": 1})))
        example.was_delivered(example.deliver(identify(known, {"logins": 3})))
        example.has_traits(known, {"logins": 3})
        if first == "identify":
            example.has_traits(known, {"plan": "gold"})
        else:
            example.entered(known, {harness.trigger_of("Step Activated"): [{"n": 1}]})
        example.people(1)


@clause("IDR-10")
@pytest.mark.parametrize("first", ["email", "user_id"])
@pytest.mark.parametrize("later", ["email", "user_id", "both"])
def test_two_contacts_become_one(harness: Harness, first: str, later: str) -> None:
    with harness.example() as example:
        both = example.person("ada@example.com", "u1")
        by = {"both": both, "email": Person(both.email), "user_id": Person(user_id=both.user_id)}
        for name in ("email", "user_id") if first == "email" else ("user_id", "email"):
            example.was_delivered(example.deliver(identify(by[name], {f"by_{name}": True})))
        example.was_delivered(example.deliver(identify(both, {"logins": 3})))
        example.was_delivered(example.deliver(track(by[later], "Step Activated", {"n": 1})))
        example.was_delivered(example.deliver(identify(by[later], {"plan": "gold"})))
        traits = {"by_email": True, "by_user_id": True, "logins": 3, "plan": "gold"}
        example.has_traits(both, traits)
        example.entered(both, {harness.trigger_of("Step Activated"): [{"n": 1}]})
        example.people(1)


@clause("IDR-11")
@pytest.mark.parametrize("user_id", [None, "u1", "007"])
@pytest.mark.parametrize("again", [False, True])
def test_a_new_address(harness: Harness, user_id: str | None, again: bool) -> None:
    with harness.example() as example:
        old = example.person("old@example.com", user_id)
        new = example.person("new@example.com", user_id)
        example.was_delivered(example.deliver(identify(old, {"plan": "gold"})))
        example.was_delivered(example.deliver(track(old, "Step Activated", {"n": 1})))
        before = example.contact_of(old)
        for _ in range(1 + again):
            example.was_delivered(example.deliver(identify(old, {"_NewEmail": new.email})))
        contact = example.contact_of(new)
        if before and contact:
            example.compare("contact_id", before["contact_id"], contact["contact_id"])
        example.has_traits(new, {"plan": "gold"})
        example.entered(new, {harness.trigger_of("Step Activated"): [{"n": 1}]})
        example.people(1)


@clause("IDR-14")
@pytest.mark.parametrize("user_id", [None, "u1"])
def test_a_new_address_in_an_event(harness: Harness, user_id: str | None) -> None:
    with harness.example() as example:
        old = example.person("old@example.com", user_id)
        new = example.person("new@example.com", user_id)
        example.was_delivered(example.deliver(identify(old, {"plan": "gold"})))
        event = track(old, "Step Activated", {"n": 1, "_NewEmail": new.email})
        example.was_delivered(example.deliver(event))
        example.has_traits(new, {"plan": "gold"})
        example.entered(new, {harness.trigger_of("Step Activated"): [{"n": 1}]})
        example.people(1)


@clause("IDR-15")
@of_both_types
@pytest.mark.parametrize("by", ["email", "user_id", "both"])
def test_two_people_on_one_device(harness: Harness, kind: str, by: str) -> None:
    with harness.example() as example:
        first = example.person("ada@example.com", "u1")
        second = example.person(
            "bob@example.com" if by != "user_id" else None, "u2" if by != "email" else None
        )
        device = {"anonymousId": example.person(user_id="device").user_id}
        example.was_delivered(example.deliver(identify(first, {"plan": "gold"}, device)))
        for person in (second, first):
            if kind == "identify":
                message = identify(person, {"logins": 3}, device)
            else:
                message = track(person, "Step Activated", {"n": 1}, device)
            example.was_delivered(example.deliver(message))
        example.has_traits(first, {"plan": "gold"})
        example.has_traits(second, {"plan": None})
        for person in (first, second) if kind == "track" else ():
            example.entered(person, {harness.trigger_of("Step Activated"): [{"n": 1}]})
        example.people(2)


@clause("IDR-16")
@pytest.mark.parametrize("first", ["email", "user_id"])
@pytest.mark.parametrize("kind", ["identify", "track"])
def test_a_track_that_brings_the_other_identifier(harness: Harness, first: str, kind: str) -> None:
    with harness.example() as example:
        both = example.person("ada@example.com", "u1")
        alone = Person(both.email) if first == "email" else Person(user_id=both.user_id)
        other = Person(user_id=both.user_id) if first == "email" else Person(both.email)
        if kind == "identify":
            example.was_delivered(example.deliver(identify(alone, {"plan": "gold"})))
        else:
            example.was_delivered(example.deliver(track(alone, "Order Completed", {"n": 0})))
        example.was_delivered(example.deliver(track(both, "Step Activated", {"n": 1})))
        example.was_delivered(example.deliver(identify(other, {"logins": 3})))
        example.has_traits(both, {"logins": 3})
        if kind == "identify":
            example.has_traits(both, {"plan": "gold"})
        earlier = {harness.trigger_of("Order Completed"): [{"n": 0}]} if kind == "track" else {}
        example.entered(both, {harness.trigger_of("Step Activated"): [{"n": 1}], **earlier})
        example.people(1)
