"""Accounts that come and go: names, options of their own, and what is left when they close."""

import gc
import json
import sys
from collections.abc import Callable
from threading import Event, Thread
from typing import TypeVar

import pytest
import requests

from mock_autopilot import AccountView, ApiError, MockAutopilot, SeedWarning
from mock_autopilot.account.accounts import CLOSED_KEYS, Accounts
from mock_autopilot.api.dispatch import Dispatcher
from mock_autopilot.api.exchange import RequestHead
from mock_autopilot.app import create_app
from mock_autopilot.in_process import make_accounts
from mock_autopilot.options import ServerOptions
from mock_autopilot.storage.base import Transaction
from mock_autopilot.storage.memory import MemoryStorage
from tests.api.calls import ADA, Call, Fake, upsert
from tests.conftest import ask

T = TypeVar("T")


@pytest.fixture
def autopilot() -> MockAutopilot:
    """Return a fake of this test's own, closed already: its accounts go on."""
    with MockAutopilot() as autopilot:
        pass
    return autopilot


class ClosingStorage(MemoryStorage):
    """Does something between an account's question whether it is closed and its operation."""

    before: Callable[[], object] | None = None

    def transact(self, api_key: str, operation: Callable[[Transaction], T]) -> T:
        if self.before:
            self.before()
        return super().transact(api_key, operation)


class TestClosing:
    def test_a_late_call_is_refused_and_kept_with_the_accounts_name(
        self, server: MockAutopilot
    ) -> None:
        account = server.new_account("tests/test_sign_up.py::test_welcome")
        other = server.new_account()
        with account:
            ask(account, "POST", "contact", {"contact": ADA})
        refused = ask(account, "POST", "contact", {"contact": ADA})
        assert refused == {
            "error": "Unauthorized",
            "message": "The account of this autopilotapikey was closed: "
            "tests/test_sign_up.py::test_welcome.",
        }
        late = server.late_calls[-1]
        assert (late.closed_account, late.status) == ("tests/test_sign_up.py::test_welcome", 401)
        assert late.account == f"…{account.api_key[-4:]}"
        assert (late.error and late.error.id) == "account-closed"
        for one in (server, other):
            assert late not in one.calls
            assert not one.contacts
        assert late not in server.unauthenticated_calls

    def test_a_call_that_is_under_way_leaves_nothing_behind(self) -> None:
        storage = ClosingStorage()
        accounts = Accounts(storage=storage)
        account = accounts.new()
        storage.before = lambda: accounts.close(account)
        assert account.look_up("ada@example.com") is None
        assert account.closed
        assert account.api_key not in storage._accounts

    def test_a_late_call_does_not_belong_to_the_only_account_either(self) -> None:
        with MockAutopilot() as autopilot:
            account = autopilot.new_account()
            account.close()
            ask(account, "GET", "contacts")
            assert autopilot.calls == []
            (late,) = autopilot.late_calls
            assert late.closed_account == f"…{account.api_key[-4:]}"
        autopilot.close()
        assert autopilot.late_calls == [late]

    def test_a_closed_account_cannot_be_asked(self, autopilot: MockAutopilot) -> None:
        account = autopilot.new_account("a test")
        contacts = account.contacts
        account.close()
        account.close()
        closed = "The account of this autopilotapikey was closed: a test."
        for look in (
            lambda: account.calls,
            lambda: account.state,
            lambda: account.clock,
            lambda: contacts["ada@example.com"],
            lambda: len(contacts),
            account.reset,
            account.fail_next,
        ):
            with pytest.raises(ApiError, match=closed):
                look()
        assert account.name == "a test"
        assert repr(account).endswith(f"api_key='{account.api_key}': closed>")

    def test_an_account_from_the_start_stays(self, autopilot: MockAutopilot) -> None:
        account = autopilot.account(autopilot.api_key)
        with pytest.raises(ApiError, match="was there from the start, and stays; reset it instead"):
            account.close()
        assert account.calls == []

    def test_with_any_key_a_closed_key_gets_no_new_account(self) -> None:
        with MockAutopilot(any_key=True) as autopilot:
            account = autopilot.account("mine")
            account.close()
            assert ask(account, "GET", "contacts")["error"] == "Unauthorized"
            assert len(autopilot.late_calls) == 1
            with pytest.raises(KeyError, match="the account of the key … was closed"):
                autopilot.account("mine")

    def test_a_call_that_is_under_way_is_late(self, monkeypatch: pytest.MonkeyPatch) -> None:
        accounts = make_accounts(ServerOptions(), stacklevel=1)
        account = accounts.new("a test")
        begun, closed = Event(), Event()
        real = account.faults.pending

        def pending() -> bool:
            begun.set()
            closed.wait(10)
            return real()

        monkeypatch.setattr(account.faults, "pending", pending)
        client = create_app(accounts).test_client()
        headers = {"autopilotapikey": account.api_key}
        answers = []
        calling = Thread(
            target=lambda: answers.append(
                client.post("/v1/contact", json={"contact": ADA}, headers=headers)
            )
        )
        calling.start()
        begun.wait(10)
        accounts.close(account)
        closed.set()
        calling.join(10)
        assert answers[0].status_code == 401
        assert [call.closed_account for call in accounts.late.calls()] == ["a test"]

    def test_so_many_closed_accounts_are_remembered(self, autopilot: MockAutopilot) -> None:
        accounts = autopilot._accounts
        keys = []
        for number in range(CLOSED_KEYS + 1):
            with autopilot.new_account(f"test {number}") as account:
                keys.append(account.api_key)
        assert accounts.closed_name(keys[0]) is None
        assert accounts.closed_name(keys[1]) == "test 1"
        assert accounts.closed_name(keys[-1]) == f"test {CLOSED_KEYS}"

    def test_two_thousand_closed_accounts_leave_no_more_than_two_hundred(self) -> None:
        accounts = make_accounts(ServerOptions(), stacklevel=1)
        dispatcher = Dispatcher(accounts)
        body = json.dumps({"contact": ADA}).encode()

        def live(times: int) -> int:
            """Return how many blocks of memory are in use after so many accounts more."""
            for _ in range(times):
                account = accounts.new("tests/test_it.py::test_one")
                head = RequestHead("POST", "/v1/contact", "", {"autopilotapikey": account.api_key})
                answers = [dispatcher.finish(head, body) for _ in range(2)]
                assert [answer.status for answer in answers] == [200, 200]
                accounts.close(account)
                dispatcher.finish(head, body)
            accounts.late.clear()
            gc.collect()
            return sys.getallocatedblocks()

        after_200 = live(200)
        # The keys of 1,000 are left, in a few blocks each; a whole account takes over a hundred.
        assert live(1_800) - after_200 < 10_000


class TestControlCalls:
    def test_an_account_is_made_with_a_name_and_closed(
        self, server: MockAutopilot, control: Call
    ) -> None:
        made = control("POST", "accounts", {"name": "checkout.test.js"})
        key = made.json()["api_key"]
        assert control("DELETE", "accounts", autopilotapikey=key).json() == {}
        refused = control("GET", "state", autopilotapikey=key)
        assert refused.status_code == 401
        assert refused.json()["message"].endswith("was closed: checkout.test.js.")
        control("DELETE", "calls/late")
        url = f"{server.base_url}contacts"
        requests.get(url, headers={"autopilotapikey": key}, timeout=10)
        late = control("GET", "calls/late").json()
        assert [call["closed_account"] for call in late["calls"]] == ["checkout.test.js"]
        assert control("DELETE", "calls/late").json() == {}
        assert control("GET", "calls/late").json()["calls"] == []

    def test_an_account_from_the_start_stays(self, server: MockAutopilot, control: Call) -> None:
        refused = control("DELETE", "accounts", autopilotapikey=server.api_key)
        assert (refused.status_code, refused.json()["error"]) == (409, "Conflict")

    def test_a_name_is_a_text(self, control: Call) -> None:
        assert control("POST", "accounts", {"name": ""}).status_code == 400
        refused = control("POST", "accounts", {"nam": "x"})
        assert refused.status_code == 400
        assert "nam" in refused.json()["message"]


class TestFindingAnAccount:
    def test_by_its_key(self, server: MockAutopilot, account: AccountView, call: Call) -> None:
        upsert(call, **ADA)
        assert "ada@example.com" in server.account(account.api_key).contacts

    def test_with_any_key_it_is_made(self) -> None:
        with MockAutopilot(any_key=True) as autopilot:
            account = autopilot.account("mine")
            ask(account, "POST", "contact", {"contact": ADA})
            assert "ada@example.com" in autopilot.account("mine").contacts
            assert autopilot.calls == []

    def test_an_unknown_key_is_an_error_with_the_known_ones(self) -> None:
        with MockAutopilot("the-first-key") as autopilot:
            with pytest.raises(KeyError) as caught:
                autopilot.account("the-frist-kye")
            assert caught.value.args == (
                "no account has the key th…-kye, 13 characters; there are: the-first-key",
            )
            newest = [autopilot.new_account().api_key for _ in range(7)][-5:]
            with pytest.raises(KeyError) as caught:
                autopilot.account("x")
            shown = ", ".join(newest)
            assert caught.value.args == (
                f"no account has the key …, 1 character; there are: {shown} and 3 more",
            )


class TestOptionsOfOneAccount:
    def test_it_begins_empty_unless_it_is_given_something(self) -> None:
        seed = {"contacts": [ADA]}
        with MockAutopilot(seed=seed, journeys=(("Welcome", None),)) as autopilot:
            empty = autopilot.new_account()
            assert (len(empty.contacts), len(empty.journeys)) == (0, 0)
            full = autopilot.new_account(seed=seed, journeys=(("Bye", "0007"),))
            assert [*full.journeys] == ["0007"]
            full.seed({})
            full.reset()
            assert "ada@example.com" in full.contacts
            assert [*full.journeys] == ["0007"]

    def test_strictness_and_auto_journeys_are_its_own(self, server: MockAutopilot) -> None:
        strict = server.new_account(strict=True, auto_journeys=False)
        plain = server.new_account()
        questionable = {"contact": {**ADA, "Titel": "x"}}
        assert ask(strict, "POST", "contact", questionable)["error"] == "Bad Request"
        assert "contact_id" in ask(plain, "POST", "contact", questionable)
        ask(strict, "POST", "contact", {"contact": ADA})
        enter = "trigger/0001/contact/ada@example.com"
        assert ask(strict, "POST", enter)["message"] == "Trigger could not be found."
        assert ask(plain, "POST", enter)["trigger_id"] == "0001"

    def test_a_seed_is_warned_of_or_refused_in_a_strict_account(
        self, autopilot: MockAutopilot
    ) -> None:
        questionable = {"contacts": [{**ADA, "Titel": "x"}]}
        with pytest.warns(SeedWarning, match="Titel") as caught:
            autopilot.new_account(seed=questionable)
        assert [warning.filename for warning in caught] == [__file__]
        with pytest.raises(ApiError, match="Titel"):
            autopilot.new_account(seed=questionable, strict=True)

    def test_an_option_that_is_the_fakes_is_refused(self, autopilot: MockAutopilot) -> None:
        with pytest.raises(TypeError, match="no option 'strickt'; did you mean strict"):
            autopilot.new_account(strickt=True)  # type: ignore[call-arg]  # is refused
        with pytest.raises(TypeError, match="no option 'port'; there are seed, journeys, auto"):
            autopilot.new_account(port=1)  # type: ignore[call-arg]  # is refused


def test_defects_are_kept_with_their_tracebacks(monkeypatch: pytest.MonkeyPatch) -> None:
    fake = Fake()

    def fail(*_: object) -> None:
        raise LookupError("a defect")

    monkeypatch.setattr(fake.account.faults, "pending", fail)
    monkeypatch.setattr(fake.account.faults, "to_json", fail)
    fake.call("POST", "contact", {"contact": ADA})
    answer = fake.app.test_client().get("/_mock/faults")
    assert answer.status_code == 500
    api, control = fake.accounts.defects
    assert str(api) == "a defect"
    assert api.__traceback__
    assert api.__notes__ == ["This is a defect of mock-autopilot. The call was POST /v1/contact."]
    assert control.__notes__[0].endswith("The call was GET /_mock/faults.")
