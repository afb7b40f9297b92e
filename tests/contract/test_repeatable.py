"""A forwarder that does otherwise with the same messages another time is told so, once."""

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from contract_tests.broken import Broken
from contract_tests.cases.differences import Difference
from contract_tests.repeatable import broken_in, twice
from tests.contract.running import contract

LOST = Difference("contacts", 1, 0)


def broken() -> Broken:
    return Broken({"messages": [], "differences": [LOST.to_json()]}, [LOST])


def failing_in(*runs: int) -> tuple[list[int], object]:
    count: list[int] = []

    def test() -> None:
        count.append(1)
        if len(count) in runs:
            raise broken()

    return count, twice(test)


def test_a_test_that_passes_is_run_once() -> None:
    count, test = failing_in()
    assert callable(test)
    test()
    assert len(count) == 1


@pytest.mark.parametrize(("runs", "repeatable"), [((1,), False), ((1, 2), True)])
def test_a_test_that_fails_is_run_again(runs: tuple[int, ...], repeatable: bool) -> None:
    count, test = failing_in(*runs)
    assert callable(test)
    with pytest.raises(Broken) as raised:
        test()
    assert len(count) == 2
    assert raised.value.counterexample.get("repeatable", True) is repeatable


def test_what_hypothesis_could_not_repeat() -> None:
    count: list[int] = []

    @settings(database=None, max_examples=5)
    @given(st.integers())
    def test(_: int) -> None:
        count.append(1)
        if len(count) == 2:
            raise broken()

    with pytest.raises(Exception, match=r"unreliable|flaky") as raised:
        twice(test)()
    found = broken_in(raised.value)
    assert found is not None
    assert found.counterexample["differences"] == [LOST.to_json()]
    assert found.counterexample["repeatable"] is False


def test_another_error_shows_nothing_of_a_clause() -> None:
    assert broken_in(ValueError("a defect")) is None


def test_a_forwarder_that_loses_some_messages_is_one_finding(folder: Path) -> None:
    groups = ("--clause", "IDR", "--clause", "IDN", "--examples", "3")
    done = contract(folder, "--adapter", "losing:factory", *groups)
    assert done.returncode == 1, done.stdout
    assert "failed: the same messages do not lead to the same another time: once " in done.stdout
    assert "\n1. the same messages" in done.stdout
    assert "\n2. " not in done.stdout
