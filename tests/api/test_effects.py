"""What the record says that a call changed."""

from typing import Any

import pytest

from mock_autopilot import AccountView
from mock_autopilot.account.effects import (
    AddressChange,
    ContactChange,
    Effects,
    FieldChange,
    JourneyChange,
    ListChange,
    Merge,
)
from tests.api.calls import ADA, Call, upsert


def effects(account: AccountView) -> Effects:
    return account.calls[-1].effects


def test_creating_a_contact_is_an_effect(call: Call, account: AccountView) -> None:
    who = upsert(call, **ADA, custom={"integer--Age": 36})
    made = tuple(
        FieldChange(name, None, value) for name, value in (*ADA.items(), ("custom_fields.Age", 36))
    )
    assert effects(account) == Effects(contacts_created=(ContactChange(who, made),))


def test_updating_a_contact_is_an_effect(call: Call, account: AccountView) -> None:
    custom = {"integer--Age": 36, "string--Plan": "x", "integer--N": 1}
    who = upsert(call, **ADA, Title="Miss", custom=custom)
    changed = {"integer--Age": 37, "string--Plan": None, "float--N": 1}
    upsert(call, Email="ada@example.com", FirstName="Augusta", Title=None, custom=changed)
    fields = (
        FieldChange("FirstName", "Ada", "Augusta"),
        FieldChange("Title", "Miss", None),
        FieldChange("custom_fields.Age", 36, 37),
        FieldChange("custom_fields.Plan", "x", None),
        FieldChange("custom_fields.N.fieldType", "integer", "float"),
    )
    assert effects(account) == Effects(contacts_updated=(ContactChange(who, fields),))


@pytest.mark.parametrize("again", [{}, {"FirstName": "Ada"}])
def test_writing_what_is_stored_already_is_no_effect(
    call: Call, account: AccountView, again: dict[str, str]
) -> None:
    upsert(call, **ADA)
    upsert(call, Email="ada@example.com", **again)
    assert effects(account) == Effects()
    assert not effects(account)


DIFFERENT: list[tuple[Any, Any]] = [
    (True, 1),
    (0, False),
    ([1, 0], [1, False]),
    ([1], [1, 1]),
    ({"a": {"b": True}}, {"a": {"b": 1}}),
    ({"a": 1}, {"b": 1}),
    ({"a": 1}, [1]),
]


@pytest.mark.parametrize(("before", "after"), DIFFERENT)
@pytest.mark.parametrize("merging", [False, True])
def test_values_that_differ_in_json_are_a_change(
    call: Call, account: AccountView, before: object, after: object, merging: bool
) -> None:
    upsert(call, user_id="u1", FirstName="Ada")
    who = upsert(call, **ADA, notify=before)
    upsert(call, **ADA, **({"user_id": "u1"} if merging else {}), notify=after)
    (changed,) = effects(account).contacts_updated
    assert changed.contact_id == who
    (noted,) = (one for one in changed.fields if one.field == "notify")
    # Compared as text, because True equals 1.
    assert repr(noted) == repr(FieldChange("notify", before, after))


@pytest.mark.parametrize("value", [True, 0, [1, False], {"a": {"b": [True, None]}}])
def test_a_value_that_is_the_same_in_json_is_no_change(
    call: Call, account: AccountView, value: object
) -> None:
    upsert(call, **ADA, notify=value)
    upsert(call, **ADA, notify=value)
    assert effects(account) == Effects()


def test_merging_two_contacts_is_an_effect(call: Call, account: AccountView) -> None:
    account.seed({"lists": [{"list_id": "l", "title": "News"}]})
    loser = upsert(call, user_id="u1", FirstName="A.", Title="Miss", _autopilot_list="l")
    winner = upsert(call, **ADA)
    upsert(call, **ADA, user_id="u1", LastName="King")
    fields = (
        FieldChange("user_id", None, "u1"),
        FieldChange("Title", None, "Miss"),
        FieldChange("LastName", None, "King"),
    )
    assert effects(account) == Effects(
        contacts_updated=(ContactChange(winner, fields),),
        contacts_merged=(Merge(loser, winner),),
        list_members_added=(ListChange("l", winner),),
    )


def test_changing_an_address_is_an_effect(call: Call, account: AccountView) -> None:
    who = upsert(call, user_id="u1", FirstName="Ada")
    upsert(call, user_id="u1", Email="ada@example.com")
    assert effects(account).addresses_changed == (AddressChange(who, None, "ada@example.com"),)
    upsert(call, Email="ada@example.com", _NewEmail="new@example.com")
    moved = AddressChange(who, "ada@example.com", "new@example.com")
    assert effects(account).addresses_changed == (moved,)
    upsert(call, Email="NEW@example.com")
    assert effects(account).addresses_changed == ()
    (case_changed,) = effects(account).contacts_updated
    assert case_changed.fields == (FieldChange("Email", "new@example.com", "NEW@example.com"),)


def test_entering_and_ejecting_are_effects(call: Call, account: AccountView) -> None:
    who = upsert(call, **ADA)
    entry = JourneyChange("0001", who)
    call("POST", "trigger/0001/contact/ada@example.com")
    assert effects(account) == Effects(entries_made=(entry,))
    call("POST", "trigger/0001/contact", {"contact": ADA})
    assert effects(account) == Effects(entries_made=(entry,))
    call("DELETE", f"journey/{account.journeys['0001'].journey_id}/contact/{who}")
    assert account.calls[-1].status == 204
    assert effects(account) == Effects(entries_ended=(entry, entry))


def test_unsubscribing_and_deleting_are_effects(call: Call, account: AccountView) -> None:
    who = upsert(call, **ADA)
    call("POST", f"contact/{who}/unsubscribe")
    change = ContactChange(who, (FieldChange("unsubscribed", None, True),))
    assert effects(account) == Effects(contacts_updated=(change,))
    call("POST", f"contact/{who}/unsubscribe")
    assert effects(account) == Effects()
    call("DELETE", f"contact/{who}")
    assert effects(account) == Effects(contacts_deleted=(who,))


def test_a_bulk_call_lists_each_contact(call: Call, account: AccountView) -> None:
    answer = call("POST", "contacts", {"contacts": [ADA, {"Email": "b@x.com"}, ADA | {"a": 1}]})
    first, second, _ = answer.json()["contact_ids"]
    found = effects(account)
    assert [one.contact_id for one in found.contacts_created] == [first, second]
    assert [one.contact_id for one in found.contacts_updated] == [first]


def test_a_refused_call_has_no_effect(call: Call, account: AccountView) -> None:
    call("POST", "contacts", {"contacts": [ADA, {"Email": 5}]})
    assert effects(account) == Effects()
    account.fail_next(503)
    call("POST", "contact", {"contact": ADA})
    assert effects(account) == Effects()


def test_a_field_that_a_merge_and_then_the_update_change_is_one_change(
    call: Call, account: AccountView
) -> None:
    upsert(call, user_id="u1", FirstName="A.", unsubscribed=True)
    winner = upsert(call, Email="ada@example.com", unsubscribed=False)
    both = {"Email": "ada@example.com", "user_id": "u1", "FirstName": "Ada"}
    upsert(call, **both, unsubscribed=False)
    fields = (FieldChange("FirstName", None, "Ada"), FieldChange("user_id", None, "u1"))
    (updated,) = effects(account).contacts_updated
    assert (updated.contact_id, sorted(updated.fields, key=str)) == (
        winner,
        sorted(fields, key=str),
    )
