"""Request bodies that are refused, each with the message that says what is wrong."""

from typing import Any

import pytest

from tests.api.hostile_bodies.account import (
    BULK,
    CONTACT,
    ENTER,
    LEVELS,
    UPSERT_AND_ENTER,
    Account,
    dumped,
    strict,
)
from tests.api.hostile_bodies.bodies import contact, nested


def with_value(raw: bytes) -> bytes:
    """Return a contact with this value written into it as it is."""
    return b'{"contact": {"Email": "new@example.com", "size": %s}}' % raw


def bulk(bad: object, count: int = 5) -> bytes:
    """Return a bulk whose item 3 is bad."""
    contacts: list[object] = [{"Email": f"{n}@example.com"} for n in range(count)]
    contacts[3] = bad
    return dumped({"contacts": contacts})


def not_json(name: str, raw: bytes, *says: str) -> Any:
    return pytest.param(CONTACT, raw, 400, says, id=name)


def bad_field(path: str, raw: bytes, *says: str, status: int = 400) -> Any:
    return pytest.param(path, raw, status, says, id=says[0])


REFUSED = [
    not_json("empty", b"", "The request body is empty"),
    not_json("whitespace", b" \r\n\t ", "The request body is empty"),
    not_json("cut off", b'{"contact": {"Email": "a', "is not JSON", "column 23"),
    not_json("single quotes", b"{'contact': {}}", "is not JSON", "line 1, column 2"),
    not_json("trailing comma", b'{"contact": {},\n}', "is not JSON", "line"),
    not_json("two values", contact() + b"{}", "is not JSON", "Extra data"),
    not_json("form", b"Email=a%40example.com", "is not JSON", "line 1, column 1"),
    not_json("line break in a text", with_value(b'"a\nb"'), "is not JSON", "control character"),
    not_json("bad UTF-8", with_value(b'"\xff"'), "is not UTF-8", "at byte 50"),
    not_json("overlong UTF-8", with_value(b'"\xc0\xaf"'), "is not UTF-8", "at byte 50"),
    not_json("a surrogate as UTF-8", with_value(b'"\xed\xa0\x80"'), "is not UTF-8"),
    not_json("UTF-16", b"\xff\xfe" + contact(), "is not UTF-16: truncated"),
    not_json("UTF-16 without a mark", contact().decode().encode("utf-16-le"), "is not JSON"),
    not_json("BOM", b"\xef\xbb\xbf" * 2 + contact(), "is not JSON"),
    not_json("NaN", with_value(b"NaN"), "NaN is no JSON number"),
    not_json("Infinity", with_value(b"[Infinity]"), "Infinity is no JSON number"),
    not_json("-Infinity", with_value(b"-Infinity"), "-Infinity is no JSON number"),
    not_json("1e999", with_value(b"1e999"), "contact.size is a number too large"),
    not_json("-1E+0999", with_value(b"[0, -1E+0999]"), "contact.size[1] is a number too large"),
    not_json("400 digits and a point", with_value(b"9" * 400 + b".5"), "contact.size is a number"),
    not_json("5000 digits", with_value(b"9" * 5000), "a number of thousands of digits"),
    not_json("half a surrogate pair", with_value(rb'"\ud800"'), "contact.size", "surrogate"),
    not_json("the other half", with_value(rb'["a", "\uDC00"]'), "contact.size[1]", "surrogate"),
    not_json("half in a key", with_value(rb'{"\ud83d": 1}'), "a key of contact.size", "surrogate"),
    not_json("33 levels", contact(deep=nested(LEVELS - 1)), "contact.deep[0]", "32 levels deep"),
    not_json("100,000 arrays", b"[" * 100_000 + b"]" * 100_000, "32 levels deep"),
    not_json("100,000 objects", b'{"a":' * 100_000 + b"1" + b"}" * 100_000, "32 levels deep"),
    not_json("100,000 arrays, left open", with_value(b"[" * 100_000), "32 levels deep"),
    not_json("an array", b"[]", "The request body must be a JSON object, got an array"),
    not_json("null", b"null", "The request body must be a JSON object, got null"),
    not_json("a number", b"5", "The request body must be a JSON object, got the number 5"),
    not_json("a text", b'"contact"', "The request body must be a JSON object, got the string"),
    not_json("no contact", b"{}", "contact is missing"),
    not_json("contacts for contact", bulk({"user_id": "a"}), "contact is missing"),
    not_json("contact: null", b'{"contact": null}', "contact must be an object, got null"),
    not_json("contact: [1]", b'{"contact": [1]}', "contact must be an object, got an array"),
    not_json("nobody", contact(Email=None), "Either `email` or `user_id` traits must be provided"),
    not_json("blank", contact(Email=" \t", user_id=""), "Missing unique identifier traits"),
    bad_field(CONTACT, contact(Email=5), "contact.Email must be a string, got the number 5."),
    bad_field(CONTACT, contact(Email=["a@b"]), "contact.Email must be a string, got an array."),
    bad_field(CONTACT, contact(_NewEmail={}), "contact._NewEmail must be a string"),
    bad_field(CONTACT, contact(user_id=True), "contact.user_id must be a string (or a number)"),
    bad_field(CONTACT, contact(contact_id=1), "contact.contact_id must be a string"),
    bad_field(CONTACT, contact(custom=[1]), "contact.custom must be an object, got an array."),
    bad_field(CONTACT, contact(custom="x"), "contact.custom must be an object, got the string"),
    bad_field(CONTACT, contact(unsubscribed=2), "contact.unsubscribed must be true or false"),
    bad_field(CONTACT, contact(Phone=[1]), "contact.Phone must be a string, a number"),
    bad_field(CONTACT, contact(_autopilot_list="x"), "List does not exist.", status=404),
    bad_field(BULK, b"{}", "contacts is missing"),
    bad_field(BULK, b'{"contacts": {}}', "contacts must be an array, got an object."),
    bad_field(BULK, b'{"contacts": null}', "contacts must be an array, got null."),
    bad_field(BULK, bulk({"Email": 5}), "contacts[3].Email must be a string, got the number 5."),
    bad_field(BULK, bulk(7), "contacts[3] must be an object, got the number 7."),
    bad_field(BULK, bulk(None), "contacts[3] must be an object, got null."),
    bad_field(BULK, bulk({"FirstName": "A"}), "contacts[3]: Missing unique identifier traits."),
    bad_field(BULK, bulk({"user_id": "a"}, 101), "contacts has 101 items", "100 at most"),
    bad_field(ENTER, b'{"property": null}', "property must be an object, got null."),
    bad_field(ENTER, b'{"property": [1]}', "property must be an object, got an array."),
    bad_field(ENTER, b"[1]", "The request body must be a JSON object, got an array."),
    bad_field(UPSERT_AND_ENTER, b"{}", "contact is missing from"),
    bad_field(
        UPSERT_AND_ENTER,
        dumped({"contact": {"Email": "new@example.com"}, "property": 5}),
        "property must be an object, got the number 5.",
    ),
]


@pytest.mark.parametrize(("path", "body", "status", "says"), REFUSED)
def test_a_bad_body_is_refused_with_what_is_wrong(
    account: Account, path: str, body: bytes, status: int, says: tuple[str, ...]
) -> None:
    refused = account.is_refused("POST", path, body)
    assert refused[0] == status
    assert [text for text in says if text not in refused[1]] == [], refused[1]


@pytest.mark.parametrize(("path", "body", "status", "says"), REFUSED)
def test_the_record_can_be_read_after_a_bad_body(
    account: Account, path: str, body: bytes, status: int, says: tuple[str, ...]
) -> None:
    account.ask("POST", path, body)
    shown, answer = account.ask("GET", "/_mock/calls")
    assert shown == 200
    (call,) = strict(answer)["calls"]
    assert (call["status"], call["path"], call["request_bytes"]) == (status, path, len(body))
    assert says[0] in call["answer"]["message"]


@pytest.mark.parametrize(
    ("body", "key", "field", "kept"),
    [
        (b'{"contact": {"Email": "a@b.c", "Email": "d@e.f"}}', "Email", "Email", "d@e.f"),
        (b'{"contact": {"Email": "a@b.c", "x": {"y": 1, "y": 2}}}', "y", "x", {"y": 2}),
        (b'{"contact": 5, "contact": {"Email": "a@b.c"}}', "contact", "Email", "a@b.c"),
    ],
    ids=["a field", "inside a value", "the contact"],
)
def test_the_last_of_a_repeated_key_counts_with_a_warning(
    account: Account, body: bytes, key: str, field: str, kept: object
) -> None:
    status, answer = account.ask("POST", CONTACT, body)
    assert status == 200
    _, document = account.ask("GET", f"{CONTACT}/{strict(answer)['contact_id']}")
    assert strict(document)[field] == kept
    calls = strict(account.ask("GET", "/_mock/calls")[1])["calls"]
    assert [w["field"] for w in calls[0]["warnings"] if w["id"] == "duplicate-key"] == [key]
