"""What the clauses' tests work with: the account, the forwarder, and one scene after the other."""

from collections.abc import Callable, Iterable
from itertools import count
from typing import Any, TypeVar

import pytest
from hypothesis import example

from contract_tests.clauses import CLAUSES
from contract_tests.fake import DEFAULT_TRIGGER, Fake
from contract_tests.protocol import CannotJudge, Settings, Target
from contract_tests.scene import Scene
from contract_tests.strategies import identify

Test = TypeVar("Test", bound=Callable[..., Any])


class Bench:
    """One account and one forwarder for a whole run."""

    def __init__(self, fake: Fake, target: Target) -> None:
        self._fake = fake
        self._target = target
        self._numbers = count(1)

    @property
    def settings(self) -> Settings:
        """What the forwarder was told."""
        return self._fake.settings

    def trigger_of(self, event: str) -> str:
        """Give the trigger id of an event, as the forwarder was told."""
        journeys: dict[str, str] = self.settings["journeys"]
        return journeys.get(event, DEFAULT_TRIGGER)

    def scene(self) -> Scene:
        """Begin an example."""
        return Scene(self._fake, self._target, next(self._numbers))

    def probe(self) -> None:
        """See that a message comes through at all. Raises `CannotJudge` when no call arrives."""
        with self.scene() as scene:
            person = scene.person("probe@example.com", "probe")
            result = scene.deliver(identify(person, {"plan": "gold"}))
            if not scene.calls():
                raise CannotJudge(
                    f"no call reached the fake at {self.settings['base_url']}: the forwarder "
                    f"said {result.status} {result.message[:200]!r}. Does it send to that base URL?"
                )

    def close(self) -> None:
        """Let go of the forwarder and stop the account."""
        self._target.close()
        self._fake.close()


def each(name: str, values: Iterable[object], /, **others: object) -> Callable[[Test], Test]:
    """Try these values of one argument in every run, before any that are made up.

    They are where forwarders have been seen to go wrong; no seed should miss them.
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
