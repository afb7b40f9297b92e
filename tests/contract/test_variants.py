"""No clause accuses a forwarder that does otherwise what the sources leave open."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pytest

from contract_tests.clauses import CLAUSES
from contract_tests.protocol import SetupError
from mock_autopilot import AccountView, MockAutopilot
from tests.contract.forwarders.forwarder import MISSING, Factory, Forwarder, Json
from tests.contract.forwarders.variants import VARIANTS
from tests.contract.forwarders.variants.delivery import Flushing, Later
from tests.contract.suite import broken_clauses, harness_for

SEEDS = (1,)
ADA = "ada@example.com"


@pytest.mark.parametrize("name", VARIANTS)
def test_a_variant_is_accused_of_nothing_but_its_own_shoulds(name: str) -> None:
    """Ask a third of the clauses, each variant another; `make kill-table` asks all of them."""
    one = VARIANTS[name]
    asked = {*[*CLAUSES][[*VARIANTS].index(name) % 3 :: 3], *one.should}
    found = broken_clauses(one.factory, examples=8, seeds=SEEDS, clauses=asked)
    assert found.keys() == one.should


def test_only_shoulds_may_object_to_a_variant() -> None:
    objecting = {clause for one in VARIANTS.values() for clause in one.should}
    assert {CLAUSES[clause].level for clause in objecting} == {"SHOULD"}


# --- each uses its freedom: the account shows it ---


@dataclass(frozen=True)
class Proof:
    """Messages after which `look` finds `shown`, and something else of the plain forwarder."""

    messages: list[Json]
    look: Callable[[AccountView], Any]
    shown: Any
    fault: Json | None = None


def identify(traits: Json | None = None, **others: Any) -> Json:
    return {"type": "identify", "userId": "u1", "traits": traits or {}, **others}


def track(properties: Json | None = None, **others: Any) -> Json:
    message = {"type": "track", "userId": "u1", "event": "E", "properties": properties or {}}
    return {**message, **others}


def only_contact(account: AccountView) -> Json:
    """Return the one contact; an empty document when there is none."""
    contact: Json
    (contact,) = map(dict, account.contacts.values()) if account.contacts else [{}]
    return contact


def field(name: str) -> Callable[[AccountView], Any]:
    return lambda account: only_contact(account).get(name)


def custom(account: AccountView) -> Json:
    (contact,) = account.contacts.values()
    return contact.custom


def types(account: AccountView) -> list[str]:
    return [one["fieldType"] for one in only_contact(account).get("custom_fields", [])]


def name_and_custom(account: AccountView) -> tuple[object, Json]:
    return only_contact(account).get("LastName"), custom(account)


def sent(account: AccountView) -> Json:
    """Return the custom fields of the last call, as they were sent."""
    contact: Json = account.calls[-1].body["contact"]
    return dict(contact["custom"])


def entries(account: AccountView) -> list[Json]:
    return [one.properties for journey in account.journeys.values() for one in journey.entries]


def contacts(account: AccountView) -> int:
    return len(account.contacts)


def calls(account: AccountView) -> list[str]:
    return [f"{call.method} {call.path} {call.status}" for call in account.calls]


def answered(account: AccountView) -> list[int]:
    return [call.status or 0 for call in account.calls]


JOE = {"name": "Joe Hill"}
HOME = {"address": {"city": "Paris"}}
CAR = {"car": {"make": "Benz"}}
CONTEXT = {"context": {"traits": {"plan": "gold", "unsubscribed": True}}}
TWICE = [track(messageId="m1"), track(messageId="m1")]
WORDS = {"status": 422, "body": {"error": "Refused", "message": "No."}}
POST = "POST /v1/contact 200"

PROOFS = {
    "Once": Proof(TWICE, entries, [{}]),
    "NoRetry": Proof([identify()], contacts, 0, {"status": 503}),
    "ReadsFirst": Proof([{"type": "page"}], calls, ["GET /v1/contacts 200"]),
    "ByTimestamp": Proof(
        [
            identify({"plan": "new"}, timestamp="2026-02-14T12:00:00Z"),
            identify({"plan": "old"}, timestamp="2026-02-13T12:00:00Z"),
        ],
        custom,
        {"plan": "new"},
    ),
    "RetriesWhole": Proof(
        [track()], answered, [200, 503, 200, 200], {"path": "/v1/trigger/*", "status": 503}
    ),
    "Retries408": Proof([identify()], answered, [408, 200], {"status": 408}),
    "OneByOne": Proof(
        [identify()], answered, [422, 200], {"path": "/v1/contacts", "times": None, **WORDS}
    ),
    "OncePerContent": Proof([track(), track()], entries, [{}]),
    "NoNullProperties": Proof([track({"a": None, "b": 1})], entries, [{"b": 1}]),
    "NoNullsInside": Proof([track({"a": {"b": None}})], entries, [{"a": {}}]),
    "KeepsAddress": Proof(
        [track({"email": ADA, "_NewEmail": ADA})], entries, [{"email": ADA, "_NewEmail": ADA}]
    ),
    "MoreProperties": Proof(
        [track({"a": 1}, messageId="m1")],
        entries,
        [{"messageId": "m1", "event": "E", "userId": "u1", "email": None, "a": 1}],
    ),
    "Composed": Proof([identify({"plan": "ﬁne"})], custom, {"plan": "fine"}),
    "Decomposed": Proof([identify({"plan": "é"})], custom, {"plan": "e\N{COMBINING ACUTE ACCENT}"}),
    "CarriageReturns": Proof([identify({"plan": "a\nb"})], custom, {"plan": "a\r\nb"}),
    "Digits15": Proof([track({"a": 0.30000000000000004})], entries, [{"a": 0.3}]),
    "NoPlaceholders": Proof([identify(userId="undefined")], contacts, 0),
    "AddressInUserId": Proof([identify(userId=ADA)], field("Email"), ADA),
    "LowerAddress": Proof([identify({"email": "ADA@example.com"})], field("Email"), ADA),
    "WrongTypesAreText": Proof([identify(userId=True)], field("user_id"), "true"),
    "NoAnonymousId": Proof([identify(anonymousId="a1")], field("anonymous_id"), None),
    "NewAnonymousId": Proof([identify(anonymousId="a1")], field("anonymous_id"), "anonymous-1"),
    "MergesItself": Proof([identify({"email": ADA})], calls, [POST, POST, POST]),
    "StringsForDates": Proof([identify({"since": "2026-02-14"})], types, ["string"]),
    "NullClears": Proof([identify({"plan": "gold"}), identify({"plan": None})], custom, {}),
    "ContextTraits": Proof([identify(**CONTEXT)], custom, {"plan": "gold"}),
    "NoContextTraits": Proof([track(**CONTEXT)], custom, {}),
    "TrackSubscribesNobody": Proof([track(**CONTEXT)], field("unsubscribed"), None),
    "UnsubscribedText": Proof([identify({"unsubscribed": "yes"})], field("unsubscribed"), True),
    "OneWordClears": Proof([identify(JOE), identify({"name": "Cher"})], field("LastName"), ""),
    "NameIsCustom": Proof([identify(JOE)], name_and_custom, (None, JOE)),
    "NameInBoth": Proof([identify(JOE)], name_and_custom, ("Hill", JOE)),
    "AddressIsCustom": Proof([identify(HOME)], custom, {"address.city": "Paris"}),
    "Underscore": Proof([identify(CAR)], custom, {"car_make": "Benz"}),
    "TwoUnderscores": Proof([identify(CAR)], custom, {"car__make": "Benz"}),
    "Dash": Proof([identify(CAR)], custom, {"car-make": "Benz"}),
    "TwoDashes": Proof([identify(CAR)], sent, {"string--car--make": "Benz"}),
    "Space": Proof([identify(CAR)], custom, {"car make": "Benz"}),
    "ObjectIsJson": Proof([identify(CAR)], custom, {"car": '{"make": "Benz"}'}),
    "WholeMessage": Proof(
        [{"type": "identify", "userId": "u1", "context": {"ip": "192.0.2.7"}}],
        custom,
        {"type": "identify", "userId": "u1", "context.ip": "192.0.2.7"},
    ),
    "PropertiesOnContact": Proof([track({"a": 1})], custom, {"a": 1}),
    "DateElsewhere": Proof(
        [identify({"since": "2026-02-14"})], sent, {"date--since": "2026-02-14T01:00:00.000+01:00"}
    ),
    "WritesTwice": Proof([identify()], calls, [POST, POST]),
}


def run(factory: Factory, account: AccountView, messages: list[Json]) -> list[Json | None]:
    settings = {"base_url": account.base_url, "api_key": account.api_key}
    deliver = factory({**settings, "journeys": {}, "default_trigger": "0001"})
    return [deliver(message) for message in messages]


@pytest.mark.parametrize("name", PROOFS)
def test_a_variant_uses_its_freedom(name: str, server: MockAutopilot) -> None:
    proof = PROOFS[name]
    seen = []
    for factory in (VARIANTS[name].factory, Forwarder):
        account = server.new_account()
        if proof.fault:
            account.fail_next(**proof.fault)
        run(factory, account, proof.messages)
        seen.append(proof.look(account))
    assert seen[0] == proof.shown
    assert seen[1] != proof.shown


#: What these do shows in what they report.
REPORTED = {
    "WordsAround": ({"type": "identify"}, {"status": 400, "message": MISSING}),
    "FilteredUnreported": ({"type": "page"}, None),
}


@pytest.mark.parametrize("name", REPORTED)
def test_a_variant_reports_otherwise(name: str, account: AccountView) -> None:
    message, plain = REPORTED[name]
    (reported,) = run(VARIANTS[name].factory, account, [message])
    assert run(Forwarder, account, [message]) == [plain]
    assert reported != plain
    assert plain is None or MISSING in str(reported)


def test_every_variant_is_shown_to_use_its_freedom() -> None:
    assert {*PROOFS, *REPORTED} == VARIANTS.keys()


# --- who answers before it delivers ---


def test_a_forwarder_that_answers_before_it_delivers_cannot_be_tested() -> None:
    with harness_for(Later) as harness, pytest.raises(SetupError) as raised:
        harness.probe(patience=30)
    assert str(raised.value).startswith("the forwarder answers before it delivers: ")
    assert "\n" not in str(raised.value)


@pytest.mark.parametrize("factory", [Forwarder, Flushing])
def test_a_forwarder_that_delivers_first_or_is_flushed_can_be_tested(factory: Factory) -> None:
    with harness_for(factory) as harness:
        harness.probe(patience=0)


def test_a_forwarder_that_sends_nothing_cannot_be_tested() -> None:
    def factory(_: Json) -> Callable[[Json], None]:
        return lambda _: None

    with (
        harness_for(factory) as harness,
        pytest.raises(SetupError, match="no call reached the fake"),
    ):
        harness.probe(patience=0)
