"""`mock-autopilot demo`: the specification's examples, sent through the forwarder to the fake."""

import json
import sys
from typing import TYPE_CHECKING, Any

import click

if TYPE_CHECKING:
    from mock_autopilot.cli._cases import Case, Step
    from mock_autopilot.mock import AccountView, MockAutopilot

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
    from mock_autopilot.cli._cases import differences, load_cases
    from mock_autopilot.mock import MockAutopilot

    problems: list[str] = []
    cases = [case for case in load_cases() if case.demo]
    if not cases:
        raise click.ClickException("the fixtures hold no case to show.")
    with MockAutopilot() as autopilot:
        click.echo(f"An Autopilot account answers at {autopilot.base_url}")
        for case in cases:
            account = autopilot.new_account()
            _headline(case)
            steps = []
            for step in case.run(account):
                steps.append(step)
                _show_step(step)
                _show_account(account)
            problems += differences(case, steps, account)
        sent = sum(len(case.messages) for case in cases) + _show_engage(autopilot, problems)
    click.echo()
    for problem in problems:
        click.secho(f"NOT AS SPECIFIED  {problem}", fg="red")
    if problems:
        sys.exit(1)
    click.secho(f"All as specified: {len(cases)} cases and a space, {sent} messages.", fg="green")


def _show_engage(autopilot: "MockAutopilot", problems: list[str]) -> int:
    """Play a space to an account that has John already; give how many messages there were."""
    from adapter import Destination
    from adapter.engage import read_scenario
    from mock_autopilot.cli._timeline import Timeline, header
    from mock_autopilot.cli.engage import play, show_account
    from mock_autopilot.fixtures import fixtures_path

    click.secho("\n== Engage: an audience and a computed trait through 45 days ==", bold=True)
    click.echo(
        "The first sync comes after six hours or more and sends members only; later ones come "
        "every two to three hours and send changes only. Somebody anonymous is rejected until "
        "there is an address.\n"
    )
    scenario = read_scenario((fixtures_path() / "spaces" / "orders.json").read_bytes())
    account = autopilot.new_account()
    timeline = Timeline(scenario.start)
    with Destination(api_key=account.api_key, base_url=account.base_url) as destination:
        destination.deliver(JOHN)
        click.echo(header(scenario, scenario.start, account.base_url))
        play(scenario, timeline, destination)
    if show_account(scenario, timeline, account.base_url, account.api_key):
        problems.append("Engage: an account that differs from what was delivered")
    for who, properties in AFTER_ENGAGE.items():
        arrived = account.contacts[who].custom if who in account.contacts else None
        if arrived != properties:
            problems.append(f"Engage: {who}: expected {_json(properties)}, got {_json(arrived)}")
    click.echo(f"\n{timeline.summary()}")
    return timeline.outcomes.total()


def _headline(case: "Case") -> None:
    click.secho(f"\n== {case.title} ==", bold=True)
    click.echo(case.why)


def _show_step(step: "Step") -> None:
    click.echo()
    _line("Segment message", _json(step.message))
    for call in step.calls:
        _line("  call", f"{call.method} {call.path} {_json(call.body)}")
        _line("  Autopilot says", f"{call.status} {_json(call.answer)}")
    delivery = step.delivery
    status = f" ({delivery.status})" if delivery.status else ""
    words = f": {delivery.message}" if delivery.message else ""
    colour = "green" if delivery.delivered else "yellow"
    _line("  outcome", click.style(f"{delivery.outcome}{status}{words}", fg=colour))


def _show_account(account: "AccountView") -> None:
    from mock_autopilot.cli._cases import contacts_of

    for contact in contacts_of(account):
        _line("  contact", _json(contact))
    if not account.contacts:
        _line("  contact", "none was written")
    for journey in account.journeys.values():
        for entry in journey.entries:
            who = entry.contact and (entry.contact.email or entry.contact.user_id)
            entered = f"{who} entered with {_json(entry.properties)}"
            _line(f"  journey {journey.name}", entered)


def _line(label: str, text: str) -> None:
    click.echo(f"{label:<18}{text}")


def _json(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False)
