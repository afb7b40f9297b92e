"""Files of fixture cases that are refused, each with what is wrong and the correction."""

from pathlib import Path
from typing import Any

import pytest

from contract_tests.cases.format import read_case
from contract_tests.protocol import SetupError
from tests.contract.test_case_files import CASE, changed, expecting, write

WRONG: dict[str, tuple[Any, str]] = {
    "too deep": ("[" * 100_000, "small.json is nested too deeply"),
    "no number of JSON": (
        changed(demo=float("nan")),
        "small.json is not JSON: NaN is no number of JSON",
    ),
    "a key twice": ('{"id": "a", "id": "b"}', "'id' stands twice in one object"),
    "an empty id": (changed(id=""), "id is empty; write a text"),
    "a negative number": (
        expecting(number_of_contacts=-1),
        "expect.number_of_contacts is below 0; write how many there are",
    ),
    "too few deliveries of the reference": (
        expecting(reference={"deliveries": [{}]}),
        "expect.reference.deliveries has 1 items and messages has 2: write one for each message",
    ),
    "no JSON": ("{", "small.json is not JSON: Expecting property name"),
    "another type": ([], "the case is an array; write an object"),
    "a missing field": ({k: v for k, v in CASE.items() if k != "why"}, "the case has no 'why'"),
    "an unknown field": (
        expecting(contact=[]),
        "expect has 'contact', which is not a field of a case; remove it or correct its name",
    ),
    "a wrong type": (
        expecting(people=[{"user_id": 5}]),
        "expect.people[0].user_id is a whole number; write a string",
    ),
    "an unknown strictness": (
        expecting(people=[{"user_id": "u1", "strict": ["very"]}]),
        "expect.people[0].strict[0] is 'very'; write exact, nulls or only",
    ),
    "nobody": (expecting(people=[{}]), "expect.people[0] names nobody: write Email, user_id or"),
    "no messages": (changed(messages=[]), "messages is empty; write at least one"),
    "too few deliveries": (
        expecting(deliveries=[{}]),
        "expect.deliveries has 1 items and messages has 2: write one for each message",
    ),
    "a fault before nothing": (
        changed(faults=[{"before": 3, "respond": {"status": 503}}]),
        "faults[0].before is 3: write a number from 1 to 2",
    ),
    "a fault before everything": (
        changed(faults=[{"before": 0, "respond": {"status": 503}}]),
        "faults[0].before is too small; messages are counted from 1",
    ),
    "a condition on nothing": (
        expecting(people=[{"user_id": "u1", "if_delivered": 3}]),
        "expect.people[0].if_delivered is 3: write a number from 1 to 2",
    ),
}


@pytest.mark.parametrize("name", WRONG)
def test_a_wrong_file(tmp_path: Path, name: str) -> None:
    content, expected = WRONG[name]
    file = write(tmp_path, content)
    with pytest.raises(SetupError) as raised:
        read_case(Path(file))
    assert str(raised.value).startswith(file)
    assert expected in str(raised.value)
    assert "\n" not in str(raised.value)
