"""Which contact a call is about: address, user id, contact id."""

from typing import Any

import pytest

from mock_autopilot import AccountView
from tests.api.calls import Call, upsert

MISSING = "Missing unique identifier traits. Either `email` or `user_id` traits must be provided"
NOT_FOUND = {"error": "Not Found", "message": "Contact could not be found."}


@pytest.mark.parametrize(
    "contact",
    [
        {},
        {"FirstName": "Ada"},
        {"Email": "", "FirstName": "Ada"},
        {"Email": " \t", "user_id": "", "FirstName": "Ada"},
        {"Email": None, "user_id": None},
        {"anonymous_id": "a1"},
        {"contact_id": "person_X"},
        {"_NewEmail": "ada@example.com"},
    ],
)
def test_a_contact_without_address_and_user_id_is_refused(
    call: Call, account: AccountView, contact: dict[str, Any]
) -> None:
    rejected = call("POST", "contact", {"contact": contact})
    assert rejected.status_code == 400
    assert rejected.json() == {"error": "Bad Request", "message": MISSING}
    assert not account.contacts


def test_the_user_id_first_and_the_address_later_are_one_contact(
    call: Call, account: AccountView
) -> None:
    first = upsert(call, user_id="u1", FirstName="Ada")
    assert upsert(call, user_id="u1", Email="ada@example.com", LastName="King") == first
    assert upsert(call, Email="ada@example.com") == first
    assert account.contacts["u1"]["Name"] == "Ada King"


def test_user_ids_are_compared_exactly(call: Call) -> None:
    assert upsert(call, user_id="u1") != upsert(call, user_id="U1")


def test_a_number_as_user_id_becomes_a_string(call: Call, account: AccountView) -> None:
    assert upsert(call, user_id=5, FirstName="Ada") == upsert(call, user_id="5")
    assert account.contacts["5"].user_id == "5"


def test_a_new_email_changes_the_address_of_the_contact(call: Call, account: AccountView) -> None:
    contact_id = upsert(call, Email="old@example.com", FirstName="Ada")
    call("POST", "trigger/0001/contact/old@example.com")
    move = {"Email": "old@example.com", "_NewEmail": "new@example.com"}
    assert upsert(call, **move) == contact_id
    assert upsert(call, **move) == contact_id  # the same again changes nothing
    assert call("GET", "contact/old@example.com").status_code == 404
    document = call("GET", "contact/new@example.com").json()
    assert document["contact_id"] == contact_id
    assert "_NewEmail" not in document
    assert len(account.journeys["0001"].entries) == 1


def test_a_contact_id_in_the_body_identifies_the_contact(call: Call, account: AccountView) -> None:
    contact_id = upsert(call, Email="ada@example.com", FirstName="Ada")
    assert upsert(call, contact_id=contact_id, FirstName="Augusta") == contact_id
    assert account.contacts["ada@example.com"]["FirstName"] == "Augusta"


def test_the_names_of_a_deleted_contact_are_free_again(call: Call) -> None:
    both = {"Email": "ada@example.com", "user_id": "u1"}
    first = upsert(call, **both)
    call("DELETE", f"contact/{first}")
    second = upsert(call, **both)
    assert second != first
    assert upsert(call, user_id="u1") == second
    assert upsert(call, Email="ada@example.com", user_id="u2") == second
    assert upsert(call, user_id="u1") != second
