"""Every fixture case, through the forwarder to the fake; and the cases against the rules."""

import json
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from msgspec import UNSET, convert, to_builtins

from adapter import Retry, Settings, plan
from adapter.contract import factory
from contract_tests.cases.differences import Difference, case_differences
from contract_tests.cases.format import Case, ReferenceExpectation, read_cases
from contract_tests.cases.runner import run_case, settings_for
from contract_tests.fake import Fake, open_fake
from contract_tests.in_process import FactoryTarget
from mock_autopilot.account.call_warnings import Warnings
from mock_autopilot.account.contact_body import ContactUpdate, read_contact
from mock_autopilot.installation import fixtures_path

FILES = sorted((fixtures_path() / "cases").glob("*.json"))
CASES = read_cases(FILES)
by_id = pytest.mark.parametrize("case", CASES, ids=lambda case: case.id)


@pytest.fixture(autouse=True)
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let a fake with a defect fail the tests at once, not after a minute of trying again."""
    monkeypatch.setattr("adapter.client.Retry", lambda: Retry(total=2))


@pytest.fixture(scope="module")
def fake() -> Iterator[Fake]:
    with closing(open_fake(host="127.0.0.1", port=0, api_key="fixtures")) as fake:
        yield fake


def reference(case: Case) -> ReferenceExpectation:
    """Return what is expected of our forwarder; what the contract suite found says nothing."""
    expected = case.expect.reference
    return ReferenceExpectation() if expected is UNSET else expected


@by_id
def test_what_happens_is_what_the_case_expects(fake: Fake, case: Case) -> None:
    steps = list(run_case(case, fake, FactoryTarget(factory, settings_for(case, fake))))
    assert case_differences(case, steps, fake.state(), reference=True) == []


ENTRY = {"contact": "person_1", "properties": {}}
CHANGES: dict[str, Any] = {"contacts": [{}], "journeys": {"x": [ENTRY]}, "number_of_contacts": 9}


@by_id
def test_a_changed_expectation_is_noticed(fake: Fake, case: Case) -> None:
    steps = list(run_case(case, fake, FactoryTarget(factory, settings_for(case, fake))))

    def found(expect: dict[str, Any], *, reference: bool = False) -> list[Difference]:
        changed = convert({**to_builtins(case), "expect": expect}, Case)
        return case_differences(changed, steps, fake.state(), reference=reference)

    said = to_builtins(case.expect)
    for part, other in CHANGES.items():
        assert len(found({**said, part: other})) == 1
    assert len(found({**said, "deliveries": [{"status": 299} for _ in steps]})) == len(steps)
    assert len(found({**said, "people": [{"user_id": "nobody"}]})) == 1
    calls = [{"method": "GET", "path": "/", "status": 200, "body": None}]
    deliveries = [{"outcome": "lost"} for _ in steps]
    changes: dict[str, Any] = {**CHANGES, "calls": calls, "deliveries": deliveries}
    for part, other in changes.items():
        changed = {**said, "reference": {**said.get("reference", {}), part: other}}
        assert found(changed) == []
        count = len(steps) if part == "deliveries" else 1
        assert len(found(changed, reference=True)) == count


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.stem)
def test_a_case_says_what_it_shows_and_why(file: Path) -> None:
    case = json.loads(file.read_text("utf-8"))
    assert case["id"] == file.stem
    assert case["title"]
    assert case["why"].endswith(".")
    assert case["source"]
    # A case by hand says all; one that the contract suite found says what its clause requires.
    if not case["id"].startswith("found-"):
        whole = case["expect"]["reference"]
        assert {"deliveries", "calls"} <= set(whole)
        assert {"contacts", "journeys"} <= {*case["expect"], *whole}
        assert len(whole["deliveries"]) == len(case["messages"])


def read_without_warnings(contact: object) -> ContactUpdate:
    warnings = Warnings()
    update = read_contact(contact, "contact", warnings)
    assert list(warnings) == []
    return update


@by_id
def test_the_expected_calls_keep_the_rules(case: Case) -> None:
    """What a case expects to be accepted is accepted without a warning, and named once."""
    for call in reference(case).calls:
        if "contact" not in call.body:
            continue
        update = read_without_warnings(call.body["contact"])
        assert bool(update.email or update.user_id) == (call.status == 200)
    expected = reference(case).contacts
    for contact in () if expected is UNSET else expected:
        read_without_warnings(contact)


@by_id
def test_the_plan_alone_gives_the_expected_calls(case: Case) -> None:
    settings = Settings(
        "key",
        "http://autopilot.test/v1/",
        journeys=case.settings.journeys,
        default_trigger=case.settings.default_trigger,
    )
    planned = [call for message in case.messages for call in plan(message, settings).calls]
    made = [call.body for call in reference(case).calls]
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
