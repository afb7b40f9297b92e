"""Fixture cases with calls of the API: they are replayed at the fake, with no forwarder."""

from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from msgspec import convert

from adapter.contract import factory
from contract_tests.cases.calls import call_differences, run_calls
from contract_tests.cases.format import Case, read_case
from contract_tests.cases.runner import run_case, settings_for
from contract_tests.fake import Fake, open_fake
from contract_tests.in_process import FactoryTarget
from contract_tests.protocol import SetupError
from tests.contract.running import FORWARDERS, contract
from tests.contract.test_case_files import CASE as MESSAGES
from tests.contract.test_case_files import FACTORY, write

ADA = {"Email": "ada@example.com", "FirstName": "Ada"}
CASE: dict[str, Any] = {
    "id": "calls",
    "title": "A case with calls",
    "why": "It shows a difference.",
    "source": "This test",
    "left_out": ["call 3: a fault answered it"],
    "account": {"state": {"contacts": [{"user_id": "u0"}], "journeys": [{"trigger_id": "0001"}]}},
    "calls": [
        {"method": "POST", "path": "/v1/contact", "body": {"contact": ADA}, "status": 200,
         "answer": {"contact_id": "person_2"}},
        {"method": "POST", "path": "/v1/trigger/0001/contact/person_2", "status": 200,
         "body": {"property": {"by": "person_1"}}},
        {"method": "GET", "path": "/v1/contact/nobody@example.com", "status": 404},
        {"method": "GET", "path": "/v1/contact/person_2", "status": 200,
         "answer": {"contact_id": "person_2", "FirstName": "Ada"}},
        {"method": "DELETE", "path": "/v1/journey/0001/contact/person_2", "status": 204},
    ],
    "expect": {
        "contacts": [{"user_id": "u0"}, ADA],
        "people": [{"Email": "ada@example.com", "fields": {"FirstName": "Ada"}}],
        "journeys": {
            "0001": [
                {"contact": "person_2", "properties": {"by": "person_1"}, "ejected": True}
            ]
        },
    },
}  # fmt: skip


@pytest.fixture(scope="module")
def fake() -> Iterator[Fake]:
    with closing(open_fake(host="127.0.0.1", port=0, api_key="calls")) as fake:
        yield fake


def differences(fake: Fake, case: dict[str, Any]) -> list[str]:
    read = convert(case, Case)
    return [str(one) for one in call_differences(read, *run_calls(read, fake))]


def with_call(number: int, **parts: Any) -> dict[str, Any]:
    calls = [
        {**call, **parts} if at == number else call for at, call in enumerate(CASE["calls"], 1)
    ]
    return {**CASE, "calls": calls}


def test_it_holds_each_time(fake: Fake) -> None:
    assert differences(fake, CASE) == []
    assert differences(fake, CASE) == []


@pytest.mark.parametrize(
    ("case", "expected"),
    [
        (with_call(3, status=400), "call 3, GET /v1/contact/nobody@example.com: status"),
        (
            with_call(1, answer={"contact_id": "person_1"}),
            'call 1, POST /v1/contact: answer.contact_id: expected "person_1", got "person_2"',
        ),
        (
            with_call(4, answer={"LastName": "King"}),
            'call 4, GET /v1/contact/person_2: answer.LastName: expected "King", got nothing',
        ),
        (with_call(4, answer={"FirstName": None}), "answer.FirstName: expected null"),
        (with_call(4, answer=[]), "call 4, GET /v1/contact/person_2: answer: expected []"),
        (with_call(5, answer={}), "call 5, DELETE /v1/journey/0001/contact/person_2: answer"),
        ({**CASE, "expect": {"contacts": [ADA]}}, "contacts: expected"),
        ({**CASE, "expect": {"number_of_contacts": 3}}, "contacts: expected 3 in all"),
        ({**CASE, "expect": {"people": [{"user_id": "u1"}]}}, 'contacts with {"user_id": "u1"}'),
        ({**CASE, "expect": {"journeys": {}}}, "journeys: expected {}"),
        (
            {
                **CASE,
                "expect": {
                    "journeys": {
                        "0001": [{"contact": "person_2", "properties": {"by": "person_1"}}]
                    }
                },
            },
            "journeys: expected",
        ),
    ],
)
def test_differences(fake: Fake, case: dict[str, Any], expected: str) -> None:
    (found,) = differences(fake, case)
    assert expected in found


def test_an_answer_may_have_more_members_and_no_fewer_items(fake: Fake) -> None:
    call = {"method": "GET", "path": "/v1/triggers", "status": 200}
    case = {**CASE, "calls": [{**call, "answer": {"triggers": [{"trigger_id": "0001"}]}}]}
    case["expect"] = {}
    assert differences(fake, case) == []
    case["calls"] = [{**call, "answer": {"triggers": []}}]
    assert len(differences(fake, case)) == 1


def test_the_options_of_the_account() -> None:
    case = with_call(2, path="/v1/trigger/none/contact/person_2", status=404)
    case["expect"] = {}
    case["calls"] = case["calls"][:2]
    with closing(open_fake(host="127.0.0.1", port=0, api_key="calls", auto_journeys=False)) as fake:
        assert differences(fake, case) == []


def test_a_state_that_the_fake_refuses(fake: Fake) -> None:
    with pytest.raises(SetupError, match="PUT /_mock/state: 400"):
        differences(fake, {**CASE, "account": {"state": {"contacts": [{}]}}})


def test_a_control_call_is_none_of_the_api(fake: Fake) -> None:
    with pytest.raises(SetupError, match="GET /_mock/health is no call of the API"):
        differences(fake, with_call(1, method="GET", path="/_mock/health"))


def test_a_forwarder_is_handed_none_of_it(fake: Fake) -> None:
    case = convert(CASE, Case)
    with pytest.raises(SetupError, match="calls holds calls of the API, and no messages"):
        list(run_case(case, fake, FactoryTarget(factory, settings_for(case, fake))))


# --- reading ---

WITHOUT_CALLS = {key: part for key, part in CASE.items() if key != "calls"}
WRONG: dict[str, tuple[Any, str]] = {
    "neither": (WITHOUT_CALLS, "the case must have either messages or calls"),
    "both": ({**MESSAGES, "calls": CASE["calls"]}, "must have either messages or calls"),
    "no calls": ({**CASE, "calls": []}, "calls is empty; write at least one"),
    "a method": (with_call(1, method="post"), "calls[0].method is no method; write one in capital"),
    "a path": (with_call(1, path="contact"), "calls[0].path is no path; write one from /v1/ on"),
    "no status": (
        {**CASE, "calls": [{"method": "GET", "path": "/v1/contacts"}]},
        "calls[0] has no 'status'; add it",
    ),
    "a demo": ({**CASE, "demo": True}, "demo, faults and settings are for a case with messages"),
    "deliveries": (
        {**CASE, "expect": {"deliveries": [{}]}},
        "expect.deliveries has 1 items and messages has 0",
    ),
    "the reference": (
        {**CASE, "expect": {"reference": {}}},
        "expect.reference is for a case with messages: remove it",
    ),
    "an account of messages": (
        {**MESSAGES, "account": {"strict": True}},
        "account is for a case with calls: remove it, or write calls",
    ),
    "messages that are left out": (
        {**MESSAGES, "left_out": ["one"]},
        "left_out is for a case with calls",
    ),
}


@pytest.mark.parametrize("name", WRONG)
def test_a_wrong_file(tmp_path: Path, name: str) -> None:
    content, expected = WRONG[name]
    with pytest.raises(SetupError) as raised:
        read_case(Path(write(tmp_path, content)))
    assert expected in str(raised.value)


# --- the command ---


def test_the_command_replays_it_without_a_forwarder(tmp_path: Path) -> None:
    strict = {**with_call(1, status=400), "id": "strict", "account": {"strict": True}}
    strict["calls"] = [{**CASE["calls"][0], "status": 400, "body": {"contact": {"Email": "ada"}}}]
    strict["expect"] = {"contacts": []}
    del strict["calls"][0]["answer"]
    changed = {**with_call(4, status=201), "id": "changed"}
    files = [write(tmp_path, one, f"{one['id']}.json") for one in (CASE, strict, changed)]
    done = contract(tmp_path, "--case", *files)
    assert done.returncode == 1, done.stdout
    assert done.stdout.splitlines() == [
        "target    none: the cases hold calls, which are replayed at the fake",
        "",
        "calls    holds    A case with calls (calls, replayed at the fake)",
        "strict   holds    A case with calls (calls, replayed at the fake)",
        "changed  differs  A case with calls (calls, replayed at the fake)",
        f"  file: {files[2]}",
        "  source: This test",
        "  call 4, GET /v1/contact/person_2: status",
        "    expected  201",
        "    arrived   200",
        "",
        "2 of 3 cases hold; differing: changed",
    ]


def test_beside_a_case_with_messages_it_has_nothing_to_do_with_the_forwarder(
    tmp_path: Path,
) -> None:
    files = [write(tmp_path, CASE, "calls.json"), write(tmp_path, MESSAGES)]
    done = contract(FORWARDERS, *FACTORY, "--case", *files)
    assert done.returncode == 0, done.stdout
    assert "calls  holds    A case with calls (calls, replayed at the fake)" in done.stdout
    assert "small  holds    A small case\n" in done.stdout
    alone = contract(FORWARDERS, "--case", *files)
    assert alone.returncode == 2
    assert "name one forwarder" in alone.stdout
