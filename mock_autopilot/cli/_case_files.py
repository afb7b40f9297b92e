"""`mock-autopilot contract --case`: fixture cases through somebody's forwarder."""

import json
from collections.abc import Iterable, Mapping, Sequence
from contextlib import closing
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import click

from contract_tests.cases.differences import Difference, case_differences
from contract_tests.cases.format import Case, read_cases
from contract_tests.cases.runner import check_triggers, run_case, settings_for
from contract_tests.harness import Harness
from contract_tests.options import TargetLost, forwarder, open_harness
from contract_tests.protocol import SetupError
from contract_tests.targets import open_target

#: Options that are about clauses.
_OTHERS = ("level", "clause", "examples", "seed", "known_failures", "report", "junitxml", "n")
_DEFAULTS = {"mock_host": "127.0.0.1", "mock_port": 0, "api_key": "contract-key"}


def run_case_files(files: Sequence[Path], options: Mapping[str, Any]) -> int:
    """Run cases and show what differs.

    Returns:
        0 when all cases hold, 1 when one differs, 2 when that cannot be said.

    """
    option = SimpleNamespace(**{**options, **_given(_DEFAULTS, options)})
    try:
        _refuse_other_options(options)
        cases = read_cases(files)
        with closing(open_harness(option)) as harness:
            name = option.adapter or option.adapter_url or option.adapter_command
            click.echo(f"target    {name}")
            click.echo(f"fake      mock_autopilot.MockAutopilot, {harness.settings['base_url']}\n")
            if option.adapter_url:
                for case in cases:
                    check_triggers(case, harness.settings)
            width = max(len(case.id) for case in cases)
            found = [_differences(case, harness, option, width) for case in cases]
    except (SetupError, TargetLost) as error:
        click.echo(f"cannot judge: {error}", err=True)
        return 2
    except KeyboardInterrupt:
        click.echo("cannot judge: it was interrupted", err=True)
        return 2
    for file, case, differences in zip(files, cases, found, strict=True):
        _show_differences(file, case, differences)
    differing = [case.id for case, differences in zip(cases, found, strict=True) if differences]
    names = f"; differing: {', '.join(differing)}" if differing else ""
    click.secho(
        f"\n{len(cases) - len(differing)} of {len(cases)} cases hold{names}",
        fg="red" if differing else "green",
    )
    return 1 if differing else 0


def _refuse_other_options(options: Mapping[str, Any]) -> None:
    for name in _OTHERS:
        if options.get(name):
            option = "-n" if name == "n" else f"--{name.replace('_', '-')}"
            raise SetupError(f"--case takes no {option}: it runs the cases of the files only")


def _given(defaults: Mapping[str, Any], options: Mapping[str, Any]) -> dict[str, Any]:
    return {
        name: default if options[name] is None else options[name]
        for name, default in defaults.items()
    }


def _differences(
    case: Case, harness: Harness, option: SimpleNamespace, width: int
) -> list[Difference]:
    """Run a case through a forwarder of its own, or through the server that there is."""
    if option.adapter_url:
        steps = list(run_case(case, harness.fake, harness.target))
    else:
        with closing(open_target(forwarder(option), settings_for(case, harness.fake))) as target:
            steps = list(run_case(case, harness.fake, target))
    found = case_differences(case, steps, harness.fake.state())
    verdict, colour = ("differs", "red") if found else ("holds", "green")
    click.secho(f"{case.id:<{width}}  {verdict:<7}  {case.title}", fg=colour)
    return found


def _show_differences(file: Path, case: Case, differences: Iterable[Difference]) -> None:
    if differences:
        click.secho(f"\n{case.id}: {case.title}  ({file})", fg="red")
        click.echo(f"  source: {case.source}")
    for one in differences:
        there = one.to_json()
        click.echo(f"  {one.what}")
        click.secho(f"    expected  {_json(one.expected)}", fg="green")
        click.secho(
            f"    arrived   {_json(there['arrived']) if 'arrived' in there else 'nothing'}",
            fg="red",
        )


def _json(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False)
