"""One `serve` process with the options that change what calls are answered."""

import json
from collections.abc import Iterator

import pytest
from click.testing import CliRunner

from mock_autopilot.cli import main
from tests.conftest import KEY, Served, StartServe
from tests.serve.http_calls import CONTACT, bearer, in_chunks


@pytest.fixture(scope="module")
def strict(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    options = ("--strict", "--max-body", "300", "--no-auto-journeys", "--journey", "Trial")
    server = Served(
        *options,
        "--journey",
        "Welcome=0042",
        "--control-token",
        "mellon",
        folder=tmp_path_factory.mktemp("strict"),
        environment={
            "HTTP_PROXY": "http://proxy.invalid",
            "HTTP_X_SECRET": "hunter2",
            "CONTENT_TYPE": "text/secret",
        },
    )
    yield server
    server.close()


def test_journeys_are_the_ones_that_were_defined(strict: Served) -> None:
    triggers = strict.call("GET", "/v1/triggers").body["triggers"]
    assert {t["journey"]: t["trigger_id"] for t in triggers} == {
        "Trial": "0001",
        "Welcome": "0042",
    }
    assert strict.call("POST", "/v1/contact", CONTACT).status == 200
    enter = "/v1/trigger/{}/contact/chris@example.com"
    assert strict.call("POST", enter.format("0042")).status == 200
    answer = strict.call("POST", enter.format("unknown"))
    assert (answer.status, answer.body["message"]) == (404, "Trigger could not be found.")


def test_a_questionable_call_is_refused(strict: Served) -> None:
    answer = strict.call("POST", "/v1/contact", {"contact": {"Email": "a@b.c", "email": "x"}})
    assert answer.status == 400
    assert "contact.email" in answer.body["message"]
    assert strict.call("GET", "/v1/contact/a@b.c").status == 404


def test_a_body_over_the_given_limit_is_refused(strict: Served) -> None:
    def body(length: int) -> bytes:
        plain = b'{"contact":{"Email":"long@b.c","FirstName":"x"}}'
        return plain + b" " * (length - len(plain))

    assert strict.call("POST", "/v1/contact", body(300)).status == 200
    answer = strict.call("POST", "/v1/contact", body(301))
    assert (answer.status, "300 bytes" in answer.body["message"]) == (413, True)
    assert in_chunks(strict, body(300)).status == 200
    assert in_chunks(strict, body(301)).status == 413


def test_control_calls_need_the_token(strict: Served) -> None:
    assert "Control token  mellon\n" in strict.printed
    assert strict.call("GET", "/_mock/state").status == 401
    assert strict.call("GET", "/_mock/state", headers=bearer("friend")).status == 401
    assert strict.call("GET", "/_mock/state", headers=bearer("mellon")).status == 200


def test_environment_variables_are_not_recorded_as_headers(strict: Served) -> None:
    strict.call("GET", "/v1/contacts")
    call = strict.call("GET", "/_mock/calls", headers=bearer("mellon")).body["calls"][-1]
    assert set(call["headers"]) == {"accept-encoding", "autopilotapikey", "host"}
    assert "secret" not in json.dumps(call)


def test_ids_and_times_are_the_same_in_each_run(start_serve: StartServe) -> None:
    runs = []
    for _ in range(2):
        served = start_serve("--id-seed", "7", "--clock", "2026-01-31T10:00:00+01:00")
        named = served.call("POST", "/_mock/accounts", {"name": "a test"}).body["api_key"]
        keys = [KEY, served.call("POST", "/_mock/accounts").body["api_key"], named]
        answers = [served.call("POST", "/v1/contact", CONTACT, key=key).body for key in keys]
        states = [served.call("GET", "/_mock/state", key=key).body for key in keys]
        runs.append((keys, answers, states))
    assert runs[0] == runs[1]
    _, answers, states = runs[0]
    assert len({answer["contact_id"] for answer in answers}) == 3
    times = {state["contacts"][0]["created_at"] for state in states}
    assert times == {"2026-01-31T09:00:00.000Z"}


def test_a_clock_that_is_no_time_is_refused() -> None:
    done = CliRunner().invoke(main, ["serve", "--clock", "noon"])
    assert done.exit_code == 2
    assert "'--clock': clock must be an ISO-8601 date, or date and time" in done.output
