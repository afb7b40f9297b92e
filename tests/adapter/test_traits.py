"""Which trait becomes which field, and what is noted."""

from typing import Any

import pytest

from tests.adapter.support import sent_contact


@pytest.mark.parametrize(
    ("traits", "contact"),
    [
        ({"email": "John@Example.com"}, {"Email": "John@Example.com"}),
        ({"firstName": "Ann", "lastName": "Lee"}, {"FirstName": "Ann", "LastName": "Lee"}),
        ({"first_name": "Ann", "LASTNAME": "Lee"}, {"FirstName": "Ann", "LastName": "Lee"}),
        ({"name": "John Joe"}, {"FirstName": "John", "LastName": "Joe"}),
        ({"name": "Ann  van der Lee"}, {"FirstName": "Ann", "LastName": "van der Lee"}),
        (
            {"name": "John Joe", "firstName": "John"},
            {"FirstName": "John", "LastName": "Joe"},
        ),
        ({"phone": "5551234"}, {"Phone": "5551234"}),
        (
            {"mobile_phone": "1", "fax": "2", "title": "3", "salutation": "4", "website": "5"},
            {"MobilePhone": "1", "Fax": "2", "Title": "3", "Salutation": "4", "Website": "5"},
        ),
        (
            {"industry": "a", "status": "b", "lead_source": "c", "twitter": "d", "linkedin": "e"},
            {"Industry": "a", "Status": "b", "LeadSource": "c", "Twitter": "d", "LinkedIn": "e"},
        ),
        ({"company": "Acme"}, {"Company": "Acme"}),
        (
            {"company": {"name": "Acme", "industry": "Toys", "employee_count": 12}},
            {"Company": "Acme", "Industry": "Toys", "NumberOfEmployees": 12},
        ),
        ({"company": {"employees": "10-50"}}, {"NumberOfEmployees": "10-50"}),
        (
            {"address": {"street": "S", "city": "C", "state": "T", "postal_code": "8000"}},
            {
                "MailingStreet": "S",
                "MailingCity": "C",
                "MailingState": "T",
                "MailingPostalCode": "8000",
            },
        ),
        ({"address": {"Country": "CH"}}, {"MailingCountry": "CH"}),
        ({"unsubscribed": True}, {"unsubscribed": True}),
        ({"unsubscribed": False}, {"unsubscribed": False}),
        ({"_NewEmail": "new@example.com"}, {"_NewEmail": "new@example.com"}),
        ({"MailingCity": "Bern", "owner_name": "O"}, {"MailingCity": "Bern", "owner_name": "O"}),
        (
            {"_autopilot_list": "contactlist_1", "_autopilot_session_id": "s", "notify": True},
            {"_autopilot_list": "contactlist_1", "_autopilot_session_id": "s", "notify": True},
        ),
        ({"plan": "pro"}, {"custom": {"string--plan": "pro"}}),
        ({"Test Field": "x"}, {"custom": {"string--Test--Field": "x"}}),
        ({"logins": 3.0}, {"custom": {"integer--logins": 3}}),
        (
            {"createdAt": "2024-01-01T00:00:00Z"},
            {"custom": {"date--createdAt": "2024-01-01T00:00:00Z"}},
        ),
        (
            {"order_completed_last_30days": False},
            {"custom": {"boolean--order_completed_last_30days": False}},
        ),
        ({"plan": ""}, {"custom": {"string--plan": ""}}),
    ],
)
def test_traits_become_fields(traits: dict[str, Any], contact: dict[str, Any]) -> None:
    assert sent_contact(traits) == (contact, [])


@pytest.mark.parametrize(
    "name", ["contact_id", "type", "created_at", "user_id", "anonymous_id", "custom_fields"]
)
def test_a_field_that_cannot_be_written_is_a_trait_like_any_other(name: str) -> None:
    assert sent_contact({name: "x"}) == ({"custom": {f"string--{name}": "x"}}, [])


def test_a_trait_called_custom_or_lists_stays_out_of_the_contacts_structure() -> None:
    contact, _ = sent_contact({"custom": {"x": 1}, "lists": ["l"]})
    assert contact == {"custom": {"integer--custom.x": 1, "string--lists": '["l"]'}}


@pytest.mark.parametrize("order", [1, -1])
def test_of_two_spellings_the_exact_one_wins_and_the_other_is_kept_apart(order: int) -> None:
    traits = dict([("firstName", "Ann"), ("first_name", "Anna")][::order])
    contact = {"FirstName": "Ann", "custom": {"string--first_name": "Anna"}}
    assert sent_contact(traits) == (contact, [("field-taken", "traits.first_name")])


def test_of_two_other_spellings_the_first_wins() -> None:
    traits = {"first_name": "Ann", "FIRSTNAME": "Anna"}
    contact = {"FirstName": "Ann", "custom": {"string--FIRSTNAME": "Anna"}}
    assert sent_contact(traits) == (contact, [("field-taken", "traits.FIRSTNAME")])


def test_two_spellings_that_agree_are_one() -> None:
    assert sent_contact({"firstName": "Ann", "FirstName": "Ann"}) == ({"FirstName": "Ann"}, [])


def test_a_spelling_whose_value_cannot_be_sent_leaves_the_field_to_another() -> None:
    contact, notes = sent_contact({"firstName": None, "first_name": "Ann"})
    assert (contact, notes) == ({"FirstName": "Ann"}, [("null", "traits.firstName")])


def test_a_company_s_text_comes_before_a_company_s_object() -> None:
    contact, notes = sent_contact({"company": {"name": "Acme"}, "Company": "Acme Inc"})
    assert contact == {"Company": "Acme Inc", "custom": {"string--company.name": "Acme"}}
    assert notes == [("field-taken", "traits.company.name"), ("flattened", "traits.company")]


@pytest.mark.parametrize(
    ("traits", "contact", "notes"),
    [
        # What is left out.
        ({"plan": None}, {}, "null traits.plan"),
        ({"email": None}, {}, "null traits.email"),
        ({"email": " "}, {}, "blank-identifier traits.email"),
        ({"email": 7}, {}, "identifier-type traits.email"),
        ({"_NewEmail": ""}, {}, "blank-identifier traits._NewEmail"),
        ({"name": " "}, {}, "name-blank traits.name"),
        ({"address": {"city": None}}, {}, "null traits.address.city"),
        ({"address": {}}, {}, "empty-object traits.address"),
        ({"company": {}}, {}, "empty-object traits.company"),
        ({"title": {}}, {}, "empty-object traits.title"),
        ({"a": {"b": {}}}, {}, "empty-object traits.a.b"),
        ({"": 1}, {}, "no-name traits."),
        # Who is called what.
        ({"name": "Ann"}, {"FirstName": "Ann"}, "name-one-word traits.name"),
        ({"NAME": " Ann "}, {"FirstName": "Ann"}, "name-one-word traits.NAME"),
        ({"name": "Ann", "firstName": "Ann"}, {"FirstName": "Ann"}, "name-one-word traits.name"),
        (
            {"name": "Ann", "lastName": "Lee"},
            {"FirstName": "Ann", "LastName": "Lee", "custom": {"string--name": "Ann"}},
            "name-kept-apart traits.name",
        ),
        (
            {"name": "Dr John Joe", "firstName": "John", "lastName": "Joe"},
            {"FirstName": "John", "LastName": "Joe", "custom": {"string--name": "Dr John Joe"}},
            "name-kept-apart traits.name",
        ),
        (
            {"firstName": "", "name": "Ann Lee"},
            {"FirstName": "Ann", "LastName": "Lee"},
            "name-fills-blank traits.name",
        ),
        ({"name": 7}, {"custom": {"integer--name": 7}}, "cannot-hold traits.name"),
        # Values that a standard field cannot hold, and those that it takes for something else.
        ({"phone": True}, {"custom": {"boolean--phone": True}}, "cannot-hold traits.phone"),
        ({"Phone": False}, {"custom": {"boolean--Phone": False}}, "cannot-hold traits.Phone"),
        (
            {"status": ["a"]},
            {"custom": {"string--status": '["a"]'}},
            "cannot-hold traits.status, list-as-text traits.status",
        ),
        (
            {"company": []},
            {"custom": {"string--company": "[]"}},
            "cannot-hold traits.company, list-as-text traits.company",
        ),
        (
            {"title": {"en": "Dr"}},
            {"custom": {"string--title.en": "Dr"}},
            "cannot-hold traits.title, flattened traits.title",
        ),
        (
            {"address": "1 Main St"},
            {"custom": {"string--address": "1 Main St"}},
            "cannot-hold traits.address",
        ),
        (
            {"company": {"employees": 1.5}},
            {"custom": {"float--company.employees": 1.5}},
            "cannot-hold traits.company.employees, flattened traits.company",
        ),
        (
            {"address": {"city": True}},
            {"custom": {"boolean--address.city": True}},
            "cannot-hold traits.address.city, flattened traits.address",
        ),
        (
            {"unsubscribed": "maybe"},
            {"custom": {"string--unsubscribed": "maybe"}},
            "cannot-hold traits.unsubscribed",
        ),
        (
            {"unsubscribed": 2},
            {"custom": {"integer--unsubscribed": 2}},
            "cannot-hold traits.unsubscribed",
        ),
        ({"phone": 5551234}, {"Phone": "5551234"}, "number-as-text traits.phone"),
        (
            {"MobilePhone": 5551234.0},
            {"MobilePhone": "5551234"},
            "number-as-text traits.MobilePhone",
        ),
        (
            {"address": {"postalCode": 8000}},
            {"MailingPostalCode": "8000"},
            "number-as-text traits.address.postalCode",
        ),
        ({"email": " a@example.com "}, {"Email": "a@example.com"}, "trimmed traits.email"),
        # Custom fields.
        (
            {"company": {"industry": "Toys"}, "industry": "Games"},
            {"Industry": "Games", "custom": {"string--company.industry": "Toys"}},
            "field-taken traits.company.industry, flattened traits.company",
        ),
        (
            {"company": {"name": "Acme", "plan": "pro"}},
            {"Company": "Acme", "custom": {"string--company.plan": "pro"}},
            "flattened traits.company",
        ),
        (
            {"a": {"b": {"c": 1}, "d": True}},
            {"custom": {"integer--a.b.c": 1, "boolean--a.d": True}},
            "flattened traits.a",
        ),
        (
            {"tags": ["ü", 1, None]},
            {"custom": {"string--tags": '["ü", 1, null]'}},
            "list-as-text traits.tags",
        ),
        ({"tags": []}, {"custom": {"string--tags": "[]"}}, "list-as-text traits.tags"),
        ({"n": 2.0**60}, {"custom": {"float--n": 2.0**60}}, "large-float traits.n"),
        (
            {"a": {"b": 1}, "a.b": "x"},
            {"custom": {"integer--a.b": 1}},
            "flattened traits.a, custom-name-taken traits.a.b",
        ),
        (
            {"a b": 1, "a--b": 2},
            {"custom": {"integer--a--b": 1}},
            "custom-name-taken traits.a--b",
        ),
        ({"a--b": 2}, {"custom": {"integer--a--b": 2}}, "custom-name-changes traits.a--b"),
        ({"a\tb": 2}, {"custom": {"integer--a--b": 2}}, "custom-name-changes traits.a\tb"),
    ],
)
def test_what_is_left_out_or_sent_otherwise_is_noted(
    traits: dict[str, Any], contact: dict[str, Any], notes: str
) -> None:
    got, got_notes = sent_contact(traits)
    assert got == contact
    assert ", ".join(map(" ".join, got_notes)) == notes


@pytest.mark.parametrize("spelled", ["unsubscribed", "Unsubscribed", "UNSUBSCRIBED"])
@pytest.mark.parametrize(
    ("value", "taken"),
    [
        ("true", True),
        ("TRUE", True),
        (" Yes ", True),
        ("1", True),
        (1, True),
        (1.0, True),
        ("false", False),
        ("no", False),
        ("NO", False),
        ("0", False),
        (0, False),
        (0.0, False),
    ],
)
def test_a_text_or_number_that_means_a_boolean_unsubscribes(
    spelled: str, value: object, taken: bool
) -> None:
    contact, notes = sent_contact({spelled: value})
    assert contact["unsubscribed"] is taken
    assert notes == [("taken-as-boolean", f"traits.{spelled}")]
