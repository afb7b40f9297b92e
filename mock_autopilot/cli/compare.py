"""`mock-autopilot compare`: the same messages through two forwarders, and what differs."""

import sys
from collections.abc import Iterator
from contextlib import ExitStack, closing
from typing import TYPE_CHECKING, Any

import click

from mock_autopilot.cli._text import count, printable
from mock_autopilot.cli.contract import errors_without_a_verdict
from mock_autopilot.cli.send import read_files, require_readable

if TYPE_CHECKING:
    from contract_tests.compare import Cause, Delivered
    from contract_tests.fake import Fake
    from contract_tests.protocol import Target

MOST_SHOWN = 20
"""Causes that are shown; of the rest the number is."""


@click.command(context_settings={"max_content_width": 100})
@click.option(
    "--a",
    "first",
    metavar="FORWARDER",
    required=True,
    help="MODULE:FACTORY, http://URL or a command, as `contract` takes them.",
)
@click.option("--b", "second", metavar="FORWARDER", required=True, help="The other one.")
@click.option(
    "--a-port",
    metavar="PORT",
    type=click.IntRange(0, 65535),
    default=0,
    help="Port of the account of --a; needed for a URL.  [default: a free one]",
)
@click.option(
    "--b-port",
    metavar="PORT",
    type=click.IntRange(0, 65535),
    default=0,
    help="The same of --b.",
)
@click.option("--api-key", metavar="KEY", default="contract-key", help="Key of both accounts.")
@click.option(
    "--trigger", metavar="EVENT=ID", multiple=True, help="An event's trigger id; repeatable."
)
@click.argument("files", metavar="EVENTS...|-", nargs=-1, required=True)
def compare(first: str, second: str, files: tuple[str, ...], **options: Any) -> None:
    """Send messages through two forwarders, and show what differs at Autopilot.

    Each forwarder has an account of its own. The files are as `send` takes them. Differences with
    one cause are shown once: how many contacts it touches, the first of them, what each account
    has, and the first message that can have led to it.

    Exits with 0 when the accounts and what was reported are the same, 1 when they differ, 2 when
    they could not be compared.

    \b
    mock-autopilot compare --a old.forwarder:factory --b 'node new.mjs' events.jsonl
    """
    require_readable(files)
    with errors_without_a_verdict():
        status = _compare(first, second, files, options)
    sys.exit(status)


def _compare(first: str, second: str, files: tuple[str, ...], options: dict[str, Any]) -> int:
    from contract_tests.compare import causes
    from contract_tests.fake import open_fake

    with ExitStack() as opened:
        fakes: list[Fake] = []
        targets: list[Target] = []
        for forwarder, port in ((first, options["a_port"]), (second, options["b_port"])):
            fake = open_fake(
                host="127.0.0.1",
                port=port,
                api_key=options["api_key"],
                triggers=options["trigger"],
            )
            fakes.append(opened.enter_context(closing(fake)))
            targets.append(opened.enter_context(closing(_open(forwarder, port, fake))))
        delivered, unread = _deliver(files, targets)
        one, other = (fake.state() for fake in fakes)
        found = causes(delivered, one, other, fakes[0].settings)
    for line in unread:
        click.echo(printable(line), err=True)
    for line in _lines(first, second, len(delivered), found):
        click.echo(printable(line))
    return 1 if found else 0


def _shown(forwarder: str) -> str:
    """Return how a forwarder was named, without what is secret in a URL."""
    from contract_tests.url_target import masked

    is_url = forwarder.startswith(("http://", "https://"))
    return masked(forwarder) if is_url else forwarder


def _open(forwarder: str, port: int, fake: "Fake") -> "Target":
    from contract_tests.protocol import SetupError
    from contract_tests.targets import open_target

    kind = "adapter_command"
    if forwarder.startswith(("http://", "https://")):
        kind = "adapter_url"
        if not port:
            raise SetupError(
                f"{_shown(forwarder)} needs --a-port or --b-port: the port that it sends to"
            )
    elif " " not in forwarder and ":" in forwarder:
        kind = "adapter"
    return open_target({kind: forwarder}, fake.settings)


def _deliver(
    files: tuple[str, ...], targets: "list[Target]"
) -> "tuple[list[Delivered], list[str]]":
    """Hand each message to both; return what they reported, and what could not be read."""
    from contract_tests.compare import Delivered

    delivered, unread = [], []
    for item in read_files(files):
        if item.problem or not isinstance(item.message, dict):
            unread.append(f"{item.place}: {item.problem or 'is no message'}; left out")
            continue
        one, other = (target.deliver(item.message) for target in targets)
        delivered.append(Delivered(item.place, item.message, (one, other)))
    return delivered, unread


def _lines(first: str, second: str, delivered: int, found: "list[Cause]") -> Iterator[str]:
    from contract_tests.comparison import Missing
    from contract_tests.text import shown

    def value(one: object) -> str:
        return "nothing" if isinstance(one, Missing) else shown(one)[:200]

    yield f"a  {_shown(first)}"
    yield f"b  {_shown(second)}"
    yield ""
    same = "no difference" if not found else count(len(found), "difference")
    yield f"{count(delivered, 'message')} through both: {same}"
    for number, cause in enumerate(found[:MOST_SHOWN], start=1):
        of = f", first of {cause.where}" if cause.where else ""
        yield ""
        yield f"{number}. {cause.what}: {count(cause.times, 'time')}{of}"
        yield f"   a  {value(cause.one)}"
        yield f"   b  {value(cause.other)}"
        if cause.message is not None:
            yield f"   {cause.place}: {shown(cause.message)[:300]}"
    if len(found) > MOST_SHOWN:
        yield ""
        yield f"and {len(found) - MOST_SHOWN} more"
