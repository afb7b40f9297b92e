"""`mock-autopilot demo`: the specification's examples, sent through the forwarder to the fake."""

import json
import sys
from contextlib import closing
from typing import TYPE_CHECKING, Any

import click

if TYPE_CHECKING:
    from contract_tests.cases.differences import State
    from contract_tests.cases.format import Case
    from contract_tests.cases.runner import Step

#: What the account must have after the space of the fixtures, beside what John is.
AFTER_ENGAGE = {
    "12091906-01011992": {"order_completed_last_30days": True, "total_spent": 65},
    "ada@example.com": {"order_completed_last_30days": False, "total_spent": 12.5},
}
#: Who the account knows before Engage begins: user id and address are one contact.
JOHN = {
    "type": "identify",
    "userId": "12091906-01011992",
    "traits": {"name": "John Joe", "email": "john.doe@example.com"},
}


@click.command()
def demo() -> None:
    """Send the specification's messages to a fake account and show what happened.

    Needs nothing and leaves nothing behind. Exits with 1 when anything is not as specified.
    """
    from contract_tests.cases.format import read_cases
    from mock_autopilot.installation import fixtures_path

    files = sorted((fixtures_path() / "cases").glob("*.json"))
    cases = [case for case in read_cases(files) if case.demo]
    if not cases:
        raise click.ClickException("the fixtures hold no case to show.")
    problems = _show_cases(cases)
    sent = sum(len(case.messages) for case in cases) + _show_engage(problems)
    click.echo()
    for problem in problems:
        click.secho(f"NOT AS SPECIFIED  {problem}", fg="red")
    if problems:
        sys.exit(1)
    click.secho(f"All as specified: {len(cases)} cases and a space, {sent} messages.", fg="green")


def _show_cases(cases: "list[Case]") -> list[str]:
    """Run the cases through the forwarder; return what is not as they expect."""
    from adapter.contract import factory
    from contract_tests.cases.differences import case_differences
    from contract_tests.cases.runner import run_case, settings_for
    from contract_tests.fake import open_fake
    from contract_tests.in_process import FactoryTarget

    problems = []
    with closing(open_fake(host="127.0.0.1", port=0, api_key="demo-key")) as fake:
        click.echo(f"An Autopilot account answers at {fake.settings['base_url']}")
        for case in cases:
            _headline(case)
            steps = []
            for step in run_case(case, fake, FactoryTarget(factory, settings_for(case, fake))):
                steps.append(step)
                _show_step(step)
                _show_account(fake.state())
            found = case_differences(case, steps, fake.state(), reference=True)
            problems += [f"{case.id}: {one}" for one in found]
    return problems


def _show_engage(problems: list[str]) -> int:
    """Play a space to an account that has John already; return the number of messages."""
    from adapter import Destination
    from adapter.engage import read_scenario
    from mock_autopilot.cli._timeline import Timeline, header
    from mock_autopilot.cli.engage import play, show_account
    from mock_autopilot.installation import fixtures_path
    from mock_autopilot.mock import MockAutopilot

    click.secho("\n== Engage: an audience and a computed trait through 45 days ==", bold=True)
    click.echo(
        "The first sync comes after six hours or more and sends members only; later ones come "
        "every two to three hours and send changes only. Somebody anonymous is rejected until "
        "there is an address.\n"
    )
    scenario = read_scenario((fixtures_path() / "spaces" / "orders.json").read_bytes())
    timeline = Timeline(scenario.start)
    with (
        MockAutopilot() as account,
        Destination(api_key=account.api_key, base_url=account.base_url) as destination,
    ):
        destination.deliver(JOHN)
        click.echo(header(scenario, scenario.start, account.base_url))
        play(scenario, timeline, destination)
        if show_account(scenario, timeline, account.base_url, account.api_key):
            problems.append("Engage: an account that differs from what was delivered")
        for who, properties in AFTER_ENGAGE.items():
            arrived = account.contacts[who].custom if who in account.contacts else None
            if arrived != properties:
                expected = _json(properties)
                problems.append(f"Engage: {who}: expected {expected}, got {_json(arrived)}")
    click.echo(f"\n{timeline.summary()}")
    return timeline.outcomes.total()


def _headline(case: "Case") -> None:
    click.secho(f"\n== {case.title} ==", bold=True)
    click.echo(case.why)


def _show_step(step: "Step") -> None:
    click.echo()
    _line("Segment message", _json(step.message))
    for call in step.calls:
        _line("  call", f"{call['method']} {call['path']} {_json(call['body'])}")
        _line("  Autopilot says", f"{call['status']} {_json(call['answer'])}")
    result = step.result
    outcome, words = result.details["outcome"], f": {result.message}" if result.message else ""
    colour = "green" if result.delivered else "yellow"
    _line("  outcome", click.style(f"{outcome} ({result.status}){words}", fg=colour))


def _show_account(state: "State") -> None:
    from contract_tests.cases.differences import as_sent

    contacts = {contact["contact_id"]: contact for contact in state["contacts"]}
    for contact in contacts.values():
        _line("  contact", _json(as_sent(contact)))
    if not contacts:
        _line("  contact", "none was written")
    for journey in state["journeys"]:
        for entry in journey["entries"]:
            contact = contacts.get(entry["contact_id"], {})
            who = contact.get("Email") or contact.get("user_id")
            entered = f"{who} entered with {_json(entry['properties'])}"
            _line(f"  journey {journey['trigger_id']}", entered)


def _line(label: str, text: str) -> None:
    click.echo(f"{label:<18}{text}")


def _json(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False)
