"""The command line, the only package that imports both the fake and the forwarder.

A command imports what it needs when it runs, so that `--help` and the other commands stay quick.
"""

import sys

import click

from mock_autopilot.cli._own_packages import find_own_packages_first
from mock_autopilot.cli._text import escape_unencodable
from mock_autopilot.cli.compare import compare
from mock_autopilot.cli.contract import contract
from mock_autopilot.cli.demo import demo
from mock_autopilot.cli.engage import engage
from mock_autopilot.cli.record import record
from mock_autopilot.cli.send import send
from mock_autopilot.cli.serve import serve
from mock_autopilot.installation import installed_version


@click.group(context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
@click.version_option(installed_version(), prog_name="mock-autopilot")
def main() -> None:
    """Fake the Autopilot REST API, and forward Segment messages to it.

    \b
    See it work:             mock-autopilot demo
    Run the fake:            mock-autopilot serve
    Forward messages to it:  mock-autopilot send messages.jsonl
    Keep what it received:   mock-autopilot record --pytest test_recorded.py
    Play Segment Engage:     mock-autopilot engage space.json
    Certify a forwarder:     mock-autopilot contract --adapter package.module:factory
    """
    find_own_packages_first()
    for stream in (sys.stdout, sys.stderr):
        escape_unencodable(stream)


main.add_command(serve)
main.add_command(send)
main.add_command(record)
main.add_command(engage)
main.add_command(demo)
main.add_command(contract)
main.add_command(compare)
