"""`POST /_mock/verify`: the assertions for tests in other languages, with the same explanations."""

from collections.abc import Callable, Iterator
from threading import BoundedSemaphore
from typing import Annotated, Any, TypeVar

from msgspec import UNSET, Meta, Struct, UnsetType

from mock_autopilot.account import errors
from mock_autopilot.account.account import Account
from mock_autopilot.account.accounts import Accounts
from mock_autopilot.account.validation import bad_field, convert
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
from mock_autopilot.servers.network import MOST_WAITING

T = TypeVar("T")
LONGEST_WAIT = 60
"""Seconds."""
FAILED = 409
"""The status when a check does not hold: an error, so that `curl --fail` and `response.ok` notice;
400 says that the check itself is wrong."""
Text = Annotated[str, Meta(min_length=1)]
Times = Annotated[int, Meta(ge=0)] | UnsetType


class ContactWanted(Struct, forbid_unknown_fields=True):
    """There is such a contact."""

    identifier: Text
    fields: dict[str, Any] = {}
    custom: dict[str, Any] = {}


class JourneyWanted(Struct, forbid_unknown_fields=True):
    """The contact is in the journey."""

    journey: Text
    identifier: Text
    properties: dict[str, Any] | UnsetType = UNSET
    times: Times = UNSET


class CallsWanted(Struct, forbid_unknown_fields=True):
    """Such calls came."""

    method: Text
    path: Text
    json: Any = UNSET
    times: Times = UNSET


class CallsUnwanted(Struct, forbid_unknown_fields=True):
    """No such calls came."""

    method: Text | UnsetType = UNSET
    path: Text | UnsetType = UNSET
    json: Any = UNSET


class VerifyBody(Struct, forbid_unknown_fields=True):
    """What is to hold, all of it, at latest `within` so many seconds."""

    contact: ContactWanted | UnsetType = UNSET
    no_contact: Text | UnsetType = UNSET
    journey: JourneyWanted | UnsetType = UNSET
    called: CallsWanted | UnsetType = UNSET
    not_called: CallsUnwanted | UnsetType = UNSET
    no_rejections: bool | UnsetType = UNSET
    no_warnings: bool | UnsetType = UNSET
    within: Annotated[float, Meta(ge=0, le=LONGEST_WAIT)] = 0


Looked = tuple[Seen, Check | None]
"""What was looked at, and the first check that does not hold of it."""


class Verifier:
    """Verifies what the accounts of a fake hold and received.

    A verification that waits holds one of the server's threads, so no more than `MOST_WAITING` may
    wait at the same time: the servers have more threads than that.
    """

    def __init__(self, accounts: Accounts) -> None:
        self._accounts = accounts
        self._waiting = BoundedSemaphore(MOST_WAITING)

    def verify(self, account: Account, body: dict[str, Any]) -> tuple[dict[str, Any], int]:
        """Return the JSON answer to a verification, and its status.

        It is `{"ok": true}` (200) when all that the body names holds, else `{"ok": false,
        "explanation"}` (409), with the explanation of the first that does not. With `within` it is
        200 as soon as all holds. Raises `ApiError`: 400 for a wrong body, 503 when too many wait.
        """
        wanted = convert(body, VerifyBody)
        checks = list(_checks(wanted))
        if not checks:
            names = ", ".join(name for name in VerifyBody.__struct_fields__ if name != "within")
            raise bad_field("The body", f"must say what is to hold: {names}.")

        def attempt() -> Looked:
            account.require_open()  # or a check of calls alone would wait for ones that cannot come
            seen = seen_by(self._accounts, account)
            return seen, next((check for check in checks if not check.holds(seen)), None)

        late = ""
        seen, failed = attempt()
        if failed and wanted.within:
            seen, failed = self._wait(account, attempt, wanted.within)
            late = f"Not within {wanted.within:g} s. "
        if failed:
            return {"ok": False, "explanation": f"{late}{failed.failure(seen)}"}, FAILED
        return {"ok": True}, 200

    def _wait(self, account: Account, attempt: Callable[[], Looked], seconds: float) -> Looked:
        if not self._waiting.acquire(blocking=False):
            raise errors.TOO_MANY_WAITING(most=MOST_WAITING)
        try:
            return wait_until(lambda looked: looked[1] is None, attempt, account.journal, seconds)
        finally:
            self._waiting.release()


def _checks(wanted: VerifyBody) -> Iterator[Check]:
    if contact := wanted.contact:
        yield ContactCheck(contact.identifier, contact.fields, contact.custom)
    if wanted.no_contact:
        yield NoContactCheck(wanted.no_contact)
    if journey := wanted.journey:
        properties = _given(journey.properties)
        yield JourneyCheck(journey.journey, journey.identifier, properties, _given(journey.times))
    if called := wanted.called:
        yield _calls("called", called, _given(called.times))
    if wanted.not_called is not UNSET:
        yield _calls("not_called", wanted.not_called, 0)
    for name, check in (
        ("no_rejections", NoRejectionsCheck()),
        ("no_warnings", NoWarningsCheck()),
    ):
        asked = getattr(wanted, name)
        if asked is False:
            raise bad_field(name, "can only be true; leave it out where it does not matter.")
        if asked is True:
            yield check


def _calls(name: str, wanted: CallsWanted | CallsUnwanted, times: int | None) -> CallsCheck:
    json = ANYTHING if wanted.json is UNSET else wanted.json
    return calls_check(_given(wanted.method), _given(wanted.path), json, times, f"{name}.")


def _given(value: T | UnsetType) -> T | None:
    return None if value is UNSET else value
