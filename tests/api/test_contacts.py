"""Contacts over HTTP: the calls, answers and messages of the API, to the letter."""

import re
from typing import Any
from urllib.parse import quote

import pytest

from mock_autopilot import AccountView, MockAutopilot, SeedWarning
from tests.api.calls import Call, upsert, warned

MISSING = "Missing unique identifier traits. Either `email` or `user_id` traits must be provided"
NOT_FOUND = {"error": "Not Found", "message": "Contact could not be found."}


# --- the key -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("key", "status", "answer"),
    [
        ("", 400, {"error": "Bad Request", "message": "No autopilotapikey header provided."}),
        ("x", 401, {"error": "Unauthorized", "message": "Provided autopilotapikey not valid."}),
    ],
)
def test_a_call_needs_a_known_key(call: Call, key: str, status: int, answer: object) -> None:
    rejected = call("POST", "contact", {"contact": {"Email": "ada@example.com"}}, key=key)
    assert (rejected.status_code, rejected.json()) == (status, answer)


def test_any_key_makes_an_account_for_each_key() -> None:
    import requests

    with MockAutopilot(any_key=True) as autopilot, requests.Session() as session:
        for key in ("one", "two"):
            session.post(
                f"{autopilot.base_url}contact",
                json={"contact": {"Email": f"{key}@example.com"}},
                headers={"autopilotapikey": key},
                timeout=10,
            )
        page = session.get(
            f"{autopilot.base_url}contacts", headers={"autopilotapikey": "two"}, timeout=10
        ).json()
    assert [contact["Email"] for contact in page["contacts"]] == ["two@example.com"]
    assert not autopilot.contacts


# --- adding, updating, reading -----------------------------------------------------------------


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


@pytest.mark.parametrize(
    "email",
    [
        "o'neil+a/b@example.com",
        "50%@x.com",
        "a?b#c&d@x.com",
        "//x//@y.z",
        "josé@exämple.com",
        "a b@c.d",
    ],
)
@pytest.mark.parametrize("safe", ["", "@+'&"])
def test_an_address_in_a_path_may_be_encoded_or_not(call: Call, email: str, safe: str) -> None:
    contact_id = upsert(call, Email=email, FirstName="Ada")
    path = f"contact/{quote(email, safe=safe)}"
    assert call("GET", path).json()["contact_id"] == contact_id
    assert call("POST", f"{path}/unsubscribe").status_code == 200
    assert call("DELETE", path).status_code == 200


def test_a_null_clears_a_field(call: Call, account: AccountView) -> None:
    upsert(call, Email="ada@example.com", Title="Miss", custom={"string--a": "b"})
    upsert(call, Email="ada@example.com", Title=None, custom={"string--a": None})
    assert warned(account) == [("null", "contact.Title"), ("null", "contact.custom.string--a")]
    document = call("GET", "contact/ada@example.com").json()
    assert "Title" not in document
    assert "custom_fields" not in document


# --- who is it ---------------------------------------------------------------------------------


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
def test_neither_address_nor_user_id_is_rejected(
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


def test_a_new_email_moves_the_contact(call: Call, account: AccountView) -> None:
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


def test_a_new_email_that_somebody_has_merges_the_two(call: Call) -> None:
    moved = upsert(call, Email="old@example.com", FirstName="Ada")
    other = upsert(call, Email="new@example.com", LastName="King")
    assert upsert(call, Email="old@example.com", _NewEmail="new@example.com") == moved
    assert call("GET", f"contact/{other}").json()["Name"] == "Ada King"


def test_a_contact_id_in_the_body_identifies_too(call: Call, account: AccountView) -> None:
    contact_id = upsert(call, Email="ada@example.com", FirstName="Ada")
    assert upsert(call, contact_id=contact_id, FirstName="Augusta") == contact_id
    assert account.contacts["ada@example.com"]["FirstName"] == "Augusta"


# --- custom fields -----------------------------------------------------------------------------


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


# --- bulk --------------------------------------------------------------------------------------


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


def test_bulk_takes_a_hundred(call: Call, account: AccountView) -> None:
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


# --- paging ------------------------------------------------------------------------------------


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


def test_a_page_that_is_just_full_is_the_last(call: Call) -> None:
    items = [{"Email": f"{n}@example.com"} for n in range(100)]
    call("POST", "contacts", {"contacts": items})
    page = call("GET", "contacts")
    assert (page.status_code, len(page.json()["contacts"])) == (200, 100)
    assert "bookmark" not in page.json()


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


# --- unsubscribe, delete -----------------------------------------------------------------------


def test_unsubscribe(call: Call) -> None:
    contact_id = upsert(call, Email="ada@example.com")
    answer = call("POST", f"contact/{contact_id}/unsubscribe")
    assert (answer.status_code, answer.json()) == (200, {})
    assert call("GET", "contact/ada@example.com").json()["unsubscribed"] is True


def test_delete(call: Call) -> None:
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


def test_a_delete_by_address_takes_all_that_have_it(call: Call, account: AccountView) -> None:
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


def test_a_delete_by_id_takes_one_of_those_that_share_an_address(
    call: Call, account: AccountView
) -> None:
    same = {"Email": "ada@example.com"}
    with pytest.warns(SeedWarning):
        account.seed(
            {"contacts": [{**same, "contact_id": "person_1"}, {**same, "contact_id": "person_2"}]}
        )
    call("DELETE", "contact/person_1")
    assert call("GET", "contact/ada@example.com").json()["contact_id"] == "person_2"


# --- methods and paths -------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("PUT", "contact"),
        ("PATCH", "contact/a@b.c"),
        ("OPTIONS", "contacts"),
        ("GET", "contact/a@b.c/unsubscribe"),
        ("POST", "triggers"),
    ],
)
def test_a_method_that_a_path_does_not_have(call: Call, method: str, path: str) -> None:
    answer = call(method, path)
    assert answer.status_code == 405
    message = f"{method} is not allowed"
    assert answer.json() == {"code": "MethodNotAllowedError", "message": message}


def test_an_unknown_path(call: Call, account: AccountView) -> None:
    answer = call("GET", "lists/of/nothing")
    assert answer.status_code == 404
    assert "/v1/lists/of/nothing" in answer.json()["message"]
    assert account.calls[-1].route is None


# --- what is accepted but doubtful -------------------------------------------------------------

DOUBTFUL: list[tuple[str, dict[str, Any], str]] = [
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


@pytest.mark.parametrize(("rule", "contact", "field"), DOUBTFUL)
def test_doubtful_input_is_stored_and_warned_about(
    call: Call, account: AccountView, rule: str, contact: dict[str, Any], field: str
) -> None:
    assert call("POST", "contact", {"contact": contact}).status_code == 200
    assert warned(account) == [(rule, field)]
    assert len(account.contacts) == 1


@pytest.fixture(scope="module")
def strict_server() -> Any:
    with MockAutopilot(strict=True) as autopilot:
        yield autopilot


@pytest.mark.parametrize(("rule", "contact", "field"), DOUBTFUL)
def test_strict_refuses_what_is_doubtful(
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


def test_a_well_formed_contact_is_not_warned_about(call: Call, account: AccountView) -> None:
    custom = {"float--f": 5, "integer--i": 5.0, "date--d": "2016-02-14", "string--s": ""}
    upsert(call, Email="ada@example.com", FirstName="Ada", NumberOfEmployees=5, custom=custom)
    assert warned(account) == []
    upsert(call, Email="ada@example.com")  # says nothing new, but the contact has something
    assert warned(account) == []


def test_unknown_fields_are_kept_and_a_near_name_is_offered(
    call: Call, account: AccountView
) -> None:
    upsert(call, Email="ada@example.com", firstname="Ada", shoe={"size": [5]})
    document = call("GET", "contact/ada@example.com").json()
    assert (document["firstname"], document["shoe"]) == ("Ada", {"size": [5]})
    assert "did you mean FirstName?" in account.calls[0].warnings[0].message


def test_a_custom_field_that_changes_its_type_is_warned_about(
    call: Call, account: AccountView
) -> None:
    upsert(call, Email="ada@example.com", custom={"integer--score": 1})
    upsert(call, Email="ada@example.com", custom={"float--score": 1.5})
    assert warned(account) == []  # numbers both
    upsert(call, Email="ada@example.com", custom={"string--score": "high"})
    assert warned(account) == [("custom-type-changed", "contact.custom")]
    assert account.contacts["ada@example.com"].custom == {"score": "high"}


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
