"""What a merge makes of two contacts."""

from mock_autopilot import AccountView
from tests.api.calls import ADA, Call, upsert

NOT_FOUND = {"error": "Not Found", "message": "Contact could not be found."}


def test_two_contacts_are_merged_and_the_one_with_the_address_wins(
    call: Call, account: AccountView
) -> None:
    loser = upsert(call, user_id="u1", FirstName="A.", Title="Countess", custom={"integer--n": 1})
    winner = upsert(call, Email="ada@example.com", FirstName="Ada", custom={"integer--m": 2})
    call("POST", f"trigger/0001/contact/{loser}", {"property": {"step": 1}})
    assert upsert(call, Email="ada@example.com", user_id="u1") == winner
    assert len(account.contacts) == 1
    document = call("GET", f"contact/{loser}").json()  # the loser's id stays valid
    assert document["contact_id"] == winner
    assert (document["FirstName"], document["Title"]) == ("Ada", "Countess")
    assert account.contacts[winner].custom == {"n": 1, "m": 2}
    assert [entry.contact_id for entry in account.journeys["0001"].entries] == [winner]
    call("DELETE", f"contact/{loser}")
    assert call("GET", f"contact/{winner}").json() == NOT_FOUND
    assert call("GET", f"contact/{loser}").json() == NOT_FOUND


def test_a_new_email_that_somebody_has_merges_the_two(call: Call) -> None:
    moved = upsert(call, Email="old@example.com", FirstName="Ada")
    other = upsert(call, Email="new@example.com", LastName="King")
    assert upsert(call, Email="old@example.com", _NewEmail="new@example.com") == moved
    assert call("GET", f"contact/{other}").json()["Name"] == "Ada King"


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


def test_a_merge_alone_is_an_update(call: Call, account: AccountView) -> None:
    upsert(call, user_id="u1")
    upsert(call, Email="ada@example.com")
    assert "updated_at" not in account.contacts["ada@example.com"]
    upsert(call, Email="ada@example.com", user_id="u1")
    assert "updated_at" in account.contacts["ada@example.com"]
