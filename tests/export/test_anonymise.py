"""What is replaced: everything personal, and nothing of who is the same as whom."""

from typing import Any

from tests.export.support import Received, run_here, texts


def bodies(received: Received) -> list[Any]:
    return [call.get("body") for call in received.export(anonymise=True).case["calls"]]


def contacts(*sent: dict[str, Any]) -> list[dict[str, Any]]:
    """Send these contacts, and return how they are exported."""
    received = Received()
    for contact in sent:
        received.call("POST", "/v1/contact", {"contact": contact})
    return [body["contact"] for body in bodies(received)]


def test_names_and_addresses() -> None:
    ada = {"Email": "ada@kings.org", "FirstName": "Ada", "LastName": "King", "Phone": "+44 20 1"}
    first, second = contacts({**ada, "Company": "Kings"}, {**ada, "FirstName": "Augusta"})
    assert first == {
        "Email": "person1@example.com",
        "FirstName": "First1",
        "LastName": "Last1",
        "Phone": "555-0001",
        "Company": "Company 1",
    }
    assert second == {
        "Email": "person1@example.com",
        "FirstName": "First2",
        "LastName": "Last1",
        "Phone": "555-0001",
    }


def test_an_address_is_the_same_in_any_letter_case_and_each_spelling_stays_another() -> None:
    spellings = ["Ada@kings.org", "ada@kings.org", " ADA@KINGS.ORG ", "Ada@kings.org"]
    found = [one["Email"] for one in contacts(*({"Email": each} for each in spellings))]
    assert len({one.strip().lower() for one in found}) == 1
    assert found[0] == found[3]
    assert len(set(found)) == 3
    assert found[2].startswith(" ")
    assert found[2].endswith(" ")


def test_a_user_id_that_is_an_address_is_that_address() -> None:
    (one,) = contacts({"Email": "ada@kings.org", "user_id": "ada@kings.org"})
    assert one == {"Email": "person1@example.com", "user_id": "person1@example.com"}


def test_user_ids_as_numbers_and_as_texts() -> None:
    found = contacts({"user_id": 5}, {"user_id": "5"}, {"user_id": "u5"}, {"user_id": " u5"})
    assert [one["user_id"] for one in found] == [1001, "1001", "user-1", " user-1"]


def test_what_is_no_address_stays_none() -> None:
    found = contacts({"Email": "ada"}, {"Email": "@"}, {"Email": " "}, {"Email": ""})
    assert [one.get("Email") for one in found] == ["text-1", "person1@example.com", " ", ""]


def test_values() -> None:
    custom = {
        "string--Plan": "gold",
        "integer--Age": 36,
        "integer--Whole": 36.0,
        "float--Rate": 1.5,
        "float--Same": 36,
        "boolean--Member": True,
        "date--Born": "1815-12-10",
        "date--Seen": "2020-01-01T10:00:00+02:00",
        "date--Wrong": "yesterday",
        "integer--Text": "36",
        "boolean--Text": "yes",
        "string--Null": None,
        "string--Blank": "  ",
    }
    (one,) = contacts({"Email": "ada@kings.org", "custom": custom})
    assert one["custom"] == {
        "string--Plan": "text-1",
        "integer--Age": 1001,
        "integer--Whole": 1001.0,
        "float--Rate": 1002.5,
        "float--Same": 1001,
        "boolean--Member": True,
        "date--Born": "2001-01-02",
        "date--Seen": "2001-01-03T00:00:00.000Z",
        "date--Wrong": "text-2",
        "integer--Text": "1001",
        "boolean--Text": "text-3",
        "string--Null": None,
        "string--Blank": "  ",
    }


def test_what_unsubscribes_goes_on_doing_so() -> None:
    said = [True, "Yes", 1, "0", "perhaps", 7]
    found = contacts(*({"Email": "ada@kings.org", "unsubscribed": one} for one in said))
    assert [one["unsubscribed"] for one in found] == [True, "Yes", 1, "0", "text-1", 1001]


def test_placeholders_stay() -> None:
    (one,) = contacts({"user_id": "undefined", "FirstName": "undefined"})
    assert one == {"user_id": "undefined", "FirstName": "First1"}


def test_texts_in_properties_are_the_same_as_elsewhere() -> None:
    received = Received()
    received.call("POST", "/v1/contact", {"contact": {"Email": "ada@kings.org", "user_id": "u1"}})
    order = {"by": "ADA@kings.org", "user": "u1", "items": ["tea", {"name": "tea", "n": 2}]}
    received.call("POST", "/v1/trigger/bought/contact/ada@kings.org", {"property": order})
    call = received.export(anonymise=True).case["calls"][1]
    assert call["path"] == "/v1/trigger/bought/contact/person1@example.com"
    assert call["body"]["property"] == {
        "by": "Person1@example.com",
        "user": "user-1",
        "items": ["text-1", {"name": "text-1", "n": 1001}],
    }


def test_names_of_keys_and_triggers_stay_unless_they_say_who_it_is() -> None:
    received = Received()
    custom = {"string--Plan": "x", "string--Smithson fan": 1, "Ann": 2, "string--Annual": 3}
    body = {"Email": "ann@kings.org", "FirstName": "Ann", "LastName": "Smithson", "custom": custom}
    received.call("POST", "/v1/contact", {"contact": body})
    received.call("POST", "/v1/trigger/welcome/contact/{0}", {"property": {"ann@kings.org": 1}})
    received.call("POST", "/v1/trigger/welcome_ann/contact/{0}", {"property": {"Plan": 1}})
    first, second, third = received.export(anonymise=True).case["calls"]
    assert list(first["body"]["contact"]["custom"]) == [
        "string--Plan",
        "string--name-1",
        "name-2",
        "string--Annual",
    ]
    assert second["path"] == "/v1/trigger/welcome/contact/person_1"
    assert list(second["body"]["property"]) == ["name-3"]
    assert third["path"] == "/v1/trigger/name-4/contact/person_1"


def test_the_keys_and_words_of_the_api_stay() -> None:
    received = Received()
    body = {"user_id": "contact", "FirstName": "Email", "Title": "property", "Company": "v1"}
    received.call("POST", "/v1/contact", {"contact": body})
    received.call("POST", "/v1/trigger/t/contact/{0}", {"property": {"custom": 1}})
    first, second = received.export(anonymise=True).case["calls"]
    assert list(first["body"]) == ["contact"]
    assert list(first["body"]["contact"]) == list(body)
    assert second["path"] == "/v1/trigger/t/contact/person_1"
    assert list(second["body"]) == ["property"]


def test_paths() -> None:
    received = Received()
    for path in (
        "/v1/contact/ada/b@kings.org",
        "/v1/contact/ada",
        "/v1/contact/person_ADA",
        "/v1/contact/ada@kings.org/subscribe",
        "/v2/contact/ada@kings.org",
        "/v1/contacts/ada",
        "/v1/contacts/custom_fields",
        "/v1/journey/none/contact/ADA@kings.org",
    ):
        received.call("DELETE" if "journey" in path else "GET", path)
    export = received.export(anonymise=True)
    assert [call["path"] for call in export.case["calls"]] == [
        "/v1/contact/person1@example.com",
        "/v1/contact/user-1",
        "/v1/contact/person_other1",
        "/v1/contact/person2@example.com",
        "/user-2/contact/person3@example.com",
        "/v1/contacts/user-1",
        "/v1/contacts/custom_fields",
        "/v1/journey/none/contact/Person3@example.com",
    ]


def test_bodies_that_are_wrong_stay_so() -> None:
    received = Received()
    wrong: list[Any] = [
        {"contact": "ada"},
        {"contact": ["ada@kings.org"]},
        {"contacts": {"Email": "ada@kings.org"}},
        {"contact": {"Email": 5}},
        {"contact": {"Email": "ada@kings.org", "custom": "x"}},
        ["ada"],
        5,
        {"contact": {"Email": "ada@kings.org", "_autopilot_list": "none"}},
    ]
    for body in wrong:
        received.call("POST", "/v1/contacts" if "contacts" in str(body) else "/v1/contact", body)
    export = received.export(anonymise=True)
    assert len(export.case["calls"]) == len(wrong)
    assert {call["status"] for call in export.case["calls"]} == {400, 404}
    assert "ada" not in texts(export).lower()


SEED: dict[str, Any] = {
    "contacts": [
        {
            "Email": "ada@kings.org",
            "contact_id": "ada-lovelace",
            "FirstName": "Ada",
            "Company": "Kings",
            "lists": ["l1"],
            "merged_contact_ids": ["ada-byron"],
            "custom_fields": [{"kind": "Ada likes", "value": "tea", "fieldType": "string"}],
            "mail_opened": ["2016-01-01T00:00:00.000Z"],
        },
        {"user_id": "kay"},
    ],
    "lists": [{"list_id": "l1", "title": "Friends of Ada"}],
    "journeys": [
        {
            "trigger_id": "0001",
            "name": "Ada's journey",
            "entries": [
                {
                    "contact_id": "ada-lovelace",
                    "properties": {"city": "London"},
                    "ejected_at": "2016-01-01T00:00:00.000Z",
                }
            ],
        }
    ],
}


def test_a_state() -> None:
    received = Received(SEED)
    received.call("GET", "/v1/contact/ada-byron")
    received.call("POST", "/v1/trigger/0001/contact/ADA@kings.org")
    received.call("POST", "/v1/contact", {"contact": {"Email": "ada@kings.org", "user_id": "kay"}})
    export = received.export(anonymise=True)
    for original in ("ada", "byron", "lovelace", "kings", "kay", "london", "tea"):
        assert original not in texts(export).lower(), original
    assert export.case["account"]["state"] == {
        "contacts": [
            {
                "Email": "person1@example.com",
                "api_originated": True,
                "custom_fields": [
                    {"kind": "name-3", "value": "text-2", "fieldType": "string", "deleted": False}
                ],
                "lists": ["l1"],
                "FirstName": "First1",
                "Company": "Company 1",
                "mail_opened": ["2001-01-02T00:00:00.000Z"],
                "contact_id": "person_other1",
                "merged_contact_ids": ["user-2"],
            },
            {"api_originated": True, "user_id": "user-1", "contact_id": "person_2",
             "merged_contact_ids": []},
        ],
        "lists": [{"list_id": "l1", "title": "name-1"}],
        "journeys": [
            {
                "trigger_id": "0001",
                "name": "name-2",
                "entries": [
                    {
                        "contact_id": "person_other1",
                        "properties": {"city": "text-1"},
                        "ejected_at": "2001-01-02T00:00:00.000Z",
                    }
                ],
            }
        ],
    }  # fmt: skip
    assert [len(one) for one in export.case["expect"]["journeys"].values()] == [2]
    assert len(export.case["expect"]["contacts"]) == 1
    run_here(export.pytest_source)


def test_what_the_account_makes_of_a_contact_stays() -> None:
    received = Received(
        seed={
            "contacts": [
                {
                    "Email": "ada@kings.org",
                    "contact_id": "person_A",
                    "api_originated": False,
                    "merged_contact_ids": ["person_B"],
                }
            ]
        }
    )
    received.call("GET", "/v1/contact/ada@kings.org")
    (contact,) = received.export(anonymise=True).case["account"]["state"]["contacts"]
    assert contact["type"] == "Contact"
    assert len(contact["merged_contact_ids"]) == 1
    assert contact["merged_contact_ids"] != ["person_B"]


def test_texts_that_are_numbers_become_other_numbers() -> None:
    (found,) = contacts(
        {"Email": "ada@kings.org", "Phone": "12.5", "Fax": "7" * 40, "Title": "1.50"}
    )
    assert (found["Phone"], found["Fax"]) == ("1001.5", "1002")
    assert not found["Title"][0].isdigit()
