"""Bulk upserts, and the pages of all contacts."""

import pytest

from mock_autopilot import AccountView
from tests.api.calls import Call, upsert, warned

MISSING = "Missing unique identifier traits. Either `email` or `user_id` traits must be provided"
NOT_FOUND = {"error": "Not Found", "message": "Contact could not be found."}


def test_bulk_adds_and_updates_in_turn(call: Call) -> None:
    known = upsert(call, Email="ada@example.com")
    items = [{"Email": "Ada@example.com", "Title": "x"}, {"user_id": "u1"}, {"Email": "b@x.com"}]
    answer = call("POST", "contacts", {"contacts": items}).json()
    assert answer["contact_ids"][0] == known
    assert len(set(answer["contact_ids"])) == 3
    assert answer["email_contact_map"] == {
        "Ada@example.com": known,
        "b@x.com": answer["contact_ids"][2],
    }


def test_bulk_is_all_or_nothing_and_names_the_item(call: Call, account: AccountView) -> None:
    items = [{"Email": f"{n}@example.com"} for n in range(3)]
    wrong = call("POST", "contacts", {"contacts": [*items, {"Email": 5}]})
    assert wrong.status_code == 400
    assert wrong.json()["message"] == "contacts[3].Email must be a string, got the number 5."
    nobody = call("POST", "contacts", {"contacts": [*items, {"Title": "x"}]})
    assert nobody.json()["message"] == f"contacts[3]: {MISSING}"
    assert not account.contacts


def test_bulk_takes_a_hundred_contacts_at_most(call: Call, account: AccountView) -> None:
    items = [{"Email": f"{n}@example.com"} for n in range(101)]
    refused = call("POST", "contacts", {"contacts": items})
    assert refused.status_code == 400
    assert "101 items" in refused.json()["message"]
    assert not account.contacts
    assert call("POST", "contacts", {"contacts": items[:100]}).status_code == 200
    assert len(account.contacts) == 100


def test_an_empty_bulk_is_warned_about(call: Call, account: AccountView) -> None:
    answer = call("POST", "contacts", {"contacts": []})
    assert answer.json() == {"contact_ids": [], "email_contact_map": {}}
    assert warned(account) == [("empty", "contacts")]


def test_pages_of_a_hundred_follow_by_bookmark(call: Call) -> None:
    ids = []
    for start in range(0, 250, 50):
        items = [{"Email": f"{n}@example.com"} for n in range(start, start + 50)]
        ids += call("POST", "contacts", {"contacts": items}).json()["contact_ids"]
    pages, path = [], "contacts"
    while True:
        page = call("GET", path).json()
        assert page["total_contacts"] == 250
        pages.append([contact["contact_id"] for contact in page["contacts"]])
        if "bookmark" not in page:
            break
        path = f"contacts/{page['bookmark']}"
    assert [len(page) for page in pages] == [100, 100, 50]
    assert [contact_id for page in pages for contact_id in page] == sorted(ids)


@pytest.mark.parametrize(("stored", "first", "more"), [(100, 100, False), (101, 100, True)])
def test_a_page_has_a_hundred_contacts_and_a_bookmark_only_when_more_follow(
    call: Call, account: AccountView, stored: int, first: int, more: bool
) -> None:
    account.seed({"contacts": [{"user_id": str(number)} for number in range(stored)]})
    answer = call("GET", "contacts")
    assert answer.status_code == 200
    page = answer.json()
    assert (len(page["contacts"]), "bookmark" in page) == (first, more)


def test_a_bookmark_holds_when_contacts_go_away(call: Call) -> None:
    items = [{"Email": f"{n}@example.com"} for n in range(150)]
    ids = call("POST", "contacts", {"contacts": items[:100]}).json()["contact_ids"]
    ids += call("POST", "contacts", {"contacts": items[100:]}).json()["contact_ids"]
    ids.sort()
    bookmark = call("GET", "contacts").json()["bookmark"]
    for gone in (*ids[:5], bookmark):
        call("DELETE", f"contact/{gone}")
    rest = call("GET", f"contacts/{bookmark}").json()["contacts"]
    assert [contact["contact_id"] for contact in rest] == ids[101:]


@pytest.mark.parametrize("bookmark", ["void", "person_X", "0", "null"])
def test_an_unknown_bookmark_gives_the_first_page(
    call: Call, account: AccountView, bookmark: str
) -> None:
    upsert(call, Email="ada@example.com")
    first = call("GET", "contacts").json()
    assert call("GET", f"contacts/{bookmark}").json() == first
    assert warned(account) == [("bookmark", "bookmark")]
    assert repr(bookmark) in str(account.calls[-1].warnings[0])


def test_a_known_bookmark_is_not_warned_about(call: Call, account: AccountView) -> None:
    contact_id = upsert(call, Email="ada@example.com")
    call("GET", f"contacts/{contact_id}")
    assert warned(account) == []
