"""Measure a simulated month of Engage for many profiles: messages, time, memory.

The time is compared with that of computing alone, in the same run: every predicate and trait for
every profile at every sync, which is the least that a simulation with arbitrary functions needs.
"""

import argparse
import random
import resource
import time
from datetime import UTC, datetime, timedelta

from adapter.engage import Space

START = datetime(2026, 1, 1, tzinfo=UTC)
MONTH = timedelta(days=30)


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--profiles", type=int, default=100_000, help="how many (100000)")
    options = parser.parse_args()
    space = make_space(options.profiles)
    before = _megabytes()
    synced, messages, instants = _sync_all(space)
    grown = _megabytes() - before
    computed = _compute_all(space, instants)
    print(f"{options.profiles:,} profiles, an audience and a computed trait, 30 days:")
    print(f"{len(instants):,} syncs, {messages:,} messages")
    print(f"{synced:.1f} s; computing alone {computed:.1f} s: ratio {synced / computed:.2f}")
    print(f"{before:.0f} MB before the first sync, {grown:.0f} MB more after the last")


def make_space(count: int) -> Space:
    """Return a space: every second profile has an address, each up to three orders in 90 days."""
    generator = random.Random(1)
    space = Space(clock=lambda: START)
    space.add_audience(
        "Order Completed Last 30days",
        lambda profile, now: profile.count("Order Completed", now, MONTH) > 0,
    )
    space.add_trait("order_count", lambda profile, now: profile.count("Order Completed", now))
    for number in range(count):
        emails = [f"u{number}@example.com"] if number % 2 else []
        profile = space.add_profile(user_ids=[f"u{number}"], emails=emails)
        for _ in range(generator.choice((0, 0, 1, 2, 3))):
            at = START + timedelta(seconds=generator.randrange(-60 * 86_400, 30 * 86_400))
            profile.track("Order Completed", at)
    return space


def _sync_all(space: Space) -> tuple[float, int, list[datetime]]:
    """Sync for 30 days; return the seconds, the number of messages, and the times of the syncs."""
    instants = []
    messages = 0
    began = time.perf_counter()
    while space.next_due is not None and space.next_due <= START + MONTH:
        instants.append(space.next_due)
        messages += sum(1 for _ in space.sync(space.next_due))
    return time.perf_counter() - began, messages, instants


def _compute_all(space: Space, instants: list[datetime]) -> float:
    """Compute the audience and the trait in turns at the times of the syncs; return the seconds."""
    began = time.perf_counter()
    for number, now in enumerate(instants):
        space.computations[number % 2].values(space.profiles, now)
    return time.perf_counter() - began


def _megabytes() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


if __name__ == "__main__":
    main()
