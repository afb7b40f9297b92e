"""What real programs send and the API's description does not have: taken, with a warning."""

import gzip
import json
import zlib
from typing import Any

import pytest

from mock_autopilot import AccountView
from tests.api.calls import ADA, Call, Fake, upsert, warned


@pytest.mark.parametrize(
    ("name", "given", "stored"),
    [
        ("Phone", 61412345678, "61412345678"),
        ("MailingPostalCode", 2000.0, "2000"),
        ("Company", 1.5, "1.5"),
        ("Status", True, "true"),
        ("NumberOfEmployees", False, "false"),
        ("unsubscribed", "true", True),
        ("unsubscribed", " YES ", True),
        ("unsubscribed", 1, True),
        ("unsubscribed", "no", False),
        ("unsubscribed", 0, False),
    ],
)
def test_a_convertible_value_of_another_type_is_converted_with_a_warning(
    call: Call, account: AccountView, name: str, given: object, stored: object
) -> None:
    upsert(call, Email="ada@example.com", **{name: given})
    arrived = account.contacts["ada@example.com"][name]
    assert (type(arrived), arrived) == (type(stored), stored)
    assert warned(account) == [("accepted-as", f"contact.{name}")]


def test_an_empty_array_in_place_of_an_object_is_accepted_with_a_warning(
    call: Call, account: AccountView
) -> None:
    upsert(call, **ADA, custom=[])
    assert warned(account) == [("empty-array", "contact.custom")]
    entered = call("POST", "trigger/0001/contact/ada@example.com", {"property": []})
    assert entered.status_code == 200
    assert warned(account) == [("empty-array", "property")]
    assert account.journeys["0001"].entries[0].properties == {}
    assert call("POST", "contact", {"contact": []}).json()["message"].startswith("Missing unique")


@pytest.mark.parametrize("user_id", ["null", "Undefined", "NaN", "[object Object]", "none"])
def test_a_placeholder_as_user_id_is_warned_about(
    call: Call, account: AccountView, user_id: str
) -> None:
    upsert(call, user_id=user_id, FirstName="Ada")
    assert warned(account) == [("placeholder", "contact.user_id")]


BODY = json.dumps({"contact": ADA})
TEXTS = {
    "encoded twice": (json.dumps(BODY).encode(), ["encoded-twice"]),
    "UTF-8 with a byte order mark": (BODY.encode("utf-8-sig"), ["byte-order-mark"]),
    "UTF-16": (BODY.encode("utf-16"), ["byte-order-mark"]),
    "UTF-32": (BODY.encode("utf-32"), ["byte-order-mark"]),
}


@pytest.mark.parametrize("name", TEXTS)
def test_a_body_in_another_encoding_is_read_with_a_warning(name: str) -> None:
    raw, warnings = TEXTS[name]
    fake = Fake()
    assert fake.call("POST", "contact", data=raw).status_code == 200
    assert [warning.id for warning in fake.last.warnings] == warnings
    assert fake.last.body == {"contact": ADA}
    refusing = Fake(strict=True)
    assert refusing.call("POST", "contact", data=raw).status_code == 400
    assert refusing.account.transact(lambda stored: stored.count()) == 0


@pytest.mark.parametrize("raw", ['"x"', '"5"', '"[1]"', '"\\"{}\\""'])
def test_a_string_that_holds_no_object_is_refused(raw: str) -> None:
    refused = Fake().call("POST", "contact", data=raw)
    assert refused.status_code == 400
    assert refused.json is not None
    assert "must be a JSON object" in refused.json["message"]


COMPRESSED: dict[str, bytes] = {
    "gzip": gzip.compress(BODY.encode()),
    "x-gzip": gzip.compress(BODY.encode()[:9]) + gzip.compress(BODY.encode()[9:]),
    " GZIP ": gzip.compress(BODY.encode()),
    "deflate": zlib.compress(BODY.encode()),
}


@pytest.mark.parametrize("encoding", COMPRESSED)
def test_a_compressed_body_is_decompressed(encoding: str) -> None:
    fake = Fake()
    sent: dict[str, Any] = {"data": COMPRESSED[encoding], "headers": {"Content-Encoding": encoding}}
    assert fake.call("POST", "contact", **sent).status_code == 200
    (warning,) = fake.last.warnings
    assert (warning.id, warning.field) == ("content-encoding", "Content-Encoding")
    assert encoding.strip().lower() in str(warning)
    assert fake.last.body == {"contact": ADA}


def test_a_blank_content_encoding_is_none() -> None:
    fake = Fake()
    sent: dict[str, Any] = {"data": BODY.encode(), "headers": {"Content-Encoding": " "}}
    assert fake.call("POST", "contact", **sent).status_code == 200
    assert fake.last.warnings == ()


@pytest.mark.parametrize(
    ("encoding", "raw", "status", "said"),
    [
        ("br", b"x", 415, "The Content-Encoding 'br' is unknown"),
        ("gzip, br", b"x", 415, "The Content-Encoding 'gzip, br' is unknown"),
        ("x" * 101, b"x", 415, f"The Content-Encoding '{'x' * 100}' is unknown"),
        ("gzip", b"{}", 400, "The request body is no gzip."),
        (
            "gzip",
            gzip.compress(b"x" * 99, mtime=0)[:-9],
            400,
            "The request body's gzip breaks off.",
        ),
        ("gzip", gzip.compress(b" " * 5000, mtime=0), 413, "larger than 2000 bytes"),
    ],
)
def test_a_body_that_cannot_be_decompressed_is_refused(
    encoding: str, raw: bytes, status: int, said: str
) -> None:
    fake = Fake(max_body=2000)
    sent: dict[str, Any] = {"data": raw, "headers": {"Content-Encoding": encoding}}
    refused = fake.call("POST", "contact", **sent)
    assert refused.status_code == status
    assert refused.json is not None
    assert said in refused.json["message"]
    assert fake.last.status == status


def test_the_content_encoding_identity_is_not_warned_about() -> None:
    fake = Fake()
    headers = {"Content-Encoding": "identity"}
    assert fake.call("POST", "contact", {"contact": ADA}, headers=headers).status_code == 200
    assert fake.last.warnings == ()


@pytest.mark.parametrize("encoding", ["gzip", "deflate", "br"])
def test_a_content_encoding_without_a_body_is_ignored(encoding: str) -> None:
    fake = Fake()
    read = fake.call("GET", "contacts", headers={"Content-Encoding": encoding})
    assert (read.status_code, fake.last.warnings) == (200, ())


@pytest.mark.parametrize("wrap", ["encoded twice and UTF-16", "compressed, with a byte order mark"])
def test_each_irregularity_of_one_body_is_a_warning(wrap: str) -> None:
    fake = Fake()
    body = json.dumps({"contact": ADA | {"custom": []}})
    if wrap == "encoded twice and UTF-16":
        sent: dict[str, Any] = {"data": json.dumps(body).encode("utf-16")}
        expected = ["byte-order-mark", "encoded-twice", "empty-array"]
    else:
        sent = {
            "data": gzip.compress(body.encode("utf-8-sig"), mtime=0),
            "headers": {"Content-Encoding": "gzip"},
        }
        expected = ["content-encoding", "byte-order-mark", "empty-array"]
    assert fake.call("POST", "contact", **sent).status_code == 200
    assert [warning.id for warning in fake.last.warnings] == expected


def test_a_fault_matches_the_contact_in_a_compressed_or_encoded_body() -> None:
    fake = Fake()
    fault = fake.account.faults.add(
        {"match": {"contact": "ada@example.com"}, "respond": {"status": 503}, "times": None}
    )
    compressed: dict[str, Any] = {
        "data": COMPRESSED["gzip"],
        "headers": {"Content-Encoding": "gzip"},
    }
    for sent in (compressed, *({"data": raw} for raw, _ in TEXTS.values())):
        assert fake.call("POST", "contact", **sent).status_code == 503
        assert fake.last.fault == fault.id


@pytest.mark.parametrize(
    ("method", "path", "said"),
    [
        ("POST", "/contact", "a slash that stands twice; the call is /v1/contact"),
        ("POST", "contact/", "a slash at its end; the call is /v1/contact"),
        ("GET", "contacts/", "a slash at its end; the call is /v1/contacts"),
        ("GET", "/triggers", "a slash that stands twice; the call is /v1/triggers"),
        ("GET", "triggers//", "a slash at its end; the call is /v1/triggers"),
    ],
)
def test_a_superfluous_slash_is_404_and_the_message_names_the_right_path(
    method: str, path: str, said: str
) -> None:
    fake = Fake()
    refused = fake.call(method, path, {"contact": ADA} if method == "POST" else None)
    assert refused.status_code == 404
    assert refused.json is not None
    assert said in refused.json["message"]
    assert fake.last.status == 404
