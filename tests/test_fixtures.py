"""Every fixture case, through the forwarder to the fake; and the cases against the rules."""

import dataclasses

import pytest

from adapter import Retry, Settings, plan
from mock_autopilot import MockAutopilot
from mock_autopilot.account.call_warnings import Warnings
from mock_autopilot.account.contact_body import read_contact
from mock_autopilot.cli._cases import Case, differences, load_cases
from mock_autopilot.fixtures import fixtures_path

CASES = load_cases()
by_id = pytest.mark.parametrize("case", CASES, ids=lambda case: case.id)


@pytest.fixture(autouse=True)
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let a fake with a defect fail the tests at once, not after a minute of trying again."""
    monkeypatch.setattr("adapter.client.Retry", lambda: Retry(total=2))


@by_id
def test_what_happens_is_what_the_case_expects(server: MockAutopilot, case: Case) -> None:
    account = server.new_account()
    steps = list(case.run(account))
    assert differences(case, steps, account) == []


@by_id
def test_a_changed_expectation_is_noticed(server: MockAutopilot, case: Case) -> None:
    account = server.new_account()
    steps = list(case.run(account))
    for part, other in (("calls", [{}]), ("contacts", [{}]), ("journeys", {"x": []})):
        changed = dataclasses.replace(case, expect={**case.expect, part: other})
        assert len(differences(changed, steps, account)) == 1
    without = dataclasses.replace(case, expect={**case.expect, "deliveries": []})
    assert differences(without, steps, account)


@by_id
def test_a_case_says_what_it_shows_and_why(case: Case) -> None:
    assert case.id in [path.stem for path in (fixtures_path() / "cases").glob("*.json")]
    assert case.title
    assert case.why.endswith(".")
    assert case.source
    assert len(case.messages) == len(case.expect["deliveries"])
    # A case by hand says all; one that the contract suite found says what its clause requires.
    whole = {"deliveries", "calls", "contacts", "journeys"}
    assert set(case.expect) == whole or case.id.startswith("found-")


@by_id
def test_the_expected_calls_keep_the_rules(case: Case) -> None:
    """What a case expects to be accepted is accepted without a warning, and named once."""
    for call in case.expect.get("calls", ()):
        if "contact" not in call["body"]:
            continue
        warnings = Warnings()
        update = read_contact(call["body"]["contact"], "contact", warnings)
        assert list(warnings) == []
        assert bool(update.email or update.user_id) == (call["status"] == 200)
    for contact in case.expect.get("contacts", ()):
        warnings = Warnings()
        read_contact(contact, "contact", warnings)
        assert list(warnings) == []


@by_id
def test_the_plan_alone_gives_the_expected_calls(case: Case) -> None:
    settings = Settings("key", "http://autopilot.test/v1/", **case.settings)
    planned = [call for message in case.messages for call in plan(message, settings).calls]
    made = [call["body"] for call in case.expect.get("calls", ())]
    # After a rejected upsert no journey is entered, though it was planned.
    assert [call.body for call in planned if call.body in made] == made


def test_the_demo_shows_the_specifications_examples() -> None:
    shown = [case.id for case in CASES if case.demo]
    assert shown == [
        "01-seed-identify",
        "02-seed-track",
        "03-identifier-neither",
        "04-engage-audience",
    ]
