"""Bodies that are wrong, odd or malicious, over HTTP.

Whatever comes, the answer is in the API's own form, a refused call writes nothing, and what is
shown afterwards can be read by any JSON parser.
"""

import gzip
import json
import tracemalloc
import zlib
from collections.abc import Iterator
from http.client import HTTPConnection
from typing import Any, NoReturn
from urllib.parse import urlsplit

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from mock_autopilot import MockAutopilot

LIMIT = 1024 * 1024
"""Bytes that a body may have."""
LEVELS = 32
"""Levels of arrays and objects that a body may have, itself included."""
SEED: dict[str, Any] = {
    "contacts": [
        {"Email": "known@example.com", "FirstName": "Ann", "custom": {"string--Plan": "free"}},
        {"user_id": "u1", "lists": ["contactlist_1"]},
    ],
    "lists": [{"list_id": "contactlist_1", "title": "One"}],
    "journeys": [{"trigger_id": "0001", "name": "Welcome", "entries": []}],
}

CONTACT = "/v1/contact"
BULK = "/v1/contacts"
ENTER = "/v1/trigger/0001/contact/known@example.com"
UPSERT_AND_ENTER = "/v1/trigger/0001/contact"
ROUTES = [
    *(("POST", CONTACT), ("POST", BULK), ("POST", ENTER), ("POST", UPSERT_AND_ENTER)),
    *(("POST", "/v1/trigger/new/contact"), ("POST", "/v1/trigger/new/contact/nobody@example.com")),
    *(("POST", f"{CONTACT}/known@example.com/unsubscribe"), ("POST", f"{CONTACT}/x/unsubscribe")),
    *(("POST", "/_mock/journeys"), ("POST", "/_mock/accounts"), ("POST", "/_mock/reset")),
    ("PUT", "/_mock/state"),
]
SHOWN = (
    *("/v1/contacts", "/v1/contacts/custom_fields", "/v1/triggers", f"{CONTACT}/known@example.com"),
    *("/_mock/state", "/_mock/calls", "/_mock/calls/unauthenticated"),
)


class Account:
    """One account of the fake, asked over HTTP, byte by byte."""

    def __init__(self, server: MockAutopilot, connection: HTTPConnection, seed: object = SEED):
        self.key = server.new_account().api_key
        self.connection = connection
        assert self.ask("PUT", "/_mock/state", dumped(seed))[0] == 200

    def ask(
        self,
        method: str,
        path: str,
        body: bytes | Iterator[bytes] | None = None,
        encoding: str | None = None,
    ) -> tuple[int, bytes]:
        """Send a body as it is, chunked when it is an iterator; give the status and the answer."""
        chunked = body is not None and not isinstance(body, bytes)
        headers = {"autopilotapikey": self.key} | (
            {"Transfer-Encoding": "chunked"} if chunked else {}
        )
        headers |= {} if encoding is None else {"Content-Encoding": encoding}
        self.connection.request(method, path, body, headers, encode_chunked=chunked)
        response = self.connection.getresponse()
        return response.status, response.read()

    def state(self) -> bytes:
        status, answer = self.ask("GET", "/_mock/state")
        assert status == 200
        return answer

    def is_refused(self, method: str, path: str, body: bytes | Iterator[bytes]) -> tuple[int, str]:
        """Send what should be refused; give the status and the message. Nothing is written."""
        before = self.state()
        status, answer = self.ask(method, path, body)
        message = refusal(status, answer)
        assert self.state() == before
        return status, message

    def shows_strict_json(self) -> None:
        for path in SHOWN:
            status, answer = self.ask("GET", path)
            assert status in (200, 404), path
            strict(answer)


def dumped(value: object) -> bytes:
    return json.dumps(value).encode()


def strict(raw: bytes) -> Any:
    """Read JSON as the strictest of parsers: UTF-8, numbers only, text that is Unicode."""

    def refuse(name: str) -> NoReturn:
        raise AssertionError(f"{name} is no JSON")

    value = json.loads(raw.decode(), parse_constant=refuse)
    json.dumps(value, ensure_ascii=False).encode()
    return value


def refusal(status: int, answer: bytes) -> str:
    """Give the message of an answer that is a refusal in the API's own form."""
    assert 400 <= status < 500, answer
    body = strict(answer)
    assert body.keys() == {"error", "message"}
    assert isinstance(body["error"], str)
    assert body["error"]
    assert isinstance(body["message"], str)
    assert body["message"]
    return str(body["message"])


@pytest.fixture(scope="module")
def server() -> Iterator[MockAutopilot]:
    with MockAutopilot() as fake:
        yield fake


@pytest.fixture(scope="module")
def connection(server: MockAutopilot) -> Iterator[HTTPConnection]:
    connection = HTTPConnection(urlsplit(server.base_url).netloc)
    yield connection
    connection.close()


@pytest.fixture
def account(server: MockAutopilot, connection: HTTPConnection) -> Account:
    return Account(server, connection)


# --- anything ---------------------------------------------------------------------------------

NAMES = st.sampled_from(
    [
        *("Email", "_NewEmail", "user_id", "contact_id", "anonymous_id", "FirstName", "LastName"),
        *("NumberOfEmployees", "unsubscribed", "notify", "custom", "_autopilot_list", "lists"),
        *("Name", "custom_fields", "created_at", "updated_at", "type", "merged_contact_ids"),
        *("string--Plan", "integer--Age", "kind", "value", "fieldType", "list_id", "title"),
        *("contact", "contacts", "property", "journeys", "entries", "trigger_id", "name"),
        *("entered_at", "ejected_at", "properties", ""),
    ]
)
WORDS = st.sampled_from(
    ["known@example.com", "u1", "0001", "contactlist_1", "date", "2016-02-14", "9999-12-31T23:59Z"]
)
WILD_TEXT = st.text(st.characters(exclude_categories=()), max_size=6)  # surrogates too


def json_values(texts: st.SearchStrategy[str], *, finite: bool) -> st.SearchStrategy[Any]:
    floats = st.floats(allow_nan=not finite, allow_infinity=not finite)
    return st.recursive(
        st.none() | st.booleans() | st.integers() | floats | texts | WORDS,
        lambda inner: st.lists(inner, max_size=3) | st.dictionaries(NAMES | texts, inner),
        max_leaves=8,
    )


WILD = json_values(WILD_TEXT, finite=False)
CONTACTS = st.dictionaries(NAMES | WILD_TEXT, WILD | WORDS, max_size=5)
SHAPED = st.fixed_dictionaries(
    {},
    optional={
        "contact": CONTACTS | WILD,
        "contacts": st.lists(CONTACTS | WILD, max_size=3),
        "property": WILD,
        "name": WILD,
        "trigger_id": WILD,
        "lists": st.lists(CONTACTS | WILD, max_size=2),
        "journeys": st.lists(CONTACTS | WILD, max_size=2),
    },
)


def written(value: object, ascii_only: bool, encoding: str) -> bytes:
    return json.dumps(value, ensure_ascii=ascii_only).encode(encoding, "surrogatepass")


ENCODINGS = st.sampled_from(["utf-8"] * 8 + ["utf-8-sig", "utf-16", "utf-32-le"])
JSON_BODIES = st.builds(written, SHAPED | WILD, st.booleans(), ENCODINGS)
DAMAGED = st.builds(
    lambda body, at, by: body[: at % (len(body) + 1)] + by + body[at % (len(body) + 1) + len(by) :],
    JSON_BODIES,
    st.integers(0, 1000),
    st.binary(max_size=3) | st.sampled_from([b"1e999", b"NaN", b'"\\ud800"', b"]", b"\xff"]),
)
ANYTHING = st.binary(max_size=50) | JSON_BODIES | DAMAGED


@pytest.mark.parametrize(("method", "path"), ROUTES)
@settings(deadline=None, max_examples=60)
@given(body=ANYTHING)
def test_any_body_is_done_or_refused_as_the_api_does(
    server: MockAutopilot, connection: HTTPConnection, method: str, path: str, body: bytes
) -> None:
    account = Account(server, connection)
    before = account.state()
    status, answer = account.ask(method, path, body)
    assert 200 <= status < 500, answer
    if status >= 300:
        refusal(status, answer)
        assert account.state() == before
    else:
        strict(answer)
        strict(account.state())


def packed(body: bytes, encoding: str, keep: int | None, more: bytes) -> tuple[bytes, str]:
    """Pack a body as its encoding says; keep only so many bytes, and add more."""
    match encoding.strip().lower():
        case "gzip":
            body = gzip.compress(body, mtime=0)  # the same bytes each time
        case "deflate":
            body = zlib.compress(body)
    return body[:keep] + more, encoding


PACKED = st.builds(
    packed,
    ANYTHING,
    st.sampled_from(["gzip", "GZIP ", "deflate", "identity", "br", "gzip, gzip", "", ","]),
    st.none() | st.integers(0, 60),
    st.just(b"") | st.binary(max_size=5),
)


@settings(deadline=None, max_examples=200)
@given(route=st.sampled_from(ROUTES[:8]), sent=PACKED)
def test_any_packed_body_is_done_or_refused_as_the_api_does(
    server: MockAutopilot,
    connection: HTTPConnection,
    route: tuple[str, str],
    sent: tuple[bytes, str],
) -> None:
    account = Account(server, connection)
    before = account.state()
    status, answer = account.ask(*route, *sent)
    assert 200 <= status < 500, answer
    if status >= 300:
        refusal(status, answer)
        assert account.state() == before
    account.shows_strict_json()


@pytest.mark.parametrize("encoding", ["gzip", "deflate"])
@pytest.mark.parametrize("excess", [0, 1, 20 * LIMIT])
def test_the_limit_of_a_packed_body_is_that_of_what_is_in_it(
    account: Account, encoding: str, excess: int
) -> None:
    body, _ = packed(padded(LIMIT + excess), encoding, None, b"")
    assert len(body) < LIMIT
    status, answer = account.ask("POST", CONTACT, body, encoding)
    assert status == (413 if excess else 200), answer
    assert account.ask("GET", f"{CONTACT}/new@example.com")[0] == (404 if excess else 200)


@settings(deadline=None, max_examples=150)
@given(route=st.sampled_from(ROUTES), body=ANYTHING)
def test_what_is_shown_after_any_body_is_strict_json(
    server: MockAutopilot, connection: HTTPConnection, route: tuple[str, str], body: bytes
) -> None:
    account = Account(server, connection)
    account.ask(*route, body)
    account.shows_strict_json()


# --- examples ---------------------------------------------------------------------------------


def contact(**fields: object) -> bytes:
    return dumped({"contact": {"Email": "new@example.com", **fields}})


def with_value(raw: bytes) -> bytes:
    """Give a contact with this value written into it as it is."""
    return b'{"contact": {"Email": "new@example.com", "size": %s}}' % raw


def nested(levels: int) -> Any:
    """Give so many arrays in one another."""
    value: Any = 1
    for _ in range(levels):
        value = [value]
    return value


def bulk(bad: object, count: int = 5) -> bytes:
    """Give a bulk whose item 3 is bad."""
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


def chunks(body: bytes) -> Iterator[bytes]:
    return (body[at : at + 100_000] for at in range(0, len(body), 100_000))


def padded(length: int) -> bytes:
    return contact().ljust(length)


@pytest.mark.parametrize("excess", [1, LIMIT])
@pytest.mark.parametrize("chunked", [False, True], ids=["declared", "chunked"])
def test_a_body_over_the_limit_is_refused(account: Account, chunked: bool, excess: int) -> None:
    body = padded(LIMIT + excess)
    sent = chunks(body) if chunked else body
    status, message = account.is_refused("POST", CONTACT, sent)
    assert (status, message) == (413, f"The request body is larger than {LIMIT} bytes.")
    account.shows_strict_json()


@pytest.mark.parametrize("chunked", [False, True], ids=["declared", "chunked"])
def test_a_body_of_just_the_limit_is_taken(account: Account, chunked: bool) -> None:
    body = padded(LIMIT)
    assert account.ask("POST", CONTACT, chunks(body) if chunked else body)[0] == 200
    assert account.ask("GET", f"{CONTACT}/new@example.com")[0] == 200


@pytest.mark.parametrize(
    ("body", "key", "field", "kept"),
    [
        (b'{"contact": {"Email": "a@b.c", "Email": "d@e.f"}}', "Email", "Email", "d@e.f"),
        (b'{"contact": {"Email": "a@b.c", "x": {"y": 1, "y": 2}}}', "y", "x", {"y": 2}),
        (b'{"contact": 5, "contact": {"Email": "a@b.c"}}', "contact", "Email", "a@b.c"),
    ],
    ids=["a field", "inside a value", "the contact"],
)
def test_of_a_key_that_stands_twice_the_last_counts_with_a_warning(
    account: Account, body: bytes, key: str, field: str, kept: object
) -> None:
    status, answer = account.ask("POST", CONTACT, body)
    assert status == 200
    _, document = account.ask("GET", f"{CONTACT}/{strict(answer)['contact_id']}")
    assert strict(document)[field] == kept
    calls = strict(account.ask("GET", "/_mock/calls")[1])["calls"]
    assert [w["field"] for w in calls[0]["warnings"] if w["id"] == "duplicate-key"] == [key]


def test_a_small_body_takes_little_memory(account: Account) -> None:
    """A body with many brackets is looked through, whatever the length of its keys."""
    body = contact(**{"k" * 5000: [0] * 5000, "brackets": [[]] * LEVELS})
    tracemalloc.start()
    try:
        assert account.ask("POST", CONTACT, body)[0] == 200
        assert tracemalloc.get_traced_memory()[1] < 5_000_000
    finally:
        tracemalloc.stop()


@pytest.mark.parametrize("name", ["created_at", "updated_at"])
@pytest.mark.parametrize("time", ["0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59-14:00"])
def test_a_state_with_a_time_outside_of_the_calendar_is_refused(
    account: Account, name: str, time: str
) -> None:
    body = dumped({"contacts": [{"Email": "a@example.com", name: time}]})
    status, message = account.is_refused("PUT", "/_mock/state", body)
    assert status == 400
    assert message.startswith(f"contacts[0].{name} ")


@pytest.mark.parametrize("name", ["limit", "after"])
@pytest.mark.parametrize("value", ["-1", "x", "", "²", "9" * 5000], ids=lambda value: value[:5])
def test_a_filter_that_is_no_number_is_refused(account: Account, name: str, value: str) -> None:
    path = f"/_mock/calls?{name}={value}".replace("²", "%C2%B2")
    assert name in refusal(*account.ask("GET", path))


# --- the state, there and back ----------------------------------------------------------------

TAME_TEXT = st.text(max_size=6)
TAME = json_values(TAME_TEXT, finite=True)
VALID: st.SearchStrategy[dict[str, Any]] = st.builds(
    dict,
    st.dictionaries(TAME_TEXT | st.sampled_from(["FirstName", "notify", "Name", "lists"]), TAME),
    custom=st.dictionaries(TAME_TEXT | st.sampled_from(["string--Plan", "integer--A--b"]), TAME),
    Email=st.sampled_from(["known@example.com", "KNOWN@example.com", "zoë@example.com"]),
    user_id=st.none() | st.sampled_from(["u1", "u2", 3]),
)


def comes_back(account: Account, other: Account) -> None:
    """Load the state into its own account and into an empty one: it is the same each time."""
    state = account.state()
    for each in (account, other):
        status, answer = each.ask("PUT", "/_mock/state", state)
        assert status == 200, answer
        answered = strict(answer)
        assert isinstance(answered.pop("warnings"), list)
        for again in (answered, strict(each.state())):
            assert json.dumps(again, sort_keys=True) == json.dumps(strict(state), sort_keys=True)


@settings(deadline=None, max_examples=80)
@given(
    bodies=st.lists(VALID, min_size=1, max_size=4),
    properties=st.dictionaries(TAME_TEXT, TAME, max_size=3),
)
@example(
    bodies=[{"Email": "a@b.c", "": -0.0, "big": 10**4000, "custom": {"--": [], "": 1e308}}],
    properties={},
)
def test_a_state_comes_back_exactly(
    server: MockAutopilot,
    connection: HTTPConnection,
    bodies: list[dict[str, Any]],
    properties: dict[str, Any],
) -> None:
    account = Account(server, connection)
    for body in bodies:
        sent = dumped({"contact": body, "property": properties})
        for path in (CONTACT, UPSERT_AND_ENTER):
            status, answer = account.ask("POST", path, sent)
            assert status == 200 or refusal(status, answer)
    account.ask("DELETE", "/v1/journey/0001/contact/known@example.com")
    comes_back(account, Account(server, connection, {}))


@pytest.mark.parametrize(
    ("path", "body"),
    [
        (CONTACT, contact(deep=nested(LEVELS - 2))),
        (CONTACT, contact(custom={"deep": nested(LEVELS - 3)})),
        (BULK, dumped({"contacts": [{"user_id": "a", "deep": nested(LEVELS - 3)}]})),
        (ENTER, dumped({"property": {"deep": nested(LEVELS - 2)}})),
    ],
    ids=["field", "custom field", "bulk", "event property"],
)
def test_the_deepest_values_come_back_in_the_state_and_in_the_record(
    server: MockAutopilot, connection: HTTPConnection, path: str, body: bytes
) -> None:
    account = Account(server, connection)
    status, answer = account.ask("POST", path, body)
    assert status == 200, answer
    comes_back(account, Account(server, connection, {}))
    _, shown = account.ask("GET", "/v1/contacts")
    calls = strict(account.ask("GET", "/_mock/calls")[1])["calls"]
    assert [call["body"] for call in calls] == [strict(body), None]
    assert [call["answer"] for call in calls] == [strict(answer), strict(shown)]
