"""The assertions of an account, for tests in Python."""

from collections.abc import Callable, Mapping
from copy import copy
from inspect import isawaitable, iscoroutine
from typing import Any, Self, TypeVar

from mock_autopilot.account.account import Account
from mock_autopilot.account.accounts import Accounts
from mock_autopilot.account.errors import ApiError
from mock_autopilot.arguments import require_count, require_seconds, require_text
from mock_autopilot.assertions.calls import (
    ANYTHING,
    CallsCheck,
    NoRejectionsCheck,
    NoWarningsCheck,
    calls_check,
)
from mock_autopilot.assertions.check import Check
from mock_autopilot.assertions.contacts import ContactCheck, NoContactCheck
from mock_autopilot.assertions.journeys import JourneyCheck
from mock_autopilot.assertions.seen import Seen, seen_by
from mock_autopilot.assertions.waiting import wait_until
from mock_autopilot.views import Calls, ContactView, EntryView

T = TypeVar("T")


class Assertions:
    """Assertions about an account, whose failures say what came nearest, and why.

    An expected value may be a plain one; a dict, of which each key must match, while others do not
    matter; a list, of which each item must match; a matcher, that is an object with an `__eq__` of
    its own; or a predicate, that is a function which takes the value and says whether it is right.
    """

    _accounts: Accounts
    _explains = True

    @property
    def _account(self) -> Account:
        """The account that is looked at."""
        raise NotImplementedError

    def assert_contact(
        self, identifier: str, /, *, custom: Mapping[str, Any] | None = None, **fields: Any
    ) -> ContactView:
        """Assert that there is a contact with these fields; return it.

        `identifier` is an address, user id or contact id. `fields` are those of the contact's
        document (`FirstName="Ada"`), `custom` the custom fields by name (`{"Plan": "pro"}`); a name
        with a type before it (`string--Plan`) asks for the type too. None stands for a field that
        the contact does not have.
        """
        __tracebackhide__ = True
        require_text("identifier", identifier)
        self._assert(ContactCheck(identifier, fields, custom or {}))
        view: ContactView = seen_by(self._accounts, self._account).contacts[identifier]
        return view

    def assert_no_contact(self, identifier: str, /) -> None:
        """Assert that there is no contact with this address, user id or contact id."""
        __tracebackhide__ = True
        require_text("identifier", identifier)
        self._assert(NoContactCheck(identifier))

    def assert_in_journey(
        self,
        journey: str,
        identifier: str,
        *,
        properties: Any = None,
        times: int | None = None,
    ) -> list[EntryView]:
        """Assert that a contact is in a journey; return its entries, oldest first.

        `journey` is a name, trigger id or journey id; `identifier` an address, user id or contact
        id. Only entries count that have not ended, and have these `properties`. `times` is how many
        there must be; None means one or more, 0 none.
        """
        __tracebackhide__ = True
        require_text("journey", journey)
        require_text("identifier", identifier)
        require_count("times", times)
        check = JourneyCheck(journey, identifier, properties, times)
        return check.entries(self._assert(check))

    def assert_called(
        self, method: str, path: str, *, json: Any = ANYTHING, times: int | None = None
    ) -> Calls:
        """Assert that a call of the API was made; return the calls that match, oldest first.

        In `path` (`/v1/contact/*`), `*` stands for anything. `json` is the request's body, as a
        rule a partial one. `times` is how many such calls there must be; None means one or more.
        It does not matter how they were answered: see `assert_no_rejections`.
        """
        __tracebackhide__ = True
        require_count("times", times)
        check = _calls_check(method, path, json, times)
        return check.found(self._assert(check))

    def assert_not_called(
        self, method: str | None = None, path: str | None = None, *, json: Any = ANYTHING
    ) -> None:
        """Assert that no such call was made; no call at all when nothing is given.

        Fails also when the record has dropped calls, since nobody can tell then.
        """
        __tracebackhide__ = True
        self._assert(_calls_check(method, path, json, 0))

    def assert_no_rejections(self) -> None:
        """Assert that no call was rejected; an answer that a fault asked for is no rejection."""
        __tracebackhide__ = True
        self._assert(NoRejectionsCheck())

    def assert_no_warnings(self) -> None:
        """Assert that no call had anything about it that looks wrong."""
        __tracebackhide__ = True
        self._assert(NoWarningsCheck())

    def wait_for(self, condition: Callable[[Self], T], timeout: float = 5.0) -> T:
        """Wait until a condition holds, and return its result; for code that sends in background.

        `condition` gets this account. It holds when it returns something true, or None as the
        assertions do, and not as long as it raises AssertionError or LookupError:
        `autopilot.wait_for(lambda seen: seen.assert_contact("ada@example.com"))`. It is tried again
        after each call that the account receives. After `timeout` seconds it is an AssertionError
        with the last failure's text. It blocks its thread: from a coroutine use
        `asyncio.to_thread`.
        """
        __tracebackhide__ = True
        require_seconds("timeout", timeout)

        trial = copy(self)
        trial._explains = False  # explanations take long where calls come fast

        def attempt(account: Self = trial) -> tuple[bool, T | None, str]:
            try:
                result = condition(account)
            except (AssertionError, LookupError) as failure:
                return False, None, _reason(failure)
            if isawaitable(result):  # it would count as true whatever comes of it
                if iscoroutine(result):
                    result.close()
                raise TypeError(f"wait_for needs a condition that is not async, got {condition!r}")
            return result is None or bool(result), result, f"The condition returned {result!r}."

        journal = self._account.journal
        held, result, _ = wait_until(lambda tried: tried[0], attempt, journal, timeout)
        if not held:
            held, result, text = attempt(self)
            if not held:
                raise AssertionError(f"Not within {timeout:g} s{_in_event_loop()}. {text}")
        return result  # type: ignore[return-value]  # it is the condition's

    def _assert(self, check: Check) -> Seen:
        """Raise AssertionError unless a check holds; return what it has looked at."""
        __tracebackhide__ = True
        seen = seen_by(self._accounts, self._account)
        if not check.holds(seen):
            raise AssertionError(str(check.failure(seen)) if self._explains else "Not yet.")
        return seen


def _reason(failure: AssertionError | LookupError) -> str:
    """Return what a failure says, as a traceback would; a KeyError's own text has quotes."""
    text = str(failure.args[0]) if isinstance(failure, KeyError) and failure.args else str(failure)
    if not text:
        return repr(failure)
    return text if isinstance(failure, AssertionError) else f"{type(failure).__name__}: {text}"


def _in_event_loop() -> str:
    """Return what to do when this thread runs an event loop, which waiting has held up."""
    import asyncio  # here, since few programs need it and all import this module

    try:
        asyncio.get_running_loop()
    except RuntimeError:
        return ""
    fix = "await asyncio.to_thread(autopilot.wait_for, ...)"
    return f", while the event loop of this thread stood still; write {fix}"


def _calls_check(method: str | None, path: str | None, json: Any, times: int | None) -> CallsCheck:
    """Return the check; what is wrong with it is raised without the frames that found it out."""
    __tracebackhide__ = True
    try:
        return calls_check(method, path, json, times)
    except ApiError as refusal:
        raise refusal.with_traceback(None) from None
