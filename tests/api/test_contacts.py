"""Contacts over HTTP: the calls, answers and messages of the API, to the letter."""

import re

import pytest

from mock_autopilot import AccountView, SeedWarning
from tests.api.calls import Call, upsert, warned

MISSING = "Missing unique identifier traits. Either `email` or `user_id` traits must be provided"
NOT_FOUND = {"error": "Not Found", "message": "Contact could not be found."}


def test_a_new_contact_can_be_read_back(call: Call) -> None:
    contact_id = upsert(call, Email="ada@example.com", FirstName="Ada", LastName="King")
    assert re.fullmatch(r"person_[0-9A-F]{8}(-[0-9A-F]{4}){3}-[0-9A-F]{12}", contact_id)
    document = call("GET", f"contact/{contact_id}").json()
    moment = document.pop("created_at")
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.000Z", moment)
    assert document == {
        "contact_id": contact_id,
        "Email": "ada@example.com",
        "FirstName": "Ada",
        "LastName": "King",
        "Name": "Ada King",
        "updated_at": moment,
        "api_originated": True,
    }


def test_an_update_adds_overwrites_and_leaves_alone(call: Call) -> None:
    first = upsert(call, Email="ada@example.com", FirstName="Ada", Title="Miss")
    again = upsert(call, Email="ADA@Example.com", FirstName="Augusta", LastName="King")
    assert again == first
    document = call("GET", "contact/ada@example.com").json()
    assert document["Name"] == "Augusta King"
    assert document["Title"] == "Miss"
    assert document["Email"] == "ADA@Example.com"


@pytest.mark.parametrize("given", [{"FirstName": "Ada"}, {"LastName": "Ada"}])
def test_name_is_made_of_what_there_is(call: Call, given: dict[str, str]) -> None:
    upsert(call, Email="ada@example.com", **given)
    assert call("GET", "contact/ada@example.com").json()["Name"] == "Ada"


def test_a_null_clears_a_field(call: Call, account: AccountView) -> None:
    upsert(call, Email="ada@example.com", Title="Miss", custom={"string--a": "b"})
    upsert(call, Email="ada@example.com", Title=None, custom={"string--a": None})
    assert warned(account) == [("null", "contact.Title"), ("null", "contact.custom.string--a")]
    document = call("GET", "contact/ada@example.com").json()
    assert "Title" not in document
    assert "custom_fields" not in document


def test_custom_fields_go_in_by_type_and_come_out_as_a_list(call: Call) -> None:
    custom = {
        "string--Test--Field": "x",
        "integer--Age": 42,
        "float--Score": 1.5,
        "boolean--Is--Licensed": False,
        "date--JoinedAt": "2016-02-14T12:02:49",
    }
    upsert(call, Email="ada@example.com", custom=custom)
    expected = [
        ("Test Field", "x", "string"),
        ("Age", 42, "integer"),
        ("Score", 1.5, "float"),
        ("Is Licensed", False, "boolean"),
        ("JoinedAt", "2016-02-14T12:02:49.000Z", "date"),
    ]
    assert call("GET", "contact/ada@example.com").json()["custom_fields"] == [
        {"kind": kind, "value": value, "fieldType": kind_type, "deleted": False}
        for kind, value, kind_type in expected
    ]
    assert call("GET", "contacts/custom_fields").json() == [
        {"name": kind, "fieldType": of} for kind, _, of in expected
    ]


def test_unsubscribe_marks_the_contact(call: Call) -> None:
    contact_id = upsert(call, Email="ada@example.com")
    answer = call("POST", f"contact/{contact_id}/unsubscribe")
    assert (answer.status_code, answer.json()) == (200, {})
    assert call("GET", "contact/ada@example.com").json()["unsubscribed"] is True


def test_delete_removes_the_contact(call: Call) -> None:
    upsert(call, Email="ada@example.com", user_id="u1")
    answer = call("DELETE", "contact/ada@example.com")
    assert (answer.status_code, answer.json()) == (200, {})
    assert call("GET", "contacts").json() == {"contacts": [], "total_contacts": 0}


@pytest.mark.parametrize(
    ("method", "path"),
    [("GET", ""), ("DELETE", ""), ("POST", "/unsubscribe")],
)
@pytest.mark.parametrize("who", ["nobody@example.com", "person_X"])
def test_an_unknown_contact_is_404(call: Call, method: str, path: str, who: str) -> None:
    upsert(call, Email="ada@example.com", user_id="u1")
    answer = call(method, f"contact/{who}{path}")
    assert (answer.status_code, answer.json()) == (404, NOT_FOUND)


@pytest.mark.parametrize(
    ("method", "path"),
    [("GET", ""), ("DELETE", ""), ("POST", "/unsubscribe")],
)
@pytest.mark.parametrize("who", ["u1", "Ada", "5", "contact_1"])
def test_what_can_be_neither_id_nor_address_is_400(
    call: Call, method: str, path: str, who: str
) -> None:
    upsert(call, Email="ada@example.com", user_id="u1")  # a user id is no name in a path
    answer = call(method, f"contact/{who}{path}")
    message = "Invalid contact_id_or_email value provided."
    assert (answer.status_code, answer.json()["message"]) == (400, message)


def test_a_delete_by_address_deletes_all_contacts_that_have_it(
    call: Call, account: AccountView
) -> None:
    with pytest.warns(SeedWarning, match="another contact's address too"):
        account.seed(
            {
                "contacts": [
                    {"Email": "ada@example.com", "contact_id": "person_1"},
                    {"Email": "ADA@example.com", "contact_id": "person_2"},
                    {"Email": "bob@example.com", "contact_id": "person_3"},
                ]
            }
        )
    assert call("GET", "contact/ada@example.com").json()["contact_id"] == "person_1"
    assert call("DELETE", "contact/Ada@example.com").status_code == 200
    assert list(account.contacts) == ["person_3"]
    assert account.calls[-1].effects.contacts_deleted == ("person_1", "person_2")


def test_a_delete_by_id_deletes_one_of_those_that_share_an_address(
    call: Call, account: AccountView
) -> None:
    same = {"Email": "ada@example.com"}
    with pytest.warns(SeedWarning):
        account.seed(
            {"contacts": [{**same, "contact_id": "person_1"}, {**same, "contact_id": "person_2"}]}
        )
    call("DELETE", "contact/person_1")
    assert call("GET", "contact/ada@example.com").json()["contact_id"] == "person_2"


def test_a_read_only_field_is_not_set(call: Call) -> None:
    upsert(call, Email="ada@example.com", FirstName="Ada", Name="Bob", created_at="never")
    document = call("GET", "contact/ada@example.com").json()
    assert document["Name"] == "Ada"
    assert document["created_at"] != "never"


def test_a_list_to_add_to_must_exist(call: Call, account: AccountView) -> None:
    body = {"Email": "ada@example.com", "_autopilot_list": "contactlist_1"}
    refused = call("POST", "contact", {"contact": body})
    assert refused.status_code == 404
    assert refused.json() == {"error": "Not Found", "message": "List does not exist."}
    assert not account.contacts
    account.seed({"lists": [{"list_id": "contactlist_1", "title": "News"}]})
    upsert(call, **body)
    upsert(call, **body)
    assert account.contacts["ada@example.com"]["lists"] == ["contactlist_1"]
