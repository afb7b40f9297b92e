"""The correct forwarders do what they should; the broken ones cover every clause."""

from collections import Counter
from typing import Any

import pytest

from contract_tests.clauses import CLAUSES
from mock_autopilot import AccountView
from tests.contract.forwarders.broken import BROKEN
from tests.contract.forwarders.correct import CORRECT
from tests.contract.forwarders.forwarder import MISSING, Factory, Forwarder

REFUSED = {"status": 400, "message": MISSING}
ODD = "o'neil+a/b%41?#&@exämple.com"

Json = dict[str, Any]


@pytest.fixture(params=CORRECT)
def factory(request: pytest.FixtureRequest) -> Factory:
    return CORRECT[request.param]


def settings(account: AccountView, **others: Any) -> Json:
    journeys = {"Step Activated": "0001"}
    given = {"base_url": account.base_url, "api_key": account.api_key, "journeys": journeys}
    return {**given, "default_trigger": None, **others}


MESSAGES: tuple[tuple[Json, Json | None], ...] = (
    # An event comes first; then who it was.
    (
        {
            "type": "track",
            "userId": "u1",
            "event": "Step Activated",
            "properties": {"property": "test", "n": 0, "none": None, "in": {"a": [1.5, False]}},
        },
        None,
    ),
    (
        {
            "type": "identify",
            "userId": "u1",
            "traits": {
                "name": "John van Joe",
                "email": "john@example.com",
                "title": "",
                "admin": False,
                "logins": 2**53,
                "score": 0.1,
                "Favourite Colour": "blue ",
                "since": "2026-01-31T12:02:49Z",
                "nothing": None,
                "car": {"make": "Benz"},
                "tags": ["a"],
                "address": {"postal_code": "SW1"},
            },
        },
        None,
    ),
    ({"type": "track", "userId": "u1", "event": "Step Activated"}, None),
    ({"type": "track", "userId": "u1", "event": "step activated"}, None),
    # A number as user id, then the same as text.
    ({"type": "identify", "userId": 5.0, "traits": {"first_name": "Five"}}, None),
    ({"type": "track", "userId": "5", "event": "Step Activated"}, None),
    # An odd address, which moves.
    (
        {
            "type": "track",
            "event": "HTTPRequest  Sent!",
            "properties": {"email": ODD, "x": 1},
            "context": {"traits": {"email": "other@example.com", "plan": "gold"}},
        },
        None,
    ),
    ({"type": "identify", "traits": {"email": ODD, "_NewEmail": "new@example.com"}}, None),
    (
        {
            "type": "track",
            "event": "Step Activated",
            "context": {"traits": {"email": "new@example.com"}},
            "integrations": {"All": False, "AutopilotHQ": {}},
        },
        None,
    ),
    # Nobody.
    ({"type": "identify", "anonymousId": "a1", "userId": " ", "traits": {"plan": "x"}}, REFUSED),
    ({"type": "track", "anonymousId": "a1", "event": "Step Activated"}, REFUSED),
    # Not meant for Autopilot.
    ({"type": "page", "userId": "u9"}, None),
    ({"type": "alias", "userId": "u9", "previousId": "u1"}, None),
    ({"type": "identify", "userId": "u9", "integrations": {"All": False}}, None),
    ({"type": "identify", "userId": "u9", "integrations": {"AutopilotHQ": False}}, None),
)


def test_a_correct_forwarder_delivers(factory: Factory, account: AccountView) -> None:
    deliver = factory(settings(account))
    said = [deliver(message) for message, _ in MESSAGES]
    for one in said:
        if one:  # the bulk call says which contact it means
            one["message"] = one["message"].removeprefix("contacts[0]: ")
    assert said == [expected for _, expected in MESSAGES]

    john, five, odd = (account.contacts[who] for who in ("u1", "5", "new@example.com"))
    assert len(account.contacts) == 3
    assert {"Email": "john@example.com", "FirstName": "John", "LastName": "van Joe"}.items() <= {
        **john
    }.items()
    assert (john["Title"], john["MailingPostalCode"]) == ("", "SW1")
    types = {one["kind"]: one["fieldType"] for one in john["custom_fields"]}
    since = {"date": "2026-01-31T12:02:49.000Z", "string": "2026-01-31T12:02:49Z"}
    assert john.custom == {
        "admin": False,
        "logins": 2**53,
        "score": 0.1,
        "Favourite Colour": "blue ",
        "since": since[types["since"]],
        "car.make": "Benz",
        "tags": '["a"]',
    }
    assert john.custom["admin"] is False
    assert five["FirstName"] == "Five"
    assert odd.custom == {"plan": "gold"}

    entries = {
        trigger: [
            (entry.contact and entry.contact.contact_id, entry.properties)
            for entry in journey.entries
        ]
        for trigger, journey in account.journeys.items()
    }
    given = {"property": "test", "n": 0, "none": None, "in": {"a": [1.5, False]}}
    ids = john.contact_id, five.contact_id, odd.contact_id
    assert entries == {
        "0001": [(ids[0], given), (ids[0], {}), (ids[1], {}), (ids[2], {})],
        "step_activated": [(ids[0], {})],
        "http_request_sent": [(ids[2], {"x": 1})],
    }


def test_every_event_can_have_one_trigger(factory: Factory, account: AccountView) -> None:
    deliver = factory(settings(account, default_trigger="0002"))
    assert deliver({"type": "track", "userId": "u1", "event": "Other"}) is None
    assert list(account.journeys) == ["0002"]


def test_a_refused_key_is_reported(factory: Factory, account: AccountView) -> None:
    said = factory(settings(account, api_key="wrong"))({"type": "identify", "userId": "u1"})
    assert said is not None
    assert said["status"] == 401


@pytest.mark.parametrize("fault", [{"status": 503}, {"status": 429}, {"drop_connection": True}])
def test_a_failure_that_passes(factory: Factory, account: AccountView, fault: Json) -> None:
    account.fail_next(path="/v1/trigger/*", **fault)
    deliver = factory(settings(account))
    message = {"type": "track", "userId": "u1", "event": "Step Activated"}
    said = deliver(message)
    if said is not None:  # then it was not delivered, and whoever sent it does so again
        assert said["status"] in (429, 503)
        assert not account.journeys
        assert deliver(message) is None
    assert len(account.journeys["0001"].entries) == 1


@pytest.mark.parametrize("fault", [{"status": 500}, {"status": 429}, {"drop_connection": True}])
def test_a_failure_that_stays(factory: Factory, account: AccountView, fault: Json) -> None:
    account.fail_next(times=None, **fault)
    said = factory(settings(account))({"type": "identify", "userId": "u1"})
    assert said is not None
    assert said["status"] in (429, 500, 503)
    assert not account.contacts


def test_a_refusal_is_final(factory: Factory, account: AccountView) -> None:
    account.fail_next(422, times=None)
    said = factory(settings(account))({"type": "track", "userId": "u1", "event": "E"})
    assert said is not None
    assert said["status"] == 422
    assert len(account.calls) == 1


def test_every_clause_has_two_broken_forwarders() -> None:
    counts = Counter(broken.clause for broken in BROKEN.values())
    assert counts.keys() == CLAUSES.keys()
    assert [clause for clause, count in counts.items() if count < 2] == []


def test_broken_forwarders_have_different_mistakes() -> None:
    mistakes = {broken.mistake for broken in BROKEN.values()}
    assert len(mistakes) == len({broken.factory for broken in BROKEN.values()}) == len(BROKEN)


@pytest.mark.parametrize("name", BROKEN)
def test_a_broken_forwarder_can_be_made(name: str, account: AccountView) -> None:
    broken = BROKEN[name]
    assert broken.mistake.endswith(".")
    deliver = broken.factory(settings(account))
    assert isinstance(deliver, Forwarder)
    assert type(deliver).__name__ == name
