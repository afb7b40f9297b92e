"""`AutopilotTestCase`: an account for each test of a `unittest` class."""

import warnings
from collections.abc import Callable, Mapping
from types import TracebackType
from typing import Any, ClassVar, cast
from unittest import TestCase, TestResult

from mock_autopilot.account_view import AccountView
from mock_autopilot.mock import MockAutopilot
from mock_autopilot.options import account_part
from mock_autopilot.testing.watch import Watch

ErrorInfo = tuple[type[BaseException], BaseException, TracebackType] | tuple[None, None, None]


class LateCallWarning(UserWarning):
    """Calls came with the key of an account whose test was over."""


class _NotMade:
    """Stands for an attribute until it is made: it raises AttributeError that says by what."""

    def __init__(self, maker: str) -> None:
        self._maker = maker

    def __set_name__(self, _: type, name: str) -> None:
        self._name = name

    def __get__(self, _: object, owner: type) -> Any:
        text = f"{owner.__name__} has no {self._name}: its {self._maker} must call "
        raise AttributeError(f"{text}super().{self._maker}()")


class AutopilotTestCase(TestCase):
    """A test case whose tests have an Autopilot account each, as `self.autopilot`.

        class TestSignUp(AutopilotTestCase):
            def test_welcome(self):
                sign_up("ada@example.com", self.autopilot.base_url, self.autopilot.api_key)
                assert "ada@example.com" in self.autopilot.contacts

    A class with a `setUp` or `setUpClass` of its own calls that of `super()` first.

    It mixes with other test cases: `class TestIt(AutopilotTestCase, IsolatedAsyncioTestCase)`. The
    error of a test that fails has the calls that came as a note. An error inside the fake fails the
    test that met it. Calls after a test's end are a `LateCallWarning` at the end of the class.
    """

    autopilot_options: ClassVar[Mapping[str, Any]] = {}
    """Options of the fake, as of `MockAutopilot`, for all tests of the class."""
    autopilot_server: ClassVar[MockAutopilot] = cast(MockAutopilot, _NotMade("setUpClass"))
    autopilot: AccountView = cast(AccountView, _NotMade("setUp"))

    @classmethod
    def setUpClass(cls) -> None:
        """Start the server."""
        super().setUpClass()
        cls.autopilot_server = MockAutopilot(**cls.autopilot_options)
        cls.addClassCleanup(cls._stop_autopilot)

    @classmethod
    def _stop_autopilot(cls) -> None:
        cls.autopilot_server.close()
        late = {call.closed_account: call for call in cls.autopilot_server.late_calls}
        for test, call in late.items():
            text = f"{call.method} {call.path} came after the end of {test}, and was refused"
            warnings.warn(text, LateCallWarning, stacklevel=2)

    def setUp(self) -> None:
        """Make the test's account."""
        super().setUp()
        options = account_part(self.autopilot_options)
        self.autopilot = self.autopilot_server.new_account(self.id(), **options)
        self.addCleanup(self.autopilot.close)
        self._autopilot_watch = Watch(self.autopilot_server, self.autopilot)
        self.addCleanup(self._end_autopilot)

    def _end_autopilot(self) -> None:
        self._autopilot_watch.end()
        for defect in self._autopilot_watch.take_defects():
            raise defect

    def run(self, result: TestResult | None = None) -> TestResult | None:
        """Run the test; the errors that it adds to the result have the calls as a note."""
        if result is None:
            return super().run()
        super().run(cast(TestResult, _NotingResult(result, self._autopilot_calls)))
        return result

    def _autopilot_calls(self) -> str:
        return (
            f"Autopilot calls: {self._autopilot_watch.text()}"
            if hasattr(self, "_autopilot_watch")
            else ""
        )


class _NotingResult:
    """A test's result that adds a note to each error before it is told, and is the other else."""

    def __init__(self, result: TestResult, note: Callable[[], str]) -> None:
        self._result = result
        self._note = note

    def __getattr__(self, name: str) -> Any:
        return getattr(self._result, name)

    def addError(self, test: TestCase, error: ErrorInfo) -> None:  # noqa: N802  # unittest's name
        self._result.addError(test, self._noted(error))

    def addFailure(self, test: TestCase, error: ErrorInfo) -> None:  # noqa: N802  # unittest's name
        self._result.addFailure(test, self._noted(error))

    def addSubTest(  # noqa: N802  # unittest's name
        self, test: TestCase, subtest: TestCase, error: ErrorInfo | None
    ) -> None:
        self._result.addSubTest(test, subtest, error and self._noted(error))

    def _noted(self, error: ErrorInfo) -> ErrorInfo:
        if error[1] and (note := self._note()):
            error[1].add_note(note)
        return error
