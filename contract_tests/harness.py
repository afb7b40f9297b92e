"""What the clauses are tested with: the fake account, the forwarder, and the examples."""

import json
import os
import time
from collections.abc import Callable, Iterable
from datetime import UTC, datetime
from itertools import count
from typing import Any, TypeVar

import pytest
from hypothesis import example

from contract_tests.cases.format import Json
from contract_tests.clauses import CLAUSES
from contract_tests.example import Example
from contract_tests.fake import DEFAULT_TRIGGER, Fake, open_fake
from contract_tests.in_process import open_here
from contract_tests.moved import Moved
from contract_tests.protocol import Message, Result, Settings, SetupError, Target
from contract_tests.setup_check import no_call, wrong_setup
from contract_tests.strategies import identify, track
from contract_tests.targets import open_target
from contract_tests.waiting import Flushed, Paced, Settled

Test = TypeVar("Test", bound=Callable[..., Any])

PATIENCE = 2.0
"""Seconds to wait for a call."""
RECOVERY = 5.0
"""Seconds to wait for the own attempts of a forwarder that answers before it delivers."""
TOO_MANY = 429
EPOCH = 1_700_000_000
"""Seconds since 1970 at some time in 2023: it keeps numbers short."""


class Harness:
    """One account and one forwarder for a whole run."""

    def __init__(self, fake: Fake, target: Target, first: int = 1) -> None:
        self.fake = fake
        self.target = target
        self.findings: dict[str, Json] = {}
        """The smallest counterexample of each clause about what may not change, since `take`."""
        self._numbers = count(first)

    @property
    def settings(self) -> Settings:
        """The forwarder's settings."""
        return self.fake.settings

    def trigger_of(self, event: str) -> str:
        """Return the trigger id of an event in the forwarder's settings."""
        journeys: dict[str, str] = self.settings["journeys"]
        return journeys.get(event, DEFAULT_TRIGGER)

    def example(self) -> Example:
        """Start an example: the account is emptied."""
        return Example(self.fake, self.target, next(self._numbers), self._note)

    def _note(self, found: Moved, counterexample: Json) -> None:
        known = self.findings.get(found.clause)
        if known is None or size(counterexample) < size(known):
            self.findings[found.clause] = counterexample

    def take_findings(self) -> dict[str, Json]:
        """Return the findings since they were taken last."""
        taken, self.findings = self.findings, {}
        return taken

    def recover(self, patience: float = RECOVERY) -> None:
        """End the faults; wait until a call gets through, `patience` seconds at most."""
        self.fake.end_faults()
        before = len(self.fake.calls())
        deadline = time.monotonic() + patience
        while time.monotonic() < deadline:
            if any(call["status"] and call["status"] < 300 for call in self.fake.calls()[before:]):
                return
            time.sleep(0.01)  # between looks, as in `_came_in_time`

    def probe(self, patience: float = PATIENCE) -> None:
        """Check that messages arrive, and that they have arrived when the forwarder answers.

        `patience` is how many seconds to wait for a call that has not arrived yet.

        Raises:
            SetupError: no call arrives, or one only after the forwarder has answered, or the key,
                the base URL or the journeys are others.

        """
        with self.example() as example:
            person = example.person("probe@example.com", "probe")
            first, *others = (
                identify(person, {"plan": "gold"}),
                track(person, "Step Activated", {"property": "test"}),
                identify(person, {"plan": "free"}),
                track(person, "Order Completed", {"property": "test"}),
            )
            result = example.deliver(first)
            if not self._came_in_time(example, 0, patience):
                raise SetupError(no_call(self.settings, result, os.environ))
            for message in others:
                before = len(example.calls())
                example.deliver(message)
                self._came_in_time(example, before, patience)
            if wrong := wrong_setup(self.settings, example.calls(), example.state()):
                raise SetupError(wrong)

    def _came_in_time(self, example: Example, before: int, patience: float) -> bool:
        """Return whether the last message led to calls, beside those `before`.

        Raises `SetupError` when one came after the forwarder had answered: its results say
        nothing, and what a clause looks at may not be there yet.
        """
        answered = datetime.now(UTC)
        calls = example.calls()[before:]
        late = any(datetime.fromisoformat(call["time"]) > answered for call in calls)
        deadline = time.monotonic() + patience
        while not calls and time.monotonic() < deadline:
            time.sleep(0.01)
            calls = example.calls()[before:]
            late = bool(calls)
        if late:
            raise SetupError(
                "the forwarder answers before it delivers: a call reached the fake after it had "
                "answered. Let it answer a message when Autopilot has answered the calls for it, "
                "or wait for it: with a function flush() beside a factory's deliver(), --flush for "
                "a server or a command, or --settle SECONDS, long enough"
            )
        return bool(calls)

    def close(self) -> None:
        """Close the forwarder and stop the fake."""
        self.target.close()
        self.fake.close()


def size(counterexample: Json) -> tuple[int, int]:
    """Return how much there is to read of a counterexample: messages, and characters of them."""
    messages = counterexample["messages"]
    return len(messages), len(json.dumps(messages))


class TargetLost(BaseException):
    """The target was lost in a test, which says nothing of the clause; Hypothesis stops at once."""


class _Watched:
    """A target whose loss in the middle of a run ends the run; one that limits it, too."""

    def __init__(self, target: Target, fake: Fake) -> None:
        self._target = target
        self._fake = fake

    def deliver(self, message: Message) -> Result:
        try:
            result = self._target.deliver(message)
        except SetupError as error:
            raise TargetLost(str(error)) from None
        if result.status == TOO_MANY and all(
            call["status"] and call["status"] < 400 for call in self._fake.calls()
        ):
            raise TargetLost(
                "the forwarder answers 429 by itself, and the fake has not: it limits how many "
                "messages it takes. Say how many a second, fewer than now: --rate-limit N"
            )
        return result

    def close(self) -> None:
        self._target.close()


def open_harness(option: Any) -> Harness:
    """Start the fake, open the forwarder, and check that they reach one another.

    Raises `SetupError` when they do not.
    """
    if option.adapter_url and not (option.mock_port or option.start):
        raise SetupError(
            "--adapter-url needs --mock-port, the port that the forwarder sends to, or --start CMD "
            "to start the forwarder"
        )
    fake = open_fake(
        host=option.mock_host,
        port=option.mock_port,
        api_key=option.api_key,
        triggers=option.trigger or (),
    )
    target = None
    try:
        target = open_forwarder(option, fake, fake.settings)
        harness = Harness(fake, _Watched(target, fake), first=_first_number(option))
        harness.probe()
    except BaseException as error:  # an interrupt too
        if target:
            target.close()
        fake.close()
        if isinstance(error, TargetLost):
            raise SetupError(str(error)) from None
        raise
    return harness


def open_forwarder(option: Any, fake: Fake, settings: Settings) -> Target:
    """Open the forwarder that the options name, to send to the fake with these settings.

    Raises `SetupError` when it cannot be opened.
    """
    if option.adapter and option.flush:
        raise SetupError("--flush is for a server or a command: a factory has flush() beside it")
    kinds = ("adapter", "adapter_url", "adapter_command")
    named = {kind: getattr(option, kind) for kind in kinds}
    target: Target
    if getattr(option, "in_process", False):
        target = open_here(option.adapter, settings)
    else:
        target = open_target(
            named,
            settings,
            option.timeout,
            headers=option.adapter_header or (),
            start=option.start,
        )
    if option.rate_limit:
        target = Paced(target, option.rate_limit)
    if option.flush:
        target = Flushed(target)
    if option.settle:
        target = Settled(target, fake, option.settle)
    return target


def _first_number(option: Any) -> int:
    """Return the number of the first example, which the people of an example are named by.

    A server that goes on after a run may remember them: another run has others. Nothing takes
    numbers faster than a thousand a second.
    """
    stays = option.adapter_url and not option.start
    return (int(time.time()) - EPOCH) * 1000 if stays else 1


def each(name: str, values: Iterable[object], /, **others: object) -> Callable[[Test], Test]:
    """Try these values of one argument in every run, before those that Hypothesis generates.

    Forwarders have been seen to go wrong there, so no seed may miss them.
    """

    def decorate(test: Test) -> Test:
        for value in values:
            test = example(**{name: value}, **others)(test)
        return test

    return decorate


def clause(clause_id: str) -> pytest.MarkDecorator:
    """Mark a test as one of a clause's."""
    if clause_id not in CLAUSES:
        raise ValueError(f"there is no clause {clause_id}")
    return pytest.mark.clause(clause_id)
