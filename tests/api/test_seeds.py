"""Seeds of `MockAutopilot`: files, warnings, refusals, and the way back to them."""

import json
import warnings
from pathlib import Path
from typing import Any

import pytest

from mock_autopilot import ApiError, MockAutopilot, SeedWarning
from tests.conftest import ask

ADA = {"Email": "ada@example.com"}
SEED = {"contacts": [{"Email": "ada@example.com", "Firstname": "Ada"}]}
REPEATED_KEY = '{"contacts": [{"Email": "ada@example.com", "Title": "a", "Title": "b"}]}'
QUESTIONABLE_SEEDS = [
    ({"contacts": [ADA | {"Firstname": "A"}]}, "contacts[0].Firstname: ", "FirstName"),
    ({"contacts": [{"Email": "ada"}]}, "contacts[0].Email: ", "has no @"),
    ({"contacts": [ADA, {"Email": "ADA@example.com"}]}, "contacts[1].Email: ", "address too"),
    ({"contacts": [{"user_id": "undefined"}]}, "contacts[0].user_id: ", "no value"),
    ({"contacts": [{"user_id": 7}]}, "contacts[0].user_id: ", "stored as '7'"),
    ({"contacts": [ADA | {"custom": {"Plan": "x"}}]}, "contacts[0].custom.Plan: ", "string--Plan"),
    ({"contacts": [ADA | {"unsubscribed": "true"}]}, "contacts[0].unsubscribed: ", "stored as"),
    (
        {"contacts": [ADA | {"lists": ["l", "l"]}], "lists": [{"list_id": "l", "title": "News"}]},
        "contacts[0].lists: ",
        "twice",
    ),
]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-32"])
def test_a_seed_file_may_be_in_any_unicode_encoding(tmp_path: Path, encoding: str) -> None:
    file = tmp_path / "seed.json"
    mark = b"\xff\xfe" if encoding == "utf-16-le" else b""
    file.write_bytes(mark + json.dumps({"contacts": [{"Email": "zoë@x.com"}]}).encode(encoding))
    with MockAutopilot(seed=file, strict=True) as autopilot:
        assert "zoë@x.com" in autopilot.contacts


@pytest.mark.parametrize(
    ("text", "said"), [(json.dumps(SEED), "did you mean FirstName"), (REPEATED_KEY, "stands twice")]
)
def test_a_questionable_seed_file_warns_and_is_refused_when_strict(
    tmp_path: Path, text: str, said: str
) -> None:
    file = tmp_path / "seed.json"
    file.write_text(text)
    with pytest.warns(SeedWarning, match=said) as at_start:
        MockAutopilot(seed=file).close()
    assert at_start[0].filename == __file__
    with pytest.raises(Exception, match="Refused by --strict"):
        MockAutopilot(seed=file, strict=True)


def test_a_wrong_seed_names_the_field(tmp_path: Path) -> None:
    with pytest.raises(ApiError, match=r"contacts\[0\]\.Email must be a string"):
        MockAutopilot(seed={"contacts": [{"Email": 5}]})
    file = tmp_path / "state.json"
    file.write_text("{")
    with pytest.raises(ApiError, match="not JSON"):
        MockAutopilot(seed=file)


@pytest.mark.parametrize(
    ("seed", "field", "said"), QUESTIONABLE_SEEDS, ids=[seed[1] for seed in QUESTIONABLE_SEEDS]
)
def test_a_questionable_seed_warns_at_the_line_that_gives_it(
    seed: dict[str, Any], field: str, said: str
) -> None:
    with pytest.warns(SeedWarning) as at_start:
        autopilot = MockAutopilot(seed=seed)
    with autopilot:
        account = autopilot.new_account()
        with pytest.warns(SeedWarning) as later:
            account.seed(seed)
        assert len(account.contacts) == len(autopilot.contacts) == len(seed["contacts"])
    for warned in (at_start, later):
        (warning,) = warned
        assert warning.filename == __file__
        assert str(warning.message).startswith(f"seed: {field}")
        assert said in str(warning.message)


@pytest.mark.parametrize(
    ("seed", "field", "said"), QUESTIONABLE_SEEDS, ids=[seed[1] for seed in QUESTIONABLE_SEEDS]
)
def test_a_strict_account_refuses_a_questionable_seed(
    seed: dict[str, Any], field: str, said: str
) -> None:
    with pytest.raises(ApiError) as refused:
        MockAutopilot(seed=seed, strict=True)
    assert field in str(refused.value)
    assert said in str(refused.value)
    with MockAutopilot(seed={"contacts": [{"user_id": "u1"}]}, strict=True) as autopilot:
        before = autopilot.state
        with pytest.raises(ApiError, match="Refused by --strict"):
            autopilot.seed(seed)
        assert autopilot.state == before


@pytest.mark.parametrize("seed", [None, [], 5, b"{}"])
def test_a_seed_that_is_neither_a_mapping_nor_a_path_is_a_type_error(seed: Any) -> None:
    with MockAutopilot() as autopilot:
        wanted = "a seed must be a mapping, .*, or the path of a JSON file, got "
        with pytest.raises(TypeError, match=f"{wanted}{type(seed).__name__}: "):
            autopilot.seed(seed)
        assert not autopilot.contacts


def test_a_reset_brings_back_the_same_ids_and_times_and_warns_of_nothing() -> None:
    seed = {"contacts": [ADA, {"user_id": "u1", "Shoe": 5}], "journeys": [{"trigger_id": "0001"}]}
    with pytest.warns(SeedWarning):
        autopilot = MockAutopilot(seed=seed)
    with autopilot:
        before = autopilot.state
        for _ in range(2):
            ask(autopilot, "DELETE", "contact/ada@example.com")
            ask(autopilot, "POST", "contact", {"contact": {"user_id": "u1", "Shoe": 6}})
            ask(autopilot, "POST", "trigger/0001/contact", {"contact": {"user_id": "u1"}})
            assert autopilot.state != before
            with warnings.catch_warnings():
                warnings.simplefilter("error")
                autopilot.reset()
            assert autopilot.state == before
            assert autopilot.calls == []


def test_a_reset_undoes_a_later_seed() -> None:
    with MockAutopilot(seed={"contacts": [ADA]}) as autopilot:
        before = autopilot.state
        autopilot.seed({"contacts": [{"user_id": "u1"}]})
        autopilot.reset()
        assert autopilot.state == before
