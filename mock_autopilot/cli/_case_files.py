"""`mock-autopilot contract --case`: fixture cases through somebody's forwarder.

A case with calls is replayed at a fake of its own, and has nothing to do with a forwarder.
"""

from collections.abc import Mapping, Sequence
from contextlib import ExitStack, closing
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import click

from contract_tests.cases.calls import call_differences, run_calls
from contract_tests.cases.differences import Difference, case_differences
from contract_tests.cases.format import Case, read_cases
from contract_tests.cases.runner import check_triggers, run_case, settings_for
from contract_tests.fake import Fake, open_fake
from contract_tests.harness import TargetLost, open_forwarder, open_harness
from contract_tests.options import DEFAULTS, forwarder_name
from contract_tests.protocol import SetupError, Target
from contract_tests.text import printable

#: Options that are about clauses.
_CLAUSE_OPTIONS = (
    "level",
    "contract",
    "clause",
    "examples",
    "seed",
    "known_failures",
    "report",
    "junitxml",
    "n",
)


def run_case_files(names: Sequence[str], options: Mapping[str, Any]) -> int:
    """Run the cases of these files and show what differs.

    Returns:
        0 when all cases hold, 1 when one differs.

    Raises:
        SetupError: a case could not be run.

    """
    defaults = {**DEFAULTS, "in_process": False}
    option = SimpleNamespace(**{**options, **_given(defaults, options)})
    _refuse_clause_options(options)
    if not all(name.strip() for name in names):
        raise SetupError("--case names no file")
    files = [Path(name) for name in names]
    cases = read_cases(files)
    differing = []
    with ExitStack() as opened:
        fake = target = None
        name = forwarder_name(option)
        if name != "none" or any(case.messages for case in cases):
            fake, target = _opened(option, opened)
            click.echo(printable(f"target    {name}"))
            click.echo(f"fake      mock_autopilot.MockAutopilot, {fake.settings['base_url']}\n")
            if option.adapter_url:
                for case in cases:
                    check_triggers(case, fake.settings)
        else:
            click.echo("target    none: the cases hold calls, which are replayed at the fake\n")
        width = max(len(case.id) for case in cases)
        for file, case in zip(files, cases, strict=True):
            try:
                if fake is None or case.calls:
                    found = _replay(case, option)
                else:
                    found = _differences(case, fake, target, option)
            except (SetupError, TargetLost) as error:
                raise SetupError(f"{file}: {error}") from None
            _show(file, case, found, width)
            if found:
                differing.append(case.id)
    listed = f"; differing: {', '.join(differing)}" if differing else ""
    click.echo()
    click.secho(
        printable(f"{len(cases) - len(differing)} of {len(cases)} cases hold{listed}"),
        fg="red" if differing else "green",
    )
    return 1 if differing else 0


def _refuse_clause_options(options: Mapping[str, Any]) -> None:
    for name in _CLAUSE_OPTIONS:
        if options.get(name) not in (None, ()):
            option = "-n" if name == "n" else f"--{name.replace('_', '-')}"
            raise SetupError(f"--case takes no {option}: it runs the cases of the files only")


def _given(defaults: Mapping[str, Any], options: Mapping[str, Any]) -> dict[str, Any]:
    return {
        name: default if options.get(name) is None else options[name]
        for name, default in defaults.items()
    }


def _opened(option: SimpleNamespace, opened: ExitStack) -> tuple[Fake, Target | None]:
    """Open the fake, and the forwarder if it is there for all cases: a server.

    Others are opened once to see that they reach the fake, but not under a debugger, which is not
    to stop there.
    """
    if option.in_process:
        fake = open_fake(
            host=option.mock_host,
            port=option.mock_port,
            api_key=option.api_key,
            triggers=option.trigger or (),
        )
        return opened.enter_context(closing(fake)), None
    harness = opened.enter_context(closing(open_harness(option)))
    return harness.fake, harness.target if option.adapter_url else None


def _differences(
    case: Case, fake: Fake, target: Target | None, option: SimpleNamespace
) -> list[Difference]:
    """Run a case through this forwarder, or one of its own."""
    if target:
        steps = list(run_case(case, fake, target))
    else:
        with closing(open_forwarder(option, fake, settings_for(case, fake))) as own:
            steps = list(run_case(case, fake, own))
    return case_differences(case, steps, fake.state())


def _replay(case: Case, option: SimpleNamespace) -> list[Difference]:
    """Make the calls of a case at a fake of its own."""
    own = case.account
    with closing(
        open_fake(
            host=option.mock_host,
            port=0,
            api_key=option.api_key,
            strict=own.strict,
            auto_journeys=own.auto_journeys,
        )
    ) as fake:
        return call_differences(case, *run_calls(case, fake))


def _show(file: Path, case: Case, found: Sequence[Difference], width: int) -> None:
    verdict, colour = ("differs", "red") if found else ("holds", "green")
    about = " (calls, replayed at the fake)" if case.calls else ""
    click.secho(printable(f"{case.id:<{width}}  {verdict:<7}  {case.title}{about}"), fg=colour)
    if found:
        click.echo(printable(f"  file: {file}"))
        click.echo(printable(f"  source: {case.source}"))
    for one in found:
        expected, arrived = one.in_words()
        click.echo(printable(f"  {one.what}"))
        click.secho(f"    expected  {expected}", fg="green")
        click.secho(f"    arrived   {arrived}", fg="red")
