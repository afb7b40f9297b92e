"""What an account asks of its storage: operations that may be undone and run again."""

import gzip
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


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("GET", "contacts"),
        ("GET", "triggers"),
        ("GET", "contacts/custom_fields"),
        ("GET", "contact/ada@example.com"),
        ("DELETE", "contact/ada@example.com"),
        ("POST", "contact/ada@example.com/unsubscribe"),
        ("DELETE", "journey/0001/contact/ada@example.com"),
    ],
)
def test_a_strict_account_refuses_every_call_with_a_warning(method: str, path: str) -> None:
    entry = {"contact_id": "person_A"}
    journeys = [{"trigger_id": "0001", "entries": [entry]}]
    fake = Fake(
        {"contacts": [{**ADA, "contact_id": "person_A"}], "journeys": journeys}, strict=True
    )
    before = fake.account.transact(lambda stored: stored.snapshot())
    packed = gzip.compress(b"{}", mtime=0)
    refused = fake.call(method, path, data=packed, headers={"Content-Encoding": "gzip"})
    assert refused.status_code == 400
    assert [warning.id for warning in fake.last.warnings] == ["content-encoding"]
    assert fake.account.transact(lambda stored: stored.snapshot()) == before
    assert fake.call(method, path).status_code < 300


def test_what_a_call_changed_is_a_copy() -> None:
    fake = Fake()
    fake.call("POST", "contact", {"contact": {**ADA, "notify": {"deep": [1]}}})
    (created,) = fake.last.effects.contacts_created
    (change,) = [change for change in created.fields if change.field == "notify"]
    change.after["deep"].append(2)
    ada = fake.call("GET", "contact/ada@example.com").json
    assert ada
    assert ada["notify"] == {"deep": [1]}


def test_no_contact_has_an_address_that_is_not_stored() -> None:
    assert Fake().account.transact(lambda stored: stored.with_address("no@example.com")) == []


def test_an_identifier_that_is_an_id_and_anothers_address_names_the_contact_with_the_id() -> None:
    by_address = {"Email": "p@example.com", "contact_id": "person_1"}
    by_id = {"user_id": "u", "contact_id": "p@example.com"}
    found = Fake({"contacts": [by_address, by_id]}).account.look_up("p@example.com")
    assert found
    assert found.user_id == "u"
