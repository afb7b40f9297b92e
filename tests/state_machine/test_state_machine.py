"""Random lives of an account, over HTTP, side by side with the plain model of `model.py`."""

from collections import Counter
from http.client import HTTPConnection

from hypothesis import settings
from hypothesis.stateful import run_state_machine_as_test

from mock_autopilot import MockAutopilot
from tests.state_machine.machine import AccountStateMachine


def test_the_fake_does_what_the_model_does(
    server: MockAutopilot, connection: HTTPConnection
) -> None:
    seen: Counter[str] = Counter()

    class Here(AccountStateMachine):
        def __init__(self) -> None:
            super().__init__(server, connection, seen)

    run_state_machine_as_test(
        Here,
        settings=settings(
            # Much the same lives each time, lest now and then one of the below is not among them.
            derandomize=True,
            deadline=None,
            max_examples=60,
            stateful_step_count=40,
            report_multiple_bugs=False,
        ),
    )
    for what in (
        "a merge",
        "a rename",
        "a bulk",
        "a deletion",
        "an entry",
        "an ejection",
        "an ejection by the journey's id",
        "more than one page",
        "400: Invalid contact_id_or_email value provided.",
    ):
        assert seen[what], f"{what} was never tried"
