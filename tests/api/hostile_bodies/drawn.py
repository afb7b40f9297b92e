"""Strategies for request bodies: bytes, JSON of any shape, damaged and compressed."""

import gzip
import json
import zlib
from typing import Any

from hypothesis import strategies as st

from tests.api.hostile_bodies.account import BULK, CONTACT, ENTER, UPSERT_AND_ENTER

ROUTES = [
    ("POST", CONTACT),
    ("POST", BULK),
    ("POST", ENTER),
    ("POST", UPSERT_AND_ENTER),
    ("POST", "/v1/trigger/new/contact"),
    ("POST", "/v1/trigger/new/contact/nobody@example.com"),
    ("POST", f"{CONTACT}/known@example.com/unsubscribe"),
    ("POST", f"{CONTACT}/x/unsubscribe"),
    ("POST", "/_mock/journeys"),
    ("POST", "/_mock/accounts"),
    ("POST", "/_mock/reset"),
    ("PUT", "/_mock/state"),
]
NAMES = st.sampled_from(
    [
        "Email",
        "_NewEmail",
        "user_id",
        "contact_id",
        "anonymous_id",
        "FirstName",
        "LastName",
        "NumberOfEmployees",
        "unsubscribed",
        "notify",
        "custom",
        "_autopilot_list",
        "lists",
        "Name",
        "custom_fields",
        "created_at",
        "updated_at",
        "type",
        "merged_contact_ids",
        "string--Plan",
        "integer--Age",
        "kind",
        "value",
        "fieldType",
        "list_id",
        "title",
        "contact",
        "contacts",
        "property",
        "journeys",
        "entries",
        "trigger_id",
        "name",
        "entered_at",
        "ejected_at",
        "properties",
        "",
    ]
)
WORDS = st.sampled_from(
    ["known@example.com", "u1", "0001", "contactlist_1", "date", "2016-02-14", "9999-12-31T23:59Z"]
)


def json_values(texts: st.SearchStrategy[str], *, finite: bool) -> st.SearchStrategy[Any]:
    floats = st.floats(allow_nan=not finite, allow_infinity=not finite)
    return st.recursive(
        st.none() | st.booleans() | st.integers() | floats | texts | WORDS,
        lambda inner: st.lists(inner, max_size=3) | st.dictionaries(NAMES | texts, inner),
        max_leaves=8,
    )


WILD_TEXT = st.text(st.characters(exclude_categories=()), max_size=6)  # surrogates too
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


def compressed(body: bytes, encoding: str, keep: int | None, more: bytes) -> tuple[bytes, str]:
    """Compress a body as its encoding says; keep only the first `keep` bytes, and append `more`."""
    match encoding.strip().lower():
        case "gzip":
            body = gzip.compress(body, mtime=0)  # the same bytes each time
        case "deflate":
            body = zlib.compress(body)
    return body[:keep] + more, encoding


COMPRESSED = st.builds(
    compressed,
    ANYTHING,
    st.sampled_from(["gzip", "GZIP ", "deflate", "identity", "br", "gzip, gzip", "", ","]),
    st.none() | st.integers(0, 60),
    st.just(b"") | st.binary(max_size=5),
)
