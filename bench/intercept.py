"""Measure what an intercepted call costs beside a static stub of `responses`, in the same run.

A call is a POST /v1/contact by `requests`. The stub answers a fixed text and remembers nothing; the
fake checks, stores and records. Both take turns in short pairs, and the ratio is the median of the
pairs' ratios: absolute figures are this machine's at this moment, ratios hold.
"""

import argparse
import platform
import statistics
import time
from collections.abc import Callable
from importlib.metadata import version

import requests
import responses

from mock_autopilot import intercept

URL = "https://api2.autopilothq.com/v1/contact"
HEADERS = {"autopilotapikey": "sandbox-key"}
CUSTOM = {"integer--Age": 41, "string--Plan": "gold"}


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--pairs", type=int, default=40, help="measurements of each (40)")
    parser.add_argument("--calls", type=int, default=200, help="calls in a measurement (200)")
    options = parser.parse_args()
    for measure in (stubbed, intercepted):
        measure(options.calls)
    figures: dict[str, list[float]] = {"static stub": [], "intercept()": []}
    for _ in range(options.pairs):
        for name, measure in zip(figures, (stubbed, intercepted), strict=True):
            figures[name].append(measure(options.calls) / options.calls * 1e6)
    stub, fake = figures.values()
    ratio = statistics.median(ours / static for ours, static in zip(fake, stub, strict=True))
    packages = ", ".join(f"{name} {version(name)}" for name in ("requests", "responses"))
    print(f"Python {platform.python_version()}, {packages}")
    print(f"\n{'µs of CPU for a call of requests':<40}{'min':>8}{'median':>8}{'max':>8}")
    for name, each in figures.items():
        print(f"  {name:<38}{min(each):>8.0f}{statistics.median(each):>8.0f}{max(each):>8.0f}")
    print(f"ratio {ratio:.2f} (median of {options.pairs} pairs)")


def stubbed(calls: int) -> float:
    """Return the seconds of CPU for so many calls to a static stub."""
    with responses.RequestsMock() as mock:
        mock.add("POST", URL, json={"contact_id": "person_00000000-0000-0000-0000-000000000000"})
        return seconds(calls)


def intercepted(calls: int) -> float:
    """Return the seconds of CPU for so many intercepted calls, each of which adds a contact."""
    with intercept():
        return seconds(calls)


def seconds(calls: int, clock: Callable[[], float] = time.process_time) -> float:
    """Return the seconds of CPU for so many calls."""
    with requests.Session() as session:
        began = clock()
        for number in range(calls):
            email = f"p{number:08}@example.com"
            contact = {"Email": email, "FirstName": "Chris", "LastName": "Smith", "custom": CUSTOM}
            answer = session.post(URL, json={"contact": contact}, headers=HEADERS)
            if answer.status_code != 200:
                raise SystemExit(f"not a success: {answer.text}")
        return clock() - began


if __name__ == "__main__":
    main()
