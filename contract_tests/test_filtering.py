"""SET, TYP, INT: which messages reach Autopilot, and what a refused key is reported as."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contract_tests.example import Example
from contract_tests.harness import Harness, clause, each
from contract_tests.protocol import Message
from contract_tests.strategies import NOISE, PLAIN_NAMES, PROPERTIES, SCALARS, identify, track

TRAITS = st.dictionaries(PLAIN_NAMES, SCALARS, max_size=3)
OTHER_NAMES = ["Mixpanel", "Google Analytics", "Autopilot", "autopilothq", "AUTOPILOTHQ"]
OTHERS = st.dictionaries(
    st.sampled_from(OTHER_NAMES),
    st.one_of(st.booleans(), st.just({"key": "value"})),
    max_size=3,
)
#: The two types that are accepted.
ACCEPTED = ["identify", "track"]
of_both_types = pytest.mark.parametrize("kind", ACCEPTED)


def message_of(example: Example, kind: str, **extra: Any) -> Message:
    person = example.person("ada@example.com", "u1")
    if kind == "identify":
        return identify(person, {"plan": "gold"}, extra)
    return track(person, "Step Activated", {"property": "test"}, extra)


def arrives(harness: Harness, kind: str, **extra: Any) -> None:
    with harness.example() as example:
        example.was_delivered(example.deliver(message_of(example, kind, **extra)))
        person = example.person("ada@example.com", "u1")
        if kind == "identify":
            example.has_traits(person, {"plan": "gold"})
        else:
            example.entered(person, {harness.trigger_of("Step Activated"): [{"property": "test"}]})


def stays_away(harness: Harness, kind: str, **extra: Any) -> None:
    with harness.example() as example:
        example.deliver(message_of(example, kind, **extra))
        example.nothing_sent()
        example.nothing_written()


@clause("SET-01")
@of_both_types
def test_a_refused_key(harness: Harness, kind: str) -> None:
    body = {"error": "Unauthorized", "message": "Provided autopilotapikey not valid."}
    with harness.example() as example:
        example.fail(100, {"status": 401, "body": body})
        result = example.deliver(message_of(example, kind))
        example.was_reported(result, 401)
        example.nothing_written()


@clause("TYP-01")
@given(kind=st.sampled_from(["page", "screen"]), properties=PROPERTIES, noise=NOISE)
def test_pages_and_screens(
    harness: Harness, kind: str, properties: dict[str, Any], noise: Message
) -> None:
    with harness.example() as example:
        user = example.person(user_id="u1").user_id
        message = {"type": kind, "userId": user, "name": "Home", "properties": properties, **noise}
        example.deliver(message)
        example.nothing_sent()
        example.nothing_written()


@clause("TYP-02")
@given(kind=st.sampled_from(["group", "alias"]), traits=TRAITS, noise=NOISE)
def test_groups_and_aliases(
    harness: Harness, kind: str, traits: dict[str, Any], noise: Message
) -> None:
    with harness.example() as example:
        user = example.person(user_id="u1").user_id
        own = {"groupId": "g1", "traits": traits} if kind == "group" else {"previousId": "u0"}
        example.deliver({"type": kind, "userId": user, **own, **noise})
        example.nothing_sent()
        example.nothing_written()


@clause("INT-01")
@of_both_types
@pytest.mark.parametrize("said", [{}, {"integrations": {}}])
def test_sent_by_default(harness: Harness, kind: str, said: Message) -> None:
    arrives(harness, kind, **said)


@clause("INT-02")
@each("kind", ACCEPTED, others={})
@given(kind=st.sampled_from(ACCEPTED), others=OTHERS)
def test_all_off(harness: Harness, kind: str, others: dict[str, Any]) -> None:
    stays_away(harness, kind, integrations={**others, "All": False})


@clause("INT-03")
@of_both_types
@pytest.mark.parametrize("everything", [{}, {"All": True}])
def test_this_one_off(harness: Harness, kind: str, everything: Message) -> None:
    stays_away(harness, kind, integrations={**everything, "AutopilotHQ": False})


@clause("INT-04")
@each("kind", ACCEPTED, others={})
@given(kind=st.sampled_from(ACCEPTED), others=OTHERS)
def test_only_this_one_on(harness: Harness, kind: str, others: dict[str, Any]) -> None:
    arrives(harness, kind, integrations={**others, "All": False, "AutopilotHQ": True})


@clause("INT-05")
@of_both_types
@pytest.mark.parametrize("options", [{}, {"listId": 5}])
@pytest.mark.parametrize("everything", [False, True])
def test_an_object_is_on(harness: Harness, kind: str, options: Message, everything: bool) -> None:
    arrives(harness, kind, integrations={"All": everything, "AutopilotHQ": options})


@clause("INT-06")
@each("others", [{name: False} for name in OTHER_NAMES], kind="identify")
@given(kind=st.sampled_from(ACCEPTED), others=OTHERS)
def test_other_names_change_nothing(harness: Harness, kind: str, others: dict[str, Any]) -> None:
    arrives(harness, kind, integrations=others)
