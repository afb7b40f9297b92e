"""Answers of the fake beside those of the live service: the same keys, in the same order.

`fixtures/answers` has what recordings show as rules of our own: values in angle brackets stand for
a form (`<second>`), others are meant as they are. A case without a `call` reads its contact.
"""

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import requests

from mock_autopilot import AccountView
from mock_autopilot.installation import fixtures_path

FILES = sorted((fixtures_path() / "answers").glob("*.json"))
UUID = r"[0-9A-F]{8}-[0-9A-F]{4}-[0-9A-F]{4}-[0-9A-F]{4}-[0-9A-F]{12}"
FORMS = {
    "<second>": r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.000Z",
    "<person>": f"person_{UUID}",
    "<contacts_person>": f"contacts_person_{UUID}",
    "<revision>": r"1-[0-9a-f]{32}",
    "<uuid1>": r"[0-9a-f]{8}-[0-9a-f]{4}-1[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}",
    "<http date>": r"(Mon|Tue|Wed|Thu|Fri|Sat|Sun), \d\d [A-Z][a-z]{2} \d{4} \d\d:\d\d:\d\d GMT",
    "<text>": r".+",
}


def differences(expected: Any, actual: Any, path: str = "") -> Iterator[str]:
    """Compare key by key, the order of keys too."""
    if isinstance(expected, dict) and isinstance(actual, dict):
        if list(expected) != list(actual):
            yield f"{path}: keys {list(expected)}, got {list(actual)}"
        for key in expected.keys() & actual.keys():
            yield from differences(expected[key], actual[key], f"{path}.{key}")
    elif isinstance(expected, list) and isinstance(actual, list) and len(expected) == len(actual):
        for index, (one, other) in enumerate(zip(expected, actual, strict=True)):
            yield from differences(one, other, f"{path}[{index}]")
    elif expected in FORMS if isinstance(expected, str) else False:
        if not isinstance(actual, str) or not re.fullmatch(FORMS[expected], actual):
            yield f"{path}: {expected}, got {actual!r}"
    elif type(expected) is not type(actual) or expected != actual:
        yield f"{path}: {expected!r}, got {actual!r}"


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.stem)
def test_an_answer_has_the_recorded_keys_and_forms(file: Path, account: AccountView) -> None:
    case = json.loads(file.read_text("utf-8"))
    account.seed(case.get("state", {}))
    call = case.get("call", {"method": "GET", "path": "contact/ada@example.com"})
    with requests.Session() as session:
        session.trust_env = False
        session.headers["autopilotapikey"] = account.api_key
        for contact in case["given"]:
            made = session.post(f"{account.base_url}contact", json={"contact": contact}, timeout=10)
            assert made.status_code == 200
        answer = session.request(call["method"], account.base_url + call["path"], timeout=10)
    assert answer.status_code == case.get("status", 200)
    assert list(differences(case["document"], answer.json())) == []
    assert answer.headers["Content-Type"] == "application/json"
    assert re.fullmatch(FORMS["<http date>"], answer.headers["Last-Modified"])


def test_the_recorded_answers_are_found() -> None:
    assert len(FILES) >= 11


@pytest.mark.parametrize(
    ("expected", "actual"),
    [
        ({"a": 1, "b": 2}, {"b": 2, "a": 1}),
        ({"a": 1}, {"a": 1, "b": 2}),
        ({"a": True}, {"a": 1}),
        ({"a": "<second>"}, {"a": "2016-11-22T00:00:00.123Z"}),
        ([1], [1, 2]),
    ],
)
def test_a_difference_is_noticed(expected: Any, actual: Any) -> None:
    assert list(differences(expected, actual))
