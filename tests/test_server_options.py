"""The options of a fake: one source for the command line and for Python code."""

import inspect
import re
from dataclasses import fields

import pytest
from click.testing import CliRunner

from mock_autopilot import MockAutopilot
from mock_autopilot.cli import main
from mock_autopilot.options import ServerOptions, account_part, parse_journey

NAMES = {option.name for option in fields(ServerOptions)}


def test_python_code_takes_every_option_with_its_default() -> None:
    taken = inspect.signature(MockAutopilot).parameters
    assert set(taken) == NAMES
    for option in fields(ServerOptions):
        assert taken[option.name].default == option.default
        assert f"{option.name}: {option.metadata['help']}" in (MockAutopilot.__init__.__doc__ or "")


def test_serve_takes_every_option_with_its_help() -> None:
    shown = " ".join(CliRunner().invoke(main, ["serve", "--help"]).output.split())
    for option in fields(ServerOptions):
        name = option.name.replace("_", "-").removesuffix("s" if option.name == "journeys" else "")
        assert f"--{name} " in shown
        assert option.metadata["help"].split("  ")[0] in shown
    for default in ("127.0.0.1", "8025", "1048576", "10000", "sandbox-key", "auto-journeys"):
        assert f"[default: {default}" in shown.replace("auto- journeys", "auto-journeys")


@pytest.mark.parametrize(
    ("name", "value", "why"),
    [
        ("port", -1, "port must be at least 0, got -1"),
        ("port", 65536, "port must be at most 65535, got 65536"),
        ("max_body", 0, "max_body must be at least 1, got 0"),
        ("journal_size", -1, "journal_size must be at least 0, got -1"),
    ],
)
def test_a_number_out_of_its_limits_is_refused(name: str, value: int, why: str) -> None:
    with pytest.raises(ValueError, match=f"^{why}$"):
        MockAutopilot(**{name: value})  # type: ignore[arg-type]  # is refused


@pytest.mark.parametrize(
    ("name", "value", "why"),
    [
        ("strict", "no", "strict must be True or False, got 'no'"),
        ("any_key", 1, "any_key must be True or False, got 1"),
        ("auto_journeys", None, "auto_journeys must be True or False, got None"),
        ("api_key", None, "api_key must be a string, got None"),
        ("host", 127, "host must be a string, got 127"),
        ("control_token", b"x", "control_token must be a string, got b'x'"),
    ],
)
def test_a_value_of_the_wrong_type_is_refused(name: str, value: object, why: str) -> None:
    with pytest.raises(TypeError, match=f"^{why}$"):
        MockAutopilot(**{name: value})  # type: ignore[arg-type]  # is refused


def test_an_account_with_options_of_its_own_has_them_checked_too() -> None:
    with MockAutopilot() as autopilot, pytest.raises(TypeError, match=r"^strict must be True"):
        autopilot.new_account(strict="no")  # type: ignore[arg-type]  # is refused


EXAMPLE = 'as in journeys=["Trial", ("Welcome", "0001")]'


@pytest.mark.parametrize(
    ("journeys", "why"),
    [
        ("Welcome", f"journeys must be a list, {EXAMPLE}; got 'Welcome'"),
        ({"Welcome": "1"}, f"journeys must be a list, {EXAMPLE}; got {{'Welcome': '1'}}"),
        ([("Welcome", 1)], f"pairs of a name and a trigger id or None, {EXAMPLE}; got"),
        (["Welcome=1"], "journeys takes pairs: write ('Welcome', '1') in place of 'Welcome=1'"),
        (["Welcome="], "journeys takes pairs: write ('Welcome', None) in place of 'Welcome='"),
        (["A", ("A", "1")], "journeys has the name 'A' twice; give each one its own"),
    ],
)
def test_journeys_that_are_no_list_of_names_and_pairs_are_refused(
    journeys: object, why: str
) -> None:
    with pytest.raises((TypeError, ValueError), match=re.escape(why)):
        MockAutopilot(journeys=journeys)  # type: ignore[arg-type]  # is refused


def test_serve_refuses_two_journeys_of_one_name() -> None:
    refused = CliRunner().invoke(main, ["serve", "--journey", "A", "--journey", "A=1"])
    assert refused.exit_code == 2
    assert "journeys has the name 'A' twice" in refused.output


def test_an_option_that_does_not_exist_is_refused() -> None:
    with pytest.raises(TypeError, match="no option 'strikt'; did you mean strict"):
        MockAutopilot(strikt=True)  # type: ignore[call-arg]


def test_the_size_of_the_record_and_journeys_can_be_set_in_python() -> None:
    with MockAutopilot(journal_size=1, journeys=(("Welcome", "0007"),)) as autopilot:
        assert [journey.name for journey in autopilot.journeys.values()] == ["Welcome"]
        account = autopilot._account
        assert account.journal.size == 1


def test_a_journey_of_the_command_line() -> None:
    assert parse_journey("Welcome") == ("Welcome", None)
    assert parse_journey("Welcome=0001") == ("Welcome", "0001")
    with pytest.raises(ValueError, match=r"'=0001' has no name; write NAME or NAME=TRIGGER_ID\."):
        parse_journey("=0001")
    with pytest.raises(ValueError, match=r"the trigger id 'a/b' may hold no slash\."):
        parse_journey("Welcome=a/b")


def test_the_part_of_the_options_that_accounts_have() -> None:
    assert account_part({"strict": True, "host": "0.0.0.0", "id_seed": None}) == {
        "strict": True,
        "id_seed": None,
    }
