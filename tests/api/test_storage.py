"""What an account asks of its storage: operations that may be undone and run again."""

from collections.abc import Callable
from typing import TypeVar

import pytest

from mock_autopilot import ApiError
from mock_autopilot.account import contacts
from mock_autopilot.account.account import Account
from mock_autopilot.account.call_warnings import Warnings
from mock_autopilot.account.contact_body import read_contact
from mock_autopilot.options import ServerOptions
from mock_autopilot.storage.base import AccountState, Transaction
from mock_autopilot.storage.memory import MemoryStorage
from tests.api.calls import ADA, Fake

T = TypeVar("T")


class UndoingStorage(MemoryStorage):
    """Rolls each operation back twice before the one that counts, as a busy database may."""

    def transact(self, api_key: str, operation: Callable[[Transaction], T]) -> T:
        before = super().transact(api_key, lambda stored: stored.snapshot())
        for _ in range(2):
            super().transact(api_key, operation)
            super().transact(api_key, lambda stored: stored.restore(before))
        return super().transact(api_key, operation)


def test_an_operation_that_is_run_again_warns_and_writes_once() -> None:
    account = Account("key", ServerOptions(), UndoingStorage())
    warnings = Warnings()
    body = {**ADA, "contact_id": "person_NOBODY", "Fax": None}
    update = read_contact(body, "contact", warnings)
    _, effects = contacts.upsert(account, update, warnings)
    assert [warning.id for warning in warnings] == ["null", "unknown-contact-id"]
    assert len(effects.contacts_created) == 1
    assert account.transact(lambda stored: stored.count()) == 1


def test_a_strict_account_refuses_before_it_writes() -> None:
    fake = Fake(strict=True)
    bulk = {"contacts": [ADA, {"user_id": "u", "Titel": "x"}]}
    assert fake.call("POST", "contacts", bulk).status_code == 400
    assert fake.account.transact(lambda stored: stored.snapshot()) == AccountState([], {}, [], {})
    assert [warning.id for warning in fake.last.warnings] == ["unknown-field"]


def test_what_is_stored_cannot_be_changed_in_place() -> None:
    fake = Fake({"contacts": [ADA], "journeys": [{"trigger_id": "0001"}]})
    state = fake.account.transact(lambda stored: stored.snapshot())
    for value in (state, state.contacts[0], state.journeys[0]):
        with pytest.raises(AttributeError, match="immutable type"):
            setattr(value, value.__struct_fields__[0], None)


def test_custom_fields_of_several_types_have_the_most_common_one() -> None:
    fake = Fake()
    for number, key in enumerate(["string--n", "integer--n", "integer--n", "date--m", "float--m"]):
        custom = {key: 1}
        fake.call("POST", "contact", {"contact": {"user_id": f"u{number}", "custom": custom}})
    types = [{"name": "n", "fieldType": "integer"}, {"name": "m", "fieldType": "float"}]
    assert fake.call("GET", "contacts/custom_fields").json == types
    fake.call("POST", "contact", {"contact": {"user_id": "u4", "custom": {"float--m": None}}})
    fake.call("POST", "contact", {"contact": {"user_id": "u2", "custom": {"integer--n": None}}})
    types = [{"name": "n", "fieldType": "string"}, {"name": "m", "fieldType": "date"}]
    assert fake.call("GET", "contacts/custom_fields").json == types


def test_an_operation_that_raises_has_changed_nothing() -> None:
    fake = Fake({"contacts": [ADA]})
    before = fake.account.transact(lambda stored: stored.snapshot())
    update = read_contact({"Email": "b@example.com", "_autopilot_list": "x"}, "contact", Warnings())
    with pytest.raises(ApiError, match="List does not exist"):
        contacts.upsert(fake.account, update, Warnings())
    assert fake.account.transact(lambda stored: stored.snapshot()) == before
