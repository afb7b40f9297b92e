"""Make docs/reach.md: what the generators of the suite reach. `make reach`."""

import sys
from pathlib import Path

from contract_tests.options import EXAMPLES
from contract_tests.protocol import Message
from tests.contract.forwarders.forwarder import Forwarder
from tests.contract.reach import features, reached
from tests.contract.suite import harness_for, suite_tests

SEED = 1
TABLE = Path(__file__).parents[2] / "docs" / "reach.md"

HEAD = f"""# What the generated messages reach

Made by `make reach`; do not edit. How many of the messages of a run of the contract
(`--seed {SEED} --examples {EXAMPLES}`, the default number) have each of these features. Names and
values are those of traits and properties; a person is the same if a message has named both
identifiers. None is zero: a test sees to that.

| feature | messages |
| --- | --- |"""


def messages_of_a_run(examples: int) -> list[Message]:
    """Return the messages that a forwarder gets in one run of all clauses."""
    sent: list[Message] = []

    class Recording(Forwarder):
        def __call__(self, message: Message) -> Message | None:
            sent.append(message)
            return super().__call__(message)

    with harness_for(Recording) as harness:
        for clause, tests in suite_tests(examples).items():
            for test in () if clause.startswith("ELS-") else tests:  # they are asked everywhere
                test(harness, SEED)
    return sent


def document(messages: list[Message]) -> str:
    """Return the text of docs/reach.md."""
    counts = reached(messages)
    rows = [f"| {feature} | {counts[feature]} |" for feature in features()]
    return "\n".join([HEAD, f"| all | {len(messages)} |", *rows, ""])


def main() -> int:
    TABLE.write_text(document(messages_of_a_run(EXAMPLES)), "utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
