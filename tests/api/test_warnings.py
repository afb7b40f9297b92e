"""Questionable input: stored with a warning, or refused by a strict account."""

from typing import Any

import pytest
import requests

from mock_autopilot import AccountView, MockAutopilot
from tests.api.calls import ADA, Call, Fake, upsert, warned

QUESTIONABLE: list[tuple[str, dict[str, Any], str]] = [
    ("address", {"Email": "ada", "Title": "x"}, "contact.Email"),
    ("custom-prefix", {"Email": "a@b.c", "custom": {"plan": "x"}}, "contact.custom.plan"),
    ("custom-prefix", {"Email": "a@b.c", "custom": {"text--a": "x"}}, "contact.custom.text--a"),
    (
        "custom-value",
        {"Email": "a@b.c", "custom": {"integer--n": "x"}},
        "contact.custom.integer--n",
    ),
    (
        "custom-value",
        {"Email": "a@b.c", "custom": {"integer--n": 1.5}},
        "contact.custom.integer--n",
    ),
    (
        "custom-value",
        {"Email": "a@b.c", "custom": {"integer--n": True}},
        "contact.custom.integer--n",
    ),
    ("custom-value", {"Email": "a@b.c", "custom": {"boolean--b": 1}}, "contact.custom.boolean--b"),
    ("custom-value", {"Email": "a@b.c", "custom": {"date--d": "soon"}}, "contact.custom.date--d"),
    ("custom-value", {"Email": "a@b.c", "custom": {"string--s": 5}}, "contact.custom.string--s"),
    ("custom-value", {"Email": "a@b.c", "custom": {"float--f": [1]}}, "contact.custom.float--f"),
    ("custom-name", {"Email": "a@b.c", "custom": {"string--": "x"}}, "contact.custom.string--"),
    (
        "custom-twice",
        {"Email": "a@b.c", "custom": {"string--a b": "x", "string--a--b": "y"}},
        "contact.custom.string--a--b",
    ),
    ("read-only", {"Email": "a@b.c", "Title": "x", "Name": "Ada"}, "contact.Name"),
    ("unknown-field", {"Email": "a@b.c", "Shoe": 5}, "contact.Shoe"),
    ("id-number", {"user_id": 5, "Title": "x"}, "contact.user_id"),
    ("blank", {"Email": "a@b.c", "user_id": " ", "Title": "x"}, "contact.user_id"),
    ("null", {"Email": "a@b.c", "Title": None}, "contact.Title"),
    (
        "unknown-contact-id",
        {"Email": "a@b.c", "contact_id": "x", "Title": "x"},
        "contact.contact_id",
    ),
    ("only-identifier", {"Email": "a@b.c"}, "contact"),
    ("only-identifier", {"user_id": "u1", "anonymous_id": "a1"}, "contact"),
]


@pytest.mark.parametrize(("rule", "contact", "field"), QUESTIONABLE)
def test_questionable_input_is_stored_with_a_warning(
    call: Call, account: AccountView, rule: str, contact: dict[str, Any], field: str
) -> None:
    assert call("POST", "contact", {"contact": contact}).status_code == 200
    assert warned(account) == [(rule, field)]
    assert len(account.contacts) == 1


@pytest.fixture(scope="module")
def strict_server() -> Any:
    with MockAutopilot(strict=True) as autopilot:
        yield autopilot


@pytest.mark.parametrize(("rule", "contact", "field"), QUESTIONABLE)
def test_a_strict_account_refuses_questionable_input(
    strict_server: MockAutopilot,
    session: Any,
    rule: str,
    contact: dict[str, Any],
    field: str,
) -> None:
    account = strict_server.new_account()
    for path, body in (
        ("contact", {"contact": contact}),
        ("contacts", {"contacts": [{"Email": "x@y.z", "Title": "x"}, contact]}),
    ):
        refused = session.post(
            account.base_url + path,
            json=body,
            headers={"autopilotapikey": account.api_key},
            timeout=10,
        )
        assert refused.status_code == 400
        assert field.removeprefix("contact") in refused.json()["message"]
        assert rule in [warning.id for warning in account.calls[-1].warnings]
        assert not account.contacts


ENTER = {"contact": ADA, "property": {"a": 1}}
CUSTOM = 'a custom field goes into custom: {"custom": {"integer--zzz": …}}'
UNKNOWN = f"is no field of Autopilot's; {CUSTOM}"
NO_PART = 'is no part of this call; it goes into property: {"property": {"x": …}}'


@pytest.mark.parametrize(
    ("path", "body", "warning_text"),
    [
        ("contacts", {"contacts": []}, "contacts: is empty, so the call does nothing"),
        ("contacts", {"contacts": [ADA], "x": 1}, "x: is no part of this call"),
        ("contact", {"contact": {**ADA, "zzz": 1}}, f"contact.zzz: {UNKNOWN}"),
        ("trigger/0001/contact/ada@example.com", {"x": 1}, f"x: {NO_PART}"),
        ("trigger/0001/contact", {**ENTER, "x": 1}, f"x: {NO_PART}"),
        (
            "trigger/0001/contact",
            {"contact": {**ADA, "lists": []}},
            "contact.lists: is made by Autopilot and cannot be set; it was left out",
        ),
    ],
)
def test_a_strict_account_refuses_with_the_text_of_the_warning(
    path: str, body: Any, warning_text: str
) -> None:
    lax, strict = Fake(), Fake(strict=True)
    for fake in (lax, strict):
        assert fake.call("POST", "contact", {"contact": ADA}).status_code == 200
    assert lax.call("POST", path, body).status_code == 200
    assert [str(warning) for warning in lax.last.warnings] == [warning_text]
    refused = strict.call("POST", path, body)
    assert refused.status_code == 400
    assert refused.json == {
        "error": "Bad Request",
        "message": f"Refused by --strict: {warning_text}",
    }


def test_a_strict_account_lists_every_warning_in_its_refusal(session: requests.Session) -> None:
    with MockAutopilot(strict=True) as autopilot:
        refused = session.post(
            f"{autopilot.base_url}contact",
            json={"contact": {**ADA, "Title": None, "user_id": " "}},
            headers={"autopilotapikey": autopilot.api_key},
            timeout=10,
        )
    null, blank = "is null, which clears the field", "is blank and was left out"
    assert f"contact.Title: {null}; contact.user_id: {blank}" in refused.json()["message"]


def test_a_well_formed_contact_causes_no_warning(call: Call, account: AccountView) -> None:
    custom = {"float--f": 5, "integer--i": 5.0, "date--d": "2016-02-14", "string--s": ""}
    upsert(call, Email="ada@example.com", FirstName="Ada", NumberOfEmployees=5, custom=custom)
    assert warned(account) == []
    upsert(call, Email="ada@example.com")  # says nothing new, but the contact has something
    assert warned(account) == []


def test_unknown_fields_are_kept_and_a_similar_name_is_suggested(
    call: Call, account: AccountView
) -> None:
    upsert(call, Email="ada@example.com", firstname="Ada", shoe={"size": [5]})
    document = call("GET", "contact/ada@example.com").json()
    assert (document["firstname"], document["shoe"]) == ("Ada", {"size": [5]})
    assert "did you mean FirstName?" in account.calls[0].warnings[0].message


def test_a_custom_field_that_changes_its_type_warns_with_the_old_type() -> None:
    fake = Fake()
    for value in ({"string--Plan": "a"}, {"integer--Plan": 1}):
        fake.call("POST", "contact", {"contact": {**ADA, "custom": value}})
    said = "the field 'Plan' was string until now; Autopilot may keep the two apart"
    assert [str(warning) for warning in fake.last.warnings] == [f"contact.custom: {said}"]


@pytest.mark.parametrize(
    "known", [{"Email": "a@b.c", "user_id": "u"}, {"user_id": "u", "anonymous_id": "a"}]
)
def test_a_contact_of_identifiers_only_is_warned_about(
    call: Call, account: AccountView, known: dict[str, Any]
) -> None:
    upsert(call, **known)
    upsert(call, user_id="u")
    assert warned(account) == [("only-identifier", "contact")]


def test_a_contact_with_any_other_content_is_not_warned_about(
    call: Call, account: AccountView
) -> None:
    account.seed({"lists": [{"list_id": "l", "title": "News"}]})
    for said in ({"_autopilot_list": "l"}, {"custom": {"string--a": "b"}}, {"Title": "x"}):
        upsert(call, user_id=str(said), **said)
        assert warned(account) == []
    for known in ({"custom": {"string--a": "b"}}, {"Title": "x"}):
        upsert(call, user_id=str(known))
        assert warned(account) == []


CUSTOM_HINTS = [
    ({"custom": {"str--Plan": "x"}}, ", as in string--Plan"),
    ({"custom": {"string-Plan": "x"}}, ", as in string--Plan"),
    ({"custom": {"strng:Plan": "x"}}, ", as in string--Plan"),
    ({"custom": {"Int--Age": "36"}}, ", as in integer--Age"),
    ({"custom": {"date-of-birth": "x"}}, ", as in string--date-of-birth"),
    ({"custom": {"Plan": "x"}}, ", as in string--Plan"),
    ({"custom": {"Age": 36}}, ", as in integer--Age"),
    ({"string--Plan": "x"}, '; a custom field goes into custom: {"custom": {"string--Plan": …}}'),
    ({"bool-Paid": True}, '; a custom field goes into custom: {"custom": {"boolean--Paid": …}}'),
    ({"Plan": "x"}, '; a custom field goes into custom: {"custom": {"string--Plan": …}}'),
]


@pytest.mark.parametrize(("contact", "hint"), CUSTOM_HINTS)
def test_a_custom_field_that_is_not_written_as_one_has_a_hint(
    call: Call, account: AccountView, contact: dict[str, Any], hint: str
) -> None:
    upsert(call, Email="ada@example.com", **contact)
    (warning,) = account.calls[-1].warnings
    assert warning.message.endswith(hint)
