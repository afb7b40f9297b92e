"""What an account's options change, and what it begins with."""

from datetime import timedelta

from tests.api.calls import ADA, NOON, Fake

ENTER = {"contact": ADA, "property": {"a": 1}}


def test_without_auto_journeys_the_defined_ones_can_be_entered() -> None:
    journeys = (("Welcome", "0002"), ("Bye", None))
    fake = Fake(journeys=journeys, auto_journeys=False)
    listed = [
        {"trigger_id": "0002", "journey": "Welcome", "trigger_type": "apiTrigger"},
        {"trigger_id": "0001", "journey": "Bye", "trigger_type": "apiTrigger"},
    ]
    assert fake.call("GET", "triggers").json == {"triggers": listed}
    for path in ("trigger/0001/contact", "trigger/0002/contact"):
        assert fake.call("POST", path, ENTER).status_code == 200
    assert fake.call("POST", "trigger/0002/contact/ada@example.com").status_code == 200
    for path in ("trigger/0003/contact", "trigger/0003/contact/ada@example.com"):
        refused = fake.call("POST", path, ENTER)
        assert refused.status_code == 404
        assert refused.json == {"error": "Not Found", "message": "Trigger could not be found."}


def test_created_at_stays_and_updated_at_follows_each_change() -> None:
    fake = Fake()

    def times() -> tuple[str, str]:
        ada = fake.call("GET", "contact/ada@example.com").json
        assert ada
        return ada["created_at"][11:16], ada["updated_at"][11:16]

    fake.call("POST", "contact", {"contact": ADA})
    assert times() == ("13:00", "13:00")
    fake.call("POST", "contact", {"contact": {**ADA, "Title": "Dr"}})
    assert times() == ("13:00", "15:00")
    fake.call("POST", "contact/ada@example.com/unsubscribe")
    assert times() == ("13:00", "17:00")


def test_the_calls_of_a_server_are_numbered_from_1() -> None:
    fake = Fake()
    fake.call("GET", "contacts")
    fake.call("GET", "contacts")
    assert [(call.number, call.time) for call in fake.account.journal.calls()] == [
        (1, NOON + timedelta(hours=1)),
        (2, NOON + timedelta(hours=2)),
    ]
