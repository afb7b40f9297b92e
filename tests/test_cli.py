"""The command `demo`, and the help of all commands."""

import importlib
import json
import re
import shutil
import subprocess
import sys
from importlib.metadata import version
from pathlib import Path
from typing import Any

import click
import pytest
from click.testing import CliRunner

from contract_tests.cases.format import read_cases
from mock_autopilot.cli import main
from mock_autopilot.installation import fixtures_path

MISSING = "Missing unique identifier traits. Either `email` or `user_id` traits must be provided"


class TestHelp:
    @pytest.mark.parametrize("name", [None, *main.commands])
    def test_it_tells_of_every_option(self, name: str | None) -> None:
        command: click.Command = main.commands[name] if name else main
        result = CliRunner().invoke(main, [*([name] if name else []), "--help"])
        assert result.exit_code == 0
        with click.Context(command) as context:
            options = [option for p in command.get_params(context) for option in p.opts]
        for option in options:
            if option.startswith("--"):
                assert re.search(rf"{option}\b", result.output), option
        assert command.help
        assert command.help.splitlines()[0] in result.output

    def test_the_commands(self) -> None:
        result = CliRunner().invoke(main, ["--help"])
        commands = {"serve", "send", "record", "engage", "demo", "contract", "compare"}
        assert set(main.commands) == commands
        for name in main.commands:
            assert re.search(rf"^  {name} ", result.output, re.MULTILINE)

    def test_every_option_says_what_it_does(self) -> None:
        for command in main.commands.values():
            for parameter in command.params:
                if isinstance(parameter, click.Option):
                    assert parameter.help, parameter

    def test_the_version(self) -> None:
        result = CliRunner().invoke(main, ["--version"])
        assert result.exit_code == 0
        assert version("mock-autopilot") in result.output

    def test_help_imports_nothing_that_takes_time(self) -> None:
        code = (
            "import sys; from mock_autopilot.cli import main; main(['send', '--help'], "
            "standalone_mode=False); "
            "sys.exit(str({'flask', 'requests', 'granian', 'waitress'} & {*sys.modules} or ''))"
        )
        result = subprocess.run([sys.executable, "-c", code], capture_output=True, check=False)
        assert result.stderr.strip() == b""


class TestDemo:
    def test_it_shows_that_all_is_as_specified(self) -> None:
        result = CliRunner().invoke(main, ["demo"], catch_exceptions=False)
        assert result.exit_code == 0
        last = result.output.splitlines()[-1]
        files = sorted((fixtures_path() / "cases").glob("*.json"))
        shown = [case for case in read_cases(files) if case.demo]
        sent = sum(len(case.messages) for case in shown)
        sent += result.output.count(", delivered\n") + result.output.count(", rejected (400)")
        assert last == f"All as specified: {len(shown)} cases and a space, {sent} messages."
        assert "order_completed_last_30days = false, delivered" in result.output
        for case in shown:
            assert f"== {case.title} ==" in result.output
        assert MISSING in result.output

    def test_engage_that_ends_otherwise_is_named(self, monkeypatch: pytest.MonkeyPatch) -> None:
        module = importlib.import_module("mock_autopilot.cli.demo")
        monkeypatch.setattr(module, "AFTER_ENGAGE", {"u2": {}})
        result = CliRunner().invoke(main, ["demo"])
        assert result.exit_code == 1
        assert "NOT AS SPECIFIED  Engage: u2: expected {}, got null" in result.output

    @pytest.fixture
    def fixtures(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
        """A copy of the fixtures, which the demo is made to use."""
        copy = tmp_path / "fixtures"
        shutil.copytree(fixtures_path(), copy)
        monkeypatch.setattr("mock_autopilot.installation.fixtures_path", lambda: copy)
        return copy

    @pytest.mark.parametrize(
        ("part", "wrong"),
        [
            ("deliveries", [{"delivered": False}]),
            ("reference", {"deliveries": [{"outcome": "failed"}], "calls": []}),
            ("reference", {"deliveries": [{}], "calls": []}),
            ("people", [{"Email": "nobody@example.com"}]),
            ("journeys", {"0099": []}),
        ],
    )
    def test_it_says_what_is_not_as_specified(self, part: str, wrong: Any, fixtures: Path) -> None:
        path = next(iter(sorted((fixtures / "cases").glob("*seed-identify.json"))))
        case = json.loads(path.read_text("utf-8"))
        if part == "journeys":  # a journey that was defined and entered by somebody
            wrong = {"0099": [{"contact": "person_1", "properties": {}}]}
        case["expect"][part] = wrong
        path.write_text(json.dumps(case), "utf-8")
        result = CliRunner().invoke(main, ["demo"], catch_exceptions=False)
        assert result.exit_code == 1
        last = result.output.splitlines()[-1]
        assert last.startswith(f"NOT AS SPECIFIED  {case['id']}: ")
        assert "expected" in last
        assert "All as specified" not in result.output

    def test_without_cases_it_does_not_pass(self, fixtures: Path) -> None:
        for path in (fixtures / "cases").glob("*.json"):
            path.unlink()
        result = CliRunner().invoke(main, ["demo"])
        assert result.exit_code == 1
        assert "no case" in result.output
