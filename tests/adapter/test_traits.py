import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from adapter import Settings, UpsertContact, plan
from adapter.naming import name_in_key
from adapter.traits import FIELDS

SETTINGS = Settings("key")


def sent(traits: dict[str, Any]) -> tuple[dict[str, Any], tuple[str, ...]]:
    """The contact without the user id, and what it does not carry."""
    planned = plan({"type": "identify", "userId": "u", "traits": traits}, SETTINGS)
    (call,) = planned.calls
    assert isinstance(call, UpsertContact)
    assert call.contact.pop("user_id") == "u"
    return call.contact, planned.uncarried


@pytest.mark.parametrize(
    ("traits", "contact"),
    [
        ({"email": " John@Example.com "}, {"Email": "John@Example.com"}),
        ({"firstName": "Ann", "lastName": "Lee"}, {"FirstName": "Ann", "LastName": "Lee"}),
        ({"first_name": "Ann", "LASTNAME": "Lee"}, {"FirstName": "Ann", "LastName": "Lee"}),
        ({"name": "John Joe"}, {"FirstName": "John", "LastName": "Joe"}),
        ({"name": "Ann  van der Lee"}, {"FirstName": "Ann", "LastName": "van der Lee"}),
        ({"name": "Ann"}, {"FirstName": "Ann"}),
        (
            {"name": "John Joe", "firstName": "John"},
            {"FirstName": "John", "LastName": "Joe"},
        ),
        (
            {"name": "Dr John Joe", "firstName": "John", "lastName": "Joe"},
            {"FirstName": "John", "LastName": "Joe", "custom": {"string--name": "Dr John Joe"}},
        ),
        ({"name": 7}, {"custom": {"integer--name": 7}}),
        ({"phone": 5551234}, {"Phone": "5551234"}),
        ({"phone": 5551234.0}, {"Phone": "5551234"}),
        ({"phone": True}, {"custom": {"boolean--phone": True}}),
        ({"title": {"en": "Dr"}}, {"custom": {"string--title.en": "Dr"}}),
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
            {"company": {"name": "Acme", "industry": "Toys", "employee_count": 12, "plan": "pro"}},
            {
                "Company": "Acme",
                "Industry": "Toys",
                "NumberOfEmployees": 12,
                "custom": {"string--company.plan": "pro"},
            },
        ),
        ({"company": {"employees": "10-50"}}, {"NumberOfEmployees": "10-50"}),
        ({"company": {"employees": 1.5}}, {"custom": {"float--company.employees": 1.5}}),
        (
            {"company": {"industry": "Toys"}, "industry": "Games"},
            {"Industry": "Games", "custom": {"string--company.industry": "Toys"}},
        ),
        (
            {"address": {"street": "S", "city": "C", "state": "T", "postalCode": 8000}},
            {
                "MailingStreet": "S",
                "MailingCity": "C",
                "MailingState": "T",
                "MailingPostalCode": "8000",
            },
        ),
        (
            {"address": {"postal_code": "1", "Country": "CH", "floor": 3}},
            {
                "MailingPostalCode": "1",
                "MailingCountry": "CH",
                "custom": {"integer--address.floor": 3},
            },
        ),
        ({"address": "1 Main St"}, {"custom": {"string--address": "1 Main St"}}),
        ({"unsubscribed": True}, {"unsubscribed": True}),
        ({"unsubscribed": False}, {"unsubscribed": False}),
        ({"unsubscribed": "yes"}, {"custom": {"string--unsubscribed": "yes"}}),
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
            {"a": {"b": {"c": 1}, "d": True}},
            {"custom": {"integer--a.b.c": 1, "boolean--a.d": True}},
        ),
        ({"tags": ["ü", 1, None]}, {"custom": {"string--tags": '["ü", 1, null]'}}),
        ({"tags": []}, {"custom": {"string--tags": "[]"}}),
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
    assert sent(traits) == (contact, ())


@pytest.mark.parametrize(
    "name", ["contact_id", "type", "created_at", "user_id", "anonymous_id", "custom_fields"]
)
def test_a_field_that_cannot_be_written_is_a_trait_like_any_other(name: str) -> None:
    assert sent({name: "x"}) == ({"custom": {f"string--{name}": "x"}}, ())


def test_a_trait_called_custom_or_lists_stays_out_of_the_contacts_structure() -> None:
    assert sent({"custom": {"x": 1}, "lists": ["l"]}) == (
        {"custom": {"integer--custom.x": 1, "string--lists": '["l"]'}},
        (),
    )


@pytest.mark.parametrize("order", [1, -1])
def test_of_two_spellings_the_exact_one_wins_and_the_other_is_kept_apart(order: int) -> None:
    traits = dict([("firstName", "Ann"), ("first_name", "Anna")][::order])
    assert sent(traits) == ({"FirstName": "Ann", "custom": {"string--first_name": "Anna"}}, ())


def test_of_two_other_spellings_the_first_wins() -> None:
    traits = {"first_name": "Ann", "FIRSTNAME": "Anna"}
    assert sent(traits) == ({"FirstName": "Ann", "custom": {"string--FIRSTNAME": "Anna"}}, ())


def test_two_spellings_that_agree_are_one() -> None:
    assert sent({"firstName": "Ann", "FirstName": "Ann"}) == ({"FirstName": "Ann"}, ())


def test_a_spelling_whose_value_cannot_be_sent_leaves_the_field_to_another() -> None:
    contact, uncarried = sent({"firstName": None, "first_name": "Ann"})
    assert contact == {"FirstName": "Ann"}
    assert uncarried == ("traits.firstName is null: left out, since null must not erase",)


def test_a_company_s_text_comes_before_a_company_s_object() -> None:
    assert sent({"company": {"name": "Acme"}, "Company": "Acme Inc"}) == (
        {"Company": "Acme Inc", "custom": {"string--company.name": "Acme"}},
        (),
    )


@pytest.mark.parametrize(
    ("traits", "contact", "uncarried"),
    [
        ({"plan": None}, {}, "traits.plan is null: left out"),
        ({"email": None}, {}, "traits.email is null: left out"),
        ({"email": " "}, {}, "traits.email is not an e-mail address: left out"),
        ({"email": 7}, {}, "traits.email is not an e-mail address: left out"),
        ({"_NewEmail": ""}, {}, "traits._NewEmail is not an e-mail address: left out"),
        ({"name": " "}, {}, "traits.name is blank: left out"),
        ({"address": {"city": None}}, {}, "traits.address.city is null: left out"),
        ({"address": {}}, {}, "traits.address is an empty object: left out"),
        ({"company": {}}, {}, "traits.company is an empty object: left out"),
        ({"a": {"b": {}}}, {}, "traits.a.b is an empty object: left out"),
        ({"": 1}, {}, "traits. has no name: left out"),
        (
            {"firstName": "", "name": "Ann"},
            {"FirstName": "Ann"},
            "traits.name fills FirstName, for which a blank was given",
        ),
        (
            {"a": {"b": 1}, "a.b": "x"},
            {"custom": {"integer--a.b": 1}},
            "traits.a.b comes second to the custom field 'a.b': left out",
        ),
        (
            {"a b": 1, "a--b": 2},
            {"custom": {"integer--a--b": 1}},
            "traits.a--b comes second to the custom field 'a b': left out",
        ),
        (
            {"a--b": 2},
            {"custom": {"integer--a--b": 2}},
            "traits.a--b is sent, but Autopilot will read its name as 'a b'",
        ),
        (
            {"a\tb": 2},
            {"custom": {"integer--a--b": 2}},
            "traits.a\tb is sent, but Autopilot will read its name as 'a b'",
        ),
    ],
)
def test_what_is_not_carried_is_reported(
    traits: dict[str, Any], contact: dict[str, Any], uncarried: str
) -> None:
    got, (note,) = sent(traits)
    assert got == contact
    assert uncarried in note


TEXT = st.text(st.characters(codec="utf-8"), max_size=8)
SCALARS = (
    st.none()
    | st.booleans()
    | st.integers(-(2**70), 2**70)
    | st.floats(allow_nan=False, allow_infinity=False)
    | TEXT
)
NAMES = TEXT | st.sampled_from(
    [*FIELDS, "name", "company", "address", "firstName", "first_name", "email", "a.b", "a b"]
)


def written(value: object) -> set[str]:
    """The ways in which a value may stand on a contact."""
    ways = {json.dumps(value), json.dumps(str(value))}
    if isinstance(value, str):
        ways.add(json.dumps(value.strip()))
    if isinstance(value, float) and value.is_integer():
        ways |= {json.dumps(int(value)), json.dumps(str(int(value)))}
    return ways


@given(st.dictionaries(NAMES, SCALARS, max_size=6))
def test_no_scalar_trait_is_dropped_in_silence(traits: dict[str, Any]) -> None:
    contact, uncarried = sent(traits)
    custom = contact.pop("custom", {})
    there = {json.dumps(value) for value in [*contact.values(), *custom.values()]}
    full = f"{contact.get('FirstName', '')} {contact.get('LastName', '')}".split()
    for name, value in traits.items():
        reported = any(note.startswith(f"traits.{name} ") for note in uncarried)
        split = isinstance(value, str) and value.split() == full
        # A blank that the words of a name replaced is reported at the name.
        blank = value == "" or (isinstance(value, str) and not value.strip())
        replaced = blank and any("for which a blank was given" in note for note in uncarried)
        assert reported or split or replaced or written(value) & there, name


@given(st.dictionaries(NAMES, SCALARS, max_size=6))
def test_a_contact_has_only_fields_that_can_be_written_and_typed_custom_fields(
    traits: dict[str, Any],
) -> None:
    contact, _ = sent(traits)
    custom = contact.pop("custom", {"string--x": ""})
    assert custom
    assert set(contact) <= set(FIELDS)
    kinds = {"string": str, "date": str, "boolean": bool, "integer": int, "float": float}
    for key, value in custom.items():
        assert type(value) is kinds[key.partition("--")[0]]
    names = [name_in_key(key) for key in custom]
    assert len(names) == len(set(names))
