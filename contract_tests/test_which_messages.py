"""SET, TYP, INT: which messages reach Autopilot, and what a refused key is reported as."""

from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from contract_tests.bench import Bench, clause, each
from contract_tests.protocol import Message
from contract_tests.scene import Scene
from contract_tests.strategies import NOISE, PLAIN_NAMES, PROPERTIES, SCALARS, identify, track

TRAITS = st.dictionaries(PLAIN_NAMES, SCALARS, max_size=3)
OTHER_NAMES = ["Mixpanel", "Google Analytics", "Autopilot", "autopilothq", "AUTOPILOTHQ"]
OTHERS = st.dictionaries(
    st.sampled_from(OTHER_NAMES),
    st.one_of(st.booleans(), st.just({"key": "value"})),
    max_size=3,
)
#: Which of the two types that are accepted.
ACCEPTED = st.sampled_from(["identify", "track"])
NOT_ALL: st.SearchStrategy[Any] = st.sampled_from([{}, {"All": True}])


def message_of(scene: Scene, kind: str, **extra: Any) -> Message:
    person = scene.person("ada@example.com", "u1")
    if kind == "identify":
        return identify(person, {"plan": "gold"}, extra)
    return track(person, "Step Activated", {"property": "test"}, extra)


def arrives(bench: Bench, kind: str, **extra: Any) -> None:
    with bench.scene() as scene:
        scene.was_delivered(scene.deliver(message_of(scene, kind, **extra)))
        person = scene.person("ada@example.com", "u1")
        if kind == "identify":
            scene.has_traits(person, {"plan": "gold"})
        else:
            scene.entered(person, {"0001": [{"property": "test"}]})


def stays_away(bench: Bench, kind: str, **extra: Any) -> None:
    with bench.scene() as scene:
        scene.deliver(message_of(scene, kind, **extra))
        scene.nothing_sent()
        scene.nothing_written()


@clause("SET-01")
@given(kind=ACCEPTED)
def test_a_refused_key(bench: Bench, kind: str) -> None:
    body = {"error": "Unauthorized", "message": "Provided autopilotapikey not valid."}
    with bench.scene() as scene:
        scene.fail(100, {"status": 401, "body": body})
        result = scene.deliver(message_of(scene, kind))
        scene.was_reported(result, 401)
        scene.nothing_written()


@clause("TYP-01")
@given(kind=st.sampled_from(["page", "screen"]), properties=PROPERTIES, noise=NOISE)
def test_pages_and_screens(
    bench: Bench, kind: str, properties: dict[str, Any], noise: Message
) -> None:
    with bench.scene() as scene:
        user = scene.person(user_id="u1").user_id
        message = {"type": kind, "userId": user, "name": "Home", "properties": properties, **noise}
        scene.deliver(message)
        scene.nothing_sent()
        scene.nothing_written()


@clause("TYP-02")
@given(kind=st.sampled_from(["group", "alias"]), traits=TRAITS, noise=NOISE)
def test_groups_and_aliases(
    bench: Bench, kind: str, traits: dict[str, Any], noise: Message
) -> None:
    with bench.scene() as scene:
        user = scene.person(user_id="u1").user_id
        own = {"groupId": "g1", "traits": traits} if kind == "group" else {"previousId": "u0"}
        scene.deliver({"type": kind, "userId": user, **own, **noise})
        scene.nothing_sent()
        scene.nothing_written()


@clause("INT-01")
@given(kind=ACCEPTED, said=st.sampled_from([{}, {"integrations": {}}]))
def test_nothing_said_is_on(bench: Bench, kind: str, said: Message) -> None:
    arrives(bench, kind, **said)


@clause("INT-02")
@each("kind", ["identify", "track"], others={})
@given(kind=ACCEPTED, others=OTHERS)
def test_all_off(bench: Bench, kind: str, others: dict[str, Any]) -> None:
    stays_away(bench, kind, integrations={**others, "All": False})


@clause("INT-03")
@each("everything", [{}, {"All": True}], kind="identify")
@given(kind=ACCEPTED, everything=NOT_ALL)
def test_this_one_off(bench: Bench, kind: str, everything: Message) -> None:
    stays_away(bench, kind, integrations={**everything, "AutopilotHQ": False})


@clause("INT-04")
@each("kind", ["identify", "track"], others={})
@given(kind=ACCEPTED, others=OTHERS)
def test_only_this_one_on(bench: Bench, kind: str, others: dict[str, Any]) -> None:
    arrives(bench, kind, integrations={**others, "All": False, "AutopilotHQ": True})


@clause("INT-05")
@each("options", [{}, {"listId": 5}], kind="identify", everything=False)
@given(kind=ACCEPTED, options=st.sampled_from([{}, {"listId": 5}]), everything=st.booleans())
def test_an_object_is_on(bench: Bench, kind: str, options: Message, everything: bool) -> None:
    arrives(bench, kind, integrations={"All": everything, "AutopilotHQ": options})


@clause("INT-06")
@each("others", [{name: False} for name in OTHER_NAMES], kind="identify")
@given(kind=ACCEPTED, others=OTHERS)
def test_other_names_change_nothing(bench: Bench, kind: str, others: dict[str, Any]) -> None:
    arrives(bench, kind, integrations=others)
