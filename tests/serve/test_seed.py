"""`mock-autopilot serve --seed FILE`: what it starts with, warns about and returns to."""

import json
from pathlib import Path

import pytest

from tests.conftest import StartServe
from tests.serve.http_calls import CONTACT
from tests.serve.processes import one_error, run


def test_it_starts_with_the_seed_and_a_reset_returns_to_it(
    start_serve: StartServe, tmp_path: Path
) -> None:
    seed = tmp_path / "seed.json"
    seed.write_text(
        json.dumps(
            {
                "contacts": [{"Email": "chris@example.com", "FirstName": "Chris"}],
                "journeys": [{"trigger_id": "0001", "name": "Welcome"}],
            }
        )
    )
    served = start_serve("--seed", str(seed))
    who = "/v1/contact/chris@example.com"
    assert served.call("GET", who).body["FirstName"] == "Chris"
    assert served.call("GET", "/v1/triggers").body["triggers"][0]["journey"] == "Welcome"
    assert served.call("DELETE", who).status == 200
    assert served.call("POST", "/_mock/reset").status == 200
    assert served.call("GET", who).status == 200


def test_a_reset_brings_back_the_same_ids_and_times(
    start_serve: StartServe, tmp_path: Path
) -> None:
    seed = tmp_path / "seed.json"
    seed.write_text(json.dumps({"contacts": [CONTACT["contact"], {"user_id": "u1"}]}))
    keys = ("--api-key", "one-key", "--api-key", "other-key")
    served = start_serve("--seed", str(seed), "--journey", "Welcome", *keys)
    states = {}
    for key in ("one-key", "other-key"):
        states[key] = served.call("GET", "/_mock/state", key=key).body
        assert len(states[key]["contacts"]) == 2
        assert served.call("DELETE", "/v1/contact/chris@example.com", key=key).status == 200
        enter = "/v1/trigger/0001/contact"
        assert served.call("POST", enter, {"contact": {"user_id": "u2"}}, key=key).status == 200
    assert served.call("POST", "/_mock/reset", key="one-key").status == 200
    assert served.call("GET", "/_mock/state", key="one-key").body == states["one-key"]
    other = served.call("GET", "/_mock/state", key="other-key").body
    assert [contact["user_id"] for contact in other["contacts"]] == ["u1", "u2"]


@pytest.mark.parametrize(
    ("contact", "field"),
    [
        ({"Email": "a@b.c", "Firstname": "A"}, "contacts[0].Firstname: "),
        ({"Email": "a"}, "contacts[0].Email: "),
        ({"user_id": "null"}, "contacts[0].user_id: "),
    ],
)
def test_a_questionable_seed_warns_once_and_is_refused_when_strict(
    contact: object, field: str, start_serve: StartServe, tmp_path: Path
) -> None:
    seed = tmp_path / "seed.json"
    seed.write_bytes(json.dumps({"contacts": [contact]}).encode("utf-16"))
    served = start_serve("--seed", str(seed))
    (line,) = served.errors.splitlines()
    assert str(seed) in line
    assert field in line
    assert served.call("GET", "/v1/contacts").body["total_contacts"] == 1
    assert served.call("POST", "/_mock/reset").status == 200
    assert served.errors.splitlines() == [line]
    error = one_error(run("--port", "0", "--strict", "--seed", str(seed)))
    assert str(seed) in error
    assert field in error


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("{oops", "is not JSON"),
        ("", "is empty"),
        ("[]", "got an array"),
        ('{"contact": []}', "contact is unknown"),
        ('{"contacts": [{"Email": "a@b.c"}, {"Email": 5}]}', "contacts[1].Email"),
        ('{"contacts": [{"FirstName": "Chris"}]}', "contacts[0]"),
    ],
)
def test_a_wrong_seed_is_an_error(text: str, said: str, tmp_path: Path) -> None:
    seed = tmp_path / "seed.json"
    seed.write_text(text)
    error = one_error(run("--port", "0", "--seed", str(seed)))
    assert str(seed) in error
    assert said in error


def test_a_missing_seed_file_is_an_error(tmp_path: Path) -> None:
    missing = tmp_path / "missing.json"
    assert f"'{missing}' does not exist" in one_error(run("--seed", str(missing)))
