"""What a merge makes of two contacts, and what journeys and the record keep."""

from datetime import UTC, datetime
from typing import Any

import pytest
import requests

from mock_autopilot import AccountView, ApiError, MockAutopilot
from mock_autopilot.recording.journal import Call as Recorded
from mock_autopilot.recording.journal import Journal
from tests.api.calls import ADA, Call, upsert, warned

# --- merging --------------------------------------------------------------------------------


def test_what_a_merge_makes_of_two_contacts(call: Call, account: AccountView) -> None:
    times = [f"2024-01-0{day}T00:00:00.000Z" for day in (1, 2)]
    older = {"user_id": "u1", "anonymous_id": "a", "lists": ["l1", "l2"], "created_at": times[0]}
    newer = {"Email": "ada@example.com", "anonymous_id": "b", "lists": ["l2", "l3"]}
    custom = {"integer--n": 1, "string--x": "old"}
    lists = [{"list_id": f"l{n}", "title": "x"} for n in (1, 2, 3)]
    account.seed(
        {
            "contacts": [
                {**older, "custom": custom, "unsubscribed": True},
                {
                    **newer,
                    "created_at": times[1],
                    "custom": {"string--x": "new"},
                    "unsubscribed": False,
                },
            ],
            "lists": lists,
        }
    )
    upsert(call, Email="ada@example.com", user_id="u1")
    (merged,) = account.contacts.values()
    assert merged["lists"] == ["l2", "l3", "l1"]
    assert merged["created_at"] == times[0]
    assert merged["anonymous_id"] == "b"
    assert merged["unsubscribed"] is True
    assert merged.custom == {"n": 1, "x": "new"}


def test_a_subscribed_contact_stays_so_in_a_merge(call: Call, account: AccountView) -> None:
    upsert(call, user_id="u1", unsubscribed=False)
    upsert(call, **ADA)
    upsert(call, Email="ada@example.com", user_id="u1")
    assert account.contacts["u1"]["unsubscribed"] is False


def test_the_one_with_the_address_wins_whatever_names_it(call: Call, account: AccountView) -> None:
    older, newer = "2024-01-01T00:00:00.000Z", "2024-01-02T00:00:00.000Z"
    with_address = {**ADA, "user_id": "u1", "created_at": older}
    without = {"contact_id": "person_1", "user_id": "u2", "Title": "x", "created_at": newer}
    account.seed({"contacts": [with_address, without]})
    winner = account.contacts["u1"].contact_id
    assert upsert(call, contact_id="person_1", user_id="u1") == winner
    merged = account.contacts["person_1"]
    assert (merged.email, merged["Title"], merged["created_at"]) == (ADA["Email"], "x", older)


def test_ids_of_contacts_merged_one_after_the_other_all_name_the_last(
    call: Call, account: AccountView
) -> None:
    first = upsert(call, user_id="u1", FirstName="A")
    second = upsert(call, Email="b@example.com", FirstName="B")
    upsert(call, Email="b@example.com", user_id="u1")
    last = upsert(call, Email="c@example.com", FirstName="C")
    assert upsert(call, Email="c@example.com", contact_id=second) == last
    third = upsert(call, user_id="u3", FirstName="D")
    assert upsert(call, Email="c@example.com", user_id="u3") == last
    ids = [account.contacts[name].contact_id for name in (first, second, third)]
    assert ids == [last, last, last]
    assert account.state["contacts"][0]["merged_contact_ids"] == [second, first, third]
    assert call("GET", "contact/b@example.com").status_code == 404


@pytest.mark.parametrize(
    "known", [{"Email": "a@b.c", "user_id": "u"}, {"user_id": "u", "anonymous_id": "a"}]
)
def test_a_contact_of_nothing_but_identifiers_says_nothing(
    call: Call, account: AccountView, known: dict[str, Any]
) -> None:
    upsert(call, **known)
    upsert(call, user_id="u")
    assert warned(account) == [("only-identifier", "contact")]


def test_every_way_to_say_something_counts(call: Call, account: AccountView) -> None:
    account.seed({"lists": [{"list_id": "l", "title": "News"}]})
    for said in ({"_autopilot_list": "l"}, {"custom": {"string--a": "b"}}, {"Title": "x"}):
        upsert(call, user_id=str(said), **said)
        assert warned(account) == []
    for known in ({"custom": {"string--a": "b"}}, {"Title": "x"}):
        upsert(call, user_id=str(known))
        assert warned(account) == []


def test_the_names_of_a_deleted_contact_are_free_again(call: Call) -> None:
    both = {"Email": "ada@example.com", "user_id": "u1"}
    first = upsert(call, **both)
    call("DELETE", f"contact/{first}")
    second = upsert(call, **both)
    assert second != first
    assert upsert(call, user_id="u1") == second
    assert upsert(call, Email="ada@example.com", user_id="u2") == second
    assert upsert(call, user_id="u1") != second


def test_white_space_around_an_address_in_a_path_is_not_part_of_it(call: Call) -> None:
    upsert(call, **ADA)
    assert call("GET", "contact/%20ada@example.com%20").status_code == 200


@pytest.mark.parametrize(("stored", "first", "more"), [(100, 100, False), (101, 100, True)])
def test_a_page_has_a_hundred_contacts_and_a_bookmark_only_when_more_follow(
    call: Call, account: AccountView, stored: int, first: int, more: bool
) -> None:
    account.seed({"contacts": [{"user_id": str(number)} for number in range(stored)]})
    answer = call("GET", "contacts")
    assert answer.status_code == 200
    page = answer.json()
    assert (len(page["contacts"]), "bookmark" in page) == (first, more)


# --- journeys -------------------------------------------------------------------------------


@pytest.mark.parametrize("trigger_id", ["", "a/b"])
def test_a_trigger_id_must_stand_in_a_path(account: AccountView, trigger_id: str) -> None:
    with pytest.raises(ApiError, match="trigger_id must stand in a path"):
        account.add_journey("Welcome", trigger_id)
    assert not account.journeys


def test_a_journey_that_is_defined_again_is_renamed_and_keeps_its_entries(
    call: Call, account: AccountView
) -> None:
    upsert(call, **ADA)
    account.add_journey("Welcome", "0001")
    call("POST", "trigger/0001/contact/ada@example.com")
    account.add_journey("Hello", "0001")
    (journey,) = account.journeys.values()
    assert (journey.name, len(journey.entries)) == ("Hello", 1)
    state = account.state
    account.seed(state)
    assert account.state == state
    assert state["journeys"][0]["name"] == "Hello"


def test_who_is_taken_off_a_journey_leaves_the_others_on_it(
    call: Call, account: AccountView
) -> None:
    for email in ("ada@example.com", "bob@example.com"):
        upsert(call, Email=email)
        call("POST", f"trigger/0001/contact/{email}")
    assert call("DELETE", "journey/0001/contact/ada@example.com").status_code == 204
    assert [bool(entry.ejected_at) for entry in account.journeys["0001"].entries] == [True, False]


def test_strict_says_all_that_it_refuses(session: requests.Session) -> None:
    with MockAutopilot(strict=True) as autopilot:
        refused = session.post(
            f"{autopilot.base_url}contact",
            json={"contact": {**ADA, "Title": None, "user_id": " "}},
            headers={"autopilotapikey": autopilot.api_key},
            timeout=10,
        )
    null, blank = "is null, which clears the field", "is blank and was left out"
    assert f"contact.Title: {null}; contact.user_id: {blank}" in refused.json()["message"]


# --- the record -----------------------------------------------------------------------------


def recorded(request: bytes = b"", response: bytes = b"", more: int = 0) -> Recorded:
    return Recorded(
        number=1, time=datetime(2024, 1, 1, tzinfo=UTC), account=None, method="GET", path="/v1/x",
        query="", route=None, headers={}, request_body=request, request_size=len(request) + more,
        status=200, response_body=response, response_size=len(response), duration=0.0123456,
    )  # fmt: skip


def test_a_journal_keeps_no_more_bytes_than_it_may() -> None:
    journal = Journal(max_bytes=10)
    for _ in range(3):
        journal.append(recorded(b"123", b"45"))
    assert (len(journal.calls()), journal.dropped) == (2, 1)
    journal.clear()
    for _ in range(2):
        journal.append(recorded(b"123", b"45"))
    assert (len(journal.calls()), journal.dropped) == (2, 0)
    journal.append(recorded(b"x" * 11))
    assert (journal.calls(), journal.dropped) == ([], 3)


def test_a_call_says_whether_it_was_truncated_and_how_long_it_took() -> None:
    assert [recorded(b"{}", more=more).truncated for more in (0, 1)] == [False, True]
    shown = recorded(b"\xff").to_json()
    assert (shown["duration_ms"], shown["request_body"], shown["body"]) == (12.346, "\ufffd", None)
