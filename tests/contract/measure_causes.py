"""Measure how often a verdict names first the clause that a mistake is about.

`python -m tests.contract.measure_causes --count 85`. Slow: a whole run of each broken forwarder,
about five seconds. A random part of them, chosen by `--seed`, stands for all.
"""

import argparse
import random
import sys

from contract_tests.causes import causes_of
from tests.contract.forwarders.broken import BROKEN
from tests.contract.suite import failed_rows

EXAMPLES = 4


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--count", type=int, default=len(BROKEN), help="how many (all)")
    parser.add_argument("--seed", type=int, default=1, help="chooses them (1)")
    options = parser.parse_args()
    names = random.Random(options.seed).sample(sorted(BROKEN), options.count)
    first = groups = 0
    for name in names:
        causes = causes_of(failed_rows(BROKEN[name].factory, EXAMPLES))
        groups += len(causes)
        named = causes[0].row["id"] if causes else "nothing"
        first += named == BROKEN[name].clause
        if named != BROKEN[name].clause:
            sys.stdout.write(f"{name}: {named} is named first, not {BROKEN[name].clause}\n")
    sys.stdout.write(f"{first} of {len(names)}; {groups / len(names):.2f} causes each\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
