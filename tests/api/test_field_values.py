"""What a field takes, value by value."""

from typing import Any

import pytest

from adapter.traits import FIELDS
from mock_autopilot import AccountView
from mock_autopilot.account.call_warnings import Warnings
from mock_autopilot.account.contact_body import read_contact, unknown_keys
from mock_autopilot.account.fields import fits, is_date
from tests.api.calls import ADA, Call, refusal, upsert, warned

# --- what a field takes ---------------------------------------------------------------------

SCALARS = ["FirstName", "owner_name", "MailingCity", "_autopilot_session_id"]
TEXT = ["Email", "contact_id", "_autopilot_list", "_NewEmail"]
SCALAR = "a string, a number, true or false"


@pytest.mark.parametrize(
    ("name", "value", "wanted"),
    [
        *[(name, [5], f"{SCALAR}, got an array.") for name in SCALARS],
        ("NumberOfEmployees", {}, "a string or a number, got an object."),
        *[(name, 5, "a string, got the number 5.") for name in TEXT],
        ("unsubscribed", "maybe", "true or false, got the string 'maybe'."),
        ("unsubscribed", 2, "true or false, got the number 2."),
        ("unsubscribed", "", "true or false, got the string ''."),
        ("user_id", False, "a string (or a number), got false."),
        ("anonymous_id", [1], "a string (or a number), got an array."),
        ("custom", ["x"], "an object, got an array."),
    ],
)
def test_a_field_of_the_wrong_type_is_refused(
    call: Call, account: AccountView, name: str, value: object, wanted: str
) -> None:
    assert refusal(call, {"user_id": "u", name: value}) == f"contact.{name} must be {wanted}"
    assert not account.contacts


@pytest.mark.parametrize("contact", [None, ["x"], "x", 5])
def test_a_contact_that_is_no_object_is_refused(call: Call, contact: object) -> None:
    assert refusal(call, contact).startswith("contact must be an object, got ")


@pytest.mark.parametrize(
    "given",
    [
        {"unsubscribed": True},
        {"unsubscribed": False},
        {"NumberOfEmployees": "10-50"},
        {"NumberOfEmployees": 5},
        {"NumberOfEmployees": 5.5},
        *[{"notify": value} for value in (True, 5, "x", ["x"], {"a": 1})],
    ],
)
def test_a_field_of_the_right_type_is_stored_as_it_is(
    call: Call, account: AccountView, given: dict[str, Any]
) -> None:
    upsert(call, Email="ada@example.com", **given)
    (contact,) = account.contacts.values()
    assert {name: contact[name] for name in given} == given
    assert warned(account) == []


@pytest.mark.parametrize(("given", "stored"), [(5, "5"), (5.0, "5"), (5.5, "5.5")])
def test_a_number_as_an_id_is_written_without_a_needless_point(
    call: Call, account: AccountView, given: float, stored: str
) -> None:
    upsert(call, user_id=given, anonymous_id=given, FirstName="Ada")
    (contact,) = account.contacts.values()
    assert (contact.user_id, contact["anonymous_id"]) == (stored, stored)
    assert warned(account) == [
        ("id-number", "contact.user_id"),
        ("id-number", "contact.anonymous_id"),
    ]


@pytest.mark.parametrize(
    ("given", "warnings"),
    [
        ({"user_id": None}, [("null", "contact.user_id")]),
        ({"_NewEmail": None}, [("null", "contact._NewEmail")]),
        ({"_NewEmail": " "}, [("blank", "contact._NewEmail")]),
        ({"_NewEmail": "new"}, [("address", "contact._NewEmail")]),
        ({"custom": None}, [("empty", "contact.custom")]),
        ({"custom": {"plan": 5}}, [("custom-prefix", "contact.custom.plan")]),
        ({"custom": {"string-- ": "x"}}, [("custom-name", "contact.custom.string-- ")]),
    ],
)
def test_one_questionable_value_is_exactly_one_warning(
    call: Call, account: AccountView, given: dict[str, Any], warnings: list[tuple[str, str]]
) -> None:
    upsert(call, **ADA, **given)
    assert warned(account) == warnings


def test_every_field_that_the_forwarder_writes_is_known(call: Call, account: AccountView) -> None:
    given = dict.fromkeys(FIELDS, "x") | {"unsubscribed": True, "Email": "a@b.c"}
    del given["_NewEmail"], given["_autopilot_list"]
    upsert(call, **given)
    assert warned(account) == []
    assert account.contacts["a@b.c"].items() >= given.items()


@pytest.mark.parametrize("value", [None, "", "2024-01-01", ["x"]])
def test_what_autopilot_makes_is_left_out(call: Call, account: AccountView, value: object) -> None:
    made = ["created_at", "updated_at", "Name", "lists", "custom_fields", "api_originated", "type"]
    made.append("merged_contact_ids")
    upsert(call, Email="a@b.c", Title="x", **dict.fromkeys(made, value))
    assert warned(account) == [("read-only", f"contact.{name}") for name in made]
    assert account.contacts["a@b.c"]["Title"] == "x"
    assert account.contacts["a@b.c"].get("Name") is None
    assert "type" not in account.contacts["a@b.c"]


@pytest.mark.parametrize(
    ("value", "kind"),
    [(True, "boolean"), (5, "integer"), (1.5, "float"), ("x", "string"), ([1], "string")],
)
def test_a_custom_field_without_a_type_has_that_of_its_value(
    call: Call, account: AccountView, value: object, kind: str
) -> None:
    upsert(call, **ADA, custom={"favourite--thing": value})
    assert account.contacts["ada@example.com"]["custom_fields"] == [
        {"kind": "favourite thing", "value": value, "fieldType": kind, "deleted": False}
    ]


@pytest.mark.parametrize(
    ("value", "kind", "expected"),
    [
        (1, "boolean", False),
        (5.5, "integer", False),
        (True, "float", False),
        (1.5, "float", True),
        (5, "float", True),
        ("5", "integer", False),
        ("2024-02-29T10:00", "date", True),
        ("2024-02-30", "date", False),
        ("20240101", "date", False),
        (5, "date", False),
        (["x"], "string", False),
    ],
)
def test_which_values_fit_a_custom_type(value: object, kind: str, expected: bool) -> None:
    assert fits(value, kind) is expected


@pytest.mark.parametrize("text", ["2024-01-01x", "2024-01-01 10:00", "٢٠٢٤-01-01", "2024-01-01\n"])
def test_which_texts_are_no_date(text: str) -> None:
    assert is_date(text) is False


@pytest.mark.parametrize(
    ("given", "stored"),
    [
        ("2016-11-22", "2016-11-22T00:00:00.000Z"),
        ("2016-11-22T10:00", "2016-11-22T10:00:00.000Z"),
        ("2016-11-22T10:00:00.5Z", "2016-11-22T10:00:00.500Z"),
        ("2016-11-22T10:00:00+02:00", "2016-11-22T08:00:00.000Z"),
        ("soon", "soon"),
        ("2024-02-30", "2024-02-30"),
        ("0001-01-01T00:00+10:00", "0001-01-01T00:00+10:00"),  # before the first year in UTC
    ],
)
def test_a_date_is_shown_as_a_moment_and_what_is_none_as_it_came(
    call: Call, account: AccountView, given: str, stored: str
) -> None:
    upsert(call, **ADA, custom={"date--d": given, "string--s": given})
    assert account.contacts["ada@example.com"].custom == {"d": stored, "s": given}
    expected = [("custom-value", "contact.custom.date--d")] if given == stored else []
    assert warned(account) == expected


MADE_BY_AUTOPILOT: dict[str, Any] = {
    "company_priority": False,
    "employeesRange": "10-50",
    "first_visit_at": 1479772800000,
    "anywhere_page_visits": {"https://example.com": 1},
    "mail_opened": ["mail_1"],
}


def test_what_the_service_makes_is_kept_of_a_state_and_left_out_of_a_call(
    call: Call, account: AccountView
) -> None:
    account.seed({"contacts": [ADA | MADE_BY_AUTOPILOT]})
    upsert(call, **ADA, **dict.fromkeys(MADE_BY_AUTOPILOT, "x"))
    assert warned(account) == [("read-only", f"contact.{name}") for name in MADE_BY_AUTOPILOT]
    document = call("GET", "contact/ada@example.com").json()
    assert {name: document[name] for name in MADE_BY_AUTOPILOT} == MADE_BY_AUTOPILOT
    state = account.state
    account.seed(state)
    assert account.state == state


def into_custom(key: str) -> str:
    return f'; a custom field goes into custom: {{"custom": {{"{key}": …}}}}'


def test_similar_names_are_looked_up_for_the_first_twenty_unknown_fields() -> None:
    near = [*(f"{'z' * n}{n}" for n in range(1, 20)), "Titlee", "Titlex"]
    unknown = "is no field of Autopilot's"
    said = [f"{unknown}{into_custom(f'integer--{name}')}" for name in near[:19]]
    said += [f"{unknown}; did you mean Title?", unknown]
    warnings = Warnings()
    read_contact(dict.fromkeys(near, 1), "contact", warnings)
    assert [warning.message for warning in warnings] == said
    said = ["is no part of this call"] * 21
    said[19] += "; did you mean Title?"
    assert [warning.message for warning in unknown_keys(dict.fromkeys(near), ["Title"])] == said


@pytest.mark.parametrize(
    ("name", "hint"),
    [
        ("fax", "; did you mean Fax?"),
        ("FAX", "; did you mean Fax?"),
        ("titan", into_custom("string--titan")),
    ],
)
def test_which_names_are_similar_enough_to_be_suggested(name: str, hint: str) -> None:
    warnings = Warnings()
    read_contact({name: "x"}, "contact", warnings)
    (warning,) = warnings
    assert warning.message == f"is no field of Autopilot's{hint}"


@pytest.mark.parametrize(
    ("old", "new", "warns"),
    [
        ("string", "string", False),
        ("integer", "float", False),
        ("float", "integer", False),
        ("string", "integer", True),
        ("integer", "boolean", True),
    ],
)
def test_a_custom_field_that_changes_its_type_is_warned_about_unless_both_are_numbers(
    call: Call, account: AccountView, old: str, new: str, warns: bool
) -> None:
    values = {"string": "x", "integer": 1, "float": 1.5, "boolean": True}
    upsert(call, user_id="u", custom={f"{old}--n": values[old]})
    upsert(call, user_id="u", custom={f"{new}--n": values[new]})
    assert [rule for rule, _ in warned(account)] == ["custom-type-changed"] * warns
    assert account.contacts["u"].custom == {"n": values[new]}
    if warns:
        assert f"was {old} until now" in account.calls[-1].warnings[0].message
