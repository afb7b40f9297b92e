"""API keys: which are known, and what a key may look like."""

import pytest

from mock_autopilot import ApiError, MockAutopilot
from mock_autopilot.account.accounts import Accounts
from mock_autopilot.storage.memory import MemoryStorage
from tests.api.calls import Call


@pytest.mark.parametrize(
    ("key", "status", "answer"),
    [
        ("", 400, {"error": "Bad Request", "message": "No autopilotapikey header provided."}),
        ("x", 401, {"error": "Unauthorized", "message": "Provided autopilotapikey not valid."}),
    ],
)
def test_a_call_needs_a_known_key(call: Call, key: str, status: int, answer: object) -> None:
    rejected = call("POST", "contact", {"contact": {"Email": "ada@example.com"}}, key=key)
    assert (rejected.status_code, rejected.json()) == (status, answer)


def test_any_key_makes_an_account_for_each_key() -> None:
    import requests

    with MockAutopilot(any_key=True) as autopilot, requests.Session() as session:
        for key in ("one", "two"):
            session.post(
                f"{autopilot.base_url}contact",
                json={"contact": {"Email": f"{key}@example.com"}},
                headers={"autopilotapikey": key},
                timeout=10,
            )
        page = session.get(
            f"{autopilot.base_url}contacts", headers={"autopilotapikey": "two"}, timeout=10
        ).json()
    assert [contact["Email"] for contact in page["contacts"]] == ["two@example.com"]
    assert not autopilot.contacts


@pytest.mark.parametrize("key", ["", " ", " a", "a\n"])
def test_a_key_with_white_space_around_it_is_refused(key: str) -> None:
    with pytest.raises(ApiError) as caught:
        Accounts(storage=MemoryStorage(), keys=[key])
    assert str(caught.value) == "api_key must be there, without white space around it."


def test_only_the_accounts_that_were_named_have_a_key() -> None:
    accounts = Accounts(storage=MemoryStorage(), keys=["a", "b", "a"])
    assert [account.api_key for account in accounts] == ["a", "b"]
    assert accounts.get("c") is None
